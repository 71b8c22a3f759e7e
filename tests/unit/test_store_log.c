/* Logs in the store: appends in any batches, proofs from stored hashes, kill -9. */
#include "store/log.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/store_help.h"

#define ORIGIN "fne.example/envie-strasbourg"
#define ENTRIES 5000

/* Entry i of any log: its bytes follow from its number. */
static struct span entry_of(uint64_t i, uint8_t *room)
{
	size_t size = 1 + (i * 7919) % 400;

	memset(room, (int)i, size);
	if (size >= 8)
		put_u64(room, i);
	return (struct span){ room, size };
}

static void leaf_of(uint64_t i, struct hash *out)
{
	uint8_t room[512];
	struct span e = entry_of(i, room);

	hash_leaf(e.data, e.size, out);
}

static void append(struct txn *t, uint32_t log, uint64_t first, unsigned count)
{
	static uint8_t room[1024][512];
	struct span entry[1024];
	uint64_t at = UINT64_MAX;

	assert_true(count <= 1024);
	for (unsigned i = 0; i < count; i++)
		entry[i] = entry_of(first + i, room[i]);
	assert_int_equal(log_append(t, log, entry, count, &at), 0);
	assert_int_equal(at, first);
}

static void logs_are_numbered_as_they_come(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	char origin[ORIGIN_MAX + 1], longest[ORIGIN_MAX + 1];
	struct frontier f;
	(void)state;

	memset(longest, 'x', ORIGIN_MAX);
	longest[ORIGIN_MAX] = '\0';
	struct txn *t = must_begin(s, true);
	assert_int_equal(log_last(t), 0);
	assert_int_equal(log_find(t, ORIGIN), 0);
	assert_int_equal(log_open(t, ORIGIN), 1);
	assert_int_equal(log_open(t, longest), 2);
	assert_int_equal(log_open(t, ORIGIN), 1);
	must_commit(t);
	t = must_begin(s, false);
	assert_int_equal(log_find(t, ORIGIN), 1);
	assert_int_equal(log_find(t, longest), 2);
	assert_int_equal(log_last(t), 2);
	assert_true(log_origin(t, 1, origin));
	assert_string_equal(origin, ORIGIN);
	assert_true(log_origin(t, 2, origin));
	assert_string_equal(origin, longest);
	assert_false(log_origin(t, 3, origin));
	assert_int_equal(log_size(t, 1), 0);
	assert_int_equal(log_size(t, 3), 0);
	assert_true(log_frontier(t, 1, &f));
	assert_int_equal(f.size, 0);
	assert_false(log_frontier(t, 3, &f));
	assert_false(txn_failed(t));
	txn_abort(t);
	store_close(s);
	scratch_remove(dir);
}

static void check_entries(struct txn *t, uint32_t log, uint64_t size)
{
	uint8_t room[512];
	struct span e;

	assert_int_equal(log_size(t, log), size);
	for (uint64_t i = 0; i < size; i++) {
		struct span want = entry_of(i, room);
		assert_true(log_entry(t, log, i, &e));
		assert_int_equal(e.size, want.size);
		assert_memory_equal(e.data, want.data, e.size);
	}
	assert_false(log_entry(t, log, size, &e));
}

static void check_root(struct txn *t, uint32_t log, uint64_t size)
{
	struct frontier want, got;
	struct hash leaf, a, b;

	frontier_init(&want);
	for (uint64_t i = 0; i < size; i++) {
		leaf_of(i, &leaf);
		frontier_append(&want, &leaf, NULL, NULL);
	}
	assert_true(log_frontier(t, log, &got));
	assert_int_equal(got.size, size);
	frontier_root(&want, &a);
	frontier_root(&got, &b);
	assert_true(hash_equal(&a, &b));
}

/* Roots, ranges, inclusions and consistency from the stored hashes. */
static void check_proofs(struct txn *t, uint32_t log, uint64_t held)
{
	struct log_tree lt;
	struct tree_reader reader;
	static struct hash leaf[FRAME_ENTRIES_MAX];
	struct hash root, from_root;
	struct frontier before;
	struct proof proof;

	log_tree(&lt, &reader, t, log);
	for (int round = 0; round < 60; round++) {
		uint64_t size = 1 + dice(held), index = dice(size), from = 1 + dice(size);
		uint64_t count = 1 + dice(size - index);
		if (count > FRAME_ENTRIES_MAX)
			count = FRAME_ENTRIES_MAX;
		assert_int_equal(tree_root(&reader, size, &root), 0);
		assert_int_equal(tree_inclusion(&reader, index, size, &proof), 0);
		leaf_of(index, &leaf[0]);
		assert_int_equal(inclusion_verify(index, size, &leaf[0], &proof, &root), 0);
		assert_int_equal(tree_root(&reader, from, &from_root), 0);
		assert_int_equal(tree_consistency(&reader, from, size, &proof), 0);
		assert_int_equal(consistency_verify(from, size, &from_root, &root, &proof), 0);
		for (uint64_t i = 0; i < count; i++)
			leaf_of(index + i, &leaf[i]);
		assert_int_equal(tree_range(&reader, index, index + count, size, &proof), 0);
		assert_int_equal(tree_frontier(&reader, index, &before), 0);
		assert_int_equal(range_verify(index, count, size, leaf, &proof, &root,
					      &before), 0);
		leaf[dice(count)].b[3] ^= 1;
		assert_int_equal(range_verify(index, count, size, leaf, &proof, &root,
					      &before), -1);
	}
	assert_int_equal(reader.node(reader.ctx, 0, held, &root), -1);
	assert_int_equal(reader.node(reader.ctx, 63, 0, &root), -1);
	assert_int_equal(reader.node(reader.ctx, 3, held / 8, &root), -1);
}

