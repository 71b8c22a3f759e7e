/* A damaged store is repaired: what is kept is what was recorded, and the rest is named. */
#include "store/repair.h"

#include <dirent.h>
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

#include "store/aside.h"
#include "store/heads.h"
#include "store/run.h"
#include "tests/unit/check_help.h"
#include "tests/unit/store_help.h"

#define FLIPS 120
#define HANG_SECONDS 60

static char told[20][FAULT_TEXT_MAX];
static unsigned told_count;
static struct verifier own, authority;

static void tell(void *ctx, const char *sentence)
{
	(void)ctx;
	if (told_count < 20)
		snprintf(told[told_count++], FAULT_TEXT_MAX, "%s", sentence);
}

static bool was_told(const char *part)
{
	for (unsigned i = 0; i < told_count; i++) {
		if (strstr(told[i], part))
			return true;
	}
	return false;
}

static int repair_it(struct repair *r, bool confirmed, struct fault *f)
{
	*r = (struct repair){ .store = it.dir, .own = &own, .authority = &authority,
			      .confirmed = confirmed, .tell = tell };
	told_count = 0;
	return store_repair(r, f);
}

static void must_repair(struct repair *r, bool confirmed)
{
	struct fault f;

	if (repair_it(r, confirmed, &f))
		fail_msg("%s", f.text);
}

static int set_up(void **state)
{
	static const uint8_t seed[KEY_SEED_SIZE] = { 1 };
	struct fault f;
	struct signer *s = signer_create("fne.example/w0", KEY_ED25519, seed, &f);

	own = *signer_verifier(s);
	signer_destroy(s);
	s = signer_create("fne.example/members", KEY_ED25519, (uint8_t[32]){ 7 }, &f);
	authority = *signer_verifier(s);
	signer_destroy(s);
	return check_set_up(state);
}

/* The event that the world recorded there. */
static const struct buffer *recorded(uint32_t log, uint64_t index)
{
	for (unsigned i = 0; i < it.w.count; i++) {
		if (it.w.item[i].at.log == log && it.w.item[i].at.index == index)
			return &it.w.item[i].bytes;
	}
	return NULL;
}

static bool is_entry(struct txn *t, uint32_t log, uint64_t index, const struct buffer *want)
{
	struct span e;

	return want && log_entry(t, log, index, &e) && e.size == want->used &&
	       memcmp(e.data, want->data, e.size) == 0;
}

static void all_is_good(struct store *s)
{
	struct check_report r;

	assert_int_equal(check_it(s, &r), 0);
	if (r.bad)
		fail_msg("%s", it.first);
}

static bool is_there(const char *name)
{
	char path[4200];

	snprintf(path, sizeof path, "%s/%s", it.dir, name);
	return access(path, F_OK) == 0;
}

static void a_good_store_is_left_alone(void **state)
{
	struct repair r;
	(void)state;

	store_close(it.s);
	must_repair(&r, true);
	assert_int_equal(r.bad, 0);
	assert_false(is_there("aside"));
	assert_false(is_there("repair"));
	it.s = must_open(it.dir, STORE_WRITE);
}

static void an_open_store_is_refused(void **state)
{
	struct repair r;
	struct fault f;
	(void)state;

	assert_int_equal(repair_it(&r, true, &f), -1);
	assert_int_equal(f.code, FAULT_BUSY);
}

static void a_foreign_log_is_cut_at_its_first_bad_entry(void **state)
{
	uint32_t log = it.w.log[1];
	uint64_t held = size_of(log);
	struct log_state was, now;
	struct repair r;
	(void)state;

	struct txn *t = must_begin(it.s, false);
	log_state(t, log, &was);
	txn_abort(t);
	harm_entry(log, 40);
	store_close(it.s);

	must_repair(&r, false);
	assert_true(r.bad > 0 && r.fetched == held - 40);
	assert_true(was_told("fne.example/w1: 40 of"));
	assert_false(is_there("repair") || is_there("aside"));

	must_repair(&r, true);
	assert_int_equal(r.fetched, held - 40);
	assert_string_equal(r.old, "data-1.mdb");
	assert_true(is_there("aside/data-1.mdb"));
	it.s = must_open(it.dir, STORE_WRITE);
	all_is_good(it.s);
	t = must_begin(it.s, false);
	log_state(t, log, &now);
	assert_int_equal(now.held, 40);
	assert_int_equal(now.head[HEAD_PROVED], 0);
	assert_int_equal(now.head[HEAD_TARGET], was.head[HEAD_PROVED]);
	for (unsigned i = 0; i < it.w.count; i++) {
		const struct position at = it.w.item[i].at;
		if (at.log != log || at.index < 40)
			assert_true(is_entry(t, at.log, at.index, &it.w.item[i].bytes));
	}
	assert_int_equal(aside_find(t, "fne.example/w0"), 0);
	txn_abort(t);
}

