/*
 * Values that identify nothing. Exact ones are from GLPI's blacklist and the
 * tools named in the domain page; of eReuse's substrings only the wordy ones
 * are searched for anywhere: "012000" or "sku" would eat good serials such as
 * 5CG0120001, so these must be the whole value.
 */
#include "proto/life/junk.h"

#include <string.h>

#define COUNT(list) (sizeof list / sizeof *list)

static const char *const serials[] = {
	"N/A", "(NULLSTRING)", "INVALID", "SYS1234567890", "SYS9876543210", "SN12345",
	"SN1234567890", "MB1234567890", "0123456789", "123456789000", "12345678901234567",
	"123456789ABC", "EVAL", "IATPASS", "NONE", "EMPTY", "TULIPCOMPUTERS",
	"SN123456FVGV3I0B8O5N6N7K", "UNKNOW", "UNKNOWN", "NOTSPECIFIED", "OEM_SERIAL",
	"DEFAULTSTRING", "CHASSISSERIALNUMBER", "BASEBOARDSERIALNUMBER", "SERIALNUMBER",
	"NOTAPPLICABLE", "NOTAVAILABLE", "OEM", "O.E.M.", "NULL", "012000", "SKU", "X.X",
};

static const char *const serial_parts[] = {
	"TOBEFILLED", "SYSTEMMANUFACTURER", "SYSTEMPRODUCT", "SERNUM", "XXXXX",
	"NOTSPECIFIED", "MODULEPARTNUMBER", "SYSTEMSERIAL", "PARTNUM",
};

/* Each in the smaller of its two byte orders. */
static const char *const uuids[] = {
	"00020003000400050006000700080009",
	"00B3B56A8D5314109FB5B0684D007B53",   /* 6AB5B300-538D-1014-... */
	"01010101010101010101010101010101",
	/* two real machines shared it: fusioninventory-for-glpi #878 */
	"44454C4C560010488057B3C04F584831",
};

static const char *const macs[] = {
	"505054503030", "204153594EFF", "0A0027000000", "028037EC0200", "00A0C6000000",
};
static const char *const mac_starts[] = {
	"005056C0",   /* VMware */
	"FEFF",
};

static const char *const labels[] = {
	"ASSET1234567890", "NOASSETTAG", "NONE", "N/A", "NULL", "EMPTY", "UNKNOWN",
	"DEFAULTSTRING", "NOTSPECIFIED", "TOBEFILLEDBYO.E.M.",
};

static const char *const makers[] = {
	"TOBEFILLEDBYO.E.M.", "SYSTEMMANUFACTURER", "DEFAULTSTRING", "UNKNOWN", "NONE", "N/A",
	"OEM", "O.E.M.", "NOTSPECIFIED", "*", "NULL",
};

static bool is_in(const char *value, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		/* every event comes by here: most values differ in the first letter */
		if (value[0] == list[i][0] && strcmp(value, list[i]) == 0)
			return true;
	}
	return false;
}

/* Also true of the empty text. */
static bool is_one_character(const char *value)
{
	return strspn(value, (char[]){ value[0], '\0' }) == strlen(value);
}

/* "12345", "123456", ... "1234567890" */
static bool is_counting(const char *value)
{
	size_t size = strlen(value);
	return size >= 5 && size <= 10 && strncmp(value, "1234567890", size) == 0;
}

/* "1.0.0": a version that got into the wrong field. */
static bool is_version(const char *value)
{
	return strlen(value) == 5 && strspn(value, "0123456789.") == 5
	       && value[1] == '.' && value[3] == '.';
}

bool serial_is_junk(const char *value)
{
	if (strlen(value) < 4 || is_one_character(value) || is_counting(value))
		return true;
	if (strspn(value, "01") == strlen(value) || is_version(value))
		return true;
	if (is_in(value, serials, COUNT(serials)))
		return true;
	for (size_t i = 0; i < COUNT(serial_parts); i++) {
		if (strstr(value, serial_parts[i]))
			return true;
	}
	return false;
}

bool uuid_is_junk(const char *value)
{
	return is_one_character(value) || is_in(value, uuids, COUNT(uuids));
}

bool mac_is_junk(const char *value)
{
	if (is_one_character(value) || is_in(value, macs, COUNT(macs)))
		return true;
	for (size_t i = 0; i < COUNT(mac_starts); i++) {
		if (strncmp(value, mac_starts[i], strlen(mac_starts[i])) == 0)
			return true;
	}
	return false;
}

bool label_is_junk(const char *value)
{
	return value[0] == '\0' || is_in(value, labels, COUNT(labels));
}

bool maker_is_junk(const char *value)
{
	return is_in(value, makers, COUNT(makers));
}
