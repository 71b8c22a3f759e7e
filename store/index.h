/*
 * Derived: where the events of an identifier, of an event id, and the
 * corrections of an event are. The index is the expensive part of a commit
 * (random pages), so it is written behind the log, in bulk; the tail that is
 * not written yet is kept in memory and caught up at start. A lookup never
 * misses a committed entry.
 */
#ifndef TRAC_STORE_INDEX_H
#define TRAC_STORE_INDEX_H

#include "proto/life/watch.h"
#include "store/log.h"

/* Events in the tail before they must be written: 3 keys each, 2 MiB of memory. */
#define INDEX_TAIL_MAX 8192

struct position {
	uint32_t log;
	uint64_t index;
};

struct index;

/* Reads what is not indexed yet (after a crash: at most the tail, or it is written
 * in slices). */
struct index *index_create(struct store *s, struct fault *f);
void index_destroy(struct index *x);

/* Tells of a committed entry, in order of its log. Member logs are not told. */
int index_add(struct index *x, struct position at, struct span entry, struct fault *f);
/* The same for who has unpacked the entry already; e is NULL when it is no event. */
int index_add_event(struct index *x, struct position at, const Trac__Event *e, struct fault *f);
/* How many entries wait in memory. */
unsigned index_tail(const struct index *x);
/* Writes the tail in one transaction. */
int index_flush(struct index *x, struct fault *f);

/*
 * Before log_cut(), in its transaction: removes what is written of the entries of a log
 * from size on, and says that index and figures know it up to there only. The counters
 * are not changed: they are right again once the same events come back, in any log;
 * where they may not, figures_drop(). An open index is flushed before and made anew
 * (index_destroy(), index_create()) after the commit: it remembers how far it was told.
 */
int index_forget(struct store *s, struct txn *t, uint32_t log, uint64_t size);

/* Positions under a key, oldest log number and index first, at most room; returns
 * how many there are (more than room when cut). Entries whose key merely
 * collides are left out. */
unsigned index_find(struct index *x, struct txn *t, enum event_key type,
		    const void *key, size_t size, struct position *out, unsigned room);
/* Only in this log: the position of an event id. false: none. */
bool index_event(struct index *x, struct txn *t, uint32_t log, const uint8_t *id, uint64_t *index);

/*
 * All events that may be about the device that query names: the events with
 * that identifier, those that share a strong identifier with them, and so on,
 * and the corrections of all these; or the one event of a reference
 * ("envie-strasbourg/1042"). Sorted by position, at most LOOKUP_EVENTS_MAX.
 */
struct found {
	unsigned count;
	struct position *at;      /* owned; free() */
	bool cut;                 /* a limit was reached: there may be more */
};
int index_lookup(struct index *x, struct txn *t, const char *query, struct found *out,
		 struct fault *f);

/*
 * All events of all devices of a lot, of a donor (as events name them, or as the announcer
 * of their lot; a SIREN is of all its SIRET) or under a watch, as index_lookup() would find
 * each. The newest devices first, whole ones only, at most LOOKUP_WIDE_EVENTS_MAX events
 * that take bytes_max bytes in a bundle.
 */
struct wide_query {
	enum wide_scope { WIDE_LOT, WIDE_DONOR, WIDE_WATCH } scope;
	const char *name;         /* of a lot or donor */
	enum watch_kind watch;
	size_t bytes_max;
};
int index_lookup_wide(struct index *x, struct txn *t, const struct wide_query *q,
		      struct found *out, struct fault *f);

#endif
