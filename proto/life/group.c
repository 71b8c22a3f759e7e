/*
 * Which entries are about which device: a union-find whose nodes are the
 * identifiers. Source: domain page, 5.3.
 *
 * What counts (valid, not corrected, not repeated) joins the identifiers that
 * it names; what does not count is only shown with the device that it names.
 * Weak identifiers never join, those of medium strength only when a link names
 * them. Every decision is taken on all entries, never one after the other, so
 * that the order in which they arrived cannot matter.
 */
#include "proto/life/group.h"

#include <stdlib.h>
#include <string.h>

static uint32_t find_root(struct node *node, uint32_t at)
{
	while (node[at].parent != at) {
		node[at].parent = node[node[at].parent].parent;
		at = node[at].parent;
	}
	return at;
}

static void unite(struct node *node, uint32_t a, uint32_t b)
{
	uint32_t x = find_root(node, a), y = find_root(node, b);
	if (x < y)
		node[y].parent = x;
	else
		node[x].parent = y;
}

/* --- links --- */

/* One IdentityLinked that counts. */
struct link {
	uint32_t low, high;       /* nodes */
	uint32_t entry;
	bool on;
};

static int compare_links(const void *left, const void *right)
{
	const struct link *a = left, *b = right;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

/* Both ends of a link entry, when it counts and both can tell devices apart. */
static bool read_link(const struct grouping *g, uint32_t entry, struct link *out)
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
	out->low = j[ordered ? 0 : 1].node;
	out->high = j[ordered ? 1 : 0].node;
	out->entry = entry;
	out->on = direction == TRAC__LINK_DIRECTION__LINK;
	return true;
}

/* The last word on a pair decides. */
static int apply_links(struct grouping *g)
{
	struct link one;
	size_t count = 0;
	for (uint32_t i = 0; i < g->entry_count; i++)
		count += read_link(g, i, &one);
	if (count == 0)
		return 0;
	struct link *link = calloc(count, sizeof *link);
	if (!link)
		return -1;
	count = 0;
	for (uint32_t i = 0; i < g->entry_count; i++)
		count += read_link(g, i, &link[count]);
	qsort(link, count, sizeof *link, compare_links);
	for (size_t i = 0; i < count; i++) {
		bool last = i + 1 == count || link[i].low != link[i + 1].low
			    || link[i].high != link[i + 1].high;
		if (!last || !link[i].on)
			continue;
		g->node[link[i].low].joins = true;
		g->node[link[i].high].joins = true;
		unite(g->node, link[i].low, link[i].high);
	}
	free(link);
	return 0;
}

/* --- joining --- */

static void mark_nodes(struct grouping *g)
{
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		struct node *n = &g->node[j->node];
		n->counted |= g->entry[j->entry].counted;
		n->known |= j->how != JOIN_ANNOUNCED;
	}
	for (uint32_t i = 0; i < g->node_count; i++) {
		g->node[i].parent = i;
		g->node[i].joins = g->node[i].strength == STRONG || g->node[i].bare_serial;
	}
}

/* All identifiers of one device in one entry are of one device. */
static void apply_entries(struct grouping *g)
{
	for (uint32_t e = 0; e < g->entry_count; e++) {
		uint32_t before = NO_NODE;
		for (size_t i = g->first[e]; g->entry[e].counted && i < g->first[e + 1]; i++) {
			uint32_t node = g->join[i].node;
			if (g->join[i].how != JOIN_DEVICE || !g->node[node].joins)
				continue;
			if (before != NO_NODE)
				unite(g->node, before, node);
			before = node;
		}
	}
}

/*
 * The device that a serial without maker belongs to: the only one that has
 * this serial with a maker. Nodes are sorted, so these follow it at once.
 */
static uint32_t only_maker(struct grouping *g, uint32_t bare)
{
	const char *text = node_text(g, bare);
	size_t size = strlen(text);       /* it ends in the tab before the maker */
	uint32_t found = NO_NODE;
	for (uint32_t i = bare + 1; i < g->node_count; i++) {
		if (strncmp(node_text(g, i), text, size) != 0)
			break;
		if (!g->node[i].counted)
			continue;
		uint32_t root = find_root(g->node, i);
		if (found != NO_NODE && found != root)
			return NO_NODE;
		found = root;
	}
	return found;
}

/* First all are decided, then all are joined: no decision sees another. */
static int apply_bare_serials(struct grouping *g)
{
	uint32_t *owner = calloc(g->node_count + 1, sizeof *owner);
	if (!owner)
		return -1;
	for (uint32_t i = 0; i < g->node_count; i++)
		owner[i] = g->node[i].bare_serial ? only_maker(g, i) : NO_NODE;
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (owner[i] != NO_NODE)
			unite(g->node, i, owner[i]);
	}
	free(owner);
	return 0;
}

