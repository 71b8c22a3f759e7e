/*
 * The index: keys of committed events, first in the tail, then in TABLE_INDEX
 * (index_row.c). How far each log is
 * written stands in TABLE_META ('i' log) and changes with the rows.
 */
#include "store/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/key.h"
#include "store/reach.h"
#include "store/row.h"

/* Entries read in one transaction while catching up: readers stay short. */
#define CATCH_UP_SLICE 1000

struct reach {
	uint64_t told;       /* entries below are in the tail or the table */
	uint64_t written;    /* entries below are in the table */
};

struct index {
	struct store *store; /* borrowed */
	struct tail tail;
	struct names_tail names;
	unsigned events;     /* told and not written */
	unsigned room;       /* of reach */
	struct reach *reach; /* owned; by log number */
};

const struct tail *index_tail_rows(const struct index *x)
{
	return &x->tail;
}

const struct names_tail *index_names(const struct index *x)
{
	return &x->names;
}

uint64_t index_told(const struct index *x, uint32_t log)
{
	return log < x->room ? x->reach[log].told : 0;
}

unsigned index_tail(const struct index *x)
{
	return x->events;
}

static int no_memory(struct fault *f)
{
	return fault_set(f, FAULT_LIMIT, "no memory for the index");
}

static struct reach *reach_of(struct index *x, uint32_t log)
{
	assert(log > 0 && log <= LOG_NUMBER_MAX);
	if (log >= x->room) {
		unsigned room = log < 64 ? 64 : 2 * log;
		struct reach *grown = realloc(x->reach, room * sizeof *grown);
		if (!grown)
			return NULL;
		memset(grown + x->room, 0, (room - x->room) * sizeof *grown);
		x->reach = grown;
		x->room = room;
	}
	return &x->reach[log];
}

struct store *index_store(const struct index *x)
{
	return x->store;
}

/* --- telling --- */

struct telling {
	struct index *index;
	struct position at;
	bool full;
};

static void tell_key(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct telling *w = ctx;

	if (!w->full)
		w->full = !tail_put(&w->index->tail, type,
				    key_prefix(w->index->store, type, key, size), w->at);
	if (!w->full && (type == KEY_VALUE || type == KEY_ANNOUNCED))
		w->full = !names_put(&w->index->names, key, size);
}

/* All keys of the next entry of its log or none; false: the tail is full. */
static bool tell_event(struct index *x, struct position at, const Trac__Event *e)
{
	struct telling w = { .index = x, .at = at, .full = x->events >= INDEX_TAIL_MAX };
	unsigned before = x->tail.used;
	size_t names_before = x->names.rows.used;

	assert(at.index == x->reach[at.log].told);
	if (e && !w.full)
		event_keys(e, tell_key, &w);
	if (w.full) {
		tail_cut(&x->tail, before);
		names_cut(&x->names, names_before);
		return false;
	}
	x->reach[at.log].told++;
	x->events++;
	return true;
}

/* What is no event has no keys. */
static bool tell_entry(struct index *x, struct position at, struct span entry)
{
	struct fault ignored;
	Trac__Event *e = event_open(entry, &ignored);
	bool told = tell_event(x, at, e);

	unpack_free(e);
	return told;
}

/* --- writing --- */

static void reach_write(struct txn *t, const struct index *x)
{
	for (uint32_t log = 1; log < x->room; log++) {
		if (x->reach[log].told != x->reach[log].written)
			reach_put(t, REACH_INDEXED, log, x->reach[log].told);
	}
}

int index_flush(struct index *x, struct fault *f)
{
	if (x->events == 0)
		return 0;
	struct txn *t = txn_begin(x->store, true, f);
	if (!t)
		return -1;
	tail_sort(&x->tail);
	index_rows_write(t, &x->tail);
	names_write(t, &x->names);
	reach_write(t, x);
	if (txn_commit(t, f)) {
		tail_link(&x->tail);
		return -1;
	}
	tail_cut(&x->tail, 0);
	names_cut(&x->names, 0);
	x->events = 0;
	for (uint32_t log = 1; log < x->room; log++)
		x->reach[log].written = x->reach[log].told;
	return 0;
}

/* --- catching up --- */

static int index_damaged(uint32_t log, struct fault *f)
{
	return fault_set(f, FAULT_IO, "the index and the entries of log %u do not fit: run "
		"'trac store check', then 'trac store check --rebuild'", (unsigned)log);
}

static int reach_read(struct index *x, struct fault *f)
{
	struct txn *t = txn_begin(x->store, false, f);

	if (!t)
		return -1;
	for (uint32_t log = 1, last = log_last(t); log <= last; log++) {
		struct reach *r = reach_of(x, log);
		if (!r) {
			txn_abort(t);
			return no_memory(f);
		}
		r->told = r->written = reach_get(t, REACH_INDEXED, log);
		if (r->told > log_size(t, log)) {
			txn_abort(t);
			return index_damaged(log, f);
		}
	}
	return txn_commit(t, f);
}

/* Tells entries of a log until the slice or the tail is full. 1: there are more,
 * 0: none, -1: fault. */
