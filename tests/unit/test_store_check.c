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

#define FLIPS 300
/* A check of this store takes milliseconds: so long is a hang. */
#define HANG_SECONDS 20

static void a_good_store_has_no_difference(void **state)
{
	struct check_report r;
	(void)state;

	assert_int_equal(check_it(it.s, &r), 0);
	if (r.bad)
		fail_msg("%s", it.first);
	assert_int_equal(r.logs, WORLD_LOGS + 2);
	assert_int_equal(r.entries, CHECK_EVENTS + CHECK_TAIL + 1);
	assert_true(r.hashes >= r.entries + r.entries / 17);
	assert_int_equal(r.heads, 3 * WORLD_LOGS + 2);
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

/* Which values lead to a device only folding finds again. */
static bool is_told_elsewhere(enum table table, struct span key)
{
	return table == TABLE_DEVICES && (key.data[0] == 'i' || key.data[0] == 'p');
}

/* Of every row of every table, in order. */
static uint64_t digest(struct store *of)
{
	uint64_t sum = 1;

	for (int table = 0; table < TABLE_COUNT; table++) {
		struct txn *t = must_begin(of, false);
		struct span part[2];
		struct walk w;

		walk_begin(&w, t, (enum table)table, (struct span){ NULL, 0 });
		while (walk_next(&w, &part[0], &part[1])) {
			if (is_told_elsewhere((enum table)table, part[0]))
				continue;
			for (int i = 0; i < 2; i++) {
				sum = (sum ^ part[i].size) * UINT64_C(0x100000001b3);
				for (size_t k = 0; k < part[i].size; k++)
					sum = (sum ^ part[i].data[k]) * UINT64_C(0x100000001b3);
			}
		}
		walk_end(&w);
		txn_abort(t);
		sum += (uint64_t)table;
	}
	return sum;
}

enum answer { SAME, FOUND, WRONG };

/* In a child: what the check says of a copy, and whether that is so. */
static enum answer look(const char *copy, uint64_t was)
{
	struct check_report r;
	struct fault f;

	alarm(HANG_SECONDS);
	struct store *c = store_open(copy, STORE_FILE, &f);
	if (!c || check_it(c, &r) || r.bad)
		return FOUND;
	return digest(c) == was ? SAME : WRONG;
}

struct flips {
	uint8_t *data;
	size_t size;
	uint64_t was;                  /* digest of the store that is copied */
	char to[4200];
	unsigned found, same;
};

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

/* What the check says of the file as it is now; what and where are for the sentence. */
static void judge(struct flips *g, const char *what, size_t where, size_t size)
{
	int status;

	int fd = open(g->to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, g->data, size), size);
	close(fd);
	pid_t pid = fork();
	if (pid == 0) {
		/* a crash is an answer here, not a report */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		_exit(freopen("/dev/null", "w", stderr) ? (int)look(g->to, g->was) : 9);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status))
		fail_msg("the check ends by signal %d: %s at %zu", WTERMSIG(status), what, where);
	if (WEXITSTATUS(status) > FOUND)
		fail_msg("called good, and is not: %s at %zu", what, where);
	g->found += WEXITSTATUS(status) == FOUND;
	g->same += WEXITSTATUS(status) == SAME;
}

static void flip_one(struct flips *g, size_t at, uint8_t bit)
{
	g->data[at] ^= bit;
	judge(g, "a bit flipped", at, g->size);
	g->data[at] ^= bit;
}

/* --- more than a bit --- */

#define PAGE 4096

static void some_bytes(struct flips *g)
{
	const size_t size = 2 + (size_t)dice(30), at = (size_t)dice(g->size - size);

	for (size_t i = 0; i < size; i++)
		g->data[at + i] ^= (uint8_t)(1 + dice(255));
	judge(g, "some bytes changed", at, g->size);
}

