/*
 * The logs that a node holds: exact entry bytes by (log, index), and the tree
 * hashes that prove them. Entries, hashes and size change in one transaction.
 *
 * A log has a local number (1 to 2^24 - 1, in order of first sight) under
 * which its rows lie together. Tree hashes are stored 16 to a row, for the
 * levels 0, 4, 8 ...; levels between are computed from them.
 */
#ifndef TRAC_STORE_LOG_H
#define TRAC_STORE_LOG_H

#include "proto/log/tree.h"
#include "store/db.h"

/* The number of the log of that origin; 0 when unknown. */
uint32_t log_find(struct txn *t, const char *origin);
/* The same, created when unknown; 0 when the transaction failed. */
uint32_t log_open(struct txn *t, const char *origin);
/* Highest number given so far; logs are 1 to it. */
uint32_t log_last(struct txn *t);
/* Copies the origin (ORIGIN_MAX + 1 bytes); false when unknown. */
bool log_origin(struct txn *t, uint32_t log, char *origin);

uint64_t log_size(struct txn *t, uint32_t log);
bool log_frontier(struct txn *t, uint32_t log, struct frontier *out);
/* Appends entries (1 to ENTRY_SIZE_MAX bytes each) behind the last one. first:
 * index of the first, may be NULL. */
int log_append(struct txn *t, uint32_t log, const struct span *entry, unsigned count,
	       uint64_t *first);
/* The same with the hash_leaf() of each entry, which the caller has computed; a
 * wrong one makes a log that no one can prove. leaf may be NULL. */
int log_append_hashed(struct txn *t, uint32_t log, const struct span *entry,
		      const struct hash *leaf, unsigned count, uint64_t *first);
/*
 * Forgets the entries from size on, their hashes and runs; the log then is its first
 * size entries as if no more had ever come. Nothing when it is not longer. Heads stay:
 * head_cut() is due when a proved one was larger; so does what is derived:
 * index_forget() comes before, while the entries can be read. A long stretch is cut
 * in steps of CUT_STEP from the end, each in a transaction of its own.
 */
#define CUT_STEP 1000
int log_cut(struct txn *t, uint32_t log, uint64_t size);
/* Borrowed until the transaction ends or writes. false: not there. */
bool log_entry(struct txn *t, uint32_t log, uint64_t index, struct span *bytes);

/* Node reader over the stored hashes; valid while t is open. */
struct log_tree {
	struct txn *txn;
	uint32_t log;
};
void log_tree(struct log_tree *lt, struct tree_reader *reader, struct txn *t, uint32_t log);

#endif
