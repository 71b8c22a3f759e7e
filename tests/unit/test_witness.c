/* The witness protocol: every status of add-checkpoint, by one table. */
#include "proto/log/witness.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define ORIGIN "tracd.example/atelier/001"

/* What is wrong with a request, beside its sizes. */
enum harm {
	OTHER_LOG = 1,       /* nobody trusts its key */
	OTHER_KEY = 2,       /* signed by another key of that name */
	BAD_SIGNATURE = 4,
	NO_PROOF = 8,
	BAD_PROOF = 16,
	MORE_PROOF = 32,
	OTHER_TREE = 64,     /* its root is that of another history */
	EXTRA_LINES = 128,   /* of keys that nobody knows */
};

static const struct row {
	const char *name;
	uint64_t old, size;          /* of the request */
	unsigned harm;
	int64_t last;                /* cosigned before; -1: nothing */
	unsigned status;
} rows[] = {
	{ "the first checkpoint", 0, 5, 0, -1, 200 },
	{ "the first one of an empty log", 0, 0, 0, -1, 200 },
	{ "what follows an empty log", 0, 3, 0, 0, 200 },
	{ "a log that has grown", 5, 8, 0, 5, 200 },
	{ "grown to a power of two from one", 4, 8, 0, 4, 200 },
	{ "the same again", 5, 5, 0, 5, 200 },
	{ "lines of unknown keys do not matter", 5, 8, EXTRA_LINES, 5, 200 },
	{ "old above size", 8, 5, 0, 8, 400 },
	{ "old above size, whatever was cosigned", 8, 5, 0, 5, 400 },
	{ "a key that is not trusted", 0, 5, OTHER_KEY, -1, 403 },
	{ "a signature that is bad", 0, 5, BAD_SIGNATURE, -1, 403 },
	{ "a bad signature comes before the size", 3, 5, BAD_SIGNATURE, -1, 403 },
	{ "a log that nobody knows", 0, 5, OTHER_LOG, -1, 404 },
	{ "a log that nobody knows, old above size", 8, 5, OTHER_LOG, -1, 404 },
	{ "nothing was cosigned yet", 3, 5, 0, -1, 409 },
	{ "more was cosigned", 3, 8, 0, 5, 409 },
	{ "less was cosigned", 5, 8, 0, 3, 409 },
	{ "the size asked for was cosigned", 0, 5, 0, 5, 409 },
	{ "a conflict comes before the proof", 3, 8, BAD_PROOF, 5, 409 },
	{ "no proof", 5, 8, NO_PROOF, 5, 422 },
	{ "a bad proof", 5, 8, BAD_PROOF, 5, 422 },
	{ "a hash too many", 5, 8, MORE_PROOF, 5, 422 },
	{ "a proof from nothing", 0, 5, MORE_PROOF, -1, 422 },
	{ "a proof of the same", 5, 5, MORE_PROOF, 5, 422 },
	{ "another root of the same size", 5, 5, OTHER_TREE, 5, 422 },
	{ "another history, with its own proof", 5, 8, OTHER_TREE, 5, 422 },
	{ "an empty log with a root", 0, 0, OTHER_TREE, -1, 422 },
};

struct world {
	struct ram_log log, other;
	struct signer *signer, *stranger;
};

static struct signer *make(const char *name, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct fault f;
	struct signer *s;

	memset(bytes, seed, sizeof bytes);
	s = signer_create(name, KEY_ED25519, bytes, &f);
	assert_non_null(s);
	return s;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	ram_log_init(&w->log);
	ram_log_init(&w->other);
	for (char c = 'a'; c < 'i'; c++) {
		const char d = c == 'b' ? 'X' : c;

		ram_log_append(&w->log, &c, 1);
		ram_log_append(&w->other, &d, 1);
	}
	w->signer = make(ORIGIN, 1);
	w->stranger = make(ORIGIN, 3);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	ram_log_clear(&w->log);
	ram_log_clear(&w->other);
	signer_destroy(w->signer);
	signer_destroy(w->stranger);
	free(w);
	return 0;
}

