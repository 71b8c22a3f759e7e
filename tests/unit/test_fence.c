/* The fence: its file, and what it says of a store. */
#include "proto/log/fence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct fence sample(void)
{
	struct fence e = { .origin = "fne.example/alpha", .size = 5, .root = { { 5 } } };

	memset(e.store, 0xab, sizeof e.store);
	return e;
}

static void what_is_written_is_read(void **state)
{
	const struct fence e = sample();
	struct fence got;
	struct buffer b;
	struct fault f;
	(void)state;

	buffer_init(&b, FENCE_BYTES_MAX);
	fence_write(&e, &b);
	assert_false(b.failed);
	assert_int_equal(fence_parse(&got, (struct span){ b.data, b.used }, &f), 0);
	assert_memory_equal(&got, &e, sizeof e);
	/* cut anywhere or longer, it is none */
	for (size_t size = 0; size < b.used; size++)
		assert_int_equal(fence_parse(&got, (struct span){ b.data, size }, &f), -1);
	write_u8(&b, 'x');
	assert_int_equal(fence_parse(&got, (struct span){ b.data, b.used }, &f), -1);
	buffer_clear(&b);
}

/* A store of so many entries whose root of n entries begins with n; other: of another history. */
struct history {
	uint64_t held, aside;
	bool other;
};

static int root_of(void *ctx, uint64_t size, struct hash *out)
{
	const struct history *h = ctx;

	if (size > h->held + h->aside)
		return -1;
	*out = (struct hash){ { (uint8_t)(size + (h->other ? 100 : 0)) } };
	return 0;
}

static enum fence_word judge(const struct fence *e, uint64_t signed_size, uint64_t held, bool other)
{
	struct history h = { .held = held, .other = other };
	struct fence_store s = { .origin = "fne.example/alpha", .signed_size = signed_size,
				 .held = held, .root = root_of, .ctx = &h };

	memset(s.store, 0xab, sizeof s.store);
	return fence_judge(e, &s);
}

static void each_doubt_has_its_word(void **state)
{
	struct fence e = sample();
	(void)state;

	assert_int_equal(judge(NULL, 0, 0, false), FENCE_FRESH);
	assert_int_equal(judge(NULL, 0, 9, false), FENCE_FRESH);
	assert_int_equal(judge(NULL, 3, 9, false), FENCE_MISSING);
	assert_int_equal(judge(&e, 5, 5, false), FENCE_GOOD);
	assert_int_equal(judge(&e, 7, 9, false), FENCE_GOOD);
	assert_int_equal(judge(&e, 4, 4, false), FENCE_BEHIND);
	assert_int_equal(judge(&e, 0, 0, false), FENCE_BEHIND);
	assert_int_equal(judge(&e, 5, 9, true), FENCE_CONTRADICTS);
	e.store[0] ^= 1;
	assert_int_equal(judge(&e, 5, 5, false), FENCE_FOREIGN);
	e = sample();
	e.origin[0] = 'x';
	assert_int_equal(judge(&e, 5, 5, false), FENCE_FOREIGN);
}

/* It died between the fence and the signature, and what it held went aside since. */
static void what_waits_aside_meets_the_fence(void **state)
{
	const struct fence e = sample();
	struct history h = { .held = 4, .aside = 1 };
	struct fence_store s = { .origin = "fne.example/alpha", .signed_size = 4, .held = 4,
				 .root = root_of, .ctx = &h };
	(void)state;

	memset(s.store, 0xab, sizeof s.store);
	assert_int_equal(fence_judge(&e, &s), FENCE_GOOD);
	h.other = true;
	assert_int_equal(fence_judge(&e, &s), FENCE_BEHIND);
	h = (struct history){ .held = 4 };
	assert_int_equal(fence_judge(&e, &s), FENCE_BEHIND);
}

static void what_is_wrong_is_told_as_of_the_own_log(void **state)
{
	static const enum fence_word wrong[] = { FENCE_MISSING, FENCE_BEHIND, FENCE_FOREIGN,
						 FENCE_CONTRADICTS };
	(void)state;

	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_memory_equal(fence_sentence(wrong[i]), "own log: ", 9);
	assert_string_equal(fence_sentence(FENCE_GOOD), "");
	assert_string_equal(fence_sentence(FENCE_FRESH), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(each_doubt_has_its_word),
		cmocka_unit_test(what_waits_aside_meets_the_fence),
		cmocka_unit_test(what_is_wrong_is_told_as_of_the_own_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
