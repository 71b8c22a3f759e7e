/*
 * One LMDB environment behind a thin layer: all that knows LMDB.
 * Tables, byte keys, sticky transactions, a map that grows by itself.
 *
 * Rules (LMDB 0.9.24): default durability flags only, no DUPSORT, no nested
 * transactions, MDB_NOTLS, one process opens the environment for writing, one
 * write transaction at a time, no reader outlives a turn of the loop. After a
 * failed commit the store is dead: nothing is published, no number is reused;
 * the caller ends with FAULT_IO and a restart re-reads.
 *
 * Layout and history of formats: doc/store.md. A store of a newer format is
 * refused with a sentence; so is one of an older format that was never released.
 * One of an older released format is brought up when it is opened for writing.
 */
#ifndef TRAC_STORE_DB_H
#define TRAC_STORE_DB_H

#include <stdbool.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

#define STORE_FORMAT 3
#define STORE_UUID_SIZE 16
#define STORE_SALT_SIZE 16

enum table {
	TABLE_META,       /* format, uuid, positions of derived tables */
	TABLE_LOGS,       /* number -> size, frontier, origin; origin -> number */
	TABLE_RUNS,       /* number, index -> arrival of that entry and those behind it */
	TABLE_ENTRIES,    /* arrival -> exact bytes */
	TABLE_TREE,       /* number, row, group -> hashes */
	TABLE_HEADS,      /* number, kind -> signed note */
	TABLE_INDEX,      /* derived: key -> positions */
	TABLE_DEVICES,    /* derived: identifier -> device; device -> contributions */
	TABLE_COUNTERS,   /* derived: cell -> count */
	TABLE_NAMES,      /* derived: every value of an identifier, as read and as it is */
	TABLE_WATCH,      /* derived: devices that must not be forgotten */
	TABLE_EVIDENCE,   /* number -> evidence that the log is forked */
	TABLE_COSIGNED,   /* SHA-256 of an origin -> what was cosigned last of that log */
	TABLE_COUNT
};

enum store_open {
	STORE_WRITE = 1,      /* the daemon: creates the store when missing */
	STORE_READ_ONLY = 2,  /* beside a running daemon: check, dump */
	STORE_DOUBTED = 3,    /* the same; every page is looked at first: LMDB believes them */
	STORE_FILE = 4,       /* the same of a file that nobody writes, anywhere: a backup */
};

struct store;
struct txn;

/* Ends the process with a sentence and FAULT_IO's exit code when the disk or a cut file
 * takes pages away that are being read: there is nothing sound to go on with. Once, at
 * the start of a program. */
void store_guard(void);

/* dir: an existing folder; data.mdb and lock.mdb are made in it, mode 0600. With STORE_FILE
 * the name of a data.mdb, whatever it is called.
 * Refused on network file systems, when another writer has it open, and when
 * the format is newer; FAULT_UNPROVED when a doubted page is damaged. NULL and f on refusal. */
struct store *store_open(const char *dir, enum store_open mode, struct fault *f);
void store_close(struct store *s);            /* no transaction may be open; NULL is harmless */
const uint8_t *store_uuid(const struct store *s);   /* STORE_UUID_SIZE bytes, chosen at creation */
/* STORE_SALT_SIZE bytes, chosen at creation and told to nobody: see key.h. */
const uint8_t *store_salt(const struct store *s);
uint64_t store_bytes(const struct store *s);  /* of the data file, used pages only */
bool store_is_dead(const struct store *s);    /* a commit failed */
uint64_t store_lost(const struct store *s);   /* doubted: pages of no use, which is harmless */
/* Writes the store as it is now into an empty file, without its free pages; a daemon may go
 * on writing, whose store grows until this ends. Not synced. */
int store_copy(struct store *s, int fd, struct fault *f);

/* Grows the map when less than a quarter or 64 MiB of it is free; call with no
 * transaction open. store_begin(write) does it. */
struct txn *txn_begin(struct store *s, bool write, struct fault *f);
/* Ends it. 0 when durable. A transaction that failed on the way is aborted and
 * its first fault returned (FAULT_FULL for a full disk or map: nothing was changed). */
int txn_commit(struct txn *t, struct fault *f);
void txn_abort(struct txn *t);                /* NULL is harmless */
bool txn_failed(const struct txn *t);
/* Makes the transaction fail with this fault, when it has not failed before. Returns -1. */
int txn_fail(struct txn *t, const struct fault *f);

/* true: found; value borrowed until the next write or the end. */
bool txn_get(struct txn *t, enum table table, struct span key, struct span *value);
void txn_put(struct txn *t, enum table table, struct span key, struct span value);
/* Key must be above every key of its table's prefix: asserts that a log only grows. */
void txn_append(struct txn *t, enum table table, struct span key, struct span value);
/* Room for a value to be filled by the caller at once; NULL when failed. */
void *txn_reserve(struct txn *t, enum table table, struct span key, size_t size);
bool txn_delete(struct txn *t, enum table table, struct span key);
void txn_empty(struct txn *t, enum table table);   /* drops all rows */
uint64_t txn_rows(struct txn *t, enum table table);

/* Borrowed until the next write or the end; an empty key: no such row. */
struct row {
	struct span key, value;
};
/* The last row whose key is not above key, and the first one above it. */
void txn_around(struct txn *t, enum table table, struct span key, struct row *below,
		struct row *above);
bool txn_last(struct txn *t, enum table table, struct row *out);

/* The same puts, faster for many rows of one table whose keys ascend. */
struct fill {
	struct txn *txn;
	enum table table;
	void *cursor;
};
void fill_begin(struct fill *l, struct txn *t, enum table table);
void fill_put(struct fill *l, struct span key, struct span value);
void fill_append(struct fill *l, struct span key, struct span value);
void fill_end(struct fill *l);

/* Room for log.c to remember a run of a log; zero when t begins. */
struct txn_memo {
	uint32_t log;
	uint64_t first, end, arrival;
};
#define TXN_MEMOS 8
struct txn_memo *txn_memo(struct txn *t, uint32_t log);

/* Rows whose key begins with prefix, in order. */
struct walk {
	struct txn *txn;
	void *cursor;
	struct span prefix, from;  /* borrowed until walk_end() */
	bool started;
};
void walk_begin(struct walk *w, struct txn *t, enum table table, struct span prefix);
/* As walk_begin, but starts at the first key not below from. */
void walk_from(struct walk *w, struct txn *t, enum table table, struct span prefix,
	       struct span from);
bool walk_next(struct walk *w, struct span *key, struct span *value);
void walk_end(struct walk *w);

/* For tests: the map of stores that are opened from now on, 1 GiB if 0. */
void store_map_first(size_t bytes);

#endif
