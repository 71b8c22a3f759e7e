/* Dropping what is derived, and computing it anew. */
#include "store/check.h"

#include "store/index.h"
#include "store/reach.h"
#include "store/row.h"

void store_drop_figures(struct txn *t)
{
	uint8_t key[4];

	txn_empty(t, TABLE_DEVICES);
	txn_empty(t, TABLE_COUNTERS);
	txn_empty(t, TABLE_WATCH);
	for (uint32_t log = 1, last = log_last(t); log <= last; log++)
		txn_delete(t, TABLE_META, log_key(key, REACH_FOLDED, log));
	txn_delete(t, TABLE_META, log_key(key, REACH_CONTEST, 0));
}

void store_drop_derived(struct txn *t)
{
	uint8_t key[4];

	store_drop_figures(t);
	txn_empty(t, TABLE_INDEX);
	txn_empty(t, TABLE_NAMES);
	for (uint32_t log = 1, last = log_last(t); log <= last; log++)
		txn_delete(t, TABLE_META, log_key(key, 'i', log));
}

int store_rebuild(struct store *s, struct fault *f)
{
	struct txn *t = txn_begin(s, true, f);

	if (!t)
		return -1;
	store_drop_derived(t);
	if (txn_commit(t, f))
		return -1;
	struct index *x = index_create(s, f);
	if (!x)
		return -1;
	int rc = index_flush(x, f);
	index_destroy(x);
	return rc;
}
