/* RFC 6962 trees: known answers, every proof up to 70 leaves. */
#include "proto/log/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define SIZES 70

/* leaves are the decimal of their index */
static void append_decimals(struct ram_log *l, uint64_t upto)
{
	char text[24];

	for (uint64_t i = ram_log_size(l); i < upto; i++) {
		const int n = snprintf(text, sizeof text, "%llu", (unsigned long long)i);

		ram_log_append(l, text, (size_t)n);
	}
}

static void assert_hash(const struct hash *h, const char *hex)
{
	char text[2 * HASH_SIZE + 1];

	hex_write(text, h->b, HASH_SIZE);
	assert_memory_equal(text, hex, strlen(hex));
}

/* The definition of RFC 6962 2.1, word by word: slow and independent. */
static void defined_root(const struct hash *leaf, size_t n, struct hash *out)
{
	struct hash left, right;
	size_t k = 1;

	if (n == 0) {
		hash_bytes(NULL, 0, out);
		return;
	}
	if (n == 1) {
		*out = leaf[0];
		return;
	}
	while (2 * k < n)
		k *= 2;
	defined_root(leaf, k, &left);
	defined_root(leaf + k, n - k, &right);
	hash_node(&left, &right, out);
}

static void knows_the_roots_of_decimals(void **state)
{
	static const struct {
		uint64_t size;
		const char *root;
	} known[] = {
		{ 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ 1, "db3426e878068d28d269b6c87172322ce5372b65756d0789001d34835f601c03" },
		{ 2, "cb00989d94a569c0a678ae042b63dcd4625db96440517f37a6eb7976ea24ed4b" },
		{ 7, "a3e23b32ccb6bf96d092d165d8aa546e09829de8f03b0e8957581d1e16b92bdf" },
		{ 255, "32f85bcaa87d7bcd05728f09e9aeba350ba6a2f733830087f0597682848be5cb" },
		{ 256, "828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1" },
		{ 257, "1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4" },
		{ 1000, "638afa98022925bacfddadb15ef22fd0199c1ac99c2973b6158243d13fce05c2" },
	};
	struct ram_log l;
	struct hash root, again;
	struct frontier f;

	(void)state;
	ram_log_init(&l);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const struct tree_reader t = ram_log_reader(&l);

		append_decimals(&l, known[i].size);
		frontier_root(&l.frontier, &root);
		assert_hash(&root, known[i].root);
		assert_int_equal(tree_root(&t, known[i].size, &again), 0);
		assert_hash(&again, known[i].root);
		assert_int_equal(tree_frontier(&t, known[i].size, &f), 0);
		assert_memory_equal(&f.size, &known[i].size, sizeof f.size);
		frontier_root(&f, &root);
		assert_hash(&root, known[i].root);
	}
	ram_log_clear(&l);
}

static void knows_the_proofs_of_decimals(void **state)
{
	struct ram_log l;
	struct tree_reader t;
	struct hash from, to;
	struct proof p;

	(void)state;
	ram_log_init(&l);
	append_decimals(&l, 1000);
	t = ram_log_reader(&l);
	assert_int_equal(tree_root(&t, 257, &from), 0);
	assert_int_equal(tree_root(&t, 1000, &to), 0);
	assert_int_equal(tree_consistency(&t, 257, 1000, &p), 0);
	assert_int_equal(p.count, 11);
	assert_hash(&p.hash[0], "42ae86a77cad11f2");
	assert_hash(&p.hash[10], "e8c8269f310b4edc");
	assert_int_equal(consistency_verify(257, 1000, &from, &to, &p), 0);
	assert_int_equal(tree_inclusion(&t, 256, 1000, &p), 0);
	assert_int_equal(p.count, 10);
	assert_int_equal(inclusion_verify(256, 1000, &l.node[0][256], &p, &to), 0);
	ram_log_clear(&l);
}

