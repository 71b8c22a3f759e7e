/* Dropping what is derived, and computing it anew. */
#include "store/check.h"

#include "store/index.h"
#include "store/row.h"

/* The counters are folded anew by the daemon, who knows the members. */
static int derived_drop(struct store *s, struct fault *f)
{
	uint8_t key[4];
	struct txn *t = txn_begin(s, true, f);

	if (!t)
		return -1;
	txn_empty(t, TABLE_INDEX);
	txn_empty(t, TABLE_DEVICES);
	txn_empty(t, TABLE_COUNTERS);
	for (uint32_t log = 1, last = log_last(t); log <= last; log++) {
		txn_delete(t, TABLE_META, log_key(key, 'i', log));
		txn_delete(t, TABLE_META, log_key(key, 'g', log));
	}
	return txn_commit(t, f);
}

int store_rebuild(struct store *s, struct fault *f)
{
	if (derived_drop(s, f))
		return -1;
	struct index *x = index_create(s, f);
	if (!x)
		return -1;
	int rc = index_flush(x, f);
	index_destroy(x);
	return rc;
}