/* Hashes alone are damaged: all is proved by the heads, and nothing is cut. */
static void hashes_are_made_anew(void **state)
{
	uint8_t key[9] = { 0, 0, (uint8_t)it.w.log[2], 15, 0, 0, 0, 0, 1 };
	uint64_t held = size_of(it.w.log[2]);
	uint8_t copy[16 * HASH_SIZE];
	struct repair r;
	struct span v;
	(void)state;

	struct txn *t = must_begin(it.s, true);
	assert_true(txn_get(t, TABLE_TREE, (struct span){ key, 9 }, &v));
	memcpy(copy, v.data, v.size);
	copy[70] ^= 1;
	txn_put(t, TABLE_TREE, (struct span){ key, 9 }, (struct span){ copy, v.size });
	must_commit(t);
	store_close(it.s);
	must_repair(&r, true);
	assert_true(r.bad > 0 && r.fetched == 0 && r.lost == 0);
	it.s = must_open(it.dir, STORE_WRITE);
	all_is_good(it.s);
	assert_int_equal(size_of(it.w.log[2]), held);
}

/* What was signed comes from peers; what is whole waits aside until then. */
static void the_own_log_waits_for_its_peers(void **state)
{
	uint32_t log = it.w.log[0];
	uint64_t held = size_of(log);
	struct repair r;
	(void)state;

	harm_entry(log, 9);
	store_close(it.s);
	must_repair(&r, true);
	assert_int_equal(r.aside, held - 10);
	assert_int_equal(r.lost, 0);
	it.s = must_open(it.dir, STORE_WRITE);
	all_is_good(it.s);
	assert_int_equal(size_of(log), 9);
	struct txn *t = must_begin(it.s, false);
	uint32_t aside = aside_find(t, "fne.example/w0");
	assert_true(aside > 0 && log_size(t, aside) == held - 10);
	assert_true(is_entry(t, aside, 0, recorded(log, 10)));
	assert_true(aside_doubt(t, aside));
	txn_abort(t);
}

/* The authority states what nobody has again: for statements nothing waits aside. */
static void the_member_log_is_cut(void **state)
{
	uint32_t log = it.w.log[0];
	uint64_t held = size_of(log);
	struct repair r;
	(void)state;

	snprintf(own.name, sizeof own.name, "fne.example/none");
	memcpy(authority.key, own.key, KEY_SIZE);
	snprintf(authority.name, sizeof authority.name, "fne.example/w0");
	harm_entry(log, 9);
	store_close(it.s);
	must_repair(&r, true);
	it.s = must_open(it.dir, STORE_WRITE);
	assert_int_equal(r.aside + r.lost, 0);
	assert_int_equal(r.fetched, held - 9);
	assert_true(was_told("are fetched again"));
	struct txn *t = must_begin(it.s, false);
	assert_int_equal(log_size(t, log), 9);
	assert_int_equal(aside_find(t, "fne.example/w0"), 0);
	txn_abort(t);
}

