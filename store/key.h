/* Keys of the index and what is known of it; used inside store/ only. */
#ifndef TRAC_STORE_KEY_H
#define TRAC_STORE_KEY_H

#include "store/names.h"
#include "store/tail.h"

/*
 * The 8 bytes under which a key is filed. Event ids begin with their time as
 * their authors choose them, so they are filed as they are and stay together;
 * values are hashed with the salt of the store, so that no one can choose his
 * neighbours.
 */
uint64_t key_prefix(const struct store *s, enum event_key type, const void *key, size_t size);

/*
 * A row of TABLE_INDEX holds positions of one key in one log: the first in its
 * own key, more behind it (u40 each, ascending). Rows of a key do not overlap.
 */
#define INDEX_MORE_MAX 32
#define INDEX_MORE_SIZE 5

/* The positions of a row, one by one. */
struct index_row {
	struct position at;
	struct span more;          /* borrowed; what is left */
};
/* false: the row is damaged. */
bool index_row_read(struct index_row *r, struct span key, struct span value);
bool index_row_next(struct index_row *r);      /* false: at was the last */
/* Is there a row that holds what tail_key() made? */
bool index_row_find(struct txn *t, const uint8_t key[INDEX_KEY_SIZE]);
/* Writes a sorted tail. */
void index_rows_write(struct txn *t, const struct tail *q);

/* The logs that are not indexed: they hold no events. */
bool origin_is_members(const char *origin);

struct store *index_store(const struct index *x);
/* Entries of a log that are found by its keys: index 0 to this. */
uint64_t index_told(const struct index *x, uint32_t log);
const struct tail *index_tail_rows(const struct index *x);
const struct names_tail *index_names(const struct index *x);

/*
 * Positions that are filed under a key, tail and table merged, sorted, each
 * once. They may collide: see event_has_key().
 */
struct candidates {
	struct walk walk;
	uint8_t prefix[INDEX_KEY_SIZE];
	bool has_row;
	struct index_row row;      /* next of the table */
	struct position *tail;     /* owned */
	long tail_count, tail_at;
	unsigned left;             /* bound on what is looked at */
	bool cut;                  /* the bound was reached */
};

/* log 0: of all logs. */
void candidates_begin(struct candidates *c, struct index *x, struct txn *t,
		      enum event_key type, uint64_t prefix, uint32_t log);
bool candidates_next(struct candidates *c, struct position *at);
void candidates_end(struct candidates *c);

/* Is the event told under that key? */
bool event_has_key(const Trac__Event *e, enum event_key type, const void *key, size_t size);
/* The event at a position, freed with unpack_free(); NULL: none, or no event. */
Trac__Event *event_at(struct txn *t, struct position at);

#endif
