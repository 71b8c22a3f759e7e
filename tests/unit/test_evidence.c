/* Fork evidence: a fork is proved, honesty is not accused, every changed byte is refused. */
#include "proto/log/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define ORIGIN "fne.example/envie"

/* Two histories that part behind their first 5 entries. */
struct fork {
	struct signer *signer;
	struct ram_log left, right;
	struct buffer note[2], file;
};

static void fork_init(struct fork *k)
{
	uint8_t seed[KEY_SEED_SIZE] = { 7 };
	struct fault f;
	char text[16];

	k->signer = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	assert_non_null(k->signer);
	ram_log_init(&k->left);
	ram_log_init(&k->right);
	for (unsigned i = 0; i < 21; i++) {
		size_t size = (size_t)snprintf(text, sizeof text, "entry %u", i);
		ram_log_append(&k->left, text, size);
		ram_log_append(&k->right, text, i < 5 ? size : size + 1);
	}
	buffer_init(&k->note[0], CHECKPOINT_BYTES_MAX);
	buffer_init(&k->note[1], CHECKPOINT_BYTES_MAX);
	buffer_init(&k->file, EVIDENCE_BYTES_MAX);
}

static void fork_clear(struct fork *k)
{
	signer_destroy(k->signer);
	ram_log_clear(&k->left);
	ram_log_clear(&k->right);
	buffer_clear(&k->note[0]);
	buffer_clear(&k->note[1]);
	buffer_clear(&k->file);
}

/* Checkpoints of small at a, of large at b, and what ties them. */
static void accuse(struct fork *k, struct ram_log *small, uint64_t a, struct ram_log *large,
		   uint64_t b, struct fork_evidence *e)
{
	struct tree_reader r = ram_log_reader(large);
	struct checkpoint at;

	memset(e, 0, sizeof *e);
	buffer_reset(&k->note[0]);
	buffer_reset(&k->note[1]);
	test_sign(small, k->signer, a, &k->note[0]);
	test_sign(large, k->signer, b, &k->note[1]);
	ram_log_checkpoint(small, ORIGIN, a, &e->small.head);
	ram_log_checkpoint(large, ORIGIN, b, &e->large.head);
	e->small.note = SPAN(k->note[0]);
	e->large.note = SPAN(k->note[1]);
	e->has_prefix = a < b;
	if (!e->has_prefix)
		return;
	ram_log_checkpoint(large, ORIGIN, a, &at);
	e->prefix = at.root;
	assert_int_equal(tree_consistency(&r, a, b, &e->proof), 0);
}

static int check_bytes(struct span bytes, const struct verifier *v)
{
	struct fork_evidence e;
	struct fault f;

	if (evidence_parse(&e, bytes, &f))
		return -1;
	return evidence_check(&e, v, &f);
}

static void a_fork_is_proved_at_equal_and_different_sizes(void **state)
{
	static const struct {
		uint64_t a, b;
	} sizes[] = { { 6, 6 }, { 8, 21 }, { 7, 16 }, { 16, 20 }, { 20, 21 } };
	struct fork_evidence e;
	struct fault f;
	struct fork k;

	(void)state;
	fork_init(&k);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		accuse(&k, &k.left, sizes[i].a, &k.right, sizes[i].b, &e);
		buffer_reset(&k.file);
		assert_int_equal(evidence_write(&e, &k.file, &f), 0);
		assert_int_equal(check_bytes(SPAN(k.file), signer_verifier(k.signer)), 0);
	}
	fork_clear(&k);
}

static void a_key_that_changed_between_accuses_for_its_checkpoint_only(void **state)
{
	uint8_t seed[KEY_SEED_SIZE] = { 8 };
	const struct verifier *old, *now;
	struct fork_evidence e;
	struct signer *first;
	struct fault f;
	struct fork k;

	(void)state;
	fork_init(&k);
	accuse(&k, &k.left, 8, &k.right, 21, &e);
	first = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	assert_non_null(first);
	buffer_reset(&k.note[0]);
	test_sign(&k.left, first, 8, &k.note[0]);
	e.small.note = SPAN(k.note[0]);
	old = signer_verifier(first);
	now = signer_verifier(k.signer);
	assert_int_equal(evidence_check_by(&e, old, now, &f), 0);
	assert_int_equal(evidence_check_by(&e, now, old, &f), -1);
	assert_int_equal(evidence_check(&e, now, &f), -1);
	assert_int_equal(evidence_check(&e, old, &f), -1);
	signer_destroy(first);
	fork_clear(&k);
}

