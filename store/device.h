/*
 * What one device counts, kept in TABLE_DEVICES so that it can be taken back:
 *	'd' key -> its contributions (tally.h)
 *	'w' key -> its watches (watch.h)
 *	'i' hash of an identifier, or 'p' position -> key
 * A device here is a closure (closure.h): all the lives that depend on each
 * other. key is the smallest of its own hashes. Only devices that count
 * anything or are under watch have rows. One that is too large to be folded
 * counts nothing for good, and its rows lead to "L", as do those of a disk that
 * leads to too many devices: they are not walked again for each new event.
 * Used inside store/ only.
 */
#ifndef TRAC_STORE_DEVICE_H
#define TRAC_STORE_DEVICE_H

#include "store/closure.h"
#include "store/figures.h"
#include "store/tally.h"
#include "store/watch.h"

/* Folds the closure and applies the difference to the counters. */
int device_count(const struct closure *c, struct txn *t, const struct figures_rules *rules,
		 struct fault *f);

/* Is what this identifier, or the event of this position, leads to too large? */
bool device_is_large(struct txn *t, const struct ident *id, struct position at);

#endif
