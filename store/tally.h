/*
 * Lists of contributions, as bytes: each one is a length and the key of its
 * cell in TABLE_COUNTERS, then, when the length has the bit ADDS_MORE, its
 * number and amount, which else are 1 and 0. Sorted, so that equal lists are
 * equal bytes. The value of a cell is the sum of the numbers, and that of the
 * amounts unless it is 0: 8 bytes each. Used inside store/ only.
 */
#ifndef TRAC_STORE_TALLY_H
#define TRAC_STORE_TALLY_H

#include "proto/life/figure.h"
#include "store/db.h"

/* counter, month, type, detail, département; then the structure, and when there is a
 * party, NUL and the party */
#define CELL_FIXED 10
#define CELL_KEY_MAX (CELL_FIXED + MEMBER_NAME_MAX + 1 + PARTY_MAX)

/* A cell and how its sums change. */
struct change {
	uint8_t size;
	uint8_t key[CELL_KEY_MAX];
	int sign;
	uint64_t number, amount;
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

/* What a cell has summed; false: damaged. */
bool cell_read(struct span key, struct span value, struct contribution *out);

#endif
