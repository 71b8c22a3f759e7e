/* Sums of cells: by group, exact medians, distinct parties, limits. */
#include "proto/life/figure_sum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/limits.h"

static struct contribution cell(enum counter counter, const char *structure, const char *party,
				unsigned detail, uint64_t number)
{
	struct contribution c;
	memset(&c, 0, sizeof c);
	c.counter = (uint8_t)counter;
	c.month = 2025 * 12;
	c.detail = (uint16_t)detail;
	strcpy(c.department, "31");
	strcpy(c.structure, structure);
	strcpy(c.party, party);
	c.number = number;
	return c;
}

static void put(struct figure_sum *s, enum counter counter, const char *structure,
		const char *party, unsigned detail, uint64_t number)
{
	struct contribution c = cell(counter, structure, party, detail, number);
	figure_sum_add(s, &c);
}

static const struct figure_group *finish(struct figure_sum *s, unsigned *count)
{
	struct fault f;
	const struct figure_group *g = figure_sum_finish(s, count, &f);
	if (!g)
		fail_msg("%s", f.text);
	return g;
}

static void nothing_is_one_group_of_zeros(void **state)
{
	(void)state;
	unsigned count;
	struct figure_sum *s = figure_sum_create(0);
	const struct figure_group *g = finish(s, &count);
	assert_int_equal(count, 1);
	assert_string_equal(g->name, "");
	for (unsigned i = 0; i < MEASURE_COUNT; i++)
		assert_int_equal(g->measure[i], 0);
	figure_sum_destroy(s);
	figure_sum_destroy(NULL);
}

