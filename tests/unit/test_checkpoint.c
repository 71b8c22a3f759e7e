/* Checkpoints: the exact bytes of the format page, cosignatures, refusals, a foreign log. */
#include "proto/log/checkpoint.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"
#include "tests/unit/vectors.h"

#define DASH "\u2014 "
#define ORIGIN "tracd.example/atelier/001"
#define TEXT ORIGIN "\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n"

static const char log_line[] = DASH ORIGIN " pIDYjnlzPotHJGQXZmLolMqL8BusbR2Suu4CLbj1vzuNvISF5yQg"
	"PJ1l1wLcmzbwtz6TjoJTenqUT8bEruvDESdV7A0=\n";
static const char hub_line[] = DASH "tracd.example/hub/idf ml5DOAAAAABpVbkA/tOQTjtomrqlXHwEyCLd16Bv"
	"Pu+o5l6GfYd00PUOHBDMzAsaqPSEDK3zqkPAxFArHApaoMB0FfaROZmPy3fTBA==\n";
static const char hub_vkey[] =
	"tracd.example/hub/idf+9a5e4338+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
#define COSIGNED_TIME 1767225600

static struct span text_span(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

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

static void writes_the_known_bytes(void **state)
{
	struct signer *s = make(ORIGIN, KEY_ED25519, 1);
	struct ram_log l;
	struct buffer b;
	char want[1024];

	(void)state;
	ram_log_init(&l);
	ram_log_append(&l, "a", 1);
	ram_log_append(&l, "b", 1);
	ram_log_append(&l, "c", 1);
	buffer_init(&b, CHECKPOINT_BYTES_MAX);
	test_sign(&l, s, 3, &b);
	snprintf(want, sizeof want, "%s\n%s", TEXT, log_line);
	assert_int_equal(b.used, strlen(want));
	assert_memory_equal(b.data, want, b.used);
	buffer_clear(&b);
	ram_log_clear(&l);
	signer_destroy(s);
}

/* The witness's line, made by hand from its seed and the message of the source. */
static void makes_the_known_cosignature(void **state)
{
	struct signer *hub = make("tracd.example/hub/idf", KEY_COSIGNATURE, 2);
	const char *message = "cosignature/v1\ntime 1767225600\n" TEXT;
	uint8_t bytes[4 + 8 + SIGNATURE_SIZE];
	char base64[4 * ((sizeof bytes + 2) / 3) + 1], line[ORIGIN_MAX + 128];

	(void)state;
	memcpy(bytes, signer_verifier(hub)->id, 4);
	put_u64(bytes + 4, COSIGNED_TIME);
	signer_sign(hub, text_span(message), bytes + 12);
	base64_write(base64, bytes, sizeof bytes);
	snprintf(line, sizeof line, DASH "%s %s\n", signer_verifier(hub)->name, base64);
	assert_string_equal(line, hub_line);
	assert_int_equal(verifier_check(signer_verifier(hub), text_span(message), bytes + 12), 0);
	signer_destroy(hub);
}

static void opens_the_known_bytes(void **state)
{
	struct signer *s = make(ORIGIN, KEY_ED25519, 1);
	struct checkpoint c;
	struct verifier hub;
	struct note n;
	struct fault f;
	char text[1024];

	(void)state;
	snprintf(text, sizeof text, "%s\n%s%s", TEXT, log_line, hub_line);
	assert_int_equal(checkpoint_open(&c, text_span(text), signer_verifier(s), &f), 0);
	assert_string_equal(c.origin, ORIGIN);
	assert_true(c.size == 3);
	assert_int_equal(verifier_parse(&hub, hub_vkey, &f), 0);
	assert_int_equal(note_parse(&n, text_span(text), &f), 0);
	assert_int_equal(note_check(&n, &hub, &f), 1);
	/* another time than the one that was signed */
	*strstr(text, "AAAABpVbkA") = 'B';
	assert_int_equal(note_parse(&n, text_span(text), &f), 0);
	assert_int_equal(note_check(&n, &hub, &f), -1);
	/* an unknown line never spoils the known one */
	assert_int_equal(checkpoint_open(&c, text_span(text), signer_verifier(s), &f), 0);
	signer_destroy(s);
}

static void refuses_what_does_not_prove(void **state)
{
	struct signer *s = make(ORIGIN, KEY_ED25519, 1);
	struct signer *other = make(ORIGIN, KEY_ED25519, 7);
	struct signer *elsewhere = make("tracd.example/atelier/002", KEY_ED25519, 1);
	struct checkpoint c;
	struct fault f;
	char text[1024];

	(void)state;
	snprintf(text, sizeof text, "%s\n%s", TEXT, log_line);
	assert_int_equal(checkpoint_open(&c, text_span(text), signer_verifier(other), &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_int_equal(checkpoint_open(&c, text_span(text), signer_verifier(elsewhere), &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_int_equal(checkpoint_open(&c, text_span("junk"), signer_verifier(s), &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	for (size_t i = 0; i < strlen(text); i++) {
		text[i] ^= 1;
		assert_int_equal(checkpoint_open(&c, text_span(text), signer_verifier(s), &f), -1);
		assert_int_equal(f.code, FAULT_UNPROVED);
		text[i] ^= 1;
	}
	signer_destroy(s);
	signer_destroy(other);
	signer_destroy(elsewhere);
}

#define ROOT "NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE="
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void parses_texts(void **state)
{
	static const char *const good[] = {
		"a\n1\n" ROOT "\n",
		"a\n0\n" EMPTY_ROOT "\n",
		"a\n18446744073709551615\n" ROOT "\n",
		"a\n1\n" ROOT "\nextension\nanother one\n",
		"go.sum database tree\n1\n" ROOT "\n",
	};
	static const char *const bad[] = {
		"", "a\n", "a\n1\n", "a\n1\n" ROOT, "\n1\n" ROOT "\n", "a\n\n" ROOT "\n",
		"a\n01\n" ROOT "\n", "a\n00\n" ROOT "\n", "a\n-1\n" ROOT "\n", "a\n+1\n" ROOT "\n",
		"a\n1 \n" ROOT "\n", "a\n0x1\n" ROOT "\n", "a\n18446744073709551616\n" ROOT "\n",
		"a\n99999999999999999999\n" ROOT "\n", "a\n1\nAAAA\n", "a\n1\n\n",
		"a\n1\n" ROOT "AAAA\n", "a\n1\n" ROOT "\n\n", "a\n1\n" ROOT "\nx\n\n",
		"a\n1\n" ROOT "\nx", "a\n0\n" ROOT "\n",
	};
	struct checkpoint c;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(checkpoint_parse(&c, text_span(good[i]), &f), 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (checkpoint_parse(&c, text_span(bad[i]), &f) != -1)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(f.code, FAULT_INPUT);
	}
}

static void bounds_the_origin(void **state)
{
	char text[ORIGIN_MAX + 100];
	struct checkpoint c;
	struct fault f;

	(void)state;
	memset(text, 'a', ORIGIN_MAX + 1);
	strcpy(text + ORIGIN_MAX + 1, "\n1\n" ROOT "\n");
	assert_int_equal(checkpoint_parse(&c, text_span(text), &f), -1);
	assert_int_equal(checkpoint_parse(&c, text_span(text + 1), &f), 0);
}

static void writes_what_it_parses(void **state)
{
	static const char text[] = "a\n18446744073709551615\n" ROOT "\n";
	struct checkpoint c;
	struct buffer b;
	struct fault f;

	(void)state;
	assert_int_equal(checkpoint_parse(&c, text_span(text), &f), 0);
	buffer_init(&b, CHECKPOINT_BYTES_MAX);
	checkpoint_write(&c, &b);
	assert_int_equal(b.used, sizeof text - 1);
	assert_memory_equal(b.data, text, b.used);
	buffer_clear(&b);
}

static void names_logs_by_their_origin(void **state)
{
	struct log_id id;
	struct hash h;

	(void)state;
	log_id_of(ORIGIN, &id);
	hash_bytes(ORIGIN, strlen(ORIGIN), &h);
	assert_memory_equal(id.b, h.b, LOG_ID_SIZE);
}

/* --- logs of others --- */

static void verifier_of(struct verifier *v, const char *name)
{
	char *vkey = vector_read(name, NULL);
	struct fault f;

	assert_non_null(vkey);
	vkey[strcspn(vkey, "\n")] = '\0';
	assert_int_equal(verifier_parse(v, vkey, &f), 0);
	free(vkey);
}

static void opens_a_cosigned_checkpoint(void **state)
{
	size_t size;
	char *text = vector_read("tlog/cosigned-checkpoint.txt", &size);
	struct checkpoint c;
	struct verifier v;
	struct fault f;

	(void)state;
	if (!text)
		return;
	verifier_of(&v, "tlog/cosigned-checkpoint.log.vkey");
	assert_int_equal(checkpoint_open(&c, (struct span){ (uint8_t *)text, size }, &v, &f), 0);
	assert_string_equal(c.origin, "example.test/ref70000");
	assert_true(c.size == 70000);
	free(text);
}

/* c2sp.org/tlog-proof: index, hashes, an empty line, the checkpoint. */
static void proves_an_entry_of_another_log(void **state)
{
	char *text = vector_read("tlog/example.tlog-proof", NULL), *line, *next = NULL;
	struct checkpoint c;
	struct verifier v;
	struct proof p = { 0 };
	struct fault f;
	struct hash leaf;
	uint64_t index = 0;

	(void)state;
	if (!text)
		return;
	for (line = text; *line != '\n'; line = next) {
		next = strchr(line, '\n') + 1;
		if (line == text || sscanf(line, "index %" SCNu64, &index) == 1)
			continue;
		assert_int_equal(base64_read(p.hash[p.count++].b, HASH_SIZE, line, 44), 32);
	}
	verifier_of(&v, "tlog/cosigned-checkpoint.log.vkey");
	assert_int_equal(checkpoint_open(&c, text_span(line + 1), &v, &f), 0);
	assert_true(index == 65537);
	hash_leaf("entry 65537", 11, &leaf);
	assert_int_equal(inclusion_verify(index, c.size, &leaf, &p, &c.root), 0);
	p.hash[3].b[0] ^= 1;
	assert_int_equal(inclusion_verify(index, c.size, &leaf, &p, &c.root), -1);
	free(text);
}

/* The entries of Tessera's bundle: a uint16 length, then the bytes. */
static void read_tessera(struct ram_log *l)
{
	size_t size;
	char *bundle = vector_read("tlog/tessera-log/tile/entries/000.p/15", &size);
	struct reader r;

	assert_non_null(bundle);
	reader_init(&r, bundle, size);
	while (r.left > 0) {
		const uint16_t length = read_u16(&r);
		const uint8_t *entry = read_bytes(&r, length);

		assert_false(r.failed);
		ram_log_append(l, entry, length);
	}
	free(bundle);
}

static void agrees_with_tessera(void **state)
{
	struct ram_log l;
	struct verifier v;
	struct checkpoint c, own;
	struct fault f;
	char name[64];

	(void)state;
	if (!vector_path("tlog/tessera-log"))
		return;
	verifier_of(&v, "tlog/tessera-log.vkey");
	ram_log_init(&l);
	read_tessera(&l);
	assert_true(ram_log_size(&l) == 15);
	for (unsigned n = 0; n <= 15; n++) {
		size_t size;
		char *text;

		snprintf(name, sizeof name, "tlog/tessera-log/checkpoint.%u", n);
		text = vector_read(name, &size);
		assert_non_null(text);
		assert_int_equal(checkpoint_open(&c, (struct span){ (uint8_t *)text,
			size }, &v, &f), 0);
		ram_log_checkpoint(&l, v.name, n, &own);
		assert_memory_equal(&c, &own, sizeof c);
		free(text);
	}
	ram_log_clear(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_known_bytes),
		cmocka_unit_test(makes_the_known_cosignature),
		cmocka_unit_test(opens_the_known_bytes),
		cmocka_unit_test(refuses_what_does_not_prove),
		cmocka_unit_test(parses_texts),
		cmocka_unit_test(bounds_the_origin),
		cmocka_unit_test(writes_what_it_parses),
		cmocka_unit_test(names_logs_by_their_origin),
		cmocka_unit_test(opens_a_cosigned_checkpoint),
		cmocka_unit_test(proves_an_entry_of_another_log),
		cmocka_unit_test(agrees_with_tessera),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
