/*
 * Where the entries of a log lie. All entries of all logs are numbered as they
 * arrive and stored by that number, so that each write is at the end of
 * TABLE_ENTRIES, whose pages are then full, whatever logs grow in turn.
 *
 * A run is a stretch of one log that arrived without a break. TABLE_RUNS: log,
 * index of its first entry -> arrival of that entry (u64). It ends where the
 * next run of the log begins, the last one at the log's end: so growing a run
 * writes nothing here. Used inside store/ only.
 */
#ifndef TRAC_STORE_RUN_H
#define TRAC_STORE_RUN_H

#include "store/log.h"

#define ARRIVAL_KEY_SIZE 8

static inline struct span arrival_key(uint8_t to[ARRIVAL_KEY_SIZE], uint64_t arrival)
{
	put_u64(to, arrival);
	return (struct span){ to, ARRIVAL_KEY_SIZE };
}

/* The arrival of an entry; false: the log has no such entry, or t failed. */
bool run_arrival(struct txn *t, uint32_t log, uint64_t index, uint64_t *arrival);

/* The arrival of the next entry of a log of that size, which the caller appends
 * at once. Begins a run when entries of others came last. */
uint64_t run_append(struct txn *t, uint32_t log, uint64_t size);

/* The log ends at that size: forgets the runs that begin there or behind. */
void run_cut(struct txn *t, uint32_t log, uint64_t size);

#endif
