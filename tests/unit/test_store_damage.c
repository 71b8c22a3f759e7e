/* Each damage of a row is found and named; a rebuild heals what is derived. */
#include "tests/unit/check_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "store/aside.h"
#include "store/heads.h"
#include "store/run.h"
#include "store/whole.h"
#include "tests/unit/store_help.h"

static struct span key8(uint8_t to[8], uint32_t log, uint64_t index)
{
	put_u64(to, (uint64_t)log << 40 | index);
	return (struct span){ to, 8 };
}

static struct span tree_key(uint8_t to[9], uint32_t log, unsigned row, uint64_t group)
{
	put_u32(to, log << 8 | (15 - row));
	to[4] = 0;
	put_u32(to + 5, (uint32_t)group);
	return (struct span){ to, 9 };
}

/* Flips one bit of a row. */
static void flip(struct txn *t, enum table table, struct span key, size_t at)
{
	static uint8_t copy[ENTRY_SIZE_MAX];
	struct span v;

	assert_true(txn_get(t, table, key, &v));
	assert_true(at < v.size);
	memcpy(copy, v.data, v.size);
	copy[at] ^= 4;
	txn_put(t, table, key, (struct span){ copy, v.size });
}

/* Where an entry lies. */
static struct span place(struct txn *t, uint8_t to[8], uint32_t log, uint64_t index)
{
	uint64_t arrival;

	assert_true(run_arrival(t, log, index, &arrival));
	return arrival_key(to, arrival);
}

static void flip_entry(struct txn *t)
{
	uint8_t k[8];
	flip(t, TABLE_ENTRIES, place(t, k, it.w.log[1], 20), 5);
	flip(t, TABLE_ENTRIES, place(t, k, it.w.log[1], 50), 5);
}

static void drop_entry(struct txn *t)
{
	uint8_t k[8];
	txn_delete(t, TABLE_ENTRIES, place(t, k, it.w.log[0], 7));
}

static void drop_last_entry(struct txn *t)
{
	uint8_t k[8];
	txn_delete(t, TABLE_ENTRIES, place(t, k, it.w.log[0], log_size(t, it.w.log[0]) - 1));
}

static void add_entry(struct txn *t)
{
	uint8_t k[8];
	txn_put(t, TABLE_ENTRIES, arrival_key(k, txn_rows(t, TABLE_ENTRIES)), text_span("x"));
}

/* The key of the number-th run of a log. */
static struct span run_key(struct txn *t, uint8_t to[8], uint32_t log, unsigned number)
{
	struct span key, value;
	struct walk walk;
	uint8_t prefix[3] = { 0, 0, (uint8_t)log };

	walk_begin(&walk, t, TABLE_RUNS, (struct span){ prefix, sizeof prefix });
	for (unsigned i = 0; i <= number; i++)
		assert_true(walk_next(&walk, &key, &value));
	memcpy(to, key.data, 8);
	walk_end(&walk);
	return (struct span){ to, 8 };
}

static void flip_run(struct txn *t)
{
	uint8_t k[8];
	flip(t, TABLE_RUNS, run_key(t, k, it.w.log[1], 3), 7);
}

static void lose_run(struct txn *t)
{
	uint8_t k[8];
	flip(t, TABLE_RUNS, run_key(t, k, it.w.log[2], 0), 0);
}

static void cut_run(struct txn *t)
{
	uint8_t k[8];
	txn_put(t, TABLE_RUNS, run_key(t, k, it.w.log[2], 0), text_span("x"));
}

static void drop_run(struct txn *t)
{
	uint8_t k[8];
	txn_delete(t, TABLE_RUNS, run_key(t, k, it.w.log[1], 2));
}

static void drop_first_run(struct txn *t)
{
	uint8_t k[8];
	txn_delete(t, TABLE_RUNS, run_key(t, k, it.w.log[3], 0));
}

static void run_behind(struct txn *t)
{
	uint8_t k[8], v[8] = { 0 };
	struct span key = key8(k, it.w.log[2], log_size(t, it.w.log[2]));

	txn_put(t, TABLE_RUNS, key, (struct span){ v, 8 });
}

static void stray_run(struct txn *t)
{
	uint8_t k[8], v[8] = { 0 };
	txn_put(t, TABLE_RUNS, key8(k, 99, 0), (struct span){ v, 8 });
}