static void who_only_grew_is_not_accused(void **state)
{
	struct fork_evidence e;
	struct fault f;
	struct fork k;

	(void)state;
	fork_init(&k);
	for (uint64_t a = 1; a <= 21; a++) {
		for (uint64_t b = a; b <= 21; b++) {
			accuse(&k, &k.left, a, &k.left, b, &e);
			assert_int_equal(evidence_judge(&e, &f), -1);
			assert_int_equal(f.code, FAULT_UNPROVED);
			/* a made-up prefix proves nothing */
			e.prefix.b[0] ^= 1;
			if (a < b)
				assert_int_equal(evidence_judge(&e, &f), -1);
		}
	}
	/* the common beginning of both histories is no fork either */
	accuse(&k, &k.left, 5, &k.right, 21, &e);
	assert_int_equal(evidence_judge(&e, &f), -1);
	assert_int_equal(evidence_write(&e, &k.file, &f), -1);
	fork_clear(&k);
}

static void every_changed_or_missing_byte_is_refused(void **state)
{
	struct fork_evidence e;
	struct fault f;
	struct fork k;

	(void)state;
	fork_init(&k);
	accuse(&k, &k.left, 7, &k.right, 16, &e);
	assert_int_equal(evidence_write(&e, &k.file, &f), 0);
	for (size_t i = 0; i < k.file.used; i++) {
		k.file.data[i] ^= 1;
		if (check_bytes(SPAN(k.file), signer_verifier(k.signer)) == 0)
			fail_msg("byte %zu may change", i);
		k.file.data[i] ^= 1;
		assert_int_equal(check_bytes((struct span){ k.file.data, i },
					     signer_verifier(k.signer)), -1);
	}
	/* of another key, it accuses nobody */
	uint8_t seed[KEY_SEED_SIZE] = { 8 };
	struct signer *other = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	assert_int_equal(check_bytes(SPAN(k.file), signer_verifier(other)), -1);
	signer_destroy(other);
	fork_clear(&k);
}

/* Adds that the first common entries are in both; the trees are those of accuse(). */
static void prove_common(struct ram_log *small, struct ram_log *large, uint64_t common,
			 struct fork_evidence *e)
{
	struct tree_reader s = ram_log_reader(small), l = ram_log_reader(large);
	struct checkpoint at;

	ram_log_checkpoint(small, ORIGIN, common, &at);
	e->common = common;
	e->common_root = at.root;
	assert_int_equal(tree_consistency(&s, common, e->small.head.size, &e->common_small), 0);
	assert_int_equal(tree_consistency(&l, common, e->large.head.size, &e->common_large), 0);
}

static void what_is_common_is_proved(void **state)
{
	static const struct {
		uint64_t a, b;
	} sizes[] = { { 6, 6 }, { 8, 21 }, { 16, 20 } };
	struct fork_evidence e;
	struct fault f;
	struct fork k;

	(void)state;
	fork_init(&k);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		for (uint64_t common = 1; common < sizes[i].a; common++) {
			accuse(&k, &k.left, sizes[i].a, &k.right, sizes[i].b, &e);
			prove_common(&k.left, &k.right, common, &e);
			/* the histories part behind 5 entries */
			assert_int_equal(evidence_judge(&e, &f), common <= 5 ? 0 : -1);
			if (common > 5)
				continue;
			buffer_reset(&k.file);
			assert_int_equal(evidence_write(&e, &k.file, &f), 0);
			assert_int_equal(check_bytes(SPAN(k.file), signer_verifier(k.signer)), 0);
		}
	}
	/* every changed byte is refused here too */
	for (size_t i = 0; i < k.file.used; i++) {
		k.file.data[i] ^= 1;
		if (check_bytes(SPAN(k.file), signer_verifier(k.signer)) == 0)
			fail_msg("byte %zu may change", i);
		k.file.data[i] ^= 1;
	}
	fork_clear(&k);
}

