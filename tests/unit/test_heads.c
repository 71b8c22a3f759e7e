/* Heads: which is kept as what, and forks. */
#include "store/heads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/store_help.h"

#define ORIGIN "fne.example/envie-strasbourg"

static const char *dir;
static struct store *s;

static int set_up(void **state)
{
	(void)state;
	dir = scratch_create();
	s = must_open(dir, STORE_WRITE);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_close(s);
	scratch_remove(dir);
	return 0;
}

static void append(struct txn *t, uint32_t log, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint8_t bytes[8];
		struct span entry = { bytes, sizeof bytes };
		put_u64(bytes, log_size(t, log));
		assert_int_equal(log_append(t, log, &entry, 1, NULL), 0);
	}
}

/* What an honest log of such entries signs; fake notes, as store/ is not who verifies. */
static struct checkpoint head_of(uint64_t size, char note[64])
{
	struct checkpoint c = { .origin = ORIGIN, .size = size };
	struct frontier f;
	struct hash leaf;

	frontier_init(&f);
	for (uint64_t i = 0; i < size; i++) {
		uint8_t bytes[8];
		put_u64(bytes, i);
		hash_leaf(bytes, sizeof bytes, &leaf);
		frontier_append(&f, &leaf, NULL, NULL);
	}
	frontier_root(&f, &c.root);
	snprintf(note, 64, "note of %d\n", (int)size);
	return c;
}

static int take(struct txn *t, uint32_t log, uint64_t size, bool honest, struct fault *f)
{
	char note[64];
	struct checkpoint c = head_of(size, note);

	c.root.b[0] ^= !honest;
	return head_take(t, log, &c, text_span(note), f);
}

static void expect(struct txn *t, uint32_t log, uint64_t proved, uint64_t target, uint64_t seen)
{
	uint64_t want[HEAD_KINDS] = { proved, target, seen };
	struct log_state state;

	log_state(t, log, &state);
	assert_int_equal(state.held, log_size(t, log));
	for (unsigned k = 0; k < HEAD_KINDS; k++) {
		struct checkpoint c, want_c;
		struct span note;
		char text[64];
		assert_int_equal(state.head[k], want[k]);
		assert_int_equal(head_get(t, log, (enum head_kind)k, &c, &note), want[k] > 0);
		if (want[k] == 0)
			continue;
		want_c = head_of(want[k], text);
		assert_int_equal(c.size, want[k]);
		assert_string_equal(c.origin, ORIGIN);
		assert_true(hash_equal(&c.root, &want_c.root));
		assert_int_equal(note.size, strlen(text));
		assert_memory_equal(note.data, text, note.size);
		assert_true(head_get(t, log, (enum head_kind)k, NULL, &note));
	}
	assert_false(txn_failed(t));
}

static void heads_move_as_entries_come(void **state)
{
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	expect(t, log, 0, 0, 0);
	assert_int_equal(take(t, log, 10, true, &f), 0);
	expect(t, log, 0, 10, 10);
	assert_int_equal(take(t, log, 30, true, &f), 0);
	expect(t, log, 0, 10, 30);
	assert_int_equal(take(t, log, 20, true, &f), 0);
	expect(t, log, 0, 10, 30);
	append(t, log, 5);
	head_advance(t, log);
	expect(t, log, 0, 10, 30);
	append(t, log, 5);
	head_advance(t, log);
	expect(t, log, 10, 30, 30);
	append(t, log, 20);
	head_advance(t, log);
	expect(t, log, 30, 30, 30);
	head_advance(t, log);
	assert_int_equal(take(t, log, 30, true, &f), 0);
	assert_int_equal(take(t, log, 7, true, &f), 0);
	expect(t, log, 30, 30, 30);
	assert_int_equal(take(t, log, 31, true, &f), 0);
	expect(t, log, 30, 31, 31);
	must_commit(t);
	t = must_begin(s, false);
	expect(t, log_find(t, ORIGIN), 30, 31, 31);
	txn_abort(t);
}

