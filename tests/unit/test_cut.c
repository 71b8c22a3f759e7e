/* Cutting logs: what is left is as if no more had ever come, and nothing derived lies. */
#include "store/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "store/check.h"
#include "store/heads.h"
#include "tests/unit/events_help.h"
#include "tests/unit/store_help.h"

#define ROUNDS 40

static struct world w;
static char first_bad[FAULT_TEXT_MAX];

static void keep_first(void *ctx, const char *sentence)
{
	(void)ctx;
	if (!first_bad[0])
		snprintf(first_bad, sizeof first_bad, "%s", sentence);
}

static void must_be_sound(struct store *s)
{
	struct check_report r = { .tell = keep_first };
	struct fault f;

	first_bad[0] = '\0';
	if (store_check(s, &r, &f))
		fail_msg("%s", f.text);
	if (r.bad)
		fail_msg("%s", first_bad);
}

/* The root of the entries as they are read, one by one. */
static void check_root(struct txn *t, uint32_t log, uint64_t size)
{
	struct frontier have, stored;
	struct hash a, b, leaf;
	struct span e;

	frontier_init(&have);
	for (uint64_t i = 0; i < size; i++) {
		assert_true(log_entry(t, log, i, &e));
		hash_leaf(e.data, e.size, &leaf);
		frontier_append(&have, &leaf, NULL, NULL);
	}
	assert_false(log_entry(t, log, size, &e));
	assert_true(log_frontier(t, log, &stored));
	assert_int_equal(stored.size, size);
	frontier_root(&have, &a);
	frontier_root(&stored, &b);
	assert_true(hash_equal(&a, &b));
}

static void any_cut_leaves_a_sound_log(void **state)
{
	static const unsigned counts[] = { 1, 15, 16, 17, 40, 255, 256, 300 };
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	uint64_t size[2] = { 0, 0 };
	struct txn *t = must_begin(s, true);
	uint32_t log[2];
	(void)state;

	log[0] = log_open(t, "fne.example/a");
	log[1] = log_open(t, "fne.example/b");
	must_commit(t);
	dice_seed(4);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned k = (unsigned)dice(2);

		t = must_begin(s, true);
		for (unsigned n = counts[dice(8)]; n > 0; n--) {
			char text[32];
			int used = snprintf(text, sizeof text, "%u %u", round, n);
			struct span e = { (uint8_t *)text, (size_t)used };

			assert_int_equal(log_append(t, log[k], &e, 1, NULL), 0);
			size[k]++;
		}
		if (dice(2))
			k = 1 - k;
		uint64_t to = dice(size[k] + 1);
		assert_int_equal(log_cut(t, log[k], to), 0);
		size[k] = to;
		assert_int_equal(log_cut(t, log[k], to + 1), 0);
		must_commit(t);
		t = must_begin(s, false);
		for (unsigned i = 0; i < 2; i++)
			check_root(t, log[i], size[i]);
		txn_abort(t);
		must_be_sound(s);
	}
	store_close(s);
	scratch_remove(dir);
}

/* As the daemon moves a tail aside: the events come back in another log. */
static void move(struct store *s, uint32_t from, uint32_t to, uint64_t size)
{
	struct txn *t = must_begin(s, true);
	uint64_t end = log_size(t, from);
	struct span e;

	for (uint64_t i = size; i < end; i++) {
		struct buffer copy;

		assert_true(log_entry(t, from, i, &e));
		buffer_init(&copy, ENTRY_SIZE_MAX);
		write_bytes(&copy, e.data, e.size);
		e.data = copy.data;
		assert_int_equal(log_append(t, to, &e, 1, NULL), 0);
		buffer_clear(&copy);
	}
	assert_int_equal(index_forget(s, t, from, size), 0);
	assert_int_equal(log_cut(t, from, size), 0);
	must_commit(t);
}

static void cut_entries_are_not_found(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct fault f;
	(void)state;

	dice_seed(9);
	world_begin(&w, s, 6);
	struct index *x = index_create(s, &f);
	for (unsigned round = 0; round < 6; round++) {
		uint32_t from = w.log[dice(WORLD_LOGS)], to;

		world_grow(&w, x, 60);
		assert_int_equal(index_flush(x, &f), 0);
		index_destroy(x);
		struct txn *t = must_begin(s, true);
		to = log_open(t, "fne.example/w0/aside");
		uint64_t size = dice(log_size(t, from) + 1);
		must_commit(t);
		move(s, from, to, size);
		x = index_create(s, &f);
		assert_non_null(x);
		assert_int_equal(index_flush(x, &f), 0);
		must_be_sound(s);
	}
	index_destroy(x);
	world_end(&w);
	store_close(s);
	scratch_remove(dir);
}

/* A proved head goes with its entries, and says what to fetch again. */
static void a_cut_head_is_a_target(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, "fne.example/a");
	struct checkpoint c = { .origin = "fne.example/a", .size = 5 };
	struct frontier at;
	struct log_state state_now;
	struct fault f;
	(void)state;

	for (unsigned i = 0; i < 5; i++) {
		struct span e = { (const uint8_t *)"abcde" + i, 1 };

		assert_int_equal(log_append(t, log, &e, 1, NULL), 0);
	}
	assert_true(log_frontier(t, log, &at));
	frontier_root(&at, &c.root);
	assert_int_equal(head_take(t, log, &c, text_span("a note"), &f), 0);
	assert_int_equal(log_cut(t, log, 3), 0);
	head_cut(t, log);
	log_state(t, log, &state_now);
	assert_int_equal(state_now.held, 3);
	assert_int_equal(state_now.head[HEAD_PROVED], 0);
	assert_int_equal(state_now.head[HEAD_TARGET], 5);
	for (unsigned i = 3; i < 5; i++) {
		struct span e = { (const uint8_t *)"abcde" + i, 1 };

		assert_int_equal(log_append(t, log, &e, 1, NULL), 0);
	}
	head_advance(t, log);
	log_state(t, log, &state_now);
	assert_int_equal(state_now.head[HEAD_PROVED], 5);
	must_commit(t);
	store_close(s);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_leaves_a_sound_log),
		cmocka_unit_test(cut_entries_are_not_found),
		cmocka_unit_test(a_cut_head_is_a_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
