/*
 * Producers of roots and proofs. Each walks down RFC 6962's recursion in a
 * loop, top of the tree first, and turns the hashes round at the end.
 */
#include "proto/log/tree.h"

#include "proto/log/split.h"

/*
 * Root of the leaves [lo, hi), which must be a subtree of the recursion: lo is
 * then a multiple of every perfect subtree that [lo, hi) is made of.
 */
static int subtree_root(const struct tree_reader *t, uint64_t lo, uint64_t hi, struct hash *out)
{
	const uint64_t size = hi - lo;
	struct hash left;
	bool begun = false;

	for (unsigned level = 0; level < 64; level++) {
		if (!(size >> level & 1))
			continue;
		hi -= UINT64_C(1) << level;
		if (t->node(t->ctx, level, hi >> level, begun ? &left : out))
			return -1;
		if (begun)
			hash_node(&left, out, out);
		begun = true;
	}
	return 0;
}

static int push_subtree(const struct tree_reader *t, uint64_t lo, uint64_t hi, struct proof *p)
{
	assert(p->count < PROOF_HASHES_MAX);
	return subtree_root(t, lo, hi, &p->hash[p->count++]);
}

static void turn_round(struct proof *p, unsigned from)
{
	for (unsigned a = from, b = p->count; a + 1 < b; a++) {
		const struct hash h = p->hash[a];

		p->hash[a] = p->hash[--b];
		p->hash[b] = h;
	}
}

int tree_root(const struct tree_reader *t, uint64_t size, struct hash *out)
{
	if (size == 0) {
		hash_bytes("", 0, out);
		return 0;
	}
	return subtree_root(t, 0, size, out);
}

int tree_frontier(const struct tree_reader *t, uint64_t size, struct frontier *out)
{
	frontier_init(out);
	for (unsigned level = 0; level < 64; level++) {
		if (!(size >> level & 1))
			continue;
		/* the rightmost subtree of a level that size has set ends
		 * where the higher bits alone, and it, end */
		if (t->node(t->ctx, level, (size >> level) - 1, &out->node[level]))
			return -1;
	}
	out->size = size;
	return 0;
}

int tree_inclusion(const struct tree_reader *t, uint64_t index, uint64_t size, struct proof *out)
{
	uint64_t lo = 0, hi = size;

	out->count = 0;
	if (index >= size)
		return -1;
	/* RFC 6962 2.1.1: "PATH(m, D[n]) = PATH(m, D[0:k]) : MTH(D[k:n]) for
	 * m < k; and PATH(m, D[n]) = PATH(m - k, D[k:n]) : MTH(D[0:k]) for
	 * m >= k" */
	while (hi - lo > 1) {
		const uint64_t mid = lo + split_of(hi - lo);

		if (index < mid) {
			if (push_subtree(t, mid, hi, out))
				return -1;
			hi = mid;
		} else {
			if (push_subtree(t, lo, mid, out))
				return -1;
			lo = mid;
		}
	}
	turn_round(out, 0);
	return 0;
}

int tree_consistency(const struct tree_reader *t, uint64_t from, uint64_t to, struct proof *out)
{
	uint64_t lo = 0, hi = to;

	out->count = 0;
	if (from > to)
		return -1;
	if (from == 0)
		return 0;
	/* RFC 6962 2.1.2: "SUBPROOF(m, D[n], b) = SUBPROOF(m, D[0:k], b) :
	 * MTH(D[k:n])" if m <= k, else "SUBPROOF(m - k, D[k:n], false) :
	 * MTH(D[0:k])" */
	while (hi != from) {
		const uint64_t mid = lo + split_of(hi - lo);

		if (from <= mid) {
			if (push_subtree(t, mid, hi, out))
				return -1;
			hi = mid;
		} else {
			if (push_subtree(t, lo, mid, out))
				return -1;
			lo = mid;
		}
	}
	/* "SUBPROOF(m, D[m], false) = {MTH(D[m])}", and nothing when true:
	 * then the verifier has that root already */
	if (lo > 0 && push_subtree(t, lo, hi, out))
		return -1;
	turn_round(out, 0);
	return 0;
}

int tree_range(const struct tree_reader *t, uint64_t start, uint64_t end,
	       uint64_t size, struct proof *out)
{
	uint64_t lo = 0, hi = size;
	unsigned left_count;

	out->count = 0;
	if (start >= end || end > size)
		return -1;
	for (unsigned level = 64; level-- > 0;) {
		if (!(start >> level & 1))
			continue;
		if (t->node(t->ctx, level, (start >> level) - 1, &out->hash[out->count++]))
			return -1;
	}
	left_count = out->count;
	while (hi != end) {
		const uint64_t mid = lo + split_of(hi - lo);

		if (end > mid) {
			lo = mid;
			continue;
		}
		if (push_subtree(t, mid, hi, out))
			return -1;
		hi = mid;
	}
	turn_round(out, left_count);
	return 0;
}
