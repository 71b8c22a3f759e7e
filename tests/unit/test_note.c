/* Signed notes: the example of the source, cosignatures, and every refusal. */
#include "proto/log/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"
#include "tests/unit/vectors.h"

#define DASH "\u2014 "

static const char example[] =
	"This is an example message.\n\n"
	DASH "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
	"OBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
static const char example_vkey[] =
	"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

static struct span text_span(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

/* parse and check: -2 when not a note, else what note_check() says */
static int open_note(struct span bytes, const char *vkey)
{
	struct verifier v;
	struct note n;
	struct fault f;

	assert_int_equal(verifier_parse(&v, vkey, &f), 0);
	if (note_parse(&n, bytes, &f)) {
		assert_int_equal(f.code, FAULT_INPUT);
		return -2;
	}
	return note_check(&n, &v, &f);
}

static void opens_the_example_of_the_source(void **state)
{
	struct note n;
	struct fault f;

	(void)state;
	assert_int_equal(note_parse(&n, text_span(example), &f), 0);
	assert_int_equal(n.count, 1);
	assert_int_equal(n.text.size, 28);
	assert_int_equal(n.line[0].base64.size, 92);    /* 68 bytes */
	assert_memory_equal(n.line[0].id, "\x53\x0d\x90\x3a", 4);
	assert_int_equal(open_note(text_span(example), example_vkey), 1);
}

static void any_changed_byte_spoils_it(void **state)
{
	char copy[sizeof example];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof example; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, example, sizeof example);
			copy[i] ^= (char)(1 << bit);
			assert_int_not_equal(open_note((struct span){ (uint8_t *)copy,
				sizeof example - 1 }, example_vkey), 1);
		}
	}
	for (size_t size = 1; size < sizeof example - 1; size++) {
		/* of its exact size, so that the sanitizers see a read past it */
		uint8_t *cut = malloc(size);

		memcpy(cut, example, size);
		assert_int_not_equal(open_note((struct span){ cut, size }, example_vkey), 1);
		free(cut);
	}
}

static void splits_at_the_last_empty_line(void **state)
{
	struct signer *s;
	const uint8_t seed[KEY_SEED_SIZE] = { 5 };
	static const char text[] = "one\n\n\u2014 two AAAAAAAA\n\nthree\n";
	struct buffer b;
	struct note n;
	struct fault f;

	(void)state;
	s = signer_create("a", KEY_ED25519, seed, &f);
	buffer_init(&b, NOTE_BYTES_MAX);
	assert_int_equal(note_sign(&b, text_span(text), s, &f), 0);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(n.text.size, sizeof text - 1);
	assert_int_equal(n.count, 1);
	assert_int_equal(note_check(&n, signer_verifier(s), &f), 1);
	buffer_clear(&b);
	signer_destroy(s);
}

static void refuses_what_is_no_note(void **state)
{
	static const char *const bad[] = {
		"", "\n", "\n\n", "text\n", "text\n\n", "text\n\ntext\n", "text\n\n" DASH "a\n",
		"text\n\n" DASH "a AAAAAAA\n",          /* not base64 */
		"text\n\n" DASH "a AAAA\n",             /* no signature behind the id */
		"text\n\n" DASH "a AAAAAA==\n",         /* the same */
		"text\n\n" DASH "a AAAAAAA=AAAA\n",     /* padding inside */
		"text\n\n" DASH "a AAAAAAB=\n",         /* unused bits set */
		"text\n\n" DASH "a AAAAAAAA",           /* cut */
		"text\n\n" DASH "a AAAAAAAA \n",
		"text\n\n" DASH " AAAAAAAA\n",
		"text\n\n" DASH "a+b AAAAAAAA\n",
		"text\n\n" DASH "a\u00a0b AAAAAAAA\n",
		"text\n\n- a AAAAAAAA\n",
		"te\txt\n\n" DASH "a AAAAAAAA\n",
		"te\rxt\n\n" DASH "a AAAAAAAA\n",
		"te\xff\n\n" DASH "a AAAAAAAA\n",
		"text\n\n" DASH "a AAAAAAAA\nmore\n",
	};
	struct note n;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (note_parse(&n, text_span(bad[i]), &f) != -1)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(f.code, FAULT_INPUT);
	}
	assert_int_equal(note_parse(&n, text_span("text\n\n" DASH "a AAAAAAA=\n"), &f), 0);
	assert_int_equal(note_parse(&n, (struct span){ NULL, 0 }, &f), -1);
}

