/* Names: a search equals a look through all values, in the tail and in the table. */
#include "store/names.h"

#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "store/check.h"
#include "tests/unit/events_help.h"
#include "tests/unit/store_help.h"

#define VALUES_MAX 4096

static struct world w;

/* All values of all events, as the table is to have them. */
static struct {
	unsigned count;
	uint8_t key[VALUES_MAX][NAME_KEY_MAX];
	size_t size[VALUES_MAX];
} all;

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
}

static int key_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* By insertion, each once: another way than the code under test. */
static void take(void *ctx, enum event_key type, const void *key, size_t size)
{
	uint8_t name[NAME_KEY_MAX];
	unsigned at = 0;
	(void)ctx;

	if (type != KEY_VALUE && type != KEY_ANNOUNCED)
		return;
	size_t name_size = name_key(name, key, size);
	while (at < all.count && key_compare(all.key[at], all.size[at], name, name_size) < 0)
		at++;
	if (at < all.count && key_compare(all.key[at], all.size[at], name, name_size) == 0)
		return;
	assert_true(all.count < VALUES_MAX);
	memmove(all.key[at + 1], all.key[at], (all.count - at) * sizeof *all.key);
	memmove(all.size + at + 1, all.size + at, (all.count - at) * sizeof *all.size);
	memcpy(all.key[at], name, name_size);
	all.size[at] = name_size;
	all.count++;
}

static void take_all(void)
{
	all.count = 0;
	for (unsigned i = 0; i < w.count; i++) {
		if (w.item[i].event)
			event_keys(w.item[i].event, take, NULL);
	}
}

static bool is_asked(unsigned i, const char *text, bool look_alikes)
{
	const char *seen = (const char *)all.key[i], *value = seen + strlen(seen) + 1;
	size_t size = all.size[i] - strlen(seen) - 1;
	char other[TEXT_MAX + 1];

	ident_confusable(text, other);
	if (look_alikes)
		return strcmp(seen, other) == 0;
	return size >= strlen(text) && memcmp(value, text, strlen(text)) == 0;
}

/* All pages of one search. Returns how many values. */
static unsigned check_search(struct index *x, struct txn *t, const char *text, bool look_alikes)
{
	static struct names_found got;
	struct names_query q = { .text = text, .after = "", .look_alikes = look_alikes };
	char after[TEXT_MAX + 1] = "";
	unsigned at = 0, told = 0;
	struct fault f;

	do {
		q.after = after;
		if (index_search(x, t, &q, &got, &f))
			fail_msg("%s", f.text);
		for (unsigned i = 0; i < got.count; i++, at++, told++) {
			while (at < all.count && !is_asked(at, text, look_alikes))
				at++;
			assert_true(at < all.count);
			const char *value = (const char *)all.key[at];
			value += strlen(value) + 1;
			assert_int_equal(strlen(got.value[i]),
					 all.key[at] + all.size[at] - (const uint8_t *)value);
			assert_memory_equal(got.value[i], value, strlen(got.value[i]));
		}
		if (got.count > 0)
			strcpy(after, got.value[got.count - 1]);
		assert_true(!got.more || got.count == SEARCH_VALUES_MAX);
	} while (got.more);
	while (at < all.count)
		assert_false(is_asked(at++, text, look_alikes));
	return told;
}

static void check_searches(struct index *x, struct store *s)
{
	static const char *const prefix[] = { "K", "K1", "K1Z00", "k-1z0001", "4C4C", "Z", "0" };
	char value[TEXT_MAX + 1];
	struct txn *t = must_begin(s, false);

	take_all();
	for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++) {
		ident_query(prefix[i], value);
		check_search(x, t, value, false);
	}
	for (int i = 0; i < 40; i++) {
		world_value(&w, value);
		check_search(x, t, value, true);
		value[1 + dice(strlen(value))] = '\0';
		check_search(x, t, value, false);
	}
	assert_false(txn_failed(t));
	txn_abort(t);
}

static void a_search_equals_a_look_at_all(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	(void)state;

	dice_seed(21);
	world_begin(&w, s, 300);
	struct index *x = must_index(s);
	for (int round = 0; round < 5; round++) {
		world_grow(&w, x, 200);
		check_searches(x, s);
		if (round == 1 || round == 3)
			must_flush(x);
		check_searches(x, s);
		if (round == 2) {
			/* what waited is caught up from the logs */
			index_destroy(x);
			x = must_index(s);
			check_searches(x, s);
		}
	}
	assert_true(all.count > SEARCH_VALUES_MAX);
	index_destroy(x);
	world_end(&w);
	store_close(s);
	scratch_remove(dir);
}

static void append(struct store *s, struct index *x, const char *serial)
{
	Trac__Identifier id = TRAC__IDENTIFIER__INIT, *list[1] = { &id };
	Trac__Event e = TRAC__EVENT__INIT;
	struct buffer b;
	struct fault f;
	uint64_t index;

	id.has_kind = 1;
	id.kind = TRAC__IDENTIFIER_KIND__SERIAL;
	id.value = (char *)serial;
	id.maker = "HP";
	e.device = list;
	e.n_device = 1;
	buffer_init(&b, ENTRY_SIZE_MAX);
	pack(&e, &b);
	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, "fne.example/a");
	struct span entry = { b.data, b.used };
	assert_int_equal(log_append(t, log, &entry, 1, &index), 0);
	must_commit(t);
	assert_int_equal(index_add(x, (struct position){ log, index }, entry, &f), 0);
	buffer_clear(&b);
}

