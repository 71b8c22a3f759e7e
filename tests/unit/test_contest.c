/* What counts of a forked log: the same at two nodes that had its histories in either order. */
#include "store/contest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "store/branch.h"
#include "tests/unit/logs.h"
#include "tests/unit/store_help.h"

#define ORIGIN "fne.example/envie"
#define COMMON 5

/* A node: its store, and which history it had first. */
struct hub {
	const char *dir;
	struct store *store;
	struct index *index;
	struct figures *figures;
	struct ram_log *first, *second;
};

struct scene {
	struct signer *signer;
	struct ram_log left, right;     /* 8 and 10 devices, one an entry; the first 5 are shared */
	struct ram_log third;           /* parts behind 3 */
	struct buffer note[2], evidence;
	struct hub hub[2];
};

/* Where the member log closed it; size 0: it did not. */
static struct log_end end;

static bool author(void *ctx, const char *origin, uint64_t index, char *name)
{
	(void)ctx;
	(void)origin;
	(void)index;
	strcpy(name, "envie");
	return true;
}

static bool closed(void *ctx, const char *origin, struct log_end *out)
{
	(void)ctx;
	*out = end;
	return end.size > 0 && !strcmp(origin, ORIGIN);
}

static const struct figures_rules rules = { author, NULL, closed };

static void collect(struct ram_log *l, const char *of, unsigned i)
{
	Trac__Identifier serial = TRAC__IDENTIFIER__INIT, *list[] = { &serial };
	Trac__Collected collected = TRAC__COLLECTED__INIT;
	Trac__Event e = TRAC__EVENT__INIT;
	uint8_t id[EVENT_ID_SIZE] = { (uint8_t)of[0], (uint8_t)i };
	char value[32];
	struct buffer b;

	snprintf(value, sizeof value, "5CG12%s%04u", of, i);
	serial.has_kind = 1;
	serial.kind = TRAC__IDENTIFIER_KIND__SERIAL;
	serial.value = value;
	serial.maker = (char *)(uintptr_t)"HP";
	e.has_id = e.has_time_ms = 1;
	e.id = (ProtobufCBinaryData){ EVENT_ID_SIZE, id };
	e.time_ms = 1700000000000;
	e.device = list;
	e.n_device = 1;
	e.body_case = TRAC__EVENT__BODY_COLLECTED;
	e.collected = &collected;
	buffer_init(&b, ENTRY_SIZE_MAX);
	pack(&e, &b);
	ram_log_append(l, b.data, b.used);
	buffer_clear(&b);
}

static void hub_open(struct hub *h, struct ram_log *first, struct ram_log *second)
{
	struct fault f;

	h->dir = scratch_create();
	h->store = must_open(h->dir, STORE_WRITE);
	h->index = index_create(h->store, &f);
	h->figures = figures_create(h->store, h->index, rules);
	h->first = first;
	h->second = second;
}

static int setup(void **state)
{
	const uint8_t seed[KEY_SEED_SIZE] = { 7 };
	struct scene *s = calloc(1, sizeof *s);
	struct fault f;

	s->signer = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	ram_log_init(&s->left);
	ram_log_init(&s->right);
	ram_log_init(&s->third);
	for (unsigned i = 0; i < 10; i++) {
		if (i < 8)
			collect(&s->left, i < COMMON ? "A" : "L", i);
		collect(&s->right, i < COMMON ? "A" : "R", i);
		collect(&s->third, i < 3 ? "A" : "T", i);
	}
	buffer_init(&s->note[0], CHECKPOINT_BYTES_MAX);
	buffer_init(&s->note[1], CHECKPOINT_BYTES_MAX);
	buffer_init(&s->evidence, EVIDENCE_BYTES_MAX);
	hub_open(&s->hub[0], &s->left, &s->right);
	hub_open(&s->hub[1], &s->right, &s->left);
	end.size = 0;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	for (unsigned i = 0; i < 2; i++) {
		figures_destroy(s->hub[i].figures);
		index_destroy(s->hub[i].index);
		store_close(s->hub[i].store);
		scratch_remove(s->hub[i].dir);
	}
	signer_destroy(s->signer);
	ram_log_clear(&s->left);
	ram_log_clear(&s->right);
	ram_log_clear(&s->third);
	buffer_clear(&s->note[0]);
	buffer_clear(&s->note[1]);
	buffer_clear(&s->evidence);
	free(s);
	return 0;
}

