/* Links and splits: of several that name one pair of identifiers the last counts. */
#include <stdlib.h>

#include "proto/life/group.h"

/* One IdentityLinked that counts. */
struct said {
	struct link link;
	bool on;
};

static int compare_said(const void *left, const void *right)
{
	const struct link *a = &((const struct said *)left)->link;
	const struct link *b = &((const struct said *)right)->link;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

/* Both ends of a link entry, when it counts and both can tell devices apart. */
static bool read_link(const struct grouping *g, uint32_t entry, struct said *out)
{
	const struct entry *e = &g->entry[entry];
	const struct join *j = &g->join[g->first[entry]];
	if (!e->counted || !e->kind || e->kind->tag != TRAC__EVENT__BODY_IDENTITY_LINKED)
		return false;
	if (g->first[entry + 1] - g->first[entry] != 2)
		return false;
	if (g->node[j[0].node].strength == WEAK || g->node[j[1].node].strength == WEAK)
		return false;
	Trac__LinkDirection direction = e->input->event->identity_linked->direction;
	if (direction != TRAC__LINK_DIRECTION__LINK && direction != TRAC__LINK_DIRECTION__SPLIT)
		return false;
	bool ordered = j[0].node < j[1].node;
	out->link.low = j[ordered ? 0 : 1].node;
	out->link.high = j[ordered ? 1 : 0].node;
	out->link.entry = entry;
	out->on = direction == TRAC__LINK_DIRECTION__LINK;
	return true;
}

static bool same_pair(const struct said *a, const struct said *b)
{
	return a->link.low == b->link.low && a->link.high == b->link.high;
}

static void keep_last(struct grouping *g, struct said *said, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if ((i + 1 < count && same_pair(&said[i], &said[i + 1])) || !said[i].on)
			continue;
		g->link[g->link_count++] = said[i].link;
		g->node[said[i].link.low].joins = true;
		g->node[said[i].link.high].joins = true;
	}
}

int group_links_find(struct grouping *g)
{
	struct said one;
	size_t count = 0;
	for (uint32_t i = 0; i < g->entry_count; i++)
		count += read_link(g, i, &one);
	if (count == 0)
		return 0;
	struct said *said = calloc(count, sizeof *said);
	g->link = calloc(count, sizeof *g->link);
	if (!said || !g->link) {
		free(said);
		return -1;
	}
	count = 0;
	for (uint32_t i = 0; i < g->entry_count; i++)
		count += read_link(g, i, &said[count]);
	qsort(said, count, sizeof *said, compare_said);
	keep_last(g, said, count);
	free(said);
	return 0;
}
