/* Devices as lists: their entries and their identifiers. */
#include <stdlib.h>

#include "proto/life/group.h"

/* Corrections of corrections end somewhere; a circle of them does not. */
#define TARGET_DEPTH_MAX 16

/* The entry whose devices e is shown with: its own, or those of what it corrects. */
static uint32_t entry_source(const struct grouping *g, uint32_t e)
{
	for (int i = 0; i < TARGET_DEPTH_MAX; i++) {
		if (g->entry[e].target == NO_ENTRY)
			break;
		e = g->entry[e].target;
	}
	return e;
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static void sort_members(struct groups *out, size_t used)
{
	qsort(out->member, used, sizeof *out->member, compare_members);
	for (size_t i = 0; i < used; i++) {
		if (i == 0 || compare_members(&out->member[i - 1], &out->member[i]) != 0)
			out->member[out->member_count++] = out->member[i];
	}
}

/* Numbers the roots by their first entry and lists who belongs to them. */
int members_list(struct grouping *g, struct groups *out)
{
	uint32_t *number = calloc((size_t)forest_size(g) + 1, sizeof *number);
	size_t room = 0, used = 0;
	for (uint32_t e = 0; e < g->entry_count; e++) {
		uint32_t from = entry_source(g, e);
		room += g->first[from + 1] - g->first[from];
	}
	out->member = calloc(room + 1, sizeof *out->member);
	if (!number || !out->member) {
		free(number);
		return -1;
	}
	for (uint32_t e = 0; e < g->entry_count; e++) {
		uint32_t from = entry_source(g, e);
		for (size_t i = g->first[from]; i < g->first[from + 1]; i++) {
			struct join *j = &g->join[i];
			if (j->root == NO_NODE)
				continue;
			if (number[j->root] == 0)
				number[j->root] = ++out->count;
			j->group = number[j->root] - 1;
			out->member[used++] = (struct member){ j->group, e };
		}
	}
	free(number);
	sort_members(out, used);
	return 0;
}

/* --- identifiers of each device --- */

static int compare_joins(const void *left, const void *right)
{
	const struct join *a = left, *b = right;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

/* From the entries that count, or from all when none does. Returns a copy. */
static struct join *joins_kept(const struct grouping *g, unsigned group_count, size_t *count)
{
	bool *counted = calloc((size_t)group_count + 1, sizeof *counted);
	struct join *kept = calloc(g->join_count + 1, sizeof *kept);
	*count = 0;
	if (!counted || !kept) {
		free(counted);
		free(kept);
		return NULL;
	}
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		if (j->root != NO_NODE)
			counted[j->group] |= g->entry[j->entry].counted;
	}
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		if (j->root != NO_NODE
		    && (g->entry[j->entry].counted || !counted[j->group]))
			kept[(*count)++] = *j;
	}
	free(counted);
	return kept;
}

int idents_list(struct grouping *g, struct groups *out)
{
	size_t count;
	struct join *kept = joins_kept(g, out->count, &count);
	int rc = -1;
	if (!kept)
		return -1;
	/* by the entry that says so, before they are sorted */
	struct join *sorted = calloc(count + 1, sizeof *sorted);
	out->named = calloc(count + 1, sizeof *out->named);
	if (!sorted || !out->named)
		goto out;
	for (size_t i = 0; i < count; i++)
		sorted[i] = kept[i];
	qsort(sorted, count, sizeof *sorted, compare_joins);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && compare_joins(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		struct named *n = &out->named[out->named_count++];
		n->group = sorted[i].group;
		n->node = sorted[i].node;
		node_ident(g, sorted[i].node, &n->ident);
	}
	rc = reasons_find(g, kept, count, out);
out:
	free(kept);
	free(sorted);
	return rc;
}