/* That it is forked; common: what its histories share is known. */
static void accuse(struct scene *s, struct hub *h, bool common)
{
	struct tree_reader left = ram_log_reader(&s->left), right = ram_log_reader(&s->right);
	struct txn *t = must_begin(h->store, true);
	struct fork_row row = { .from = "lille" };
	struct evidence_branch a, b;
	struct fork_evidence e;
	struct checkpoint at;
	struct fault f;

	buffer_reset(&s->note[0]);
	buffer_reset(&s->note[1]);
	buffer_reset(&s->evidence);
	test_sign(&s->left, s->signer, 8, &s->note[0]);
	test_sign(&s->right, s->signer, 10, &s->note[1]);
	ram_log_checkpoint(&s->left, ORIGIN, 8, &a.head);
	ram_log_checkpoint(&s->right, ORIGIN, 10, &b.head);
	a.note = (struct span){ s->note[0].data, s->note[0].used };
	b.note = (struct span){ s->note[1].data, s->note[1].used };
	assert_int_equal(evidence_of_tree(&e, &b, &right, &a), 0);
	if (common) {
		ram_log_checkpoint(&s->left, ORIGIN, COMMON, &at);
		e.common = COMMON;
		e.common_root = at.root;
		assert_int_equal(tree_consistency(&left, COMMON, 8, &e.common_small), 0);
		assert_int_equal(tree_consistency(&right, COMMON, 10, &e.common_large), 0);
	}
	assert_int_equal(evidence_write(&e, &s->evidence, &f), 0);
	row.bytes = (struct span){ s->evidence.data, s->evidence.used };
	fork_put(t, log_open(t, ORIGIN), &row);
	must_commit(t);
	figures_contest_changed(h->figures);
}

/* Holds the next entries of a history up to size. */
static void take(struct hub *h, const char *origin, struct ram_log *history, uint64_t size)
{
	struct txn *t = must_begin(h->store, true);
	const uint32_t log = log_open(t, origin);
	uint64_t from = log_size(t, log);
	struct fault f;

	assert_int_equal(log_append(t, log, history->entry + from, (unsigned)(size - from), NULL),
			 0);
	must_commit(t);
	for (; from < size; from++)
		assert_int_equal(index_add(h->index, (struct position){ log, from },
					   history->entry[from], &f), 0);
}

static void take_both(struct hub *h)
{
	take(h, ORIGIN, h->first, ram_log_size(h->first));
	take(h, ORIGIN "/branch", h->second, ram_log_size(h->second));
}

static int64_t catch_up(struct hub *h, struct fault *f)
{
	unsigned rounds = 0;
	int64_t left;

	do {
		left = figures_catch_up(h->figures, 3, f);
		assert_true(rounds++ < 20);
	} while (left > 0);
	return left;
}

/* What the counters say now. */
static uint64_t said(struct hub *h)
{
	struct figure_sum *sum = figure_sum_create(0);
	struct txn *t = must_begin(h->store, false);
	unsigned count;
	struct fault f;

	assert_int_equal(figures_sum(t, &(struct figures_query){ 0 }, sum), 0);
	txn_abort(t);
	uint64_t n = figure_sum_finish(sum, &count, &f)->measure[MEASURE_COLLECTED];
	figure_sum_destroy(sum);
	return n;
}

static uint64_t counted(struct hub *h)
{
	struct fault f;

	if (catch_up(h, &f) < 0)
		fail_msg("%s", f.text);
	return said(h);
}

/* history NULL: it is open. */
static void close_at(struct scene *s, struct ram_log *history, uint64_t size)
{
	struct checkpoint at = { .size = 0 };

	if (history)
		ram_log_checkpoint(history, ORIGIN, size, &at);
	end = (struct log_end){ size, at.root };
	for (unsigned i = 0; i < 2; i++)
		figures_contest_changed(s->hub[i].figures);
}