static void knows_the_tree_of_a_b_c(void **state)
{
	struct ram_log l;
	struct hash root, path;
	struct proof p;
	struct tree_reader t;

	(void)state;
	ram_log_init(&l);
	ram_log_append(&l, "a", 1);
	ram_log_append(&l, "b", 1);
	ram_log_append(&l, "c", 1);
	t = ram_log_reader(&l);
	frontier_root(&l.frontier, &root);
	assert_hash(&root, "36642e73c2540ab121e3a6bf9545b0a24982cd830eb13d3cd19de3ce6c021ec1");
	assert_int_equal(tree_inclusion(&t, 2, 3, &p), 0);
	assert_int_equal(p.count, 1);
	assert_int_equal(base64_read(path.b, HASH_SIZE,
				     "sTeYX/SE+2ANuTEHx3sDZcgNePW0Kd7Q/Zc2HQd5mes=", 44), 32);
	assert_true(hash_equal(&path, &p.hash[0]));
	ram_log_clear(&l);
}

/* --- every proof up to SIZES --- */

struct all {
	struct ram_log log;
	struct tree_reader t;
	struct hash root[SIZES + 1];
	const struct hash *leaf;
};

static int all_setup(void **state)
{
	struct all *a = calloc(1, sizeof *a);

	ram_log_init(&a->log);
	append_decimals(&a->log, SIZES);
	a->t = ram_log_reader(&a->log);
	a->leaf = a->log.node[0];
	for (uint64_t n = 0; n <= SIZES; n++) {
		if (tree_root(&a->t, n, &a->root[n]))
			return -1;
	}
	*state = a;
	return 0;
}

static int all_teardown(void **state)
{
	struct all *a = *state;

	ram_log_clear(&a->log);
	free(a);
	return 0;
}

static void roots_are_as_defined(void **state)
{
	const struct all *a = *state;
	struct frontier f;
	struct hash h;

	frontier_init(&f);
	for (size_t n = 0; n <= SIZES; n++) {
		defined_root(a->leaf, n, &h);
		assert_true(hash_equal(&h, &a->root[n]));
		frontier_root(&f, &h);
		assert_true(hash_equal(&h, &a->root[n]));
		if (n < SIZES)
			frontier_append(&f, &a->leaf[n], NULL, NULL);
	}
}

/* Calls verify(ctx, proof) with every spoiled form of a proof: none may pass. */
static void assert_spoiled(const struct proof *good,
			   int (*verify)(void *ctx, const struct proof *p), void *ctx)
{
	static unsigned bit;
	struct proof p = *good;

	assert_int_equal(verify(ctx, &p), 0);
	for (unsigned i = 0; i < good->count; i++) {
		/* one bit of each hash; all 256 places have their turn */
		p.hash[i].b[bit / 8 % HASH_SIZE] ^= (uint8_t)(1u << bit % 8);
		bit++;
		assert_int_equal(verify(ctx, &p), -1);
		p.hash[i] = good->hash[i];
		/* without hash i */
		p.count = good->count - 1;
		memmove(&p.hash[i], &p.hash[i + 1], (p.count - i) * sizeof *p.hash);
		assert_int_equal(verify(ctx, &p), -1);
		p = *good;
	}
	/* with one more in front of hash i, or behind all */
	for (unsigned i = 0; i <= good->count; i++) {
		p.count = good->count + 1;
		memmove(&p.hash[i + 1], &p.hash[i], (good->count - i) * sizeof *p.hash);
		memset(&p.hash[i], 0x5a, sizeof *p.hash);
		assert_int_equal(verify(ctx, &p), -1);
		p = *good;
	}
	p.count = PROOF_HASHES_MAX + 1;
	assert_int_equal(verify(ctx, &p), -1);
}

struct inclusion {
	const struct all *all;
	uint64_t index, size;
};

static int verify_inclusion(void *ctx, const struct proof *p)
{
	const struct inclusion *c = ctx;

	return inclusion_verify(c->index, c->size, &c->all->leaf[c->index], p,
				&c->all->root[c->size]);
}

static void inclusion_holds_for_all(void **state)
{
	struct all *a = *state;
	struct inclusion c = { .all = a };
	struct proof p;

	for (c.size = 0; c.size <= SIZES; c.size++) {
		assert_int_equal(tree_inclusion(&a->t, c.size, c.size, &p), -1);
		for (c.index = 0; c.index < c.size; c.index++) {
			assert_int_equal(tree_inclusion(&a->t, c.index, c.size, &p), 0);
			assert_spoiled(&p, verify_inclusion, &c);
			for (uint64_t i = 0; i <= SIZES; i++) {
				if (i == c.index)
					continue;
				assert_int_equal(inclusion_verify(i, c.size, &a->leaf[c.index], &p,
								  &a->root[c.size]), -1);
				if (i == SIZES)
					continue;
				assert_int_equal(inclusion_verify(c.index, c.size, &a->leaf[i], &p,
								  &a->root[c.size]), -1);
			}
			for (uint64_t n = 0; n <= SIZES; n++) {
				if (n != c.size)
					assert_int_equal(inclusion_verify(c.index, n,
						&a->leaf[c.index], &p, &a->root[n]), -1);
			}
		}
	}
}