static void write_proof(struct world *w, const struct row *r, struct buffer *out)
{
	struct tree_reader t = ram_log_reader(r->harm & OTHER_TREE ? &w->other : &w->log);
	struct proof p = { .count = 0 };
	char text[64];

	if (r->old <= r->size && !(r->harm & NO_PROOF))
		assert_int_equal(tree_consistency(&t, r->old, r->size, &p), 0);
	if (r->harm & BAD_PROOF)
		p.hash[p.count / 2].b[3] ^= 1;
	if (r->harm & MORE_PROOF)
		memset(&p.hash[p.count++], 7, sizeof(struct hash));
	for (unsigned i = 0; i < p.count; i++) {
		base64_write(text, p.hash[i].b, HASH_SIZE);
		write_format(out, "%s\n", text);
	}
}

static void write_request(struct world *w, const struct row *r, struct buffer *out)
{
	struct checkpoint c = { .origin = ORIGIN };
	struct fault f;

	buffer_init(out, WITNESS_BYTES_MAX);
	write_format(out, "old %" PRIu64 "\n", r->old);
	write_proof(w, r, out);
	write_format(out, "\n");
	if (r->size > 0)
		ram_log_checkpoint(r->harm & OTHER_TREE ? &w->other : &w->log, ORIGIN, r->size, &c);
	else
		hash_bytes(r->harm & OTHER_TREE ? "x" : "", r->harm & OTHER_TREE ? 1 : 0, &c.root);
	assert_int_equal(checkpoint_sign(&c, r->harm & OTHER_KEY ? w->stranger : w->signer, out,
					 &f), 0);
	if (r->harm & BAD_SIGNATURE)
		out->data[out->used - 30] = out->data[out->used - 30] == 'A' ? 'B' : 'A';
	if (r->harm & EXTRA_LINES)
		write_format(out, "\u2014 stranger.example AAAAAAA=\n");
}

static void answers_with_each_status(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct cosigned last = { .known = r->last >= 0 };
		struct witness_request q;
		struct checkpoint c;
		struct buffer b;
		struct fault f = { .code = FAULT_NONE };
		unsigned status;

		hash_bytes("", 0, &last.root);
		if (r->last > 0) {
			ram_log_checkpoint(&w->log, ORIGIN, (uint64_t)r->last, &c);
			last.size = c.size;
			last.root = c.root;
		}
		write_request(w, r, &b);
		if (witness_parse(&q, SPAN(b), &f))
			fail_msg("%s: %s", r->name, f.text);
		status = witness_judge(&q, r->harm & OTHER_LOG ? NULL : signer_verifier(w->signer),
				       &last, &f);
		if (status != r->status)
			fail_msg("%s: %u where %u was expected (%s)", r->name, status, r->status,
				 f.text);
		assert_true(status == 200 || f.code != FAULT_NONE);
		buffer_clear(&b);
	}
}

static void refuses_what_is_no_request(void **state)
{
	static const struct { const char *name, *head; } bad[] = {
		{ "no old line", "" },
		{ "another word", "size 0\n\n" },
		{ "no size", "old \n\n" },
		{ "a leading zero", "old 05\n\n" },
		{ "a sign", "old +5\n\n" },
		{ "above 64 bits", "old 18446744073709551616\n\n" },
		{ "a space behind it", "old 5 \n\n" },
		{ "no base64", "old 5\n!!!!\n\n" },
		{ "a short hash", "old 5\nAAAA\n\n" },
		{ "no empty line", "old 5\n" },
	};
	struct world *w = *state;
	struct buffer head, b;
	struct witness_request q;
	struct fault f;

	buffer_init(&head, CHECKPOINT_BYTES_MAX);
	test_sign(&w->log, w->signer, 5, &head);
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		buffer_init(&b, WITNESS_BYTES_MAX);
		write_format(&b, "%s", bad[i].head);
		write_bytes(&b, head.data, head.used);
		if (witness_parse(&q, SPAN(b), &f) == 0)
			fail_msg("%s: taken", bad[i].name);
		assert_int_equal(f.code, FAULT_INPUT);
		buffer_clear(&b);
	}
	/* 63 hashes are taken, 64 are not; a body that is cut is not */
	for (unsigned count = 63; count <= 64; count++) {
		buffer_init(&b, WITNESS_BYTES_MAX);
		write_format(&b, "old 5\n");
		for (unsigned i = 0; i < count; i++)
			write_format(&b, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
		write_format(&b, "\n");
		write_bytes(&b, head.data, head.used);
		assert_int_equal(witness_parse(&q, SPAN(b), &f), count == 63 ? 0 : -1);
		assert_int_equal(witness_parse(&q, (struct span){ b.data, b.used - 1 }, &f), -1);
		buffer_clear(&b);
	}
	buffer_clear(&head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_with_each_status, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_request, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
