/* Who a device is: identifiers made comparable. Source: domain page, 5.2. */
#include "proto/life/ident.h"

#include <assert.h>
#include <string.h>

#include "proto/life/junk.h"

#define UUID_DIGITS 32
#define MAC_DIGITS 12
#define IMEI_DIGITS 15
#define IMEISV_DIGITS 16
#define DELL_TAG_SIZE 7

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

/* Returns false when it had to be cut to TEXT_MAX. */
static bool squeeze(const char *from, char to[TEXT_MAX + 1])
{
	size_t used = 0;
	while (*from != '\0' && used < TEXT_MAX) {
		size_t noise = is_common(*from) ? 0 : noise_size(from);
		if (noise == 0)
			to[used++] = upper(*from++);
		from += noise;
	}
	to[used] = '\0';
	if (used >= 3 && memcmp(to, "S/N", 3) == 0)
		memmove(to, to + 3, used - 3 + 1);
	return *from == '\0';
}

/* Nothing but size digits; the first other character, or the end, stops it. */
static bool is_digits(const char *text, size_t size)
{
	size_t i = 0;
	while (i < size && text[i] >= '0' && text[i] <= '9')
		i++;
	return i == size && text[i] == '\0';
}

static bool is_hex(const char *text, size_t size)
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
static void order_uuid(char value[TEXT_MAX + 1])
{
	static const uint8_t pair[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	char other[UUID_DIGITS + 1];
	for (unsigned i = 0; i < 16; i++)
		memcpy(other + 2 * i, value + 2 * pair[i], 2);
	other[UUID_DIGITS] = '\0';
	if (strcmp(other, value) < 0)
		memcpy(value, other, sizeof other);
}

void ident_query(const char *typed, char value[TEXT_MAX + 1])
{
	squeeze(typed, value);
	/* whoever types a UUID says so by its form alone */
	if (is_hex(value, UUID_DIGITS))
		order_uuid(value);
}

/* The digit that makes digits valid, over all that are given. */
static char luhn_digit(const char *digits, size_t size)
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

bool luhn_is_valid(const char *digits)
{
	return is_digits(digits, IMEI_DIGITS)
	       && luhn_digit(digits, IMEI_DIGITS - 1) == digits[IMEI_DIGITS - 1];
}

/* IMEISV has no check digit but the same first 14: make it an IMEI. */
static bool normalise_imei(char value[TEXT_MAX + 1])
{
	if (is_digits(value, IMEISV_DIGITS)) {
		value[IMEI_DIGITS - 1] = luhn_digit(value, IMEI_DIGITS - 1);
		value[IMEI_DIGITS] = '\0';
	}
	/* fifteen zeros satisfy Luhn */
	return luhn_is_valid(value) && strspn(value, "0") != IMEI_DIGITS;
}

static bool normalise_uuid(char value[TEXT_MAX + 1])
{
	return is_hex(value, UUID_DIGITS) && !uuid_is_junk(value);
}

/* A locally administered address was invented by software. */
static bool normalise_mac(char value[TEXT_MAX + 1])
{
	if (!is_hex(value, MAC_DIGITS) || mac_is_junk(value))
		return false;
	return !strchr("2367ABEF", value[1]);
}

/* Dell's Express Service Code is the service tag, read as a number of base 36. */
static void dell_tag(char value[TEXT_MAX + 1])
{
	if (!is_digits(value, 10) && !is_digits(value, 11))
		return;
	uint64_t code = 0;
	for (const char *at = value; *at != '\0'; at++)
		code = code * 10 + (uint64_t)(*at - '0');
	char tag[DELL_TAG_SIZE + 1] = "";
	for (int i = DELL_TAG_SIZE - 1; i >= 0; i--) {
		tag[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[code % 36];
		code /= 36;
	}
	if (code == 0)
		memcpy(value, tag, sizeof tag);
}

/* Lenovo's bar code is "1S", 10 characters of type and model, 8 of serial. */
static void lenovo_serial(char value[TEXT_MAX + 1])
{
	if (strlen(value) == 20 && strncmp(value, "1S", 2) == 0)
		memmove(value, value + 12, 9);
}

static bool normalise_serial(char value[TEXT_MAX + 1], const char *maker)
{
	if (strcmp(maker, "DELL") == 0)
		dell_tag(value);
	if (strcmp(maker, "LENOVO") == 0)
		lenovo_serial(value);
	return !serial_is_junk(value);
}

/* "Hewlett-Packard", "HP Inc.", "HP": one maker. */
static void normalise_maker(const char *maker, char scope[TEXT_MAX + 1])
{
	static const struct {
		const char start[28], name[12];
	} known[] = {
		{ "HEWLETTPACKARDENTERPRISE", "HPE" }, { "HEWLETTPACKARD", "HP" },
		{ "HPINC", "HP" }, { "DELL", "DELL" }, { "LENOVO", "LENOVO" },
		{ "ASUS", "ASUS" }, { "ACER", "ACER" }, { "APPLE", "APPLE" },
		{ "SAMSUNG", "SAMSUNG" }, { "FUJITSU", "FUJITSU" }, { "TOSHIBA", "TOSHIBA" },
		{ "MICROSOFT", "MICROSOFT" }, { "HUAWEI", "HUAWEI" }, { "XIAOMI", "XIAOMI" },
		{ "SONY", "SONY" }, { "PANASONIC", "PANASONIC" }, { "MICROSTAR", "MSI" },
	};
	squeeze(maker, scope);
	if (maker_is_junk(scope))
		scope[0] = '\0';
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (scope[0] == known[i].start[0]
		    && strncmp(scope, known[i].start, strlen(known[i].start)) == 0) {
			memcpy(scope, known[i].name, strlen(known[i].name) + 1);
			return;
		}
	}
}

/* A structure: a member's name, a SIRET. Case and outer spaces do not matter. */
static void normalise_scope(const char *from, char scope[TEXT_MAX + 1])
{
	size_t used = 0;
	while (*from == ' ')
		from++;
	for (; *from != '\0' && used < TEXT_MAX; from++) {
		char c = *from;
		scope[used++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	while (used > 0 && scope[used - 1] == ' ')
		used--;
	scope[used] = '\0';
}

/* Scope, strength and whether the value is good, by kind. */
static bool normalise_kind(const Trac__Identifier *i, struct ident *out)
{
	switch (i->kind) {
	case TRAC__IDENTIFIER_KIND__SERIAL:
		normalise_maker(i->maker ? i->maker : "", out->scope);
		out->strength = out->scope[0] != '\0' ? STRONG : MEDIUM;
		return normalise_serial(out->value, out->scope);
	case TRAC__IDENTIFIER_KIND__BOARD_SERIAL:
	case TRAC__IDENTIFIER_KIND__CHASSIS_SERIAL:
		normalise_maker(i->maker ? i->maker : "", out->scope);
		out->strength = MEDIUM;
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__UUID:
		out->strength = MEDIUM;
		return normalise_uuid(out->value);
	case TRAC__IDENTIFIER_KIND__IMEI:
		out->strength = STRONG;
		return normalise_imei(out->value);
	case TRAC__IDENTIFIER_KIND__MAC:
		return normalise_mac(out->value);
	case TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL:
	case TRAC__IDENTIFIER_KIND__WWN:
	case TRAC__IDENTIFIER_KIND__PART_SERIAL:
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__LABEL:
	case TRAC__IDENTIFIER_KIND__ASSET_TAG:
		normalise_scope(i->scope ? i->scope : "", out->scope);
		out->strength = out->scope[0] != '\0' ? STRONG : MEDIUM;
		return !label_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__GS1:
		out->strength = STRONG;
		return !serial_is_junk(out->value);
	case TRAC__IDENTIFIER_KIND__IDENTIFIER_UNSPECIFIED:
	case _TRAC__IDENTIFIER_KIND_IS_INT_SIZE:
		break;
	}
	return out->value[0] != '\0';    /* a kind of a newer version: kept, never joined */
}

void ident_normalise(const Trac__Identifier *i, struct ident *out)
{
	out->kind = i->kind;
	out->strength = WEAK;
	out->scope[0] = '\0';
	const char *value = i->value ? i->value : "";
	bool whole = squeeze(value, out->value);
	if (is_hex(out->value, UUID_DIGITS))
		order_uuid(out->value);
	bool good = normalise_kind(i, out);
	out->junk = !good || !whole;
	assert(out->junk || out->value[0] != '\0');
}

bool ident_same(const struct ident *a, const struct ident *b)
{
	if (a->kind != b->kind || strcmp(a->value, b->value) != 0)
		return false;
	return a->scope[0] == '\0' || b->scope[0] == '\0' || strcmp(a->scope, b->scope) == 0;
}
