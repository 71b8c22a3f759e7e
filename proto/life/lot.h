/*
 * A lot, reconciled: what its donor announced beside what arrived. A serial
 * that is missing and one that is unexpected, which look alike (O and 0, ...),
 * are one device whose serial was misread. Source: domain page, loop F.
 */
#ifndef TRAC_LIFE_LOT_H
#define TRAC_LIFE_LOT_H

#include "proto/life/life.h"

enum lot_match {
	LOT_ARRIVED,       /* announced and received */
	LOT_MISSING,       /* announced, never received (nor said to be missing: see said) */
	LOT_UNEXPECTED,    /* received in this lot, not announced */
	LOT_MISMATCH,      /* announced under a serial that looks like the one received */
};

struct lot_row {
	enum lot_match match;
	struct ident announced, received;    /* value "": none */
	const struct life_input *announcement, *reception;   /* borrowed; NULL: none */
	bool said;                           /* missing: the workshop said so */
};

struct lot {
	unsigned count;
	struct lot_row *row;                 /* owned; by match, then serial */
	unsigned number[4];                  /* rows by match */
	uint64_t promised;                   /* sum of donation_announced.count */
};

/* Of all events given, those whose lot is name, as of ident_scope(). -1: no memory. */
int lot_reconcile(const struct life_input *input, unsigned count, const char *name,
		  struct lot *out);
void lot_clear(struct lot *l);

#endif
