/*
 * The RFC 6962 Merkle tree over the entries of a log, with SHA-256.
 *
 * leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right), the
 * empty tree is SHA-256(""), a tree of n leaves splits at the largest power of
 * two below n. Pure: nodes are read through a struct tree_reader.
 *
 * "Perfect subtree (level, index)" is the one over the leaves
 * [index << level, (index + 1) << level).
 */
#ifndef TRAC_LOG_TREE_H
#define TRAC_LOG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/wire/limits.h"

#define HASH_SIZE 32

struct hash {
	uint8_t b[HASH_SIZE];
};

void hash_bytes(const void *data, size_t size, struct hash *out);   /* plain SHA-256 */
void hash_leaf(const void *entry, size_t size, struct hash *out);
void hash_node(const struct hash *left, const struct hash *right, struct hash *out);
bool hash_equal(const struct hash *a, const struct hash *b);

/*
 * The frontier (compact range) of [0, size): node[k] is the root of the
 * rightmost perfect subtree of 2^k leaves, for each bit k that size has set.
 * All that is needed to append and to know the root.
 */
struct frontier {
	uint64_t size;
	struct hash node[64];
};

void frontier_init(struct frontier *f);
/* done(ctx, level, index, hash) is told of each perfect subtree that the leaf
 * completes, level 0 first; done may be NULL. */
void frontier_append(struct frontier *f, const struct hash *leaf,
		     void (*done)(void *ctx, unsigned level, uint64_t index,
				  const struct hash *hash), void *ctx);
void frontier_root(const struct frontier *f, struct hash *out);

/* Reads the root of a perfect subtree. Returns 0, or -1 when it is not there. */
struct tree_reader {
	int (*node)(void *ctx, unsigned level, uint64_t index, struct hash *out);
	void *ctx;
};

struct proof {
	unsigned count;
	struct hash hash[PROOF_HASHES_MAX];
};

/* Producers: -1 when the arguments are out of order or a node cannot be read. */
int tree_root(const struct tree_reader *t, uint64_t size, struct hash *out);
int tree_frontier(const struct tree_reader *t, uint64_t size, struct frontier *out);
/* RFC 6962 2.1.1 audit path of leaf index in the tree of size; leaf's sibling first. */
int tree_inclusion(const struct tree_reader *t, uint64_t index, uint64_t size, struct proof *out);
/* RFC 6962 2.1.2; empty when from is 0 or equals to. */
int tree_consistency(const struct tree_reader *t, uint64_t from, uint64_t to, struct proof *out);
/*
 * Range proof of the leaves [start, end) in the tree of size: the perfect
 * subtrees that cover [0, start), left to right (they are frontier(start), from
 * its highest level down), then those that cover [end, size) in the order in
 * which a left-to-right walk of the tree of size meets them: a maximal subtree
 * of RFC 6962's recursion that lies wholly right of end is one hash.
 */
int tree_range(const struct tree_reader *t, uint64_t start, uint64_t end,
	       uint64_t size, struct proof *out);

/* Verifiers: pure; 0 when proved, -1 when not. */
int inclusion_verify(uint64_t index, uint64_t size, const struct hash *leaf,
		     const struct proof *proof, const struct hash *root);
int consistency_verify(uint64_t from, uint64_t to, const struct hash *from_root,
		       const struct hash *to_root, const struct proof *proof);
/*
 * Proves leaf[0..count) at [start, start + count) of the tree of size and root.
 * before: the frontier of [0, start) that the caller holds, so that what is
 * proved continues what is stored; NULL skips that comparison.
 */
int range_verify(uint64_t start, uint64_t count, uint64_t size,
		 const struct hash *leaf, const struct proof *proof,
		 const struct hash *root, const struct frontier *before);

#endif
