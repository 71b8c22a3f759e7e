/*
 * The fold: from a set of events to devices and their lives. Pure, and equal
 * for any order of the same events. Source: domain page, sections 2.1, 4, 5.3.
 *
 * Facts, not states: an order of events that the vocabulary does not foresee
 * is an anomaly shown with the life, never a reason to drop an event.
 */
#ifndef TRAC_LIFE_LIFE_H
#define TRAC_LIFE_LIFE_H

#include <stdbool.h>

#include "proto/life/ident.h"
#include "proto/life/kind.h"

/* One event as handed to the fold; all borrowed. */
struct life_input {
	const Trac__Event *event;
	const char *author;        /* member name */
	uint64_t index;            /* in the author's log */
	bool valid;                /* false: kept and shown, counted nowhere (author revoked) */
	unsigned epoch;            /* of that log; 0 and 1 are the first */
};

enum life_state {
	STATE_UNKNOWN, STATE_ANNOUNCED, STATE_COLLECTED, STATE_RECEIVED, STATE_IDENTIFIED,
	STATE_AUDITED, STATE_IN_WORK, STATE_REFURBISHED, STATE_STOCKED, STATE_RESERVED,
	STATE_IN_TRANSFER, STATE_DISTRIBUTED, STATE_RETURNED,
	STATE_REFUSED, STATE_DISMANTLED, STATE_WEEE, STATE_LOST,
};

enum data_state {
	DATA_UNKNOWN, DATA_NO_MEDIUM, DATA_TO_ERASE, DATA_ERASED, DATA_DESTROYED, DATA_FAILED,
};

/* One cycle of a device's life: from an external reception to a final fate. */
struct cycle {
	bool collected, refurbished, distributed;
	/* positions in life.event of what decides it; -1: none */
	int collected_at, refurbished_at, distributed_at, ended_at;
	bool fne;                  /* the distribution counts in I03 */
	enum life_state fate;      /* state at its end, or now */
};

enum life_note {
	NOTE_NONE = 0,
	NOTE_CORRECTED = 1,        /* by a valid correction of the same author */
	NOTE_OUT_OF_ORDER = 2,     /* the kind is not allowed from the state before it */
	NOTE_REPEATED = 4,         /* event id of an earlier one of its author: counted once */
	NOTE_INVALID = 8,          /* input said not valid */
	NOTE_CLOCK_SUSPECT = 16,   /* dated before 2020 or a day after it was recorded */
	NOTE_CUSTODY = 32,         /* the author did not hold the device: no transfer to it */
	NOTE_SHIPMENT = 64,        /* a reception whose shipment is not known, of another device,
	                            * or to another recipient */
	NOTE_IMPLAUSIBLE = 128,    /* an erasure that contradicts itself or physics: verdict.h */
	NOTE_SAME_REPORT = 256,    /* an erasure whose raw report serves another medium too */
};

struct life_line {
	const struct life_input *input;  /* borrowed */
	unsigned notes;                  /* enum life_note bits */
	unsigned doubts;                 /* about an erasure: set by lives_mark_implausible() */
	enum life_state state;           /* after it */
	const char *holder;              /* who has it after it; borrowed; "": nobody known */
	unsigned cycle;                  /* number of its cycle, from 0 */
};

/* Why two identifiers are held to be of one device. */
struct evidence {
	unsigned a, b;                   /* positions in life.ident */
	enum evidence_how {
		BY_ENTRY,                /* named together by one event */
		BY_LINK,                 /* an IdentityLinked */
		BY_BARE_SERIAL,          /* a serial without maker, of the only maker that has it */
		BY_MEDIUM_PAIR,          /* two identifiers of medium strength agree */
		BY_ANNOUNCEMENT,         /* announced by the donor and received in the same lot */
	} how;
	const struct life_input *at;     /* the first event that says so; borrowed; or NULL */
};

struct life {
	unsigned evidence_count;
	struct evidence *evidence;       /* owned; a spanning tree of ident, by position */
	unsigned ident_count;
	struct ident *ident;             /* owned; all non-junk identifiers of the device, sorted */
	Trac__DeviceType type;
	unsigned line_count;
	/* owned; in canonical order: time, recorded, author, index */
	struct life_line *line;
	unsigned cycle_count;
	struct cycle *cycle;             /* owned */
	enum life_state state;
	enum data_state data;
	char holder[MEMBER_NAME_MAX + 1];  /* who has it now; empty: nobody known */
};

struct lives {
	unsigned count;
	struct life *life;               /* owned */
	unsigned other_count;            /* events that are about no device */
	struct life_line *other;         /* owned */
};

/*
 * Groups the inputs into devices and folds each. Two events are about one
 * device when they share a strong identifier, or two of medium strength, directly or
 * through others, or an IdentityLinked ties them; a SPLIT undoes that link. What would
 * make one device of two that contradict each other ties nothing (group.h says it
 * all), and both have it among their identifiers. Inputs may come in any order and
 * repeat; the result is the same. -1: no memory.
 */
int lives_fold(const struct life_input *input, unsigned count, struct lives *out);
void lives_clear(struct lives *l);

const char *life_state_name(enum life_state s);   /* "in_work" */
const char *life_state_label(enum life_state s, bool fr);
const char *data_state_name(enum data_state s);
const char *data_state_label(enum data_state s, bool fr);

#endif
