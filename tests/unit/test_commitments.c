/* Beneficiaries: commitments under keys that can be destroyed for good. */
#include "daemon/commitments.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/log/secret.h"
#include "tests/unit/store_help.h"

static struct node node;
static struct fault fault;
static const char *dir;
static char path[700];

static int set_up(void **state)
{
	(void)state;
	memset(&node, 0, sizeof node);
	dir = scratch_create();
	snprintf(node.settings.home, sizeof node.settings.home, "%s", dir);
	assert_int_equal(commitments_create(&node, &fault), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	commitments_destroy(&node);
	scratch_remove(dir);
	return 0;
}

/* The only file of the folder, in path; NULL when it is empty. */
static const char *key_file(void)
{
	char folder[600];
	struct dirent *e;
	const char *found = NULL;

	snprintf(folder, sizeof folder, "%s/private", dir);
	DIR *d = opendir(folder);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		assert_null(found);
		snprintf(path, sizeof path, "%s/%.80s", folder, e->d_name);
		found = path;
	}
	closedir(d);
	return found;
}

static struct tied make(const uint8_t token[TOKEN_SIZE], uint8_t event)
{
	struct tied t = { .event = { event } };

	assert_int_equal(commitments_make(&node, token, &t, &fault), 0);
	return t;
}

static void each_event_has_its_own_commitment(void **state)
{
	uint8_t token[TOKEN_SIZE];
	struct tied list[4], a, b, again;
	struct stat st;

	(void)state;
	assert_int_equal(commitments_draw(&node, token, &fault), 0);
	a = make(token, 1);
	b = make(token, 2);
	again = make(token, 1);
	assert_memory_not_equal(a.commitment, b.commitment, COMMITMENT_SIZE);
	assert_memory_equal(a.commitment, again.commitment, COMMITMENT_SIZE);
	/* events without an id are never taken for one */
	assert_memory_not_equal(make(token, 0).commitment, make(token, 0).commitment,
				COMMITMENT_SIZE);
	assert_int_equal(commitments_list(&node, token, list, 4, &fault), 4);
	assert_memory_equal(&list[1], &b, sizeof b);
	assert_int_equal(stat(key_file(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* past a restart */
	commitments_destroy(&node);
	assert_int_equal(commitments_create(&node, &fault), 0);
	assert_int_equal(commitments_list(&node, token, list, 4, &fault), 4);
	assert_memory_equal(&list[0], &a, sizeof a);
}

/* RFC 4231, test case 2, has a short key: ours is padded with zeros, as HMAC does. */
static void it_is_hmac_sha_256(void **state)
{
	static const uint8_t key[HMAC_KEY_SIZE] = "Jefe";
	uint8_t out[HMAC_SIZE], expected[HMAC_SIZE];

	(void)state;
	assert_int_equal(0, hex_read(expected, sizeof expected,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
	secret_hmac(key, "what do ya want for nothing?", 28, out);
	assert_memory_equal(out, expected, sizeof out);
}

static void the_token_is_on_no_disk(void **state)
{
	uint8_t token[TOKEN_SIZE], content[4096];
	char hex[2 * TOKEN_SIZE + 1];

	(void)state;
	assert_int_equal(commitments_draw(&node, token, &fault), 0);
	make(token, 1);
	hex_write(hex, token, sizeof token);
	int fd = open(key_file(), O_RDONLY);
	ssize_t size = read(fd, content, sizeof content);
	close(fd);
	assert_int_equal(size, 48);
	assert_null(memmem(content, (size_t)size, token, sizeof token));
	assert_null(strstr(path, hex));
}

/* What still has the file open reads zeros: the keys were overwritten, not only unlinked. */
static void forgetting_destroys(void **state)
{
	static const uint8_t zero[96];
	uint8_t token[TOKEN_SIZE], content[200];
	struct tied t = { .event = { 3 } };

	(void)state;
	assert_int_equal(commitments_draw(&node, token, &fault), 0);
	make(token, 1);
	make(token, 2);
	int fd = open(key_file(), O_RDONLY);
	assert_int_equal(commitments_forget(&node, token, &fault), 2);
	assert_null(key_file());
	assert_int_equal(read(fd, content, sizeof content), sizeof zero);
	assert_memory_equal(content, zero, sizeof zero);
	close(fd);
	assert_int_equal(commitments_forget(&node, token, &fault), -1);
	assert_int_equal(fault.code, FAULT_ABSENT);
	assert_int_equal(commitments_make(&node, token, &t, &fault), -1);
	assert_int_equal(commitments_list(&node, token, &t, 1, &fault), -1);
}

/* The power went while keys were overwritten, before the file went. */
static void forgetting_goes_on_past_a_crash(void **state)
{
	uint8_t token[TOKEN_SIZE], zeros[48] = { 0 };
	struct tied t = { .event = { 3 } }, list[4];
	int fd;

	(void)state;
	assert_int_equal(commitments_draw(&node, token, &fault), 0);
	make(token, 1);
	make(token, 2);
	fd = open(key_file(), O_WRONLY);
	assert_int_equal(write(fd, zeros, sizeof zeros), sizeof zeros);
	close(fd);
	assert_int_equal(commitments_list(&node, token, list, 4, &fault), -1);
	assert_int_equal(fault.code, FAULT_ABSENT);
	assert_null(key_file());
	assert_int_equal(commitments_make(&node, token, &t, &fault), -1);
}

static void a_torn_key_is_none(void **state)
{
	uint8_t token[TOKEN_SIZE];
	struct tied list[3], a, b;

	(void)state;
	assert_int_equal(commitments_draw(&node, token, &fault), 0);
	a = make(token, 1);
	int fd = open(key_file(), O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "half a key", 10), 10);
	close(fd);
	assert_int_equal(commitments_list(&node, token, list, 3, &fault), 1);
	b = make(token, 2);
	assert_int_equal(commitments_list(&node, token, list, 3, &fault), 2);
	assert_memory_equal(&list[0], &a, sizeof a);
	assert_memory_equal(&list[1], &b, sizeof b);
	assert_int_equal(commitments_forget(&node, token, &fault), 2);
	assert_null(key_file());
}

static void keys_of_a_token_are_bounded(void **state)
{
	uint8_t token[TOKEN_SIZE];
	struct tied t = { .event = { 0 } };

	(void)state;
	assert_int_equal(commitments_draw(&node, token, &fault), 0);
	for (unsigned i = 0; i < TOKEN_KEYS_MAX; i++) {
		t.event[0] = 1;
		t.event[1] = (uint8_t)i;
		t.event[2] = (uint8_t)(i >> 8);
		assert_int_equal(commitments_make(&node, token, &t, &fault), 0);
	}
	t.event[0] = 2;
	assert_int_equal(commitments_make(&node, token, &t, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(commitments_forget(&node, token, &fault), TOKEN_KEYS_MAX);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_event_has_its_own_commitment),
		cmocka_unit_test(it_is_hmac_sha_256),
		CASE(forgetting_goes_on_past_a_crash),
		CASE(the_token_is_on_no_disk),
		CASE(forgetting_destroys),
		CASE(a_torn_key_is_none),
		CASE(keys_of_a_token_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
