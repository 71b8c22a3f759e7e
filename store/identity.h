/* What a store says of itself: the number of its format, its own id and its salt. */
#ifndef TRAC_STORE_IDENTITY_H
#define TRAC_STORE_IDENTITY_H

#include "store/db.h"

struct identity {
	uint8_t uuid[STORE_UUID_SIZE];
	uint8_t salt[STORE_SALT_SIZE];
};

/* Reads them, or creates them in an empty store when t may write. path is for
 * sentences. An older released format is
 * brought up when t writes. Another format, no format beside rows, no id or salt: FAULT_INPUT.
 * Only TABLE_META need be there when t reads. */
int identity_open(struct txn *t, bool write, const char *path, struct identity *out,
		  struct fault *f);

/* Writes both; for an empty store that takes the place of another. */
void identity_write(struct txn *t, const struct identity *of);

#endif
