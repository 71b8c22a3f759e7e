/* The strict reader of CSV: what it accepts, and where it says that a file is broken. */
#include "cli/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct opened {
	FILE *in;
	struct csv csv;
	struct fault fault;
	int rc;
};

static struct opened open_bytes(const char *bytes, size_t size)
{
	struct opened o = { .in = fmemopen((void *)bytes, size, "r") };
	assert_non_null(o.in);
	o.rc = csv_open(&o.csv, o.in, &o.fault);
	return o;
}

#define OPEN(text) open_bytes(text, sizeof text - 1)

static void done(struct opened *o)
{
	csv_close(&o->csv);
	fclose(o->in);
}

/* Opens, reads `good` rows, and is refused with a sentence that has those words. */
static void refused_bytes(const char *bytes, size_t size, unsigned good, const char *words)
{
	struct opened o = open_bytes(bytes, size);
	int rc = o.rc;
	for (unsigned i = 0; rc >= 0 && i <= good; i++) {
		rc = csv_next(&o.csv, &o.fault);
		assert_int_equal(rc, i < good ? 1 : -1);
	}
	assert_int_equal(rc, -1);
	assert_int_equal(o.fault.code, FAULT_INPUT);
	if (!strstr(o.fault.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, o.fault.text);
	done(&o);
}

#define REFUSED(text, good, words) refused_bytes(text, sizeof text - 1, good, words)

static void test_plain(void **state)
{
	(void)state;
	struct opened o = OPEN("kind,date, serial \nstocked,2026-03-02,AB1\n\n,,\n");
	assert_int_equal(o.rc, 0);
	assert_int_equal(o.csv.columns, 3);
	assert_string_equal(o.csv.header[2], "serial");
	assert_int_equal(csv_next(&o.csv, &o.fault), 1);
	assert_int_equal(o.csv.row_line, 2);
	assert_string_equal(o.csv.cell[0], "stocked");
	assert_string_equal(o.csv.cell[2], "AB1");
	assert_int_equal(csv_next(&o.csv, &o.fault), 1);
	assert_int_equal(o.csv.row_line, 4);
	assert_string_equal(o.csv.cell[1], "");
	assert_int_equal(csv_next(&o.csv, &o.fault), 0);
	done(&o);
}

static void test_spreadsheet(void **state)
{
	/* byte order mark, semicolons, CRLF, no last line end */
	(void)state;
	struct opened o = OPEN("\xef\xbb\xbfkind;price\r\ngraded;\"12,50\"\r\ngraded;é;\r\n");
	assert_int_equal(o.rc, 0);
	assert_string_equal(o.csv.header[0], "kind");
	assert_int_equal(csv_next(&o.csv, &o.fault), 1);
	assert_string_equal(o.csv.cell[1], "12,50");
	assert_int_equal(csv_next(&o.csv, &o.fault), -1);
	assert_non_null(strstr(o.fault.text, "line 3: has 3 cells"));
	done(&o);
}

static void test_quotes(void **state)
{
	(void)state;
	struct opened o = OPEN("a,b\n\"x \"\"y\"\", z\",\"\"\n\"p\",q");
	assert_int_equal(csv_next(&o.csv, &o.fault), 1);
	assert_string_equal(o.csv.cell[0], "x \"y\", z");
	assert_string_equal(o.csv.cell[1], "");
	assert_int_equal(csv_next(&o.csv, &o.fault), 1);
	assert_string_equal(o.csv.cell[1], "q");
	assert_int_equal(csv_next(&o.csv, &o.fault), 0);
	assert_int_equal(o.csv.bytes, sizeof "a,b\n\"x \"\"y\"\", z\",\"\"\n\"p\",q" - 1);
	done(&o);
}

static void test_refused(void **state)
{
	(void)state;
	REFUSED("", 0, "no header row");
	REFUSED("\n", 0, "no header row");
	REFUSED("a,,c\n", 0, "without a name");
	REFUSED("a,b,a\n", 0, "two columns of one name");
	REFUSED("a,b\n1,2\n1\n", 1, "line 3: has 1 cells, the header has 2");
	REFUSED("a,b\n1,2\n\"1\n,2\n", 1, "ends inside quotes");
	REFUSED("a,b\n\"1\n\",2\n", 0, "control character");
	REFUSED("a,b\n1,x\"y\n", 0, "line 2, column 2: a quote inside");
	REFUSED("a,b\n\"1\"x,2\n", 0, "after a closing quote");
	REFUSED("a,b\n1,D\xe9ll\n", 0, "line 2, column 2: not UTF-8");
	REFUSED("a,b\n1,\x1b[2J\n", 0, "line 2, column 2: not UTF-8, or a control");
	REFUSED("a,b\n1,\0\n", 0, "line 2");
	REFUSED("a,b\r1,2\r", 0, "carriage return");
	REFUSED("\xff\xfe" "a\0,\0b\0", 0, "UTF-16");
	REFUSED("\xef\xbb" "a,b\n", 0, "not UTF-8");
}

static void test_limits(void **state)
{
	(void)state;
	size_t size = CSV_ROW_MAX + 100;
	char *text = malloc(size);
	memset(text, 'x', size);
	memcpy(text, "a,b\n1,2\n", 8);
	refused_bytes(text, size, 1, "line 3, column 1: the row is longer");
	memset(text, ',', size);
	refused_bytes(text, size, 0, "more columns");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain), cmocka_unit_test(test_spreadsheet),
		cmocka_unit_test(test_quotes), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