struct consistency {
	const struct all *all;
	uint64_t from, to;
};

static int verify_consistency(void *ctx, const struct proof *p)
{
	const struct consistency *c = ctx;

	return consistency_verify(c->from, c->to, &c->all->root[c->from], &c->all->root[c->to], p);
}

static void consistency_holds_for_all(void **state)
{
	struct all *a = *state;
	struct consistency c = { .all = a };
	struct proof p;

	for (c.to = 0; c.to <= SIZES; c.to++) {
		assert_int_equal(tree_consistency(&a->t, c.to + 1, c.to, &p), -1);
		for (c.from = 0; c.from <= c.to; c.from++) {
			assert_int_equal(tree_consistency(&a->t, c.from, c.to, &p), 0);
			if (c.from == 0 || c.from == c.to)
				assert_int_equal(p.count, 0);
			assert_spoiled(&p, verify_consistency, &c);
			for (uint64_t n = 0; n <= SIZES; n++) {
				if (n != c.from)
					assert_int_equal(consistency_verify(c.from, c.to,
						&a->root[n], &a->root[c.to], &p), -1);
				if (n != c.to && c.from > 0)
					assert_int_equal(consistency_verify(c.from, c.to,
						&a->root[c.from], &a->root[n], &p), -1);
				if (n != c.from && n > 0 && n <= c.to && c.from > 0)
					assert_int_equal(consistency_verify(n, c.to,
						&a->root[n], &a->root[c.to], &p) == 0 &&
						p.count > 0, 0);
			}
		}
	}
	assert_int_equal(consistency_verify(2, 1, &a->root[2], &a->root[1], &p), -1);
}

struct range {
	const struct all *all;
	uint64_t start, count, size;
	const struct frontier *before;
};

static int verify_range(void *ctx, const struct proof *p)
{
	const struct range *c = ctx;

	return range_verify(c->start, c->count, c->size, c->all->leaf + c->start, p,
			    &c->all->root[c->size], c->before);
}

static void assert_wrong_ranges(struct all *a, const struct range *c, const struct proof *p)
{
	struct hash *leaf = malloc(c->count * sizeof *leaf);
	struct frontier other;

	/* one leaf changed: the first, the last */
	memcpy(leaf, a->leaf + c->start, c->count * sizeof *leaf);
	leaf[0].b[31] ^= 1;
	assert_int_equal(range_verify(c->start, c->count, c->size, leaf, p, &a->root[c->size],
				      c->before), -1);
	leaf[0].b[31] ^= 1;
	leaf[c->count - 1].b[0] ^= 1;
	assert_int_equal(range_verify(c->start, c->count, c->size, leaf, p, &a->root[c->size],
				      c->before), -1);
	free(leaf);
	/* elsewhere, fewer, of another tree */
	if (c->start + c->count < c->size)
		assert_int_equal(range_verify(c->start + 1, c->count, c->size, a->leaf + c->start,
					      p, &a->root[c->size], NULL), -1);
	assert_int_equal(range_verify(c->start, c->count - 1, c->size, a->leaf + c->start, p,
				      &a->root[c->size], NULL), -1);
	assert_int_equal(range_verify(c->start, c->count, c->size, a->leaf + c->start, p,
				      &a->root[c->size - 1], NULL), -1);
	/* what is stored is another history */
	frontier_init(&other);
	assert_int_equal(range_verify(c->start, c->count, c->size, a->leaf + c->start, p,
				      &a->root[c->size], &other), c->start ? -1 : 0);
	other = *c->before;
	for (unsigned level = 0; level < 64; level++) {
		if (!(c->start >> level & 1))
			continue;
		other.node[level].b[5] ^= 1;
		assert_int_equal(range_verify(c->start, c->count, c->size, a->leaf + c->start, p,
					      &a->root[c->size], &other), -1);
		other.node[level].b[5] ^= 1;
	}
}