/* Three logs grow in turn by random batches, some of them given up. */
static void any_batches_give_the_same_tree(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	static const char *const origin[] = { "n/a", "n/b", "n/c" };
	uint64_t size[3] = { 0 };
	(void)state;

	dice_seed(1);
	while (size[0] < ENTRIES || size[1] < ENTRIES || size[2] < ENTRIES) {
		unsigned k = (unsigned)dice(3);
		unsigned count = (unsigned)(dice(4) ? dice(40) : dice(1024));
		struct txn *t = must_begin(s, true);
		uint32_t log = log_open(t, origin[k]);
		append(t, log, size[k], count);
		if (dice(2))
			append(t, log, size[k] + count, 1), count++;
		if (dice(8) == 0) {
			txn_abort(t);
			continue;
		}
		must_commit(t);
		size[k] += count;
	}
	store_close(s);
	s = must_open(dir, STORE_READ_ONLY);
	struct txn *t = must_begin(s, false);
	for (unsigned k = 0; k < 3; k++) {
		uint32_t log = log_find(t, origin[k]);
		check_entries(t, log, size[k]);
		check_root(t, log, size[k]);
		check_proofs(t, log, size[k]);
	}
	assert_false(txn_failed(t));
	txn_abort(t);
	store_close(s);
	scratch_remove(dir);
}

static unsigned runs_of(struct txn *t, uint32_t log)
{
	uint8_t prefix[3] = { 0, 0, (uint8_t)log };
	struct span key, value;
	struct walk w;
	unsigned count = 0;

	walk_begin(&w, t, TABLE_RUNS, (struct span){ prefix, sizeof prefix });
	while (walk_next(&w, &key, &value))
		count++;
	walk_end(&w);
	return count;
}

/* Run after run of one entry, then one long run over many transactions. */
static void logs_that_take_turns_keep_their_entries(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	uint32_t log[10];
	struct span e;
	(void)state;

	struct txn *t = must_begin(s, true);
	for (unsigned k = 0; k < 10; k++)
		log[k] = log_open(t, (char[]){ 'n', '/', (char)('a' + k), '\0' });
	for (uint64_t i = 0; i < 200; i++) {
		for (unsigned k = 0; k < 10; k++) {
			append(t, log[k], i, 1);
			assert_true(log_entry(t, log[k], i, &e));
			assert_false(log_entry(t, log[k], i + 1, &e));
		}
	}
	must_commit(t);
	for (uint64_t i = 200; i < 300; i++) {
		t = must_begin(s, true);
		append(t, log[3], i, 1);
		must_commit(t);
		if (i % 20 == 0) {
			store_close(s);
			s = must_open(dir, STORE_WRITE);
		}
	}
	t = must_begin(s, true);
	append(t, log[4], 200, 5);
	append(t, log[4], 205, 5);
	append(t, log[3], 300, 1);
	append(t, log[3], 301, 0);
	for (unsigned k = 0; k < 10; k++) {
		check_entries(t, log[k], k == 3 ? 301 : k == 4 ? 210 : 200);
		assert_int_equal(runs_of(t, log[k]), k == 3 ? 202 : k == 4 ? 201 : 200);
	}
	assert_int_equal(txn_rows(t, TABLE_ENTRIES), 2111);
	/* in turns again, now by reading */
	for (uint64_t i = 0; i < 200; i++) {
		uint8_t room[512];
		struct span want = entry_of(199 - i, room);
		for (unsigned k = 0; k < 10; k++) {
			assert_true(log_entry(t, log[k], 199 - i, &e));
			assert_memory_equal(e.data, want.data, want.size);
		}
	}
	assert_false(log_entry(t, 0, 0, &e));
	assert_false(log_entry(t, 11, 0, &e));
	assert_false(log_entry(t, log[0], UINT64_MAX, &e));
	must_commit(t);
	store_close(s);
	scratch_remove(dir);
}

static void hashed_entries_give_the_same_log(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	static uint8_t room[50][512];
	struct span entry[50];
	struct hash leaf[50];
	uint64_t first = 9;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	for (unsigned i = 0; i < 50; i++) {
		entry[i] = entry_of(i, room[i]);
		leaf_of(i, &leaf[i]);
	}
	assert_int_equal(log_append_hashed(t, log, entry, leaf, 30, &first), 0);
	assert_int_equal(first, 0);
	assert_int_equal(log_append_hashed(t, log, entry + 30, leaf + 30, 20, &first), 0);
	assert_int_equal(first, 30);
	check_entries(t, log, 50);
	check_root(t, log, 50);
	must_commit(t);
	store_close(s);
	scratch_remove(dir);
}

