/*
 * Why the identifiers of a device are held to be of one: of all that ties two of
 * them, a spanning tree. Pairs first, which say most about how entries came
 * together, then entries, links, lots and bare serials.
 */
#include <stdlib.h>

#include "proto/life/forest.h"
#include "proto/life/group.h"

struct finding {
	const struct grouping *grouping;   /* borrowed, as the next */
	struct groups *out;
	uint32_t *parent;                  /* owned; forest of out->named */
};

/* Position in out->named; NO_NODE: the device does not name it. */
static uint32_t find_named(const struct groups *g, uint32_t group, uint32_t node)
{
	size_t low = 0, high = g->named_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct named *n = &g->named[middle];
		if (n->group < group || (n->group == group && n->node < node))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == g->named_count || g->named[low].group != group || g->named[low].node != node)
		return NO_NODE;
	return (uint32_t)low;
}

static void add_reason(struct finding *f, uint32_t group, uint32_t a, uint32_t b,
		       enum evidence_how how, uint32_t entry)
{
	uint32_t x = find_named(f->out, group, a), y = find_named(f->out, group, b);
	if (x == NO_NODE || y == NO_NODE || forest_root(f->parent, x) == forest_root(f->parent, y))
		return;
	forest_unite(f->parent, x, y);
	f->out->reason[f->out->reason_count++] = (struct reason){
		.group = group, .a = x < y ? x : y, .b = x < y ? y : x, .how = how, .entry = entry,
	};
}

/* The first of the entry's identifiers that counts as token. */
static uint32_t node_of_token(const struct grouping *g, uint32_t e, uint32_t token,
			      uint32_t *group)
{
	for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
		if (g->join[i].how != JOIN_DEVICE || g->node[g->join[i].node].token != token)
			continue;
		*group = g->join[i].group;
		return g->join[i].node;
	}
	return NO_NODE;
}

/* By the second entry that names the pair: the first to agree with another. */
static void add_pairs(struct finding *f)
{
	const struct grouping *g = f->grouping;
	for (size_t i = 1; i < g->tie_count; i++) {
		const struct tie *t = &g->tie[i];
		bool second = g->tie[i - 1].node == t->node
			      && (i < 2 || g->tie[i - 2].node != t->node);
		if (t->node < g->node_count || !second || g->contested[t->node])
			continue;
		const struct pair *p = &g->pair[t->node - g->node_count];
		uint32_t group = 0;
		uint32_t a = node_of_token(g, t->entry, p->a, &group);
		uint32_t b = node_of_token(g, t->entry, p->b, &group);
		if (a != NO_NODE && b != NO_NODE)
			add_reason(f, group, a, b, BY_MEDIUM_PAIR, t->entry);
	}
}

/* Identifiers that one entry names together; joins are those of its device's list. */
static void add_entries(struct finding *f, const struct join *join, size_t count)
{
	size_t first = 0;
	for (size_t i = 0; i < count; i++) {
		if (join[i].how != JOIN_DEVICE)
			continue;
		if (join[first].how != JOIN_DEVICE || join[first].entry != join[i].entry)
			first = i;
		if (join[first].node != join[i].node)
			add_reason(f, join[i].group, join[first].node, join[i].node, BY_ENTRY,
				   join[i].entry);
	}
}

static void add_links(struct finding *f)
{
	const struct grouping *g = f->grouping;
	for (size_t i = 0; i < g->link_count; i++) {
		const struct link *l = &g->link[i];
		uint32_t group = g->join[g->first[l->entry]].group;
		add_reason(f, group, l->low, l->high, BY_LINK, l->entry);
	}
}

static void add_arrivals(struct finding *f)
{
	const struct grouping *g = f->grouping;
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		if (j->how == JOIN_ANNOUNCED && j->met != NO_NODE)
			add_reason(f, j->group, j->node, j->met, BY_ANNOUNCEMENT, j->entry);
	}
}

static void add_bare_serials(struct finding *f)
{
	const struct grouping *g = f->grouping;
	struct groups *out = f->out;
	for (size_t i = 0; i < out->named_count; i++) {
		uint32_t bare = out->named[i].node;
		if (!g->node[bare].bare_serial)
			continue;
		for (size_t k = i + 1; k < out->named_count; k++) {
			if (out->named[k].group != out->named[i].group
			    || !node_same_value(g, bare, out->named[k].node))
				break;
			add_reason(f, out->named[i].group, bare, out->named[k].node,
				   BY_BARE_SERIAL, NO_ENTRY);
		}
	}
}

static int compare_reasons(const void *left, const void *right)
{
	const struct reason *x = left, *y = right;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

int reasons_find(const struct grouping *g, const struct join *join, size_t count,
		 struct groups *out)
{
	struct finding f = { .grouping = g, .out = out };
	f.parent = forest_create(out->named_count);
	/* a tree has an edge less than nodes */
	out->reason = calloc(out->named_count + 1, sizeof *out->reason);
	if (!f.parent || !out->reason) {
		free(f.parent);
		return -1;
	}
	add_pairs(&f);
	add_entries(&f, join, count);
	add_links(&f);
	add_arrivals(&f);
	add_bare_serials(&f);
	free(f.parent);
	/* positions ascend with the groups */
	qsort(out->reason, out->reason_count, sizeof *out->reason, compare_reasons);
	return 0;
}
