/* Rows of watches. */
#include "store/watch.h"

#include <stdlib.h>
#include <string.h>

#include "store/row.h"

/* Times before 1970 stand before those after. */
#define TIME_SIGN (UINT64_C(1) << 63)

static void key_write(uint8_t to[WATCH_KEY_SIZE], enum watch_kind kind, int64_t time_ms,
		      struct position at)
{
	to[0] = (uint8_t)kind;
	put_u64(to + 1, (uint64_t)time_ms ^ TIME_SIGN);
	entry_key(to + 9, at.log, at.index);
}

bool watch_read(struct span key, enum watch_kind *kind, struct watch_seed *out)
{
	if (key.size != WATCH_KEY_SIZE || key.data[0] == 0 || key.data[0] >= WATCH_KINDS)
		return false;
	*kind = (enum watch_kind)key.data[0];
	out->time_ms = (int64_t)(get_u64(key.data + 1) ^ TIME_SIGN);
	out->at = (struct position){ get_u24(key.data + 9), get_u40(key.data + 12) };
	return true;
}

/* --- of one device --- */

void watches_clear(struct watches *w)
{
	free(w->key);
	*w = (struct watches){ 0 };
}

static uint8_t *watches_more(struct watches *w)
{
	if (w->count == w->room) {
		unsigned room = w->room ? 2 * w->room : 8;
		void *grown = realloc(w->key, room * sizeof *w->key);
		if (!grown)
			return NULL;
		w->key = grown;
		w->room = room;
	}
	return w->key[w->count++];
}

int watches_add(struct watches *w, enum watch_kind kind, int64_t time_ms, struct position at)
{
	uint8_t *key = watches_more(w);

	if (!key)
		return -1;
	key_write(key, kind, time_ms, at);
	return 0;
}

static int key_compare(const void *a, const void *b)
{
	return memcmp(a, b, WATCH_KEY_SIZE);
}

void watches_sort(struct watches *w)
{
	unsigned kept = 0;

	if (w->count > 1)
		qsort(w->key, w->count, sizeof *w->key, key_compare);
	for (unsigned i = 0; i < w->count; i++) {
		if (kept == 0 || key_compare(w->key[i], w->key[kept - 1]) != 0)
			memmove(w->key[kept++], w->key[i], WATCH_KEY_SIZE);
	}
	w->count = kept;
}

bool watches_read(struct watches *w, struct span row)
{
	if (row.size % WATCH_KEY_SIZE != 0)
		return false;
	for (size_t at = 0; at < row.size; at += WATCH_KEY_SIZE) {
		uint8_t *key = watches_more(w);
		if (!key)
			return false;
		memcpy(key, row.data + at, WATCH_KEY_SIZE);
	}
	return true;
}

struct span watches_span(const struct watches *w)
{
	return (struct span){ w->count > 0 ? w->key[0] : (const uint8_t *)"",
			      w->count * sizeof *w->key };
}

/* --- of all --- */

static struct span count_key(uint8_t to[2], enum watch_kind kind)
{
	to[0] = 0;
	to[1] = (uint8_t)kind;
	return (struct span){ to, 2 };
}

uint64_t watch_count(struct txn *t, enum watch_kind kind)
{
	uint8_t key[2];
	struct span v;

	return txn_get(t, TABLE_WATCH, count_key(key, kind), &v) && v.size == 8 ?
		get_u64(v.data) : 0;
}

static void count_add(struct txn *t, enum watch_kind kind, bool more)
{
	uint64_t was = watch_count(t, kind);
	uint8_t key[2], value[8];
	struct fault f;

	if (!more && was == 0) {
		fault_set(&f, FAULT_BUG, "fewer than no devices would be under watch: run "
			  "'trac store check --rebuild'");
		txn_fail(t, &f);
		return;
	}
	put_u64(value, more ? was + 1 : was - 1);
	txn_put(t, TABLE_WATCH, count_key(key, kind), (struct span){ value, sizeof value });
}

void watches_replace(struct txn *t, const struct watches *old, const struct watches *now)
{
	for (unsigned i = 0; i < old->count; i++) {
		struct span key = { old->key[i], WATCH_KEY_SIZE };
		if (txn_delete(t, TABLE_WATCH, key))
			count_add(t, (enum watch_kind)key.data[0], false);
	}
	for (unsigned i = 0; i < now->count; i++) {
		struct span key = { now->key[i], WATCH_KEY_SIZE }, v;
		if (txn_get(t, TABLE_WATCH, key, &v))
			continue;
		txn_put(t, TABLE_WATCH, key, (struct span){ (const uint8_t *)"", 0 });
		count_add(t, (enum watch_kind)key.data[0], true);
	}
}

unsigned watch_seeds(struct txn *t, enum watch_kind kind, unsigned room,
		     struct watch_seed **out, bool *cut, bool *failed)
{
	uint64_t all = watch_count(t, kind), skip = all > room ? all - room : 0;
	const uint8_t prefix = (uint8_t)kind;
	enum watch_kind is;
	unsigned count = 0, most = (unsigned)(all - skip);
	struct span key, v;
	struct walk w;

	*cut = skip > 0;
	*out = calloc((size_t)most + 1, sizeof **out);
	*failed = !*out;
	walk_begin(&w, t, TABLE_WATCH, (struct span){ &prefix, 1 });
	while (*out && count < most && walk_next(&w, &key, &v)) {
		if (skip > 0)
			skip--;
		else if (watch_read(key, &is, &(*out)[count]))
			count++;
	}
	walk_end(&w);
	return count;
}
