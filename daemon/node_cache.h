/*
 * Nodes of the trees in the store that were computed for an answer. Paths of one log meet
 * in the nodes that they share: each is computed once.
 */
#ifndef TRAC_DAEMON_NODE_CACHE_H
#define TRAC_DAEMON_NODE_CACHE_H

#include "store/log.h"

#define NODE_SLOTS 4096

/* Zeroed at first. */
struct node_cache {
	struct log_tree tree;             /* of the log at hand */
	struct tree_reader inner;
	struct node_slot {
		uint32_t log;             /* 0: free */
		unsigned level;
		uint64_t index;
		struct hash hash;
	} slot[NODE_SLOTS];
};

/* From here on the nodes of that log are read, as t has them. */
void node_cache_turn(struct node_cache *c, struct txn *t, uint32_t log);
/* Of a struct tree_reader whose ctx is a struct node_cache. */
int node_cache_read(void *ctx, unsigned level, uint64_t index, struct hash *out);

#endif
