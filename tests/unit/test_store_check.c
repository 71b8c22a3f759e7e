/* The check finds what is damaged; the rebuild makes what is derived anew. */
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

#include "store/figures.h"
#include "store/heads.h"
#include "tests/unit/events_help.h"
#include "tests/unit/store_help.h"

#define EVENTS 700
#define FLIPS 150
/* A check of this store takes milliseconds: so long is a hang. */
#define HANG_SECONDS 20

static struct world w;
static const char *dir;
static struct store *s;
static char first[FAULT_TEXT_MAX];
static uint64_t progress;

static void tell(void *ctx, const char *sentence)
{
	(void)ctx;
	if (!*first)
		snprintf(first, sizeof first, "%s", sentence);
}

static void tell_progress(void *ctx, uint64_t entries)
{
	(void)ctx;
	progress = entries;
}

static int check(struct store *of, struct check_report *r)
{
	struct fault f = { .code = FAULT_NONE };

	*first = '\0';
	*r = (struct check_report){ .tell = tell, .progress = tell_progress };
	if (store_check(of, r, &f) == 0)
		return 0;
	snprintf(first, sizeof first, "%s", f.text);
	return -1;
}

/* A signed head of what the log holds. */
static void sign_head(uint32_t log)
{
	static const uint8_t seed[KEY_SEED_SIZE] = { 1 };
	struct checkpoint c;
	struct frontier frontier;
	struct buffer note;
	struct fault f;

	struct txn *t = must_begin(s, true);
	log_origin(t, log, c.origin);
	log_frontier(t, log, &frontier);
	c.size = frontier.size;
	frontier_root(&frontier, &c.root);
	struct signer *signer = signer_create(c.origin, KEY_ED25519, seed, &f);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	assert_int_equal(checkpoint_sign(&c, signer, &note, &f), 0);
	assert_int_equal(head_take(t, log, &c, (struct span){ note.data, note.used }, &f), 0);
	must_commit(t);
	buffer_clear(&note);
	signer_destroy(signer);
}

static int set_up(void **state)
{
	struct fault f;
	(void)state;

	dir = scratch_create();
	s = must_open(dir, STORE_WRITE);
	dice_seed(77);
	world_begin(&w, s, 400);
	struct index *x = index_create(s, &f);
	world_grow(&w, x, EVENTS);
	assert_int_equal(index_flush(x, &f), 0);
	for (unsigned i = 0; i < WORLD_LOGS; i++)
		sign_head(w.log[i]);
	/* a tail that is neither indexed nor signed */
	world_grow(&w, x, 50);
	index_destroy(x);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	store_close(s);
	world_end(&w);
	scratch_remove(dir);
	return 0;
}

static void a_good_store_has_no_difference(void **state)
{
	struct check_report r;
	(void)state;

	assert_int_equal(check(s, &r), 0);
	if (r.bad)
		fail_msg("%s", first);
	assert_int_equal(r.logs, WORLD_LOGS + 1);
	assert_int_equal(r.entries, EVENTS + 50 + 1);
	assert_true(r.hashes >= r.entries + r.entries / 17);
	assert_int_equal(r.heads, 3 * WORLD_LOGS);
	assert_true(r.keys > EVENTS);
	store_close(s);
	s = must_open(dir, STORE_READ_ONLY);
	assert_int_equal(check(s, &r), 0);
	assert_int_equal(r.bad, 0);
}

/* --- single rows --- */

static struct span key8(uint8_t to[8], uint32_t log, uint64_t index)
{
	put_u64(to, (uint64_t)log << 40 | index);
	return (struct span){ to, 8 };
}

static struct span tree_key(uint8_t to[9], uint32_t log, unsigned row, uint64_t group)
{
	put_u32(to, log << 8 | (15 - row));
	to[4] = 0;
	put_u32(to + 5, (uint32_t)group);
	return (struct span){ to, 9 };
}