static void while_it_is_open_what_is_shared_counts(void **state)
{
	struct scene *s = *state;

	for (unsigned i = 0; i < 2; i++) {
		struct hub *h = &s->hub[i];

		take(h, ORIGIN, h->first, ram_log_size(h->first));
		assert_int_equal(counted(h), ram_log_size(h->first));
		accuse(s, h, false);
		assert_int_equal(counted(h), 0);
		take(h, ORIGIN "/branch", h->second, ram_log_size(h->second));
		assert_int_equal(counted(h), 0);
		accuse(s, h, true);
		assert_int_equal(counted(h), COMMON);
	}
}

static void once_it_is_closed_that_history_counts_everywhere(void **state)
{
	struct scene *s = *state;

	for (unsigned i = 0; i < 2; i++) {
		struct hub *h = &s->hub[i];

		take_both(h);
		accuse(s, h, true);
		assert_int_equal(counted(h), COMMON);
		close_at(s, &s->left, 8);
		assert_int_equal(counted(h), 8);
		/* no more than what was closed */
		close_at(s, &s->right, 7);
		assert_int_equal(counted(h), 7);
		/* what both share is in no doubt, wherever the log was closed */
		close_at(s, &s->right, 2);
		assert_int_equal(counted(h), COMMON);
		close_at(s, &s->third, 9);
		assert_int_equal(counted(h), COMMON);
		close_at(s, NULL, 0);
		assert_int_equal(counted(h), COMMON);
	}
}

/* It is known before the entries are here, and how much is shared is not known at all. */
static void entries_may_come_late(void **state)
{
	struct scene *s = *state;

	close_at(s, &s->left, 8);
	for (unsigned i = 0; i < 2; i++) {
		struct hub *h = &s->hub[i];

		accuse(s, h, false);
		take(h, ORIGIN, h->first, 6);
		assert_int_equal(counted(h), 0);
		take(h, ORIGIN "/branch", h->second, 7);
		assert_int_equal(counted(h), 0);
		take_both(h);
		assert_int_equal(counted(h), 8);
		accuse(s, h, true);
		assert_int_equal(counted(h), 8);
	}
}

static void a_branch_without_evidence_counts_nowhere(void **state)
{
	struct scene *s = *state;
	struct hub *h = &s->hub[0];

	take_both(h);
	assert_int_equal(counted(h), 8);
	close_at(s, &s->right, 10);
	assert_int_equal(counted(h), 8);
}

/* Who holds a history that the evidence does not speak of shares nothing with it. */
static void a_third_history_counts_nowhere(void **state)
{
	struct scene *s = *state;
	struct hub *h = &s->hub[0];

	take(h, ORIGIN, &s->third, 4);
	accuse(s, h, true);
	assert_int_equal(counted(h), 4);      /* it cannot be told yet */
	take(h, ORIGIN, &s->third, 9);
	assert_int_equal(counted(h), 0);
	close_at(s, &s->third, 9);
	assert_int_equal(counted(h), 9);
}

/* Nor does it matter whether what is shared is in the log, or in its other branch alone. */
static void what_is_shared_counts_from_the_branch(void **state)
{
	struct scene *s = *state;
	struct hub *h = &s->hub[0];

	take(h, ORIGIN, &s->third, 9);
	accuse(s, h, true);
	assert_int_equal(counted(h), 0);
	take(h, ORIGIN "/branch", &s->left, COMMON - 1);
	assert_int_equal(counted(h), 0);
	take(h, ORIGIN "/branch", &s->left, 8);
	assert_int_equal(counted(h), COMMON);
	close_at(s, &s->left, 8);
	assert_int_equal(counted(h), 8);
	close_at(s, &s->third, 9);
	assert_int_equal(counted(h), 9);
}

/* --- a store that rots --- */

/* Flips a bit of the nth row of a table; false: it has none there. at: a byte of it; a row
 * of hashes has one in each. */
