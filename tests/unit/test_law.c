/* The dated thresholds and the grids of tests: the form of the tables, and their days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/data.h"
#include "proto/life/event.h"
#include "proto/life/verdict.h"

static void is_day(const struct data_row *r, const char *text)
{
	struct civil c;
	if (strlen(text) != 10 || civil_parse(text, 0, &c) < 0)
		fail_msg("law.tsv:%u: \"%s\" is no day", r->line, text);
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(word, *list) == 0)
			return true;
	}
	return false;
}

static void test_every_cell_is_well_formed(void **state)
{
	static const char *const units[] = { "cents", "percent", "years", "choice", "devices",
		"level", "yes", "version", "bytes/s", NULL };
	(void)state;
	assert_true(data_law.count > 40);
	for (unsigned i = 0; i < data_law.count; i++) {
		const struct data_row *r = &data_law.row[i];
		const char *const *cell = r->cell;
		if (strspn(cell[0], "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(cell[0])
		    || *cell[0] == '\0')
			fail_msg("law.tsv:%u: parameter \"%s\"", r->line, cell[0]);
		is_day(r, cell[1]);
		if (*cell[2])
			is_day(r, cell[2]);
		if (*cell[2] && strcmp(cell[1], cell[2]) > 0)
			fail_msg("law.tsv:%u: ends before it begins", r->line);
		if (*cell[3] == '\0' || strspn(cell[3], "0123456789") != strlen(cell[3])
		    || strlen(cell[3]) > 15)
			fail_msg("law.tsv:%u: value \"%s\"", r->line, cell[3]);
		if (!is_one_of(cell[4], units))
			fail_msg("law.tsv:%u: unit \"%s\"", r->line, cell[4]);
		if (*cell[5] == '\0' || *cell[6] || strlen(cell[5]) > 60)
			fail_msg("law.tsv:%u: one source", r->line);
	}
}

static void test_spans_do_not_overlap(void **state)
{
	(void)state;
	for (unsigned i = 0; i < data_law.count; i++) {
		const char *const *a = data_law.row[i].cell;
		for (unsigned k = i + 1; k < data_law.count; k++) {
			const char *const *b = data_law.row[k].cell;
			if (strcmp(a[0], b[0]) != 0)
				continue;
			bool apart = (*a[2] && strcmp(a[2], b[1]) < 0)
				     || (*b[2] && strcmp(b[2], a[1]) < 0);
			if (!apart)
				fail_msg("law.tsv:%u and %u: %s overlaps", data_law.row[i].line,
					 data_law.row[k].line, a[0]);
			assert_string_equal(a[4], b[4]);
		}
	}
}

static void test_grids_name_known_words(void **state)
{
	(void)state;
	assert_true(data_grids.count > 50);
	for (unsigned i = 0; i < data_grids.count; i++) {
		const struct data_row *r = &data_grids.row[i];
		const char *const *cell = r->cell;
		int type = word_value(&trac__device_type__descriptor, cell[2]);
		int function = word_value(&trac__function__descriptor, cell[3]);
		if (strcmp(cell[0], "standard") != 0 || strcmp(cell[1], "1") != 0 || type <= 0
		    || function <= 0)
			fail_msg("grids.tsv:%u: %s %s %s %s", r->line, cell[0], cell[1], cell[2],
				 cell[3]);
		if (strcmp(cell[4], "yes") != 0 && strcmp(cell[4], "if_present") != 0)
			fail_msg("grids.tsv:%u: needed \"%s\"", r->line, cell[4]);
		for (unsigned k = 0; k < i; k++) {
			const char *const *other = data_grids.row[k].cell;
			if (strcmp(cell[2], other[2]) == 0 && strcmp(cell[3], other[3]) == 0)
				fail_msg("grids.tsv:%u: said twice", r->line);
		}
	}
}

/* A type of device that figures count can be refurbished, so it has a grid. */
static void test_every_type_has_a_grid(void **state)
{
	(void)state;
	for (int type = 1; type < TRAC__DEVICE_TYPE__DEVICE_OTHER; type++) {
		const char *word = word_of(&trac__device_type__descriptor, type, false);
		bool found = false;
		for (unsigned i = 0; i < data_grids.count; i++)
			found = found || strcmp(data_grids.row[i].cell[2], word) == 0;
		if (!found)
			fail_msg("grids.tsv: no grid for %s", word);
	}
}

