/*
 * Values that identify nothing. Exact ones are from GLPI's blacklist and the
 * tools named in the domain page; of eReuse's substrings only the wordy ones
 * are searched for anywhere: "012000" or "sku" would eat good serials such as
 * 5CG0120001, so these must be the whole value.
 */
#include "proto/life/junk.h"

#include <string.h>

#define COUNT(list) (sizeof list / sizeof *list)

/* Sizes are known here and asked first: hardly a good value gets further. */
struct junk {
	unsigned size;
	char text[36];
};
#define J(text) { sizeof text - 1, text }

static const struct junk serials[] = {
	J("N/A"), J("(NULLSTRING)"), J("INVALID"), J("SYS1234567890"), J("SYS9876543210"),
	J("SN12345"), J("SN1234567890"), J("MB1234567890"), J("0123456789"), J("123456789000"),
	J("12345678901234567"), J("123456789ABC"), J("EVAL"), J("IATPASS"), J("NONE"),
	J("EMPTY"), J("TULIPCOMPUTERS"), J("SN123456FVGV3I0B8O5N6N7K"), J("UNKNOW"),
	J("UNKNOWN"), J("NOTSPECIFIED"), J("OEM_SERIAL"), J("DEFAULTSTRING"),
	J("CHASSISSERIALNUMBER"), J("BASEBOARDSERIALNUMBER"), J("SERIALNUMBER"),
	J("NOTAPPLICABLE"), J("NOTAVAILABLE"), J("OEM"), J("O.E.M."), J("NULL"), J("012000"),
	J("SKU"), J("X.X"),
};

static const struct junk serial_parts[] = {
	J("TOBEFILLED"), J("SYSTEMMANUFACTURER"), J("SYSTEMPRODUCT"), J("SERNUM"), J("XXXXX"),
	J("NOTSPECIFIED"), J("MODULEPARTNUMBER"), J("SYSTEMSERIAL"), J("PARTNUM"),
};
#define SERIAL_PART_MIN 5   /* the shortest */

/* Each in the smaller of its two byte orders. */
static const struct junk uuids[] = {
	J("00020003000400050006000700080009"),
	J("00B3B56A8D5314109FB5B0684D007B53"),   /* 6AB5B300-538D-1014-... */
	J("01010101010101010101010101010101"),
	/* two real machines shared it: fusioninventory-for-glpi #878 */
	J("44454C4C560010488057B3C04F584831"),
};

static const struct junk macs[] = {
	J("505054503030"), J("204153594EFF"), J("0A0027000000"), J("028037EC0200"),
	J("00A0C6000000"),
};
static const struct junk mac_starts[] = {
	J("005056C0"),   /* VMware */
	J("FEFF"),
};

static const struct junk labels[] = {
	J("ASSET1234567890"), J("NOASSETTAG"), J("NONE"), J("N/A"), J("NULL"), J("EMPTY"),
	J("UNKNOWN"), J("DEFAULTSTRING"), J("NOTSPECIFIED"), J("TOBEFILLEDBYO.E.M."),
};

static const struct junk makers[] = {
	J("TOBEFILLEDBYO.E.M."), J("SYSTEMMANUFACTURER"), J("DEFAULTSTRING"), J("UNKNOWN"),
	J("NONE"), J("N/A"), J("OEM"), J("O.E.M."), J("NOTSPECIFIED"), J("*"), J("NULL"),
};

static bool is_in(const char *value, size_t size, const struct junk *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (size == list[i].size && value[0] == list[i].text[0]
		    && memcmp(value, list[i].text, size) == 0)
			return true;
	}
	return false;
}

/* The value begins with it. size: of what is left of the value. */
static bool is_start(const char *value, size_t size, const struct junk *start)
{
	return size >= start->size && memcmp(value, start->text, start->size) == 0;
}

/* One of the list is somewhere in the value. */
static bool holds_part(const char *value, size_t size)
{
	for (; size >= SERIAL_PART_MIN; value++, size--) {
		/* what the parts begin with */
		if (*value != 'T' && *value != 'S' && *value != 'X' && *value != 'N'
		    && *value != 'M' && *value != 'P')
			continue;
		for (size_t i = 0; i < COUNT(serial_parts); i++) {
			if (*value == serial_parts[i].text[0]
			    && is_start(value, size, &serial_parts[i]))
				return true;
		}
	}
	return false;
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
	return is_in(value, size, serials, COUNT(serials)) || holds_part(value, size);
}

bool uuid_is_junk(const char *value)
{
	size_t size = strlen(value);
	return is_one_character(value, size) || is_in(value, size, uuids, COUNT(uuids));
}

bool mac_is_junk(const char *value)
{
	size_t size = strlen(value);
	if (is_one_character(value, size) || is_in(value, size, macs, COUNT(macs)))
		return true;
	for (size_t i = 0; i < COUNT(mac_starts); i++) {
		if (is_start(value, size, &mac_starts[i]))
			return true;
	}
	return false;
}

bool label_is_junk(const char *value)
{
	return value[0] == '\0' || is_in(value, strlen(value), labels, COUNT(labels));
}

bool maker_is_junk(const char *value)
{
	return is_in(value, strlen(value), makers, COUNT(makers));
}
