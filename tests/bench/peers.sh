# shellcheck shell=bash
# The peers that need a server: a throw-away PostgreSQL, on Unix sockets only.
# Three clusters: one to measure, one that subscribes to it, one with slow flushes.
# Sourced by run.sh.

PG_BIN=/usr/lib/postgresql/15/bin
PG_PIDS=()

# the server refuses to run as root
AS_SERVER=()
if [ "$(id -u)" -eq 0 ]; then
	AS_SERVER=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
fi
pg_info() { echo "host=$WORK/pg port=$1 dbname=postgres user=postgres"; }
PG=$(pg_info 5432)
PG_SUB=$(pg_info 5433)
PG_SLOW=$(pg_info 5434)

# cluster_start NAME PORT [VARIABLE=VALUE]: a copy of the fresh cluster, running
cluster_start() {
	local dir=$WORK/pg/$1
	"${AS_SERVER[@]}" cp -a "$WORK/pg/fresh" "$dir"
	env "${@:3}" "${AS_SERVER[@]}" "$PG_BIN/postgres" -D "$dir" -p "$2" \
		-c listen_addresses= -c unix_socket_directories="$WORK/pg" -c wal_level=logical \
		>"$WORK/$1.log" 2>&1 &
	PG_PIDS+=($!)
	wait_for 30 "PostgreSQL answers" "$PG_BIN/pg_isready" -q -h "$WORK/pg" -p "$2"
}

peers_stop() {
	for pid in "${PG_PIDS[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
	for pid in "${PG_PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
}
bench_exit() {
	local status=$?
	set +e
	peers_stop
	(exit "$status")
	cleanup
}

peers_start() {
	mkdir "$WORK/pg"
	[ "$(id -u)" -ne 0 ] || chown postgres:postgres "$WORK/pg"
	trap bench_exit EXIT
	"${AS_SERVER[@]}" "$PG_BIN/initdb" -D "$WORK/pg/fresh" -U postgres -A trust --no-sync \
		-E UTF8 --locale=C >"$WORK/initdb.log" 2>&1 || fail "initdb: see $WORK/initdb.log"
	cluster_start main 5432
	pg_idle "${PG_PIDS[0]}"
	cluster_start sub 5433
	cluster_start slow 5434 LD_PRELOAD="$SHIM"
	"$BENCH/peer_pg" setup "$PG"
	"$BENCH/peer_pg" setup "$PG_SLOW"
}

# with shared pages shared out: the children are forks of one process
pg_idle() {
	local pids
	read -rt 1 <> <(:) || true
	pids="$1 $(pgrep -d ' ' -P "$1")"
	put pg.idle.mb "$(memory_mb Pss_Anon "$pids")"
}

# memory_mb FIELD PIDS: their sum in MB
memory_mb() {
	local pid
	for pid in $2; do
		cat "/proc/$pid/smaps_rollup"
	done | awk -v field="$1:" '$1 == field { kb += $2 } END { printf "%.2f\n", kb * 1024 / 1e6 }'
}

pg_setup() {
	"$BENCH/peer_pg" run "$PG" "drop publication if exists bench" >/dev/null 2>&1
	"$BENCH/peer_pg" setup "$PG"
}

# logical replication to an empty cluster, which has the index already
pg_follow() {
	"$BENCH/peer_pg" run "$PG" "create publication bench for table event" >/dev/null
	"$BENCH/peer_pg" setup "$PG_SUB"
	"$BENCH/peer_pg" follow "$PG_SUB" "$PG" "$EVENTS"
}