/* Flips one bit of a row. */
static void flip(struct txn *t, enum table table, struct span key, size_t at)
{
	static uint8_t copy[ENTRY_SIZE_MAX];
	struct span v;

	assert_true(txn_get(t, table, key, &v));
	assert_true(at < v.size);
	memcpy(copy, v.data, v.size);
	copy[at] ^= 4;
	txn_put(t, table, key, (struct span){ copy, v.size });
}

static void flip_entry(struct txn *t)
{
	uint8_t k[8];
	flip(t, TABLE_ENTRIES, key8(k, w.log[1], 20), 5);
	flip(t, TABLE_ENTRIES, key8(k, w.log[1], 50), 5);
}

static void drop_entry(struct txn *t)
{
	uint8_t k[8];
	txn_delete(t, TABLE_ENTRIES, key8(k, w.log[0], 7));
}

static void drop_last_entry(struct txn *t)
{
	uint8_t k[8];
	txn_delete(t, TABLE_ENTRIES, key8(k, w.log[0], log_size(t, w.log[0]) - 1));
}

static void add_entry(struct txn *t)
{
	uint8_t k[8];
	txn_put(t, TABLE_ENTRIES, key8(k, w.log[2], log_size(t, w.log[2])), text_span("x"));
}

static void flip_leaf(struct txn *t)
{
	uint8_t k[9];
	flip(t, TABLE_TREE, tree_key(k, w.log[3], 0, 2), 3 * HASH_SIZE);
}

static void flip_node(struct txn *t)
{
	uint8_t k[9];
	flip(t, TABLE_TREE, tree_key(k, w.log[3], 1, 0), 2 * HASH_SIZE);
}

static void drop_row(struct txn *t)
{
	uint8_t k[9];
	txn_delete(t, TABLE_TREE, tree_key(k, w.log[3], 0, 1));
}

static void flip_frontier(struct txn *t)
{
	uint8_t k[4];
	put_u32(k, (uint32_t)'n' << 24 | w.log[2]);
	flip(t, TABLE_LOGS, (struct span){ k, 4 }, 20);
}

static void flip_head(struct txn *t)
{
	uint8_t k[4];
	put_u32(k, w.log[2] << 8 | HEAD_PROVED);
	flip(t, TABLE_HEADS, (struct span){ k, 4 }, 10);
}

static void flip_note(struct txn *t)
{
	uint8_t k[4];
	put_u32(k, w.log[2] << 8 | HEAD_SEEN);
	flip(t, TABLE_HEADS, (struct span){ k, 4 }, 42);
}

static void drop_key(struct txn *t)
{
	struct walk walk;
	struct span key, value;
	uint8_t copy[17];

	walk_begin(&walk, t, TABLE_INDEX, text_span("v"));
	for (int i = 0; i < 100; i++)
		assert_true(walk_next(&walk, &key, &value));
	memcpy(copy, key.data, sizeof copy);
	walk_end(&walk);
	txn_delete(t, TABLE_INDEX, (struct span){ copy, sizeof copy });
}

static void false_key(struct txn *t)
{
	uint8_t k[17] = { 'v', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, (uint8_t)w.log[1], 0, 0, 0, 0, 3 };
	txn_put(t, TABLE_INDEX, (struct span){ k, sizeof k }, (struct span){ NULL, 0 });
}

static void stray_key(struct txn *t)
{
	uint8_t k[17] = { 'v', 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 200, 0, 0, 0, 0, 3 };
	txn_put(t, TABLE_INDEX, (struct span){ k, sizeof k }, (struct span){ NULL, 0 });
}

static void stray_entry(struct txn *t)
{
	uint8_t k[8];
	txn_put(t, TABLE_ENTRIES, key8(k, 99, 0), text_span("x"));
}

static void false_reach(struct txn *t)
{
	uint8_t k[4], v[8];
	put_u32(k, (uint32_t)'i' << 24 | w.log[1]);
	put_u64(v, 1000000);
	txn_put(t, TABLE_META, (struct span){ k, 4 }, (struct span){ v, 8 });
}

