/* The layer over LMDB under harm: a map and a disk that fill up, kill -9. */
#include "store/db.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/store_help.h"

/* --- growth, seen by a reader in another process --- */

#define BIG (1 << 20)

static void put_big(struct store *s, uint32_t i)
{
	uint8_t key[4];
	struct txn *t = must_begin(s, true);

	put_u32(key, i);
	void *room = txn_reserve(t, TABLE_ENTRIES, (struct span){ key, 4 }, BIG);
	if (room)
		memset(room, (int)i, BIG);
	must_commit(t);
}

static int read_big(struct store *s, uint32_t i)
{
	uint8_t key[4];
	struct fault f;
	struct span v;

	struct txn *t = txn_begin(s, false, &f);
	if (!t)
		return -1;
	put_u32(key, i);
	bool good = txn_get(t, TABLE_ENTRIES, (struct span){ key, 4 }, &v) &&
		    v.size == BIG && v.data[BIG - 1] == (uint8_t)i;
	txn_abort(t);
	return good ? 0 : -1;
}

static void the_map_grows_under_a_reader(void **state)
{
	const char *dir = scratch_create();
	int ask[2], answer[2], status;
	struct fault f;
	uint32_t i = 0;
	char c = 0;
	(void)state;

	store_map_first(BIG);
	store_close(must_open(dir, STORE_WRITE));
	assert_int_equal(pipe(ask) | pipe(answer), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct store *r = store_open(dir, STORE_READ_ONLY, &f);
		while (r && read(ask[0], &i, 4) == 4 && i != UINT32_MAX) {
			c = (char)read_big(r, i);
			if (write(answer[1], &c, 1) != 1)
				_exit(2);
		}
		store_close(r);
		_exit(!r);
	}
	struct store *s = must_open(dir, STORE_WRITE);
	for (i = 0; i < 100; i++) {
		put_big(s, i);
		if (i % 10 != 0)
			continue;
		assert_int_equal(write(ask[1], &i, 4), 4);
		assert_int_equal(read(answer[0], &c, 1), 1);
		assert_int_equal(c, 0);
	}
	assert_true(store_bytes(s) > 100 * BIG);
	i = UINT32_MAX;
	assert_int_equal(write(ask[1], &i, 4), 4);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	store_close(s);
	close(ask[0]), close(ask[1]), close(answer[0]), close(answer[1]);
	store_map_first(0);
	scratch_remove(dir);
}

static void a_full_map_refuses_then_grows(void **state)
{
	const char *dir = scratch_create();
	bool refused = false;
	struct fault f;
	uint8_t key[4];
	struct span v;
	(void)state;

	store_map_first(BIG);
	struct store *s = must_open(dir, STORE_WRITE);
	for (int round = 0; round < 10; round++) {
		struct txn *t = must_begin(s, true);
		for (uint32_t i = 0; i < 40; i++) {
			put_u32(key, i);
			txn_reserve(t, TABLE_ENTRIES, (struct span){ key, 4 }, BIG);
		}
		if (txn_commit(t, &f) == 0)
			break;
		assert_int_equal(f.code, FAULT_FULL);
		assert_false(store_is_dead(s));
		refused = true;
	}
	assert_true(refused);
	struct txn *t = must_begin(s, false);
	put_u32(key, 39);
	assert_true(txn_get(t, TABLE_ENTRIES, (struct span){ key, 4 }, &v));
	txn_abort(t);
	store_close(s);
	store_map_first(0);
	scratch_remove(dir);
}

/* --- kill -9 --- */

static void writer(const char *dir, int ack)
{
	struct fault f;
	uint8_t key[8];

	struct store *s = store_open(dir, STORE_WRITE, &f);
	if (!s)
		_exit(2);
	for (uint64_t i = 0;; i++) {
		struct txn *t = txn_begin(s, true, &f);
		struct span v;
		/* goes on behind what is there */
		for (put_u64(key, i); txn_get(t, TABLE_ENTRIES, (struct span){ key, 8 }, &v);)
			put_u64(key, ++i);
		txn_append(t, TABLE_ENTRIES, (struct span){ key, 8 }, (struct span){ key, 8 });
		if (txn_commit(t, &f) || write(ack, &i, sizeof i) != sizeof i)
			_exit(1);
	}
}

