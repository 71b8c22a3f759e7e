/* Files of a test: written, read, copied and dropped. */
#include "tests/unit/files_help.h"

#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define FILE_MAX 1000000

void files_put(const char *path, struct span bytes)
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

void files_get(const char *path, struct buffer *b)
{
	static uint8_t bytes[FILE_MAX];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	size_t size = fread(bytes, 1, sizeof bytes, f);
	assert_true(size < sizeof bytes);
	fclose(f);
	buffer_reset(b);
	write_bytes(b, bytes, size);
	assert_false(b->failed);
}

void files_copy(const char *from, const char *to)
{
	struct buffer b;

	buffer_init(&b, FILE_MAX);
	files_get(from, &b);
	files_put(to, (struct span){ b.data, b.used });
	buffer_clear(&b);
}

static int drop_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
	(void)s;
	(void)type;
	(void)at;
	return remove(path);
}

void files_drop(const char *folder)
{
	nftw(folder, drop_one, 16, FTW_DEPTH | FTW_PHYS);
}
