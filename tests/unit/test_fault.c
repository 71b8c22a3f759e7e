/* Each sentence of proto/wire/fault.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

static void set_fills_code_and_sentence(void **state)
{
	(void)state;
	struct fault f;
	assert_int_equal(fault_set(&f, FAULT_INPUT, "serial %s: scan again", "X1"), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	assert_string_equal(f.text, "serial X1: scan again");
}

static void arguments_may_point_into_the_fault(void **state)
{
	(void)state;
	struct fault f;
	fault_set(&f, FAULT_IO, "disk full");
	fault_set(&f, FAULT_FULL, "%s, free some", f.text);
	assert_string_equal(f.text, "disk full, free some");
}

static void long_sentences_are_cut_between_characters(void **state)
{
	(void)state;
	struct fault f;
	char text[FAULT_TEXT_MAX + 10];
	memset(text, 'a', sizeof text);
	text[sizeof text - 1] = '\0';
	fault_set(&f, FAULT_INPUT, "%s", text);
	assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 1);

	/* the two bytes of e acute straddle the cut: both go */
	memcpy(text + FAULT_TEXT_MAX - 2, "\xc3\xa9", 2);
	fault_set(&f, FAULT_INPUT, "%s", text);
	assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 2);
	assert_true(text_is_clean(f.text, strlen(f.text)));

	fault_copy(&f, FAULT_INPUT, text);
	assert_int_equal(strlen(f.text), FAULT_TEXT_MAX - 2);
}

static void foreign_bytes_are_made_printable(void **state)
{
	(void)state;
	struct fault f;
	fault_set(&f, FAULT_INPUT, "serial '%s'", "\x1b[31m\xff");
	assert_string_equal(f.text, "serial '?[31m?'");
	fault_set(&f, FAULT_INPUT, "commune de Sèvres");
	assert_string_equal(f.text, "commune de Sèvres");
}

static void prefix_goes_in_front(void **state)
{
	(void)state;
	struct fault f;
	fault_set(&f, FAULT_INPUT, "serial is empty");
	assert_int_equal(fault_prefix(&f, "line %d", 3), -1);
	assert_int_equal(fault_prefix(&f, "import"), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	assert_string_equal(f.text, "import: line 3: serial is empty");

	for (int i = 0; i < 200; i++)
		fault_prefix(&f, "again and again");
	assert_true(strlen(f.text) <= FAULT_TEXT_MAX - 1);
	assert_memory_equal(f.text, "again and again: again", 22);
}

static void copy_takes_known_codes_only(void **state)
{
	(void)state;
	struct fault f;
	assert_int_equal(fault_copy(&f, FAULT_LIMIT, "too many"), -1);
	assert_int_equal(f.code, FAULT_LIMIT);
	assert_string_equal(f.text, "too many");
	fault_copy(&f, FAULT_COUNT, "from the future");
	assert_int_equal(f.code, FAULT_BUG);
	fault_copy(&f, 0, "a refusal without a reason");
	assert_int_equal(f.code, FAULT_BUG);
}

static void every_code_has_name_meaning_and_exit(void **state)
{
	(void)state;
	assert_string_equal(fault_name(FAULT_INPUT), "INPUT");
	assert_int_equal(fault_exit(FAULT_NONE), 0);
	assert_int_equal(fault_exit(FAULT_INPUT), 65);
	for (int c = 1; c < FAULT_COUNT; c++) {
		assert_non_null(fault_name((enum fault_code)c));
		assert_true(strlen(fault_meaning((enum fault_code)c)) > 5);
		assert_in_range(fault_exit((enum fault_code)c), 1, 78);
		for (int d = 1; d < c; d++)
			assert_int_not_equal(fault_exit((enum fault_code)c),
					     fault_exit((enum fault_code)d));
	}
	assert_non_null(fault_name((enum fault_code)4711));
	assert_non_null(fault_meaning((enum fault_code)4711));
	assert_int_equal(fault_exit((enum fault_code)4711), 70);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_code_and_sentence),
		cmocka_unit_test(arguments_may_point_into_the_fault),
		cmocka_unit_test(long_sentences_are_cut_between_characters),
		cmocka_unit_test(foreign_bytes_are_made_printable),
		cmocka_unit_test(prefix_goes_in_front),
		cmocka_unit_test(copy_takes_known_codes_only),
		cmocka_unit_test(every_code_has_name_meaning_and_exit),
	};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