/* The last head that was vouched for stays when the log grows, and goes with its entries. */
static void what_is_vouched_for_stays(void **state)
{
	struct checkpoint c;
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	head_vouch(t, log);
	assert_false(head_get(t, log, HEAD_VOUCHED, &c, NULL));
	append(t, log, 10);
	assert_int_equal(take(t, log, 10, true, &f), 0);
	head_vouch(t, log);
	append(t, log, 10);
	assert_int_equal(take(t, log, 20, true, &f), 0);
	assert_int_equal(take(t, log, 30, true, &f), 0);
	assert_true(head_get(t, log, HEAD_VOUCHED, &c, NULL));
	assert_int_equal(c.size, 10);
	head_replace(t, log, HEAD_SEEN, HEAD_VOUCHED);
	assert_true(head_get(t, log, HEAD_SEEN, &c, NULL));
	assert_int_equal(c.size, 10);
	head_freeze(t, log);
	assert_true(head_get(t, log, HEAD_SEEN, &c, NULL));
	assert_int_equal(c.size, 20);
	assert_true(head_get(t, log, HEAD_VOUCHED, &c, NULL));
	assert_int_equal(c.size, 10);
	log_cut(t, log, 10);
	head_cut(t, log);
	assert_true(head_get(t, log, HEAD_VOUCHED, &c, NULL));
	log_cut(t, log, 9);
	head_cut(t, log);
	assert_false(head_get(t, log, HEAD_VOUCHED, &c, NULL));
	assert_false(txn_failed(t));
	txn_abort(t);
}

/* Our own log: entries first, head after; a tail may wait behind the head. */
static void own_heads_are_proved_at_once(void **state)
{
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	append(t, log, 12);
	assert_int_equal(take(t, log, 12, true, &f), 0);
	expect(t, log, 12, 12, 12);
	append(t, log, 8);
	head_advance(t, log);
	expect(t, log, 12, 12, 12);
	assert_int_equal(take(t, log, 15, true, &f), 0);
	expect(t, log, 15, 15, 15);
	assert_int_equal(take(t, log, 20, true, &f), 0);
	expect(t, log, 20, 20, 20);
	txn_abort(t);
}

static void forks_are_refused_and_change_nothing(void **state)
{
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	append(t, log, 12);
	assert_int_equal(take(t, log, 20, true, &f), 0);
	for (uint64_t size = 0; size <= 12; size++) {
		assert_int_equal(take(t, log, size, false, &f), -1);
		assert_int_equal(f.code, FAULT_UNPROVED);
		assert_int_equal(take(t, log, size, true, &f), 0);
	}
	assert_int_equal(take(t, log, 20, false, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	expect(t, log, 12, 20, 20);
	/* not held: nothing to compare with yet */
	assert_int_equal(take(t, log, 25, false, &f), 0);
	assert_false(txn_failed(t));
	txn_abort(t);
}

static void entries_that_do_not_make_up_the_head_fail(void **state)
{
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	assert_int_equal(take(t, log, 3, false, &f), 0);
	append(t, log, 3);
	head_advance(t, log);
	assert_true(txn_failed(t));
	assert_int_equal(txn_commit(t, &f), -1);
	assert_int_equal(f.code, FAULT_BUG);
}

static void oversized_notes_are_refused(void **state)
{
	static uint8_t note[CHECKPOINT_BYTES_MAX + 1];
	struct checkpoint c = { .origin = ORIGIN, .size = 5 };
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	assert_int_equal(head_take(t, log, &c, (struct span){ note, sizeof note }, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	assert_int_equal(head_take(t, log, &c, (struct span){ note, sizeof note - 1 }, &f), 0);
	txn_abort(t);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(heads_move_as_entries_come),
		TEST(own_heads_are_proved_at_once),
		TEST(what_is_vouched_for_stays),
		TEST(forks_are_refused_and_change_nothing),
		TEST(entries_that_do_not_make_up_the_head_fail),
		TEST(oversized_notes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