/* --- which device an entry is shown with --- */

/* Announced and never seen: shown as devices of their own, up to a limit that
 * keeps a hostile list from costing more memory than its bytes. */
#define ANNOUNCED_ALONE_MAX 4096

static void drop_announced(struct grouping *g)
{
	uint32_t alone = 0;
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (g->node[i].known)
			g->node[find_root(g->node, i)].root_known = true;
	}
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (!g->node[find_root(g->node, i)].root_known && ++alone > ANNOUNCED_ALONE_MAX)
			g->node[i].dropped = true;
	}
}

/* The root of the device that a whole entry is about. When nothing in it joins,
 * it is a device of its own. */
static uint32_t entry_root(struct grouping *g, uint32_t e)
{
	uint32_t first = NO_NODE;
	for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
		uint32_t node = g->join[i].node;
		if (g->join[i].how != JOIN_DEVICE || !g->node[node].joins)
			continue;
		if (g->node[node].counted)
			return find_root(g->node, node);
		if (first == NO_NODE)
			first = node;
	}
	return first == NO_NODE ? g->node_count + e : find_root(g->node, first);
}

static void set_roots(struct grouping *g)
{
	for (uint32_t e = 0; e < g->entry_count; e++) {
		uint32_t root = entry_root(g, e);
		for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
			struct join *j = &g->join[i];
			if (j->how == JOIN_DEVICE)
				j->root = root;
			else if (j->how == JOIN_ANNOUNCED && g->node[j->node].dropped)
				j->root = NO_NODE;
			else
				j->root = find_root(g->node, j->node);
		}
	}
}

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

/* Numbers the roots by their first entry and lists who belongs to them. */
static int list_members(struct grouping *g, struct groups *out)
{
	uint32_t *number = calloc((size_t)g->node_count + g->entry_count, sizeof *number);
	size_t room = 0;
	for (uint32_t e = 0; e < g->entry_count; e++) {
		uint32_t from = entry_source(g, e);
		room += g->first[from + 1] - g->first[from];
	}
	out->member = calloc(room + 1, sizeof *out->member);
	if (!number || !out->member) {
		free(number);
		return -1;
	}
	size_t used = 0;
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
	qsort(out->member, used, sizeof *out->member, compare_members);
	for (size_t i = 0; i < used; i++) {
		if (i == 0 || compare_members(&out->member[i - 1], &out->member[i]) != 0)
			out->member[out->member_count++] = out->member[i];
	}
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

/* From the entries that count, or from all when none does. */
static int list_idents(struct grouping *g, struct groups *out)
{
	bool *counted = calloc(out->count + 1, sizeof *counted);
	out->named = calloc(g->join_count + 1, sizeof *out->named);
	if (!counted || !out->named) {
		free(counted);
		return -1;
	}
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		if (j->root != NO_NODE)
			counted[j->group] |= g->entry[j->entry].counted;
	}
	size_t kept = 0;
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		if (j->root != NO_NODE
		    && (g->entry[j->entry].counted || !counted[j->group]))
			g->join[kept++] = *j;
	}
	free(counted);
	if (kept > 0)
		qsort(g->join, kept, sizeof *g->join, compare_joins);
	for (size_t i = 0; i < kept; i++) {
		if (i > 0 && compare_joins(&g->join[i - 1], &g->join[i]) == 0)
			continue;
		struct named *n = &out->named[out->named_count++];
		n->group = g->join[i].group;
		node_ident(g, g->join[i].node, &n->ident);
	}
	return 0;
}

static int find_groups(struct grouping *g, struct groups *out)
{
	if (grouping_collect(g) < 0)
		return -1;
	mark_nodes(g);
	if (apply_links(g) < 0)
		return -1;
	apply_entries(g);
	if (apply_bare_serials(g) < 0)
		return -1;
	drop_announced(g);
	set_roots(g);
	if (list_members(g, out) < 0)
		return -1;
	return list_idents(g, out);
}

int groups_find(const struct entry *entry, unsigned count, struct groups *out)
{
	struct grouping g = { .entry = entry, .entry_count = count };
	memset(out, 0, sizeof *out);
	int rc = find_groups(&g, out);
	grouping_clear(&g);
	if (rc < 0)
		groups_clear(out);
	return rc;
}

void groups_clear(struct groups *g)
{
	free(g->member);
	free(g->named);
	memset(g, 0, sizeof *g);
}
