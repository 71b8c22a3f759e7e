/* The fold of one life, entry by entry; shared by cycle.c and custody.c alone. */
#ifndef TRAC_LIFE_CYCLE_H
#define TRAC_LIFE_CYCLE_H

#include "proto/life/media.h"

struct fold {
	struct life *life;
	uint32_t number;              /* of the life */
	unsigned next;                /* line that comes next */
	const struct entry *entry;    /* all entries */
	const struct member *member;  /* of each line, its entry */
	struct shelf *shelf;          /* of all lives */
	struct cycle *now;            /* NULL before the first event that counts */
	bool closed;                  /* now has ended */
	bool identified;              /* life->type was seen, not only told */
	const char *holder;           /* "": nobody known */
	/* of a transfer under way */
	enum life_state before_transfer;
	const struct life_input *shipment;
	bool sent_back;               /* its recipient refused it */
};

const struct entry *fold_entry(const struct fold *f, unsigned line);

/* The tag of an entry's kind, 0 for kinds of a newer version. */
unsigned entry_tag(const struct entry *e);
/* It came in from outside, or from another member; an absence is no arrival. */
bool entry_is_from_outside(const struct entry *e);
bool entry_is_from_network(const struct entry *e);
/* A reception that says that the device did not come. */
bool entry_is_missing(const struct entry *e);
/* A reception that sends the device back. */
bool entry_is_refused(const struct entry *e);

/* Before the line changes the state. Return notes. */
unsigned custody_check_shipment(const struct fold *f, const struct entry *e);
unsigned custody_apply(struct fold *f, const struct entry *e, const struct step *step);
/* After it: what has left is held by nobody. */
void custody_release(struct fold *f, const struct entry *e);

#endif
