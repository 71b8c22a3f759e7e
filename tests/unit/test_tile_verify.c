/*
 * trac verify --vkey of a folder: a foreign log of tiles is accepted, and no copy
 * with a changed byte. A log of ours on disk is damaged in each way that there is.
 */
#include "cli/verb.h"

#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/log/tile.h"
#include "tests/unit/files_help.h"
#include "tests/unit/logs.h"
#include "tests/unit/vectors.h"

#define ORIGIN "fne.example/alpha"

static char work[] = "/tmp/trac-verify-XXXXXX";
static struct fault fault;

/* --- running it --- */

/* trac --quiet verify ARGS..., NULL last; its return. */
static int verify(const char *first, ...)
{
	char *argv[16] = { "trac", "--quiet", "verify", (char *)first };
	int argc = 4;
	FILE *out = fopen("/dev/null", "w");
	struct context c = { .home = "/nowhere", .out = out, .err = out };
	va_list args;
	va_start(args, first);
	while ((argv[argc] = va_arg(args, char *)))
		argc++;
	va_end(args);
	int rc = trac_run(&c, argc, argv, &fault);
	fclose(out);
	return rc;
}

static bool is_refusal(void)
{
	return fault.code == FAULT_UNPROVED || fault.code == FAULT_INPUT;
}

/* --- a log of ours --- */

struct site {
	struct ram_log log;
	struct signer *signer;
	char vkey[VKEY_TEXT_MAX];
	char dir[PATH_MAX - 200];
	struct buffer b;
};

static const char *path_in(const struct site *s, const char *name)
{
	static char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	return path;
}

static int entry_of(void *ctx, uint64_t index, struct span *out)
{
	struct ram_log *l = ctx;
	*out = l->entry[index];
	return 0;
}

static void put_tile(struct site *s, const struct tile *t)
{
	struct tree_reader r = ram_log_reader(&s->log);
	char name[TILE_PATH_MAX];
	unsigned at = 0;
	buffer_reset(&s->b);
	if (t->entries)
		assert_int_equal(tile_entries(t, &at, entry_of, &s->log, &s->b), 0);
	else
		assert_int_equal(tile_hashes(t, &r, &s->b), 0);
	tile_path(t, name);
	files_put(path_in(s, name), SPAN(s->b));
}

static void put_head(struct site *s, const char *name, uint64_t size)
{
	buffer_reset(&s->b);
	test_sign(&s->log, s->signer, size, &s->b);
	files_put(path_in(s, name), SPAN(s->b));
}

static void put_tiles(struct site *s, uint64_t size)
{
	struct tile t;
	for (unsigned level = 0; tile_count(level, size) > 0; level++) {
		for (uint64_t i = 0; i < tile_count(level, size); i++) {
			tile_at(level, false, i, size, &t);
			put_tile(s, &t);
			t.entries = true;
			if (level == 0)
				put_tile(s, &t);
		}
	}
}

static void append(struct ram_log *l, unsigned from, unsigned to)
{
	char text[16];
	for (unsigned i = from; i < to; i++)
		ram_log_append(l, text, (size_t)snprintf(text, sizeof text, "%u", i));
}

/* Heads of 0, 256, 300 and size; the tiles of 300 are still there. */
static void site_init(struct site *s, unsigned size)
{
	static const uint8_t seed[KEY_SEED_SIZE] = { 7 };
	struct fault f;
	memset(s, 0, sizeof *s);
	snprintf(s->dir, sizeof s->dir, "%s/log", work);
	buffer_init(&s->b, TILE_BYTES_MAX);
	ram_log_init(&s->log);
	append(&s->log, 0, size);
	s->signer = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	assert_non_null(s->signer);
	verifier_format(signer_verifier(s->signer), s->vkey);
	put_tiles(s, 300);
	put_tiles(s, size);
	put_head(s, "checkpoint", size);
	put_head(s, "checkpoint.256", 256);
	put_head(s, "checkpoint.300", 300);
}

static void site_clear(struct site *s)
{
	files_drop(s->dir);
	signer_destroy(s->signer);
	ram_log_clear(&s->log);
	buffer_clear(&s->b);
}

static int verify_site(const struct site *s)
{
	return verify("--vkey", s->vkey, s->dir, NULL);
}

static void logs_of_every_depth_hold(void **state)
{
	static const unsigned size[] = { 300, 512, 600, 65536, 65836 };
	struct site s;
	(void)state;
	for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
		site_init(&s, size[i]);
		if (verify_site(&s) < 0)
			fail_msg("%u entries: %s", size[i], fault.text);
		site_clear(&s);
	}
}