/* Delays of 1, 2, ... days: one device each; the middle of an even number is between two. */
static void middles_are_exact(void **state)
{
	(void)state;
	static const struct {
		unsigned days, median, base, p90;
	} cases[] = {
		{ 1, 2, 2, 1 }, { 2, 3, 2, 2 }, { 3, 4, 2, 3 }, { 10, 11, 2, 9 }, { 11, 12, 2, 10 },
		{ 100, 101, 2, 90 }, { 300, 301, 2, 270 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned count;
		struct figure_sum *s = figure_sum_create(0);
		for (unsigned day = cases[i].days; day > 0; day--)
			put(s, COUNT_DELAY, day % 2 ? "a" : "b", "", day, 1);
		const struct figure_group *g = finish(s, &count);
		assert_int_equal(g->measure[MEASURE_DELAY_MEDIAN], cases[i].median);
		assert_int_equal(g->measure[MEASURE_DELAY_MEDIAN_BASE], cases[i].base);
		assert_int_equal(g->measure[MEASURE_DELAY_P90], cases[i].p90);
		figure_sum_destroy(s);
	}
}

static void many_of_one_day_weigh(void **state)
{
	(void)state;
	unsigned count;
	struct figure_sum *s = figure_sum_create(0);
	put(s, COUNT_DELAY, "a", "", 5, 89);
	put(s, COUNT_DELAY, "b", "", 700, 11);
	const struct figure_group *g = finish(s, &count);
	assert_int_equal(g->measure[MEASURE_DELAY_MEDIAN], 10);
	assert_int_equal(g->measure[MEASURE_DELAY_P90], 700);
	assert_int_equal(g->measure[MEASURE_DELAY_LONGEST], 700);
	figure_sum_destroy(s);
}

/* The median of the structures is not the rate of their devices. */
static void rates_have_a_median(void **state)
{
	(void)state;
	unsigned count;
	struct figure_sum *s = figure_sum_create(0);
	put(s, COUNT_DISTRIBUTED, "large", "", 0, 910);
	put(s, COUNT_DISTRIBUTED, "large", "", DIST_SOLIDARITY, 60);
	put(s, COUNT_DISTRIBUTED, "large", "", DIST_SOLIDARITY | DIST_FNE, 30);
	put(s, COUNT_DISTRIBUTED, "small", "", DIST_SOLIDARITY, 2);
	put(s, COUNT_DISTRIBUTED, "small", "", 0, 1);
	put(s, COUNT_DISTRIBUTED, "tiny", "", DIST_SOLIDARITY, 1);
	const struct figure_group *g = finish(s, &count);
	assert_int_equal(g->measure[MEASURE_DISTRIBUTED], 1004);
	assert_int_equal(g->measure[MEASURE_SOLIDARITY], 93);
	assert_int_equal(g->measure[MEASURE_SOLIDARITY_MEDIAN], 6667);
	assert_int_equal(g->measure[MEASURE_SOLIDARITY_BASE], 10000);
	figure_sum_destroy(s);
	s = figure_sum_create(0);
	put(s, COUNT_DISTRIBUTED, "small", "", DIST_SOLIDARITY, 2);
	put(s, COUNT_DISTRIBUTED, "small", "", 0, 1);
	put(s, COUNT_DISTRIBUTED, "tiny", "", DIST_SOLIDARITY, 1);
	g = finish(s, &count);
	assert_int_equal(g->measure[MEASURE_SOLIDARITY_MEDIAN], 8334);   /* 8333.5 */
	figure_sum_destroy(s);
}

static void parties_are_told_apart(void **state)
{
	(void)state;
	unsigned count;
	struct figure_sum *s = figure_sum_create(0);
	put(s, COUNT_COLLECTED, "a", "CAF-47", 0, 3);
	put(s, COUNT_COLLECTED, "b", "CAF-47", FATE_WEEE, 3);
	put(s, COUNT_COLLECTED, "b", "MSA-47", 0, 1);
	put(s, COUNT_COLLECTED, "b", "", 0, 1);
	put(s, COUNT_DISTRIBUTED, "b", "CAF-47", 0, 1);
	const struct figure_group *g = finish(s, &count);
	assert_int_equal(g->measure[MEASURE_DONORS], 2);
	assert_int_equal(g->measure[MEASURE_PRESCRIBERS], 1);
	assert_int_equal(g->measure[MEASURE_COLLECTED], 8);
	figure_sum_destroy(s);
}

static void groups_have_names(void **state)
{
	(void)state;
	static const struct {
		Trac__GroupBy by;
		const char *name;
	} cases[] = {
		{ 0, "" }, { TRAC__GROUP_BY__BY_MONTH, "2025-01" },
		{ TRAC__GROUP_BY__BY_DEPARTMENT, "31" }, { TRAC__GROUP_BY__BY_STRUCTURE, "a" },
		{ TRAC__GROUP_BY__BY_TYPE, "laptop" }, { TRAC__GROUP_BY__BY_PARTY, "CAF-47" },
		{ TRAC__GROUP_BY__BY_REGION, "76 Occitanie" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned count;
		struct figure_sum *s = figure_sum_create(cases[i].by);
		struct contribution c = cell(COUNT_COLLECTED, "a", "CAF-47", 0, 1);
		c.device_type = TRAC__DEVICE_TYPE__LAPTOP;
		figure_sum_add(s, &c);
		const struct figure_group *g = finish(s, &count);
		assert_int_equal(count, 1);
		assert_string_equal(g->name, cases[i].name);
		figure_sum_destroy(s);
	}
	unsigned count;
	struct figure_sum *s = figure_sum_create(TRAC__GROUP_BY__BY_STRUCTURE);
	put(s, COUNT_REFURBISHED, "zoe", "", 0, 1);
	put(s, COUNT_REFURBISHED, "ada", "", 0, 2);
	put(s, COUNT_REFURBISHED, "zoe", "", 0, 4);
	const struct figure_group *g = finish(s, &count);
	assert_int_equal(count, 2);
	assert_string_equal(g[0].name, "ada");
	assert_int_equal(g[0].measure[MEASURE_REFURBISHED], 2);
	assert_int_equal(g[1].measure[MEASURE_REFURBISHED], 5);
	figure_sum_destroy(s);
}

static void too_much_is_refused(void **state)
{
	(void)state;
	char name[32];
	unsigned count;
	struct fault f;
	struct figure_sum *s = figure_sum_create(TRAC__GROUP_BY__BY_STRUCTURE);
	for (unsigned i = 0; i <= FIGURE_GROUPS_MAX; i++) {
		snprintf(name, sizeof name, "w%u", i);
		put(s, COUNT_REFURBISHED, name, "", 0, 1);
	}
	assert_null(figure_sum_finish(s, &count, &f));
	assert_int_equal(f.code, FAULT_LIMIT);
	assert_non_null(strstr(f.text, "--from"));
	figure_sum_destroy(s);
	s = figure_sum_create(0);
	for (unsigned i = 0; i <= FIGURE_POINTS_MAX; i++) {
		snprintf(name, sizeof name, "d%u", i);
		put(s, COUNT_COLLECTED, "a", name, 0, 1);
	}
	assert_null(figure_sum_finish(s, &count, &f));
	assert_int_equal(f.code, FAULT_LIMIT);
	figure_sum_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_one_group_of_zeros),
		cmocka_unit_test(middles_are_exact),
		cmocka_unit_test(many_of_one_day_weigh),
		cmocka_unit_test(rates_have_a_median),
		cmocka_unit_test(parties_are_told_apart),
		cmocka_unit_test(groups_have_names),
		cmocka_unit_test(too_much_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