/* Nobody has what was never published: it is named, its bytes are kept, the rest goes on. */
static void an_unpublished_entry_is_named(void **state)
{
	uint32_t log = it.w.log[0];
	uint64_t held = size_of(log);
	struct log_state was;
	char text[100];
	struct repair r;
	(void)state;

	struct txn *t = must_begin(it.s, false);
	log_state(t, log, &was);
	txn_abort(t);
	uint64_t bad = was.head[HEAD_PROVED] + 1;
	assert_true(bad < held - 1);
	harm_entry(log, bad);
	store_close(it.s);
	must_repair(&r, true);
	assert_int_equal(r.lost, 1);
	assert_int_equal(r.aside + r.fetched, 0);
	snprintf(text, sizeof text, "fne.example/w0/%llu was never published",
		 (unsigned long long)bad);
	assert_true(was_told(text));
	snprintf(text, sizeof text, "aside/fne.example_w0-%llu-of-data-1.mdb",
		 (unsigned long long)bad);
	assert_true(is_there(text));
	it.s = must_open(it.dir, STORE_WRITE);
	all_is_good(it.s);
	t = must_begin(it.s, false);
	assert_int_equal(log_size(t, log), held - 1);
	assert_true(is_entry(t, log, bad, recorded(log, bad + 1)));
	assert_int_equal(aside_find(t, "fne.example/w0"), 0);
	txn_abort(t);
}

/* A fence knows of a signature that the heads of the store do not. */
static void what_the_fence_knows_is_not_numbered_anew(void **state)
{
	uint32_t log = it.w.log[0];
	uint64_t held = size_of(log);
	const struct fence fence = { .origin = "fne.example/w0", .size = held };
	struct repair r = { .store = it.dir, .own = &own, .authority = &authority,
			    .confirmed = true, .tell = tell, .fence = &fence };
	struct fault f;
	(void)state;

	harm_entry(log, held - 2);
	store_close(it.s);
	told_count = 0;
	assert_int_equal(store_repair(&r, &f), 0);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.aside, 1);
	it.s = must_open(it.dir, STORE_WRITE);
	assert_int_equal(size_of(log), held - 2);
}

/* A row of truth that stands for itself, with its last byte changed. */
static void harm_first(enum table table)
{
	static uint8_t key[64], copy[ENTRY_SIZE_MAX];
	struct txn *t = must_begin(it.s, true);
	struct row row;

	assert_true(txn_last(t, table, &row));
	memcpy(key, row.key.data, row.key.size);
	memcpy(copy, row.value.data, row.value.size);
	copy[row.value.size - 20] ^= 1;
	row.key.data = key;
	row.value.data = copy;
	txn_put(t, table, row.key, row.value);
	must_commit(t);
}

/* Copied, it would make the repaired store as bad as the old one. */
static void what_stands_alone_and_is_damaged_is_dropped(void **state)
{
	struct repair r;
	(void)state;

	harm_first(TABLE_COSIGNED);
	harm_first(TABLE_EVIDENCE);
	store_close(it.s);
	must_repair(&r, true);
	assert_true(r.bad == 2 && r.fetched == 0 && r.lost == 0);
	assert_true(was_told("give it a new cosign.key") && was_told("peers show it again"));
	it.s = must_open(it.dir, STORE_WRITE);
	all_is_good(it.s);
}

/* Whoever is in doubt is so after a repair, and its store is the one that the fence knows. */
static void doubt_and_id_outlive_a_repair(void **state)
{
	uint8_t was[STORE_UUID_SIZE];
	struct repair r;
	(void)state;

	struct txn *t = must_begin(it.s, true);
	aside_set_doubt(t, aside_open(t, "fne.example/w0"), true);
	must_commit(t);
	memcpy(was, store_uuid(it.s), sizeof was);
	harm_entry(it.w.log[1], 40);
	store_close(it.s);
	must_repair(&r, true);
	it.s = must_open(it.dir, STORE_WRITE);
	all_is_good(it.s);
	assert_memory_equal(store_uuid(it.s), was, sizeof was);
	t = must_begin(it.s, false);
	assert_true(aside_doubt(t, aside_find(t, "fne.example/w0")));
	txn_abort(t);
}

/* --- bits of the file --- */

struct harm {
	uint8_t *data;
	size_t size;
	char path[4200];
	uint64_t fetched, lost, repaired;
};

static void file_write(const struct harm *h)
{
	int fd = open(h->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, h->data, h->size), h->size);
	close(fd);
}

/* Each entry that is there is what was recorded there; of the own log none is missing but
 * what was named, or comes back from peers. */
