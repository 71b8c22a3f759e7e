/* Verifier keys and signers: known answers of the sources, and refusals. */
#include "proto/log/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char spec_vkey[] =
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char log_vkey[] =
	"tracd.example/atelier/001+a480d88e+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
static const char hub_vkey[] =
	"tracd.example/hub/idf+9a5e4338+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";

static struct signer *make(const char *name, enum key_type type, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct fault f;
	struct signer *s;

	memset(bytes, seed, sizeof bytes);
	s = signer_create(name, type, bytes, &f);
	assert_non_null(s);
	return s;
}

static void parses_and_formats(void **state)
{
	static const char *const vkey[] = { spec_vkey, log_vkey, hub_vkey };
	char text[VKEY_TEXT_MAX];
	struct verifier v;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof vkey / sizeof *vkey; i++) {
		assert_int_equal(verifier_parse(&v, vkey[i], &f), 0);
		verifier_format(&v, text);
		assert_string_equal(text, vkey[i]);
	}
	assert_string_equal(v.name, "tracd.example/hub/idf");
	assert_int_equal(v.type, KEY_COSIGNATURE);
}

static void derives_from_seeds(void **state)
{
	struct signer *log = make("tracd.example/atelier/001", KEY_ED25519, 1);
	struct signer *hub = make("tracd.example/hub/idf", KEY_COSIGNATURE, 2);
	char text[VKEY_TEXT_MAX];

	(void)state;
	verifier_format(signer_verifier(log), text);
	assert_string_equal(text, log_vkey);
	verifier_format(signer_verifier(hub), text);
	assert_string_equal(text, hub_vkey);
	signer_destroy(log);
	signer_destroy(hub);
	signer_destroy(NULL);
}

static void signs_what_verifies(void **state)
{
	struct signer *s = make("a/b", KEY_ED25519, 9);
	uint8_t message[] = "message", signature[SIGNATURE_SIZE];
	const struct span span = { message, sizeof message };

	(void)state;
	signer_sign(s, span, signature);
	assert_int_equal(verifier_check(signer_verifier(s), span, signature), 0);
	for (size_t i = 0; i < sizeof signature; i++) {
		signature[i] ^= 0x10;
		assert_int_equal(verifier_check(signer_verifier(s), span, signature), -1);
		signature[i] ^= 0x10;
	}
	message[0] ^= 1;
	assert_int_equal(verifier_check(signer_verifier(s), span, signature), -1);
	signer_destroy(s);
}

static void refuses_bad_vkeys(void **state)
{
	static const char *const bad[] = {
		"",
		"example.com/foo",
		"example.com/foo+530d903a",
		/* id of another name, upper-case, short */
		"example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		"example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		/* key cut, long, not base64, of an unknown type */
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAAAA",
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2!",
		"example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
		/* no name */
		"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
	};
	struct verifier v;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (verifier_parse(&v, bad[i], &f) != -1)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(f.code, FAULT_INPUT);
	}
}

static void refuses_bad_names(void **state)
{
	static const char *const bad[] = {
		"", "a b", "a+b", "a\nb", "a\tb", "a\x7f", "\xff", "a\u00a0b", "a\u2003b", "\u3000",
		"a\xc2\x85",
	};
	char name[ORIGIN_MAX + 2];
	const uint8_t key[KEY_SIZE] = { 1 };
	struct verifier v;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(verifier_init(&v, bad[i], KEY_ED25519, key, &f), -1);
	assert_int_equal(verifier_init(&v, "\u00e9t\u00e9/l\u2019atelier", KEY_ED25519,
		key, &f), 0);
	memset(name, 'a', sizeof name);
	name[ORIGIN_MAX + 1] = '\0';
	assert_int_equal(verifier_init(&v, name, KEY_ED25519, key, &f), -1);
	name[ORIGIN_MAX] = '\0';
	assert_int_equal(verifier_init(&v, name, KEY_ED25519, key, &f), 0);
	assert_int_equal(verifier_init(&v, "a", (enum key_type)2, key, &f), -1);
}

static void formats_the_longest_name(void **state)
{
	char name[ORIGIN_MAX + 1], text[VKEY_TEXT_MAX];
	struct signer *s;
	struct verifier v;
	struct fault f;

	(void)state;
	memset(name, 'z', sizeof name);
	name[ORIGIN_MAX] = '\0';
	s = make(name, KEY_ED25519, 3);
	verifier_format(signer_verifier(s), text);
	assert_int_equal(strlen(text), VKEY_TEXT_MAX - 1);
	assert_int_equal(verifier_parse(&v, text, &f), 0);
	assert_string_equal(v.name, name);
	signer_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_formats),
		cmocka_unit_test(derives_from_seeds),
		cmocka_unit_test(signs_what_verifies),
		cmocka_unit_test(refuses_bad_vkeys),
		cmocka_unit_test(refuses_bad_names),
		cmocka_unit_test(formats_the_longest_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
