/* What the range proof of a frame says of the history before it. */
#include "proto/log/evidence.h"

#include "proto/log/split.h"

struct known_tree {
	const struct range_taken *r;
	uint64_t end;
	unsigned used;          /* hashes of the proof, the ones right of the range in order */
};

/* Bits of v that are set: the perfect subtrees that v leaves are made of. */
static unsigned pieces(uint64_t v)
{
	unsigned n = 0;

	for (; v; v &= v - 1)
		n++;
	return n;
}

/*
 * The root of [lo, hi), a subtree of RFC 6962's recursion that does not cross start.
 * Left of start it is one of the perfect subtrees of [0, start); right of the range one
 * hash, met from left to right. At most 64 deep: each step halves.
 */
static int subtree(struct known_tree *t, uint64_t lo, uint64_t hi, struct hash *out)
{
	const struct range_taken *r = t->r;
	struct hash right;
	uint64_t mid;
	unsigned at;

	if (hi <= r->start || lo >= t->end) {
		at = hi <= r->start ? pieces(lo) : t->used++;
		if (at >= r->proof->count)
			return -1;
		*out = r->proof->hash[at];
		return 0;
	}
	if (hi - lo == 1) {
		*out = r->leaf[lo - r->start];
		return 0;
	}
	mid = lo + split_of(hi - lo);
	if (subtree(t, lo, mid, out) || subtree(t, mid, hi, &right))
		return -1;
	hash_node(out, &right, out);
	return 0;
}

static int push(struct known_tree *t, uint64_t lo, uint64_t hi, struct proof *out)
{
	if (out->count == PROOF_HASHES_MAX)
		return -1;
	return subtree(t, lo, hi, &out->hash[out->count++]);
}

/* RFC 6962 2.1.2, SUBPROOF(start - lo, D[lo:hi], lo == 0). */
static int subproof(struct known_tree *t, uint64_t lo, uint64_t hi, struct proof *out)
{
	const uint64_t start = t->r->start;
	uint64_t mid;

	if (hi == start)
		return lo > 0 ? push(t, lo, hi, out) : 0;
	mid = lo + split_of(hi - lo);
	if (start <= mid)
		return subproof(t, lo, mid, out) ? -1 : push(t, mid, hi, out);
	return subproof(t, mid, hi, out) ? -1 : push(t, lo, mid, out);
}

static int prefix_root(const struct range_taken *r, struct hash *out)
{
	struct frontier f;
	unsigned used = 0;

	frontier_init(&f);
	f.size = r->start;
	for (unsigned level = 64; level-- > 0;) {
		if (!(r->start >> level & 1))
			continue;
		if (used == r->proof->count)
			return -1;
		f.node[level] = r->proof->hash[used++];
	}
	frontier_root(&f, out);
	return 0;
}

int evidence_of_range(const struct range_taken *r, struct hash *prefix, struct proof *out)
{
	struct known_tree t = { .r = r, .end = r->start + r->count, .used = pieces(r->start) };

	out->count = 0;
	if (r->start == 0 || r->count == 0 || r->start >= r->size || r->count > r->size - r->start)
		return -1;
	if (prefix_root(r, prefix) || subproof(&t, 0, r->size, out))
		return -1;
	return 0;
}