static void killed_writers_lose_nothing(void **state)
{
	const char *dir = scratch_create();
	uint64_t acked = 0, i;
	bool any = false;
	(void)state;

	dice_seed(7);
	for (int round = 0; round < 30; round++) {
		int ack[2], status;
		assert_int_equal(pipe(ack), 0);
		pid_t pid = fork();
		if (pid == 0)
			writer(dir, ack[1]);
		close(ack[1]);
		usleep((useconds_t)(1000 + dice(15000)));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(ack[0], &i, sizeof i) == sizeof i) {
			assert_true(!any || i > acked);
			acked = i;
			any = true;
		}
		close(ack[0]);
		struct store *s = must_open(dir, STORE_WRITE);
		struct txn *t = must_begin(s, false);
		uint8_t key[8];
		struct span v;
		for (i = 0; any && i <= acked; i++) {
			put_u64(key, i);
			assert_true(txn_get(t, TABLE_ENTRIES, (struct span){ key, 8 }, &v));
			assert_memory_equal(v.data, key, 8);
		}
		txn_abort(t);
		store_close(s);
	}
	assert_true(any);
	scratch_remove(dir);
}

/* --- a full disk --- */

#define TINY_SKIP 77

/* In a child of its own: mounts 8 MiB, fills it, expects refusals, makes room. */
static int full_disk(const char *dir)
{
	char ballast[4200];
	static uint8_t junk[4096];
	struct fault f = { .code = FAULT_NONE };
	uint8_t key[8];
	uint64_t i, kept;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=8m"))
		return TINY_SKIP;
	snprintf(ballast, sizeof ballast, "%s/ballast", dir);
	int fd = open(ballast, O_WRONLY | O_CREAT, 0600);
	for (i = 0; i < 512; i++) {
		if (write(fd, junk, sizeof junk) != sizeof junk)
			return 1;
	}
	close(fd);
	struct store *s = store_open(dir, STORE_WRITE, &f);
	if (!s)
		return 2;
	for (i = 0; i < 10000; i++) {
		struct txn *t = txn_begin(s, true, &f);
		if (!t)
			return 3;
		for (uint64_t k = 0; k < 8; k++) {
			put_u64(key, i * 8 + k);
			txn_append(t, TABLE_ENTRIES, (struct span){ key, 8 },
				   (struct span){ junk, 1500 });
		}
		if (txn_commit(t, &f))
			break;
	}
	if (i == 10000 || f.code != FAULT_FULL || store_is_dead(s))
		return 4;
	kept = i * 8;
	/* refused again, still alive, and everything is there */
	for (int again = 0; again < 20; again++) {
		struct txn *t = txn_begin(s, true, &f);
		if (!t)
			return 5;
		for (uint64_t k = 0; k < 64; k++) {
			put_u64(key, kept + k);
			txn_append(t, TABLE_ENTRIES, (struct span){ key, 8 },
				   (struct span){ junk, 1500 });
		}
		if (!txn_commit(t, &f) || f.code != FAULT_FULL)
			return 6;
	}
	if (unlink(ballast))
		return 7;
	struct txn *t = txn_begin(s, true, &f);
	struct span v;
	if (!t)
		return 8;
	for (i = 0; i < kept; i++) {
		put_u64(key, i);
		if (!txn_get(t, TABLE_ENTRIES, (struct span){ key, 8 }, &v) || v.size != 1500)
			return 9;
	}
	put_u64(key, kept);
	txn_append(t, TABLE_ENTRIES, (struct span){ key, 8 }, (struct span){ junk, 1500 });
	if (txn_commit(t, &f))
		return 10;
	store_close(s);
	return 0;
}

static void a_full_disk_refuses_and_goes_on(void **state)
{
	const char *dir = scratch_create();
	int status;
	(void)state;

	pid_t pid = fork();
	if (pid == 0)
		_exit(full_disk(dir));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == TINY_SKIP)
		puts("not possible here: mounting a small tmpfs needs root; full disk skipped");
	else
		assert_int_equal(WEXITSTATUS(status), 0);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_map_grows_under_a_reader),
		cmocka_unit_test(a_full_map_refuses_then_grows),
		cmocka_unit_test(killed_writers_lose_nothing),
		cmocka_unit_test(a_full_disk_refuses_and_goes_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
