/* What was cosigned last, in the store: kept, found again, and never taken back. */
#include "store/cosigned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/heads.h"
#include "tests/unit/store_help.h"

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

static struct checkpoint head(const char *origin, uint64_t size, uint8_t root)
{
	struct checkpoint c = { .size = size };

	snprintf(c.origin, sizeof c.origin, "%s", origin);
	memset(c.root.b, root, HASH_SIZE);
	return c;
}

static void is_kept_by_origin(void **state)
{
	const char *const origin = "other.example/log";
	struct checkpoint c = head(origin, 0, 1);
	struct cosigned_row row;
	struct cosigned last;
	struct fault f = { 0 };
	struct hash key;
	struct txn *t;

	(void)state;
	hash_bytes(origin, strlen(origin), &key);
	t = must_begin(s, true);
	assert_int_equal(cosigned_get(t, origin, &last, &f), 0);
	assert_false(last.known);
	assert_int_equal(cosigned_find(t, &key, &row, &f), 0);
	/* size 0 is something that was cosigned too */
	cosigned_put(t, &c, 1767225600, text_span("note 0"));
	must_commit(t);

	t = must_begin(s, true);
	assert_int_equal(cosigned_get(t, origin, &last, &f), 0);
	assert_true(last.known && last.size == 0 && last.time_s == 1767225600);
	c = head(origin, 7, 2);
	cosigned_put(t, &c, 1767225601, text_span("note 7"));
	c = head("fne.example/a", 3, 3);
	cosigned_put(t, &c, 5, text_span("another note"));
	must_commit(t);

	store_close(s);
	s = must_open(dir, STORE_WRITE);
	t = must_begin(s, true);
	assert_int_equal(cosigned_find(t, &key, &row, &f), 1);
	assert_string_equal(row.origin, origin);
	assert_true(row.last.size == 7 && row.last.root.b[31] == 2);
	assert_int_equal(row.note.size, 6);
	assert_memory_equal(row.note.data, "note 7", 6);
	assert_int_equal(cosigned_get(t, "fne.example/b", &last, &f), 0);
	assert_false(last.known);
	txn_abort(t);
}

/* A hub whose disk rots cosigns nothing of that log; all else goes on. */
static void a_damaged_row_is_said_and_not_written_over(void **state)
{
	struct checkpoint c = head("o", 7, 2);
	struct cosigned last;
	struct hash key;
	struct span kept;
	uint8_t row[256];
	struct fault f = { 0 };
	struct txn *t = must_begin(s, true);

	(void)state;
	hash_bytes("o", 1, &key);
	cosigned_put(t, &c, 5, text_span("a note"));
	assert_true(txn_get(t, TABLE_COSIGNED, (struct span){ key.b, HASH_SIZE }, &kept));
	assert_true(kept.size <= sizeof row);
	for (size_t i = 0; i < kept.size; i++) {
		assert_true(txn_get(t, TABLE_COSIGNED, (struct span){ key.b, HASH_SIZE }, &kept));
		memcpy(row, kept.data, kept.size);
		row[i] ^= 1;
		txn_put(t, TABLE_COSIGNED, (struct span){ key.b, HASH_SIZE },
			(struct span){ row, kept.size });
		assert_int_equal(cosigned_get(t, "o", &last, &f), -1);
		assert_int_equal(f.code, FAULT_UNPROVED);
		assert_false(last.known);
		assert_false(txn_failed(t));
		row[i] ^= 1;
		txn_put(t, TABLE_COSIGNED, (struct span){ key.b, HASH_SIZE },
			(struct span){ row, kept.size });
	}
	txn_put(t, TABLE_COSIGNED, (struct span){ key.b, HASH_SIZE }, text_span("short"));
	assert_int_equal(cosigned_get(t, "o", &last, &f), -1);
	cosigned_put(t, &c, 6, text_span("a note"));
	assert_true(txn_failed(t));
	txn_abort(t);
}

/* Lines go onto the heads of that size, root and text, and onto no others. */
static void lines_go_onto_the_same_head(void **state)
{
	struct txn *t = must_begin(s, true);
	const uint32_t log = log_open(t, "fne.example/a");
	struct checkpoint c = head("fne.example/a", 9, 4), there;
	struct span note;
	struct fault f;

	(void)state;
	assert_int_equal(head_take(t, log, &c, text_span("text\n\n\u2014 a AAAA\n"), &f), 0);
	assert_true(head_lines(t, log, &c, text_span("text\n\n\u2014 a AAAA\n\u2014 hub BBBB\n")));
	assert_true(head_get(t, log, HEAD_SEEN, &there, &note));
	assert_int_equal(note.size, strlen("text\n\n\u2014 a AAAA\n\u2014 hub BBBB\n"));
	assert_true(head_get(t, log, HEAD_TARGET, &there, &note));
	assert_int_equal(note.size, strlen("text\n\n\u2014 a AAAA\n\u2014 hub BBBB\n"));
	assert_false(head_lines(t, log, &c, text_span("other\n\n\u2014 a AAAA\n")));
	c.root.b[0] ^= 1;
	assert_false(head_lines(t, log, &c, text_span("text\n\n\u2014 a AAAA\n")));
	c = head("fne.example/a", 8, 4);
	assert_false(head_lines(t, log, &c, text_span("text\n\n\u2014 a AAAA\n")));
	txn_abort(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_kept_by_origin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_damaged_row_is_said_and_not_written_over, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(lines_go_onto_the_same_head, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
