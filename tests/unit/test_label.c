/* Labels: the known check characters, and that every slip of the hand is found. */
#include "proto/life/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/ident.h"

#define SAMPLES 2000

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* A small generator of our own: the same labels on every run. */
static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 24;
}

static void sample(uint64_t *state, char out[LABEL_SIZE + 1])
{
	while (!label_make(next_random(state), out))
		;
}

static void checks_are_those_of_iso_7064(void **state)
{
	(void)state;
	/* a donation number of ISBT 128, the best known user of MOD 37-2 */
	assert_int_equal(label_check("G123489654321"), 'Y');
	assert_int_equal(label_check("g1234-89654321"), 'Y');
	/* by hand: no character leaves 1; "0" too; "1": 2, 36 */
	assert_int_equal(label_check(""), '1');
	assert_int_equal(label_check("0"), '1');
	assert_int_equal(label_check("1"), '*');
}

static void labels_have_their_form(void **state)
{
	uint64_t seed = 1;
	char label[LABEL_SIZE + 1], read[LABEL_SIZE + 1], shown[LABEL_SHOWN_SIZE + 1];
	(void)state;
	for (unsigned i = 0; i < SAMPLES; i++) {
		sample(&seed, label);
		assert_int_equal(strlen(label), LABEL_SIZE);
		assert_int_equal(strcspn(label, "ILOU*"), LABEL_SIZE);
		assert_true(label[0] >= 'A' && label[0] != 'S');
		label_show(label, shown);
		assert_true(label_read(shown, read));
		assert_string_equal(read, label);
		/* what is searched for is what was printed */
		char value[TEXT_MAX + 1];
		ident_query(shown, value);
		assert_string_equal(value, label);
	}
}

static void every_wrong_character_is_found(void **state)
{
	uint64_t seed = 2;
	char label[LABEL_SIZE + 1], read[LABEL_SIZE + 1];
	(void)state;
	for (unsigned i = 0; i < SAMPLES; i++) {
		sample(&seed, label);
		for (unsigned at = 0; at < LABEL_SIZE; at++) {
			char right = label[at];
			for (const char *c = alphabet; *c; c++) {
				label[at] = *c;
				bool good = label_read(label, read);
				/* O for 0 is no error: it is read as it was meant */
				assert_true(!good || read[at] == right);
				assert_true(good || *c != right);
			}
			label[at] = right;
		}
	}
}

static void swapped_neighbours_are_found(void **state)
{
	uint64_t seed = 3;
	char label[LABEL_SIZE + 1], read[LABEL_SIZE + 1];
	(void)state;
	for (unsigned i = 0; i < SAMPLES; i++) {
		sample(&seed, label);
		for (unsigned at = 0; at + 1 < LABEL_SIZE; at++) {
			char a = label[at], b = label[at + 1];
			label[at] = b;
			label[at + 1] = a;
			assert_int_equal(label_read(label, read), a == b);
			label[at] = a;
			label[at + 1] = b;
		}
	}
}

/* The same of serials of any length and their check character. */
static void slips_in_serials_are_found(void **state)
{
	static const char *const serial[] = { "5CG7XK2", "PF0S0001", "C02ABCDEFGH8", "A", "00000",
		"R58M12345678901234567890123456789012345678901234567890" };
	(void)state;
	for (unsigned i = 0; i < sizeof serial / sizeof *serial; i++) {
		char text[80];
		size_t size = strlen(serial[i]);
		char check = label_check(serial[i]);
		strcpy(text, serial[i]);
		for (size_t at = 0; at < size; at++) {
			for (const char *c = alphabet; *c; c++) {
				text[at] = *c;
				assert_int_equal(label_check(text) == check, *c == serial[i][at]);
			}
			text[at] = serial[i][at];
			if (at + 1 == size || text[at] == text[at + 1])
				continue;
			text[at] = serial[i][at + 1];
			text[at + 1] = serial[i][at];
			assert_int_not_equal(label_check(text), check);
			text[at] = serial[i][at];
			text[at + 1] = serial[i][at + 1];
		}
	}
}

static void typed_checks_are_taken_off(void **state)
{
	char value[TEXT_MAX + 1], text[TEXT_MAX + 8];
	(void)state;
	assert_int_equal(label_typed("5CG7XK2", value), TYPED_PLAIN);
	assert_string_equal(value, "5CG7XK2");
	char typed[] = "5CG7XK2/?";
	typed[8] = label_check("5CG7XK2");
	assert_int_equal(label_typed(typed, value), TYPED_CHECKED);
	assert_string_equal(value, "5CG7XK2");
	typed[0] = '6';
	assert_int_equal(label_typed(typed, value), TYPED_WRONG);
	assert_int_equal(label_typed("/", value), TYPED_PLAIN);
	assert_int_equal(label_typed("", value), TYPED_PLAIN);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	label_typed(text, value);
	assert_int_equal(strlen(value), TEXT_MAX);
}

static void other_texts_are_no_labels(void **state)
{
	static const char *const text[] = { "", "K7QX", "K7QX3M9TCC", "UUUUUUUUU", "K7QX 3M9T C C",
					    "123456789", "K7QX_3M9T_C" };
	char out[LABEL_SIZE + 1];
	(void)state;
	for (unsigned i = 0; i < sizeof text / sizeof *text; i++)
		assert_false(label_read(text[i], out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_are_those_of_iso_7064),
		cmocka_unit_test(labels_have_their_form),
		cmocka_unit_test(every_wrong_character_is_found),
		cmocka_unit_test(swapped_neighbours_are_found),
		cmocka_unit_test(slips_in_serials_are_found),
		cmocka_unit_test(typed_checks_are_taken_off),
		cmocka_unit_test(other_texts_are_no_labels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
