#!/usr/bin/env bash
# Bits of a store are flipped, it is repaired, and the network fills the gaps. A backup is
# taken while an import runs, and is restored elsewhere: what it holds is found there.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

# records NAME PREFIX COUNT: as many events
records() {
	seq -f "{\"kind\":\"stocked\",\"serial\":\"$2%05.0f\",\"maker\":\"HP\",\"place\":\"shop\",\
\"date\":\"2025-03-05T10:00:00Z\",\"commune\":\"31555\"}" 1 "$3" |
		trac "$1" record --quiet -
}
# flip FILE SERIAL: one bit of the serial in each copy of the entry that names it
flip() {
	local at byte found=
	while read -r at; do
		found=1
		byte=$(od -An -tu1 -j "$at" -N 1 "$1")
		printf '%b' "\\x$(printf %x $((byte ^ 1)))" |
			dd of="$1" bs=1 seek="$at" conv=notrunc status=none
	done < <(grep -abo "$2..HP" "$1" | cut -d: -f1)
	[ "$found" ] || fail "no entry of $2 in $1"
}
data() { printf '%s/store/data.mdb' "$(home "$1")"; }
# refused WORDS COMMAND...: it fails, and says so
refused() {
	local words=$1
	shift
	if "$@" >"$WORK/out" 2>&1; then fail "not refused: $*"; fi
	grep -q "$words" "$WORK/out" || fail "$*: $(cat "$WORK/out")"
}
is_clean() { trac "$1" store check --quiet >/dev/null; }
found() { grep -q '"stocked"' <(trac "$1" show "$2" --json); }

make_authority
make_node workshop alpha
start alpha
make_node workshop beta
start beta
records alpha ALPHA 600
records beta BETA 300
wait_for 30 "the authority holds all" field_is authority entries 900

say "a foreign entry of the authority's store"
stop authority
flip "$(data authority)" ALPHA00300
refused "differences\|damaged" trac authority store check
refused "say --yes" trac authority store repair
grep -q "alpha: [0-9]* of 600 entries are kept" "$WORK/out" || fail "$(cat "$WORK/out")"
trac authority store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
[ -s "$(home authority)/store/aside/data-1.mdb" ] || fail "the damaged file is not kept"
is_clean authority || fail "the repaired store is not clean"
start authority
[ "$(field authority entries)" -lt 900 ] || wait_for 1 "fetched" field_is authority entries 900
wait_for 30 "the gap is filled" field_is authority entries 900
wait_for 10 "what was damaged is found" found authority ALPHA00300

say "an own entry, published: it comes back under the own signature"
stop alpha
flip "$(data alpha)" ALPHA00100
refused "say --yes" trac alpha store repair
trac alpha store repair --yes >"$WORK/out" || fail "$(cat "$WORK/out")"
grep -q "comes back from peers" "$WORK/out" || fail "$(cat "$WORK/out")"
start alpha
records alpha GAMMA 5
wait_for 40 "the own log is whole, and goes on" field_is alpha published_size 605
wait_for 20 "the authority has it" field_is authority entries 905
found alpha ALPHA00100 || fail "the event is not found"
stop alpha
is_clean alpha || fail "alpha is not clean"
[ "$(trac alpha store check --json | tr ',' '\n' | sed -n 's/.*"bad": //p')" = 0 ] || fail "bad"
start alpha

say "a backup while an import runs"
{
	echo "kind,date,serial,maker,place,commune"
	seq -f "stocked,2025-03-05T10:00:00Z,DELTA%06.0f,Dell,shop,31555" 1 30000
} >"$WORK/many.csv"
trac alpha import --quiet "$WORK/many.csv" &
import=$!
more() { [ "$(field alpha own_size)" -gt 2000 ]; }
wait_for 30 "the import runs" more
trac alpha backup "$WORK/saved" >"$WORK/out" || fail "$(cat "$WORK/out")"
wait "$import" || fail "the import failed"
held=$(sed -n 's/.* \([0-9]*\) of them of this node.*/\1/p' <(tr -d ',' <"$WORK/out"))
[ "$held" -gt 600 ] || fail "the backup holds $held"
[ ! -e "$WORK/saved/keys" ] || fail "keys are in the backup"
cp -a "$WORK/saved" "$WORK/early"
trac alpha backup "$WORK/saved" >/dev/null
[ ! -e "$WORK/saved/lock.mdb" ] || fail "a lock is in the backup"

say "what is larger or of another node is not replaced"
refused "of another node, alpha" trac beta backup "$WORK/saved"
refused "is in the store of a node" trac beta backup "$(home alpha)/store"
refused "is in the store of a node" trac alpha backup "$(home alpha)/store"
refused "is the home of this node" trac alpha backup "$(home alpha)"
printf 'cut off' >"$WORK/saved/data.mdb.new"
trac alpha backup "$WORK/saved" >/dev/null
[ ! -e "$WORK/saved/data.mdb.new" ] || fail "what a crash left is there for ever"
wait_for 60 "the authority holds the import" field_is authority entries 30905
stop alpha
cp -a "$(home alpha)/keys" "$WORK/keys"
mv "$(home alpha)" "$WORK/gone"

say "restored elsewhere"
refused "holds no keys" trac alpha restore --from "$WORK/early"
refused "ever signed with" trac alpha restore --from "$WORK/early" --keys "$(home beta)/keys"
[ ! -e "$(home alpha)" ] || fail "a refused restore leaves something behind"
cp -a "$WORK/early" "$WORK/bad"
flip "$WORK/bad/data.mdb" ALPHA00200
refused "differences\|damaged" trac alpha restore --from "$WORK/bad" --keys "$WORK/keys"
trac alpha restore --from "$WORK/early" --keys "$WORK/keys" >"$WORK/out" ||
	fail "$(cat "$WORK/out")"
refused "never overwritten" trac alpha restore --from "$WORK/early" --keys "$WORK/keys"
refused "larger backup is not replaced" trac alpha backup "$WORK/saved"
start alpha
found alpha ALPHA00600 || fail "an event of the backup is not found"
wait_for 60 "what the backup lacks comes back" field_is alpha own_size 30605
records alpha OMEGA 3
wait_for 60 "it goes on behind" field_is alpha published_size 30608
for serial in ALPHA00001 GAMMA00005 DELTA000001 DELTA030000; do
	trac authority show "$serial" --json | grep -v '"verified\|"asked' >"$WORK/there"
	found alpha "$serial" || fail "$serial is not found"
done
wait_for 30 "the authority agrees" field_is authority entries 30908
stop alpha
stop beta
stop authority
check_all
