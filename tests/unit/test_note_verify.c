/*
 * trac verify --vkey of a file: the notes, checkpoints and proofs of others are
 * accepted, and no copy with a flipped bit or a missing end.
 */
#include "cli/verb.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/files_help.h"
#include "tests/unit/vectors.h"

static char work[] = "/tmp/trac-verify-XXXXXX";
static struct fault fault;

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

/* Flips every bit of what is at path, and cuts it everywhere: verify ARGS refuses it. */
static void damage(const char *path, const char *key, const char *option, const char *value,
		   const char *file)
{
	struct buffer b;
	buffer_init(&b, 1000000);
	files_get(path, &b);
	for (size_t bit = 0; bit < 8 * b.used; bit++) {
		b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		files_put(path, (struct span){ b.data, b.used });
		if (verify("-k", key, option, value, file, NULL) == 0 || !is_refusal())
			fail_msg("bit %zu of %s may change", bit, path);
		b.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t size = 0; size < b.used; size++) {
		files_put(path, (struct span){ b.data, size });
		if (verify("-k", key, option, value, file, NULL) == 0 || !is_refusal())
			fail_msg("%s may be cut at %zu", path, size);
	}
	files_put(path, (struct span){ b.data, b.used });
	assert_int_equal(verify("-k", key, option, value, file, NULL), 0);
	buffer_clear(&b);
}

/* more: a second key, or NULL. */
static void check_note(const char *name, const char *key, const char *more)
{
	char vkey[PATH_MAX], second[PATH_MAX], path[PATH_MAX];
	const char *from = vector_path(name);
	if (!from)
		return;
	snprintf(path, sizeof path, "%s/note", work);
	files_copy(from, path);
	snprintf(vkey, sizeof vkey, "%s", vector_path(key));
	snprintf(second, sizeof second, "%s", vector_path(more ? more : key));
	damage(path, vkey, "-k", second, path);
}

static void foreign_notes_hold_and_no_damaged_copy_of_them(void **state)
{
	(void)state;
	check_note("tlog/c2sp-signed-note.txt", "tlog/c2sp-signed-note.vkey", NULL);
	check_note("tlog/cosigned-checkpoint.txt", "tlog/cosigned-checkpoint.log.vkey",
		   "tlog/cosigned-checkpoint.witness04.vkey");
	check_note("tlog/cosigned-checkpoint.txt", "tlog/cosigned-checkpoint.log.vkey",
		   "tlog/cosigned-checkpoint.witness01.vkey");
	check_note("tlog/tessera-log/checkpoint", "tlog/tessera-log.vkey", NULL);
	check_note("tlog/tessera-log/checkpoint.0", "tlog/tessera-log.vkey", NULL);
}

static void a_foreign_proof_needs_its_entry_and_its_key(void **state)
{
	char proof[PATH_MAX], leaf[PATH_MAX], key[PATH_MAX], other[PATH_MAX];
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
	snprintf(other, sizeof other, "%s",
		 vector_path("tlog/cosigned-checkpoint.witness01.vkey"));
	assert_int_equal(verify("-k", other, proof, "--entry", leaf, NULL), -1);
	assert_int_equal(fault.code, FAULT_UNPROVED);
	snprintf(other, sizeof other, "%s/proof", work);
	files_copy(proof, other);
	damage(other, key, "-e", leaf, other);
	files_copy(leaf, other);
	damage(other, key, "-e", other, proof);
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
		cmocka_unit_test(foreign_notes_hold_and_no_damaged_copy_of_them),
		cmocka_unit_test(a_foreign_proof_needs_its_entry_and_its_key),
	};
	return cmocka_run_group_tests_name("note_verify", tests, make_work, drop_work);
}
