/* What a store says of itself: the number of its format and its own id. */
#ifndef TRAC_STORE_IDENTITY_H
#define TRAC_STORE_IDENTITY_H

#include "store/db.h"

/* Reads both, or creates them in an empty store when t may write. path is for
 * sentences. A newer format, no format beside rows, or no id: FAULT_INPUT. */
int identity_open(struct txn *t, bool write, const char *path,
		  uint8_t uuid[STORE_UUID_SIZE], struct fault *f);

#endif
