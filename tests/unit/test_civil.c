/* Civil time of proto/life/event.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "proto/life/event.h"

static int64_t parse(const char *text, int zone)
{
	struct civil c;
	if (civil_parse(text, zone, &c) < 0)
		fail_msg("%s was refused", text);
	return civil_to_ms(&c);
}

static void moments_are_read(void **state)
{
	(void)state;
	assert_int_equal(parse("1970-01-01T00:00:00Z", 0), 0);
	assert_int_equal(parse("2026-03-02T10:04:11+01:00", 0), 1772442251000);
	assert_int_equal(parse("2026-03-02t09:04:11.25z", 0), 1772442251250);
	assert_int_equal(parse("2026-03-02 05:04:11-04:00", 0), 1772442251000);
	assert_int_equal(parse("1969-12-31T23:59:59.999Z", 0), -1);
	assert_int_equal(parse("2000-02-29T00:00:00Z", 0), 951782400000);
	/* a date alone is midday there */
	assert_int_equal(parse("2026-03-02", 60), parse("2026-03-02T12:00:00+01:00", 0));
	assert_int_equal(parse("2026-03-02", -240), parse("2026-03-02T12:00:00-04:00", 0));
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "2026", "2026-3-2", "02/03/2026", "2026-13-01", "2026-00-01", "2026-02-30",
		"2025-02-29", "1900-02-29", "2026-03-02T", "2026-03-02T10:04",
		"2026-03-02T10:04:11",
		"2026-03-02T24:00:00Z", "2026-03-02T10:60:00Z", "2026-03-02T10:00:61Z",
		"2026-03-02T10:04:11+15:00", "2026-03-02T10:04:11+0100", "2026-03-02T10:04:11.Z",
		"2026-03-02T10:04:11Zx", "2026-03-02x", " 2026-03-02",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct civil c;
		if (civil_parse(bad[i], 0, &c) == 0)
			fail_msg("\"%s\" was accepted", bad[i]);
	}
}

static void moments_are_written(void **state)
{
	(void)state;
	char text[30];
	civil_format(1772442251000, 60, text);
	assert_string_equal(text, "2026-03-02T10:04:11+01:00");
	civil_format(1772442251000, -210, text);
	assert_string_equal(text, "2026-03-02T05:34:11-03:30");
	civil_format(-1, 0, text);
	assert_string_equal(text, "1969-12-31T23:59:59+00:00");
	/* foreign junk is shown as the nearest moment that can be written */
	civil_format(INT64_MAX, 840, text);
	assert_string_equal(text, "9999-12-31T23:59:59+14:00");
	civil_format(INT64_MIN, -840, text);
	assert_string_equal(text, "0000-01-01T00:00:00-14:00");
	civil_format(0, 100000, text);
	assert_string_equal(text, "1970-01-01T00:00:00+00:00");
}

/* Against libc, over four centuries, in steps that hit every day of the year. */
static void calendar_is_that_of_libc(void **state)
{
	(void)state;
	for (int64_t s = -6000000000; s < 7000000000; s += 86399 * 5) {
		struct civil c;
		struct tm tm;
		time_t t = (time_t)s;
		gmtime_r(&t, &tm);
		civil_from_ms(s * 1000, 0, &c);
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(c.hour, tm.tm_hour);
		assert_int_equal(c.second, tm.tm_sec);
		assert_int_equal(civil_to_ms(&c), s * 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_are_read),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(moments_are_written),
		cmocka_unit_test(calendar_is_that_of_libc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
