/* What people type and scanners send, as values to search for. */
#include <string.h>

#include "proto/life/form.h"
#include "proto/life/ident.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool starts_with(const char *text, const char *start)
{
	while (*start != '\0' && lower(*text) == *start) {
		text++;
		start++;
	}
	return *start == '\0';
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The name behind the last "/obj/" of an address, up to what follows a name in one. */
static bool read_address(const char *typed, char text[TEXT_MAX + 1])
{
	const char *at = strstr(typed, "://"), *last = NULL;
	for (at = at ? strstr(at, "/obj/") : NULL; at; at = strstr(at + 1, "/obj/"))
		last = at + 5;
	if (!last)
		return false;
	size_t used = 0;
	for (; *last != '\0' && !strchr("/?#", *last) && used < TEXT_MAX; last++) {
		int high = *last == '%' ? hex_digit(last[1]) : -1;
		int low = high >= 0 ? hex_digit(last[2]) : -1;
		text[used++] = *last;
		if (low < 0)
			continue;
		text[used - 1] = (char)(high << 4 | low);
		last += 2;
	}
	text[used] = '\0';
	return true;
}

/*
 * What is around the identifier: white space, the three characters by which a
 * scanner says what symbol it read ("]C1", ISO/IEC 15424), "TRAC:" of our own
 * codes, "SN:" and "urn:uuid:".
 */
static const char *strip(const char *typed)
{
	while (*typed == ' ' || (*typed >= '\t' && *typed <= '\r'))
		typed++;
	if (typed[0] == ']' && is_letter(typed[1]) && typed[2] != '\0')
		typed += 3;
	if (starts_with(typed, "trac:"))
		return typed + 5;
	if (starts_with(typed, "sn:"))
		return typed + 3;
	return starts_with(typed, "urn:uuid:") ? typed + 9 : typed;
}

void ident_query(const char *typed, char value[TEXT_MAX + 1])
{
	char text[TEXT_MAX + 1];
	typed = strip(typed);
	form_squeeze(read_address(typed, text) ? text : typed, value);
	/* whoever types a UUID says so by its form alone */
	form_uuid(value);
}

/* --- other readings --- */

struct readings {
	char (*value)[TEXT_MAX + 1];
	unsigned count;
};

static void add(struct readings *r, const char *value)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (strcmp(r->value[i], value) == 0)
			return;
	}
	if (value[0] != '\0' && r->count < IDENT_READINGS_MAX)
		memcpy(r->value[r->count++], value, strlen(value) + 1);
}

/* "S" before a serial of 8 (Lenovo), 10 (HP) or 12 characters (Apple); "1S", type and
 * model before Lenovo's. */
static void add_without_prefix(struct readings *r, const char *value)
{
	size_t size = strlen(value);
	if (size == 20 && value[0] == '1' && value[1] == 'S')
		add(r, value + 12);
	if ((size == 9 || size == 11 || size == 13) && value[0] == 'S')
		add(r, value + 1);
}

static void add_imei(struct readings *r, const char *value)
{
	char imei[TEXT_MAX + 1];
	memcpy(imei, value, strlen(value) + 1);
	if (form_is_digits(imei, 14)) {
		imei[14] = form_luhn(imei, 14);
		imei[15] = '\0';
	}
	if (form_imei(imei))
		add(r, imei);
}

unsigned ident_readings(const char *typed, char value[IDENT_READINGS_MAX][TEXT_MAX + 1])
{
	char first[TEXT_MAX + 1], other[TEXT_MAX + 1];
	struct readings r = { value, 0 };
	ident_query(typed, first);
	add(&r, first);
	if (r.count == 0)
		return 0;
	/* a service tag may be filed as its code, and a code as its tag */
	if (form_dell_tag(first, other))
		add(&r, other);
	if (form_dell_code(first, other))
		add(&r, other);
	add_without_prefix(&r, first);
	add_imei(&r, first);
	memcpy(other, first, sizeof other);
	form_wwn(other);
	add(&r, other);
	memcpy(other, first, sizeof other);
	if (form_mac(other))
		add(&r, other);
	memcpy(other, first, sizeof other);
	if (form_gs1(other))
		add(&r, other);
	form_medium(strip(typed), other);
	add(&r, other);
	return r.count;
}
