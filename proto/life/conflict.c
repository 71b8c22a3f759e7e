/* What contradicts itself, and the identifiers that are contested for it (group.h). */
#include <stdlib.h>
#include <string.h>

#include "proto/life/forest.h"
#include "proto/life/group.h"

/* --- device types: some are easily taken for each other, others never --- */

enum { COMPUTER = 1, HANDHELD = 2, SCREEN = 4, PRINTER = 8, NETWORK = 16, CONSOLE = 32,
	ANY_CLASS = 63 };

static uint8_t class_of_type(Trac__DeviceType type)
{
	switch (type) {
	case TRAC__DEVICE_TYPE__DESKTOP:
		return COMPUTER | SCREEN;      /* all in one */
	case TRAC__DEVICE_TYPE__LAPTOP:
	case TRAC__DEVICE_TYPE__SERVER:
		return COMPUTER;
	case TRAC__DEVICE_TYPE__TABLET:
		return COMPUTER | HANDHELD;
	case TRAC__DEVICE_TYPE__SMARTPHONE:
		return HANDHELD;
	case TRAC__DEVICE_TYPE__SCREEN:
		return SCREEN;
	case TRAC__DEVICE_TYPE__PRINTER:
		return PRINTER;
	case TRAC__DEVICE_TYPE__NETWORK_DEVICE:
		return NETWORK;
	case TRAC__DEVICE_TYPE__CONSOLE:
		return CONSOLE;
	case TRAC__DEVICE_TYPE__DEVICE_OTHER:
	case TRAC__DEVICE_TYPE__DEVICE_UNSPECIFIED:
	case _TRAC__DEVICE_TYPE_IS_INT_SIZE:
		break;
	}
	return 0;
}

/* 0: it does not say. */
static uint8_t class_of_entry(const struct entry *e)
{
	const Trac__Event *event = e->input->event;
	if (!e->kind)
		return 0;
	if (e->kind->tag == TRAC__EVENT__BODY_RECEIVED)
		return class_of_type(event->received->device_type);
	if (e->kind->tag == TRAC__EVENT__BODY_IDENTIFIED)
		return class_of_type(event->identified->device_type);
	return 0;
}

/* --- what agrees --- */

static bool is_imei(const struct node *n)
{
	return n->kind == TRAC__IDENTIFIER_KIND__IMEI;
}

/* What a device has one of: others of its kind contradict it. */
static bool is_anchor(const struct node *n)
{
	return n->maker_serial || is_imei(n);
}

static bool names_anchor(const struct grouping *g, size_t join)
{
	return g->join[join].how == JOIN_DEVICE && is_anchor(&g->node[g->join[join].node]);
}

/* Serials, and IMEIs, that one entry names together. */
static void agree_in_entry(const struct grouping *g, uint32_t *agree, uint32_t e)
{
	uint32_t serial = NO_NODE, imei = NO_NODE;
	for (size_t i = g->first[e]; g->entry[e].counted && i < g->first[e + 1]; i++) {
		if (!names_anchor(g, i))
			continue;
		uint32_t node = g->join[i].node;
		uint32_t *first = is_imei(&g->node[node]) ? &imei : &serial;
		if (*first == NO_NODE)
			*first = node;
		forest_unite(agree, *first, node);
	}
}

/* IMEIs that came with the same serial: a telephone with two cards. */
static void agree_by_serial(const struct grouping *g, uint32_t *agree)
{
	uint32_t imei = NO_NODE;
	for (size_t t = 0; t < g->tie_count; t++) {
		const struct tie *tie = &g->tie[t];
		if (t == 0 || tie->node != g->tie[t - 1].node)
			imei = NO_NODE;
		if (tie->node >= g->node_count || !g->node[tie->node].maker_serial)
			continue;
		for (size_t i = g->first[tie->entry]; i < g->first[tie->entry + 1]; i++) {
			uint32_t node = g->join[i].node;
			if (!names_anchor(g, i) || !is_imei(&g->node[node]))
				continue;
			if (imei == NO_NODE)
				imei = node;
			forest_unite(agree, imei, node);
		}
	}
}

/* Of two names of a maker ("HP", "Compaq") with the same serial. */
static void agree_by_value(const struct grouping *g, uint32_t *agree)
{
	for (uint32_t i = 1; i < g->node_count; i++) {
		if (g->node[i].maker_serial && g->node[i - 1].maker_serial
		    && node_same_value(g, i - 1, i))
			forest_unite(agree, i - 1, i);
	}
}

static uint32_t *agree_find(const struct grouping *g)
{
	uint32_t *agree = forest_create(g->node_count);
	if (!agree)
		return NULL;
	for (size_t i = 0; i < g->link_count; i++)
		forest_unite(agree, g->link[i].low, g->link[i].high);
	for (uint32_t e = 0; e < g->entry_count; e++)
		agree_in_entry(g, agree, e);
	agree_by_serial(g, agree);
	return agree;
}

