/* The layer over LMDB: rows, walks, sticky failure, openings that are refused. */
#include "store/db.h"

#include <fcntl.h>
#include <lmdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/store_help.h"

static void a_store_keeps_its_rows_and_id(void **state)
{
	const char *dir = scratch_create();
	struct span v;
	uint8_t uuid[STORE_UUID_SIZE], salt[STORE_SALT_SIZE], none[STORE_UUID_SIZE] = { 0 };
	(void)state;

	struct store *s = must_open(dir, STORE_WRITE);
	memcpy(uuid, store_uuid(s), sizeof uuid);
	memcpy(salt, store_salt(s), sizeof salt);
	assert_memory_not_equal(uuid, none, sizeof uuid);
	struct txn *t = must_begin(s, true);
	txn_put(t, TABLE_HEADS, text_span("a"), text_span("one"));
	must_commit(t);
	assert_true(store_bytes(s) >= 4096);
	store_close(s);

	s = must_open(dir, STORE_WRITE);
	assert_memory_equal(uuid, store_uuid(s), sizeof uuid);
	assert_memory_equal(salt, store_salt(s), sizeof salt);
	t = must_begin(s, true);
	assert_true(txn_get(t, TABLE_HEADS, text_span("a"), &v));
	assert_int_equal(v.size, 3);
	assert_memory_equal(v.data, "one", 3);
	assert_false(txn_get(t, TABLE_HEADS, text_span("b"), &v));
	assert_true(txn_delete(t, TABLE_HEADS, text_span("a")));
	assert_false(txn_delete(t, TABLE_HEADS, text_span("a")));
	void *room = txn_reserve(t, TABLE_HEADS, text_span("r"), 5);
	memcpy(room, "12345", 5);
	must_commit(t);
	t = must_begin(s, false);
	assert_false(txn_get(t, TABLE_HEADS, text_span("a"), &v));
	assert_true(txn_get(t, TABLE_HEADS, text_span("r"), &v));
	assert_memory_equal(v.data, "12345", 5);
	txn_abort(t);
	txn_abort(NULL);
	store_close(s);
	store_close(NULL);
	scratch_remove(dir);
}

