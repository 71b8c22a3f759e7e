/*
 * Values that identify nothing. Asked of every identifier of a bulk import, so
 * the sorted table is halved and not walked, and nothing is remembered between
 * calls.
 */
#include "proto/life/junk.h"

#include <string.h>

#include "proto/life/data.h"

/* Cells of conf/data/junk.tsv. */
enum { KIND, HOW, VALUE };

/* As strcmp(); mostly decided by the first character, which a call is not worth. */
static int text_compare(const char *a, const char *b)
{
	/* words of neighbouring rows are the same text for most compilers */
	if (a == b)
		return 0;
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

/* The first row at or behind from that is not below. */
static unsigned row_find(unsigned from, const char *kind, const char *how, const char *value)
{
	unsigned low = from, high = data_junk.count;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		const struct data_row *r = &data_junk.row[middle];
		int c = text_compare(r->cell[KIND], kind);
		if (c == 0)
			c = text_compare(r->cell[HOW], how);
		if (c == 0)
			c = text_compare(r->cell[VALUE], value);
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool row_is(unsigned row, const char *kind, const char *how)
{
	return row < data_junk.count && text_compare(data_junk.row[row].cell[HOW], how) == 0
	       && text_compare(data_junk.row[row].cell[KIND], kind) == 0;
}

static bool is_start(const char *value, const char *start)
{
	while (*start != '\0' && *value == *start) {
		value++;
		start++;
	}
	return *start == '\0';
}

static bool holds_one_of(const char *value, unsigned first, unsigned end)
{
	bool begins[256] = { false };
	for (unsigned row = first; row < end; row++)
		begins[(unsigned char)data_junk.row[row].cell[VALUE][0]] = true;
	for (; *value != '\0'; value++) {
		/* hardly a good value gets further */
		if (!begins[(unsigned char)*value])
			continue;
		for (unsigned row = first; row < end; row++) {
			if (is_start(value, data_junk.row[row].cell[VALUE]))
				return true;
		}
	}
	return false;
}

/* Rows of a kind follow each other: begins, holds, is. */
static bool is_listed(const char *kind, const char *value)
{
	unsigned row = row_find(0, kind, "", "");
	if (row == data_junk.count || text_compare(data_junk.row[row].cell[KIND], kind) != 0)
		return false;
	kind = data_junk.row[row].cell[KIND];
	for (; row_is(row, kind, "begins"); row++) {
		if (is_start(value, data_junk.row[row].cell[VALUE]))
			return true;
	}
	unsigned first = row;
	while (row_is(row, kind, "holds"))
		row++;
	if (row > first && holds_one_of(value, first, row))
		return true;
	row = row_find(row, kind, "is", value);
	return row_is(row, kind, "is")
	       && text_compare(data_junk.row[row].cell[VALUE], value) == 0;
}

/* Also true of the empty text. */
static bool is_one_character(const char *value, size_t size)
{
	for (size_t i = 1; i < size; i++) {
		if (value[i] != value[0])
			return false;
	}
	return true;
}

/* "0110100" */
static bool is_binary(const char *value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (value[i] != '0' && value[i] != '1')
			return false;
	}
	return true;
}

/* "12345", "123456", ... "1234567890" */
static bool is_counting(const char *value, size_t size)
{
	return size >= 5 && size <= 10 && memcmp(value, "1234567890", size) == 0;
}

/* "1.0.0": a version that got into the wrong field. */
static bool is_version(const char *value, size_t size)
{
	return size == 5 && value[1] == '.' && value[3] == '.'
	       && strspn(value, "0123456789.") == 5;
}

bool serial_is_junk(const char *value)
{
	size_t size = strlen(value);
	if (size < 4 || is_one_character(value, size) || is_counting(value, size))
		return true;
	if (is_binary(value, size) || is_version(value, size))
		return true;
	return is_listed("serial", value);
}

bool uuid_is_junk(const char *value)
{
	return is_one_character(value, strlen(value)) || is_listed("uuid", value);
}

bool mac_is_junk(const char *value)
{
	return is_one_character(value, strlen(value)) || is_listed("mac", value);
}

bool label_is_junk(const char *value)
{
	return value[0] == '\0' || is_listed("label", value);
}

bool maker_is_junk(const char *value)
{
	return is_listed("maker", value);
}

bool model_is_junk(const char *value)
{
	return value[0] == '\0' || is_listed("model", value);
}
