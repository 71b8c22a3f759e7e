/* Rows that tell how far what is derived has come: u64, then the guard. */
#include "store/reach.h"

#include "store/guard.h"
#include "store/row.h"

uint64_t reach_get(struct txn *t, char letter, uint32_t log)
{
	uint8_t key[4];
	struct span v;

	/* 8 bytes: written before rows were guarded */
	return txn_get(t, TABLE_META, log_key(key, letter, log), &v) &&
	       (v.size == 8 || v.size == 8 + GUARD_SIZE) ? get_u64(v.data) : 0;
}

void reach_put(struct txn *t, char letter, uint32_t log, uint64_t size)
{
	uint8_t key[4], value[8 + GUARD_SIZE];
	struct span k = log_key(key, letter, log);

	put_u64(value, size);
	txn_put(t, TABLE_META, k, guard_put(k, value, 8));
}
