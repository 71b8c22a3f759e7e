/*
 * A donor announces serials, mostly without makers. One that two makers have is
 * still that of the device that came with this serial in the lot of the announcement.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/life/forest.h"
#include "proto/life/group.h"

/* A serial with its maker, seen in a lot. */
struct arrival {
	uint32_t token;           /* the serial without its maker */
	uint32_t node;
	const char *lot;          /* borrowed from lots */
};

struct lots {
	char (*name)[TEXT_MAX + 1];   /* owned; by entry, "": none */
	struct arrival *arrival;      /* owned; sorted */
	size_t count;
};

static bool may_meet(const struct grouping *g, const struct join *j)
{
	return j->how == JOIN_ANNOUNCED && g->node[j->node].bare_serial
	       && g->entry[j->entry].counted;
}

static bool has_announced(const struct grouping *g)
{
	for (size_t i = 0; i < g->join_count; i++) {
		if (may_meet(g, &g->join[i]))
			return true;
	}
	return false;
}

static int compare_arrivals(const void *left, const void *right)
{
	const struct arrival *a = left, *b = right;
	if (a->token != b->token)
		return a->token < b->token ? -1 : 1;
	return strcmp(a->lot, b->lot);
}

static int lots_fill(struct lots *l, const struct grouping *g)
{
	l->name = calloc((size_t)g->entry_count + 1, sizeof *l->name);
	l->arrival = calloc(g->join_count + 1, sizeof *l->arrival);
	if (!l->name || !l->arrival)
		return -1;
	for (uint32_t e = 0; e < g->entry_count; e++) {
		if (g->entry[e].input->event->lot)
			ident_scope(g->entry[e].input->event->lot, l->name[e]);
	}
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		const struct node *n = &g->node[j->node];
		if (j->how != JOIN_DEVICE || !n->maker_serial || n->token == NO_NODE
		    || !g->entry[j->entry].counted || l->name[j->entry][0] == '\0')
			continue;
		l->arrival[l->count++] = (struct arrival){ n->token, j->node, l->name[j->entry] };
	}
	qsort(l->arrival, l->count, sizeof *l->arrival, compare_arrivals);
	return 0;
}

/* Keeps one arrival of each serial and lot; NO_NODE when it is of several devices. */
static void lots_reduce(struct lots *l, const struct grouping *g)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->count; i++) {
		const struct arrival *a = &l->arrival[i];
		struct arrival *last = kept > 0 ? &l->arrival[kept - 1] : NULL;
		if (!last || compare_arrivals(last, a) != 0) {
			l->arrival[kept++] = *a;
			continue;
		}
		if (last->node != NO_NODE && forest_root(g->parent, last->node)
					     != forest_root(g->parent, a->node))
			last->node = NO_NODE;
		/* of several names of one device the first, whatever the order of equals */
		if (last->node != NO_NODE && a->node < last->node)
			last->node = a->node;
	}
	l->count = kept;
}

int arrivals_find(struct grouping *g)
{
	struct lots l = { .count = 0 };
	int rc = -1;
	if (!has_announced(g))
		return 0;
	if (lots_fill(&l, g) < 0)
		goto out;
	lots_reduce(&l, g);
	for (size_t i = 0; i < g->join_count; i++) {
		struct join *j = &g->join[i];
		struct arrival wanted = { .token = j->node, .lot = l.name[j->entry] };
		if (!may_meet(g, j) || l.count == 0)
			continue;
		const struct arrival *a = bsearch(&wanted, l.arrival, l.count,
						  sizeof *l.arrival, compare_arrivals);
		j->met = a ? a->node : NO_NODE;
	}
	rc = 0;
out:
	free(l.name);
	free(l.arrival);
	return rc;
}
