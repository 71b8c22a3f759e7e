/* nwipe's logs: what is a success, and all that is none. */
#include "cli/bench/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define OWN "tests/vectors/bench/erasure/"

static char bytes[1 << 18];

static size_t load(const char *name)
{
	char path[200];
	snprintf(path, sizeof path, OWN "%s", name);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t size = fread(bytes, 1, sizeof bytes - 1, file);
	bytes[size] = '\0';
	fclose(file);
	return size;
}

static struct findings read_log(const char *text)
{
	struct span s = { (const uint8_t *)text, strlen(text) };
	struct findings found;
	struct fault f;
	assert_int_equal(bench_recognise(s), BENCH_NWIPE);
	if (bench_read(BENCH_NWIPE, s, &found, &f) < 0)
		fail_msg("%s", f.text);
	return found;
}

/* Replaces the first `from` in bytes by a text that is not longer. */
static void change(const char *from, const char *to)
{
	char *at = strstr(bytes, from);
	assert_non_null(at);
	size_t tail = strlen(at + strlen(from)) + 1;
	memmove(at + strlen(to), at + strlen(from), tail);
	memcpy(at, to, strlen(to));
}

static const struct found_erasure *of(const struct findings *found, const char *serial)
{
	for (unsigned i = 0; i < found->erasure_count; i++) {
		if (!strcmp(found->erasure[i].medium.serial, serial))
			return &found->erasure[i];
	}
	fail_msg("no erasure of %s", serial);
	return NULL;
}

static void is(const struct found_erasure *e, Trac__Outcome result, const char *doubt)
{
	assert_int_equal(e->result, result);
	if (!strstr(e->doubt, doubt) || (!*doubt && *e->doubt))
		fail_msg("\"%s\" is not in \"%s\"", doubt, e->doubt);
}

static void test_old_version(void **state)
{
	(void)state;
	load("nwipe033-sda-dodshort.log");
	struct findings found = read_log(bytes);
	const struct found_erasure *e = of(&found, "S21HNXAG512345X");
	char date[30];
	assert_int_equal(found.erasure_count, 1);
	is(e, TRAC__OUTCOME__SUCCESS, "");
	assert_string_equal(e->version, "0.33");
	assert_string_equal(e->method, "DoD Short");
	assert_int_equal(e->medium.type, TRAC__MEDIUM_TYPE__SSD);
	assert_int_equal(e->medium.capacity_bytes, 67108864);
	assert_int_equal(e->erased_bytes, 67108864);
	assert_int_equal(e->verification, TRAC__VERIFICATION_TYPE__FULL);
	assert_int_equal(e->hidden, TRAC__HIDDEN_AREAS__HIDDEN_UNKNOWN);
	assert_int_equal(e->passes, 3);
	assert_int_equal(e->duration_seconds, 2);
	assert_true(e->ended.known && !e->ended.zoned);
	civil_format(civil_to_ms(&e->ended.at), 0, date);
	assert_string_equal(date, "2026-11-22T22:51:16+00:00");
	/* the machine that wiped is told apart from what it wiped */
	assert_string_equal(found.device.serial, "PC0TEST7");
	assert_int_equal(found.medium_count, 0);
	findings_clear(&found);
}

static void test_four_disks(void **state)
{
	(void)state;
	load("nwipe042-four-zero.log");
	struct findings found = read_log(bytes);
	assert_int_equal(found.erasure_count, 4);
	is(of(&found, "S21HNXAG512345X"), TRAC__OUTCOME__SUCCESS, "");
	is(of(&found, "WX71A5512345"), TRAC__OUTCOME__SUCCESS, "");
	is(of(&found, "S444NX0K700001"), TRAC__OUTCOME__SUCCESS, "");
	/* "Erased", 100 %, and nobody can tell which disk */
	is(of(&found, ""), TRAC__OUTCOME__PARTIAL, "no serial");
	assert_int_equal(of(&found, "S444NX0K700001")->medium.type, TRAC__MEDIUM_TYPE__NVME);
	assert_int_equal(of(&found, "WX71A5512345")->medium.type, TRAC__MEDIUM_TYPE__HDD);
	findings_clear(&found);
}

static void test_bad_disk(void **state)
{
	(void)state;
	load("nwipe042-bad-disk.log");
	struct findings found = read_log(bytes);
	const struct found_erasure *bad = of(&found, "5VE0BAD7");
	is(of(&found, "WX71A5512345"), TRAC__OUTCOME__SUCCESS, "");
	is(bad, TRAC__OUTCOME__FAILURE, "-FAILED-");
	assert_int_equal(bad->erased_bytes, 29360128);
	assert_int_equal(bad->medium.capacity_bytes, 33554432);
	assert_int_equal(bad->verification, TRAC__VERIFICATION_TYPE__NO_VERIFICATION);
	findings_clear(&found);
}

