/* The text and signature under a donor's proof: known bytes, every refusal, every byte changed. */
#include "proto/log/attest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/note.h"
#include "tests/unit/logs.h"

#define ORIGIN "fne.example/envie-strasbourg"

static struct attest sample(void)
{
	struct attest a = { .origin = ORIGIN, .donor = "35600000000048", .year = 2026,
			    .made = "2026-03-02T09:04:11Z" };
	memset(a.document.b, 0xab, HASH_SIZE);
	memset(a.bundle.b, 0x01, HASH_SIZE);
	return a;
}

static struct signer *make(const char *name, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct fault f;
	memset(bytes, seed, sizeof bytes);
	struct signer *s = signer_create(name, KEY_ED25519, bytes, &f);
	assert_non_null(s);
	return s;
}

static void sign_text(const char *text, size_t size, const struct signer *s, struct buffer *note)
{
	struct fault f;
	buffer_init(note, NOTE_BYTES_MAX);
	assert_int_equal(note_sign(note, (struct span){ (const uint8_t *)text, size }, s, &f), 0);
}

static void sign_sample(const struct attest *a, const struct signer *s, struct buffer *note)
{
	struct buffer text;
	struct fault f;
	buffer_init(&text, NOTE_BYTES_MAX);
	assert_int_equal(attest_write(a, &text, &f), 0);
	sign_text((const char *)text.data, text.used, s, note);
	buffer_clear(&text);
}

static void writes_the_known_text(void **state)
{
	struct attest a = sample();
	struct buffer b;
	struct fault f;
	static const char want[] = "tracd proof of reuse v1\n" ORIGIN "\ndonor 35600000000048\n"
		"year 2026\ndocument sha256:"
		"abababababababababababababababababababababababababababababababab\nbundle sha256:"
		"0101010101010101010101010101010101010101010101010101010101010101\n"
		"made 2026-03-02T09:04:11Z\n";
	(void)state;
	buffer_init(&b, NOTE_BYTES_MAX);
	assert_int_equal(attest_write(&a, &b, &f), 0);
	assert_int_equal(b.used, sizeof want - 1);
	assert_memory_equal(b.data, want, b.used);
	buffer_clear(&b);
}

static void what_is_signed_opens(void **state)
{
	struct attest a = sample(), got;
	struct signer *s = make(ORIGIN, 7);
	struct buffer note;
	struct fault f;
	(void)state;
	sign_sample(&a, s, &note);
	assert_int_equal(attest_open(SPAN(note), signer_verifier(s), &got, &f), 0);
	assert_string_equal(got.donor, a.donor);
	assert_string_equal(got.made, a.made);
	assert_int_equal(got.year, 2026);
	assert_true(hash_equal(&got.document, &a.document));
	assert_true(hash_equal(&got.bundle, &a.bundle));
	buffer_clear(&note);
	signer_destroy(s);
}

static void malformed_parts_are_not_written(void **state)
{
	static const char *const donor[] = { "", " x", "x ", "a\nb" };
	static const char *const made[] = { "", "2026-03-02", "2026-03-02T09:04:11+00:00",
					    "2026-03-02 09:04:11Z" };
	struct buffer b;
	struct fault f;
	(void)state;
	buffer_init(&b, NOTE_BYTES_MAX);
	for (unsigned i = 0; i < 4; i++) {
		struct attest a = sample();
		strcpy(a.donor, donor[i]);
		assert_int_equal(attest_write(&a, &b, &f), -1);
		assert_int_equal(f.code, FAULT_INPUT);
		a = sample();
		strcpy(a.made, made[i]);
		assert_int_equal(attest_write(&a, &b, &f), -1);
	}
	struct attest a = sample();
	a.year = 1999;
	assert_int_equal(attest_write(&a, &b, &f), -1);
	a = sample();
	strcpy(a.origin, "two words");
	assert_int_equal(attest_write(&a, &b, &f), -1);
	assert_int_equal(b.used, 0);
	buffer_clear(&b);
}

/* No byte can be changed: the text is signed, the rest is the signature. */
static void every_changed_byte_is_refused(void **state)
{
	struct attest a = sample(), got;
	struct signer *s = make(ORIGIN, 7);
	struct buffer note;
	struct fault f;
	(void)state;
	sign_sample(&a, s, &note);
	for (size_t i = 0; i < note.used; i++) {
		note.data[i] ^= 1;
		assert_int_equal(attest_open(SPAN(note), signer_verifier(s), &got, &f), -1);
		note.data[i] ^= 1;
	}
	for (size_t size = 0; size < note.used; size++) {
		struct span cut = { note.data, size };
		assert_int_equal(attest_open(cut, signer_verifier(s), &got, &f), -1);
	}
	buffer_clear(&note);
	signer_destroy(s);
}

static void other_keys_and_other_texts_are_refused(void **state)
{
	static const char checkpoint[] = ORIGIN "\n3\n"
		"NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n";
	struct attest a = sample(), got;
	struct signer *s = make(ORIGIN, 7), *same_name = make(ORIGIN, 8);
	struct signer *other = make("fne.example/another", 7);
	struct buffer note;
	struct fault f;
	(void)state;
	sign_sample(&a, s, &note);
	assert_int_equal(attest_open(SPAN(note), signer_verifier(same_name), &got, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_int_equal(attest_open(SPAN(note), signer_verifier(other), &got, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_int_equal(attest_claim(SPAN(note), &got, &f), 0);
	assert_string_equal(got.origin, ORIGIN);
	buffer_clear(&note);
	/* a checkpoint signed by the same key is no proof */
	sign_text(checkpoint, sizeof checkpoint - 1, s, &note);
	assert_int_equal(attest_open(SPAN(note), signer_verifier(s), &got, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	buffer_clear(&note);
	signer_destroy(s);
	signer_destroy(same_name);
	signer_destroy(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_known_text),
		cmocka_unit_test(what_is_signed_opens),
		cmocka_unit_test(malformed_parts_are_not_written),
		cmocka_unit_test(every_changed_byte_is_refused),
		cmocka_unit_test(other_keys_and_other_texts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
