#!/usr/bin/env bash
# What a bench wrote becomes events: a folder of eight tools is one device with
# five disks, erasures find their device, what fits none waits and is decided.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh
export TZ=UTC

make_authority
make_node workshop alpha --commune 31555
start alpha
bench=tests/vectors/bench

# imported EXIT PATH...: trac import --json ends with that code; its answer in $WORK/out
imported() {
	local code=$1 got=0
	shift
	trac alpha import --json "$@" >"$WORK/out" 2>"$WORK/err" || got=$?
	[ "$got" = "$code" ] || fail "import ${*}: exit $got, not $code: $(cat "$WORK/err" "$WORK/out")"
}
# number KEY: the top-level number of the last answer
number() { tr -d ' \n' <"$WORK/out" | sed -n "s/.*[,{]\"$1\":\([0-9]*\).*/\1/p"; }
is() { [ "$(number "$1")" = "$2" ] || fail "$1 is $(number "$1"), not $2: $(cat "$WORK/out")"; }
shown() { trac alpha show --json "$1" >"$WORK/show" || fail "nothing is shown of $1"; }
has() { grep -q -- "$1" "$WORK/show" || fail "$1 is not shown: $(cat "$WORK/show")"; }
hasnt() { ! grep -q -- "$1" "$WORK/show" || fail "$1 is shown"; }
# waiting WORDS: the number of the item that waits and has these words
waiting() {
	trac alpha review --json | tr -d '\n' | sed 's/}, *{/}\n{/g' | grep -- "$1" |
		sed -n 's/.*"number": \([0-9]*\),.*/\1/p' | head -n 1
}

say "a folder of eight tools is one device with five disks"
cp -r "$bench/vm-elitebook" "$WORK/folder"
imported 65 "$WORK/folder"
is recorded 1
is waiting 1
shown 5CG7TEST0V
[ "$(grep -c '"kind": "identified"' "$WORK/show")" = 1 ] || fail "not one identification"
for disk in S444NX0K700001 WX71A5512345 S21HNXAG512345X 5VE0BAD7 4C530001234567891234; do
	has "$disk"
done
has '"device_type": "laptop"'
has 'HP EliteBook 840 G3'
before=$(field alpha own_size)

