/* Hashing again what is about to be signed, sent, moved or shown. */
#include "store/whole.h"

#include <string.h>

#include "store/tree_row.h"

#define REPAIR "stop tracd, then run 'trac store repair'"

bool whole_entry(struct txn *t, uint32_t log, uint64_t index, struct span *bytes,
		 struct fault *f)
{
	const uint8_t *hashes;
	char origin[ORIGIN_MAX + 1];
	struct hash leaf;

	if (log_entry(t, log, index, bytes)) {
		hash_leaf(bytes->data, bytes->size, &leaf);
		if (tree_row_get(t, log, 0, index / TREE_GROUP, &hashes) > index % TREE_GROUP &&
		    !memcmp(hashes + index % TREE_GROUP * HASH_SIZE, leaf.b, HASH_SIZE))
			return true;
	}
	if (!log_origin(t, log, origin))
		*origin = '\0';
	fault_set(f, FAULT_UNPROVED, "%s/%llu is damaged in the store: " REPAIR, origin,
		  (unsigned long long)index);
	return false;
}

int whole_log(struct txn *t, uint32_t log, uint64_t first, struct fault *f)
{
	char origin[ORIGIN_MAX + 1];
	struct tree_reader reader;
	struct hash root, want;
	struct frontier said;
	struct log_tree lt;
	struct span bytes;

	if (!log_frontier(t, log, &said) || !log_origin(t, log, origin))
		return fault_set(f, FAULT_UNPROVED, "log %u is damaged in the store: " REPAIR,
				 (unsigned)log);
	for (uint64_t i = first; i < said.size; i++) {
		if (!whole_entry(t, log, i, &bytes, f))
			return -1;
	}
	frontier_root(&said, &want);
	log_tree(&lt, &reader, t, log);
	if (tree_root(&reader, said.size, &root) == 0 && hash_equal(&root, &want))
		return 0;
	return fault_set(f, FAULT_UNPROVED, "the hashes of %s are damaged in the store: " REPAIR,
			 origin);
}
