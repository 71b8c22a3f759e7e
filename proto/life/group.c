/*
 * Which entries are about which device: a forest of identifiers, pairs of them,
 * and entries. group.h says by what rules.
 *
 * What counts (valid, not corrected, not repeated) joins the identifiers that
 * it names; what does not count is only shown with the device that it names.
 * Weak identifiers never join, those of medium strength in pairs, or when a link
 * names them.
 */
#include "proto/life/group.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/forest.h"

static void mark_nodes(struct grouping *g)
{
	uint32_t bare = NO_NODE;
	for (size_t i = 0; i < g->join_count; i++) {
		const struct join *j = &g->join[i];
		struct node *n = &g->node[j->node];
		n->counted |= g->entry[j->entry].counted;
		n->known |= j->how != JOIN_ANNOUNCED;
	}
	for (uint32_t i = 0; i < g->node_count; i++) {
		struct node *n = &g->node[i];
		n->joins = n->strength == STRONG || n->bare_serial;
		n->token = n->strength == MEDIUM ? i : NO_NODE;
		/* sorted: the one without maker comes first */
		if (n->bare_serial)
			bare = i;
		if (n->maker_serial && bare != NO_NODE && node_same_value(g, bare, i))
			n->token = bare;
	}
}

/* --- joining --- */

/* Which of the contested identifiers of an entry says most: the lowest. */
static unsigned contested_rank(const struct grouping *g, uint32_t node)
{
	if (node >= g->node_count)
		return 6;
	switch (g->node[node].kind) {
	case TRAC__IDENTIFIER_KIND__IMEI:
		return 0;
	case TRAC__IDENTIFIER_KIND__GS1:
		return 1;
	case TRAC__IDENTIFIER_KIND__ASSET_TAG:
		return 2;
	case TRAC__IDENTIFIER_KIND__LABEL:
		return 3;
	case TRAC__IDENTIFIER_KIND__SERIAL:
		return 4;
	case TRAC__IDENTIFIER_KIND__BOARD_SERIAL:
	case TRAC__IDENTIFIER_KIND__CHASSIS_SERIAL:
	case TRAC__IDENTIFIER_KIND__UUID:
	case TRAC__IDENTIFIER_KIND__MAC:
	case TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL:
	case TRAC__IDENTIFIER_KIND__WWN:
	case TRAC__IDENTIFIER_KIND__PART_SERIAL:
	case TRAC__IDENTIFIER_KIND__IDENTIFIER_UNSPECIFIED:
	case _TRAC__IDENTIFIER_KIND_IS_INT_SIZE:
		break;
	}
	return 5;
}

static bool is_better(const struct grouping *g, uint32_t node, uint32_t than)
{
	if (than == NO_NODE)
		return true;
	unsigned a = contested_rank(g, node), b = contested_rank(g, than);
	return a != b ? a < b : node < than;
}

int ties_join(const struct grouping *g, uint32_t *parent)
{
	/* of each entry: NO_NODE, or the contested node it belongs to for want of others */
	uint32_t *last = calloc((size_t)g->entry_count + 1, sizeof *last);
	bool *settled = calloc((size_t)g->entry_count + 1, sizeof *settled);
	if (!last || !settled) {
		free(last);
		free(settled);
		return -1;
	}
	memset(last, 0xff, ((size_t)g->entry_count + 1) * sizeof *last);
	for (size_t i = 0; i < g->link_count; i++)
		forest_unite(parent, g->link[i].low, g->link[i].high);
	for (size_t i = 0; i < g->tie_count; i++) {
		const struct tie *t = &g->tie[i];
		if (!g->contested[t->node]) {
			forest_unite(parent, t->node, entry_node(g, t->entry));
			settled[t->entry] = true;
		} else if (is_better(g, t->node, last[t->entry])) {
			last[t->entry] = t->node;
		}
	}
	for (uint32_t e = 0; e < g->entry_count; e++) {
		if (!settled[e] && last[e] != NO_NODE)
			forest_unite(parent, last[e], entry_node(g, e));
	}
	free(last);
	free(settled);
	return 0;
}

/*
 * The device that a serial without maker belongs to: the only one that has
 * this serial with a maker. Nodes are sorted, so these follow it at once.
 */
static uint32_t only_maker(struct grouping *g, uint32_t bare)
{
	uint32_t found = NO_NODE;
	for (uint32_t i = bare + 1; i < g->node_count && node_same_value(g, bare, i); i++) {
		if (!g->node[i].counted)
			continue;
		uint32_t root = forest_root(g->parent, i);
		if (found != NO_NODE && found != root)
			return NO_NODE;
		found = root;
	}
	return found;
}