/* One thing wrong with a good wipe, and it is a success no more. */
static void test_no_success(void **state)
{
	static const struct {
		const char *from, *to;
		Trac__Outcome result;
		const char *doubt;
	} row[] = {
		{ "       sdb |          50331648 |         50331648",
		  "!      sdb |          50331136 |         50331648", TRAC__OUTCOME__PARTIAL,
		  "marks it" },
		{ "       sdb |          50331648 |         50331648",
		  "       sdb |          50331136 |         50331648", TRAC__OUTCOME__PARTIAL,
		  "fewer bytes" },
		{ "       sdb |           0 |                    0",
		  "       sdb |           0 |                    2", TRAC__OUTCOME__PARTIAL,
		  "marks it" },
		{ "       sdb | Erased |", "!      sdb |UABORTED|", TRAC__OUTCOME__FAILURE,
		  "UABORTED" },
		{ "       sdb | Erased |", "       sdb |INSANITY|", TRAC__OUTCOME__FAILURE,
		  "INSANITY" },
		{ "No hidden sectors on /dev/sdb", " *** HIDDEN SECTORS DETECTED ! *** on /dev/sdb",
		  TRAC__OUTCOME__PARTIAL, "hidden sectors" },
		{ "1R+B+VA", "1R+B+NV", TRAC__OUTCOME__PARTIAL, "not verified" },
		{ "WDC WD5000LPLX-0/WX71A5512345", "WDC WD5000LPLX-0/WX71A9999999",
		  TRAC__OUTCOME__PARTIAL, "two serials" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		load("nwipe042-four-zero.log");
		change(row[i].from, row[i].to);
		struct findings found = read_log(bytes);
		const struct found_erasure *e = &found.erasure[1];
		assert_string_equal(e->medium.name, "sdb");
		is(e, row[i].result, row[i].doubt);
		findings_clear(&found);
	}
}

/* Power went away: "[SUCCESS]" stands in the log, and no table. */
static void test_no_table(void **state)
{
	(void)state;
	load("nwipe042-four-zero.log");
	*strstr(bytes, "******************************** Error Summary") = '\0';
	struct findings found = read_log(bytes);
	assert_int_equal(found.erasure_count, 4);
	for (unsigned i = 0; i < 4; i++)
		is(&found.erasure[i], TRAC__OUTCOME__FAILURE, "ends before");
	findings_clear(&found);
}

/* A log is appended to: the run that was stopped, and the one that was not. */
static void test_two_runs(void **state)
{
	(void)state;
	static char two[1 << 18];
	load("nwipe042-four-zero.log");
	*strstr(bytes, "******************************** Error Summary") = '\0';
	snprintf(two, sizeof two, "%s", bytes);
	load("nwipe042-bad-disk.log");
	size_t used = strlen(two);
	snprintf(two + used, sizeof two - used, "%s", bytes);
	struct findings found = read_log(two);
	assert_int_equal(found.erasure_count, 6);
	is(&found.erasure[0], TRAC__OUTCOME__FAILURE, "ends before");
	is(&found.erasure[4], TRAC__OUTCOME__SUCCESS, "");
	assert_string_equal(found.erasure[4].method, "HMG IS5 Enhanced");
	findings_clear(&found);
}

static void test_reading_is_no_erasure(void **state)
{
	(void)state;
	load("nwipe033-sda-dodshort.log");
	change("Invoking method 'DoD Short'", "Invoking method 'Verify Zeros'");
	struct findings found = read_log(bytes);
	assert_false(found.erasure[0].is_erasure);
	findings_clear(&found);
}

/* nwipe -q: serials are blotted out. */
static void test_anonymised(void **state)
{
	(void)state;
	load("nwipe033-sda-dodshort.log");
	while (strstr(bytes, "S21HNXAG512345X"))
		change("S21HNXAG512345X", "XXXXXXXXXXXXXXX");
	struct findings found = read_log(bytes);
	is(of(&found, ""), TRAC__OUTCOME__PARTIAL, "no serial");
	findings_clear(&found);
}

static void test_nothing_wiped(void **state)
{
	struct findings found;
	struct fault f;
	const char text[] = "[2026/11/22 22:51:12]  notice:   banner   = nwipe 0.33\n";
	struct span s = { (const uint8_t *)text, sizeof text - 1 };
	(void)state;
	assert_int_equal(bench_recognise(s), BENCH_NWIPE);
	assert_int_equal(bench_read(BENCH_NWIPE, s, &found, &f), -1);
	assert_non_null(strstr(f.text, "no wipe was started"));
	findings_clear(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_four_disks),
		cmocka_unit_test(test_bad_disk),
		cmocka_unit_test(test_no_success),
		cmocka_unit_test(test_no_table),
		cmocka_unit_test(test_two_runs),
		cmocka_unit_test(test_reading_is_no_erasure),
		cmocka_unit_test(test_anonymised),
		cmocka_unit_test(test_nothing_wiped),
	};
	return cmocka_run_group_tests_name("bench_nwipe", tests, NULL, NULL);
}
