/*
 * The fold, in its stages; used by life.c alone.
 *
 *	order.c   inputs in canonical order, repetitions and corrections marked
 *	group.c   which entries are about which device; its parts are in group.h
 *	cycle.c   all devices, entry by entry: cycles and notes
 *	custody.c who has a device: shipments and receptions
 *	state.c   the table of states
 *	fact.c    what an event says of disks and parts
 *	media.c   the data axis: what became of the disks
 */
#ifndef TRAC_LIFE_FOLD_H
#define TRAC_LIFE_FOLD_H

#include "proto/life/life.h"

#define NO_ENTRY UINT32_MAX

/* --- order.c --- */

struct entry {
	const struct life_input *input;   /* borrowed */
	const struct kind *kind;          /* NULL: of a newer version */
	uint32_t target;                  /* of a correction: the entry it is about, or NO_ENTRY */
	unsigned notes;                   /* those that do not depend on the device */
	bool counted;                     /* valid, not corrected, not a repetition */
};

/* Allocates *out, owned by the caller. The same entry of the same log given twice
 * is taken once. -1: no memory. */
int order_entries(const struct life_input *input, unsigned count, struct entry **out,
		  unsigned *out_count);
/* As of strcmp(): the canonical order. */
int order_compare(const struct life_input *a, const struct life_input *b);

/* --- group.c --- */

/* entry is about the device numbered group. Sorted by both, no pair twice. */
struct member {
	uint32_t group, entry;
};

struct groups {
	unsigned count;
	struct member *member;            /* owned */
	size_t member_count;
	/* identifiers, sorted by group, then kind, value, scope */
	struct named {
		uint32_t group, node;
		struct ident ident;
	} *named;                         /* owned */
	size_t named_count;
	/* why, sorted by group; a and b are positions in named */
	struct reason {
		uint32_t group, a, b;
		uint32_t entry;           /* that says so, or NO_ENTRY */
		enum evidence_how how;
	} *reason;                        /* owned */
	size_t reason_count;
};

/* Groups are numbered by their first entry. -1: no memory. */
int groups_find(const struct entry *entry, unsigned count, struct groups *out);
void groups_clear(struct groups *g);

/* --- state.c --- */

enum custody {
	CUSTODY_NONE,    /* anyone may say it */
	CUSTODY_TAKE,    /* the author has the device from now on */
	CUSTODY_HOLD,    /* the author must have it */
};

struct step {
	uint32_t from;           /* bits of the states before it */
	uint32_t keep;           /* states that it does not change */
	enum life_state next;    /* STATE_UNKNOWN: it changes no state */
	enum custody custody;
};

/* What a kind does to the state; never NULL. NULL kind: nothing. */
const struct step *state_step(const struct kind *k);
bool state_is_final(enum life_state s);

/* --- cycle.c --- */

/* Folds all lives at once, entry by entry, since a disk may move from one to another:
 * fills what life.h says of each, whose line, line_count and ident are set; lines are the
 * members of its group, in order. -1: no memory. */
int cycles_fold(struct lives *l, const struct entry *entry, unsigned entry_count,
		const struct groups *g);

#endif