static bool is_true(const struct repair *r)
{
	struct txn *t = must_begin(it.s, false);
	uint32_t own_log = it.w.log[0], aside = aside_find(t, "fne.example/w0");
	uint64_t missing = 0, waiting = aside ? log_size(t, aside) : 0;
	bool good = true;

	for (unsigned i = 0; i < it.w.count; i++) {
		const struct position at = it.w.item[i].at;
		bool same = is_entry(t, at.log, at.index, &it.w.item[i].bytes);
		bool held = at.index < log_size(t, at.log);
		if (held && !same && (at.log != own_log || r->lost == 0))
			good = false;
		missing += !held && at.log == own_log;
	}
	txn_abort(t);
	for (unsigned i = 0; i < told_count && (!good || missing > waiting); i++)
		dprintf(2, "%s\n", told[i]);
	return good && missing <= waiting + r->lost + r->fetched;
}

/* In a child: 0 good, else what is wrong. */
static int repaired(uint64_t out[3])
{
	struct check_report report = { .tell = NULL };   /* no members: who signed is not known */
	struct repair r;
	struct fault f;

	alarm(HANG_SECONDS);
	if (repair_it(&r, true, &f)) {
		dprintf(2, "%s\n", f.text);
		return 2;
	}
	it.s = store_open(it.dir, STORE_DOUBTED, &f);
	if (!it.s) {
		dprintf(2, "%s\n", f.text);
		return 3;
	}
	if (store_check(it.s, &report, &f) || report.bad)
		return 4;
	out[0] = r.fetched;
	out[1] = r.lost;
	out[2] = r.bad > 0;
	return is_true(&r) ? 0 : 5;
}

static void flip_one(struct harm *h, size_t at, uint8_t bit)
{
	uint64_t out[3] = { 0 };
	int pipe_fd[2], status;

	h->data[at] ^= bit;
	file_write(h);
	h->data[at] ^= bit;
	assert_int_equal(pipe(pipe_fd), 0);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		int rc = repaired(out);
		_exit(write(pipe_fd[1], out, sizeof out) == sizeof out ? rc : 9);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("bit %u of byte %zu: status %x", bit, at, (unsigned)status);
	assert_int_equal(read(pipe_fd[0], out, sizeof out), sizeof out);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	h->fetched += out[0];
	h->lost += out[1];
	h->repaired += out[2];
	char aside[4300];
	snprintf(aside, sizeof aside, "%s/aside/data-1.mdb", it.dir);
	unlink(aside);
}

static void any_flipped_bit_is_repaired(void **state)
{
	struct harm h = { .fetched = 0 };
	struct stat st;
	(void)state;

	store_close(it.s);
	snprintf(h.path, sizeof h.path, "%s/data.mdb", it.dir);
	int fd = open(h.path, O_RDONLY);
	assert_int_equal(fstat(fd, &st), 0);
	h.size = (size_t)st.st_size;
	h.data = malloc(h.size);
	assert_int_equal(read(fd, h.data, h.size), h.size);
	close(fd);
	dice_seed(getenv("FLIP_SEED") ? strtoull(getenv("FLIP_SEED"), NULL, 10) : 5);
	for (int i = 0; i < FLIPS; i++) {
		size_t page = (size_t)dice(h.size / 4096) * 4096;
		flip_one(&h, page + (size_t)dice(i % 2 ? 64 : 4096), (uint8_t)(1u << dice(8)));
	}
	printf("%d bits: %llu repairs, %llu entries to be fetched, %llu lost\n", FLIPS,
	       (unsigned long long)h.repaired, (unsigned long long)h.fetched,
	       (unsigned long long)h.lost);
	assert_true(h.repaired > FLIPS / 4);
	/* a page holds some dozens of them: one bit costs no more, but for the rest of a log */
	assert_true(h.fetched < h.repaired * CHECK_EVENTS / 4 && h.lost <= h.repaired);
	file_write(&h);
	free(h.data);
	it.s = must_open(it.dir, STORE_WRITE);
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, set_up, check_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_good_store_is_left_alone),
		TEST(an_open_store_is_refused),
		TEST(a_foreign_log_is_cut_at_its_first_bad_entry),
		TEST(hashes_are_made_anew),
		TEST(the_own_log_waits_for_its_peers),
		TEST(the_member_log_is_cut),
		TEST(an_unpublished_entry_is_named),
		TEST(what_the_fence_knows_is_not_numbered_anew),
		TEST(what_stands_alone_and_is_damaged_is_dropped),
		TEST(doubt_and_id_outlive_a_repair),
		TEST(any_flipped_bit_is_repaired),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
