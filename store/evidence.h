/*
 * Fork evidence that a node keeps: of each log at most one, with who showed it. Truth:
 * what proves that an author signed two histories is not to be had again by asking
 * nicely. Bytes: proto/log/evidence.h; they were checked before they came here.
 */
#ifndef TRAC_STORE_EVIDENCE_H
#define TRAC_STORE_EVIDENCE_H

#include "proto/log/evidence.h"
#include "store/heads.h"

struct fork_row {
	int64_t found_ms;              /* when it came here */
	char from[MEMBER_NAME_MAX + 1];/* the peer that showed it, or the other branch */
	struct span bytes;             /* borrowed until the transaction writes or ends */
};

/*
 * 1: there is evidence. 0: this log is not known to be forked. -1: FAULT_UNPROVED, the row is
 * damaged, so that nothing may be built on it; the transaction goes on.
 */
int fork_find(struct txn *t, uint32_t log, struct fork_row *out, struct fault *f);
/* The same for who does without evidence that cannot be read: whatever is shown next is then
 * kept instead. The log stays frozen (fork_level()). */
bool fork_get(struct txn *t, uint32_t log, struct fork_row *out);
/*
 * Keeps this evidence against the log instead of any before, and freezes its heads: none
 * but the two of the evidence is looked for any more, by who holds neither branch. A row
 * that cannot be kept fails the transaction.
 */
void fork_put(struct txn *t, uint32_t log, const struct fork_row *row);

/* The branch that is looked for does not continue what is held; or nobody who was asked
 * has it (again): the other one is. Of a log of others. */
void fork_turn(struct txn *t, uint32_t log, bool again);

/* It is settled which history goes on. The heads stay as they are. */
void fork_clear(struct txn *t, uint32_t log);

/* 0: not forked. Else one more than the entries that its branches are proved to share:
 * of two pieces of evidence the one with the higher level says more. Damaged: 1. */
uint64_t fork_level(struct txn *t, uint32_t log);

#endif