/* Two logs that hold the same bytes, and one place for both. */
static void share_entry(struct txn *t)
{
	struct span one = text_span("same");
	uint8_t k[8], v[8];
	uint64_t arrival;
	uint32_t a = log_open(t, "fne.example/x"), b = log_open(t, "fne.example/y");

	assert_int_equal(log_append(t, a, &one, 1, NULL), 0);
	assert_int_equal(log_append(t, b, &one, 1, NULL), 0);
	assert_true(run_arrival(t, a, 0, &arrival));
	put_u64(v, arrival);
	txn_put(t, TABLE_RUNS, key8(k, b, 0), (struct span){ v, 8 });
}

static void flip_leaf(struct txn *t)
{
	uint8_t k[9];
	flip(t, TABLE_TREE, tree_key(k, it.w.log[3], 0, 2), 3 * HASH_SIZE);
}

static void flip_node(struct txn *t)
{
	uint8_t k[9];
	flip(t, TABLE_TREE, tree_key(k, it.w.log[3], 1, 0), 2 * HASH_SIZE);
}

static void drop_row(struct txn *t)
{
	uint8_t k[9];
	txn_delete(t, TABLE_TREE, tree_key(k, it.w.log[3], 0, 1));
}

static void flip_frontier(struct txn *t)
{
	uint8_t k[4];
	put_u32(k, (uint32_t)'n' << 24 | it.w.log[2]);
	flip(t, TABLE_LOGS, (struct span){ k, 4 }, 20);
}

static void flip_head(struct txn *t)
{
	uint8_t k[4];
	put_u32(k, it.w.log[2] << 8 | HEAD_PROVED);
	flip(t, TABLE_HEADS, (struct span){ k, 4 }, 10);
}

static void flip_note(struct txn *t)
{
	uint8_t k[4];
	put_u32(k, it.w.log[2] << 8 | HEAD_SEEN);
	flip(t, TABLE_HEADS, (struct span){ k, 4 }, 42);
}

/* The first row of a value that has so many positions. */
static struct span find_row(struct txn *t, uint8_t copy[17], unsigned positions,
			    struct span *value)
{
	struct walk walk;
	struct span key;

	walk_begin(&walk, t, TABLE_INDEX, text_span("v"));
	do
		assert_true(walk_next(&walk, &key, value));
	while (value->size != 5 * (positions - 1));
	memcpy(copy, key.data, 17);
	walk_end(&walk);
	return (struct span){ copy, 17 };
}

static void drop_key(struct txn *t)
{
	uint8_t copy[17];
	struct span value;

	txn_delete(t, TABLE_INDEX, find_row(t, copy, 1, &value));
}

static void drop_keys(struct txn *t)
{
	uint8_t copy[17];
	struct span value;

	txn_delete(t, TABLE_INDEX, find_row(t, copy, 3, &value));
}

static void drop_position(struct txn *t)
{
	uint8_t copy[17], more[5];
	struct span value;
	struct span key = find_row(t, copy, 3, &value);

	memcpy(more, value.data, sizeof more);
	txn_put(t, TABLE_INDEX, key, (struct span){ more, sizeof more });
}

static void false_position(struct txn *t)
{
	uint8_t copy[17], more[10];
	struct span value;
	struct span key = find_row(t, copy, 2, &value);

	memcpy(more, value.data, 5);
	memcpy(more + 5, value.data, 5);
	more[9]++;
	txn_put(t, TABLE_INDEX, key, (struct span){ more, sizeof more });
}

static void cut_row(struct txn *t)
{
	uint8_t copy[17];
	struct span value, key = find_row(t, copy, 1, &value);

	txn_put(t, TABLE_INDEX, key, text_span("x"));
}

static void false_key(struct txn *t)
{
	uint8_t k[17] = { 'v', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, (uint8_t)it.w.log[1], 0, 0, 0, 0, 3 };
	txn_put(t, TABLE_INDEX, (struct span){ k, sizeof k }, (struct span){ NULL, 0 });
}

/* Behind what is indexed, where a daemon may have written since. */
static void false_tail_key(struct txn *t)
{
	uint8_t k[17] = { 'v', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, (uint8_t)it.w.log[1] };

	put_u32(k + 13, (uint32_t)log_size(t, it.w.log[1]) - 1);
	txn_put(t, TABLE_INDEX, (struct span){ k, sizeof k }, (struct span){ NULL, 0 });
}

