/*
 * The tail of the index: keys that wait in memory to be written, found by a
 * hash table over type and first 8 bytes. Bounded. Used inside store/ only.
 */
#ifndef TRAC_STORE_TAIL_H
#define TRAC_STORE_TAIL_H

#include <stdbool.h>

#include "store/index.h"

/* Five keys for each of INDEX_TAIL_MAX events; and an entry of 64 KiB, whose
 * smallest identifiers take 6 bytes each, fits by itself. 1 MiB. */
#define TAIL_ROWS_MAX (5 * INDEX_TAIL_MAX)
#define INDEX_KEY_SIZE 17
#define INDEX_KEY_LOG 12            /* type, prefix and log; the index follows */

struct tail_row {
	uint64_t prefix;        /* first 8 bytes of the hashed key, or of the event id */
	uint64_t index;
	uint32_t type_log;      /* tail_type_log() */
	uint32_t next;          /* of the same bucket: row number + 1; 0 ends */
};

struct tail {
	unsigned used;
	struct tail_row *row;   /* owned; TAIL_ROWS_MAX */
	uint32_t *bucket;       /* owned; row number + 1 */
};

/*
 * The type in the top byte. Event ids come last: they begin with their time,
 * so that new ones go to the end of the table, where pages fill best.
 */
static inline uint32_t tail_type_log(enum event_key type, uint32_t log)
{
	uint32_t top = type == KEY_EVENT ? 0x80u | (uint32_t)type : (uint32_t)type;

	return top << 24 | log;
}

int tail_init(struct tail *q);           /* -1: no memory */
void tail_clear(struct tail *q);         /* frees */
/* false: full. */
bool tail_put(struct tail *q, enum event_key type, uint64_t prefix, struct position at);
/* Forgets the rows from number used on. */
void tail_cut(struct tail *q, unsigned used);
/* Sorts as the keys of TABLE_INDEX are; rows can no longer be found. */
void tail_sort(struct tail *q);
/* Makes them findable again. */
void tail_link(struct tail *q);
/* Positions of a key, sorted, each once; log 0: of all logs. Their number; *out
 * is to be freed. -1: no memory. */
long tail_find(const struct tail *q, enum event_key type, uint64_t prefix, uint32_t log,
	       struct position **out);
/* The key of TABLE_INDEX. */
void tail_key(const struct tail_row *r, uint8_t to[INDEX_KEY_SIZE]);

int position_compare(const void *a, const void *b);

#endif
