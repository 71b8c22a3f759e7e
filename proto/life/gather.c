/* Devices as lists: their entries and their identifiers. */
#include <stdlib.h>
#include <string.h>

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

/* Corrections of a donation are shown with each of the devices that it announced: so many
 * of one, or a handful of bytes would cost hundreds of lines. */
#define CORRECTIONS_SHOWN_MAX 16

/* The joins by which e is shown; shown: how many corrections of each entry were. */
static size_t shown_joins(const struct grouping *g, uint32_t e, uint8_t *shown, size_t *first)
{
	uint32_t from = entry_source(g, e);
	size_t count = g->first[from + 1] - g->first[from];
	*first = g->first[from];
	if (from == e || count <= 2 * EVENT_IDENTIFIERS_MAX)
		return count;
	if (shown[from] == CORRECTIONS_SHOWN_MAX)
		return 0;
	shown[from]++;
	return count;
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
	uint8_t *shown = calloc((size_t)g->entry_count + 1, 1);
	size_t room = 0, used = 0, first = 0;
	int rc = -1;
	if (!number || !shown)
		goto out;
	for (uint32_t e = 0; e < g->entry_count; e++)
		room += shown_joins(g, e, shown, &first);
	out->member = calloc(room + 1, sizeof *out->member);
	if (!out->member)
		goto out;
	memset(shown, 0, g->entry_count);
	for (uint32_t e = 0; e < g->entry_count; e++) {
		size_t end = shown_joins(g, e, shown, &first);
		end += first;
		for (size_t i = first; i < end; i++) {
			struct join *j = &g->join[i];
			if (j->root == NO_NODE)
				continue;
			if (number[j->root] == 0)
				number[j->root] = ++out->count;
			j->group = number[j->root] - 1;
			out->member[used++] = (struct member){ j->group, e };
		}
	}
	sort_members(out, used);
	rc = 0;
out:
	free(number);
	free(shown);
	return rc;
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
