/*
 * Is what is read what was stored? A disk may rot under a running daemon: before an entry
 * is signed over, sent, moved or shown its bytes are hashed again, and compared with the
 * hash that was stored with it. The whole store is looked at by check.h.
 */
#ifndef TRAC_STORE_WHOLE_H
#define TRAC_STORE_WHOLE_H

#include "store/log.h"

/* As log_entry(). false: damaged or missing, FAULT_UNPROVED; the transaction goes on. */
bool whole_entry(struct txn *t, uint32_t log, uint64_t index, struct span *bytes,
		 struct fault *f);

/*
 * May this log be signed as it is? Its entries from first on have the hashes that were
 * stored with them, and those have the root of its frontier. -1: FAULT_UNPROVED.
 */
int whole_log(struct txn *t, uint32_t log, uint64_t first, struct fault *f);

#endif