say "a second import changes nothing, whatever the names and times"
mkdir "$WORK/again"
n=0
for file in "$WORK/folder"/*; do
	n=$((n + 1))
	cp "$file" "$WORK/again/$((90 - n)).txt"
	touch -d '2025-01-02 03:04:05' "$WORK/again/$((90 - n)).txt"
done
imported 65 "$WORK/again"
is recorded 0
field_is alpha own_size "$before" || fail "the second import recorded something"

say "erasures find the device by the serial of the disk, not by its name"
mkdir "$WORK/wipe"
cp "$bench/erasure/nwipe042-four-zero.log" "$bench/erasure/nwipe042-bad-disk.log" "$WORK/wipe"
imported 65 "$WORK/wipe"
is recorded 5
is waiting 1
shown 5CG7TEST0V
[ "$(grep -c '"kind": "data_erased"' "$WORK/show")" = 5 ] || fail "not five erasures: $(cat "$WORK/show")"
[ "$(grep -c '"result": "failure"' "$WORK/show")" = 1 ] || fail "the bad disk is no failure"
[ "$(grep -c '"result": "success"' "$WORK/show")" = 4 ] || fail "not four successes"
has '"date\|"time": "2026-11-22T22:53:17+00:00"'
hasnt PC0TEST7
imported 65 "$WORK/wipe"
is recorded 0

say "a log that was appended to says its first run once"
mkdir "$WORK/appended"
sed 's/5VE0BAD7/5VE0BAD8/g; s/WX71A5512345/WX71A5519999/g' \
	"$bench/erasure/nwipe042-bad-disk.log" >"$WORK/appended/log"
imported 0 --own-disks "$WORK/appended"
is recorded 2
sed 's/S21HNXAG512345X/S21HNXAG500000X/g' "$bench/erasure/nwipe033-sda-dodshort.log" \
	>>"$WORK/appended/log"
imported 0 --own-disks "$WORK/appended"
is recorded 1

say "an anonymous wipe waits, and no word makes a success of it"
item=$(waiting 'QEMU QEMU HARDDISK')
[ -n "$item" ] || fail "the wipe without a serial does not wait: $(trac alpha review)"
for words in result=success "result=failure result=success" result=reussi; do
	# shellcheck disable=SC2086
	if trac alpha review --accept "$item" serial=5CG7TEST0V maker=HP \
		medium.serial=4C530001234567891234 $words 2>"$WORK/err"; then
		fail "a success was made of an anonymous wipe: $words"
	fi
	grep -q "says no success" "$WORK/err" || fail "$words: $(cat "$WORK/err")"
done
trac alpha review --accept "$item" serial=5CG7TEST0V maker=HP \
	medium.serial=4C530001234567891234 >/dev/null
shown 5CG7TEST0V
[ "$(grep -c '"result": "partial"' "$WORK/show")" = 1 ] || fail "the accepted wipe is not partial"
imported 0 "$WORK/wipe"
is recorded 0

say "what nobody knows waits for a person's word"
mkdir "$WORK/loose"
sed 's/S21HNXAG512345X/S21HNXAG599999Y/g' "$bench/erasure/nwipe033-sda-dodshort.log" \
	>"$WORK/loose/a.log"
cp "$bench/erasure/erase-shred-ok.txt" "$WORK/loose"
printf 'notes of no tool\n' >"$WORK/loose/notes.txt"
: >"$WORK/loose/empty"
imported 65 "$WORK/loose"
is recorded 0
is waiting 4
grep -q 'S21HNXAG599999Y' "$WORK/out" || fail "the disk is not named: $(cat "$WORK/out")"
mv "$WORK/loose/a.log" "$WORK/stick"   # the stick was pulled: tracd kept the file
trac alpha review --accept "$(waiting S21HNXAG599999Y)" serial=PF2LOOSE maker=LENOVO >/dev/null
mv "$WORK/stick" "$WORK/loose/a.log"
shown PF2LOOSE
has S21HNXAG599999Y
trac alpha review --accept "$(waiting 'erase command')" kind=data_erased serial=PF2LOOSE \
	maker=LENOVO date=2026-11-22 medium.serial=S21HNXAG599999Y medium.type=ssd level=clear \
	technique=overwrite tool=shred verification=no_verification result=partial >/dev/null
for what in notes.txt empty; do
	trac alpha review --dismiss "$(waiting "$what")" --reason unusable >/dev/null
done
grep -q 'S21HNX' <(trac alpha review) && fail "a decided item is listed"
imported 0 "$WORK/loose"
is recorded 0

say "a file without a date waits, unless --date says when"
mkdir "$WORK/undated"
sed 's/5CG7TEST0V/5CG7TEST1W/; s/f81d4fae/f81d4faf/; s/PGEXX018J8F0TE/PGEXX018J8F0TX/' \
	"$bench/vm-elitebook/dmidecode.txt" >"$WORK/undated/d.txt"
imported 65 "$WORK/undated"
is recorded 0
imported 0 --date 2026-11-20 "$WORK/undated"
is recorded 1
imported 0 --date mtime "$WORK/undated"
is recorded 0
[ -z "$(waiting d.txt)" ] || fail "it waits still"

say "events as lines lie among the files; a bad line is told and ends nothing"
mkdir "$WORK/lines"
printf 'kind,date,commune,serial,maker,place\n%s\n%s\n%s\n' \
	'stocked,2026-11-22T23:00:00Z,31555,5CG7TEST0V,HP,shop' \
	'stocked,2026-11-22T23:00:00Z,31555,5CG7TEST0V,HP,moon' \
	'stocked,2026-11-21T10:00:00Z,31555,5CG7TEST0V,HP,storeroom' >"$WORK/lines/a.csv"
graded='{"kind":"graded","date":"2026-11-22T23:30:00Z","serial":"5CG7TEST0V"'
printf '%s\n%s\n' "$graded"',"maker":"HP","grade":"b"}' \
	'{"kind":"graded"' >"$WORK/lines/b.jsonl"
imported 65 "$WORK/lines"
is recorded 3
is waiting 2
grep -q 'line 3.*moon' "$WORK/out" || fail "the bad line is not told: $(cat "$WORK/out")"
imported 65 "$WORK/lines"
is recorded 0

say "junk stops nothing"
mkdir "$WORK/junk"
head -c 20000 /dev/urandom >"$WORK/junk/a"
printf '{"content": [[[[[' >"$WORK/junk/b.json"
printf '<?xml version="1.0"?><!DOCTYPE R [<!ENTITY a "b">]><REQUEST>&a;</REQUEST>' >"$WORK/junk/c.xml"
sed 's/5CG7TEST0V/5CG7TEST2X/; s/f81d4fae/f81d4fa0/; s/PGEXX018J8F0TE/PGEXX018J8F0T2/' \
	"$bench/vm-elitebook/glpi-inventory.json" >"$WORK/junk/z.json"
# a name that moves the cursor and is no UTF-8
odd=$WORK/junk/$(printf 'y\033[31m\351.csv')
printf 'kind,date,serial,maker,place\nstocked,2026-11-22,5CG7TEST0V,HP,moon\n' >"$odd"
trac alpha import "$WORK/junk" >"$WORK/out" 2>&1 && fail "junk is no fault"
if grep -q "$(printf '\033')" "$WORK/out"; then fail "a name of a file reaches the terminal"; fi
grep -q '"sha256"' <(trac alpha attach --json "$odd") || fail "a file is dropped from the answer"
imported 65 "$WORK/junk"
is known_before 1
is waiting 4
grep -q 'document type' "$WORK/out" || fail "the entity is not refused: $(cat "$WORK/out")"
imported 74 "$WORK/absent.log" "$WORK/junk/z.json"

check_all