/* The byte at `at` of a file is changed, and it is refused, naming word. */
static void change(struct site *s, const char *name, size_t at, const char *word)
{
	files_get(path_in(s, name), &s->b);
	assert_true(at < s->b.used);
	s->b.data[at] ^= 0x10;
	files_put(path_in(s, name), SPAN(s->b));
	if (verify_site(s) == 0 || !is_refusal())
		fail_msg("byte %zu of %s may change", at, name);
	if (!strstr(fault.text, word))
		fail_msg("of %s it says: %s", name, fault.text);
	s->b.data[at] ^= 0x10;
	files_put(path_in(s, name), SPAN(s->b));
	assert_int_equal(verify_site(s), 0);
}

static void changed_bytes_are_found_and_named(void **state)
{
	struct site s;
	(void)state;
	site_init(&s, 65836);
	change(&s, "tile/0/000", 0, "tile/0/000 ");
	change(&s, "tile/0/000", 8191, "tile/0/000 ");
	change(&s, "tile/0/255", 4000, "tile/0/255 ");
	change(&s, "tile/1/000", 4000, "tile/1/000 ");
	change(&s, "tile/1/001.p/1", 3, "partial tiles");
	change(&s, "tile/2/000.p/1", 3, "partial tiles");
	change(&s, "tile/0/257.p/44", 3, "partial tiles");
	change(&s, "tile/0/001.p/44", 3, "tile/0/001.p/44 ");
	change(&s, "tile/1/000.p/1", 3, "tile/1/000.p/1 ");
	change(&s, "tile/entries/000", 2, "tile/entries/000");
	change(&s, "tile/entries/000", 1, "tile/entries/000");
	change(&s, "tile/entries/256", 700, "tile/entries/256");
	change(&s, "tile/entries/257.p/44", 5, "tile/entries/257.p/44");
	change(&s, "tile/entries/001.p/44", 5, "tile/entries/001.p/44");
	change(&s, "checkpoint", 30, "checkpoint");
	change(&s, "checkpoint.256", 30, "checkpoint.256");
	site_clear(&s);
}

static void refuses(struct site *s, const char *word)
{
	if (verify_site(s) == 0 || !is_refusal())
		fail_msg("accepted, or wrongly refused, where \"%s\" was expected", word);
	if (!strstr(fault.text, word))
		fail_msg("\"%s\" was expected: %s", word, fault.text);
}

static void what_is_missing_or_too_much_is_said(void **state)
{
	static const struct span junk = { (const uint8_t *)"junk", 4 };
	struct site s;
	(void)state;
	site_init(&s, 600);
	unlink(path_in(&s, "tile/entries/001"));
	refuses(&s, "tile/entries/001 is missing");
	put_tiles(&s, 600);
	unlink(path_in(&s, "tile/0/000"));
	refuses(&s, "tile/0/000 is missing");
	put_tiles(&s, 600);
	files_put(path_in(&s, "tile/0/junk"), junk);
	refuses(&s, "is no tile");
	unlink(path_in(&s, "tile/0/junk"));
	append(&s.log, 600, 700);
	put_tiles(&s, 700);
	refuses(&s, "tiles are beyond the largest checkpoint");
	put_head(&s, "checkpoint", 700);
	assert_int_equal(verify_site(&s), 0);
	files_drop(path_in(&s, "tile/entries"));
	refuses(&s, "the entries are not here");
	files_drop(s.dir);
	mkdir(s.dir, 0755);
	refuses(&s, "no checkpoint");
	site_clear(&s);
}

/* A head that the log has signed, of another history. */
static void a_fork_is_called_a_fork(void **state)
{
	struct site s;
	struct ram_log other;
	(void)state;
	site_init(&s, 600);
	ram_log_init(&other);
	append(&other, 0, 399);
	append(&other, 7, 8);
	buffer_reset(&s.b);
	test_sign(&other, s.signer, 400, &s.b);
	files_put(path_in(&s, "checkpoint.400"), SPAN(s.b));
	refuses(&s, "checkpoint.400 is signed by the log");
	refuses(&s, "FORKED");
	ram_log_clear(&other);
	site_clear(&s);
}

static struct signer *other_signer(const char *name, char vkey[VKEY_TEXT_MAX])
{
	static const uint8_t seed[KEY_SEED_SIZE] = { 8 };
	struct fault f;
	struct signer *other = signer_create(name, KEY_ED25519, seed, &f);
	assert_non_null(other);
	verifier_format(signer_verifier(other), vkey);
	return other;
}

