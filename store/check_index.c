/*
 * Checking the index: the sum over the keys that the entries should have is
 * compared with the sum over the rows, both read in order. Only when they
 * differ is each key looked up, to name what is wrong.
 */
#include "store/checker.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/key.h"
#include "store/row.h"
#include "store/scan.h"

/* Differences told one by one; the others are counted. */
#define TOLD_MAX 10
/* Entries between two transactions. */
#define SLICE 1000

/* The keys of one event, each once. */
struct key_set {
	unsigned count, room;
	uint8_t (*key)[INDEX_KEY_SIZE];   /* owned */
	const struct store *store;        /* borrowed */
	struct position at;
	struct checker *naming;           /* borrowed; NULL: names are not looked up */
	struct txn *txn;
	bool failed;
};

struct key_set *key_set_create(const struct store *s)
{
	struct key_set *k = calloc(1, sizeof *k);

	if (k)
		k->store = s;
	return k;
}

void key_set_destroy(struct key_set *k)
{
	if (!k)
		return;
	free(k->key);
	free(k);
}

static void set_take(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct key_set *k = ctx;

	if (k->naming)
		check_name(k->naming, k->txn, k->at, type, key, size);
	if (k->count == k->room) {
		unsigned room = k->room ? 2 * k->room : 64;
		void *grown = realloc(k->key, room * sizeof *k->key);
		if (!grown) {
			k->failed = true;
			return;
		}
		k->key = grown;
		k->room = room;
	}
	struct tail_row r = {
		.prefix = key_prefix(k->store, type, key, size),
		.index = k->at.index,
		.type_log = tail_type_log(type, k->at.log),
	};
	tail_key(&r, k->key[k->count++]);
}

static int key_compare(const void *a, const void *b)
{
	return memcmp(a, b, INDEX_KEY_SIZE);
}

static void set_fill(struct key_set *k, struct position at, struct span entry)
{
	struct fault ignored;
	unsigned kept = 0;

	k->count = 0;
	k->at = at;
	Trac__Event *e = event_open(entry, &ignored);
	if (e)
		event_keys(e, set_take, k);
	unpack_free(e);
	if (k->count > 1)   /* with none there may be no array */
		qsort(k->key, k->count, sizeof *k->key, key_compare);
	for (unsigned i = 0; i < k->count; i++) {
		if (kept == 0 || key_compare(k->key[i], k->key[kept - 1]) != 0)
			memmove(k->key[kept++], k->key[i], INDEX_KEY_SIZE);
	}
	k->count = kept;
}

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void sum_add(struct key_sum *s, const uint8_t key[INDEX_KEY_SIZE])
{
	uint64_t h = mix(get_u64(key) + 1);

	h = mix(h ^ get_u64(key + 8));
	h = mix(h ^ key[16]);
	s->count++;
	s->a += h;
	s->b += mix(h + UINT64_C(0x9e3779b97f4a7c15));
}

static bool sum_equal(const struct key_sum *x, const struct key_sum *y)
{
	return x->count == y->count && x->a == y->a && x->b == y->b;
}

void check_expect(struct checker *c, struct txn *t, struct position at, struct span entry)
{
	c->set->naming = c;
	c->set->txn = t;
	set_fill(c->set, at, entry);
	c->set->naming = NULL;
	for (unsigned i = 0; i < c->set->count; i++)
		sum_add(&c->expected, c->set->key[i]);
}

/* Was it written when the check began? */
static bool was_indexed(const struct checker *c, struct position at)
{
	return at.log > 0 && at.log <= c->logs && at.index < c->indexed[at.log];
}

/* Is the position that this key files one of an entry that has the key? */
static bool is_expected(struct checker *c, struct txn *t, struct position at,
			const uint8_t key[INDEX_KEY_SIZE])
{
	struct span entry;

	if (!log_entry(t, at.log, at.index, &entry))
		return false;
	set_fill(c->set, at, entry);
	for (unsigned i = 0; i < c->set->count; i++) {
		if (memcmp(c->set->key[i], key, INDEX_KEY_SIZE) == 0)
			return true;
	}
	return false;
}

/* A position of a row, and the key that would file it alone. What came since the check
 * began is looked at one by one. */
