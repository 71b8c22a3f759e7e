/*
 * Lists of contributions, as bytes: each one is a length and the key of its
 * cell in TABLE_COUNTERS. Sorted, so that equal lists are equal bytes. Used
 * inside store/ only.
 */
#ifndef TRAC_STORE_TALLY_H
#define TRAC_STORE_TALLY_H

#include "proto/life/figure.h"
#include "store/db.h"

/* counter, month, type, département, structure */
#define CELL_FIXED 8
#define CELL_KEY_MAX (CELL_FIXED + MEMBER_NAME_MAX)

/* A cell and how its count changes. */
struct change {
	uint8_t size;
	uint8_t key[CELL_KEY_MAX];
	int sign;
};

/* A list of changes that grows. */
struct tally {
	unsigned count, room;
	struct change *change;   /* owned */
	bool failed;             /* no memory */
};

void tally_clear(struct tally *a);
void tally_add(struct tally *a, const struct contribution *c, int sign);
/* The list that tally_write() wrote; false: damaged. */
bool tally_read(struct tally *a, struct span row, int sign);
void tally_sort(struct tally *a);
/* Appends those of the sorted changes that add. */
void tally_write(const struct tally *a, struct buffer *out);
/* Applies the sorted changes to TABLE_COUNTERS; cells of 0 are removed. */
void tally_apply(const struct tally *a, struct txn *t);

/* The contribution that a cell counts; false: damaged. */
bool cell_read(struct span key, struct contribution *out);

#endif