/* The frame [start, end) of the tree of size says how that tree begins. */
static void check_frame(struct fork *k, const struct hash *leaf, uint64_t start, uint64_t end,
			uint64_t size)
{
	struct tree_reader r = ram_log_reader(&k->right);
	struct checkpoint whole, part;
	struct proof given, proof;
	struct range_taken range = { start, end - start, size, leaf + start, &given };
	struct hash prefix;

	assert_int_equal(tree_range(&r, start, end, size, &given), 0);
	assert_int_equal(evidence_of_range(&range, &prefix, &proof), 0);
	ram_log_checkpoint(&k->right, ORIGIN, start, &part);
	ram_log_checkpoint(&k->right, ORIGIN, size, &whole);
	assert_true(hash_equal(&prefix, &part.root));
	assert_int_equal(consistency_verify(start, size, &prefix, &whole.root, &proof), 0);
}

/* Each frame that does not fit accuses its author by itself. */
static void a_frame_that_does_not_fit_is_evidence(void **state)
{
	struct fork k;
	struct hash *leaf;

	(void)state;
	fork_init(&k);
	leaf = ram_log_leaves(&k.right);
	for (uint64_t start = 1; start < 21; start++) {
		for (uint64_t size = start + 1; size <= 21; size++) {
			for (uint64_t end = start + 1; end <= size; end++)
				check_frame(&k, leaf, start, end, size);
		}
	}
	free(leaf);
	fork_clear(&k);
}

/* Heads are looked for in turn by who holds neither branch. */
static void the_branch_that_fits_is_looked_for(void **state)
{
	struct tree_reader left, right;
	struct fork_evidence e;
	struct fork k;

	(void)state;
	fork_init(&k);
	left = ram_log_reader(&k.left);
	right = ram_log_reader(&k.right);
	accuse(&k, &k.left, 8, &k.right, 16, &e);
	/* below both sizes either may fit */
	assert_ptr_equal(evidence_next(&e, 4, &left, NULL, true), &e.small);
	assert_ptr_equal(evidence_next(&e, 4, &left, &e.small.head.root, false), &e.large);
	assert_null(evidence_next(&e, 4, &left, &e.large.head.root, false));
	assert_ptr_equal(evidence_next(&e, 4, &left, &e.large.head.root, true), &e.small);
	/* behind the smaller one its root tells */
	assert_null(evidence_next(&e, 8, &left, NULL, true));
	assert_ptr_equal(evidence_next(&e, 8, &right, NULL, true), &e.large);
	assert_null(evidence_next(&e, 16, &right, NULL, true));
	accuse(&k, &k.left, 8, &k.right, 8, &e);
	assert_null(evidence_next(&e, 8, &left, NULL, true));
	assert_ptr_equal(evidence_next(&e, 4, &left, NULL, true), &e.small);
	fork_clear(&k);
}

static void a_range_of_lies_is_no_range(void **state)
{
	struct hash leaf[4] = { { { 0 } } }, prefix;
	struct proof none = { .count = 0 }, out;
	struct range_taken r = { 5, 4, 100, leaf, &none };

	(void)state;
	assert_int_equal(evidence_of_range(&r, &prefix, &out), -1);
	r.start = 0;
	assert_int_equal(evidence_of_range(&r, &prefix, &out), -1);
	r = (struct range_taken){ 98, 4, 100, leaf, &none };
	assert_int_equal(evidence_of_range(&r, &prefix, &out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fork_is_proved_at_equal_and_different_sizes),
		cmocka_unit_test(a_key_that_changed_between_accuses_for_its_checkpoint_only),
		cmocka_unit_test(who_only_grew_is_not_accused),
		cmocka_unit_test(every_changed_or_missing_byte_is_refused),
		cmocka_unit_test(what_is_common_is_proved),
		cmocka_unit_test(a_frame_that_does_not_fit_is_evidence),
		cmocka_unit_test(a_range_of_lies_is_no_range),
		cmocka_unit_test(the_branch_that_fits_is_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
