#!/usr/bin/env bash
# Epochs and keys: a hub that began anew still vouches, and what it vouched for before still
# counts; a member that began anew can change its keys, and be restored from a backup.
# Who was away meanwhile accuses nobody of a head whose key it does not know yet.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() { # NAME SERIAL
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=59350
}
vouched() { grep -q 'alpha[/0-9]*: vouched by 1 hub' <(trac alpha show "$1"); }
proved() { grep -q '"proved": *1' <(trac lille show "$1" --json); }
in_epoch() { grep -q "\"epoch\": *$2" <(trac "$1" recover --json); }
begin_epoch() { # NAME: its fence is lost, and one of its addresses answers no more
	local peers
	stop "$1"
	rm -rf "$(home "$1").fence"
	peers=$(sed -n 's/^peers = {\(.*\)}$/\1/p' "$(home "$1")/tracd.conf")
	sed -i '/^peers/d' "$(home "$1")/tracd.conf"
	next_port
	printf 'peers = {%s, "%064d@127.0.0.1:%s"}\n' "$peers" 1 "$PORT" >>"$(home "$1")/tracd.conf"
	start "$1"
	wait_for 20 "$1 is in doubt" field_is "$1" quarantine true
	trac "$1" recover --new-epoch --reason lost-disk --yes -o "$WORK/$1.epoch" >/dev/null
	trac authority member epoch "$WORK/$1.epoch" >/dev/null
	wait_for 20 "$1 begins anew" in_epoch "$1" 2
	wait_for 20 "the operator consents" trac "$1" recover --consent --yes
	wait_for 20 "$1 goes on" field_is "$1" quarantine false
}

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT"
start lille
make_node workshop alpha --commune 59350 --peer "$(field lille link_key)@127.0.0.1:$PORT"
start alpha
trac beta init workshop --authority "$VKEY" --name beta --commune 59350 \
	--peer "$(field lille link_key)@127.0.0.1:$PORT" >/dev/null
trac beta member request -o "$WORK/beta.request" >/dev/null
trac authority member admit "$WORK/beta.request" >/dev/null
start beta
record alpha SERIAL0001
record lille SERIAL0009
wait_for 20 "lille vouches" vouched SERIAL0001
wait_for 20 "lille has signed" proved SERIAL0009

say "the hub begins anew, and vouches on"
begin_epoch lille
vouched SERIAL0001 || fail "what it vouched for before does not count any more"
record alpha SERIAL0002
wait_for 20 "lille vouches in its second epoch" vouched SERIAL0002

say "the workshop begins anew, and changes its keys"
begin_epoch alpha
record alpha SERIAL0003
wait_for 20 "its second log is known" proved SERIAL0003
stop beta
trac alpha member rotate -o "$WORK/rotation" >/dev/null
record alpha SERIAL0004
trac authority member rotate "$WORK/rotation" >/dev/null
wait_for 20 "what waited is published with the new key" proved SERIAL0004
start beta
holds() { grep -q '"proved": *1' <(trac beta show "$1" --json); }
wait_for 20 "who was away has it too" holds SERIAL0004
if grep 'does not prove\|do not trust' "$(home beta)/tracd.log"; then fail "lille is accused"; fi
for serial in SERIAL0001 SERIAL0002 SERIAL0003; do
	proved "$serial" || fail "$serial is not proved any more"
done

say "its backup is of this node"
trac alpha backup "$WORK/backup" >/dev/null
stop alpha
mkdir "$WORK/keys"
cp "$(home alpha)"/keys/* "$WORK/keys"
rm -rf "$(home alpha)" "$(home alpha).fence"
trac alpha restore --from "$WORK/backup" --keys "$WORK/keys" >/dev/null
start alpha
wait_for 20 "the operator consents" trac alpha recover --consent --yes
record alpha SERIAL0005
wait_for 30 "it goes on behind what it signed" proved SERIAL0005

say "heads of its first log that rot are told by peers again: nothing of it is recorded anew"
size=$(field alpha own_size)
stop alpha
data=$(home alpha)/store/data.mdb
for at in $(grep -zaboP "$NETWORK/alpha\n[0-9]+\n" "$data" | tr '\0' '\n' | grep -ao '^[0-9]*:' |
	tr -d :); do
	printf X | dd of="$data" bs=1 seek="$at" conv=notrunc status=none
done
trac alpha store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
start alpha
if grep -q 'copied folder' "$(home alpha)/tracd.log"; then fail "a repair is taken for a copy"; fi
if grep '[1-9][0-9]* wait aside' "$(home alpha)/tracd.log"; then fail "it goes aside"; fi
field_is alpha own_size "$size" || fail "$(field alpha own_size) entries of its own, not $size"
for node in authority lille alpha beta; do stop "$node"; done
check_all
