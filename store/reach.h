/*
 * How far each log is indexed ('i') and folded ('g'): rows of TABLE_META, guarded, since
 * one that tells too much would leave events out of all that is derived. Used inside
 * store/ only.
 */
#ifndef TRAC_STORE_REACH_H
#define TRAC_STORE_REACH_H

#include "store/db.h"

#define REACH_INDEXED 'i'
#define REACH_FOLDED 'g'
/* Of log 0: the mark (contest.h) under which it was folded. */
#define REACH_CONTEST 'c'

/* Entries of that log; 0: none yet. */
uint64_t reach_get(struct txn *t, char letter, uint32_t log);
void reach_put(struct txn *t, char letter, uint32_t log, uint64_t size);

#endif
