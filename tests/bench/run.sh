#!/bin/bash
# The bench: ours and the peers in turns, the table, and BUILD/bench.json.
# usage: run.sh BUILD   (BENCH_EVENTS, BENCH_ROUNDS, BENCH_SECONDS scale it)
set -euo pipefail
BUILD=${1:-build}
here=$(cd "$(dirname "$0")" && pwd)
# flushes must reach a disk: /tmp may be memory
export TMPDIR=${TMPDIR:-/var/tmp}
NETWORK=bench.example
. "$here/../net/lib.sh"
. "$here/peers.sh"
. "$here/ours.sh"

EVENTS=${BENCH_EVENTS:-200000}
ROUNDS=${BENCH_ROUNDS:-5}
SECONDS_EACH=${BENCH_SECONDS:-1}
BATCH=1000
BENCH=$(cd "$BUILD/bench" && pwd)
[ "$EVENTS" -ge 10000 ] || fail "BENCH_EVENTS is $EVENTS: 10,000 or more hold whole devices"
RAW=$BUILD/bench/raw
SHIM=$WORK/slowsync.so
: >"$RAW"
chmod 711 "$WORK"
cp "$BENCH/slowsync.so" "$SHIM"

# take KEY COMMAND...: its "name value" lines, as KEY.name
take() {
	local key=$1
	shift
	"$@" >"$WORK/taken" || fail "$key: $*"
	sed "s/^/$key./" "$WORK/taken" >>"$RAW"
}
put() { printf '%s %s\n' "$1" "$2" >>"$RAW"; }

# timed KEY COUNT COMMAND...: a whole process, as KEY.per_s
timed() {
	local key=$1 count=$2 begin=$EPOCHREALTIME
	shift 2
	"$@" >/dev/null || fail "$key: $*"
	put "$key.per_s" "$(echo "$begin $EPOCHREALTIME $count" | awk '{ print $3 / ($2 - $1) }')"
}

# one event, durable, acknowledged: one client and 64, native and with slow flushes
record_round() {
	local seed=$((1000 + $1))
	take ours.record1 ours_record record $seed 1
	take pg.record1 "$BENCH/peer_pg" record "$PG" $seed 1 "$SECONDS_EACH"
	take sqlite.record1 "$BENCH/peer_sqlite" record "$WORK/record.db" $seed "$SECONDS_EACH"
	take lmdb.record1 "$BENCH/peer_lmdb" record "$WORK/record.lmdb" $seed "$SECONDS_EACH"
	take ours.record64 ours_record record $((seed + 100)) 64
	take pg.record64 "$BENCH/peer_pg" record "$PG" $((seed + 100)) 64 "$SECONDS_EACH"
	take ours.slow1 ours_record slow $seed 1
	take pg.slow1 "$BENCH/peer_pg" record "$PG_SLOW" $seed 1 "$SECONDS_EACH"
	take sqlite.slow1 env LD_PRELOAD="$SHIM" \
		"$BENCH/peer_sqlite" record "$WORK/slow.db" $seed "$SECONDS_EACH"
	take ours.slow64 ours_record slow $((seed + 100)) 64
	take pg.slow64 "$BENCH/peer_pg" record "$PG_SLOW" $((seed + 100)) 64 "$SECONDS_EACH"
}

# many events into empty stores, then what is asked of them
bulk_round() {
	local seed=$((2000 + $1))
	rm -rf "$WORK"/bulk.lmdb "$WORK"/compose.lmdb
	ours_authority authority
	take ours.import "$BENCH/client" import "$(home authority)" $seed "$EVENTS" $BATCH
	pg_setup
	take pg.import "$BENCH/peer_pg" copy "$PG" $seed "$EVENTS"
	take sqlite.import "$BENCH/peer_sqlite" import "$WORK/bulk.db" $seed "$EVENTS"
	take lmdb.import "$BENCH/peer_lmdb" import "$WORK/bulk.lmdb" $seed "$EVENTS" 10000
	take lmdb.compose "$BENCH/peer_lmdb" compose "$WORK/compose.lmdb" $seed "$EVENTS" 10000

	ours_replicate
	take pg.replicate pg_follow
	take pg.disk "$BENCH/peer_pg" size "$PG" "$EVENTS"

	# by now all is published, so that answers carry their proofs
	take ours.lookup "$BENCH/client" lookup "$(home authority)" $seed "$EVENTS" "$SECONDS_EACH"
	take lmdb.lookup "$BENCH/peer_lmdb" lookup "$WORK/bulk.lmdb" $seed "$EVENTS" "$SECONDS_EACH"
	take pg.lookup "$BENCH/peer_pg" lookup "$PG" $seed "$EVENTS" "$SECONDS_EACH"
	take ours.show "$BENCH/client" process $seed "$EVENTS" 50 \
		"$BIN/trac" --home "$(home authority)" show

	ours_restart
	ours_busy_lookup $seed
	ours_stop authority
	timed lmdb.check "$EVENTS" "$BENCH/peer_lmdb" scan "$WORK/bulk.lmdb"
	rm -rf "$(home authority)" "$(home sink)"
}

say "bench: $EVENTS events, $ROUNDS rounds, load $(cut -d' ' -f1-3 /proc/loadavg)"
peers_start
ours_authority record
ours_authority slow env LD_PRELOAD="$SHIM"
for round in $(seq "$ROUNDS"); do
	say "bench: record, round $round of $ROUNDS"
	record_round "$round"
done
ours_stop record
ours_stop slow
bulk_rounds=$(((ROUNDS + 1) / 2))
for round in $(seq $bulk_rounds); do
	say "bench: bulk, round $round of $bulk_rounds"
	bulk_round "$round"
done
say "bench: $SECONDS s, load $(cut -d' ' -f1-3 /proc/loadavg)"
awk -v json="$BUILD/bench.json" -v events="$EVENTS" -f "$here/report.awk" "$RAW" "$here/rows"
