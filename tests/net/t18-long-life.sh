#!/usr/bin/env bash
# A device with thousands of events, as a hostile member or a junk identifier makes one:
# the node that folds it in the background answers all the while.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

EVENTS=4000

make_authority
make_node workshop alpha
start alpha

say "one device, $EVENTS events"
{
	printf 'kind,date,serial,maker,commune,decision\n'
	for ((i = 0; i < EVENTS; i++)); do
		printf 'audited,2025-03-04T%02d:%02d:%02d+01:00,PF0SLONG1,HP,31254,reuse\n' \
			$((i / 3600)) $((i / 60 % 60)) $((i % 60))
	done
} >"$WORK/rows.csv"
timeout 20 "$BIN/trac" --home "$(home alpha)" import --quiet "$WORK/rows.csv" >"$WORK/out" 2>&1 ||
	fail "the import: $(tail -n 3 "$WORK/out")"

say "it answers while it folds, here and at the authority"
for _ in 1 2 3 4 5; do
	timeout 5 "$BIN/trac" --home "$(home alpha)" status >/dev/null || fail "alpha is deaf"
done
wait_for 30 "the authority holds them" field_is authority entries "$EVENTS"
timeout 5 "$BIN/trac" --home "$(home authority)" status >/dev/null || fail "the authority is deaf"
trac authority show PF0SLONG1 --json >"$WORK/show"
[ "$(grep -c '"kind": "audited"' "$WORK/show")" = "$EVENTS" ] || fail "the life is not whole"
for name in alpha authority; do stop $name; done
check_all