static void ranges_hold_for_all(void **state)
{
	struct all *a = *state;
	struct frontier before;
	struct range c = { .all = a, .before = &before };
	struct proof p;
	uint64_t runs = 0;

	for (c.size = 1; c.size <= SIZES; c.size++) {
		assert_int_equal(tree_range(&a->t, 0, c.size + 1, c.size, &p), -1);
		frontier_init(&before);
		for (c.start = 0; c.start < c.size; c.start++) {
			assert_int_equal(tree_range(&a->t, c.start, c.start, c.size, &p), -1);
			for (c.count = 1; c.count <= c.size - c.start; c.count++) {
				assert_int_equal(tree_range(&a->t, c.start, c.start + c.count,
							    c.size, &p), 0);
				assert_int_equal(verify_range(&c, &p), 0);
				/* spoiling all of them takes too long: one in 23 */
				if (runs++ % 23 == 0) {
					assert_spoiled(&p, verify_range, &c);
					assert_wrong_ranges(a, &c, &p);
				}
			}
			frontier_append(&before, &a->leaf[c.start], NULL, NULL);
		}
	}
}

static void a_range_of_one_is_an_inclusion(void **state)
{
	struct all *a = *state;
	struct proof p, q;

	for (uint64_t i = 0; i < SIZES; i++) {
		assert_int_equal(tree_range(&a->t, i, i + 1, SIZES, &p), 0);
		assert_int_equal(tree_inclusion(&a->t, i, SIZES, &q), 0);
		assert_int_equal(p.count, q.count);
	}
}

static void the_whole_needs_no_proof(void **state)
{
	struct all *a = *state;
	struct proof p;

	assert_int_equal(tree_range(&a->t, 0, SIZES, SIZES, &p), 0);
	assert_int_equal(p.count, 0);
}

static int no_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	(void)ctx, (void)level, (void)index, (void)out;
	return -1;
}

static void a_missing_node_is_said(void **state)
{
	const struct tree_reader t = { no_node, NULL };
	struct frontier f;
	struct proof p;
	struct hash h;

	(void)state;
	assert_int_equal(tree_root(&t, 5, &h), -1);
	assert_int_equal(tree_root(&t, 0, &h), 0);
	assert_int_equal(tree_frontier(&t, 5, &f), -1);
	assert_int_equal(tree_inclusion(&t, 2, 5, &p), -1);
	assert_int_equal(tree_consistency(&t, 2, 5, &p), -1);
	assert_int_equal(tree_range(&t, 1, 2, 5, &p), -1);
}

/* Sizes near 2^64 end, and prove nothing. */
static void huge_sizes_are_harmless(void **state)
{
	struct proof p = { 0 };
	struct hash h;

	(void)state;
	memset(&h, 7, sizeof h);
	p.count = PROOF_HASHES_MAX;
	assert_int_equal(inclusion_verify(UINT64_MAX - 1, UINT64_MAX, &h, &p, &h), -1);
	assert_int_equal(consistency_verify(1, UINT64_MAX, &h, &h, &p), -1);
	assert_int_equal(consistency_verify(UINT64_MAX - 1, UINT64_MAX, &h, &h, &p), -1);
	assert_int_equal(range_verify(UINT64_MAX - 1, 1, UINT64_MAX, &h, &p, &h, NULL), -1);
	assert_int_equal(range_verify(UINT64_MAX, 2, UINT64_MAX, &h, &p, &h, NULL), -1);
	assert_int_equal(range_verify(5, UINT64_MAX, 10, &h, &p, &h, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_roots_of_decimals),
		cmocka_unit_test(knows_the_proofs_of_decimals),
		cmocka_unit_test(knows_the_tree_of_a_b_c),
		cmocka_unit_test(roots_are_as_defined),
		cmocka_unit_test(inclusion_holds_for_all),
		cmocka_unit_test(consistency_holds_for_all),
		cmocka_unit_test(ranges_hold_for_all),
		cmocka_unit_test(a_range_of_one_is_an_inclusion),
		cmocka_unit_test(the_whole_needs_no_proof),
		cmocka_unit_test(a_missing_node_is_said),
		cmocka_unit_test(huge_sizes_are_harmless),
	};

	return cmocka_run_group_tests(tests, all_setup, all_teardown);
}