static void look_alikes_are_neighbours(void **state)
{
	static const char *const serial[] = {
		"5CD1230XYZ", "5CD123OXYZ", "SCD1230XY2", "5CD1231XYZ",
	};
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct names_query q = { .text = "5cd123 Oxyz", .after = "", .look_alikes = true };
	static struct names_found got;
	struct fault f;
	(void)state;

	struct index *x = must_index(s);
	for (size_t i = 0; i < sizeof serial / sizeof *serial; i++) {
		append(s, x, serial[i]);
		if (i == 1)
			must_flush(x);
	}
	struct txn *t = must_begin(s, false);
	assert_int_equal(index_search(x, t, &q, &got, &f), 0);
	assert_int_equal(got.count, 3);
	assert_false(got.more);
	assert_string_equal(got.value[0], "5CD1230XYZ");
	assert_string_equal(got.value[1], "5CD123OXYZ");
	assert_string_equal(got.value[2], "SCD1230XY2");
	q.after = "5CD123OXYZ";
	assert_int_equal(index_search(x, t, &q, &got, &f), 0);
	assert_int_equal(got.count, 1);
	/* what begins so only to a tired eye does not begin so */
	q = (struct names_query){ .text = "5CD123O", .after = "" };
	assert_int_equal(index_search(x, t, &q, &got, &f), 0);
	assert_int_equal(got.count, 1);
	assert_string_equal(got.value[0], "5CD123OXYZ");
	q.text = " - ";
	assert_int_equal(index_search(x, t, &q, &got, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	txn_abort(t);
	index_destroy(x);
	store_close(s);
	scratch_remove(dir);
}

/* --- a store of format 2 --- */

/* Below the layer: no names, no watches, counters of old, and the number of the format. */
static void make_format_2(const char *dir)
{
	uint8_t format[4];
	MDB_val key = { 6, "format" }, value = { sizeof format, format };
	MDB_val cell = { 4, "cell" }, count = { 8, "\0\0\0\0\0\0\0\7" };
	static const char *const gone[] = { "names", "watch" };
	MDB_env *env;
	MDB_txn *t;
	MDB_dbi table;

	put_u32(format, 2);
	assert_int_equal(mdb_env_create(&env), 0);
	mdb_env_set_maxdbs(env, 8);
	assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &t), 0);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		assert_int_equal(mdb_dbi_open(t, gone[i], 0, &table), 0);
		assert_int_equal(mdb_drop(t, table, 1), 0);
	}
	assert_int_equal(mdb_dbi_open(t, "counters", 0, &table), 0);
	assert_int_equal(mdb_put(t, table, &cell, &count, 0), 0);
	assert_int_equal(mdb_dbi_open(t, "meta", 0, &table), 0);
	assert_int_equal(mdb_put(t, table, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(t), 0);
	mdb_env_close(env);
}

static void format_2_is_brought_up(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	uint8_t uuid[STORE_UUID_SIZE];
	struct check_report r = { 0 };
	struct span entry, v;
	struct fault f;
	(void)state;

	dice_seed(22);
	world_begin(&w, s, 300);
	struct index *x = must_index(s);
	world_grow(&w, x, 500);
	must_flush(x);
	index_destroy(x);
	memcpy(uuid, store_uuid(s), sizeof uuid);
	store_close(s);
	make_format_2(dir);
	/* who only reads says what to do, and changes nothing */
	assert_null(store_open(dir, STORE_READ_ONLY, &f));
	assert_non_null(strstr(f.text, "has format 2: start tracd"));

	s = w.store = must_open(dir, STORE_WRITE);
	assert_memory_equal(uuid, store_uuid(s), sizeof uuid);
	struct txn *t = must_begin(s, false);
	for (unsigned i = 0; i < w.count; i++) {
		assert_true(log_entry(t, w.item[i].at.log, w.item[i].at.index, &entry));
		assert_int_equal(entry.size, w.item[i].bytes.used);
		assert_memory_equal(entry.data, w.item[i].bytes.data, entry.size);
	}
	assert_false(txn_get(t, TABLE_COUNTERS, text_span("cell"), &v));
	txn_abort(t);
	x = must_index(s);
	check_searches(x, s);
	must_flush(x);
	check_searches(x, s);
	index_destroy(x);
	if (store_check(s, &r, &f))
		fail_msg("%s", f.text);
	assert_int_equal(r.bad, 0);
	store_close(s);
	store_close(must_open(dir, STORE_READ_ONLY));
	world_end(&w);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_equals_a_look_at_all),
		cmocka_unit_test(look_alikes_are_neighbours),
		cmocka_unit_test(format_2_is_brought_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