static void files_are_private(void **state)
{
	const char *dir = scratch_create();
	char path[4200];
	struct stat st;
	(void)state;

	store_close(must_open(dir, STORE_WRITE));
	for (int i = 0; i < 3; i++) {
		static const char *const name[] = { "data.mdb", "lock.mdb", "writer.lock" };
		snprintf(path, sizeof path, "%s/%s", dir, name[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	scratch_remove(dir);
}

static unsigned walked(struct txn *t, const char *prefix, char *keys)
{
	struct span key, value;
	struct walk w;
	unsigned n = 0;

	walk_begin(&w, t, TABLE_INDEX, text_span(prefix));
	for (; walk_next(&w, &key, &value); n++)
		keys += sprintf(keys, "%.*s ", (int)key.size, (const char *)key.data);
	walk_end(&w);
	return n;
}

static void walks_go_by_prefix_in_order(void **state)
{
	static const char *const keys[] = { "b2", "a", "b1", "c", "b", "b11", "ab" };
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct span key, value;
	char seen[100];
	struct walk w;
	(void)state;

	struct txn *t = must_begin(s, true);
	assert_int_equal(walked(t, "", seen), 0);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		txn_put(t, TABLE_INDEX, text_span(keys[i]), (struct span){ NULL, 0 });
	assert_int_equal(walked(t, "", seen), 7);
	assert_string_equal(seen, "a ab b b1 b11 b2 c ");
	assert_int_equal(walked(t, "b1", seen), 2);
	assert_string_equal(seen, "b1 b11 ");
	assert_int_equal(walked(t, "d", seen), 0);
	walk_from(&w, t, TABLE_INDEX, text_span("b"), text_span("b12"));
	assert_true(walk_next(&w, &key, &value));
	assert_memory_equal(key.data, "b2", 2);
	assert_int_equal(value.size, 0);
	assert_false(walk_next(&w, &key, &value));
	walk_end(&w);
	txn_empty(t, TABLE_INDEX);
	assert_int_equal(walked(t, "", seen), 0);
	must_commit(t);
	store_close(s);
	scratch_remove(dir);
}

static void the_first_failure_sticks(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct fault f, first, second;
	struct span v;
	(void)state;

	fault_set(&first, FAULT_INPUT, "first");
	fault_set(&second, FAULT_INPUT, "second");
	struct txn *t = must_begin(s, true);
	txn_put(t, TABLE_HEADS, text_span("a"), text_span("1"));
	assert_false(txn_failed(t));
	assert_int_equal(txn_fail(t, &first), -1);
	txn_fail(t, &second);
	assert_true(txn_failed(t));
	assert_false(txn_get(t, TABLE_HEADS, text_span("a"), &v));
	assert_null(txn_reserve(t, TABLE_HEADS, text_span("b"), 1));
	assert_int_equal(txn_commit(t, &f), -1);
	assert_string_equal(f.text, "first");
	assert_false(store_is_dead(s));
	t = must_begin(s, false);
	assert_false(txn_get(t, TABLE_HEADS, text_span("a"), &v));
	txn_abort(t);
	store_close(s);
	scratch_remove(dir);
}

static void append_never_overwrites(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct fault f;
	struct span v;
	(void)state;

	struct txn *t = must_begin(s, true);
	txn_append(t, TABLE_ENTRIES, text_span("b1"), text_span("x"));
	txn_append(t, TABLE_ENTRIES, text_span("a1"), text_span("y"));
	txn_append(t, TABLE_ENTRIES, text_span("b2"), text_span("z"));
	must_commit(t);
	t = must_begin(s, true);
	txn_append(t, TABLE_ENTRIES, text_span("a1"), text_span("other"));
	assert_int_equal(txn_commit(t, &f), -1);
	assert_int_equal(f.code, FAULT_BUG);
	t = must_begin(s, false);
	assert_true(txn_get(t, TABLE_ENTRIES, text_span("a1"), &v));
	assert_memory_equal(v.data, "y", 1);
	txn_abort(t);
	store_close(s);
	scratch_remove(dir);
}

static enum fault_code open_refused(const char *dir, enum store_open mode)
{
	struct fault f;

	assert_null(store_open(dir, mode, &f));
	assert_true(strlen(f.text) > 10);
	return f.code;
}

/* Rows put in a row, and what lies around a key. */
static void fills_and_neighbours(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct row below, above;
	uint8_t key[8];
	struct fill l;
	struct span k = { key, sizeof key };
	(void)state;

	struct txn *t = must_begin(s, true);
	assert_false(txn_last(t, TABLE_RUNS, &below));
	txn_around(t, TABLE_RUNS, text_span("x"), &below, &above);
	assert_true(below.key.size == 0 && above.key.size == 0);
	fill_begin(&l, t, TABLE_RUNS);
	for (uint64_t i = 10; i < 20000; i += 10) {
		put_u64(key, i);
		if (i % 3)
			fill_put(&l, k, k);
		else
			fill_append(&l, k, k);
	}
	fill_end(&l);
	must_commit(t);
	t = must_begin(s, false);
	assert_int_equal(txn_rows(t, TABLE_RUNS), 1999);
	for (uint64_t i = 0; i < 20010; i++) {
		put_u64(key, i);
		txn_around(t, TABLE_RUNS, k, &below, &above);
		assert_int_equal(below.key.size, i < 10 ? 0 : 8);
		assert_int_equal(above.key.size, i >= 19990 ? 0 : 8);
		if (below.key.size)
			assert_int_equal(get_u64(below.value.data), i / 10 * 10 < 19990 ?
					 i / 10 * 10 : 19990);
		if (above.key.size)
			assert_int_equal(get_u64(above.key.data), i / 10 * 10 + 10);
	}
	assert_true(txn_last(t, TABLE_RUNS, &below));
	assert_int_equal(get_u64(below.key.data), 19990);
	assert_int_equal(txn_memo(t, 5)->log, 0);
	txn_abort(t);
	/* an append never overwrites */
	t = must_begin(s, true);
	fill_begin(&l, t, TABLE_RUNS);
	put_u64(key, 50);
	fill_append(&l, k, k);
	fill_end(&l);
	assert_true(txn_failed(t));
	txn_abort(t);
	store_close(s);
	scratch_remove(dir);
}

static void a_second_opening_is_refused(void **state)
{
	const char *dir = scratch_create();
	int status;
	(void)state;

	assert_int_equal(open_refused("/nonexistent/store", STORE_WRITE), FAULT_ABSENT);
	assert_int_equal(open_refused(dir, STORE_READ_ONLY), FAULT_ABSENT);
	struct store *s = must_open(dir, STORE_WRITE);
	assert_int_equal(open_refused(dir, STORE_WRITE), FAULT_BUSY);
	assert_int_equal(open_refused(dir, STORE_READ_ONLY), FAULT_BUSY);
	store_close(s);

	/* a writer in another process */
	int ready[2], go[2];
	assert_int_equal(pipe(ready) | pipe(go), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct fault f;
		char c;
		struct store *other = store_open(dir, STORE_WRITE, &f);
		if (write(ready[1], "x", 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(2);
		_exit(!other);
	}
	char c;
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(open_refused(dir, STORE_WRITE), FAULT_BUSY);
	s = must_open(dir, STORE_READ_ONLY);    /* beside it */
	store_close(s);
	assert_int_equal(write(go[1], "x", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	store_close(must_open(dir, STORE_WRITE));
	close(ready[0]), close(ready[1]), close(go[0]), close(go[1]);
	scratch_remove(dir);
}

/* Below the layer, as the store itself cannot be opened. s may be NULL. */
static void format_write(const char *dir, struct store *s, uint32_t number)
{
	uint8_t format[4];
	MDB_val key = { 6, "format" }, value = { sizeof format, format };
	MDB_env *env;
	MDB_txn *t;
	MDB_dbi meta;

	store_close(s);
	put_u32(format, number);
	assert_int_equal(mdb_env_create(&env), 0);
	mdb_env_set_maxdbs(env, 1);
	assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &t), 0);
	assert_int_equal(mdb_dbi_open(t, "meta", 0, &meta), 0);
	assert_int_equal(mdb_put(t, meta, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(t), 0);
	mdb_env_close(env);
}

static void other_formats_are_refused(void **state)
{
	const char *dir = scratch_create();
	struct fault f;
	static const struct {
		uint32_t format;
		const char *says;
	} other[] = {
		{ STORE_FORMAT + 1, "install a newer version" },
		{ 1, "format 1, older than the first release" },
	};
	(void)state;

	struct store *s = must_open(dir, STORE_WRITE);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		format_write(dir, s, other[i].format);
		for (int mode = STORE_WRITE; mode <= STORE_READ_ONLY; mode++) {
			assert_null(store_open(dir, (enum store_open)mode, &f));
			assert_int_equal(f.code, FAULT_INPUT);
			assert_non_null(strstr(f.text, other[i].says));
		}
		s = NULL;
	}
	scratch_remove(dir);
}

static void foreign_files_are_refused(void **state)
{
	const char *dir = scratch_create();
	char path[4200];
	(void)state;

	snprintf(path, sizeof path, "%s/data.mdb", dir);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(write(fd, "not a database at all\n", 22), 22);
	close(fd);
	assert_int_equal(open_refused(dir, STORE_WRITE), FAULT_IO);
	assert_int_equal(open_refused(dir, STORE_READ_ONLY), FAULT_IO);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_keeps_its_rows_and_id),
		cmocka_unit_test(files_are_private),
		cmocka_unit_test(walks_go_by_prefix_in_order),
		cmocka_unit_test(the_first_failure_sticks),
		cmocka_unit_test(append_never_overwrites),
		cmocka_unit_test(fills_and_neighbours),
		cmocka_unit_test(a_second_opening_is_refused),
		cmocka_unit_test(other_formats_are_refused),
		cmocka_unit_test(foreign_files_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
