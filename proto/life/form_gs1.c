/*
 * Keys of GS1 on pallets, crates and assets. Source: GS1 General Specifications,
 * sections 3.2 (SSCC) and 3.9 (GRAI 8003, GIAI 8004), and EPC Tag Data Standard,
 * section 6, for the urn:epc:id: forms.
 */
#include <string.h>

#include "proto/life/form.h"

#define SSCC_DIGITS 18
#define GRAI_DIGITS 14          /* a filler zero, 12 digits and the check digit */
#define GRAI_SERIAL_MAX 16
#define GIAI_MAX 30

/* The check digit of the digits before it: 3 and 1 by turns, from the right. */
static char check_digit(const char *digits, size_t size)
{
	unsigned sum = 0;
	for (size_t i = 0; i < size; i++)
		sum += (unsigned)(digits[size - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
	return (char)('0' + (10 - sum % 10) % 10);
}

static size_t digits_at(const char *text)
{
	return strspn(text, "0123456789");
}

static bool is_sscc(const char *value)
{
	return form_is_digits(value, SSCC_DIGITS)
	       && check_digit(value, SSCC_DIGITS - 1) == value[SSCC_DIGITS - 1];
}

static bool is_grai(const char *value)
{
	return value[0] == '0' && digits_at(value) >= GRAI_DIGITS
	       && strlen(value) <= GRAI_DIGITS + GRAI_SERIAL_MAX
	       && check_digit(value, GRAI_DIGITS - 1) == value[GRAI_DIGITS - 1];
}

/* Any characters: those that are allowed are more than letters and digits. */
static bool is_giai(const char *value)
{
	return value[0] != '\0' && strlen(value) <= GIAI_MAX;
}

static void keep_from(char value[TEXT_MAX + 1], size_t at)
{
	memmove(value, value + at, strlen(value + at) + 1);
}

/* "(8004)" is "8004"; returns whether there were parentheses. */
static bool open_parentheses(char value[TEXT_MAX + 1])
{
	char *end = value[0] == '(' ? strchr(value, ')') : NULL;
	if (!end)
		return false;
	memmove(end, end + 1, strlen(end));
	keep_from(value, 1);
	return true;
}

/* The parts between points after a prefix of size; 0: more than three or an empty one. */
static unsigned split(const char *text, const char *part[3], size_t size[3])
{
	for (unsigned n = 0; n < 3; n++) {
		part[n] = text;
		/* a serial may hold points */
		size[n] = n == 2 ? strlen(text) : strcspn(text, ".");
		text += size[n];
		if (size[n] == 0)
			return 0;
		if (*text == '\0')
			return n + 1;
		text++;
	}
	return 0;
}

/* urn:epc:id:sscc:PREFIX.SERIAL, whose serial begins with the extension digit. */
static bool sscc_of_urn(const char *text, char value[TEXT_MAX + 1])
{
	const char *part[3];
	size_t size[3];
	char out[SSCC_DIGITS + 1];
	if (split(text, part, size) != 2 || size[0] + size[1] != SSCC_DIGITS - 1)
		return false;
	out[0] = part[1][0];
	memcpy(out + 1, part[0], size[0]);
	memcpy(out + 1 + size[0], part[1] + 1, size[1] - 1);
	out[SSCC_DIGITS - 1] = '\0';
	if (digits_at(out) != SSCC_DIGITS - 1)
		return false;
	out[SSCC_DIGITS - 1] = check_digit(out, SSCC_DIGITS - 1);
	out[SSCC_DIGITS] = '\0';
	memcpy(value, out, sizeof out);
	return true;
}

/* urn:epc:id:grai:PREFIX.TYPE.SERIAL */
static bool grai_of_urn(const char *text, char value[TEXT_MAX + 1])
{
	const char *part[3];
	size_t size[3];
	char out[GRAI_DIGITS + GRAI_SERIAL_MAX + 1] = "0";
	if (split(text, part, size) != 3 || size[0] + size[1] != GRAI_DIGITS - 2
	    || size[2] > GRAI_SERIAL_MAX)
		return false;
	memcpy(out + 1, part[0], size[0]);
	memcpy(out + 1 + size[0], part[1], size[1]);
	if (digits_at(out) != GRAI_DIGITS - 1)
		return false;
	out[GRAI_DIGITS - 1] = check_digit(out, GRAI_DIGITS - 1);
	memcpy(out + GRAI_DIGITS, part[2], size[2]);
	out[GRAI_DIGITS + size[2]] = '\0';
	memcpy(value, out, GRAI_DIGITS + size[2] + 1);
	return true;
}

/* urn:epc:id:giai:PREFIX.REFERENCE */
static bool giai_of_urn(const char *text, char value[TEXT_MAX + 1])
{
	const char *point = strchr(text, '.');
	char out[TEXT_MAX + 1];
	if (!point || point == text || point[1] == '\0')
		return false;
	size_t prefix = (size_t)(point - text), rest = strlen(point + 1);
	memcpy(out, text, prefix);
	memcpy(out + prefix, point + 1, rest + 1);
	memcpy(value, out, prefix + rest + 1);
	return is_giai(value);
}

bool form_gs1(char value[TEXT_MAX + 1])
{
	if (strncmp(value, "URNEPCIDSSCC", 12) == 0)
		return sscc_of_urn(value + 12, value);
	if (strncmp(value, "URNEPCIDGRAI", 12) == 0)
		return grai_of_urn(value + 12, value);
	if (strncmp(value, "URNEPCIDGIAI", 12) == 0)
		return giai_of_urn(value + 12, value);
	if (strncmp(value, "URN", 3) == 0)
		return false;
	bool named = open_parentheses(value);
	if (strncmp(value, "00", 2) == 0 && form_is_digits(value, SSCC_DIGITS + 2)) {
		keep_from(value, 2);
		return is_sscc(value);
	}
	if (strncmp(value, "8003", 4) == 0 && (named || is_grai(value + 4))) {
		keep_from(value, 4);
		return is_grai(value);
	}
	if (strncmp(value, "8004", 4) == 0) {
		keep_from(value, 4);
		return is_giai(value);
	}
	if (named)
		return false;
	if (form_is_digits(value, SSCC_DIGITS))
		return is_sscc(value);
	if (value[0] == '0' && form_is_digits(value, GRAI_DIGITS))
		return is_grai(value);
	return is_grai(value) || is_giai(value);
}