static void every_size_has_its_root(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	struct log_tree lt;
	struct tree_reader reader;
	struct frontier f;
	struct hash leaf, root, want;
	(void)state;

	struct txn *t = must_begin(s, true);
	uint32_t log = log_open(t, ORIGIN);
	frontier_init(&f);
	log_tree(&lt, &reader, t, log);
	for (uint64_t i = 0; i < 600; i++) {
		append(t, log, i, 1);
		leaf_of(i, &leaf);
		frontier_append(&f, &leaf, NULL, NULL);
		frontier_root(&f, &want);
		assert_int_equal(tree_root(&reader, i + 1, &root), 0);
		assert_true(hash_equal(&root, &want));
	}
	must_commit(t);
	store_close(s);
	scratch_remove(dir);
}

static void wrong_entries_fail_the_transaction(void **state)
{
	const char *dir = scratch_create();
	struct store *s = must_open(dir, STORE_WRITE);
	uint8_t *big = calloc(1, ENTRY_SIZE_MAX + 1);
	struct span entry[2] = { { big, 10 }, { big, 0 } };
	struct fault f;
	(void)state;

	for (int round = 0; round < 2; round++) {
		struct txn *t = must_begin(s, true);
		uint32_t log = log_open(t, ORIGIN);
		assert_int_equal(log_append(t, log, entry, 2, NULL), -1);
		assert_int_equal(txn_commit(t, &f), -1);
		assert_int_equal(f.code, FAULT_INPUT);
		entry[1].size = ENTRY_SIZE_MAX + 1;
	}
	struct txn *t = must_begin(s, true);
	assert_int_equal(log_append(t, 9, entry, 1, NULL), -1);
	txn_abort(t);
	t = must_begin(s, true);
	entry[1].size = ENTRY_SIZE_MAX;
	assert_int_equal(log_append(t, log_open(t, ORIGIN), entry, 2, NULL), 0);
	must_commit(t);
	free(big);
	store_close(s);
	scratch_remove(dir);
}

/* --- kill -9 --- */

#define KILL_LOGS 3

static const char *const kill_origin[KILL_LOGS] = { "n/a", "n/b", "n/c" };

struct ack {
	uint64_t log, size;
};

static int write_some(struct store *s, struct ack *ack, struct fault *f)
{
	static uint8_t room[64][512];
	struct span entry[64];
	unsigned count = 1 + (unsigned)(dice(2) ? dice(64) : 0);
	struct txn *t = txn_begin(s, true, f);

	if (!t)
		return -1;
	ack->log = dice(KILL_LOGS);
	uint32_t log = log_open(t, kill_origin[ack->log]);
	ack->size = log ? log_size(t, log) : 0;
	for (unsigned i = 0; i < count; i++)
		entry[i] = entry_of(ack->size + i, room[i]);
	if (log)
		log_append(t, log, entry, count, NULL);
	ack->size += count;
	return txn_commit(t, f);
}

static void writer(const char *dir, int to, uint64_t seed)
{
	struct fault f;
	struct ack ack;

	dice_seed(seed);
	struct store *s = store_open(dir, STORE_WRITE, &f);
	while (s && !write_some(s, &ack, &f)) {
		if (write(to, &ack, sizeof ack) != sizeof ack)
			break;
	}
	_exit(1);
}

static void killed_writers_lose_no_acked_entry(void **state)
{
	const char *dir = scratch_create();
	uint64_t acked[KILL_LOGS] = { 0 };
	struct ack got;
	(void)state;

	dice_seed(3);
	for (uint64_t round = 0; round < 30; round++) {
		int ack[2], status;
		assert_int_equal(pipe(ack), 0);
		pid_t pid = fork();
		if (pid == 0)
			writer(dir, ack[1], round);
		close(ack[1]);
		usleep((useconds_t)(2000 + dice(15000)));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(ack[0], &got, sizeof got) == sizeof got) {
			assert_true(got.size > acked[got.log]);
			acked[got.log] = got.size;
		}
		close(ack[0]);
	}
	struct store *s = must_open(dir, STORE_WRITE);
	struct txn *t = must_begin(s, false);
	for (unsigned k = 0; k < KILL_LOGS; k++) {
		uint32_t log = log_find(t, kill_origin[k]);
		assert_true(acked[k] > 0 && log_size(t, log) >= acked[k]);
		check_entries(t, log, log_size(t, log));
		check_root(t, log, log_size(t, log));
	}
	txn_abort(t);
	store_close(s);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_are_numbered_as_they_come),
		cmocka_unit_test(any_batches_give_the_same_tree),
		cmocka_unit_test(logs_that_take_turns_keep_their_entries),
		cmocka_unit_test(hashed_entries_give_the_same_log),
		cmocka_unit_test(every_size_has_its_root),
		cmocka_unit_test(wrong_entries_fail_the_transaction),
		cmocka_unit_test(killed_writers_lose_no_acked_entry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