static void zeros(struct flips *g)
{
	const size_t size = dice(2) ? PAGE : 512;
	const size_t at = (size_t)dice(g->size / size) * size;

	memset(g->data + at, 0, size);
	judge(g, size == PAGE ? "a page of zeros" : "a sector of zeros", at, g->size);
}

static void swapped(struct flips *g)
{
	uint8_t page[PAGE];
	const size_t a = (size_t)dice(g->size / PAGE) * PAGE;
	const size_t b = (size_t)dice(g->size / PAGE) * PAGE;

	memcpy(page, g->data + a, PAGE);
	memcpy(g->data + a, g->data + b, PAGE);
	memcpy(g->data + b, page, PAGE);
	judge(g, "a page swapped", a, g->size);
}

/* A write that went to the wrong place. */
static void doubled(struct flips *g)
{
	const size_t a = (size_t)dice(g->size / PAGE) * PAGE;
	const size_t b = (size_t)dice(g->size / PAGE) * PAGE;

	memmove(g->data + a, g->data + b, PAGE);
	judge(g, "a page written over", a, g->size);
}

static void cut(struct flips *g)
{
	const size_t size = dice(2) ? (size_t)dice(g->size) : (size_t)dice(g->size / PAGE) * PAGE;

	judge(g, "cut", size, size);
}

static void flips_begin(struct flips *g, const char *scratch)
{
	char from[4200];
	const char *seed = getenv("FLIP_SEED");

	g->was = digest(it.s);
	store_close(it.s);
	snprintf(from, sizeof from, "%s/data.mdb", it.dir);
	snprintf(g->to, sizeof g->to, "%s/copy", scratch);
	read_whole(from, &g->data, &g->size);
	dice_seed(seed ? strtoull(seed, NULL, 10) : 78);
}

static void flips_end(struct flips *g, const char *scratch)
{
	free(g->data);
	scratch_remove(scratch);
	it.s = must_open(it.dir, STORE_WRITE);
}

static void harm_of_any_size_is_found_or_harmless(void **state)
{
	static void (*const harm[])(struct flips *) = { some_bytes, zeros, swapped, doubled, cut };
	const char *scratch = scratch_create();
	struct flips g = { .found = 0 };
	(void)state;

	flips_begin(&g, scratch);
	uint8_t *was = malloc(g.size);
	memcpy(was, g.data, g.size);
	for (unsigned i = 0; i < FLIPS; i++) {
		harm[i % (sizeof harm / sizeof *harm)](&g);
		memcpy(g.data, was, g.size);
	}
	printf("%d harms: %u found, %u harmless\n", FLIPS, g.found, g.same);
	assert_true(g.found > FLIPS / 3);
	free(was);
	flips_end(&g, scratch);
}

/* Anywhere, then where pages say what they are. */
static void flipped_bits_are_found_or_harmless(void **state)
{
	const char *scratch = scratch_create();
	struct flips g = { .found = 0 };
	(void)state;

	flips_begin(&g, scratch);
	for (int i = 0; i < FLIPS; i++)
		flip_one(&g, (size_t)dice(g.size), (uint8_t)(1u << dice(8)));
	unsigned found = g.found;
	for (int i = 0; i < FLIPS; i++)
		flip_one(&g, (size_t)(dice(g.size / PAGE) * PAGE + dice(i % 8 ? 64 : 200)),
			 (uint8_t)(1u << dice(8)));
	printf("%d bits: %u found, %u harmless; of heads of pages: %u, %u\n", FLIPS, found,
	       FLIPS - found, g.found - found, FLIPS - (g.found - found));
	assert_true(found > FLIPS / 4 && g.found - found > FLIPS / 4);
	flips_end(&g, scratch);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, check_set_up, check_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_good_store_has_no_difference),
		TEST(a_check_runs_beside_a_writer),
		TEST(flipped_bits_are_found_or_harmless),
		TEST(harm_of_any_size_is_found_or_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
