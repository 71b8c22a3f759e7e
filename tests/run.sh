#!/usr/bin/env bash
# Runs every test of the builds given and sums up. A test's output is shown when it fails.
# usage: run.sh BUILD...
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# run NAME COMMAND...
run() {
	local name=$1 start=$SECONDS
	shift
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf 'ok      %-44s %3d s\n' "$name" $((SECONDS - start))
		grep -iE '^(note|missing|not possible):' "$log" | sed 's/^/          /'
	else
		failed=$((failed + 1))
		printf 'FAILED  %-44s %3d s\n' "$name" $((SECONDS - start))
		tail -n 60 "$log"
	fi
}

export TRAC_BIN ASAN_OPTIONS UBSAN_OPTIONS BUILD
ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
UBSAN_OPTIONS=print_stacktrace=1
for BUILD; do
	TRAC_BIN=$BUILD/bin
	for t in "$BUILD"/unit/test_* "$BUILD"/sim/test_*; do
		[ -x "$t" ] && run "$t" "$t"
	done
	for t in "$BUILD"/fuzz/replay_*; do
		[ -x "$t" ] && run "$t" "$t" "tests/fuzz/corpus/${t##*replay_}"
	done
	for t in tests/net/t[0-9]*.sh; do
		run "$t ($BUILD)" "$t"
	done
done
for t in tests/loops/*.loop; do
	run "$t ($1)" tests/loops/loop.sh "$1" "$t"
done
BUILD=$1 TRAC_BIN=$1/bin run "tests/demo/run.sh ($1)" tests/demo/run.sh "$1"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
