/* Rows of TABLE_INDEX: type, 8 bytes of the key, log, index -> more indexes. */
#include "store/key.h"

#include <assert.h>
#include <string.h>

#include "store/row.h"

bool index_row_read(struct index_row *r, struct span key, struct span value)
{
	if (key.size != INDEX_KEY_SIZE || value.size % INDEX_MORE_SIZE != 0 ||
	    value.size > INDEX_MORE_MAX * INDEX_MORE_SIZE)
		return false;
	const uint8_t *log = key.data + INDEX_KEY_LOG - 3;
	*r = (struct index_row){ { get_u24(log), get_u40(log + 3) }, value };
	return true;
}

bool index_row_next(struct index_row *r)
{
	if (r->more.size == 0)
		return false;
	r->at.index = get_u40(r->more.data);
	r->more.data += INDEX_MORE_SIZE;
	r->more.size -= INDEX_MORE_SIZE;
	return true;
}

bool index_row_find(struct txn *t, const uint8_t key[INDEX_KEY_SIZE])
{
	struct row below, above;
	struct index_row r;
	uint64_t index = get_u40(key + INDEX_KEY_LOG);

	txn_around(t, TABLE_INDEX, (struct span){ key, INDEX_KEY_SIZE }, &below, &above);
	if (!index_row_read(&r, below.key, below.value) ||
	    memcmp(below.key.data, key, INDEX_KEY_LOG) != 0)
		return false;
	do {
		if (r.at.index == index)
			return true;
	} while (index_row_next(&r));
	return false;
}

static bool is_same_key(const struct tail_row *a, const struct tail_row *b)
{
	return a->prefix == b->prefix && a->type_log == b->type_log;
}

/* One row from number i on; returns the number behind it. */
static unsigned row_write(struct fill *l, const struct tail *q, unsigned i)
{
	uint8_t key[INDEX_KEY_SIZE], more[INDEX_MORE_MAX * INDEX_MORE_SIZE];
	const struct tail_row *first = &q->row[i++];
	uint64_t last = first->index;
	size_t used = 0;

	for (; i < q->used && is_same_key(first, &q->row[i]); i++) {
		assert(q->row[i].index >= last);
		/* an event that tells a key twice */
		if (q->row[i].index == last)
			continue;
		if (used == sizeof more)
			break;
		last = q->row[i].index;
		put_u40(more + used, last);
		used += INDEX_MORE_SIZE;
	}
	tail_key(first, key);
	fill_put(l, (struct span){ key, sizeof key }, (struct span){ more, used });
	return i;
}

void index_rows_write(struct txn *t, const struct tail *q)
{
	struct fill l;

	fill_begin(&l, t, TABLE_INDEX);
	for (unsigned i = 0; i < q->used && !txn_failed(t);)
		i = row_write(&l, q, i);
	fill_end(&l);
}
