/* The token bucket of tracd-net. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/net/rate.c"

static unsigned take_all(struct rate *r, int64_t now_ms, unsigned tries)
{
	unsigned granted = 0;
	while (tries-- > 0)
		granted += rate_take(r, now_ms);
	return granted;
}

static void a_burst_then_the_rate(void **state)
{
	struct rate r;
	(void)state;
	rate_init(&r, 100, 50, 1000);
	assert_int_equal(take_all(&r, 1000, 1000), 50);
	assert_int_equal(take_all(&r, 1009, 10), 0);
	assert_int_equal(take_all(&r, 1010, 10), 1);
	assert_int_equal(take_all(&r, 1110, 100), 10);
	assert_int_equal(take_all(&r, 1000000, 1000), 50);     /* never more than a burst */
}

static void a_long_silence_does_not_overflow(void **state)
{
	struct rate r;
	(void)state;
	rate_init(&r, 1000000, 1000000, 0);
	assert_int_equal(take_all(&r, INT64_MAX, 10), 10);
	assert_int_equal(take_all(&r, 5, 10), 10);             /* a clock that goes back */
}

static void only_a_flood_is_one(void **state)
{
	struct rate r;
	(void)state;
	rate_init(&r, 100, 50, 0);
	take_all(&r, 0, 50);
	take_all(&r, 0, 50);
	assert_false(rate_is_flooded(&r));
	assert_false(rate_take(&r, 0));
	assert_true(rate_is_flooded(&r));
	/* who keeps to the rate is forgiven */
	assert_int_equal(take_all(&r, 1000, 50), 50);
	assert_false(rate_is_flooded(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_then_the_rate),
		cmocka_unit_test(a_long_silence_does_not_overflow),
		cmocka_unit_test(only_a_flood_is_one),
	};
	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