static uint8_t *classes_find(const struct grouping *g, uint32_t *agree)
{
	uint8_t *classes = calloc(g->node_count + 1, 1);
	for (uint32_t e = 0; classes && e < g->entry_count; e++) {
		uint8_t class = g->entry[e].counted ? class_of_entry(&g->entry[e]) : 0;
		for (size_t i = g->first[e]; class && i < g->first[e + 1]; i++) {
			if (names_anchor(g, i))
				classes[forest_root(agree, g->join[i].node)] |= class;
		}
	}
	return classes;
}

/* --- what contradicts --- */

/* The anchors around one identifier, or in one component. Zeroed: none. */
struct side {
	uint32_t serial, imei;     /* roots of agree, plus one */
	uint8_t excluded;          /* classes that one of them cannot be */
	bool clash;
};

static void side_add(struct side *s, const struct node *node, uint32_t root, uint8_t classes)
{
	uint32_t *known = is_imei(node) ? &s->imei : &s->serial;
	if (*known != 0 && *known != root + 1)
		s->clash = true;
	*known = root + 1;
	if (classes != 0)
		s->excluded |= (uint8_t)(ANY_CLASS & ~classes);
	if (s->excluded == ANY_CLASS)
		s->clash = true;
}

static void side_add_entry(const struct grouping *g, struct side *s, uint32_t *agree,
			   const uint8_t *classes, uint32_t e)
{
	for (size_t i = g->first[e]; i < g->first[e + 1]; i++) {
		if (!names_anchor(g, i))
			continue;
		uint32_t node = g->join[i].node, root = forest_root(agree, node);
		side_add(s, &g->node[node], root, classes[root]);
	}
}

static bool is_serial(const struct grouping *g, uint32_t node)
{
	return node < g->node_count && g->node[node].maker_serial;
}

/* Nodes, or else pairs, whose own entries contradict each other. */
static void contest_shared(struct grouping *g, uint32_t *agree, const uint8_t *classes,
			   bool pairs)
{
	for (size_t i = 0, end; i < g->tie_count; i = end) {
		uint32_t node = g->tie[i].node;
		struct side s = { 0 };
		for (end = i; end < g->tie_count && g->tie[end].node == node; end++) {
			if ((node >= g->node_count) == pairs && !is_serial(g, node))
				side_add_entry(g, &s, agree, classes, g->tie[end].entry);
		}
		if (s.clash)
			g->contested[node] = true;
	}
}

bool *clashes_find(const struct grouping *g, uint32_t *parent)
{
	struct side *side = calloc((size_t)forest_size(g) + 1, sizeof *side);
	bool *clash = calloc((size_t)forest_size(g) + 1, sizeof *clash);
	if (!side || !clash) {
		free(side);
		free(clash);
		return NULL;
	}
	for (uint32_t i = 0; i < g->node_count; i++) {
		if (!is_anchor(&g->node[i]) || !g->node[i].counted)
			continue;
		uint32_t root = forest_root(g->agree, i);
		side_add(&side[forest_root(parent, i)], &g->node[i], root, g->classes[root]);
	}
	for (uint32_t i = 0; i < forest_size(g); i++)
		clash[i] = side[i].clash;
	free(side);
	return clash;
}

/* Contradictions over several steps: all that is between them. */
static int contest_components(struct grouping *g)
{
	uint32_t *parent = forest_create(forest_size(g));
	bool *clash = NULL;
	int rc = -1;
	if (!parent || ties_join(g, parent) < 0)
		goto out;
	clash = clashes_find(g, parent);
	if (!clash)
		goto out;
	for (uint32_t i = 0; i < g->node_count + g->pair_count; i++) {
		if (clash[forest_root(parent, i)] && !is_serial(g, i))
			g->contested[i] = true;
	}
	rc = 0;
out:
	free(parent);
	free(clash);
	return rc;
}

int conflicts_find(struct grouping *g)
{
	g->contested = calloc((size_t)g->node_count + g->pair_count + 1, sizeof *g->contested);
	g->agree = agree_find(g);
	uint8_t *classes = g->agree ? classes_find(g, g->agree) : NULL;
	if (!g->contested || !classes) {
		free(classes);
		return -1;
	}
	/* one serial of two makers in two machines with two values of a bad series: a pair
	 * is not worth as much as a label */
	contest_shared(g, g->agree, classes, true);
	free(classes);
	agree_by_value(g, g->agree);
	g->classes = classes_find(g, g->agree);
	if (!g->classes)
		return -1;
	contest_shared(g, g->agree, g->classes, false);
	return contest_components(g);
}
