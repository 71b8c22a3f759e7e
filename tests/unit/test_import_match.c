/* Files of a folder joined into machines, by serials and by nothing else. */
#include "cli/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define OWN "tests/vectors/bench/vm-elitebook"

static struct files read_folder(const char *path)
{
	struct files l = { 0 };
	struct fault f;
	if (files_add(&l, path, &f) < 0)
		fail_msg("%s: %s", path, f.text);
	return l;
}

static struct machines find(struct files *l)
{
	struct machines m;
	struct fault f;
	if (machines_find(l, &m, &f) < 0)
		fail_msg("%s", f.text);
	return m;
}

static const struct found_medium *disk(const struct machine *m, const char *serial)
{
	for (unsigned i = 0; i < m->all.medium_count; i++) {
		if (!strcmp(m->all.medium[i].serial, serial))
			return &m->all.medium[i];
	}
	fail_msg("no disk %s", serial);
	return NULL;
}

static void test_one_machine(void **state)
{
	(void)state;
	struct files l = read_folder(OWN);
	struct machines m = find(&l);
	assert_int_equal(l.count, 10);
	assert_int_equal(m.count, 1);
	const struct machine *one = &m.at[0];
	/* all but the report of a disk that smartctl could not read */
	assert_int_equal(one->file_count, 9);
	assert_int_equal(one->all.medium_count, 5);
	/* each value from the tool that knows it best */
	assert_string_equal(disk(one, "S21HNXAG512345X")->model, "SAMSUNG MZ7LN256HCHP-000L7");
	assert_int_equal(disk(one, "S21HNXAG512345X")->capacity_bytes, 67108864);
	assert_int_equal(disk(one, "S21HNXAG512345X")->type, TRAC__MEDIUM_TYPE__SSD);
	assert_int_equal(disk(one, "WX71A5512345")->interface, TRAC__MEDIUM_INTERFACE__SATA);
	assert_int_equal(disk(one, "5VE0BAD7")->type, TRAC__MEDIUM_TYPE__HDD);
	assert_int_equal(disk(one, "5VE0BAD7")->capacity_bytes, 33554432);
	assert_true(one->all.time.known);
	machines_clear(&m);
	files_clear(&l);
}

static struct fields said(const struct machine *m)
{
	struct fields l = { 0 };
	struct fault f;
	assert_int_equal(identified_fields(&m->all, &l, &f), 0);
	assert_int_equal(device_fields(&m->all.device, &l, &f), 0);
	return l;
}

static void assert_same(const struct machine *a, const struct machine *b)
{
	struct fields x = said(a), y = said(b);
	assert_int_equal(x.count, y.count);
	for (unsigned i = 0; i < x.count; i++) {
		assert_string_equal(x.at[i].name, y.at[i].name);
		assert_string_equal(x.at[i].value, y.at[i].value);
	}
	fields_clear(&x);
	fields_clear(&y);
}

/* Whatever the order of the files, the same event is made of the same files. */
static void test_any_order(void **state)
{
	(void)state;
	struct files l = read_folder(OWN), turned = read_folder(OWN);
	for (unsigned i = 0, k = turned.count - 1; i < k; i++, k--) {
		struct bench_file file = turned.at[i];
		turned.at[i] = turned.at[k];
		turned.at[k] = file;
	}
	struct machines a = find(&l), b = find(&turned);
	assert_int_equal(a.count, b.count);
	assert_same(&a.at[0], &b.at[0]);
	for (unsigned i = 0; i < a.at[0].file_count; i++)
		assert_true(hash_equal(&l.at[a.at[0].file[i]].hash,
				       &turned.at[b.at[0].file[i]].hash));
	machines_clear(&a);
	machines_clear(&b);
	files_clear(&l);
	files_clear(&turned);
}

/* A second machine in the folder whose file says the same device names: sda, sdb. */
static struct bench_file other_machine(unsigned folder, const char *serial,
				       const char *disk_serial)
{
	char text[1000];
	struct fault f;
	struct bench_file file = { .path = strdup("/other"), .folder = folder };
	snprintf(text, sizeof text, "{\"action\": \"inventory\", \"content\": {\"bios\": {\"ssn\": "
		 "\"%s\", \"smanufacturer\": \"Dell Inc.\"}, \"storages\": [{\"name\": \"sda\", "
		 "\"serial\": \"%s\", \"disksize\": 500}]}}", serial, disk_serial);
	assert_int_equal(file_take(&file, (struct span){ (const uint8_t *)text, strlen(text) },
				   &f), 0);
	return file;
}

