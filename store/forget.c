/* What the index and the figures know of entries that are about to be cut. */
#include "store/index.h"

#include <string.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/key.h"
#include "store/reach.h"
#include "store/row.h"

struct forgetting {
	struct store *store;
	struct txn *txn;
	struct position from;      /* this index and all behind it */
};

/* The row keeps its positions below index; with none left it goes. */
static void row_cut(struct txn *t, struct span key, struct span value, uint64_t index)
{
	uint8_t kept_key[INDEX_KEY_SIZE], more[INDEX_MORE_MAX * INDEX_MORE_SIZE];
	struct index_row r;
	size_t used = 0;

	if (!index_row_read(&r, key, value))
		return;
	memcpy(kept_key, key.data, sizeof kept_key);
	if (r.at.index >= index) {
		txn_delete(t, TABLE_INDEX, (struct span){ kept_key, sizeof kept_key });
		return;
	}
	while (index_row_next(&r) && r.at.index < index) {
		put_u40(more + used, r.at.index);
		used += INDEX_MORE_SIZE;
	}
	if (used < value.size)
		txn_put(t, TABLE_INDEX, (struct span){ kept_key, sizeof kept_key },
			(struct span){ more, used });
}

static void key_cut(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct forgetting *w = ctx;
	struct tail_row last = {
		.prefix = key_prefix(w->store, type, key, size),
		.type_log = tail_type_log(type, w->from.log),
		.index = ENTRY_INDEX_MAX,
	};
	uint8_t at[INDEX_KEY_SIZE];
	struct row below, above;
	struct index_row r;

	tail_key(&last, at);
	for (;;) {
		uint64_t first;

		txn_around(w->txn, TABLE_INDEX, (struct span){ at, sizeof at }, &below, &above);
		if (txn_failed(w->txn) || !index_row_read(&r, below.key, below.value) ||
		    memcmp(below.key.data, at, INDEX_KEY_LOG) != 0)
			return;
		first = r.at.index;
		row_cut(w->txn, below.key, below.value, w->from.index);
		if (first < w->from.index)
			return;
	}
}

static void reach_cut(struct txn *t, char letter, uint32_t log, uint64_t size)
{
	if (reach_get(t, letter, log) > size)
		reach_put(t, letter, log, size);
}

int index_forget(struct store *s, struct txn *t, uint32_t log, uint64_t size)
{
	struct forgetting w = { s, t, { log, size } };
	struct fault ignored;
	struct span bytes;

	for (uint64_t i = size, end = log_size(t, log); i < end && !txn_failed(t); i++) {
		Trac__Event *e = log_entry(t, log, i, &bytes) ? event_open(bytes, &ignored) : NULL;

		if (e)
			event_keys(e, key_cut, &w);
		unpack_free(e);
	}
	reach_cut(t, REACH_INDEXED, log, size);
	reach_cut(t, REACH_FOLDED, log, size);
	return txn_failed(t) ? -1 : 0;
}
