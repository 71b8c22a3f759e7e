/* The review list: kept, found again, bounded, one trac at a time. */
#include "cli/import_review.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char home[64];

static int set_up(void **state)
{
	(void)state;
	snprintf(home, sizeof home, "/tmp/trac-review-XXXXXX");
	return mkdtemp(home) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const name[] = { "review.jsonl", "review.lock" };
	char path[100];
	(void)state;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", home, name[i]);
		unlink(path);
	}
	return rmdir(home);
}

static void open_list(struct review *r, bool write)
{
	struct fault f;
	if (review_open(r, home, write, &f) < 0)
		fail_msg("%s", f.text);
}

static struct review_item *add(struct review *r, uint32_t number, unsigned line)
{
	struct fault f;
	struct review_item like = {
		.line = line, .file = (char *)"/bench/a.log", .format = (char *)"nwipe",
		.what = (char *)"erasure", .why = (char *)"no device", .at_ms = 1772442251000,
	};
	memcpy(like.hash.b, &number, sizeof number);
	return review_add(r, &like, &f);
}

static void test_kept(void **state)
{
	struct review r;
	struct fault f;
	struct hash h = { { 1 } };
	(void)state;
	open_list(&r, true);
	assert_int_equal(add(&r, 1, 0)->number, 1);
	assert_int_equal(add(&r, 1, 7)->number, 2);
	assert_int_equal(add(&r, 1, 0)->number, 1);
	assert_int_equal(r.count, 2);
	r.item[1].state = REVIEW_DISMISSED;
	r.item[1].reason = strdup("duplicate");
	assert_int_equal(review_save(&r, &f), 0);
	review_close(&r);

	open_list(&r, false);
	assert_int_equal(r.count, 2);
	assert_int_equal(review_waiting(&r), 1);
	assert_string_equal(review_find(&r, &h, 7)->reason, "duplicate");
	assert_string_equal(review_find(&r, &h, 0)->why, "no device");
	assert_null(review_find(&r, &h, 8));
	review_close(&r);
}

/* What was decided does not come back. */
static void test_decided(void **state)
{
	struct review r;
	struct hash h = { { 1 } };
	(void)state;
	open_list(&r, true);
	add(&r, 1, 0);
	review_done(&r, &h, 0);
	assert_int_equal(add(&r, 1, 0)->state, REVIEW_ACCEPTED);
	assert_int_equal(review_waiting(&r), 0);
	review_close(&r);
}

static void test_one_at_a_time(void **state)
{
	struct review a, b;
	struct fault f;
	(void)state;
	open_list(&a, true);
	assert_int_equal(review_open(&b, home, true, &f), -1);
	assert_int_equal(f.code, FAULT_BUSY);
	review_close(&b);
	open_list(&b, false);      /* reading may be done */
	review_close(&b);
	review_close(&a);
	open_list(&b, true);
	review_close(&b);
}

/* Full: the oldest that is decided gives way, and never one that waits. */
static void test_bounded(void **state)
{
	struct review r;
	(void)state;
	open_list(&r, true);
	for (uint32_t i = 1; i <= REVIEW_ITEMS_MAX; i++)
		assert_non_null(add(&r, i, 0));
	assert_null(add(&r, REVIEW_ITEMS_MAX + 1, 0));
	r.item[9].state = REVIEW_ACCEPTED;
	assert_int_equal(add(&r, REVIEW_ITEMS_MAX + 1, 0)->number, REVIEW_ITEMS_MAX + 1);
	assert_int_equal(r.count, REVIEW_ITEMS_MAX);
	assert_null(review_number(&r, 10));
	review_close(&r);
}

static void test_harmed(void **state)
{
	static const char *const text[] = {
		"{", "[]\n", "{\"number\": 1}\n",
		"{\"number\":0,\"state\":\"waits\",\"sha256\":\"00\",\"line\":0}\n",
	};
	char path[100];
	struct review r;
	struct fault f;
	(void)state;
	snprintf(path, sizeof path, "%s/review.jsonl", home);
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(text[i], file);
		fclose(file);
		assert_int_equal(review_open(&r, home, false, &f), -1);
		assert_non_null(strstr(f.text, "line 1"));
		review_close(&r);
	}
}

/* Names of files are any bytes. */
static void test_any_name(void **state)
{
	struct review r;
	struct fault f;
	struct review_item like = {
		.file = (char *)"/bench/\xff\x1b[2J.log", .format = (char *)"unknown",
		.what = (char *)"", .why = (char *)"cut \xc3", .at_ms = 1,
	};
	(void)state;
	open_list(&r, true);
	assert_non_null(review_add(&r, &like, &f));
	assert_int_equal(review_save(&r, &f), 0);
	review_close(&r);
	open_list(&r, false);
	assert_string_equal(r.item[0].file, "/bench/??[2J.log");
	review_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_decided, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_harmed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_any_name, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("import_review", tests, NULL, NULL);
}
