#!/usr/bin/env bash
# Who stole the authority's key signs another history of the member log with it: that freezes
# it. The guardians replace the key, which ends that at every node; and nothing that the key
# before signs can freeze it again.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

forked() { trac "$1" evidence --json | grep '/members' >/dev/null; }
well() { ! forked "$1"; }
level() { field_is "$1" members_size "$(field authority members_size)"; }
lists() { trac "$1" members --json | grep -- "$2" >/dev/null; }
told() { grep -- "$2" "$(home "$1")/tracd.log" >/dev/null; }

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
make_node workshop alpha
start alpha
trac alpha record --quiet --kind received serial=SERIAL0001 maker=HP origin=external \
	donor_type=school device_type=desktop date=2025-03-05T10:00:00Z commune=31555
make_node workshop delta
start delta
for i in 1 2; do
	"$BIN/trac" guardian init "$NETWORK" "$WORK/guardian$i" >"$WORK/guardian$i.vkey"
done
trac authority guardian name 2 "$(cat "$WORK/guardian1.vkey")" "$(cat "$WORK/guardian2.vkey")" \
	>/dev/null
wait_for 20 "lille knows the guardians" level lille
wait_for 20 "alpha knows the guardians" level alpha
wait_for 20 "delta knows the guardians" level delta
for node in lille alpha delta authority; do stop $node; done

say "a thief has a copy of the authority's home, and states something else"
cp -a "$(home authority)" "$(home thief)"
cp -a "$(home authority).fence" "$(home thief).fence"
next_port
THIEF=127.0.0.1:$PORT
sed -i '/^peers/d; /^hubs_to_dial/d; /^listen/d' "$(home thief)/tracd.conf"
printf 'listen = "tcp://%s"\nhubs_to_dial = 0\n' "$THIEF" >>"$(home thief)/tracd.conf"
start thief
trac thief recover --consent --yes >/dev/null
stolen() { trac thief member move lille 127.0.0.1:9 >/dev/null; }
wait_for 20 "the thief states" stolen
# dials NAME FROM TO: the one instead of the other, who have one link key
dials() { sed -i "s/@$2/@$3/" "$(home "$1")/tracd.conf"; }
HONEST=${JOIN#*@}
dials delta "$HONEST" "$THIEF"
start delta
wait_for 40 "delta takes the thief's statement" field_is delta members_size \
	"$(field thief members_size)"
stop delta
dials delta "$THIEF" "$HONEST"
stop thief
start authority
trac authority member move lille "127.0.0.1:10" >/dev/null
start alpha
wait_for 20 "alpha follows the authority" level alpha
start thief
dials alpha "$HONEST" "$THIEF"
stop authority
trac alpha reload >/dev/null
wait_for 40 "alpha has evidence" forked alpha
trac alpha evidence "$NETWORK/members" -o "$WORK/evidence" >/dev/null
trac alpha show SERIAL0001 --proof "$WORK/bundle" >/dev/null
verify() { "$BIN/trac" verify "$WORK/evidence" --bundle "$WORK/bundle" --authority "$VKEY"; }
verify | grep 'FORKED' >/dev/null || fail "the evidence does not prove"
stop thief
start authority
dials alpha "$THIEF" "$HONEST"
trac alpha reload >/dev/null
wait_for 40 "the authority has it" forked authority
start lille
wait_for 40 "lille has it" forked lille
stop lille

say "the guardians replace the key"
trac authority member succession -o "$WORK/succession" >/dev/null
for i in 1 2; do
	"$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian$i" >/dev/null
done
trac authority member succeed "$WORK/succession" >/dev/null
wait_for 20 "the authority's own log of it is well" well authority
wait_for 40 "alpha follows" level alpha
wait_for 20 "alpha is well" well alpha
rm "$WORK/bundle"
trac alpha show SERIAL0001 --proof "$WORK/bundle" >/dev/null
if verify >/dev/null 2>"$WORK/err"; then fail "the old evidence still accuses"; fi
grep 'nobody is accused' "$WORK/err" >/dev/null || fail "verify says: $(cat "$WORK/err")"
told alpha 'which of them goes on is settled' || fail "alpha's operator is not told"
make_node workshop beta
wait_for 20 "who is admitted is known" lists alpha '"beta"'
# who was away meanwhile
start lille
wait_for 40 "lille follows" level lille
wait_for 20 "lille is well" well lille

say "who holds the statement of the thief is told, and begins anew"
start delta
stuck() { trac delta status --json | grep 'new key does not sign for' >/dev/null; }
wait_for 40 "delta is told" stuck
stop delta
mv "$(home delta)" "$WORK/old"
rm -r "$(home delta).fence"
trac delta restore workshop --keys "$WORK/old/keys" --authority "$VKEY" --name delta \
	--peer "$JOIN" >/dev/null
rm -r "$WORK/old"
start delta
wait_for 40 "delta follows" level delta
stop delta

say "the old key signs on"
stop authority
start thief
dials alpha "$HONEST" "$THIEF"
trac alpha reload >/dev/null
met() { grep '127.0.0.1' <(trac thief peers --json) >/dev/null || [ "$(field thief links)" -gt 0 ]; }
wait_for 40 "the thief meets alpha" met
for i in 11 12 13; do trac thief member move lille "127.0.0.1:$i" >/dev/null 2>&1 || true; done
stop thief
start authority
dials alpha "$THIEF" "$HONEST"
trac alpha reload >/dev/null
make_node workshop gamma
wait_for 40 "the member log goes on" lists alpha '"gamma"'
wait_for 40 "the member log goes on" lists lille '"gamma"'
for node in authority alpha lille; do well $node || fail "$node is frozen again"; done
stop authority
stop alpha
start alpha
well alpha || fail "alpha is frozen after a restart"
for node in alpha lille; do stop $node; done
rm -r "$(home thief)"
check_all
