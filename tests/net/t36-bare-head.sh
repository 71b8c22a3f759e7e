#!/usr/bin/env bash
# Who stole the authority's key shows heads of the member log that it signed and whose entries
# nobody ever serves: as large as the next one, and larger. Guardians replace the key all the
# same; then the log goes on at every node that has seen them, and nobody is accused.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

level() { field_is "$1" members_size "$(field authority members_size)"; }
lists() { trac "$1" members --json | grep -- "$2" >/dev/null; }
# seen NAME SIZE: a head of the member log of that size is in its store
seen() {
	LC_ALL=C grep -a -A 1 "$NETWORK/members\$" "$(home "$1")/store/data.mdb" |
		LC_ALL=C grep -a -x "$2"
}
accused() { trac "$1" status --json | grep 'new key does not sign for' >/dev/null; }

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
for name in alpha delta; do
	make_node workshop $name
	start $name
done
for i in 1 2; do
	"$BIN/trac" guardian init "$NETWORK" "$WORK/guardian$i" >"$WORK/guardian$i.vkey"
done
trac authority guardian name 2 "$(cat "$WORK/guardian1.vkey")" "$(cat "$WORK/guardian2.vkey")" \
	>/dev/null
for name in lille alpha delta; do wait_for 20 "$name knows the guardians" level $name; done
SIZE=$(field authority members_size)
for name in lille alpha delta authority; do stop $name; done

say "a thief has a copy of the authority's home, and serves nothing of what it states"
cp -a "$(home authority)" "$(home thief)"
cp -a "$(home authority).fence" "$(home thief).fence"
next_port
THIEF=127.0.0.1:$PORT
sed -i '/^peers/d; /^hubs_to_dial/d; /^listen/d' "$(home thief)/tracd.conf"
printf 'listen = "tcp://%s"\nhubs_to_dial = 0\n' "$THIEF" >>"$(home thief)/tracd.conf"
start thief
trac thief recover --consent --yes >/dev/null
stolen() { trac thief member move lille 127.0.0.1:9991 >/dev/null; }
wait_for 20 "the thief states" stolen
# harm NAME: its first statement cannot be read, so nothing from there on is served
harm() {
	LC_ALL=C sed -i 's/127\.0\.0\.1:9991/127.0.0.1:1999/g' "$(home "$1")/store/data.mdb"
	start "$1"
}
stop thief
cp -a "$(home thief)" "$(home large)"
cp -a "$(home thief).fence" "$(home large).fence"
start large
for i in 1 2 3 4 5 6; do trac large member move lille "127.0.0.1:999$i" >/dev/null; done
stop large
# dials NAME FROM TO: the one instead of the other, who have one link key
dials() { sed -i "s/@$2/@$3/" "$(home "$1")/tracd.conf"; }
HONEST=${JOIN#*@}
harm thief
for name in alpha delta; do
	dials $name "$HONEST" "$THIEF"
	start $name
	wait_for 40 "$name has seen the next head" seen $name $((SIZE + 1))
done
stop delta
dials delta "$THIEF" "$HONEST"
stop thief
start authority
dials alpha "$THIEF" "$HONEST"
trac alpha reload >/dev/null
wait_for 40 "the authority has seen it" seen authority $((SIZE + 1))
harm large
dials alpha "$HONEST" "$THIEF"
stop authority
trac alpha reload >/dev/null
wait_for 40 "alpha has seen the large one" seen alpha $((SIZE + 7))
stop large
start authority
start lille
dials alpha "$THIEF" "$HONEST"
trac alpha reload >/dev/null
wait_for 40 "the authority has seen the large one" seen authority $((SIZE + 7))
wait_for 40 "lille has seen the large one" seen lille $((SIZE + 7))
stop lille

if trac authority member move lille 127.0.0.1:10 2>"$WORK/err"; then fail "it is stated"; fi
grep -q 'have its guardians' "$WORK/err" || fail "trac says: $(cat "$WORK/err")"

say "the guardians replace the key"
trac authority member succession -o "$WORK/succession" >/dev/null
for i in 1 2; do
	"$BIN/trac" guardian sign "$WORK/succession" --key "$WORK/guardian$i" >/dev/null
done
trac authority member succeed "$WORK/succession" >/dev/null
start delta
for name in alpha delta; do wait_for 40 "$name follows" level $name; done
# who was away says to know more of the log than there is
start lille
wait_for 40 "lille follows" level lille
make_node workshop beta
for name in alpha lille delta; do
	wait_for 40 "$name goes on" lists $name '"beta"'
	if accused $name; then fail "$name is told what is not so"; fi
done

say "the old key signs on"
stop authority
start large
dials alpha "$HONEST" "$THIEF"
trac alpha reload >/dev/null
met() { [ "$(field large links)" -gt 0 ]; }
wait_for 40 "the thief meets alpha" met
stop large
start authority
dials alpha "$THIEF" "$HONEST"
trac alpha reload >/dev/null
make_node workshop gamma
for name in alpha lille delta; do
	wait_for 40 "$name goes on" lists $name '"gamma"'
done
for name in alpha lille delta authority; do stop $name; done
rm -r "$(home thief)" "$(home large)"
check_all