static void stray_key(struct txn *t)
{
	uint8_t k[17] = { 'v', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 200, 0, 0, 0, 0, 3 };
	txn_put(t, TABLE_INDEX, (struct span){ k, sizeof k }, (struct span){ NULL, 0 });
}

/* The last: read as no other, so that it is the only one of its value. */
static void drop_name(struct txn *t)
{
	struct row last;

	assert_true(txn_last(t, TABLE_NAMES, &last));
	txn_delete(t, TABLE_NAMES, last.key);
}

static void false_name(struct txn *t)
{
	static const uint8_t key[] = "N0SUCHNAME\0NOSUCHNAME";

	txn_put(t, TABLE_NAMES, (struct span){ key, sizeof key - 1 }, (struct span){ NULL, 0 });
}

static void false_reach(struct txn *t)
{
	uint8_t k[4], v[8];
	put_u32(k, (uint32_t)'i' << 24 | it.w.log[1]);
	put_u64(v, 1000000);
	txn_put(t, TABLE_META, (struct span){ k, 4 }, (struct span){ v, 8 });
}

static void each_damage_is_named(void **state)
{
	static const struct {
		void (*harm)(struct txn *t);
		uint64_t bad;            /* 0: any number */
		const char *says;
	} damage[] = {
		{ flip_entry, 0, "fne.example/w1/20 is the first bad entry" },
		{ drop_entry, 0, "fne.example/w0/7 is the first bad entry: it is missing" },
		{ drop_last_entry, 0, "is the first bad entry: it is missing" },
		{ add_entry, 1, "of table 'entries' is missing or of no log" },
		{ flip_run, 0, "is the first bad entry" },
		{ lose_run, 0, "fne.example/w2/0 is the first bad entry: it is missing" },
		{ cut_run, 0, "its runs in the store are damaged" },
		{ drop_run, 0, "is the first bad entry" },
		{ drop_first_run, 0, "fne.example/w3/0 is the first bad entry: no run" },
		{ run_behind, 1, "fne.example/w2: there are runs behind its end" },
		{ stray_run, 1, "of a log that is not known" },
		{ share_entry, 2, "fne.example/y/0 is the first bad entry: its run overlaps" },
		{ flip_leaf, 0, "fne.example/w3/35" },
		{ flip_node, 0, "fne.example/w3: the tree hash of level 4, number 2" },
		{ drop_row, 0, "fne.example/w3: tree hashes of level 0 from 16 on are missing" },
		{ flip_frontier, 0, "frontier" },
		{ flip_head, 0, "proved head" },
		{ flip_note, 0, "seen head" },
		{ drop_key, 1, "the index lacks a key of entry" },
		{ drop_keys, 3, "the index lacks a key of entry" },
		{ drop_position, 1, "the index lacks a key of entry" },
		{ false_position, 1, "the index has a false key of entry" },
		{ cut_row, 2, "a row of the index is no key" },
		{ false_key, 1, "the index has a false key of entry 3" },
		{ false_tail_key, 1, "the index has a false key of entry" },
		{ stray_key, 1, "which is not held" },
		{ drop_name, 0, "the names lack a value of entry" },
		{ false_name, 1, "there is a name of no event" },
		{ false_reach, 0, "indexed beyond its end" },
	};
	struct check_report r;
	(void)state;

	for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
		struct txn *t = must_begin(it.s, true);
		damage[i].harm(t);
		must_commit(t);
		int rc = check_it(it.s, &r);
		if ((rc == 0 && r.bad == 0) || !strstr(it.first, damage[i].says))
			fail_msg("damage %d: %d bad, '%s' instead of '%s'", (int)i, (int)r.bad,
				 it.first, damage[i].says);
		if (damage[i].bad)
			assert_int_equal(r.bad, damage[i].bad);
		check_tear_down(NULL);
		check_set_up(NULL);
	}
}

/* What is about to be signed is looked at: see store/whole.h. */
static void nothing_damaged_is_signed_over(void **state)
{
	static const struct {
		void (*harm)(struct txn *t);
		unsigned log;
		uint64_t first;
		int rc;
	} sign[] = {
		{ flip_leaf, 2, 0, 0 },
		{ flip_entry, 1, 51, 0 },       /* 20 and 50 were signed before */
		{ flip_entry, 1, 50, -1 },
		{ drop_last_entry, 0, 1, -1 },
		{ flip_leaf, 3, 0, -1 },
		{ flip_frontier, 2, UINT64_MAX, -1 },
	};
	struct fault f;
	(void)state;

	for (size_t i = 0; i < sizeof sign / sizeof *sign; i++) {
		struct txn *t = must_begin(it.s, true);
		assert_int_equal(whole_log(t, it.w.log[sign[i].log], 0, &f), 0);
		sign[i].harm(t);
		f.code = FAULT_NONE;
		if (whole_log(t, it.w.log[sign[i].log], sign[i].first, &f) != sign[i].rc)
			fail_msg("sign %zu: %s", i, f.text);
		assert_true(sign[i].rc == 0 || f.code == FAULT_UNPROVED);
		txn_abort(t);
	}
}

