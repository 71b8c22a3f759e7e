/*
 * What grouping works on: the identifiers that entries name, as nodes, and who
 * named them. Filled by collect.c, joined by group.c.
 */
#ifndef TRAC_LIFE_GROUP_H
#define TRAC_LIFE_GROUP_H

#include "proto/life/fold.h"
#include "proto/wire/bytes.h"

#define NO_NODE UINT32_MAX

enum join_how {
	JOIN_DEVICE,      /* one of the identifiers of the device that the entry is about */
	JOIN_ANNOUNCED,   /* one of many devices of a donation to come */
	JOIN_LINKED,      /* one end of a link */
};

/* An entry names an identifier. */
struct join {
	uint32_t text;            /* where its key begins in grouping.text */
	uint32_t entry;
	uint32_t node;
	uint32_t root, group;     /* set last */
	enum join_how how;
};

/* An identifier. Its key is text: kind, value, tab, scope. */
struct node {
	uint32_t text;
	uint32_t parent;
	enum strength strength;
	bool bare_serial;         /* a serial without its maker */
	bool joins;               /* may tie entries together */
	bool counted;             /* named by an entry that counts */
	bool known;               /* named by more than announcements */
	bool root_known, dropped;
};

struct grouping {
	const struct entry *entry;   /* borrowed */
	uint32_t entry_count;
	struct buffer text;          /* owned, as all below */
	struct join *join;           /* by entry */
	size_t join_count, join_room;
	size_t *first;               /* first[e] to first[e + 1]: joins of entry e */
	struct node *node;           /* sorted by key */
	uint32_t node_count;
};

/* Fills everything but the flags that group.c decides. -1: no memory. */
int grouping_collect(struct grouping *g);
void grouping_clear(struct grouping *g);

const char *node_text(const struct grouping *g, uint32_t node);
void node_ident(const struct grouping *g, uint32_t node, struct ident *out);

#endif
