/* The index: equal to a search through all events, in the tail and in the table. */
#include "store/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "tests/unit/events_help.h"
#include "tests/unit/store_help.h"

static struct world w;

static struct index *must_index(struct store *s)
{
	struct fault f;
	struct index *x = index_create(s, &f);

	if (!x)
		fail_msg("%s", f.text);
	return x;
}

static void must_flush(struct index *x)
{
	struct fault f;

	if (index_flush(x, &f))
		fail_msg("%s", f.text);
	assert_int_equal(index_tail(x), 0);
}

static int compare(const void *left, const void *right)
{
	const struct position *a = left, *b = right;

	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

struct key {
	enum event_key type;
	const void *data;
	size_t size;
	bool found;
};

static void match(void *ctx, enum event_key type, const void *data, size_t size)
{
	struct key *k = ctx;

	k->found |= type == k->type && size == k->size && memcmp(data, k->data, size) == 0;
}

static bool has_key(const Trac__Event *e, struct key *k)
{
	k->found = false;
	if (e)
		event_keys(e, match, k);
	return k->found;
}

static void check_key(struct index *x, struct txn *t, struct key k)
{
	static struct position want[WORLD_EVENTS], got[WORLD_EVENTS];
	unsigned count = 0;

	for (unsigned i = 0; i < w.count; i++) {
		if (has_key(w.item[i].event, &k))
			want[count++] = w.item[i].at;
	}
	qsort(want, count, sizeof *want, compare);
	assert_int_equal(index_find(x, t, k.type, k.data, k.size, got, WORLD_EVENTS), count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(compare(&got[i], &want[i]), 0);
	memset(got, 0, sizeof got[0] * 3);
	assert_int_equal(index_find(x, t, k.type, k.data, k.size, got, 2), count);
	assert_int_equal(got[2].log, 0);
	for (unsigned i = 0; i < count && i < 2; i++)
		assert_int_equal(compare(&got[i], &want[i]), 0);
}

static void check_event(struct index *x, struct txn *t, unsigned i)
{
	const Trac__Event *e = w.item[i].event;
	uint64_t at = UINT64_MAX, want = UINT64_MAX;

	for (uint32_t log = 1; log <= WORLD_LOGS; log++) {
		struct key k = { KEY_EVENT, e->id.data, EVENT_ID_SIZE, false };
		want = UINT64_MAX;
		for (unsigned n = w.count; n-- > 0;) {
			if (w.item[n].at.log == log && has_key(w.item[n].event, &k))
				want = w.item[n].at.index;
		}
		assert_int_equal(index_event(x, t, log, e->id.data, &at), want != UINT64_MAX);
		if (want != UINT64_MAX)
			assert_int_equal(at, want);
	}
}

struct checking {
	struct index *index;
	struct txn *txn;
};

static void check_told(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct checking *c = ctx;
	struct key k = { type, key, size, false };

	check_key(c->index, c->txn, k);
}

static void check_all(struct index *x, struct store *s)
{
	struct checking c = { x, must_begin(s, false) };
	static const uint8_t none[EVENT_ID_SIZE] = { 9, 9 };
	uint64_t at;

	for (int n = 0; n < 60; n++) {
		unsigned i = (unsigned)dice(w.count);
		if (!w.item[i].event)
			continue;
		event_keys(w.item[i].event, check_told, &c);
		check_event(x, c.txn, i);
	}
	check_key(x, c.txn, (struct key){ KEY_VALUE, "NOSUCHVALUE", 11, false });
	check_key(x, c.txn, (struct key){ KEY_EVENT, none, sizeof none, false });
	assert_false(index_event(x, c.txn, 1, none, &at));
	assert_false(txn_failed(c.txn));
	txn_abort(c.txn);
}

static void the_index_equals_a_search(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	(void)state;

	dice_seed(11);
	world_begin(&w, s, 60);
	struct index *x = must_index(s);
	for (int round = 0; round < 8; round++) {
		world_grow(&w, x, 150);
		check_all(x, s);
		if (round == 2 || round == 5) {
			must_flush(x);
			check_all(x, s);
			must_flush(x);
		}
		if (round == 3 || round == 6) {
			/* without a flush: caught up from the log */
			unsigned tail = index_tail(x);
			index_destroy(x);
			store_close(s);
			s = w.store = must_open(dir, STORE_WRITE);
			x = must_index(s);
			assert_int_equal(index_tail(x), tail);
			check_all(x, s);
		}
	}
	index_destroy(x);
	index_destroy(NULL);
	world_end(&w);
	store_close(s);
	scratch_remove(dir);
}

static void what_was_not_told_is_caught_up(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct fault f;
	(void)state;

	dice_seed(12);
	world_begin(&w, s, 60);
	struct index *x = must_index(s);
	world_grow(&w, NULL, 500);
	/* twice the same, and one that is not committed */
	struct span e0 = { w.item[0].bytes.data, w.item[0].bytes.used };
	struct position at = { w.item[499].at.log, w.item[499].at.index };
	assert_int_equal(index_add(x, at, e0, &f), 0);
	assert_int_equal(index_add(x, at, e0, &f), 0);
	for (unsigned i = 0; i < w.count; i++) {
		struct span e = { w.item[i].bytes.data, w.item[i].bytes.used };
		assert_int_equal(index_add(x, w.item[i].at, e, &f), 0);
	}
	assert_int_equal(index_tail(x), 500);
	check_all(x, s);
	/* and unpacked already, of which one is no event */
	world_grow(&w, NULL, 200);
	for (unsigned i = 500; i < w.count; i++)
		assert_int_equal(index_add_event(x, w.item[i].at, w.item[i].event, &f), 0);
	assert_int_equal(index_add_event(x, at, NULL, &f), 0);
	assert_int_equal(index_tail(x), 700);
	at.index += 1000;
	assert_int_equal(index_add_event(x, at, w.item[0].event, &f), -1);
	assert_int_equal(f.code, FAULT_BUG);
	assert_int_equal(index_add(x, at, e0, &f), -1);
	assert_int_equal(f.code, FAULT_BUG);
	check_all(x, s);
	index_destroy(x);
	world_end(&w);
	store_close(s);
	scratch_remove(dir);
}

/* More events than the tail takes: it is written when full, and at a start. */
static void a_full_tail_is_written(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	Trac__Event e = TRAC__EVENT__INIT;
	uint8_t id[EVENT_ID_SIZE] = { 0 };
	struct fault f;
	uint64_t at;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, "fne.example/a");
	e.has_id = 1;
	e.id = (ProtobufCBinaryData){ EVENT_ID_SIZE, id };
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	for (uint64_t i = 0; i < 2 * INDEX_TAIL_MAX + 100; i++) {
		put_u64(id + 8, i);
		buffer_reset(&b);
		pack(&e, &b);
		struct span entry = { b.data, b.used };
		log_append(t, log, &entry, 1, NULL);
	}
	must_commit(t);
	/* all have one prefix: nothing but a collision */
	struct index *x = must_index(s);
	assert_true(index_tail(x) <= INDEX_TAIL_MAX);
	t = must_begin(s, false);
	for (uint64_t i = 0; i < 40; i++) {
		put_u64(id + 8, i);
		assert_true(index_event(x, t, log, id, &at));
		assert_int_equal(at, i);
	}
	txn_abort(t);
	t = must_begin(s, true);
	for (uint64_t i = 0; i < INDEX_TAIL_MAX + 10; i++) {
		put_u64(id, i + 1);
		put_u64(id + 8, i);
		buffer_reset(&b);
		pack(&e, &b);
		struct span entry = { b.data, b.used };
		log_append(t, log, &entry, 1, NULL);
	}
	must_commit(t);
	for (uint64_t i = 0; i < INDEX_TAIL_MAX + 10; i++) {
		struct position p = { log, 2 * INDEX_TAIL_MAX + 100 + i };
		struct span entry;
		t = must_begin(s, false);
		assert_true(log_entry(t, log, p.index, &entry));
		buffer_reset(&b);
		write_bytes(&b, entry.data, entry.size);
		txn_abort(t);
		assert_int_equal(index_add(x, p, (struct span){ b.data, b.used }, &f), 0);
		assert_true(index_tail(x) <= INDEX_TAIL_MAX);
	}
	t = must_begin(s, false);
	for (uint64_t i = 0; i < INDEX_TAIL_MAX + 10; i += 97) {
		put_u64(id, i + 1);
		put_u64(id + 8, i);
		assert_true(index_event(x, t, log, id, &at));
		assert_int_equal(at, 2 * INDEX_TAIL_MAX + 100 + i);
	}
	txn_abort(t);
	buffer_clear(&b);
	index_destroy(x);
	store_close(s);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_equals_a_search),
		cmocka_unit_test(what_was_not_told_is_caught_up),
		cmocka_unit_test(a_full_tail_is_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