static void each_damage_is_named(void **state)
{
	static const struct {
		void (*harm)(struct txn *t);
		uint64_t bad;            /* 0: any number */
		const char *says;
	} damage[] = {
		{ flip_entry, 0, "fne.example/w1/20 is the first bad entry" },
		{ drop_entry, 0, "fne.example/w0/7 is the first bad entry: it is missing" },
		{ drop_last_entry, 0, "is the first bad entry: it is missing" },
		{ add_entry, 1, "fne.example/w2: there are entries behind its end" },
		{ flip_leaf, 0, "fne.example/w3/35" },
		{ flip_node, 0, "fne.example/w3: the tree hash of level 4, number 2" },
		{ drop_row, 0, "fne.example/w3: tree hashes of level 0 from 16 on are missing" },
		{ flip_frontier, 0, "frontier" },
		{ flip_head, 0, "proved head" },
		{ flip_note, 0, "seen head" },
		{ drop_key, 1, "the index lacks a key of entry" },
		{ false_key, 1, "the index has a false key of entry 3" },
		{ stray_key, 1, "which is not held" },
		{ stray_entry, 1, "of a log that is not known" },
		{ false_reach, 0, "indexed beyond its end" },
	};
	struct check_report r;
	(void)state;

	for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
		struct txn *t = must_begin(s, true);
		damage[i].harm(t);
		must_commit(t);
		assert_int_equal(check(s, &r), 0);
		if (r.bad == 0 || !strstr(first, damage[i].says))
			fail_msg("damage %d: %d bad, '%s' instead of '%s'", (int)i, (int)r.bad,
				 first, damage[i].says);
		if (damage[i].bad)
			assert_int_equal(r.bad, damage[i].bad);
		tear_down(NULL);
		set_up(NULL);
	}
}

static void a_rebuild_heals_what_is_derived(void **state)
{
	static void (*const harm[])(struct txn *) = { drop_key, false_key, stray_key, false_reach };
	struct check_report r;
	struct fault f;
	(void)state;

	struct txn *t = must_begin(s, true);
	txn_put(t, TABLE_COUNTERS, text_span("cell"), text_span("12345678"));
	for (size_t i = 0; i < sizeof harm / sizeof *harm; i++)
		harm[i](t);
	must_commit(t);
	assert_int_equal(store_rebuild(s, &f), 0);
	assert_int_equal(check(s, &r), 0);
	assert_int_equal(r.bad, 0);
	struct span v;
	t = must_begin(s, false);
	assert_false(txn_get(t, TABLE_COUNTERS, text_span("cell"), &v));
	txn_abort(t);
	struct index *x = index_create(s, &f);
	assert_int_equal(index_tail(x), 0);
	index_destroy(x);
}

/* --- beside a daemon --- */

static void daemon_writes(void)
{
	struct fault f;

	s = w.store = store_open(dir, STORE_WRITE, &f);
	struct index *x = s ? index_create(s, &f) : NULL;
	while (x) {
		world_grow(&w, x, 7);
		if (w.count % 3 == 0 && index_flush(x, &f))
			break;
		if (w.count >= WORLD_EVENTS)
			pause();
	}
	_exit(1);
}

static void a_check_runs_beside_a_writer(void **state)
{
	struct check_report r;
	int status;
	(void)state;

	store_close(s);
	pid_t pid = fork();
	if (pid == 0)
		daemon_writes();
	s = must_open(dir, STORE_READ_ONLY);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(check(s, &r), 0);
		if (r.bad)
			fail_msg("%s", first);
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
	if (!c || check(c, &r) || r.bad)
		return 1;
	struct txn *t = txn_begin(c, false, &f);
	for (unsigned i = 0; t && i < w.count; i++) {
		struct span e;
		if (!log_entry(t, w.item[i].at.log, w.item[i].at.index, &e) ||
		    e.size != w.item[i].bytes.used ||
		    memcmp(e.data, w.item[i].bytes.data, e.size) != 0)
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

	store_close(s);
	snprintf(from, sizeof from, "%s/data.mdb", dir);
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
	s = must_open(dir, STORE_WRITE);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_good_store_has_no_difference),
		TEST(each_damage_is_named),
		TEST(a_rebuild_heals_what_is_derived),
		TEST(a_check_runs_beside_a_writer),
		TEST(flipped_bits_are_found_or_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
