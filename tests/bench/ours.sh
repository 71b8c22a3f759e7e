# shellcheck shell=bash
# What the bench does with tracd: nodes, replication, starts, sizes.
# Sourced by run.sh.

# ours_start NAME ENTRIES [COMMAND...]: tracd, a child of this shell; its figures
# in $WORK/started
ours_start() {
	local name=$1 entries=$2
	shift 2
	[ $# -gt 0 ] || set -- /usr/bin/env
	[ "$1" != env ] || set -- "/usr/bin/$1" "${@:2}"
	rm -f "$WORK/started"
	"$BENCH/client" start "$(home "$name")" "$entries" "$WORK/started" \
		"$@" "$BIN/tracd" --home "$(home "$name")" 2>>"$(home "$name")/tracd.log" &
	PIDS+=($!)
	printf '%s\n' $! >"$(home "$name")/pid"
	wait_for 70 "$name answers" ours_settled $!
	[ -s "$WORK/started" ] || fail "$name ended at once"
	! grep -q failed "$WORK/started" || fail "$name does not answer, or lacks entries"
}
ours_settled() { [ -s "$WORK/started" ] || ! kill -0 "$1"; }

# a process that is done is not ended again: its number may be another's by then
ours_forget() {
	local pid kept=()
	for pid in "${PIDS[@]}"; do
		[ "$pid" = "$1" ] || kept+=("$pid")
	done
	PIDS=("${kept[@]}")
}

ours_stop() {
	local pid
	pid=$(pid_of "$1")
	kill "${2:--TERM}" "$pid"
	wait "$pid" 2>/dev/null || [ "${2:-}" = -KILL ] || fail "$1 did not stop cleanly"
	ours_forget "$pid"
}

# ours_authority NAME [COMMAND...]: a network of one node, running
# shellcheck disable=SC2153
ours_authority() {
	local name=$1
	shift
	# PORT, VKEY and JOIN are those of tests/net/lib.sh
	next_port
	trac "$name" init authority --network "$NETWORK" --name authority --title Bench \
		--listen "127.0.0.1:$PORT" --address "127.0.0.1:$PORT" >/dev/null
	ours_start "$name" 0 "$@"
}

ours_record() {
	"$BENCH/client" record "$(home "$1")" "$2" "$3" "$SECONDS_EACH"
}

# payload of all links to that port, both ways
link_bytes() {
	ss -tinH state established "( sport = :$1 )" | tr ' ' '\n' |
		awk -F: '/^bytes_(sent|received):/ { sum += $2 } END { print sum + 0 }'
}

# an admitted node without entries; from its start until it holds and has proved all
# shellcheck disable=SC2034,SC2153
ours_replicate() {
	local port=$PORT
	VKEY=$(cat "$(home authority)/authority.vkey")
	JOIN="$(field authority link_key)@127.0.0.1:$port"
	make_node workshop sink
	ours_start sink "$EVENTS"
	sed 's/^/ours.replicate./' "$WORK/started" >>"$RAW"
	put ours.wire.bytes_per_event \
		"$(echo "$(link_bytes "$port") $EVENTS" | awk '{ print $1 / $2 }')"
	ours_stop sink
}

# of tracd and all that it started
memory_of() {
	local pids=$1 next=$1
	while next=$(pgrep -d ' ' -P "${next// /,}"); do
		pids="$pids $next"
	done
	memory_mb Anonymous "$pids"
}

# clean stop, sizes, check, start, idle memory, kill -9, start
ours_restart() {
	local store
	ours_stop authority
	store=$(home authority)/store
	put ours.disk.bytes_per_event \
		"$(echo "$(du -sB1 "$store" | cut -f1) $EVENTS" | awk '{ print $1 / $2 }')"
	timed ours.check "$EVENTS" "$BIN/trac" --home "$(home authority)" store check --quiet
	ours_start authority 0
	sed 's/^/ours.start./' "$WORK/started" >>"$RAW"
	read -rt 1 <> <(:) || true
	put ours.idle.mb "$(memory_of "$(pid_of authority)")"
	ours_stop authority -KILL
	wait_for 10 "its children are gone" ours_is_alone
	ours_start authority 0
	sed 's/^/ours.killed./' "$WORK/started" >>"$RAW"
}
ours_is_alone() { ! pgrep -f -- "--home $(home authority)( |$)"; }

# lookups by a person while the same node imports
ours_busy_lookup() {
	"$BENCH/client" import "$(home authority)" $(($1 + 500)) $((2 * EVENTS)) "$BATCH" >/dev/null &
	local import=$!
	take ours.busy "$BENCH/client" idle "$(home authority)" "$1" "$EVENTS" "$SECONDS_EACH"
	wait "$import" || fail "the import beside lookups"
}