static void test_the_day_chooses(void **state)
{
	static const struct { const char *parameter; int day; int64_t value; } row[] = {
		{ "reuse_target", 20221231, -1 }, { "reuse_target", 20230101, 25 },
		{ "reuse_target", 20231231, 25 }, { "reuse_target", 20240101, 35 },
		{ "reuse_target", 20241231, 35 }, { "reuse_target", 20250101, 50 },
		{ "reuse_target", 20991231, 50 },
		{ "price_cap_laptop", 20221109, -1 }, { "price_cap_laptop", 20221110, 18000 },
		{ "price_cap_desktop", 20240101, 15000 }, { "price_cap_tablet", 20240101, 10000 },
		{ "price_cap_smartphone", 20240101, 10000 }, { "price_cap_screen", 20240101, 3000 },
		{ "price_cap_printer", 20240101, 3000 },
		{ "price_cap_multifunction", 20240101, 17000 },
		{ "unit_value_max", 20220508, -1 }, { "unit_value_max", 20220509, 30000 },
		{ "public_purchasing", 20240630, 20 }, { "public_purchasing", 20261231, 20 },
		{ "public_purchasing", 20270101, 25 }, { "public_purchasing", 20300101, 30 },
		{ "age_max", 20240101, 10 }, { "fne_year", 20231231, 400000 },
		{ "fne_total", 20271231, 2000000 }, { "fne_total", 20280101, -1 },
		{ "no_such_parameter", 20240101, -1 },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		int64_t value = law_value(row[i].parameter, row[i].day, NULL);
		if (value != row[i].value)
			fail_msg("%s on %d: %lld", row[i].parameter, row[i].day, (long long)value);
	}
}

/* The repealed decree is named for the days on which it held, and no longer. */
static void test_the_source_goes_with_the_day(void **state)
{
	const char *source = NULL;
	(void)state;
	law_value("public_purchasing", 20240630, &source);
	assert_string_equal(source, "décret n° 2021-254");
	law_value("public_purchasing", 20240701, &source);
	assert_string_equal(source, "décret n° 2024-134");
	law_value("erasure_standard", 20250925, &source);
	assert_string_equal(source, "NIST SP 800-88r1");
	law_value("erasure_standard", 20250926, &source);
	assert_string_equal(source, "NIST SP 800-88r2");
}

/* Each interface and type of medium has its speed, or nothing would ever be too fast. */
static void test_every_interface_has_a_speed(void **state)
{
	char name[40];
	(void)state;
	for (int i = 1; i <= TRAC__MEDIUM_INTERFACE__MMC; i++) {
		const char *word = word_of(&trac__medium_interface__descriptor, i, false);
		snprintf(name, sizeof name, "speed_%s", word);
		assert_true(law_value(name, 20240101, NULL) > 1000000);
	}
	for (int i = 1; i <= TRAC__MEDIUM_TYPE__MEDIUM_OTHER; i++) {
		const char *word = word_of(&trac__medium_type__descriptor, i, false);
		snprintf(name, sizeof name, "speed_%s", word);
		assert_true(law_value(name, 20240101, NULL) > 1000000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell_is_well_formed),
		cmocka_unit_test(test_spans_do_not_overlap),
		cmocka_unit_test(test_grids_name_known_words),
		cmocka_unit_test(test_every_type_has_a_grid),
		cmocka_unit_test(test_the_day_chooses),
		cmocka_unit_test(test_the_source_goes_with_the_day),
		cmocka_unit_test(test_every_interface_has_a_speed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
