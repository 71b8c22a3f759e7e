/*
 * What became of the devices of one donor in one year: those whose cycle began
 * with it and that were retired, received or oriented to reuse in that year.
 * Source: domain page, 3.3 (décret n° 2023-266).
 */
#ifndef TRAC_LIFE_DONOR_H
#define TRAC_LIFE_DONOR_H

#include "proto/life/verdict.h"

struct donor_device {
	unsigned life, cycle;              /* positions in lives */
	struct verdict verdict[RULE_COUNT];
	const struct life_line *oriented;  /* to reuse, in the year; NULL: not */
};

struct donor_year {
	const struct lives *lives;         /* borrowed, as parts */
	const struct parts *parts;
	char donor[TEXT_MAX + 1];
	unsigned year;
	unsigned count;
	struct donor_device *device;       /* owned; in the order of lives */
	bool public_donor;                 /* the décret is about it */
	/* devices */
	unsigned reused;                   /* A: count in the reuse of this year */
	unsigned distributed, refurbished;
	unsigned by_state[STATE_LOST + 1];
	/* storage media with an erasure or destruction on record */
	unsigned erased, destroyed, failed;
};

/*
 * donor: a SIRET, RNA or name, or the SIREN that its SIRETs begin with. The lives are marked
 * (lives_mark_implausible()) and outlive the result, as parts do. -1: no memory. Cleared with
 * donor_clear(), also then.
 */
int donor_collect(const struct lives *lives, const struct parts *parts, const char *donor,
		  unsigned year, struct donor_year *out);
void donor_clear(struct donor_year *d);

/* The civil year and month of a line, in its own zone. */
void line_month(const struct life_line *line, unsigned *year, unsigned *month);
/* Is the line an erasure or a destruction that counts? Then its medium; else NULL. */
const Trac__Medium *erasure_medium(const struct life_line *line);

#endif
