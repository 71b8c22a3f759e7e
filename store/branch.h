/*
 * The other branch of a forked log, kept beside the one that came first as a log of its own,
 * "<origin>/branch": fetched, proved and looked up like any log, and counted nowhere. A log
 * has these two and no more: what is looked for is a head of the evidence, and it is not
 * changed any more once entries of it are here.
 */
#ifndef TRAC_STORE_BRANCH_H
#define TRAC_STORE_BRANCH_H

#include "store/evidence.h"

/* The name of that log. */
void branch_origin(const char *origin, char out[ORIGIN_MAX + 1]);
/* Copies the origin of the log that it is the other branch of, or origin itself: false: it
 * is none. */
bool branch_main(const char *origin, char out[ORIGIN_MAX + 1]);

/* Is that log another branch? */
bool branch_is(struct txn *t, uint32_t log);
/* The log beside a log, and the log that it is beside; 0: none. */
uint32_t branch_find(struct txn *t, uint32_t log);
uint32_t branch_beside(struct txn *t, uint32_t branch);
/* Are the entries of that index the same in both? Then the branch adds none. */
bool branch_repeats(struct txn *t, uint32_t branch, uint64_t index);

/*
 * After what is kept of a fork, or what is held of a forked log, has changed: once it is
 * known which branch that is, the other one is looked for. Returns its log when that is
 * new, else 0.
 */
uint32_t branch_follow(struct txn *t, uint32_t log);

#endif