static void add(struct files *l, struct bench_file file)
{
	l->at = realloc(l->at, (l->count + 1) * sizeof *l->at);
	l->room = l->count + 1;
	l->at[l->count++] = file;
}

static void test_two_machines(void **state)
{
	struct found_medium sda = { .serial = "WX71A5512345" };
	bool several;
	(void)state;
	struct files l = read_folder(OWN);
	add(&l, other_machine(l.at[0].folder, "7XK2LQ2", "Z1W0ABCD9"));
	struct machines m = find(&l);
	assert_int_equal(m.count, 2);
	const struct machine *owner = machine_with(&m, l.at[0].folder, &sda, &several, NULL);
	assert_non_null(owner);
	assert_string_equal(owner->all.device.serial, "5CG7TEST0V");
	/* another folder is another bench */
	assert_null(machine_with(&m, l.at[0].folder + 1, &sda, &several, NULL));
	machines_clear(&m);
	files_clear(&l);
}

static void test_disk_of_two_machines(void **state)
{
	struct found_medium sda = { .serial = "WX71A5512345" };
	bool several;
	(void)state;
	struct files l = read_folder(OWN);
	add(&l, other_machine(l.at[0].folder, "7XK2LQ2", "WX71A5512345"));
	struct machines m = find(&l);
	assert_int_equal(m.count, 2);
	assert_null(machine_with(&m, l.at[0].folder, &sda, &several, NULL));
	assert_true(several);
	/* reports of that disk belong to neither: they wait, and say why */
	unsigned waiting = 0;
	for (unsigned i = 0; i < l.count; i++)
		waiting += strstr(l.at[i].fault.text, "several machines") != NULL;
	assert_true(waiting >= 2);
	machines_clear(&m);
	files_clear(&l);
}

static void test_same_device(void **state)
{
	struct found_device a = { .serial = "5CG7TEST0V", .maker = "HP", .uuid = "" };
	struct found_device b = { .serial = "5cg7test0v", .maker = "Hewlett-Packard" };
	(void)state;
	assert_true(device_same(&a, &b));
	memcpy(b.maker, "Dell Inc.", 10);
	assert_false(device_same(&a, &b));
	/* two serials decide, whatever else agrees */
	memcpy(b.serial, "5CG7TEST1W", 11);
	memcpy(a.board_serial, "PGEXX018J8F0TE", 15);
	memcpy(b.board_serial, "PGEXX018J8F0TE", 15);
	assert_false(device_same(&a, &b));
	b.serial[0] = '\0';
	assert_true(device_same(&a, &b));
}

static void test_ids(void **state)
{
	struct hash h[2] = { { { 1 } }, { { 2 } } };
	struct found_time t = { .known = true }, none = { .known = false };
	uint8_t a[EVENT_ID_SIZE], b[EVENT_ID_SIZE];
	(void)state;
	t.at = (struct civil){ .year = 2026, .month = 11, .day = 22 };
	import_id("alpha", "identified", h, 2, &t, a);
	import_id("alpha", "identified", h, 2, &t, b);
	assert_memory_equal(a, b, sizeof a);
	import_id("beta", "identified", h, 2, &t, b);
	assert_memory_not_equal(a, b, sizeof a);
	assert_memory_equal(a, b, 6);      /* the time */
	import_id("alpha", "identified", h, 1, &t, b);
	assert_memory_not_equal(a, b, sizeof a);
	import_id("alpha", "identified", h, 2, &none, b);
	assert_memory_not_equal(a, b, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_machine),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_two_machines),
		cmocka_unit_test(test_disk_of_two_machines),
		cmocka_unit_test(test_same_device),
		cmocka_unit_test(test_ids),
	};
	return cmocka_run_group_tests_name("import_match", tests, NULL, NULL);
}