/* --- rows that nothing else can judge --- */

struct alone {
	enum table table;
	size_t key_size, size;
	uint8_t key[64], value[ENTRY_SIZE_MAX];
};

/* The row behind this one. */
static bool alone_next(struct alone *a)
{
	struct txn *t = must_begin(it.s, false);
	struct row below, row;

	txn_around(t, a->table, (struct span){ a->key, a->key_size }, &below, &row);
	a->key_size = row.key.size;
	a->size = row.value.size;
	if (row.key.size > 0) {
		memcpy(a->key, row.key.data, row.key.size);
		memcpy(a->value, row.value.data, row.value.size);
	}
	txn_abort(t);
	return a->key_size > 0;
}

static void alone_put(const struct alone *a)
{
	struct txn *t = must_begin(it.s, true);

	txn_put(t, a->table, (struct span){ a->key, a->key_size },
		(struct span){ a->value, a->size });
	must_commit(t);
}

/* Every byte of a short one. Returns how many. */
static unsigned alone_flip(struct alone *a)
{
	const size_t step = a->size > 100 ? 7 : 1;
	struct check_report r;
	unsigned flips = 0;

	for (size_t at = 0; at < a->size; at += step, flips++) {
		a->value[at] ^= (uint8_t)(1u << at % 8);
		alone_put(a);
		if (check_it(it.s, &r) == 0 && r.bad == 0)
			fail_msg("table %d, key %.*s, byte %zu", (int)a->table, (int)a->key_size,
				 (const char *)a->key, at);
		a->value[at] ^= (uint8_t)(1u << at % 8);
	}
	alone_put(a);
	return flips;
}

static void each_byte_of_what_stands_alone_counts(void **state)
{
	static const enum table table[] = { TABLE_META, TABLE_COSIGNED, TABLE_EVIDENCE };
	static struct alone a;
	struct check_report r;
	struct txn *t = must_begin(it.s, true);
	unsigned flips = 0;
	(void)state;

	aside_set_doubt(t, aside_open(t, "fne.example/w0"), true);
	must_commit(t);
	assert_int_equal(check_it(it.s, &r), 0);
	assert_int_equal(r.bad, 0);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		a = (struct alone){ .table = table[i], .key_size = 1 };
		while (alone_next(&a)) {
			/* with another format it would not be opened */
			if (memcmp(a.key, "format", 6) != 0)
				flips += alone_flip(&a);
		}
	}
	assert_true(flips > 250);
	assert_int_equal(check_it(it.s, &r), 0);
	assert_int_equal(r.bad, 0);
}

static void a_rebuild_heals_what_is_derived(void **state)
{
	static void (*const harm[])(struct txn *) = {
		drop_key, drop_position, false_key, stray_key, drop_name, false_name,
		false_reach,
	};
	struct check_report r;
	struct fault f;
	(void)state;

	struct txn *t = must_begin(it.s, true);
	txn_put(t, TABLE_COUNTERS, text_span("cell"), text_span("12345678"));
	for (size_t i = 0; i < sizeof harm / sizeof *harm; i++)
		harm[i](t);
	must_commit(t);
	assert_int_equal(store_rebuild(it.s, &f), 0);
	assert_int_equal(check_it(it.s, &r), 0);
	assert_int_equal(r.bad, 0);
	struct span v;
	t = must_begin(it.s, false);
	assert_false(txn_get(t, TABLE_COUNTERS, text_span("cell"), &v));
	txn_abort(t);
	struct index *x = index_create(it.s, &f);
	assert_int_equal(index_tail(x), 0);
	index_destroy(x);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, check_set_up, check_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_damage_is_named),
		TEST(nothing_damaged_is_signed_over),
		TEST(each_byte_of_what_stands_alone_counts),
		TEST(a_rebuild_heals_what_is_derived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
