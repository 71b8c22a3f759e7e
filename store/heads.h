/*
 * Signed heads, verbatim. Of each log up to four are kept:
 *	HEAD_PROVED  the largest whose entries are all held: what proofs are made for
 *	HEAD_TARGET  the one being fetched: frames are proved against it
 *	HEAD_SEEN    the largest seen
 *	HEAD_VOUCHED the last proved one that had the lines of hubs which count: a log that
 *	             grows all the time has none on its largest
 * vouched <= proved <= target <= seen. A head that is reached moves target to seen.
 */
#ifndef TRAC_STORE_HEADS_H
#define TRAC_STORE_HEADS_H

#include "proto/log/checkpoint.h"
#include "store/log.h"

enum head_kind { HEAD_PROVED, HEAD_TARGET, HEAD_SEEN, HEAD_VOUCHED, HEAD_KINDS };

struct log_state {
	uint64_t held;                 /* entries stored */
	uint64_t head[HEAD_KINDS];     /* sizes; 0: none */
};

/* The signed note (borrowed) and what it says; either may be NULL. false: none. */
bool head_get(struct txn *t, uint32_t log, enum head_kind kind, struct checkpoint *c,
	      struct span *note);

/*
 * Takes a verified head: kept as seen when larger than the one there; as target
 * too when nothing is being fetched; as proved too when the log already holds
 * its entries. A head of a size that we hold, or of the size of a head kept here,
 * with another root is a fork: FAULT_UNPROVED, nothing is changed.
 */
int head_take(struct txn *t, uint32_t log, const struct checkpoint *c, struct span note,
	      struct fault *f);

/* The heads that are of this size, root and text are kept with the lines of this note now.
 * false: none is. */
bool head_lines(struct txn *t, uint32_t log, const struct checkpoint *c, struct span note);

/* After entries came in: when held has reached target, it becomes proved and
 * seen becomes the target. */
void head_advance(struct txn *t, uint32_t log);

/* The proved head is the one that hubs vouch for, from now on. */
void head_vouch(struct txn *t, uint32_t log);

/* After log_cut(): a proved head whose entries are not all held is forgotten; the
 * larger ones say what to fetch again. */
void head_cut(struct txn *t, uint32_t log);

/*
 * The log is forked: no head is looked for any more. One whose entries are being
 * fetched, and fit so far, is kept as target; else the proved one is all there is.
 */
void head_freeze(struct txn *t, uint32_t log);
/* This one, verified and larger than what is held, is all that is looked for. */
void head_aim(struct txn *t, uint32_t log, const struct checkpoint *c, struct span note);
/* The one of that kind is forgotten: in its place stands the other, or none. */
void head_replace(struct txn *t, uint32_t log, enum head_kind kind, enum head_kind by);

void log_state(struct txn *t, uint32_t log, struct log_state *out);

#endif
