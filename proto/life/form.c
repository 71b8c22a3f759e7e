/* Identifiers whose form a standard gives: UUID, IMEI, MAC, WWN. */
#include "proto/life/form.h"

#include <string.h>

#define UUID_DIGITS 32
#define MAC_DIGITS 12
#define IMEI_DIGITS 15
#define IMEISV_DIGITS 16

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/*
 * Bytes to leave out before at: white space, hyphens and colons, also the
 * no-break space and the typographic hyphens that copying from a web page or
 * a spreadsheet brings.
 */
static size_t noise_size(const char *at)
{
	unsigned char c = (unsigned char)*at;
	if (c <= ' ' || c == 0x7f || c == '-' || c == ':')
		return 1;
	if (c == 0xc2 && (unsigned char)at[1] == 0xa0)
		return 2;
	if (c == 0xe2 && (unsigned char)at[1] == 0x80 && (unsigned char)at[2] >= 0x80
	    && (unsigned char)at[2] <= 0x95)
		return 3;
	return 0;
}

/* Most characters of most identifiers. */
static bool is_common(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Takes size characters off the start. */
static void take_off(char *value, size_t size)
{
	memmove(value, value + size, strlen(value + size) + 1);
}

bool form_squeeze(const char *from, char to[TEXT_MAX + 1])
{
	size_t used = 0;
	while (*from != '\0' && used < TEXT_MAX) {
		size_t noise = is_common(*from) ? 0 : noise_size(from);
		if (noise == 0)
			to[used++] = upper(*from++);
		from += noise;
	}
	to[used] = '\0';
	if (to[0] == 'S' && strncmp(to, "S/N", 3) == 0)
		take_off(to, 3);
	else if (to[0] == '{' && to[used - 1] == '}') {
		to[used - 1] = '\0';
		take_off(to, 1);
	}
	return *from == '\0';
}

bool form_is_digits(const char *text, size_t size)
{
	size_t i = 0;
	while (i < size && text[i] >= '0' && text[i] <= '9')
		i++;
	return i == size && text[i] == '\0';
}

bool form_is_hex(const char *text, size_t size)
{
	size_t i = 0;
	while (i < size && ((text[i] >= '0' && text[i] <= '9')
			    || (text[i] >= 'A' && text[i] <= 'F')))
		i++;
	return i == size && text[i] == '\0';
}

/*
 * SMBIOS 2.6 made the first three fields of a UUID little-endian; tools and
 * kernels disagree to this day. The smaller of both readings is the key.
 */
void form_uuid(char value[TEXT_MAX + 1])
{
	static const unsigned pair[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	char other[UUID_DIGITS + 1];
	if (!form_is_hex(value, UUID_DIGITS))
		return;
	for (unsigned i = 0; i < 16; i++)
		memcpy(other + 2 * i, value + 2 * pair[i], 2);
	other[UUID_DIGITS] = '\0';
	if (strcmp(other, value) < 0)
		memcpy(value, other, sizeof other);
}

char form_luhn(const char *digits, size_t size)
{
	unsigned sum = 0;
	for (size_t i = 0; i < size; i++) {
		unsigned d = (unsigned)(digits[size - 1 - i] - '0');
		if (i % 2 == 0)
			d = d > 4 ? 2 * d - 9 : 2 * d;
		sum += d;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

/* "352099/00/176148/1", and "352099001761481/01", the IMEI and what its software is. */
static void drop_slashes(char value[TEXT_MAX + 1])
{
	size_t used = 0;
	for (const char *at = value; *at != '\0'; at++) {
		if (*at == '/' && used == IMEI_DIGITS)
			break;
		if (*at != '/')
			value[used++] = *at;
	}
	value[used] = '\0';
}

bool form_imei(char value[TEXT_MAX + 1])
{
	drop_slashes(value);
	if (form_is_digits(value, IMEISV_DIGITS)) {
		value[IMEI_DIGITS - 1] = form_luhn(value, IMEI_DIGITS - 1);
		value[IMEI_DIGITS] = '\0';
	}
	return form_is_digits(value, IMEI_DIGITS)
	       && form_luhn(value, IMEI_DIGITS - 1) == value[IMEI_DIGITS - 1];
}

/* "001A.2B3C.4D5E" */
bool form_mac(char value[TEXT_MAX + 1])
{
	if (strlen(value) == 14 && value[4] == '.' && value[9] == '.') {
		take_off(value + 9, 1);
		take_off(value + 4, 1);
	}
	return form_is_hex(value, MAC_DIGITS);
}

void form_wwn(char value[TEXT_MAX + 1])
{
	static const char starts[][6] = { "WWN", "0X", "NAA.", "EUI.", "NVME." };
	const char *at = value;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (strncmp(at, starts[i], strlen(starts[i])) == 0)
			at += strlen(starts[i]);
	}
	if (form_is_hex(at, 16) || form_is_hex(at, 32))
		take_off(value, (size_t)(at - value));
}
