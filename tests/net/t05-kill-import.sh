#!/usr/bin/env bash
# SIGKILL in the middle of an import, several times: every acknowledged event is
# there afterwards, none twice, and a second import completes the file.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

rows=${ROWS:-20000}
make_authority
make_node workshop alpha
{
	echo "kind,date,commune,serial,maker,place"
	seq -f "stocked,2025-03-05T10:00:00Z,31555,SN%08.0f,Dell,shop" 1 "$rows"
} >"$WORK/all.csv"

for round in 1 2 3 4; do
	start alpha
	before=$(field alpha own_size)
	trac alpha import --json "$WORK/all.csv" >"$WORK/import" 2>"$WORK/import.err" &
	import=$!
	wait_for 30 "round $round: the import goes on" \
		sh -c "$BIN/trac --home $(home alpha) status --json | tr ',{}' '\n' |
			awk -F: '/own_size/ { exit !(\$2 > $before) }'"
	seen=$(field alpha own_size)
	kill -KILL "$(pid_of alpha)"
	wait "$(pid_of alpha)" 2>/dev/null || true
	wait "$import" 2>/dev/null && done_already=1 || done_already=
	start alpha
	kept=$(field alpha own_size)
	say "round $round: $before before, $seen seen acknowledged, $kept kept"
	[ "$kept" -ge "$seen" ] || fail "lost acknowledged events: $seen, then $kept"
	kill -KILL "$(pid_of alpha)"
	wait "$(pid_of alpha)" 2>/dev/null || true
	[ -z "$done_already" ] || break
done
start alpha
trac alpha import --quiet "$WORK/all.csv"
field_is alpha own_size "$rows" || fail "$(field alpha own_size) entries, not $rows"
wait_for 60 "the authority holds all" field_is authority entries "$rows"
trac alpha show SN00000001 --json >"$WORK/show" || fail "the first is not found"
trac alpha show "SN$(printf %08d "$rows")" --json >"$WORK/show" || fail "the last is not found"
check_all
