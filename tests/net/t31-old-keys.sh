#!/usr/bin/env bash
# A copy of keys/ from before a rotation: what it signs would reach nobody. Nothing is signed
# with it, the operator is told, recording goes on, and the right keys publish it all.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

receive() {
	trac "$1" record --quiet --kind received serial="$2" maker=HP origin=external \
		donor_type=school device_type=desktop date=2025-03-05T10:00:00Z commune=31555
}
warned() { trac "$1" status --json | grep -- "$2" >/dev/null; }
linked() { [ "$(field "$1" links)" -gt 0 ]; }
refused() { # WORD COMMAND...
	local word=$1
	shift
	if "$@" >"$WORK/out" 2>"$WORK/err"; then fail "not refused: $*"; fi
	grep -- "$word" "$WORK/err" >/dev/null || fail "$* says: $(cat "$WORK/err")"
}
# rotate SERIAL SIZE: new keys, which publish that
rotate() {
	trac alpha member rotate -o "$WORK/rotation" >/dev/null
	trac authority member rotate "$WORK/rotation" >/dev/null
	receive alpha "$1"
	wait_for 20 "published with the new key" field_is authority entries "$2"
	rm "$WORK/rotation"
}
# keys FOLDER: of alpha from now on
keys() { cp "$1"/* "$(home alpha)/keys/"; }

make_authority
make_node workshop alpha
start alpha
receive alpha SERIAL0001
wait_for 20 "published" field_is authority entries 1
cp -a "$(home alpha)/keys" "$WORK/first"
mkdir "$WORK/early" "$WORK/late"
trac alpha backup "$WORK/early" >/dev/null
rotate SERIAL0002 2
stop alpha
cp -a "$(home alpha)/keys" "$WORK/second"

say "the signing key is the old one"
cp "$WORK/first/sign.key" "$(home alpha)/keys/"
start alpha
warned alpha 'sign.key was replaced' || fail "the operator is not told at the start"
receive alpha SERIAL0003
wait_for 20 "alpha is linked" linked alpha
wait_for 20 "it is recorded" field_is alpha own_size 3
field_is alpha published_size 2 || fail "it signed with the old key"
trac alpha recover | grep 'keys of this node' >/dev/null || fail "recover says it is well"
stop alpha
keys "$WORK/second"
start alpha
wait_for 20 "the right key publishes it" field_is authority entries 3
warned alpha 'sign.key' && fail "the alert stays"

say "both are from before two rotations: it cannot even link"
rotate SERIAL0004 4
stop alpha
cp -a "$(home alpha)/keys" "$WORK/third"
keys "$WORK/first"
start alpha
warned alpha 'link.key is not the key' || fail "the operator is not told of the link key"
receive alpha SERIAL0005
field_is alpha published_size 4 || fail "it signed with the old key"
stop alpha
keys "$WORK/third"
start alpha
wait_for 20 "the right keys publish it" field_is authority entries 5
trac alpha backup "$WORK/late" >/dev/null
stop alpha
mv "$(home alpha)" "$WORK/gone"

say "restore"
refused 'were replaced by later ones' trac alpha restore --from "$WORK/late" --keys "$WORK/second"
[ ! -e "$(home alpha)" ] || fail "a refused restore leaves something behind"
trac alpha restore --from "$WORK/early" --keys "$WORK/third" >"$WORK/out" ||
	fail "the newest keys do not go with an older backup: $(cat "$WORK/out")"
grep 'does not know this signing key' "$WORK/out" >/dev/null || fail "restore does not say so"
start alpha
receive alpha SERIAL0006
wait_for 40 "all is back, and goes on" field_is authority entries 6
warned alpha 'sign.key' && fail "the alert stays"
stop alpha
rm -r "$(home alpha)" "$(home alpha).fence"

say "restored from an old key alone, it learns from its peers that it was replaced"
trac alpha restore workshop --keys "$WORK/second" --authority "$VKEY" --name alpha \
	--peer "$JOIN" >/dev/null 2>"$WORK/err" || fail "$(cat "$WORK/err")"
start alpha
wait_for 40 "the operator is told" warned alpha 'sign.key was replaced'
receive alpha SERIAL0007
wait_for 40 "its log is back, and stays as it was" field_is alpha published_size 6
field_is authority entries 6 || fail "it signed with the old key"
check_all
