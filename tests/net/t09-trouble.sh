#!/usr/bin/env bash
# Trouble that a review found: two kinds of writes in one turn, answers of many
# megabytes, a full disk, the loss of the process that starts others.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

alive() { kill -0 "$(pid_of "$1")" 2>/dev/null; }

make_authority
next_port
make_node hub lille --listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" --commune 59350
start lille
# one link or two: a hub has an address, so that both sides dial
linked() { [ "$(field lille links)" -ge 1 ]; }
wait_for 20 "lille is linked" linked

say "records, figures and admissions at once"
for i in $(seq 1 40); do
	echo "{\"kind\":\"received\",\"serial\":\"AB$((10000000 + i))\",\"maker\":\"HP\",\"origin\":\"external\",\
\"donor_type\":\"state\",\"device_type\":\"laptop\",\"date\":\"2025-03-05\"}"
done >"$WORK/events"
for i in 1 2 3 4 5 6; do
	trac lille record --quiet - <"$WORK/events" &
	records=$!
	trac lille indicators >/dev/null &
	figures=$!
	trac authority record --quiet --kind stocked serial=CD1000000$i maker=HP place=shop \
		date=2025-03-05 commune=75056 &
	more=$!
	make_node workshop "shop-$i"
	wait "$records" "$figures" "$more" || fail "round $i: a command failed"
	alive lille || fail "round $i: the hub died"
	alive authority || fail "round $i: the authority died"
done

say "an answer of many megabytes"
long=$(printf 'SN%0118d' 7)
lot=$(seq -s, -f "serial:$long%06.0f" 1 450)
for i in $(seq 1 100); do
	printf '{"kind":"donation_announced","serial":"EF12345678","maker":"HP",'
	printf '"date":"2025-03-05","donor_type":"state","count":450,"lot":"lot-%d",' "$i"
	printf '"announced":"%s"}\n' "$lot"
done >"$WORK/big"
trac lille record --quiet - <"$WORK/big"
trac lille show EF12345678 --json >"$WORK/out" 2>"$WORK/err" ||
	grep -q 'more than one answer' "$WORK/err" || fail "a large life: $(tail -c 300 "$WORK/err")"
alive lille || fail "lille died of a large answer"

say "the process that starts others is lost: tracd ends, to be started anew"
make_node workshop alpha
start alpha
kill -KILL "$(pgrep -P "$(pid_of alpha)" | head -n 1)"
gone() { ! alive alpha; }
wait_for 10 "alpha ends" gone
wait "$(pid_of alpha)" && fail "alpha ended as if all were well"
start alpha
stop alpha

say "a full disk"
mkdir "$(home tight)" && if mount -t tmpfs -o size=24m,mode=700 none "$(home tight)" 2>/dev/null; then
	trap 'umount -l "$(home tight)"; cleanup' EXIT
	make_node workshop tight --commune 31555
	start tight
	{
		echo "kind,date,serial,maker,place"
		seq -f "stocked,2025-03-05T10:00:00Z,SN%08.0f,Dell,shop" 1 200000
	} >"$WORK/many.csv"
	if trac tight import --quiet "$WORK/many.csv" 2>"$WORK/err"; then
		fail "200,000 events fit into 24 MB"
	fi
	grep -qi 'room\|full' "$WORK/err" || fail "the refusal does not say why: $(cat "$WORK/err")"
	kept=$(field tight own_size)
	[ "$kept" -gt 1000 ] || fail "only $kept events fit"
	trac tight show SN00000001 --json >/dev/null || fail "the first event is not found"
	mount -o remount,size=200m "$(home tight)"
	trac tight import --quiet "$WORK/many.csv" || fail "room again, and still refused"
	field_is tight own_size 200000 || fail "$(field tight own_size) events, not 200000"
	stop tight
	"$BIN/trac" --home "$(home tight)" store check --quiet >/dev/null || fail "the store is not whole"
else
	say "not possible: a full disk needs root to mount one"
fi
rm -rf "$WORK/tight" 2>/dev/null || true
check_all