static void bounds_lines_and_bytes(void **state)
{
	struct buffer b;
	struct note n;
	struct fault f;

	(void)state;
	buffer_init(&b, 2 * NOTE_BYTES_MAX);
	write_format(&b, "text\n\n");
	for (unsigned i = 0; i < NOTE_SIGNATURES_MAX; i++)
		write_format(&b, DASH "a AAAAAAAA\n");
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(n.count, NOTE_SIGNATURES_MAX);
	write_format(&b, DASH "a AAAAAAAA\n");
	assert_int_equal(note_parse(&n, SPAN(b), &f), -1);
	buffer_reset(&b);
	while (b.used <= NOTE_BYTES_MAX)
		write_format(&b, "text text text text text text text\n");
	write_format(&b, "\n" DASH "a AAAAAAAA\n");
	assert_int_equal(note_parse(&n, SPAN(b), &f), -1);
	buffer_clear(&b);
}

/* "ignore unknown (name, id); if known, it must verify" */
static void knows_whom_to_heed(void **state)
{
	const uint8_t seed[2][KEY_SEED_SIZE] = { { 1 }, { 2 } };
	struct signer *s[2];
	struct buffer b;
	struct note n;
	struct fault f;

	(void)state;
	s[0] = signer_create("same", KEY_ED25519, seed[0], &f);
	s[1] = signer_create("same", KEY_ED25519, seed[1], &f);
	buffer_init(&b, NOTE_BYTES_MAX);
	assert_int_equal(note_sign(&b, text_span("text\n"), s[0], &f), 0);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	/* the same name, another key: unknown, not bad */
	assert_int_equal(note_check(&n, signer_verifier(s[1]), &f), 0);
	/* a second line of the other key */
	assert_int_equal(note_add(&b, text_span("text\n"), s[1], &f), 0);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(n.count, 2);
	assert_int_equal(note_check(&n, signer_verifier(s[0]), &f), 1);
	assert_int_equal(note_check(&n, signer_verifier(s[1]), &f), 1);
	/* one good and one bad line of a known key: bad */
	assert_int_equal(note_add(&b, text_span("other text\n"), s[0], &f), 0);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(note_check(&n, signer_verifier(s[0]), &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_int_equal(note_check(&n, signer_verifier(s[1]), &f), 1);
	buffer_clear(&b);
	signer_destroy(s[0]);
	signer_destroy(s[1]);
}

static void signs_only_what_can_be_read(void **state)
{
	const uint8_t seed[KEY_SEED_SIZE] = { 1 };
	struct buffer b;
	struct fault f;
	struct signer *s;

	(void)state;
	s = signer_create("a", KEY_ED25519, seed, &f);
	buffer_init(&b, 64);
	assert_int_equal(note_sign(&b, text_span(""), s, &f), -1);
	assert_int_equal(note_sign(&b, text_span("no end"), s, &f), -1);
	assert_int_equal(note_sign(&b, text_span("a\tb\n"), s, &f), -1);
	/* no room for the signature */
	assert_int_equal(note_sign(&b, text_span("text\n"), s, &f), -1);
	assert_int_equal(f.code, FAULT_LIMIT);
	buffer_clear(&b);
	signer_destroy(s);
}

static void opens_third_party_notes(void **state)
{
	static const struct {
		const char *note, *vkey;
	} known[] = {
		{ "tlog/c2sp-signed-note.txt", "tlog/c2sp-signed-note.vkey" },
		{ "tlog/cosigned-checkpoint.txt", "tlog/cosigned-checkpoint.log.vkey" },
		{ "tlog/cosigned-checkpoint.txt", "tlog/cosigned-checkpoint.witness04.vkey" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t size;
		char *note = vector_read(known[i].note, &size);
		char *vkey = vector_read(known[i].vkey, NULL);

		if (note && vkey) {
			vkey[strcspn(vkey, "\n")] = '\0';
			assert_int_equal(open_note((struct span){ (uint8_t *)note,
				size }, vkey), 1);
			note[3] ^= 1;
			assert_int_equal(open_note((struct span){ (uint8_t *)note,
				size }, vkey), -1);
		}
		free(note);
		free(vkey);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_the_example_of_the_source),
		cmocka_unit_test(any_changed_byte_spoils_it),
		cmocka_unit_test(splits_at_the_last_empty_line),
		cmocka_unit_test(refuses_what_is_no_note),
		cmocka_unit_test(bounds_lines_and_bytes),
		cmocka_unit_test(knows_whom_to_heed),
		cmocka_unit_test(signs_only_what_can_be_read),
		cmocka_unit_test(opens_third_party_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
