#!/usr/bin/env bash
# Members' life: a workshop changes its keys while it records, a hub moves, another is
# retired, a hub admits a workshop of its region, and guardians replace the authority's key.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

receive() {
	trac "$1" record --quiet --kind received serial="$2" maker=HP origin=external \
		donor_type=school device_type=desktop date=2025-03-05T10:00:00Z commune=31555
}
key_of() {
	trac "$1" members --json | tr -d ' \n' |
		sed "s/.*\"name\":\"$2\"[^}]*\"sign_key\":\"\([0-9a-f]*\)\".*/\1/"
}
proved() { grep -q '"proved"' <(trac "$1" show "$2" --json); }
refused() {
	local word=$1
	shift
	if "$@" >"$WORK/out" 2>"$WORK/err"; then fail "not refused: $*"; fi
	grep -q -- "$word" "$WORK/err" || fail "$* says: $(cat "$WORK/err")"
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
LILLE=127.0.0.1:$PORT
LILLE_PEER="$(field lille link_key)@$LILLE"
next_port
make_node hub metz --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start metz
METZ_PEER="$(field metz link_key)@127.0.0.1:$PORT"
make_node workshop alpha --peer "$LILLE_PEER"
start alpha
receive alpha SERIAL0001
wait_for 20 "lille holds one" field_is lille entries 1

# --- rotation, while it records ---
before=$(key_of lille alpha)
trac alpha member rotate -o "$WORK/rotation" >/dev/null 2>"$WORK/advice"
key=$(sed -n 's/^sign-key //p' "$WORK/rotation")
[ "$key" ] || fail "the request names no key"
grep -F "$key" "$WORK/advice" >/dev/null || fail "the member is not shown its key"
grep 'Copy keys/ now' "$WORK/advice" >/dev/null || fail "the member is not told of its copies"
receive alpha SERIAL0002
[ "$(field lille entries)" = 1 ] || fail "published while the next keys wait"
sed 's/^from 1$/from 0/' "$WORK/rotation" >"$WORK/forged"
refused signature trac authority member rotate "$WORK/forged"
refused "only the authority" trac lille member rotate "$WORK/rotation"
trac authority member rotate "$WORK/rotation" | grep -F "$key" >/dev/null ||
	fail "the authority is not shown the key"
wait_for 20 "alpha publishes with its new key" field_is lille entries 2
[ "$(key_of lille alpha)" != "$before" ] || fail "lille has the old key of alpha"
[ ! -e "$(home alpha)/keys/sign.key.next" ] || fail "alpha has not taken its new key"
receive alpha SERIAL0003
wait_for 20 "alpha goes on" field_is lille entries 3
for serial in SERIAL0001 SERIAL0002 SERIAL0003; do
	wait_for 20 "$serial is proved" proved metz $serial
done
refused "is that of" trac authority member rotate "$WORK/rotation"
stop alpha
start alpha
receive alpha SERIAL0004
wait_for 20 "alpha goes on after a restart" field_is lille entries 4

# --- a hub moves ---
stop lille
next_port
sed -i "s/$LILLE/127.0.0.1:$PORT/" "$(home lille)/tracd.conf"
start lille
trac authority member move lille "127.0.0.1:$PORT" >/dev/null
grep -q "127.0.0.1:$PORT" <(trac authority member list --json) || fail "the address is not listed"
receive alpha SERIAL0005
wait_for 30 "lille is dialled where it is now" field_is lille entries 5
dialled() { grep -q "127.0.0.1:$PORT" <(trac alpha peers --json); }
wait_for 20 "alpha dials the new address" dialled

# --- a region is delegated, and its hub admits ---
trac beta init workshop --authority "$VKEY" --name beta --peer "$JOIN" --commune 57463 >/dev/null
trac beta member request -o "$WORK/beta.request" >/dev/null
trac gamma init workshop --authority "$VKEY" --name gamma --peer "$JOIN" --commune 75056 >/dev/null
trac gamma member request -o "$WORK/gamma.request" >/dev/null
refused "delegated" trac metz member petition "$WORK/beta.request"
trac authority member delegate metz 44 >/dev/null
delegated() { trac metz member petition "$WORK/beta.request" -o "$WORK/petition"; }
wait_for 20 "metz has its region" delegated
refused "delegated" trac metz member petition "$WORK/gamma.request"
sed 's/^name beta$/name delta/' "$WORK/petition" >"$WORK/forged"
refused "not signed by the key of hub" trac authority member admit "$WORK/forged"
trac authority member admit "$WORK/petition" >/dev/null
start beta
receive beta SERIAL0006
wait_for 20 "beta publishes" field_is lille entries 6

# --- a hub is retired, and so is a workshop ---
trac solo init workshop --authority "$VKEY" --name solo --peer "$METZ_PEER" --commune 57463 \
	>/dev/null
trac solo member request -o "$WORK/solo.request" >/dev/null
trac metz member petition "$WORK/solo.request" -o "$WORK/petition" >/dev/null
trac authority member admit "$WORK/petition" >/dev/null
start solo
receive solo SERIAL0008
wait_for 20 "solo publishes through metz" field_is lille entries 7
trac late init workshop --authority "$VKEY" --name late --peer "$JOIN" --commune 57463 >/dev/null
trac late member request -o "$WORK/late.request" >/dev/null
trac metz member petition "$WORK/late.request" -o "$WORK/petition" >/dev/null
trac authority member revoke metz --reason retired >/dev/null
stop metz
receive solo SERIAL0009
wait_for 40 "solo finds another hub" field_is lille entries 8
trac authority member revoke alpha --reason retired >/dev/null
wait_for 20 "alpha has no link" field_is alpha links 0
told() { grep -q "has been revoked" <(trac alpha status --json); }
wait_for 5 "alpha's operator learns why" told
proved lille SERIAL0005 || fail "an entry of a retired workshop is no longer proved"
wait_for 20 "it lives on at its peers" proved beta SERIAL0001
refused delegated trac authority member admit "$WORK/petition"

# --- the guardians replace the authority's key ---
refused "no name of a network" "$BIN/trac" guardian init "$NETWORK/" "$WORK/guardian1"
for i in 1 2 3; do
	"$BIN/trac" guardian init "$NETWORK" "$WORK/guardian$i" >"$WORK/guardian$i.vkey"
done
refused "no succession" trac authority member succeed "$WORK/rotation"
# beta is away from here on: it has heard of another naming
trac authority guardian name 1 "$(cat "$WORK/guardian2.vkey")" >/dev/null
level() { field_is beta members_size "$(field authority members_size)"; }
wait_for 20 "beta knows the first guardian" level
stop beta
trac authority guardian name 2 "$(cat "$WORK/guardian1.vkey")" "$(cat "$WORK/guardian2.vkey")" \
	"$(cat "$WORK/guardian3.vkey")" >/dev/null
trac authority member succession -o "$WORK/succession" >/dev/null
"$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian1" >"$WORK/out"
for word in "$NETWORK" "entry $(field authority members_size)" \
	"$(sed -n 's/^sign-key //p' "$WORK/succession")"; do
	grep -F -- "$word" "$WORK/out" >/dev/null || fail "the guardian is not shown $word"
done
refused "1 of the 2" trac authority member succeed "$WORK/succession"
"$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian3" >/dev/null
before=$(key_of lille authority)
trac authority member succeed "$WORK/succession" >/dev/null
changed() { [ "$(key_of "$1" authority)" != "$before" ]; }
wait_for 20 "lille follows" changed lille
trac gamma member request -o "$WORK/gamma.request" >/dev/null
trac authority member admit "$WORK/gamma.request" >/dev/null
# nodes that were away, or are new, know the first key alone
start beta
wait_for 20 "beta follows" changed beta
start gamma
receive gamma SERIAL0007
wait_for 20 "gamma publishes" field_is lille entries 9
stop authority
start authority
trac lille show SERIAL0007 --proof "$WORK/bundle" >/dev/null
"$BIN/trac" verify "$WORK/bundle" --authority "$VKEY" >/dev/null || fail "a bundle fails under the first key"

# --- a request that was overtaken would take the proof from what was signed since ---
trac gamma member rotate -o "$WORK/stale" >/dev/null
rm "$(home gamma)"/keys/*.next
trac gamma reload >/dev/null
receive gamma SERIAL0010
wait_for 20 "gamma publishes on with its old key" field_is authority entries 10
refused "no longer be proved" trac authority member rotate "$WORK/stale"

# --- kill -9 between the request and the keys, and again while they are taken ---
trac gamma member rotate -o "$WORK/rotation" >/dev/null
receive gamma SERIAL0011
kill -9 "$(pid_of gamma)"
wait "$(pid_of gamma)" 2>/dev/null || true
trac authority member rotate "$WORK/rotation" >/dev/null
# as a crash leaves it that came after the first of the two files
mv "$(home gamma)/keys/link.key.next" "$(home gamma)/keys/link.key"
start gamma
wait_for 20 "gamma publishes with its new key" field_is authority entries 11
[ ! -e "$(home gamma)/keys/sign.key.next" ] || fail "gamma has not taken its new key"
for serial in SERIAL0007 SERIAL0010 SERIAL0011; do
	wait_for 20 "$serial is proved" proved lille $serial
done
"$BIN/trac" verify "$WORK/bundle" --authority "$VKEY" >/dev/null || fail "an old bundle fails"
check_all
