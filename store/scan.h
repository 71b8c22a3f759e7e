/*
 * A walk over a whole table beside a running daemon: in short transactions, so
 * that a long check pins no old pages. Used inside store/ only.
 */
#ifndef TRAC_STORE_SCAN_H
#define TRAC_STORE_SCAN_H

#include "store/db.h"

/* LMDB's own limit of a key. */
#define SCAN_KEY_MAX 511

struct scan {
	struct store *store;     /* borrowed */
	enum table table;
	struct span prefix;      /* borrowed */
	struct txn *txn;         /* of the row last told; owned */
	struct walk walk;
	unsigned rows;           /* told in this transaction */
	bool failed;
	struct fault fault;
	size_t last_size;
	uint8_t last[SCAN_KEY_MAX];  /* key of the row last told */
};

/* from: first key wanted, or empty. Borrowed until scan_end(). */
void scan_begin(struct scan *c, struct store *s, enum table table, struct span prefix,
		struct span from);
/* Key and value are borrowed until the next call, and c->txn lives as long. */
bool scan_next(struct scan *c, struct span *key, struct span *value);
/* -1 and f when the scan did not come to the end of what is there. */
int scan_end(struct scan *c, struct fault *f);

#endif