static void unite_owners(const struct grouping *g, const uint32_t *owner, uint32_t *parent)
{
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (owner[i] != NO_NODE)
			forest_unite(parent, i, owner[i]);
	}
}

/* Owners that would make a contradiction, all being joined, are none. */
static int refuse_owners(const struct grouping *g, uint32_t *owner)
{
	uint32_t *trial = forest_create(forest_size(g));
	bool *clash = NULL;
	int rc = -1;
	if (!trial)
		return -1;
	memcpy(trial, g->parent, forest_size(g) * sizeof *trial);
	unite_owners(g, owner, trial);
	clash = clashes_find(g, trial);
	if (!clash)
		goto out;
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (owner[i] != NO_NODE && clash[forest_root(trial, i)])
			owner[i] = NO_NODE;
	}
	rc = 0;
out:
	free(trial);
	free(clash);
	return rc;
}

/* First all are decided, then all are joined: no decision sees another. */
static int join_bare_serials(struct grouping *g)
{
	uint32_t *owner = calloc((size_t)g->node_count + 1, sizeof *owner);
	bool any = false;
	if (!owner)
		return -1;
	for (uint32_t i = 0; i < g->node_count; i++) {
		bool asks = g->node[i].bare_serial && !g->contested[i];
		owner[i] = asks ? only_maker(g, i) : NO_NODE;
		any |= owner[i] != NO_NODE;
	}
	int rc = any ? refuse_owners(g, owner) : 0;
	if (any && rc == 0)
		unite_owners(g, owner, g->parent);
	free(owner);
	return rc;
}

/* --- which device an entry is shown with --- */

/* Announced and never seen: shown as devices of their own, up to a limit that
 * keeps a hostile list from costing more memory than its bytes. */
#define ANNOUNCED_ALONE_MAX 4096

static int drop_announced(struct grouping *g)
{
	uint32_t alone = 0;
	bool *known = calloc((size_t)forest_size(g) + 1, sizeof *known);
	if (!known)
		return -1;
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (g->node[i].known)
			known[forest_root(g->parent, i)] = true;
	}
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (!known[forest_root(g->parent, i)] && ++alone > ANNOUNCED_ALONE_MAX)
			g->node[i].dropped = true;
	}
	free(known);
	return 0;
}

/* The root of the device that an entry is shown with that does not count: that of what
 * it names and others have said, or of its first. Without any it is a device of its own. */
static uint32_t shown_root(struct grouping *g, uint32_t e)
{
	uint32_t best = NO_NODE, first = NO_NODE;
	for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
		uint32_t node = g->join[i].node;
		if (g->join[i].how != JOIN_DEVICE || !g->node[node].joins)
			continue;
		if (g->node[node].counted && !g->contested[node])
			return forest_root(g->parent, node);
		if (g->node[node].counted && is_better(g, node, best))
			best = node;
		if (first == NO_NODE)
			first = node;
	}
	if (best == NO_NODE)
		best = first == NO_NODE ? entry_node(g, e) : first;
	return forest_root(g->parent, best);
}

static void set_roots(struct grouping *g)
{
	for (uint32_t e = 0; e < g->entry_count; e++) {
		uint32_t root = g->entry[e].counted ? forest_root(g->parent, entry_node(g, e))
						    : shown_root(g, e);
		for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
			struct join *j = &g->join[i];
			if (j->how == JOIN_DEVICE)
				j->root = root;
			else if (j->met != NO_NODE)
				j->root = forest_root(g->parent, j->met);
			else if (j->how == JOIN_ANNOUNCED && g->node[j->node].dropped)
				j->root = NO_NODE;
			else
				j->root = forest_root(g->parent, j->node);
		}
	}
}

/* --- all of it --- */

static int join_all(struct grouping *g)
{
	if (group_links_find(g) < 0 || pairs_find(g) < 0 || conflicts_find(g) < 0)
		return -1;
	g->parent = forest_create(forest_size(g));
	if (!g->parent || ties_join(g, g->parent) < 0)
		return -1;
	return join_bare_serials(g);
}

static int find_groups(struct grouping *g, struct groups *out)
{
	if (grouping_collect(g) < 0)
		return -1;
	mark_nodes(g);
	if (join_all(g) < 0 || arrivals_find(g) < 0 || drop_announced(g) < 0)
		return -1;
	set_roots(g);
	if (members_list(g, out) < 0)
		return -1;
	return idents_list(g, out);
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
	free(g->reason);
	memset(g, 0, sizeof *g);
}
