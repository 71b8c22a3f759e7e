/* Verifiers of proofs: what they are given is foreign, and nothing is asserted of it. */
#include "proto/log/tree.h"

#include "proto/log/split.h"

int inclusion_verify(uint64_t index, uint64_t size, const struct hash *leaf,
		     const struct proof *proof, const struct hash *root)
{
	uint64_t fn = index, sn = size - 1;
	struct hash r = *leaf;

	/* RFC 9162 2.1.3.2: "Compare leaf_index from the inclusion_proof_v2
	 * structure against tree_size. If leaf_index is greater than or equal
	 * to tree_size, then fail the proof verification" */
	if (index >= size || proof->count > PROOF_HASHES_MAX)
		return -1;
	for (unsigned i = 0; i < proof->count; i++) {
		/* "If sn is 0, then stop the iteration and fail the proof
		 * verification" */
		if (sn == 0)
			return -1;
		if ((fn & 1) || fn == sn) {
			hash_node(&proof->hash[i], &r, &r);
			/* "If LSB(fn) is not set, then right-shift both fn
			 * and sn equally until either LSB(fn) is set or fn
			 * is 0" */
			for (; !(fn & 1) && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			hash_node(&r, &proof->hash[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	/* "Compare sn to 0. Compare r against the root_hash" */
	return sn == 0 && hash_equal(&r, root) ? 0 : -1;
}

/* RFC 9162 2.1.4.2 for 0 < from < to. */
static int path_verify(uint64_t from, uint64_t to, const struct hash *from_root,
		       const struct hash *to_root, const struct proof *proof)
{
	/* "If first is an exact power of 2, then prepend first_hash to the
	 * consistency_path array" */
	const bool whole = (from & (from - 1)) == 0;
	uint64_t fn = from - 1, sn = to - 1;
	struct hash fr, sr;

	/* "If LSB(fn) is set, then right-shift both fn and sn equally until
	 * LSB(fn) is not set" */
	for (; fn & 1; fn >>= 1)
		sn >>= 1;
	/* "If consistency_path is an empty array, stop and fail the proof
	 * verification." */
	if (!whole && proof->count == 0)
		return -1;
	fr = sr = whole ? *from_root : proof->hash[0];
	for (unsigned i = whole ? 0 : 1; i < proof->count; i++) {
		const struct hash *c = &proof->hash[i];

		if (sn == 0)
			return -1;
		if ((fn & 1) || fn == sn) {
			hash_node(c, &fr, &fr);
			hash_node(c, &sr, &sr);
			for (; !(fn & 1) && fn != 0; fn >>= 1)
				sn >>= 1;
		} else {
			hash_node(&sr, c, &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	/* "verify that the fr calculated is equal to the first_hash supplied,
	 * that the sr calculated is equal to the second_hash supplied, and
	 * that sn is 0" */
	return sn == 0 && hash_equal(&fr, from_root) && hash_equal(&sr, to_root) ? 0 : -1;
}

int consistency_verify(uint64_t from, uint64_t to, const struct hash *from_root,
		       const struct hash *to_root, const struct proof *proof)
{
	struct hash empty;

	if (from > to || proof->count > PROOF_HASHES_MAX)
		return -1;
	/* the empty tree has one root only, whoever claims it */
	hash_bytes("", 0, &empty);
	if (from == 0 && !hash_equal(from_root, &empty))
		return -1;
	/* RFC 6962 2.1.2: "PROOF(m, D[n])" is for 0 < m < n: the other two
	 * cases need no hash, and a hash there proves nothing */
	if (from == to)
		return proof->count == 0 && hash_equal(from_root, to_root) ? 0 : -1;
	if (from == 0)
		return proof->count == 0 ? 0 : -1;
	return path_verify(from, to, from_root, to_root, proof);
}

struct range {
	uint64_t start, end;
	const struct hash *leaf;
	const struct proof *proof;
	unsigned used;          /* hashes of the proof, taken from left to right */
};

/*
 * Root of [lo, hi) from the leaves inside the range and one hash of the proof
 * for each subtree outside. At most 64 deep: each step halves.
 */
static int range_root(struct range *r, uint64_t lo, uint64_t hi, struct hash *out)
{
	struct hash right;
	uint64_t mid;

	if (hi <= r->start || lo >= r->end) {
		if (r->used == r->proof->count)
			return -1;
		*out = r->proof->hash[r->used++];
		return 0;
	}
	if (hi - lo == 1) {
		*out = r->leaf[lo - r->start];
		return 0;
	}
	mid = lo + split_of(hi - lo);
	if (range_root(r, lo, mid, out) || range_root(r, mid, hi, &right))
		return -1;
	hash_node(out, &right, out);
	return 0;
}

/* The proof begins with the perfect subtrees of [0, start), highest first. */
static bool continues(const struct frontier *before, uint64_t start, const struct proof *proof)
{
	unsigned used = 0;

	if (before->size != start)
		return false;
	for (unsigned level = 64; level-- > 0;) {
		if (!(start >> level & 1))
			continue;
		if (used == proof->count || !hash_equal(&before->node[level], &proof->hash[used]))
			return false;
		used++;
	}
	return true;
}

int range_verify(uint64_t start, uint64_t count, uint64_t size,
		 const struct hash *leaf, const struct proof *proof,
		 const struct hash *root, const struct frontier *before)
{
	struct range r = { .start = start, .leaf = leaf, .proof = proof };
	struct hash h;

	if (count == 0 || start >= size || count > size - start)
		return -1;
	if (proof->count > PROOF_HASHES_MAX)
		return -1;
	if (before && !continues(before, start, proof))
		return -1;
	r.end = start + count;
	if (range_root(&r, 0, size, &h) || r.used != proof->count)
		return -1;
	return hash_equal(&h, root) ? 0 : -1;
}