static void sum_position(struct checker *c, struct key_sum *sum, struct txn *t,
			 struct position at, uint8_t key[INDEX_KEY_SIZE])
{
	c->report->keys++;
	put_u40(key + INDEX_KEY_LOG, at.index);
	if (was_indexed(c, at))
		sum_add(sum, key);
	else if (at.index >= log_size(t, at.log))
		check_bad(c, "the index leads to entry %llu of log %u, which is not held",
			(unsigned long long)at.index, (unsigned)at.log);
	else if (!is_expected(c, t, at, key))
		check_bad(c, "the index has a false key of entry %llu of log %u: run 'trac store "
			"check --rebuild'", (unsigned long long)at.index, (unsigned)at.log);
}

static int sum_rows(struct checker *c, struct key_sum *sum, struct fault *f)
{
	struct span key, value, again;
	uint8_t alone[INDEX_KEY_SIZE];
	struct index_row row;
	struct scan scan;

	scan_begin(&scan, c->store, TABLE_INDEX, (struct span){ NULL, 0 },
		   (struct span){ NULL, 0 });
	while (scan_next(&scan, &key, &value)) {
		if (!txn_get(scan.txn, TABLE_INDEX, key, &again))
			check_bad(c, "a row of the index cannot be looked up");
		if (!index_row_read(&row, key, value)) {
			check_bad(c, "a row of the index is no key");
			continue;
		}
		memcpy(alone, key.data, sizeof alone);
		do {
			sum_position(c, sum, scan.txn, row.at, alone);
		} while (index_row_next(&row));
	}
	return scan_end(&scan, f);
}

/* --- naming what differs --- */

static void name_bad(struct checker *c, unsigned *told, const char *what, struct position at)
{
	if ((*told)++ < TOLD_MAX)
		check_bad(c, "the index %s entry %llu of log %u: run 'trac store check --rebuild'",
			what, (unsigned long long)at.index, (unsigned)at.log);
	else
		c->report->bad++;
}

/* The entries from *from on, in one transaction. */
static int name_missing_slice(struct checker *c, uint32_t log, uint64_t *from, unsigned *told,
			      struct fault *f)
{
	struct txn *t = txn_begin(c->store, false, f);
	uint64_t end = *from + SLICE < c->indexed[log] ? *from + SLICE : c->indexed[log];
	struct span entry;

	if (!t)
		return -1;
	for (; *from < end; ++*from) {
		struct position at = { log, *from };
		if (!log_entry(t, log, *from, &entry))
			continue;
		set_fill(c->set, at, entry);
		for (unsigned i = 0; i < c->set->count; i++) {
			if (!index_row_find(t, c->set->key[i]))
				name_bad(c, told, "lacks a key of", at);
		}
	}
	return txn_commit(t, f);
}

static int name_missing(struct checker *c, uint32_t log, unsigned *told, struct fault *f)
{
	uint64_t from = 0;
	int rc = 0;

	while (!rc && from < c->indexed[log])
		rc = name_missing_slice(c, log, &from, told, f);
	return rc;
}

static int name_extra(struct checker *c, unsigned *told, struct fault *f)
{
	uint8_t alone[INDEX_KEY_SIZE];
	struct span key, value;
	struct index_row row;
	struct scan scan;

	scan_begin(&scan, c->store, TABLE_INDEX, (struct span){ NULL, 0 },
		   (struct span){ NULL, 0 });
	while (scan_next(&scan, &key, &value)) {
		if (!index_row_read(&row, key, value))
			continue;
		memcpy(alone, key.data, sizeof alone);
		do {
			put_u40(alone + INDEX_KEY_LOG, row.at.index);
			if (was_indexed(c, row.at) && !is_expected(c, scan.txn, row.at, alone))
				name_bad(c, told, "has a false key of", row.at);
		} while (index_row_next(&row));
	}
	return scan_end(&scan, f);
}

int check_index(struct checker *c, struct fault *f)
{
	struct key_sum sum = { 0 };
	unsigned told = 0;
	int rc = sum_rows(c, &sum, f);

	if (c->set->failed)
		return fault_set(f, FAULT_LIMIT, "no memory to check the index");
	if (rc || sum_equal(&sum, &c->expected))
		return rc;
	for (uint32_t log = 1; !rc && log <= c->logs; log++)
		rc = name_missing(c, log, &told, f);
	if (!rc)
		rc = name_extra(c, &told, f);
	if (!rc && told == 0)
		check_bad(c, "the index and the entries differ: run 'trac store check --rebuild'");
	return rc;
}
