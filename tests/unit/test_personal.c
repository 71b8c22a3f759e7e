/* Numbers and names of people, and what only looks like them. */
#include "proto/life/personal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/data.h"

static const char *why(const char *text)
{
	struct words w;
	const char *refusal;

	words_split(text, &w);
	refusal = personal_refusal(&w);
	return refusal ? refusal : "";
}

static void words_are_taken_apart(void **state)
{
	struct words w;

	(void)state;
	words_split("HP  ÉliteBook-840 jeanDupont\xe2\x80\xaf" "X1 Ωmega", &w);
	assert_string_equal(w.low, "hp  elitebook-840 jeandupont x1 ~mega");
	assert_int_equal(w.count, 8);
	assert_int_equal(w.spaced, 5);
	assert_int_equal(w.digits, 4);
	assert_int_equal(w.word[1].size, 5);
	assert_true(w.word[1].is_capital);
	assert_int_equal(w.word[3].letters, 0);
	assert_int_equal(w.word[3].before, '-');
	assert_false(w.word[4].is_capital);
	assert_true(words_is_first_name(&w, 4));
	assert_false(words_is_first_name(&w, 5));
}

/* However long, only the first words are kept. */
static void many_words_are_cut(void **state)
{
	char text[TEXT_MAX + 1];
	struct words w;

	(void)state;
	for (unsigned i = 0; i < TEXT_MAX; i++)
		text[i] = i % 2 ? ' ' : 'a';
	text[TEXT_MAX] = '\0';
	words_split(text, &w);
	assert_int_equal(w.count, WORDS_MAX);
	assert_int_equal(w.spaced, TEXT_MAX / 2);
}

static void social_security_numbers(void **state)
{
	(void)state;
	assert_non_null(strstr(why("185057800608491"), "social security"));
	assert_non_null(strstr(why("1 85 05 78 006 084 91"), "social security"));
	assert_non_null(strstr(why("NIR 1-85-05-78-006-084"), "social security"));
	assert_non_null(strstr(why("185052A00608435"), "social security"));
	assert_non_null(strstr(why("2 99 12 2B 006 084 20"), "social security"));
	/* a wrong key, a month that there is not, a longer number, a part of a word */
	assert_null(strstr(why("185057800608492"), "social security"));
	assert_null(strstr(why("185157800608457"), "social security"));
	assert_null(strstr(why("1850578006084911"), "social security"));
	assert_null(strstr(why("X185052A00608435"), "social security"));
	assert_null(strstr(why("185052A00608434"), "social security"));
}

static void telephones(void **state)
{
	(void)state;
	assert_non_null(strstr(why("0033612345678"), "telephone"));
	assert_non_null(strstr(why("tel 06/12/34/56/78"), "telephone"));
	assert_string_equal(why("2026-03-02-17"), "");
	assert_string_equal(why("1920x1080"), "");
	assert_string_equal(why("5CG1234567890"), "");
}

static void first_names_are_sorted(void **state)
{
	(void)state;
	assert_true(data_names.count > 400);
	for (unsigned i = 0; i < data_names.count; i++) {
		const char *name = data_names.row[i].cell[0];

		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz"), strlen(name));
		if (i > 0)
			assert_true(strcmp(data_names.row[i - 1].cell[0], name) < 0);
		struct words w;
		words_split(name, &w);
		assert_true(words_is_first_name(&w, 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_taken_apart),
		cmocka_unit_test(many_words_are_cut),
		cmocka_unit_test(social_security_numbers),
		cmocka_unit_test(telephones),
		cmocka_unit_test(first_names_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