static bool flip(struct hub *h, enum table table, unsigned nth, size_t at)
{
	uint8_t key[64], value[ENTRY_SIZE_MAX];
	struct txn *t = must_begin(h->store, true);
	struct span k, v;
	bool is = true;
	struct walk w;

	walk_begin(&w, t, table, (struct span){ NULL, 0 });
	for (unsigned i = 0; is && i <= nth; i++)
		is = walk_next(&w, &k, &v);
	is = is && at < v.size;
	if (is) {
		memcpy(key, k.data, k.size);
		memcpy(value, v.data, v.size);
		value[at] ^= 4;
	}
	walk_end(&w);
	if (is)
		txn_put(t, table, (struct span){ key, k.size }, (struct span){ value, v.size });
	must_commit(t);
	return is;
}

/* It neither ends the daemon, as FAULT_IO would, nor changes what counts. */
static void must_wait(struct hub *h, uint64_t before)
{
	struct fault f = { .code = FAULT_NONE };

	assert_int_equal(catch_up(h, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_non_null(strstr(f.text, "figures wait"));
	assert_non_null(strstr(f.text, "trac store repair"));
	assert_int_equal(said(h), before);
}

static void damaged_evidence_stops_the_figures(void **state)
{
	struct scene *s = *state;
	struct hub *h = &s->hub[0];
	size_t at;

	take_both(h);
	accuse(s, h, true);
	assert_int_equal(counted(h), COMMON);
	for (at = 0; flip(h, TABLE_EVIDENCE, 0, at); at++) {
		/* not looked at in each slice */
		assert_int_equal(counted(h), COMMON);
		figures_contest_changed(h->figures);
		must_wait(h, COMMON);
		/* and asked again it is the same */
		must_wait(h, COMMON);
		assert_true(flip(h, TABLE_EVIDENCE, 0, at));
		assert_int_equal(counted(h), COMMON);
	}
	assert_true(at > 300);
}

static void damaged_evidence_ends_no_transaction(void **state)
{
	struct scene *s = *state;
	struct hub *h = &s->hub[0];
	struct fork_row row;
	struct fault f;

	take_both(h);
	accuse(s, h, true);
	assert_true(flip(h, TABLE_EVIDENCE, 0, 16));
	struct txn *t = must_begin(h->store, true);
	const uint32_t log = log_find(t, ORIGIN);
	assert_int_equal(fork_find(t, log, &row, &f), -1);
	assert_non_null(strstr(f.text, ORIGIN));
	/* it is frozen as before, and what is shown again is kept instead */
	assert_int_equal(fork_level(t, log), 1);
	assert_false(fork_get(t, log, &row));
	must_commit(t);
	accuse(s, h, true);
	assert_int_equal(counted(h), COMMON);
}

/* A hash that is another one looks like another history. */
static void a_damaged_tree_changes_nothing(void **state)
{
	struct scene *s = *state;
	struct hub *h = &s->hub[1];
	unsigned waited = 0, nth = 0;
	struct fault f;

	take_both(h);
	accuse(s, h, true);
	close_at(s, &s->left, 8);
	assert_int_equal(counted(h), 8);
	for (; flip(h, TABLE_TREE, nth, 0); nth++) {
		for (size_t at = 0; at == 0 || flip(h, TABLE_TREE, nth, at); at += HASH_SIZE) {
			figures_contest_changed(h->figures);
			if (catch_up(h, &f) < 0) {
				must_wait(h, 8);
				waited++;
			}
			assert_int_equal(said(h), 8);
			assert_true(flip(h, TABLE_TREE, nth, at));
		}
	}
	if (nth < 2 || waited < 4)
		fail_msg("%u rows, stopped %u times", nth, waited);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(while_it_is_open_what_is_shared_counts),
		TEST(once_it_is_closed_that_history_counts_everywhere),
		TEST(entries_may_come_late),
		TEST(a_branch_without_evidence_counts_nowhere),
		TEST(a_third_history_counts_nowhere),
		TEST(what_is_shared_counts_from_the_branch),
		TEST(damaged_evidence_stops_the_figures),
		TEST(damaged_evidence_ends_no_transaction),
		TEST(a_damaged_tree_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
