/* Logs in memory. */
#include "tests/sim/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more than count. */
void *ram_grow(void *old, uint64_t count, uint64_t *room, size_t size)
{
	void *more;

	if (count < *room)
		return old;
	*room = *room ? 2 * *room : 8;
	more = realloc(old, *room * size);
	if (!more) {
		perror("the simulator");
		exit(70);
	}
	return more;
}

static uint8_t *copy_of(struct span s)
{
	uint64_t room = 0;
	uint8_t *copy = ram_grow(NULL, 0, &room, s.size / 8 + 1);

	if (s.size > 0)
		memcpy(copy, s.data, s.size);
	return copy;
}

static void keep_node(void *ctx, unsigned level, uint64_t index, const struct hash *hash)
{
	struct ram_level *v = &((struct ram_log *)ctx)->level[level];

	v->hash = ram_grow(v->hash, index, &v->room, sizeof *v->hash);
	v->hash[index] = *hash;
	v->count = index + 1;
}

void ram_append(struct ram_log *l, struct span entry)
{
	struct hash leaf;

	if (l->count == 0)
		frontier_init(&l->frontier);
	l->entry = ram_grow(l->entry, l->count, &l->room, sizeof *l->entry);
	l->entry[l->count++] = (struct span){ copy_of(entry), entry.size };
	hash_leaf(entry.data, entry.size, &leaf);
	frontier_append(&l->frontier, &leaf, keep_node, l);
}

void ram_clear(struct ram_log *l)
{
	for (uint64_t i = 0; i < l->count; i++)
		free((void *)l->entry[i].data);
	free(l->entry);
	for (unsigned i = 0; i < RAM_LEVELS; i++)
		free(l->level[i].hash);
	for (unsigned i = 0; i < RAM_HEADS; i++)
		free(l->head[i].note);
	free((void *)l->evidence.data);
	memset(l, 0, sizeof *l);
}

void ram_cut(struct ram_log *l, uint64_t size)
{
	const struct tree_reader reader = ram_reader(l);
	struct frontier at;

	if (size >= l->count || tree_frontier(&reader, size, &at))
		return;
	while (l->count > size)
		free((void *)l->entry[--l->count].data);
	for (unsigned i = 0; i < RAM_LEVELS; i++) {
		if (l->level[i].count > size >> i)
			l->level[i].count = size >> i;
	}
	l->frontier = at;
}

bool ram_has(const struct ram_log *l, struct span entry)
{
	struct hash leaf;

	hash_leaf(entry.data, entry.size, &leaf);
	for (uint64_t i = 0; i < l->count; i++) {
		if (hash_equal(&l->level[0].hash[i], &leaf))
			return true;
	}
	return false;
}

void ram_copy(struct ram_log *to, const struct ram_log *from)
{
	ram_clear(to);
	for (uint64_t i = 0; i < from->count; i++)
		ram_append(to, from->entry[i]);
	for (unsigned i = 0; i < RAM_HEADS; i++) {
		to->head[i] = from->head[i];
		if (from->head[i].note)
			to->head[i].note = copy_of((struct span){ from->head[i].note,
								  from->head[i].note_size });
	}
	to->cosigned = from->cosigned;
	if (from->evidence.data)
		to->evidence = (struct span){ copy_of(from->evidence), from->evidence.size };
}

static int read_node(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct ram_log *l = ctx;

	if (level >= RAM_LEVELS || index >= l->level[level].count)
		return -1;
	*out = l->level[level].hash[index];
	return 0;
}

struct tree_reader ram_reader(const struct ram_log *l)
{
	return (struct tree_reader){ .node = read_node, .ctx = (void *)l };
}

void ram_head_set(struct ram_log *l, enum ram_head_kind kind, const struct checkpoint *c,
		  struct span note)
{
	struct ram_head *h = &l->head[kind];
	uint8_t *copy = copy_of(note);

	free(h->note);
	*h = (struct ram_head){ c->size, c->root, copy, note.size };
}

static void move_head(struct ram_log *l, enum ram_head_kind to, enum ram_head_kind from)
{
	const struct ram_head *h = &l->head[from];
	const struct checkpoint c = { .size = h->size, .root = h->root };

	if (to != from && h->note)
		ram_head_set(l, to, &c, (struct span){ h->note, h->note_size });
}

int ram_head_take(struct ram_log *l, const struct checkpoint *c, struct span note)
{
	const struct tree_reader reader = ram_reader(l);
	struct hash root;

	if (c->size <= l->count && c->size > 0
	    && (tree_root(&reader, c->size, &root) || !hash_equal(&root, &c->root)))
		return -1;
	for (unsigned kind = 0; kind < RAM_HEADS; kind++) {
		if (l->head[kind].note && l->head[kind].size == c->size &&
		    !hash_equal(&l->head[kind].root, &c->root))
			return -1;
	}
	if (c->size <= l->head[RAM_SEEN].size)
		return 0;
	ram_head_set(l, RAM_SEEN, c, note);
	if (l->head[RAM_TARGET].size <= l->count)
		ram_head_set(l, RAM_TARGET, c, note);
	if (c->size <= l->count && c->size > l->head[RAM_PROVED].size)
		ram_head_set(l, RAM_PROVED, c, note);
	return 0;
}

void ram_freeze(struct ram_log *l)
{
	const struct ram_head *h = l->head;

	if (h[RAM_TARGET].size > h[RAM_PROVED].size && l->count > h[RAM_PROVED].size) {
		move_head(l, RAM_SEEN, RAM_TARGET);
		return;
	}
	for (unsigned kind = RAM_TARGET; kind < RAM_HEADS; kind++) {
		free(l->head[kind].note);
		l->head[kind] = (struct ram_head){ .note = NULL };
		move_head(l, (enum ram_head_kind)kind, RAM_PROVED);
	}
}

void ram_look_for(struct ram_log *l, const struct hash *tried, bool again)
{
	const struct tree_reader tree = ram_reader(l);
	const struct evidence_branch *next;
	struct fork_evidence e;
	struct fault f;

	if (l->count > l->head[RAM_PROVED].size || evidence_parse(&e, l->evidence, &f))
		return;
	next = evidence_next(&e, l->count, &tree, tried, again);
	if (!next) {
		ram_freeze(l);
		return;
	}
	ram_head_set(l, RAM_TARGET, &next->head, next->note);
	ram_head_set(l, RAM_SEEN, &next->head, next->note);
}

void ram_accuse(struct ram_log *l, struct span evidence)
{
	const struct span copy = { copy_of(evidence), evidence.size };

	free((void *)l->evidence.data);
	l->evidence = copy;
	ram_freeze(l);
	ram_look_for(l, NULL, true);
}

void ram_head_advance(struct ram_log *l)
{
	if (l->count < l->head[RAM_TARGET].size)
		return;
	move_head(l, RAM_PROVED, RAM_TARGET);
	move_head(l, RAM_TARGET, RAM_SEEN);
}
