/* A backup takes the place of another only when it lacks nothing of it. */
#include "store/backup.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "store/log.h"
#include "tests/unit/check_help.h"
#include "tests/unit/store_help.h"

static struct verifier own, authority;
static const char *scratch;
static char file[4200];

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
	scratch = scratch_create();
	snprintf(file, sizeof file, "%s/data.mdb", scratch);
	return check_set_up(state);
}

static int tear_down(void **state)
{
	scratch_remove(scratch);
	return check_tear_down(state);
}

static int back_up(struct backup *b, struct fault *f)
{
	*b = (struct backup){ .authority = &authority, .own = &own };
	store_close(it.s);
	int rc = store_backup(b, it.dir, file, f);
	it.s = must_open(it.dir, STORE_WRITE);
	return rc;
}

static void must_back_up(void)
{
	struct backup b;
	struct fault f;

	if (back_up(&b, &f))
		fail_msg("%s", f.text);
}

/* It says why, and the one that is there stays as it is. */
static void must_refuse(enum fault_code code, const char *says)
{
	struct stat was, now;
	struct backup b;
	struct fault f;
	char left[4300];

	assert_int_equal(stat(file, &was), 0);
	assert_int_equal(back_up(&b, &f), -1);
	if (f.code != code || !strstr(f.text, says))
		fail_msg("%s", f.text);
	assert_int_equal(stat(file, &now), 0);
	assert_true(was.st_ino == now.st_ino && was.st_size == now.st_size);
	snprintf(left, sizeof left, "%s.new", file);
	assert_int_equal(access(left, F_OK), -1);
}

static void cut(uint32_t log, uint64_t by)
{
	struct txn *t = must_begin(it.s, true);

	log_cut(t, log, log_size(t, log) - by);
	must_commit(t);
}

static void append(uint32_t log, const char *text)
{
	struct span entry = text_span(text);
	struct txn *t = must_begin(it.s, true);

	log_append(t, log, &entry, 1, NULL);
	must_commit(t);
}

static void one_that_grew_takes_its_place(void **state)
{
	(void)state;
	must_back_up();
	must_back_up();
	append(it.w.log[0], "one more");
	must_back_up();
}

static void a_smaller_one_does_not(void **state)
{
	(void)state;
	must_back_up();
	cut(it.w.log[0], 1);
	must_refuse(FAULT_REFUSED, "entries of this node and the store holds");
}

static void one_with_less_of_others_does_not(void **state)
{
	(void)state;
	must_back_up();
	cut(it.w.log[1], 1);
	must_refuse(FAULT_REFUSED, "a larger backup is not replaced");
}

/* What the old one holds at the end may be nowhere else. */
static void one_of_another_history_does_not(void **state)
{
	(void)state;
	must_back_up();
	cut(it.w.log[0], 1);
	append(it.w.log[0], "instead");
	must_refuse(FAULT_REFUSED, "holds entries of fne.example/w0 that are not in the store");
	append(it.w.log[0], "and more");
	must_refuse(FAULT_REFUSED, "holds entries of fne.example/w0 that are not in the store");
}

static void a_full_disk_leaves_the_old_one(void **state)
{
	struct rlimit was, small;
	(void)state;

	must_back_up();
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = (struct rlimit){ 64 << 10, was.rlim_max };
	store_close(it.s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	struct backup b = { .authority = &authority, .own = &own };
	struct fault f;
	int rc = store_backup(&b, it.dir, file, &f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(f.code, FAULT_FULL);
	it.s = must_open(it.dir, STORE_WRITE);
	must_back_up();
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(one_that_grew_takes_its_place),
		TEST(a_smaller_one_does_not),
		TEST(one_with_less_of_others_does_not),
		TEST(one_of_another_history_does_not),
		TEST(a_full_disk_leaves_the_old_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
