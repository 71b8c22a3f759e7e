/* Rows of TABLE_TREE: 16 hashes of the levels 0, 4 ... 60. Used inside store/ only. */
#ifndef TRAC_STORE_TREE_ROW_H
#define TRAC_STORE_TREE_ROW_H

#include "store/log.h"

#define TREE_GROUP 16
#define TREE_ROWS 16

/* The hashes of a group, borrowed; their number, 0 when there is no such row. */
unsigned tree_row_get(struct txn *t, uint32_t log, unsigned row, uint64_t group,
		      const uint8_t **hashes);

#endif
