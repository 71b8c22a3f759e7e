/* Key files: made once, read strictly. */
#include "store/keyfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/unit/store_help.h"

static const char *dir;
static char path[4200], other[4200];
static const uint8_t key[32] = { 1, 2, 3, 0xfe, [31] = 0xff };

static int set_up(void **state)
{
	(void)state;
	dir = scratch_create();
	snprintf(path, sizeof path, "%s/node.key", dir);
	snprintf(other, sizeof other, "%s/other", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(dir);
	return 0;
}

static void write_file(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	fchmod(fd, mode);
	close(fd);
}

static void refused(const char *why)
{
	uint8_t got[32];
	struct fault f;

	assert_int_equal(keyfile_read(path, got, &f), -1);
	assert_int_equal(f.code, FAULT_CONFIG);
	if (!strstr(f.text, why))
		fail_msg("'%s' does not say '%s'", f.text, why);
}

static void a_key_comes_back(void **state)
{
	uint8_t got[32], zero[32] = { 0 };
	struct stat st;
	struct fault f;
	(void)state;

	mode_t mask = umask(0377);
	assert_int_equal(keyfile_create(path, key, &f), 0);
	umask(mask);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 65);
	assert_int_equal(keyfile_read(path, got, &f), 0);
	assert_memory_equal(got, key, 32);
	assert_int_equal(keyfile_create(path, zero, &f), -1);
	assert_int_equal(f.code, FAULT_CONFIG);
	assert_int_equal(keyfile_read(path, got, &f), 0);
	assert_memory_equal(got, key, 32);
	snprintf(other, sizeof other, "%s/no/such/folder", dir);
	assert_int_equal(keyfile_create(other, key, &f), -1);
}

static void loose_modes_are_refused(void **state)
{
	static const mode_t mode[] = { 0640, 0604, 0620, 0602, 0700, 0610, 04600, 0666 };
	uint8_t got[32];
	struct fault f;
	(void)state;

	assert_int_equal(keyfile_create(path, key, &f), 0);
	for (size_t i = 0; i < sizeof mode / sizeof *mode; i++) {
		assert_int_equal(chmod(path, mode[i]), 0);
		refused("mode");
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(keyfile_read(path, got, &f), 0);
}

static void links_and_others_are_refused(void **state)
{
	struct fault f;
	(void)state;

	refused("cannot be opened");
	assert_int_equal(keyfile_create(other, key, &f), 0);
	assert_int_equal(symlink(other, path), 0);
	refused("link");
	unlink(path);
	assert_int_equal(link(other, path), 0);
	refused("names");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused("regular");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	refused("regular");
	rmdir(path);
	if (geteuid() != 0) {
		puts("not possible here: giving a file away needs root");
		return;
	}
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(chown(path, 1, 1), 0);
	refused("owned");
}

static void other_contents_are_refused(void **state)
{
	char text[80];
	(void)state;

	memset(text, 'a', sizeof text);
	text[64] = '\0';
	write_file(text, 0600);
	refused("bytes");
	strcpy(text + 64, "\r\n");
	write_file(text, 0600);
	refused("bytes");
	strcpy(text + 64, " ");
	write_file(text, 0600);
	refused("hexadecimal");
	strcpy(text + 64, "\n");
	text[10] = 'g';
	write_file(text, 0600);
	refused("hexadecimal");
	write_file("", 0600);
	refused("bytes");
}

int main(void)
{
#define TEST(x) cmocka_unit_test_setup_teardown(x, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_key_comes_back),
		TEST(loose_modes_are_refused),
		TEST(links_and_others_are_refused),
		TEST(other_contents_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
