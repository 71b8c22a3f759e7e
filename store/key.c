/* Keys of the index: filing them, and walking what is filed under one. */
#include "store/key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/log/secret.h"
#include "proto/wire/unpack.h"
#include "store/row.h"
#include "store/whole.h"

/* Of one key; a hostile member could file any number under another's serial.
 * At 2 us each: 32 ms. */
#define CANDIDATES_MAX 16384

uint64_t key_prefix(const struct store *s, enum event_key type, const void *key, size_t size)
{
	if ((type == KEY_EVENT || type == KEY_TARGET) && size == EVENT_ID_SIZE)
		return get_u64(key);
	return hash_short(store_salt(s), key, size);
}

bool origin_is_members(const char *origin)
{
	static const char end[] = "/members";
	size_t size = strlen(origin);

	return size >= sizeof end - 1 && strcmp(origin + size - (sizeof end - 1), end) == 0;
}

static void row_advance(struct candidates *c)
{
	struct span key, value;

	if (c->has_row && index_row_next(&c->row))
		return;
	c->has_row = walk_next(&c->walk, &key, &value) && index_row_read(&c->row, key, value);
}

void candidates_begin(struct candidates *c, struct index *x, struct txn *t,
		      enum event_key type, uint64_t prefix, uint32_t log)
{
	struct tail_row row = { .prefix = prefix, .type_log = tail_type_log(type, log) };

	*c = (struct candidates){ .left = CANDIDATES_MAX };
	tail_key(&row, c->prefix);
	c->tail_count = tail_find(index_tail_rows(x), type, prefix, log, &c->tail);
	if (c->tail_count < 0) {
		struct fault f;
		fault_set(&f, FAULT_LIMIT, "no memory to look an event up");
		txn_fail(t, &f);
		c->tail_count = 0;
	}
	walk_begin(&c->walk, t, TABLE_INDEX,
		   (struct span){ c->prefix, log ? INDEX_KEY_LOG : INDEX_KEY_LOG - 3 });
	row_advance(c);
}

bool candidates_next(struct candidates *c, struct position *at)
{
	bool has_tail = c->tail_at < c->tail_count;

	if (!has_tail && !c->has_row)
		return false;
	if (c->left-- == 0) {
		c->cut = true;
		c->left = 0;
		return false;
	}
	int order = !has_tail ? 1 : !c->has_row ? -1 :
		position_compare(&c->tail[c->tail_at], &c->row.at);
	*at = order < 0 ? c->tail[c->tail_at] : c->row.at;
	if (order <= 0)
		c->tail_at++;
	if (order >= 0)
		row_advance(c);
	return true;
}

void candidates_end(struct candidates *c)
{
	walk_end(&c->walk);
	free(c->tail);
	c->tail = NULL;
}

struct match {
	enum event_key type;
	const void *key;
	size_t size;
	bool found;
};

static void match_key(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct match *m = ctx;

	if (type == m->type && size == m->size && memcmp(key, m->key, size) == 0)
		m->found = true;
}

bool event_has_key(const Trac__Event *e, enum event_key type, const void *key, size_t size)
{
	struct match m = { .type = type, .key = key, .size = size };

	/* the common question, without telling hundreds of serials */
	if (type == KEY_EVENT)
		return e->has_id && e->id.len == size && memcmp(e->id.data, key, size) == 0;
	event_keys(e, match_key, &m);
	return m.found;
}

Trac__Event *event_at(struct txn *t, struct position at)
{
	struct span bytes;
	struct fault f;

	if (whole_entry(t, at.log, at.index, &bytes, &f))
		return event_open(bytes, &f);
	txn_fail(t, &f);
	return NULL;
}
