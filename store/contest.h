/*
 * What counts of forked logs: the same at every node, whichever history it had first. What
 * both histories share counts, and what is contested counts nowhere, until the member log
 * closes that log at a head: then the entries below it count, of the history that leads
 * there, be it the log or its other branch (branch.h). Used inside store/ only.
 */
#ifndef TRAC_STORE_CONTEST_H
#define TRAC_STORE_CONTEST_H

#include "store/figures.h"

/* A log, or the other branch of one: of its entries [from, to) count. */
struct contested {
	uint32_t log;
	uint64_t from, to;
};

struct contest {
	unsigned count, room;
	bool waits;                    /* it is other when a log has grown */
	struct contested *row;         /* owned; by log */
	uint64_t mark;                 /* of all of them; 0: no log is forked. Figures that were
	                                * made under another one are not those of now */
};

/*
 * Reads it anew; c is zero the first time. Nothing but evidence, what the registry says and, if
 * it waits, entries make it another. -1: no memory, or FAULT_UNPROVED: evidence or a tree is
 * damaged, so that it cannot be told what counts.
 */
int contest_read(struct contest *c, struct txn *t, const struct figures_rules *rules,
		 struct fault *f);
void contest_clear(struct contest *c);
/* May that entry count, as far as forks go? */
bool contest_counts(const struct contest *c, struct txn *t, struct position at);

#endif
