/* The table of values that identify nothing, and what is computed beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/data.h"
#include "proto/life/form.h"
#include "proto/life/junk.h"

static const struct {
	const char *kind;
	bool (*is_junk)(const char *value);
} judges[] = {
	{ "label", label_is_junk }, { "mac", mac_is_junk }, { "maker", maker_is_junk },
	{ "model", model_is_junk }, { "serial", serial_is_junk }, { "uuid", uuid_is_junk },
};

static bool (*judge_of(const struct data_row *r))(const char *value)
{
	for (size_t i = 0; i < sizeof judges / sizeof *judges; i++) {
		if (strcmp(judges[i].kind, r->cell[0]) == 0)
			return judges[i].is_junk;
	}
	fail_msg("junk.tsv:%u: \"%s\" is no kind of value", r->line, r->cell[0]);
	return NULL;
}

/* Sorted, each once: rows are found by halving. */
static void rows_are_sorted(void **state)
{
	(void)state;
	assert_true(data_junk.count > 50);
	for (unsigned i = 1; i < data_junk.count; i++) {
		const struct data_row *a = &data_junk.row[i - 1], *b = &data_junk.row[i];
		int c = strcmp(a->cell[0], b->cell[0]);
		c = c ? c : strcmp(a->cell[1], b->cell[1]);
		c = c ? c : strcmp(a->cell[2], b->cell[2]);
		if (c >= 0)
			fail_msg("junk.tsv:%u: must stand before the line above it", b->line);
	}
}

/* A value as the table has it, with what its how allows around it, is junk. */
static void every_row_works(void **state)
{
	(void)state;
	for (unsigned i = 0; i < data_junk.count; i++) {
		const struct data_row *r = &data_junk.row[i];
		bool (*is_junk)(const char *value) = judge_of(r);
		char value[TEXT_MAX + 1], text[TEXT_MAX + 1] = "";
		form_squeeze(r->cell[2], value);
		form_uuid(value);
		if (strcmp(value, r->cell[2]) != 0 || value[0] == '\0')
			fail_msg("junk.tsv:%u: \"%s\" is not squeezed: write \"%s\"", r->line,
				 r->cell[2], value);
		if (r->cell[3][0] == '\0')
			fail_msg("junk.tsv:%u: it does not say where it was met", r->line);
		if (strcmp(r->cell[1], "holds") == 0)
			strcat(text, "Q7");
		else if (strcmp(r->cell[1], "begins") != 0 && strcmp(r->cell[1], "is") != 0)
			fail_msg("junk.tsv:%u: \"%s\" is no way to compare: is, begins, holds",
				 r->line, r->cell[1]);
		strcat(text, value);
		if (strcmp(r->cell[1], "is") != 0)
			strcat(text, "7Q");
		if (!is_junk(text))
			fail_msg("junk.tsv:%u: \"%s\" was taken for good", r->line, text);
	}
}

static void the_rest_is_good(void **state)
{
	(void)state;
	static const char *const serials[] = {
		"5CG0120001", "PF0S0001", "4Z3F1K2", "NONE1", "1NONE", "SKU12", "0001",
		"WDWCC2E1234567", "1.0.0A", "12346", "ZZZZZY",
	};
	for (size_t i = 0; i < sizeof serials / sizeof *serials; i++) {
		if (serial_is_junk(serials[i]) != (strcmp(serials[i], "0001") == 0))
			fail_msg("serial \"%s\" was taken for junk", serials[i]);
	}
	assert_false(uuid_is_junk("44454C4C560010488057B3C04F584832"));
	assert_false(mac_is_junk("005056A00001"));
	assert_false(label_is_junk("7"));
	assert_false(maker_is_junk("HP"));
	assert_false(maker_is_junk("OEMCOMPANY"));
	assert_false(model_is_junk("LATITUDE7490"));
	assert_true(model_is_junk("SYSTEMPRODUCTNAME"));
	assert_true(model_is_junk(""));
	assert_true(serial_is_junk(""));
	assert_true(serial_is_junk("0110"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(every_row_works),
		cmocka_unit_test(the_rest_is_good),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
