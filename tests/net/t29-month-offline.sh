#!/usr/bin/env bash
# A workshop without any network for a month: it records and looks up all the time, also
# after a restart, and publishes it all in order when the network is back. The month passes
# in seconds: the clocks that the daemons read run fast, or stand later.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/net/lib.sh
. tests/net/lib.sh

record() {
	LATE_S=$3 LD_PRELOAD=$LATE trac "$1" record --quiet --kind stocked serial="$2" \
		maker=HP place=shop commune=31555
}
shows() { trac "$1" show "$2" --json 2>/dev/null | grep '"stocked"' >/dev/null; }
# start_late NAME SECONDS TIMES: its clocks are so late, and run so fast
start_late() {
	LATE_S=$2 LATE_X=$3 LD_PRELOAD=$LATE start "$1"
}

cat >"$WORK/late.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	static struct timespec first[2];
	const char *late = getenv("LATE_S"), *fast = getenv("LATE_X");
	const long times = fast ? atol(fast) : 1;
	long long ns;
	int rc;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	rc = real(id, t);
	if (rc || (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC))
		return rc;
	struct timespec *from = &first[id == CLOCK_MONOTONIC];
	if (from->tv_sec == 0)
		*from = *t;
	ns = (t->tv_sec - from->tv_sec) * 1000000000LL + t->tv_nsec - from->tv_nsec;
	ns = from->tv_nsec + ns * times;
	t->tv_sec = from->tv_sec + ns / 1000000000 +
		(id == CLOCK_REALTIME && late ? atol(late) : 0);
	t->tv_nsec = ns % 1000000000;
	return 0;
}
END
if ! "${CC:-cc}" -shared -fPIC -O1 -o "$WORK/late.so" "$WORK/late.c" -ldl; then
	say "not possible: no compiler to build the clock with"
	exit 0
fi
# a sanitizer must be loaded before all else
LATE=$(ldd "$BIN/tracd" | sed -n 's/.*=> \(.*libasan[^ ]*\) .*/\1:/p')$WORK/late.so
day=86400

make_authority
make_node workshop alpha
start alpha
record alpha SERIAL0001 0
wait_for 20 "it is published" field_is alpha published_size 1
stop alpha
stop authority

say "the first days pass in the run"
start_late alpha 0 200000
# what happens in ten days is refused until then
if record alpha SERIAL0002 $((10 * day)) 2>/dev/null; then fail "the future is recorded"; fi
wait_for 60 "ten days" record alpha SERIAL0002 $((10 * day))
shows alpha SERIAL0001 || fail "what was published is not found"
shows alpha SERIAL0002 || fail "what was recorded offline is not found"
stop alpha

say "the others between restarts"
for d in 12 18 24 30; do
	start_late alpha $((d * day)) 1
	record alpha "SERIAL00$d" $((d * day))
	shows alpha "SERIAL00$d" || fail "day $d is not found"
	field_is alpha published_size 1 || fail "signed, though nobody was there"
	field_is alpha quarantine false || fail "in quarantine for want of a network"
	stop alpha
done

say "the network is back"
start_late authority $((30 * day)) 1
start_late alpha $((30 * day)) 1
wait_for 30 "all is published" field_is authority entries 6
for s in 01 02 12 18 24 30; do
	shows authority "SERIAL00$s" || fail "SERIAL00$s is not found at the authority"
done
if trac alpha status | grep '^alert' >/dev/null; then fail "the operator is warned of a month alone"; fi
stop alpha
stop authority
check_all
