#!/usr/bin/env bash
# The store of a workshop is put back from an old copy. It records on, publishes
# nothing, fetches back what it had signed since, and what was recorded meanwhile
# goes on behind it. Nobody who answers: it stays so, whatever the operator says.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	trac "$1" record --quiet --kind stocked serial="$2" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=31555
}
shows() { trac "$1" show "$2" --json 2>/dev/null | grep '"stocked"' >/dev/null; }
keep() { cp -a "$(home alpha)/store" "$WORK/$1"; }
put_back() {
	rm -r "$(home alpha)/store"
	cp -a "$WORK/$1" "$(home alpha)/store"
}
warned() { trac alpha status | grep "$1" >/dev/null; }

make_authority
make_node workshop alpha
start alpha
record alpha SERIAL0001
wait_for 20 "the first is published" field_is alpha published_size 1
stop alpha
keep old
start alpha
record alpha SERIAL0002
record alpha SERIAL0003
wait_for 20 "all are published" field_is alpha published_size 3
wait_for 20 "the authority holds them" field_is authority entries 3
stop alpha
stop authority
[ "$(sed -n 3p "$(home alpha).fence/head")" = 3 ] || fail "the fence does not say 3"

say "the old copy is put back, and nobody answers"
put_back old
start alpha
warned 'older than what was signed' || fail "the operator is not told"
record alpha SERIAL0004
shows alpha SERIAL0004 || fail "what is recorded in quarantine is not found"
shows alpha SERIAL0001 || fail "the first is not found"
grep -q SERIAL0004 <(trac alpha show alpha/1) || fail "it is not found under its reference"
trac alpha recover --consent --yes >/dev/null
record alpha SERIAL0005
stop alpha

say "a restart forgets nothing"
start alpha
warned 'older than what was signed' || fail "the operator is not told again"
shows alpha SERIAL0005 || fail "what was recorded in quarantine is lost"
field_is alpha published_size 1 || fail "an old copy published"
[ "$(field alpha waiting)" = 2 ] || fail "$(field alpha waiting) wait, not 2"

say "the authority answers"
start authority
wait_for 30 "all is published" field_is alpha published_size 5
wait_for 20 "the authority holds it" field_is authority entries 5
field_is alpha quarantine false || fail "still in quarantine"
if warned 'own log'; then fail "still warned"; fi
for i in 1 2 3 4 5; do
	shows alpha "SERIAL000$i" || fail "SERIAL000$i is not found at alpha"
	shows authority "SERIAL000$i" || fail "SERIAL000$i is not found at the authority"
done
record alpha SERIAL0006
wait_for 20 "it goes on" field_is authority entries 6
[ "$(sed -n 3p "$(home alpha).fence/head")" = 6 ] || fail "the fence does not say 6"
stop alpha

say "a fence that is cut short proves nothing, and an empty store is no new node beside it"
rm "$(home alpha)"/store/*
: >"$(home alpha).fence/head"
stop authority
start alpha
warned 'it was damaged' || fail "the operator is not told of the damage"
field_is alpha quarantine true || fail "it is taken for a new node"
start authority
wait_for 30 "all is back" field_is alpha published_size 6
[ "$(sed -n 3p "$(home alpha).fence/head")" = 6 ] || fail "the fence was not written again"
stop alpha
stop authority

say "the disk of the fence is full"
mkdir "$WORK/tight"
if mount -t tmpfs -o size=16k,mode=700 none "$WORK/tight" 2>/dev/null; then
	trap 'umount -l "$WORK/tight"; cleanup' EXIT
	cp "$(home alpha).fence/head" "$WORK/tight"
	cp "$(home alpha)/tracd.conf" "$WORK/conf"
	printf 'fence = "%s"\n' "$WORK/tight" >>"$(home alpha)/tracd.conf"
	start authority
	start alpha
	cat /dev/zero >"$WORK/tight/fill" 2>/dev/null || true
	record alpha SERIAL0007
	wait_for 20 "the operator is told" warned 'until its fence can be written: see to'
	shows alpha SERIAL0007 || fail "a full fence keeps from recording"
	field_is alpha published_size 6 || fail "signed before the fence was written"
	rm "$WORK/tight/fill"
	wait_for 20 "it is published" field_is alpha published_size 7
	if warned 'own log'; then fail "still warned of the fence"; fi
	stop alpha
	stop authority
	cp "$WORK/tight/head" "$(home alpha).fence/head"
	cp "$WORK/conf" "$(home alpha)/tracd.conf"
else
	say "not possible: a full disk needs root to mount one"
fi

say "a fence in the home would be in each copy of it: refused, also by way of a link"
ln -s "$(home alpha)" "$WORK/link"
printf 'fence = "%s/fence"\n' "$WORK/link" >>"$(home alpha)/tracd.conf"
if timeout 20 "$BIN/tracd" --home "$(home alpha)" 2>"$WORK/why"; then fail "taken"; fi
grep -q 'the folder of the fence is in the home' "$WORK/why" || fail "$(cat "$WORK/why")"
rmdir "$(home alpha)/fence"
check_all
