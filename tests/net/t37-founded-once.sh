#!/usr/bin/env bash
# An authority that has lost its store founds no network again: alone it states nothing, with
# a peer the member log comes back, nobody is accused, and it admits on behind it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

well() { ! trac "$1" evidence --json | grep '"small"' >/dev/null; }
level() { field_is "$1" members_size "$(field lille members_size)"; }
told() { grep -c -- "$2" "$(home "$1")/tracd.log" || true; }
lose_store() { mv "$(home authority)/store" "$WORK/lost$1"; }

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
LILLE=127.0.0.1:$PORT
start lille
make_node workshop alpha --peer "$(field lille link_key)@$LILLE"
start alpha
trac alpha record --quiet --kind received serial=SERIAL0001 maker=HP origin=external \
	donor_type=school device_type=desktop date=2025-03-05T10:00:00Z commune=31555
trac authority record --quiet --kind received serial=SERIAL0002 maker=HP origin=external \
	donor_type=school device_type=desktop date=2025-03-05T10:00:00Z commune=31555
wait_for 20 "lille holds all" field_is lille entries 2
wait_for 20 "lille knows alpha" level authority
size=$(field lille members_size)
[ "$size" -gt 2 ] || fail "the member log has $size statements"

say "its store is gone, and nobody is there: it waits, and says so"
for node in lille alpha authority; do stop "$node"; done
lose_store 1
start authority
[ "$(told authority 'founded the network')" = 1 ] || fail "it founds the network again"
field_is authority quarantine true || fail "it is sure of itself"
trac authority status | grep 'member log: it was founded' >/dev/null || fail "it does not say why"
if trac authority member admit "$(home alpha)/request" >/dev/null 2>"$WORK/err"; then
	fail "it admits a member that it has admitted"
fi
grep 'quarantine' "$WORK/err" >/dev/null || fail "admit says: $(cat "$WORK/err")"

say "a peer gives all of it back"
stop authority
start lille
start alpha
sed -i '/^peers/d' "$(home authority)/tracd.conf"
printf 'peers = {"%s@%s"}\n' "$(field lille link_key)" "$LILLE" >>"$(home authority)/tracd.conf"
start authority
wait_for 30 "the member log is back" level authority
wait_for 30 "it goes on" field_is authority quarantine false
[ "$(field authority members_size)" = "$size" ] || fail "the member log is another"
make_node workshop beta
wait_for 20 "lille knows beta" level authority
[ "$(field lille members_size)" = $((size + 1)) ] || fail "what it states does not arrive"

wait_for 30 "it goes on" field_is authority quarantine false
say "the first statement has rotted, and the fence is lost: what it recorded says the same"
stop authority
data=$(home authority)/store/data.mdb
grep -aob 'Authority' "$data" | cut -d: -f1 >"$WORK/places"
while read -r at; do
	printf X | dd of="$data" bs=1 seek="$at" conv=notrunc status=none
done <"$WORK/places"
trac authority store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
rm -rf "$(home authority).fence"
start authority
[ "$(told authority 'founded the network')" = 1 ] || fail "it founds the network again"
wait_for 30 "the member log is back" level authority
wait_for 30 "it goes on" field_is authority quarantine false
if trac authority status | grep 'member log: it was founded' >/dev/null; then
	fail "it is told for ever"
fi
for node in lille alpha authority; do
	well "$node" || fail "$node has evidence"
	[ "$(told "$node" 'two histories')" = 0 ] || fail "$node tells of a fork"
done
for node in lille alpha authority; do stop "$node"; done
check_all
