/*
 * What grouping works on: the identifiers that entries name, as nodes, and who
 * named them. In the order in which it is filled:
 *
 *	collect.c   identifiers and who named them
 *	link.c      links in force
 *	pair.c      two identifiers of medium strength that several entries share
 *	conflict.c  identifiers that are contested
 *	group.c     what is one device
 *	arrival.c   announced serials that arrived in the same lot
 *	gather.c    entries and identifiers by device
 *	reason.c    why identifiers are held to be of one device
 *
 * Entries are about one device when (domain page, 5.3)
 *	- they share a strong identifier, or a serial without its maker, that is not
 *	  contested; a serial without maker is that of the only maker who has it;
 *	- they share two identifiers of medium strength (UUID and board serial ...);
 *	- a link is in force between their identifiers;
 *	- a donor announced a serial that was received in the same lot.
 *
 * A contradiction is two identifiers that cannot be of one device: serials of makers
 * with different values, IMEIs, or device types of which one is a computer and the other a
 * telephone. It is none when one entry names both, when a link is in force between
 * them, and for IMEIs when both came with one serial (telephones with two cards). What
 * is shared by entries that contradict each other is contested: a label that was stuck
 * on two devices, a pair of values that a maker gave to a whole series. It ties nothing;
 * entries that name it belong to what else they name, and those that name nothing else are
 * a device of their own, so that a lookup shows all candidates. A maker's serial is
 * never contested. Contradictions over several steps contest all that is between them.
 *
 * Every decision is taken on all entries at once, in stages that look only at the stage
 * before, so that the order in which entries arrived cannot matter.
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
	uint32_t met;             /* of an announced serial: the one that arrived, or NO_NODE */
	uint32_t root, group;     /* set last */
	enum join_how how;
};

/* An identifier. Its key is text: kind, value, tab, scope. */
struct node {
	uint32_t text;
	uint32_t token;           /* what it counts as in a pair, or NO_NODE */
	Trac__IdentifierKind kind;
	enum strength strength;
	bool bare_serial;         /* a serial without its maker */
	bool maker_serial;        /* a serial with its maker */
	bool joins;               /* may tie entries together */
	bool counted;             /* named by an entry that counts */
	bool known;               /* named by more than announcements */
	bool dropped;             /* only announced, and too many are */
};

/* A link in force. */
struct link {
	uint32_t low, high;       /* nodes */
	uint32_t entry;           /* that says so last */
};

/* Two tokens that at least two entries share. */
struct pair {
	uint32_t a, b;
};

/* An entry that counts names what may tie it to others: a node that joins, or, from
 * node_count on, a pair. */
struct tie {
	uint32_t node, entry;
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
	struct link *link;
	size_t link_count;
	struct pair *pair;
	uint32_t pair_count;
	struct tie *tie;             /* sorted */
	size_t tie_count;
	bool *contested;             /* of nodes and pairs */
	uint32_t *agree;             /* forest of nodes that do not contradict each other */
	uint8_t *classes;            /* by root of agree: classes of device types */
	uint32_t *parent;            /* forest of nodes, pairs, and entries behind them */
};

/* All return -1 when there is no memory. */

/* Entries, joins and nodes; node flags but joins. */
int grouping_collect(struct grouping *g);
void grouping_clear(struct grouping *g);
int group_links_find(struct grouping *g);        /* links; nodes that they make join */
int pairs_find(struct grouping *g);        /* pairs and ties */
int conflicts_find(struct grouping *g);    /* contested, agree, classes */
int arrivals_find(struct grouping *g);     /* join.met */
/* After join.root is set. */
int members_list(struct grouping *g, struct groups *out);
int idents_list(struct grouping *g, struct groups *out);
/* join: those by which devices have their identifiers, by entry. */
int reasons_find(const struct grouping *g, const struct join *join, size_t count,
		 struct groups *out);

/* What ties entries now, into a forest as g->parent is. */
int ties_join(const struct grouping *g, uint32_t *parent);
/* By root of such a forest: identifiers in it contradict each other. free(); NULL: no
 * memory. */
bool *clashes_find(const struct grouping *g, uint32_t *parent);

static inline uint32_t forest_size(const struct grouping *g)
{
	return g->node_count + g->pair_count + g->entry_count;
}

static inline uint32_t entry_node(const struct grouping *g, uint32_t entry)
{
	return g->node_count + g->pair_count + entry;
}

const char *node_text(const struct grouping *g, uint32_t node);
/* Same kind and value. */
bool node_same_value(const struct grouping *g, uint32_t a, uint32_t b);
void node_ident(const struct grouping *g, uint32_t node, struct ident *out);

#endif
