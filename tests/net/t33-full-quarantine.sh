#!/usr/bin/env bash
# The disk is full when a log that was put back from an old copy must be put aside, or
# back: nothing is lost, the operator is told, and it goes on by itself when there is room.
# The same of the disk that holds the fence of an authority.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

EVENTS=3000

record() {
	trac tight record --quiet --kind stocked serial="$1" maker=HP place=shop \
		date=2025-03-05T10:00:00Z commune=31555
}
warned() { grep "$1" <(trac tight status) >/dev/null; }
shows() { grep '"stocked"' <(trac "$1" show "$2" --json 2>/dev/null) >/dev/null; }
many() { # FIRST
	{
		echo "kind,date,serial,maker,place"
		seq -f "stocked,2025-03-05T10:00:00Z,SN%08.0f,Dell,shop" "$1" $(($1 + EVENTS - 1))
	} >"$WORK/many.csv"
	trac tight import --quiet "$WORK/many.csv"
}
# leaves room for what a few events need, and not for a move
fill() {
	cat /dev/zero >"$(home tight)/fill" 2>/dev/null || true
	truncate -s -"$1" "$(home tight)/fill"
}
keep() {
	rm -rf "$WORK/old" "$WORK/old.fence"
	cp -a "$(home tight)/store" "$WORK/old"
	cp -a "$(home tight).fence" "$WORK/old.fence"
}
old_store() {
	rm -r "$(home tight)/store"
	cp -a "$WORK/old" "$(home tight)/store"
}
is_told() { warned 'nothing is recorded until this is done'; }

mkdir "$(home tight)"
if ! mount -t tmpfs -o size=64m,mode=700 none "$(home tight)" 2>/dev/null; then
	say "not possible: a full disk needs root to mount one"
	exit 0
fi
trap 'umount -l "$(home tight)"; cleanup' EXIT
make_authority
make_node workshop tight --commune 31555
start tight
record SERIAL0001
wait_for 20 "the first is published" field_is tight published_size 1
stop tight
keep
start tight
record SERIAL0002
wait_for 20 "the second is held" field_is authority entries 2
stop tight
stop authority

say "on the way back"
old_store
start tight
field_is tight quarantine true || fail "an old copy is not in doubt"
many 1
fill 600K
start authority
wait_for 30 "the operator is told" is_told
if record SERIAL0003 2>"$WORK/why"; then fail "recorded between two logs"; fi
grep -q 'make room' "$WORK/why" || fail "it was not said why: $(cat "$WORK/why")"
rm "$(home tight)/fill"
wait_for 60 "all is published" field_is tight published_size $((EVENTS + 2))
if is_told; then fail "still warned"; fi
record SERIAL0003
wait_for 20 "it goes on" field_is authority entries $((EVENTS + 3))
stop tight
keep

say "on the way aside: store and fence are an old copy, and look well"
start tight
record SERIAL0004
wait_for 20 "one more is held" field_is authority entries $((EVENTS + 4))
stop tight
stop authority
old_store
rm -r "$(home tight).fence"
cp -a "$WORK/old.fence" "$(home tight).fence"
start tight
field_is tight quarantine false || fail "it cannot know"
many 100001
fill 600K
start authority
wait_for 30 "the operator is told" is_told
rm "$(home tight)/fill"
wait_for 60 "all is published" field_is tight published_size $((2 * EVENTS + 4))
wait_for 30 "the authority holds it" field_is authority entries $((2 * EVENTS + 4))
if is_told || warned 'own log'; then fail "still warned"; fi
for serial in SERIAL0001 SERIAL0002 SERIAL0003 SERIAL0004 SN00000001 SN00103000; do
	shows tight "$serial" || fail "$serial is not found at the workshop"
	shows authority "$serial" || fail "$serial is not found at the authority"
done
stop tight
keep

say "on the way into a new epoch"
start tight
record SERIAL0005
wait_for 20 "one more is held" field_is authority entries $((2 * EVENTS + 5))
stop tight
stop authority
old_store
rm -r "$(home tight).fence"
cp -a "$WORK/old.fence" "$(home tight).fence"
start tight
many 200001
fill 600K
start authority
wait_for 30 "the operator is told" is_told
trac tight recover --new-epoch --reason full --yes -o "$WORK/epoch" >/dev/null
trac authority member epoch "$WORK/epoch" >/dev/null
wait_for 20 "it waits for room" warned 'the new epoch of this log waits'
kill -KILL "$(pid_of tight)"
wait "$(pid_of tight)" 2>/dev/null || true
start tight
rm "$(home tight)/fill"
begun() { grep "goes on as $NETWORK/tight/2" "$(home tight)/tracd.log"; }
wait_for 60 "it goes on" begun
trac tight recover --consent --yes >/dev/null
wait_for 60 "all is published" field_is tight published_size "$EVENTS"
wait_for 30 "the authority holds what was recorded meanwhile" shows authority SN00203000
if is_told || warned 'own log'; then fail "still warned"; fi
stop tight
stop authority

say "the fence of the authority: what cannot be fenced is not stated"
mkdir "$WORK/tight-fence"
mount -t tmpfs -o size=16k,mode=700 none "$WORK/tight-fence"
trap 'umount -l "$(home tight)" "$WORK/tight-fence"; cleanup' EXIT
cp "$(home authority).fence"/* "$WORK/tight-fence"
printf 'fence = "%s"\n' "$WORK/tight-fence" >>"$(home authority)/tracd.conf"
start authority
trac late init workshop --authority "$VKEY" --name late --commune 31555 --peer "$JOIN" >/dev/null
trac late member request -o "$WORK/request" >/dev/null
size=$(field authority members_size)
cat /dev/zero >"$WORK/tight-fence/fill" 2>/dev/null || true
if trac authority member admit "$WORK/request" >/dev/null 2>"$WORK/why"; then
	fail "stated without a fence"
fi
grep -q 'fence can be written: see to' "$WORK/why" || fail "it was not said why: $(cat "$WORK/why")"
rm "$WORK/tight-fence/fill"
trac authority member admit "$WORK/request" >/dev/null || fail "there is room, and still refused"
if grep 'member log, entry' "$(home authority)/tracd.log"; then fail "it was stated twice"; fi
stop authority
start authority
field_is authority members_size $((size + 1)) ||
	fail "it was stated $(($(field authority members_size) - size)) times"
stop authority
"$BIN/trac" --home "$(home tight)" store check --quiet >/dev/null || fail "the store is not whole"
check_all
