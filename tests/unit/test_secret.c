/* The keyed hash is SipHash-2-4; secrets are copied and wiped. */
#include "proto/log/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void short_hash_is_siphash(void **state)
{
	uint8_t key[HASH_SHORT_KEY_SIZE], text[15], other[HASH_SHORT_KEY_SIZE] = { 0 };
	(void)state;

	for (uint8_t i = 0; i < sizeof key; i++)
		key[i] = i;
	memcpy(text, key, sizeof text);
	/* appendix A of the SipHash paper: a129ca6149be45e5, its bytes lowest first */
	assert_true(hash_short(key, text, sizeof text) == UINT64_C(0xe545be4961ca29a1));
	assert_true(hash_short(key, text, 14) != hash_short(key, text, 15));
	assert_true(hash_short(other, text, 15) != hash_short(key, text, 15));
	assert_true(hash_short(key, NULL, 0) == hash_short(key, text, 0));
}

static void secrets_are_copied_and_wiped(void **state)
{
	uint8_t bytes[32] = { 1, 2, 3 }, none[32] = { 0 };
	(void)state;

	uint8_t *copy = secret_copy(bytes, sizeof bytes);
	assert_non_null(copy);
	assert_memory_equal(copy, bytes, sizeof bytes);
	secret_wipe(bytes, sizeof bytes);
	assert_memory_equal(bytes, none, sizeof bytes);
	secret_wipe(NULL, 5);
	secret_free(copy);
	secret_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_hash_is_siphash),
		cmocka_unit_test(secrets_are_copied_and_wiped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
