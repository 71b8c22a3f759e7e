/* Attachments: pieces in, pieces out, who may ask, and what is left by a crash. */
#include "daemon/attachments.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/logs.h"
#include "tests/unit/store_help.h"

static struct node node;
static struct fault fault;
static const char *dir;
static uint8_t bytes[ATTACH_PIECE_MAX + 1000];

static int set_up(void **state)
{
	(void)state;
	memset(&node, 0, sizeof node);
	dir = scratch_create();
	snprintf(node.settings.home, sizeof node.settings.home, "%s", dir);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(attachments_create(&node, &fault), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	attachments_destroy(&node);
	scratch_remove(dir);
	return 0;
}

static int add(const struct hash *h, uint64_t size, uint64_t offset, size_t piece)
{
	return attachments_add(&node, h, size, offset, (struct span){ bytes + offset, piece },
			       &fault);
}

static void refused(int rc, enum fault_code code, const char *why)
{
	assert_int_equal(rc, -1);
	if (fault.code != code || !strstr(fault.text, why))
		fail_msg("%s \"%s\" does not say \"%s\"", fault_name(fault.code), fault.text, why);
}

static unsigned files(const char *pattern)
{
	char command[600], line[32] = "";
	FILE *p;

	snprintf(command, sizeof command, "find %s/attachments -name '%s' | wc -l", dir, pattern);
	p = popen(command, "r");
	assert_non_null(fgets(line, sizeof line, p));
	pclose(p);
	return (unsigned)atoi(line);
}

static void a_file_comes_in_pieces(void **state)
{
	uint8_t back[sizeof bytes];
	char path[600];
	struct hash h;
	struct stat st;

	(void)state;
	hash_bytes(bytes, sizeof bytes, &h);
	assert_int_equal(attachments_size(&node, &h), -1);
	assert_int_equal(add(&h, sizeof bytes, 0, ATTACH_PIECE_MAX), 0);
	assert_int_equal(attachments_size(&node, &h), -1);
	assert_int_equal(attachments_held(&node, &h), ATTACH_PIECE_MAX);
	assert_int_equal(files("*.part"), 1);
	assert_int_equal(add(&h, sizeof bytes, ATTACH_PIECE_MAX, 1000), 0);
	assert_int_equal(attachments_size(&node, &h), sizeof bytes);
	assert_int_equal(files("*.part"), 0);
	assert_int_equal(attachments_read(&node, &h, 0, back, sizeof back, &fault), sizeof back);
	assert_memory_equal(back, bytes, sizeof back);
	assert_int_equal(attachments_read(&node, &h, ATTACH_PIECE_MAX, back, 5000, &fault), 1000);
	assert_int_equal(attachments_read(&node, &h, sizeof bytes, back, 5, &fault), 0);
	assert_int_equal(attachments_read(&node, &h, UINT64_MAX, back, 5, &fault), 0);
	snprintf(path, sizeof path, "%s/attachments", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	/* once more is harmless */
	assert_int_equal(add(&h, sizeof bytes, 0, 10), 0);
	assert_int_equal(attachments_size(&node, &h), sizeof bytes);
}

static void wrong_bytes_are_no_file(void **state)
{
	struct hash h;

	(void)state;
	hash_bytes(bytes, 100, &h);
	h.b[5] ^= 1;
	refused(add(&h, 100, 0, 100), FAULT_INPUT, "another SHA-256");
	assert_int_equal(files("*"), 1);   /* the folder itself */
	/* a liar does not keep the right one out */
	hash_bytes(bytes, 100, &h);
	assert_int_equal(add(&h, 100, 0, 100), 0);
}

static void order_and_bounds_are_held(void **state)
{
	struct hash h;

	(void)state;
	hash_bytes(bytes, sizeof bytes, &h);
	refused(add(&h, sizeof bytes, 10, 10), FAULT_INPUT, "begin again at 0");
	assert_int_equal(add(&h, sizeof bytes, 0, 100), 0);
	refused(add(&h, sizeof bytes, 200, 10), FAULT_INPUT, "expected at 100");
	refused(add(&h, sizeof bytes - 1, 100, 10), FAULT_INPUT, "expected");
	refused(add(&h, sizeof bytes, 100, 0), FAULT_INPUT, "1 to");
	refused(add(&h, sizeof bytes, 100, ATTACH_PIECE_MAX + 1), FAULT_INPUT, "1 to");
	/* what was refused did not move it */
	assert_int_equal(add(&h, sizeof bytes, 100, ATTACH_PIECE_MAX), 0);
	assert_int_equal(add(&h, sizeof bytes, 0, 100), 0);   /* begins anew */
	assert_int_equal(attachments_held(&node, &h), 100);
	h.b[0] ^= 1;
	refused(add(&h, 0, 0, 1), FAULT_INPUT, "empty");
	refused(add(&h, ATTACHMENT_BYTES_MAX + 1, 0, 1), FAULT_LIMIT, "at most");
	refused(add(&h, 10, 0, 11), FAULT_INPUT, "none past the end");
	assert_int_equal(files("*.part"), 1);
}

/* Uploads at once are bounded; none of them is pushed out while it grows. */
static void uploads_are_bounded(void **state)
{
	struct hash h = { { 0 } };
	unsigned taken = 0;

	(void)state;
	while (taken < 1000 && add(&h, 1000, 0, 10) == 0) {
		h.b[0] = (uint8_t)++taken;
		h.b[1] = (uint8_t)(taken >> 8);
	}
	assert_in_range(taken, 8, 64);
	assert_int_equal(fault.code, FAULT_BUSY);
}

static void a_start_removes_halves(void **state)
{
	struct hash half, whole;
	char path[700];

	(void)state;
	hash_bytes(bytes, 100, &whole);
	hash_bytes(bytes, 1000, &half);
	assert_int_equal(add(&whole, 100, 0, 100), 0);
	assert_int_equal(add(&half, 1000, 0, 10), 0);
	attachments_destroy(&node);
	assert_int_equal(files("*.part"), 0);
	/* as a crash leaves it */
	snprintf(path, sizeof path, "%s/attachments/0123.part", dir);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(attachments_create(&node, &fault), 0);
	assert_int_equal(files("*.part"), 0);
	assert_int_equal(attachments_size(&node, &whole), 100);
}

static void others_may_not_read_the_folder(void **state)
{
	char path[600];

	(void)state;
	attachments_destroy(&node);
	snprintf(path, sizeof path, "%s/attachments", dir);
	chmod(path, 0750);
	refused(attachments_create(&node, &fault), FAULT_CONFIG, "0700");
}

static void readers_are_members_that_were_named(void **state)
{
	struct test_network net;
	struct test_member a, b;
	struct readers r;
	struct hash h;

	(void)state;
	test_network_init(&net, "fne.example", 1);
	test_network_admit(&net, &a, "alpha", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&net, &b, "beta", TRAC__ROLE__WORKSHOP, 3);
	node.registry = net.registry;
	hash_bytes(bytes, 100, &h);
	refused(attachments_share(&node, &h, "alpha", false, &fault), FAULT_ABSENT, "not here");
	assert_int_equal(add(&h, 100, 0, 100), 0);
	refused(attachments_share(&node, &h, "gamma", false, &fault), FAULT_ABSENT, "not a member");
	refused(attachments_share(&node, &h, "../x", false, &fault), FAULT_INPUT, "name");
	assert_false(attachments_may_read(&node, &h, "alpha"));
	assert_int_equal(attachments_share(&node, &h, "alpha", false, &fault), 0);
	assert_int_equal(attachments_share(&node, &h, "beta", false, &fault), 0);
	assert_int_equal(attachments_share(&node, &h, "beta", false, &fault), 0);
	assert_int_equal(attachments_readers(&node, &h, &r, &fault), 0);
	assert_int_equal(r.count, 2);
	assert_true(attachments_may_read(&node, &h, "beta"));
	assert_false(attachments_may_read(&node, &h, "bet"));
	/* kept past a restart, and no file of the list */
	attachments_destroy(&node);
	assert_int_equal(attachments_create(&node, &fault), 0);
	assert_true(attachments_may_read(&node, &h, "alpha"));
	assert_int_equal(attachments_share(&node, &h, "alpha", true, &fault), 0);
	assert_false(attachments_may_read(&node, &h, "alpha"));
	assert_true(attachments_may_read(&node, &h, "beta"));
	test_member_clear(&a);
	test_member_clear(&b);
	test_network_clear(&net);
}

static void the_list_is_in_order_and_in_pages(void **state)
{
	struct hash h, after = { { 0 } }, page[3];
	int total = 0, got;

	(void)state;
	for (size_t size = 1; size <= 8; size++) {
		hash_bytes(bytes, size, &h);
		assert_int_equal(add(&h, size, 0, size), 0);
	}
	while ((got = attachments_list(&node, &after, page, 3, &fault)) > 0) {
		for (int i = 0; i < got; i++) {
			assert_true(memcmp(after.b, page[i].b, HASH_SIZE) < 0);
			after = page[i];
			assert_true(attachments_size(&node, &page[i]) > 0);
		}
		total += got;
	}
	assert_int_equal(got, 0);
	assert_int_equal(total, 8);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_comes_in_pieces),
		CASE(wrong_bytes_are_no_file),
		CASE(order_and_bounds_are_held),
		CASE(uploads_are_bounded),
		CASE(a_start_removes_halves),
		CASE(others_may_not_read_the_folder),
		CASE(readers_are_members_that_were_named),
		CASE(the_list_is_in_order_and_in_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
