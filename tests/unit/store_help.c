/* What the tests of store/ share. */
#include "tests/unit/store_help.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static uint64_t dice_state = 1;

const char *scratch_create(void)
{
	const char *base = getenv("TMPDIR");
	char *dir = NULL;

	if (asprintf(&dir, "%s/trac-store-XXXXXX", base && *base ? base : "/tmp") < 0)
		fail_msg("no memory");
	if (!mkdtemp(dir))
		fail_msg("mkdtemp %s", dir);
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void scratch_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free((char *)dir);
}

void dice_seed(uint64_t seed)
{
	dice_state = seed * 2 + 1;
}

/* splitmix64 */
uint64_t dice(uint64_t n)
{
	uint64_t z = dice_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ? (z ^ z >> 31) % n : 0;
}

struct store *must_open(const char *dir, enum store_open mode)
{
	struct fault f;
	struct store *s = store_open(dir, mode, &f);

	if (!s)
		fail_msg("%s", f.text);
	return s;
}

struct txn *must_begin(struct store *s, bool write)
{
	struct fault f;
	struct txn *t = txn_begin(s, write, &f);

	if (!t)
		fail_msg("%s", f.text);
	return t;
}

void must_commit(struct txn *t)
{
	struct fault f;

	if (txn_commit(t, &f))
		fail_msg("%s", f.text);
}
