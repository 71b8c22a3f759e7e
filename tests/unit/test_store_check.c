/* The check finds what is damaged: beside a writer, and in flipped bits. */
#include "store/check.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/check_help.h"
#include "tests/unit/store_help.h"

#define FLIPS 150
/* A check of this store takes milliseconds: so long is a hang. */
#define HANG_SECONDS 20

static void a_good_store_has_no_difference(void **state)
{
	struct check_report r;
	(void)state;

	assert_int_equal(check_it(it.s, &r), 0);
	if (r.bad)
		fail_msg("%s", it.first);
	assert_int_equal(r.logs, WORLD_LOGS + 1);
	assert_int_equal(r.entries, CHECK_EVENTS + CHECK_TAIL + 1);
	assert_true(r.hashes >= r.entries + r.entries / 17);
	assert_int_equal(r.heads, 3 * WORLD_LOGS);
	assert_true(r.keys > CHECK_EVENTS);
	store_close(it.s);
	it.s = must_open(it.dir, STORE_READ_ONLY);
	assert_int_equal(check_it(it.s, &r), 0);
	assert_int_equal(r.bad, 0);
}

/* --- beside a daemon --- */

static void daemon_writes(void)
{
	struct fault f;

	it.s = it.w.store = store_open(it.dir, STORE_WRITE, &f);
	struct index *x = it.s ? index_create(it.s, &f) : NULL;
	while (x) {
		world_grow(&it.w, x, 7);
		if (it.w.count % 3 == 0 && index_flush(x, &f))
			break;
		if (it.w.count >= WORLD_EVENTS)
			pause();
	}
	_exit(1);
}

static void a_check_runs_beside_a_writer(void **state)
{
	struct check_report r;
	int status;
	(void)state;

	store_close(it.s);
	pid_t pid = fork();
	if (pid == 0)
		daemon_writes();
	it.s = must_open(it.dir, STORE_READ_ONLY);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(check_it(it.s, &r), 0);
		if (r.bad)
			fail_msg("%s", it.first);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

/* --- bits --- */

/* In a child: 0 the same content, 1 something was found, 2 a wrong answer. */
static int look(const char *copy)
{
	struct check_report r;
	struct fault f;

	alarm(HANG_SECONDS);
	struct store *c = store_open(copy, STORE_READ_ONLY, &f);
	if (!c || check_it(c, &r) || r.bad)
		return 1;
	struct txn *t = txn_begin(c, false, &f);
	for (unsigned i = 0; t && i < it.w.count; i++) {
		struct span e;
		if (!log_entry(t, it.w.item[i].at.log, it.w.item[i].at.index, &e) ||
		    e.size != it.w.item[i].bytes.used ||
		    memcmp(e.data, it.w.item[i].bytes.data, e.size) != 0)
			return 2;
	}
	return t ? 0 : 1;
}

static void read_whole(const char *path, uint8_t **data, size_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	*size = (size_t)st.st_size;
	*data = malloc(*size);
	assert_int_equal(read(fd, *data, *size), *size);
	close(fd);
}

static void flipped_bits_are_found_or_harmless(void **state)
{
	char from[4200], to[4200];
	const char *copy = scratch_create();
	unsigned found = 0, killed = 0, harmless = 0;
	uint8_t *data;
	size_t size;
	(void)state;

	store_close(it.s);
	snprintf(from, sizeof from, "%s/data.mdb", it.dir);
	snprintf(to, sizeof to, "%s/data.mdb", copy);
	read_whole(from, &data, &size);
	for (int i = 0; i < FLIPS; i++) {
		size_t at = (size_t)dice(size);
		uint8_t bit = (uint8_t)(1u << dice(8));
		int status;
		data[at] ^= bit;
		int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, data, size), size);
		close(fd);
		data[at] ^= bit;
		pid_t pid = fork();
		if (pid == 0) {
			/* a crash is an answer here, not a report */
			signal(SIGSEGV, SIG_DFL);
			signal(SIGBUS, SIG_DFL);
			signal(SIGABRT, SIG_DFL);
			_exit(freopen("/dev/null", "w", stderr) ? look(copy) : 3);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
			fail_msg("the check hangs: bit of byte %zu", at);
		if (WIFEXITED(status) && WEXITSTATUS(status) >= 2)
			fail_msg("a wrong answer: bit of byte %zu", at);
		killed += WIFSIGNALED(status) != 0;
		found += WIFEXITED(status) && WEXITSTATUS(status) == 1;
		harmless += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	printf("%d bits: %u found, %u by a signal, %u harmless\n", FLIPS, found, killed,
	       harmless);
	assert_true(found > FLIPS / 4);
	free(data);
	scratch_remove(copy);
	it.s = must_open(it.dir, STORE_WRITE);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, check_set_up, check_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_good_store_has_no_difference),
		TEST(a_check_runs_beside_a_writer),
		TEST(flipped_bits_are_found_or_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
