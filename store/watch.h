/*
 * Derived: what must not be forgotten (proto/life/watch.h), kept by device.c
 * beside the counters:
 *	TABLE_WATCH	kind (u8), time (u64), log, index of the event -> nothing
 *			0, kind -> how many there are of that kind (u64)
 *	TABLE_DEVICES	'w' key of a device -> the keys of its watches
 * Rows stand in the order of their events' time.
 */
#ifndef TRAC_STORE_WATCH_H
#define TRAC_STORE_WATCH_H

#include "proto/life/watch.h"
#include "store/index.h"

/* Devices under that watch, as events that put them there. */
uint64_t watch_count(struct txn *t, enum watch_kind kind);

/* --- used inside store/ only --- */

#define WATCH_KEY_SIZE 17

struct watch_seed {
	struct position at;
	int64_t time_ms;
};

/* The newest, at most room, in *out (to be freed). Sets *cut when there are more, *failed
 * when there was no memory. */
unsigned watch_seeds(struct txn *t, enum watch_kind kind, unsigned room,
		     struct watch_seed **out, bool *cut, bool *failed);

/* Watches of one device, as keys, sorted, each once. */
struct watches {
	unsigned count, room;
	uint8_t (*key)[WATCH_KEY_SIZE];    /* owned */
};

void watches_clear(struct watches *w);
/* -1: no memory. */
int watches_add(struct watches *w, enum watch_kind kind, int64_t time_ms, struct position at);
void watches_sort(struct watches *w);
/* Adds those of a row of TABLE_DEVICES. false: damaged, or no memory. */
bool watches_read(struct watches *w, struct span row);
struct span watches_span(const struct watches *w);
/* Takes the old ones away and puts the new ones. */
void watches_replace(struct txn *t, const struct watches *old, const struct watches *now);
/* The event that a key names; false: it is none. */
bool watch_read(struct span key, enum watch_kind *kind, struct watch_seed *out);

#endif
