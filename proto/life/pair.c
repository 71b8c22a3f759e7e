/*
 * One identifier of medium strength proves nothing: two real machines shared a
 * UUID. Two that agree do. A serial with its maker agrees with the same one without.
 */
#include <stdlib.h>

#include "proto/life/group.h"

/* Of one entry: what is left out is the same on all nodes, the last in order. More would
 * let a hostile entry cost hundreds of pairs. */
#define ENTRY_TOKENS_MAX 8

/* Two tokens in one entry. */
struct seen {
	uint32_t a, b, entry;
};

struct sightings {
	struct seen *item;        /* owned */
	size_t count, room;
};

static int compare_tokens(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

static bool joins_device(const struct grouping *g, size_t join)
{
	return g->join[join].how == JOIN_DEVICE
	       && g->entry[g->join[join].entry].counted;
}

/* The tokens of an entry, sorted, each once. */
static unsigned entry_tokens(const struct grouping *g, uint32_t e,
			     uint32_t out[2 * EVENT_IDENTIFIERS_MAX])
{
	unsigned count = 0, kept = 0;
	for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
		uint32_t token = g->node[g->join[i].node].token;
		if (joins_device(g, i) && token != NO_NODE && count < 2 * EVENT_IDENTIFIERS_MAX)
			out[count++] = token;
	}
	qsort(out, count, sizeof *out, compare_tokens);
	for (unsigned i = 0; i < count; i++) {
		if (kept == 0 || out[kept - 1] != out[i])
			out[kept++] = out[i];
	}
	return kept < ENTRY_TOKENS_MAX ? kept : ENTRY_TOKENS_MAX;
}

static int add_seen(struct sightings *s, uint32_t a, uint32_t b, uint32_t entry)
{
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct seen *more = realloc(s->item, room * sizeof *more);
		if (!more)
			return -1;
		s->item = more;
		s->room = room;
	}
	s->item[s->count++] = (struct seen){ a, b, entry };
	return 0;
}

static int see_entry(const struct grouping *g, uint32_t e, struct sightings *s)
{
	uint32_t token[2 * EVENT_IDENTIFIERS_MAX];
	unsigned count = entry_tokens(g, e, token);
	for (unsigned i = 0; i < count; i++) {
		for (unsigned k = i + 1; k < count; k++) {
			if (add_seen(s, token[i], token[k], e) < 0)
				return -1;
		}
	}
	return 0;
}

static int compare_seen(const void *left, const void *right)
{
	const struct seen *x = left, *y = right;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static bool same_pair(const struct seen *x, const struct seen *y)
{
	return x->a == y->a && x->b == y->b;
}

/* Pairs that two entries or more share, and the ties of these. */
static void keep_shared(struct grouping *g, const struct sightings *s)
{
	for (size_t i = 0, end; i < s->count; i = end) {
		for (end = i + 1; end < s->count && same_pair(&s->item[i], &s->item[end]);)
			end++;
		if (end - i < 2)
			continue;
		uint32_t node = g->node_count + g->pair_count;
		g->pair[g->pair_count++] = (struct pair){ s->item[i].a, s->item[i].b };
		for (size_t k = i; k < end; k++)
			g->tie[g->tie_count++] = (struct tie){ node, s->item[k].entry };
	}
}

static void tie_nodes(struct grouping *g)
{
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		if (joins_device(g, i) && g->node[j->node].joins)
			g->tie[g->tie_count++] = (struct tie){ j->node, j->entry };
	}
}

static int compare_ties(const void *left, const void *right)
{
	const struct tie *a = left, *b = right;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static void sort_ties(struct grouping *g)
{
	size_t kept = 0;
	if (g->tie_count > 0)
		qsort(g->tie, g->tie_count, sizeof *g->tie, compare_ties);
	for (size_t i = 0; i < g->tie_count; i++) {
		if (kept == 0 || compare_ties(&g->tie[kept - 1], &g->tie[i]) != 0)
			g->tie[kept++] = g->tie[i];
	}
	g->tie_count = kept;
}

int pairs_find(struct grouping *g)
{
	struct sightings s = { .item = NULL };
	int rc = -1;
	for (uint32_t e = 0; e < g->entry_count; e++) {
		if (see_entry(g, e, &s) < 0)
			goto out;
	}
	if (s.count > 0)
		qsort(s.item, s.count, sizeof *s.item, compare_seen);
	g->pair = calloc(s.count + 1, sizeof *g->pair);
	g->tie = calloc(g->join_count + s.count + 1, sizeof *g->tie);
	if (!g->pair || !g->tie)
		goto out;
	tie_nodes(g);
	keep_shared(g, &s);
	sort_ties(g);
	rc = 0;
out:
	free(s.item);
	return rc;
}
