/* A damaged entry stops what would build on it, and nothing else. */
#include "store/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "store/figures.h"
#include "store/run.h"
#include "tests/unit/check_help.h"
#include "tests/unit/store_help.h"

static bool author(void *ctx, const char *origin, uint64_t index, char *name)
{
	(void)ctx, (void)index;
	snprintf(name, MEMBER_NAME_MAX + 1, "%s", strchr(origin, '/') + 1);
	return true;
}

/* FAULT_IO would end the daemon, and recording with it. */
static void figures_stop_at_a_damaged_entry(void **state)
{
	static const struct figures_rules rules = { author, NULL, NULL };
	struct fault f = { .code = FAULT_NONE };
	uint64_t last;
	int64_t left;
	(void)state;

	struct txn *t = must_begin(it.s, false);
	last = log_size(t, it.w.log[1]) - 1;
	txn_abort(t);
	harm_entry(it.w.log[1], last);
	struct index *x = index_create(it.s, &f);
	struct figures *g = figures_create(it.s, x, rules);
	for (unsigned i = 0; i < 3; i++) {
		do
			left = figures_catch_up(g, 1000, &f);
		while (left > 0);
		assert_int_equal(left, -1);
		assert_int_equal(f.code, FAULT_UNPROVED);
		assert_non_null(strstr(f.text, "is damaged in the store"));
	}
	figures_destroy(g);
	index_destroy(x);
}

/* What is folded already is read again for a new event of its device. */
static void so_they_do_at_one_of_the_same_device(void **state)
{
	static const struct figures_rules rules = { author, NULL, NULL };
	struct fault f = { .code = FAULT_NONE };
	int64_t left;
	(void)state;

	for (uint64_t i = 0; i < 100; i++)
		harm_entry(it.w.log[1], i);
	struct index *x = index_create(it.s, &f);
	struct figures *g = figures_create(it.s, x, rules);
	do
		left = figures_catch_up(g, 1000, &f);
	while (left > 0);
	assert_int_equal(left, -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	figures_destroy(g);
	index_destroy(x);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, check_set_up, check_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(figures_stop_at_a_damaged_entry),
		TEST(so_they_do_at_one_of_the_same_device),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
