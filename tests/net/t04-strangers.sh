#!/usr/bin/env bash
# Keys that the member log does not list are refused, so is a node of another
# network; a dialled address with another key than expected gives no link.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

make_authority
make_node workshop alpha
start alpha
wait_for 20 "alpha is linked" field_is alpha links 1

say "a node that was never admitted"
trac stranger init workshop --authority "$VKEY" --name stranger --peer "$JOIN" >/dev/null
start stranger
stock() {
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop date=2025-03-05 \
		commune=31555
}
stock stranger SERIAL0001
wait_for 30 "the stranger is told that its key is refused" \
	grep -q 'refuses our key' "$(home stranger)/tracd.log"
field_is stranger links 0 || fail "the stranger has a link"

say "a node that dials the right address with a wrong key"
wrong=$(printf '%064d' 9)@${JOIN#*@}
trac wrong init workshop --authority "$VKEY" --name wrong --peer "$wrong" >/dev/null
trac wrong member request -o "$WORK/request" >/dev/null
trac authority member admit "$WORK/request" >/dev/null
start wrong

say "an admission of another network"
NETWORK=other.example trac elsewhere init authority --network other.example --name root \
	--listen 127.0.0.1:0 >/dev/null
elsewhere=$(cat "$(home elsewhere)/authority.vkey")
trac guest init workshop --authority "$elsewhere" --name guest >/dev/null
trac guest member request -o "$WORK/request" >/dev/null
if trac authority member admit "$WORK/request" 2>"$WORK/err"; then fail "admitted from another network"; fi
grep -q 'other.example' "$WORK/err" || fail "the refusal does not name the network: $(cat "$WORK/err")"

stock alpha SERIAL0002
wait_for 20 "good nodes go on" field_is authority entries 1
field_is wrong links 0 || fail "a link to a wrong key"
field_is authority links 1 || fail "the authority has $(field authority links) links"
check_all
