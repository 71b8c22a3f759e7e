/* Nodes of trees, computed once for an answer. */
#include "daemon/node_cache.h"

void node_cache_turn(struct node_cache *c, struct txn *t, uint32_t log)
{
	log_tree(&c->tree, &c->inner, t, log);
}

int node_cache_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	struct node_cache *c = ctx;
	const uint64_t h = (index << 6 | level) * UINT64_C(0x9e3779b97f4a7c15);
	struct node_slot *slot = &c->slot[h >> 48 & (NODE_SLOTS - 1)];

	if (slot->log != c->tree.log || slot->level != level || slot->index != index) {
		slot->log = 0;
		if (c->inner.node(c->inner.ctx, level, index, &slot->hash))
			return -1;
		slot->log = c->tree.log;
		slot->level = level;
		slot->index = index;
	}
	*out = slot->hash;
	return 0;
}
