/*
 * Quarantine in the simulator: what a node keeps beside its logs - the fence, the
 * entries aside, whether it was in doubt - and what befalls whole disks: copies that
 * are put back, fences that are lost, a second machine with the same keys.
 */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Dies between two things that one effect does? */
static bool dies(struct node *n)
{
	if (n->crash_in == 0 || --n->crash_in > 0)
		return false;
	node_stop(n->world, n->id);
	return true;
}

/* --- the fence --- */

static int root_of(void *ctx, uint64_t size, struct hash *out)
{
	const struct node *n = ctx;
	const struct ram_log *own = &n->log[n->own];
	const struct tree_reader reader = ram_reader(own);
	struct frontier at = own->frontier;

	if (size <= own->count)
		return tree_root(&reader, size, out);
	if (size - own->count > n->aside.count)
		return -1;
	for (uint64_t i = 0; at.size < size; i++)
		frontier_append(&at, &n->aside.level[0].hash[i], NULL, NULL);
	frontier_root(&at, out);
	return 0;
}

enum fence_word node_fence(const struct node *n)
{
	const struct ram_log *own = &n->log[n->own];
	struct fence fence = { .size = n->fence.size, .root = n->fence.root };
	struct fence_store store = {
		.origin = signer_verifier(n->signer)->name,
		.signed_size = own->head[RAM_PROVED].size,
		.held = own->count, .root = root_of, .ctx = (void *)n,
	};

	put_u64(fence.store, n->fence.store);
	put_u64(store.store, n->store);
	snprintf(fence.origin, sizeof fence.origin, "%s", store.origin);
	return fence_judge(n->fence.size ? &fence : NULL, &store);
}

static void keep_fence(struct node *n)
{
	const struct ram_head *h = &n->log[n->own].head[RAM_PROVED];

	if (h->size > n->fence.size || n->fence.store != n->store)
		n->fence = (struct sim_fence){ h->size, n->store, h->root };
}

bool aside_sign(struct node *n, const struct checkpoint *c)
{
	if (dies(n))
		return false;
	n->fence = (struct sim_fence){ c->size, n->store, c->root };
	return !dies(n);
}

/* --- the two effects --- */

static bool move(struct node *n, struct ram_log *to, const struct ram_log *from, uint64_t first)
{
	for (uint64_t i = first; i < from->count; i++) {
		if (!ram_has(to, from->entry[i]))
			ram_append(to, from->entry[i]);
		if (i % 3 == 2 && dies(n))
			return false;
	}
	return true;
}

bool aside_begin(struct node *n)
{
	struct ram_log *own = &n->log[n->own];

	n->doubt = true;
	n->in_aside = true;
	if (dies(n) || !move(n, &n->aside, own, own->head[RAM_PROVED].size))
		return false;
	ram_cut(own, own->head[RAM_PROVED].size);
	ram_head_advance(own);
	world_say(n->world, n, "is in quarantine, %" PRIu64 " aside", n->aside.count);
	return true;
}

bool aside_end(struct node *n)
{
	struct ram_log *own = &n->log[n->own];

	keep_fence(n);
	if (dies(n) || !move(n, own, &n->aside, 0) || dies(n))
		return false;
	ram_clear(&n->aside);
	if (dies(n))
		return false;
	n->doubt = n->in_aside = false;
	world_say(n->world, n, "leaves quarantine, holds %" PRIu64, own->count);
	return true;
}

/* --- what befalls disks --- */

void disk_save(struct disk_copy *to, const struct node *n)
{
	if (!to->log)
		to->log = calloc(world_logs(n->world), sizeof *to->log);
	to->logs = world_logs(n->world);
	for (unsigned log = 0; log < to->logs; log++)
		ram_copy(&to->log[log], &n->log[log]);
	ram_copy(&to->aside, &n->aside);
	to->doubt = n->doubt;
	to->store = n->store;
	to->fence = n->fence;
}

void disk_clear(struct disk_copy *d)
{
	for (unsigned log = 0; log < d->logs; log++)
		ram_clear(&d->log[log]);
	free(d->log);
	ram_clear(&d->aside);
	memset(d, 0, sizeof *d);
}

static bool is_elsewhere(const struct node *n, struct span entry)
{
	const struct world *w = n->world;

	for (unsigned i = 0; i < w->count; i++) {
		if (i != n->id && ram_has(&w->node[i].log[n->own], entry))
			return true;
	}
	return false;
}

/* What was acknowledged is owed while a copy survives: here or at another node. */
void disk_forget_lost(struct node *n)
{
	struct ram_log *said = &n->world->said[n->id], kept = { .count = 0 };

	for (uint64_t i = 0; i < said->count; i++) {
		if (ram_has(&n->log[n->own], said->entry[i]) ||
		    ram_has(&n->aside, said->entry[i]) || is_elsewhere(n, said->entry[i]))
			ram_append(&kept, said->entry[i]);
	}
	ram_clear(said);
	*said = kept;
}

void disk_restore(struct node *n, const struct disk_copy *d, enum disk_fence fence)
{
	for (unsigned log = 0; log < d->logs; log++) {
		ram_copy(&n->log[log], &d->log[log]);
		n->checked[log] = 0;
	}
	ram_copy(&n->aside, &d->aside);
	n->doubt = d->doubt;
	n->store = d->store;
	if (fence == FENCE_LOST)
		n->fence = (struct sim_fence){ .size = 0 };
	else if (fence == FENCE_COPIED)
		n->fence = d->fence;
	disk_forget_lost(n);
	world_say(n->world, n, "is an old copy, holds %" PRIu64, n->log[n->own].count);
}

void disk_lose(struct node *n)
{
	const struct disk_copy nothing = { .logs = 0 };

	for (unsigned log = 0; log < world_logs(n->world); log++) {
		ram_clear(&n->log[log]);
		n->checked[log] = 0;
	}
	disk_restore(n, &nothing, FENCE_LOST);
	n->store = 1000 + n->world->seq++;
	/* trac restore says so when it makes the new home */
	n->doubt = true;
}

void node_twin(struct world *w, unsigned id, unsigned of)
{
	struct node *n = &w->node[id], *first = &w->node[of];
	struct disk_copy d = { .logs = 0 };
	const uint8_t seed[KEY_SEED_SIZE] = { 1, 0, 0, 0, (uint8_t)(of >> 24), (uint8_t)(of >> 16),
					      (uint8_t)(of >> 8), (uint8_t)of };
	struct fault f;

	signer_destroy(n->signer);
	n->signer = signer_create(signer_verifier(first->signer)->name, KEY_ED25519, seed, &f);
	memcpy(n->name, first->name, sizeof n->name);
	memcpy(n->link_key, first->link_key, sizeof n->link_key);
	n->own = first->own;
	disk_save(&d, first);
	disk_restore(n, &d, FENCE_LOST);
	disk_clear(&d);
}