static void another_key_proves_nothing(void **state)
{
	static const char *const name[] = { ORIGIN, "fne.example/hub" };
	char vkey[VKEY_TEXT_MAX];
	struct site s;
	(void)state;
	site_init(&s, 300);
	for (int i = 0; i < 2; i++) {
		struct signer *other = other_signer(name[i], vkey);
		assert_int_equal(verify("--vkey", vkey, s.dir, NULL), -1);
		assert_int_equal(fault.code, FAULT_UNPROVED);
		signer_destroy(other);
	}
	assert_int_equal(verify("--vkey", s.vkey, "--vkey", vkey, s.dir, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	site_clear(&s);
}

/* Its older heads stay under the key that they were signed with. */
static void a_log_that_changed_its_key_is_proved_by_both(void **state)
{
	char vkey[VKEY_TEXT_MAX];
	struct site s;
	(void)state;
	site_init(&s, 600);
	struct signer *old = s.signer;
	s.signer = other_signer(ORIGIN, vkey);
	put_head(&s, "checkpoint", 600);
	if (verify("--vkey", s.vkey, "--vkey", vkey, s.dir, NULL) < 0)
		fail_msg("both keys: %s", fault.text);
	assert_int_equal(verify("--vkey", vkey, "--vkey", s.vkey, s.dir, NULL), 0);
	refuses(&s, "changed its key");
	assert_int_equal(verify("--vkey", vkey, s.dir, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	signer_destroy(old);
	site_clear(&s);
}

static void checkpoints_of_two_logs_are_no_log(void **state)
{
	char vkey[VKEY_TEXT_MAX];
	struct site s;
	(void)state;
	site_init(&s, 300);
	struct signer *own = s.signer;
	s.signer = other_signer("fne.example/beta", vkey);
	buffer_reset(&s.b);
	test_sign(&s.log, s.signer, 300, &s.b);
	files_put(path_in(&s, "checkpoint.beta"), SPAN(s.b));
	assert_int_equal(verify("--vkey", s.vkey, "--vkey", vkey, s.dir, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	signer_destroy(own);
	site_clear(&s);
}

/* --- those of others --- */

static char tessera_key[PATH_MAX], copy_of[PATH_MAX], copy_to[PATH_MAX];

static int copy_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
	char to[PATH_MAX];
	(void)s;
	(void)at;
	if (type != FTW_F)
		return 0;
	snprintf(to, sizeof to, "%s%s", copy_to, path + strlen(copy_of));
	files_copy(path, to);
	return 0;
}

/* Each file in a dozen places. */
static int damage_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
	struct buffer b;
	(void)s;
	(void)at;
	if (type != FTW_F)
		return 0;
	buffer_init(&b, 1000000);
	files_get(path, &b);
	for (size_t step = b.used / 12 + 1, i = 0; i < b.used; i += step) {
		b.data[i] ^= (uint8_t)(1 << i % 8);
		files_put(path, SPAN(b));
		if (verify("--vkey", tessera_key, copy_to, NULL) == 0 || !is_refusal())
			fail_msg("byte %zu of %s may change: %s", i, path, fault.text);
		b.data[i] ^= (uint8_t)(1 << i % 8);
	}
	files_put(path, (struct span){ b.data, b.used - 1 });
	assert_int_equal(verify("--vkey", tessera_key, copy_to, NULL), -1);
	files_put(path, SPAN(b));
	buffer_clear(&b);
	return 0;
}

static void a_foreign_log_holds_and_no_damaged_copy_of_it(void **state)
{
	const char *path = vector_path("tlog/tessera-log");
	(void)state;
	if (!path)
		return;
	snprintf(copy_of, sizeof copy_of, "%s", path);
	snprintf(tessera_key, sizeof tessera_key, "%s", vector_path("tlog/tessera-log.vkey"));
	snprintf(copy_to, sizeof copy_to, "%s/tessera", work);
	assert_int_equal(verify("--vkey", tessera_key, copy_of, NULL), 0);
	nftw(copy_of, copy_one, 16, FTW_PHYS);
	assert_int_equal(verify("--vkey", tessera_key, copy_to, NULL), 0);
	nftw(copy_to, damage_one, 16, FTW_PHYS);
	assert_int_equal(verify("--vkey", tessera_key, copy_to, NULL), 0);
}

static int make_work(void **state)
{
	(void)state;
	return mkdtemp(work) ? 0 : -1;
}

static int drop_work(void **state)
{
	(void)state;
	files_drop(work);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_of_every_depth_hold),
		cmocka_unit_test(changed_bytes_are_found_and_named),
		cmocka_unit_test(what_is_missing_or_too_much_is_said),
		cmocka_unit_test(a_fork_is_called_a_fork),
		cmocka_unit_test(another_key_proves_nothing),
		cmocka_unit_test(a_log_that_changed_its_key_is_proved_by_both),
		cmocka_unit_test(checkpoints_of_two_logs_are_no_log),
		cmocka_unit_test(a_foreign_log_holds_and_no_damaged_copy_of_it),
	};
	return cmocka_run_group_tests_name("tile_verify", tests, make_work, drop_work);
}