static int catch_up_slice(struct index *x, uint32_t log, struct fault *f)
{
	char origin[ORIGIN_MAX + 1];
	struct span entry;
	unsigned room = CATCH_UP_SLICE;

	struct txn *t = txn_begin(x->store, false, f);
	if (!t)
		return -1;
	if (!log_origin(t, log, origin) || origin_is_members(origin))
		return txn_commit(t, f);
	struct reach *r = &x->reach[log];
	uint64_t end = log_size(t, log);
	for (; room > 0 && r->told < end; room--) {
		if (!log_entry(t, log, r->told, &entry)) {
			txn_abort(t);
			return index_damaged(log, f);
		}
		/* index_add() would write, which waits until the reader is gone */
		if (!tell_entry(x, (struct position){ log, r->told }, entry))
			break;
	}
	bool more = r->told < end;
	return txn_commit(t, f) ? -1 : more;
}

static int catch_up_log(struct index *x, uint32_t log, struct fault *f)
{
	int more = 1;

	while (more > 0) {
		unsigned before = x->events;
		more = catch_up_slice(x, log, f);
		bool full = more > 0 && x->events - before < CATCH_UP_SLICE;
		assert(!full || x->events > 0);
		if (more < 0 || (full && index_flush(x, f)))
			return -1;
	}
	return 0;
}

struct index *index_create(struct store *s, struct fault *f)
{
	struct index *x = calloc(1, sizeof *x);

	if (!x || tail_init(&x->tail)) {
		free(x);
		no_memory(f);
		return NULL;
	}
	x->store = s;
	names_init(&x->names);
	int rc = reach_read(x, f);
	for (uint32_t log = 1; !rc && log < x->room; log++)
		rc = catch_up_log(x, log, f);
	if (!rc)
		return x;
	index_destroy(x);
	return NULL;
}

void index_destroy(struct index *x)
{
	if (!x)
		return;
	tail_clear(&x->tail);
	names_clear(&x->names);
	free(x->reach);
	free(x);
}

/* 1: this entry is the next of its log, 0: it is known, -1: fault. */
static int index_expects(struct index *x, struct position at, struct fault *f)
{
	struct reach *r = reach_of(x, at.log);

	if (!r)
		return no_memory(f);
	/* after an entry that could not be taken, the disk being full */
	if (at.index > r->told && catch_up_log(x, at.log, f))
		return -1;
	if (at.index > r->told)
		return fault_set(f, FAULT_BUG, "the index was told of entry %llu of log %u, "
			"which is not committed", (unsigned long long)at.index,
			(unsigned)at.log);
	return at.index == r->told;
}

int index_add_event(struct index *x, struct position at, const Trac__Event *e, struct fault *f)
{
	int rc = index_expects(x, at, f);

	if (rc <= 0)
		return rc;
	if (tell_event(x, at, e))
		return 0;
	if (index_flush(x, f))
		return -1;
	if (!tell_event(x, at, e))
		return fault_set(f, FAULT_BUG, "entry %llu of log %u has too many keys",
			(unsigned long long)at.index, (unsigned)at.log);
	return 0;
}

int index_add(struct index *x, struct position at, struct span entry, struct fault *f)
{
	struct fault ignored;

	if (at.index < index_told(x, at.log))
		return 0;
	Trac__Event *e = event_open(entry, &ignored);
	int rc = index_add_event(x, at, e, f);
	unpack_free(e);
	return rc;
}

/* --- finding --- */

static bool is_at(struct txn *t, struct position at, enum event_key type, const void *key,
		  size_t size)
{
	struct fault ignored;
	struct span bytes;
	/* its id may be known though its bytes are not whole: a recorder must not fail by it */
	Trac__Event *e = log_entry(t, at.log, at.index, &bytes) ?
		event_open(bytes, &ignored) : NULL;
	bool found = e && event_has_key(e, type, key, size);

	unpack_free(e);
	return found;
}

unsigned index_find(struct index *x, struct txn *t, enum event_key type,
		    const void *key, size_t size, struct position *out, unsigned room)
{
	struct candidates c;
	struct position at;
	unsigned count = 0;

	candidates_begin(&c, x, t, type, key_prefix(x->store, type, key, size), 0);
	while (candidates_next(&c, &at)) {
		if (!is_at(t, at, type, key, size))
			continue;
		if (count < room)
			out[count] = at;
		count++;
	}
	if (c.cut && count <= room)
		count = room + 1;
	candidates_end(&c);
	return count;
}

bool index_event(struct index *x, struct txn *t, uint32_t log, const uint8_t *id,
		 uint64_t *index)
{
	struct candidates c;
	struct position at;
	bool found = false;

	candidates_begin(&c, x, t, KEY_EVENT,
			 key_prefix(x->store, KEY_EVENT, id, EVENT_ID_SIZE), log);
	while (!found && candidates_next(&c, &at)) {
		found = is_at(t, at, KEY_EVENT, id, EVENT_ID_SIZE);
		if (found)
			*index = at.index;
	}
	candidates_end(&c);
	return found;
}
