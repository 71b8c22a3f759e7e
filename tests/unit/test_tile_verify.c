/*
 * trac verify --vkey: logs of tiles and notes of others are accepted, and no
 * changed byte of any of their files is. A log of ours on disk is damaged in
 * each way that there is.
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

#include "cli/files.h"
#include "proto/log/tile.h"
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

static void put(const char *path, struct span bytes)
{
	char folder[PATH_MAX];
	snprintf(folder, sizeof folder, "%s", path);
	for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(folder, 0755);
		*at = '/';
	}
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.data, 1, bytes.size, f), bytes.size);
	assert_int_equal(fclose(f), 0);
}

static void get(const char *path, struct buffer *b)
{
	struct fault f;
	buffer_reset(b);
	assert_int_equal(file_read(path, b, &f), 0);
}

static int drop_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
	(void)s;
	(void)type;
	(void)at;
	return remove(path);
}

static void drop(const char *folder)
{
	nftw(folder, drop_one, 16, FTW_DEPTH | FTW_PHYS);
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
	put(path_in(s, name), SPAN(s->b));
}

static void put_head(struct site *s, const char *name, uint64_t size)
{
	buffer_reset(&s->b);
	test_sign(&s->log, s->signer, size, &s->b);
	put(path_in(s, name), SPAN(s->b));
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
	drop(s->dir);
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
	get(path_in(s, name), &s->b);
	assert_true(at < s->b.used);
	s->b.data[at] ^= 0x10;
	put(path_in(s, name), SPAN(s->b));
	if (verify_site(s) == 0 || !is_refusal())
		fail_msg("byte %zu of %s may change", at, name);
	if (!strstr(fault.text, word))
		fail_msg("of %s it says: %s", name, fault.text);
	s->b.data[at] ^= 0x10;
	put(path_in(s, name), SPAN(s->b));
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
	put(path_in(&s, "tile/0/junk"), junk);
	refuses(&s, "is no tile");
	unlink(path_in(&s, "tile/0/junk"));
	append(&s.log, 600, 700);
	put_tiles(&s, 700);
	refuses(&s, "tiles are beyond the largest checkpoint");
	put_head(&s, "checkpoint", 700);
	assert_int_equal(verify_site(&s), 0);
	drop(path_in(&s, "tile/entries"));
	refuses(&s, "the entries are not here");
	drop(s.dir);
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
	put(path_in(&s, "checkpoint.400"), SPAN(s.b));
	refuses(&s, "checkpoint.400 is signed by the log");
	refuses(&s, "FORKED");
	ram_log_clear(&other);
	site_clear(&s);
}

static void another_key_proves_nothing(void **state)
{
	static const uint8_t seed[KEY_SEED_SIZE] = { 8 };
	char vkey[VKEY_TEXT_MAX];
	struct site s;
	struct fault f;
	(void)state;
	site_init(&s, 300);
	struct signer *other = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	verifier_format(signer_verifier(other), vkey);
	assert_int_equal(verify("--vkey", vkey, s.dir, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	assert_int_equal(verify("--vkey", s.vkey, "--vkey", vkey, s.dir, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	signer_destroy(other);
	site_clear(&s);
}

/* --- those of others --- */

static char tessera_key[PATH_MAX], copy_of[PATH_MAX], copy_to[PATH_MAX];

static int copy_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
	char to[PATH_MAX];
	struct buffer b;
	(void)s;
	(void)at;
	if (type != FTW_F)
		return 0;
	buffer_init(&b, 1000000);
	get(path, &b);
	snprintf(to, sizeof to, "%s%s", copy_to, path + strlen(copy_of));
	put(to, SPAN(b));
	buffer_clear(&b);
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
	get(path, &b);
	for (size_t step = b.used / 12 + 1, i = 0; i < b.used; i += step) {
		b.data[i] ^= (uint8_t)(1 << i % 8);
		put(path, SPAN(b));
		if (verify("--vkey", tessera_key, copy_to, NULL) == 0 || !is_refusal())
			fail_msg("byte %zu of %s may change: %s", i, path, fault.text);
		b.data[i] ^= (uint8_t)(1 << i % 8);
	}
	put(path, (struct span){ b.data, b.used - 1 });
	assert_int_equal(verify("--vkey", tessera_key, copy_to, NULL), -1);
	put(path, SPAN(b));
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

/* Every byte of a note; more: a second key, or NULL. */
static void check_note(const char *name, const char *key, const char *more)
{
	char vkey[PATH_MAX], second[PATH_MAX], path[PATH_MAX];
	struct buffer b;
	const char *from = vector_path(name);
	if (!from)
		return;
	buffer_init(&b, 1000000);
	get(from, &b);
	snprintf(path, sizeof path, "%s/note", work);
	snprintf(vkey, sizeof vkey, "%s", vector_path(key));
	snprintf(second, sizeof second, "%s", vector_path(more ? more : key));
	put(path, SPAN(b));
	assert_int_equal(verify("-k", vkey, "-k", second, path, NULL), 0);
	for (size_t i = 0; i < b.used; i++) {
		b.data[i] ^= 1;
		put(path, SPAN(b));
		if (verify("-k", vkey, "-k", second, path, NULL) == 0 || !is_refusal())
			fail_msg("byte %zu of %s may change", i, name);
		b.data[i] ^= 1;
		put(path, (struct span){ b.data, i });
		assert_int_equal(verify("-k", vkey, "-k", second, path, NULL), -1);
	}
	buffer_clear(&b);
}

static void foreign_notes_hold_and_no_changed_byte_of_them(void **state)
{
	(void)state;
	check_note("tlog/c2sp-signed-note.txt", "tlog/c2sp-signed-note.vkey", NULL);
	check_note("tlog/cosigned-checkpoint.txt", "tlog/cosigned-checkpoint.log.vkey",
		   "tlog/cosigned-checkpoint.witness04.vkey");
	check_note("tlog/cosigned-checkpoint.txt", "tlog/cosigned-checkpoint.log.vkey",
		   "tlog/cosigned-checkpoint.witness01.vkey");
}

static void a_foreign_proof_needs_its_entry_and_its_key(void **state)
{
	char proof[PATH_MAX], leaf[PATH_MAX], key[PATH_MAX];
	const char *path = vector_path("tlog/example.tlog-proof");
	(void)state;
	if (!path)
		return;
	snprintf(proof, sizeof proof, "%s", path);
	snprintf(leaf, sizeof leaf, "%s", vector_path("tlog/example.tlog-proof.leaf"));
	snprintf(key, sizeof key, "%s", vector_path("tlog/cosigned-checkpoint.log.vkey"));
	assert_int_equal(verify("-k", key, proof, "--entry", leaf, NULL), 0);
	assert_int_equal(verify("-k", key, proof, "--entry", key, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	snprintf(key, sizeof key, "%s", vector_path("tlog/tessera-log.vkey"));
	assert_int_equal(verify("-k", key, proof, "--entry", leaf, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
}

static int make_work(void **state)
{
	(void)state;
	return mkdtemp(work) ? 0 : -1;
}

static int drop_work(void **state)
{
	(void)state;
	drop(work);
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
		cmocka_unit_test(a_foreign_log_holds_and_no_damaged_copy_of_it),
		cmocka_unit_test(foreign_notes_hold_and_no_changed_byte_of_them),
		cmocka_unit_test(a_foreign_proof_needs_its_entry_and_its_key),
	};
	return cmocka_run_group_tests_name("tile_verify", tests, make_work, drop_work);
}
