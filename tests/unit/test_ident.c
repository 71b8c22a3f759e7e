/* Identifiers: normalising, junk, and keys. Values of the domain page, 5.1 and 5.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/ident.h"
#include "proto/wire/unpack.h"
#include "tests/unit/events.h"

static struct ident normal(Trac__IdentifierKind kind, const char *value, const char *scope)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	struct ident out;
	i.has_kind = 1;
	i.kind = kind;
	i.value = (char *)value;
	i.maker = i.scope = (char *)scope;
	ident_normalise(&i, &out);
	return out;
}

#define SERIAL TRAC__IDENTIFIER_KIND__SERIAL
#define UUID TRAC__IDENTIFIER_KIND__UUID
#define IMEI TRAC__IDENTIFIER_KIND__IMEI
#define MAC TRAC__IDENTIFIER_KIND__MAC
#define LABEL TRAC__IDENTIFIER_KIND__LABEL

static void expect(Trac__IdentifierKind kind, const char *value, const char *scope,
		   const char *wanted)
{
	struct ident id = normal(kind, value, scope);
	assert_false(id.junk);
	assert_string_equal(id.value, wanted);
}

static void serials_are_squeezed(void **state)
{
	(void)state;
	expect(SERIAL, " pf0s-0001 ", "LENOVO", "PF0S0001");
	expect(SERIAL, "S/N: PF0S0001", "LENOVO", "PF0S0001");
	expect(SERIAL, "PF0S\xc2\xa0" "0001\xe2\x80\x91" "A", "LENOVO", "PF0S0001A");
	expect(SERIAL, "1S20L6S0GD00PF1ABCDE", "Lenovo", "PF1ABCDE");
	expect(SERIAL, "5CG0120001", "HP", "5CG0120001");
	assert_string_equal(normal(SERIAL, "X1234", "Hewlett-Packard").scope, "HP");
	assert_string_equal(normal(SERIAL, "X1234", "HP Inc.").scope, "HP");
	assert_string_equal(normal(SERIAL, "X1234", "Dell Inc.").scope, "DELL");
	assert_int_equal(normal(SERIAL, "X1234", "DELL").strength, STRONG);
	assert_int_equal(normal(SERIAL, "X1234", NULL).strength, MEDIUM);
	assert_int_equal(normal(SERIAL, "X1234", "System manufacturer").strength, MEDIUM);
}

static void dell_codes_are_tags(void **state)
{
	(void)state;
	expect(SERIAL, "10829186210", "Dell Inc.", "4Z3F1K2");
	expect(SERIAL, "108 291 862 10", "DELL", "4Z3F1K2");
	expect(SERIAL, "4z3f1k2", "DELL", "4Z3F1K2");
	expect(SERIAL, "10829186210", "HP", "10829186210");
	/* 36^7 and above is no code */
	expect(SERIAL, "78364164096", "DELL", "78364164096");
}

#define MEDIUM_SERIAL TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL
#define GS1 TRAC__IDENTIFIER_KIND__GS1
#define WWN TRAC__IDENTIFIER_KIND__WWN

static void bar_codes_lose_their_prefix(void **state)
{
	(void)state;
	expect(SERIAL, "SPF1ABCDE", "LENOVO", "PF1ABCDE");
	expect(SERIAL, "SPF1ABCD", "LENOVO", "SPF1ABCD");       /* 8 characters: its own S */
	expect(SERIAL, "S5CG0120001", "Hewlett-Packard", "5CG0120001");
	expect(SERIAL, "S5CG012000", "HP", "S5CG012000");
	expect(SERIAL, "SC02XK1AAJG5H", "Apple Inc.", "C02XK1AAJG5H");
	expect(SERIAL, "SPF1ABCDE", "ACER", "SPF1ABCDE");
	expect(SERIAL, "100000000", "DELL", "01NJCHS");         /* 9 digits */
}

/* What GS1's and EPC's own documents give as examples, and what they exclude. */
static void keys_of_gs1_are_checked(void **state)
{
	(void)state;
	expect(GS1, "106141412345678908", NULL, "106141412345678908");
	expect(GS1, "(00) 106141412345678908", NULL, "106141412345678908");
	expect(GS1, "00106141412345678908", NULL, "106141412345678908");
	expect(GS1, "urn:epc:id:sscc:0614141.1234567890", NULL, "106141412345678908");
	assert_true(normal(GS1, "106141412345678907", NULL).junk);
	assert_true(normal(GS1, "(00)106141412345678907", NULL).junk);
	assert_true(normal(GS1, "urn:epc:id:sscc:0614141.12345", NULL).junk);
	expect(GS1, "urn:epc:id:grai:0614141.12345.400", NULL, "00614141123452400");
	expect(GS1, "(8003)00614141123452400", NULL, "00614141123452400");
	expect(GS1, "800300614141123452400", NULL, "00614141123452400");
	assert_true(normal(GS1, "(8003)00614141123453400", NULL).junk);
	expect(GS1, "urn:epc:id:giai:0614141.12345400", NULL, "061414112345400");
	expect(GS1, "(8004)061414112345400", NULL, "061414112345400");
	expect(GS1, "8004061414112345400", NULL, "061414112345400");
	assert_true(normal(GS1, "urn:epc:id:sgtin:0614141.812345.6789", NULL).junk);
	assert_true(normal(GS1, "(8004)0123456789012345678901234567890", NULL).junk);
	assert_true(normal(GS1, "(", NULL).junk);
	assert_true(normal(GS1, "()", NULL).junk);
	assert_int_equal(normal(GS1, "8004ABCDEF", NULL).strength, STRONG);
}

static void disks_are_known_in_both_byte_orders(void **state)
{
	(void)state;
	expect(MEDIUM_SERIAL, "S3Z9NB0K", NULL, "S3Z9NB0K");
	expect(MEDIUM_SERIAL, "3S9ZBNK0", NULL, "S3Z9NB0K");
	/* of odd length, so that its last character stands beside a blank */
	expect(MEDIUM_SERIAL, "WD-WCC2E1234567", NULL, "WDWCC2E1234567");
	expect(MEDIUM_SERIAL, "    W -DCW2C1E325476", NULL, "WDWCC2E1234567");
	expect(MEDIUM_SERIAL, "202020205720" "2d44435732433145" "333235343736", NULL,
	       "WDWCC2E1234567");
	/* numbers that count up are often each other, turned */
	expect(MEDIUM_SERIAL, "00000012", NULL, "00000012");
	expect(MEDIUM_SERIAL, "00000021", NULL, "00000021");
	expect(MEDIUM_SERIAL, "AABBCC0000000012", NULL, "AABBCC0000000012");
	expect(MEDIUM_SERIAL, "AABBCC0000000021", NULL, "AABBCC0000000021");
	/* only of disks */
	expect(SERIAL, "3S9ZBNK0", "HP", "3S9ZBNK0");
	expect(WWN, "0x5000c500a1b2c3d4", NULL, "5000C500A1B2C3D4");
	expect(WWN, "naa.5000c500a1b2c3d4", NULL, "5000C500A1B2C3D4");
	expect(WWN, "wwn-0x5000c500a1b2c3d4", NULL, "5000C500A1B2C3D4");
	expect(WWN, "5 000c50 0a1b2c3d4", NULL, "5000C500A1B2C3D4");
	expect(WWN, "eui.0025385581b2c3d4", NULL, "0025385581B2C3D4");
	assert_true(normal(WWN, "0x0000000000000000", NULL).junk);
}

static void imeis_pass_luhn(void **state)
{
	(void)state;
	assert_true(luhn_is_valid("352099001761481"));
	assert_false(luhn_is_valid("352099081234563"));
	assert_false(luhn_is_valid("35209900176148"));
	assert_false(luhn_is_valid("35209900176148A"));
	assert_false(luhn_is_valid(""));
	expect(IMEI, "352099-00-176148-1", NULL, "352099001761481");
	/* IMEISV: the first 14 digits are compared */
	expect(IMEI, "3520990017614823", NULL, "352099001761481");
	expect(IMEI, "352099/00/176148/1", NULL, "352099001761481");
	expect(IMEI, "352099001761481 / 23", NULL, "352099001761481");
	assert_true(normal(IMEI, "352099081234563", NULL).junk);
	assert_true(normal(IMEI, "000000000000000", NULL).junk);
	assert_int_equal(normal(IMEI, "352099001761481", NULL).strength, STRONG);
}

static void uuids_are_equal_in_both_byte_orders(void **state)
{
	(void)state;
	struct ident a = normal(UUID, "00112233-4455-6677-8899-AABBCCDDEEFF", NULL);
	struct ident b = normal(UUID, "33221100-5544-7766-8899-aabbccddeeff", NULL);
	assert_false(a.junk);
	assert_true(ident_same(&a, &b));
	assert_string_equal(a.value, "00112233445566778899AABBCCDDEEFF");
	assert_int_equal(a.strength, MEDIUM);
	char query[TEXT_MAX + 1];
	ident_query("{33221100-5544-7766-8899-aabbccddeeff", query);   /* not a UUID */
	assert_string_not_equal(query, a.value);
	ident_query("33221100-5544-7766-8899-aabbccddeeff", query);
	assert_string_equal(query, a.value);
}

static void junk_is_known(void **state)
{
	(void)state;
	static const char *const serials[] = {
		"", "N/A", "(null string)", "INVALID", "SYS-1234567890", "SN-12345", "0000000",
		"1111", "01010101", "0123456789", "12345", "1234567890", "123456789000",
		"NNNNNNN", "xxxxxxxxxxx", "EVAL", "none", "empty", "To Be Filled By O.E.M.",
		"To be filled by O.E.M", "Tulip Computers", "Serial Number xxxxxx", "Unknow",
		"System Serial Number", "SystemSerialNumb", "Not Specified", "OEM_Serial",
		"Default string", "Chassis Serial Number", "Not Applicable", "OEM", ".", "-",
		"123456789ABC", "ABC", "1.0.0", "FFFFF", "x.x", "sku", "ModulePartNumber", "----",
	};
	for (size_t i = 0; i < sizeof serials / sizeof *serials; i++) {
		if (!normal(SERIAL, serials[i], "ACME").junk)
			fail_msg("serial \"%s\" was taken for good", serials[i]);
	}
	static const char *const uuids[] = {
		"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "00000000-0000-0000-0000-000000000000",
		"03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
		"6AB5B300-538D-1014-9FB5-B0684D007B53", "01010101-0101-0101-0101-010101010101",
		"44454C4C-5600-1048-8057-B3C04F584831", "2", "",
		"00112233-4455-6677-8899-AABBCCDDEEF",
	};
	for (size_t i = 0; i < sizeof uuids / sizeof *uuids; i++) {
		if (!normal(UUID, uuids[i], NULL).junk)
			fail_msg("uuid \"%s\" was taken for good", uuids[i]);
	}
	assert_true(normal(LABEL, "No Asset Tag", "envie").junk);
	assert_true(normal(LABEL, "Asset-1234567890", "envie").junk);
	assert_false(normal(LABEL, "7", "envie").junk);
}

static void macs_of_software_are_junk(void **state)
{
	(void)state;
	expect(MAC, "00:1a:2b:3c:4d:5e", NULL, "001A2B3C4D5E");
	assert_int_equal(normal(MAC, "00:1a:2b:3c:4d:5e", NULL).strength, WEAK);
	static const char *const macs[] = {
		"00:00:00:00:00:00", "FE:FF:12:34:56:78", "50:50:54:50:30:30", "20:41:53:59:4E:FF",
		"00:50:56:C0:00:08", "0A:00:27:00:00:00", "02:80:37:EC:02:00", "00:A0:C6:00:00:00",
		"06:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5g",
	};
	for (size_t i = 0; i < sizeof macs / sizeof *macs; i++) {
		if (!normal(MAC, macs[i], NULL).junk)
			fail_msg("mac \"%s\" was taken for good", macs[i]);
	}
}

static void equality_needs_the_scope(void **state)
{
	(void)state;
	struct ident a = normal(SERIAL, "X1234", "DELL"), b = normal(SERIAL, "x-1234", "Dell Inc");
	struct ident c = normal(SERIAL, "X1234", "HP"), none = normal(SERIAL, "X1234", NULL);
	assert_true(ident_same(&a, &b));
	assert_false(ident_same(&a, &c));
	assert_true(ident_same(&a, &none));
	struct ident l = normal(LABEL, "A-12", "Envie"), m = normal(LABEL, "a12", "envie");
	struct ident n = normal(LABEL, "A12", "humanis");
	assert_true(ident_same(&l, &m));
	assert_false(ident_same(&l, &n));
	assert_false(ident_same(&l, &a));
}

static void nothing_breaks_it(void **state)
{
	(void)state;
	Trac__Identifier empty = TRAC__IDENTIFIER__INIT;
	struct ident out;
	ident_normalise(&empty, &out);
	assert_true(out.junk);
	char longest[TEXT_MAX + 100];
	for (size_t i = 0; i < sizeof longest - 1; i++)
		longest[i] = (char)('A' + i % 26);
	longest[sizeof longest - 1] = '\0';
	assert_true(normal(SERIAL, longest, longest).junk);
	assert_true(normal(UUID, longest, NULL).junk);
	assert_false(normal((Trac__IdentifierKind)77, "X", NULL).junk);
	assert_int_equal(normal((Trac__IdentifierKind)77, "X", NULL).strength, WEAK);
	char query[TEXT_MAX + 1];
	ident_query(longest, query);
	assert_int_equal(strlen(query), TEXT_MAX);
	ident_query("\xe2\x80", query);
	ident_query("\xc2", query);
}

/* --- what is typed --- */

static void expect_query(const char *typed, const char *wanted)
{
	char value[TEXT_MAX + 1], reading[IDENT_READINGS_MAX][TEXT_MAX + 1];
	ident_query(typed, value);
	assert_string_equal(value, wanted);
	assert_true(ident_readings(typed, reading) > 0);
	assert_string_equal(reading[0], wanted);
}

static bool is_read_as(const char *typed, const char *wanted)
{
	char reading[IDENT_READINGS_MAX][TEXT_MAX + 1];
	unsigned count = ident_readings(typed, reading);
	for (unsigned i = 0; i < count; i++) {
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(reading[i], reading[k]);
		if (strcmp(reading[i], wanted) == 0)
			return true;
	}
	return false;
}

static void scanners_are_understood(void **state)
{
	(void)state;
	expect_query("5CG0120001\r\n", "5CG0120001");
	expect_query("]C15CG0120001\r", "5CG0120001");
	expect_query("TRAC:K7QX-3M9T-C", "K7QX3M9TC");
	expect_query("trac:k7qx3m9tc", "K7QX3M9TC");
	expect_query("https://trac.example/obj/k7qx-3m9t-c?from=label", "K7QX3M9TC");
	expect_query("HTTPS://example/x/obj/A%2D12/", "A12");
	expect_query("S/N: 5CG0120001", "5CG0120001");
	expect_query("SN:5CG0120001", "5CG0120001");
	expect_query("urn:uuid:33221100-5544-7766-8899-aabbccddeeff",
		     "00112233445566778899AABBCCDDEEFF");
	expect_query("{33221100-5544-7766-8899-aabbccddeeff}",
		     "00112233445566778899AABBCCDDEEFF");
	assert_true(is_read_as("]C100106141412345678908", "106141412345678908"));
	assert_true(is_read_as("urn:epc:id:giai:0614141.12345400", "061414112345400"));
	assert_true(is_read_as("1S20L6S0GD00PF1ABCDE", "PF1ABCDE"));
	assert_true(is_read_as("SPF1ABCDE", "PF1ABCDE"));
	assert_true(is_read_as("S5CG0120001", "5CG0120001"));
	assert_true(is_read_as("3520990017614823", "352099001761481"));
	assert_true(is_read_as("35209900176148", "352099001761481"));
	assert_true(is_read_as("0x5000c500a1b2c3d4", "5000C500A1B2C3D4"));
	assert_true(is_read_as("001a.2b3c.4d5e", "001A2B3C4D5E"));
	assert_true(is_read_as("3S9ZBNK0", "S3Z9NB0K"));
	assert_true(is_read_as("S3Z9NB0K", "S3Z9NB0K"));
	char reading[IDENT_READINGS_MAX][TEXT_MAX + 1];
	assert_int_equal(ident_readings(" -\r\n", reading), 0);
}

/* Whatever is on the label is found, with and without a maker. */
static void dell_codes_and_tags_find_each_other(void **state)
{
	(void)state;
	assert_true(is_read_as("108 291 862 10", "4Z3F1K2"));
	assert_true(is_read_as("4z3f1k2", "10829186210"));
	assert_false(is_read_as("78364164096", "0000000"));
	assert_false(is_read_as("PF0S0001", "4Z3F1K2"));
}

static void look_alikes_are_suggested(void **state)
{
	char out[TEXT_MAX + 1] = "OILSBZA7";
	(void)state;
	ident_confusable(out, out);
	assert_string_equal(out, "011582A7");
	char other[TEXT_MAX + 1];
	ident_confusable("5CGO1S7", out);
	ident_confusable("5CG0I57", other);
	assert_string_equal(out, other);
	ident_confusable("", out);
	assert_string_equal(out, "");
}

/* --- keys --- */

struct told {
	unsigned count;
	char line[20][2 * TEXT_MAX];
};

static void tell(void *ctx, enum event_key type, const void *key, size_t size)
{
	struct told *t = ctx;
	assert_in_range(t->count, 0, 19);
	char *line = t->line[t->count++];
	line[0] = (char)type;
	if (type != KEY_EVENT && type != KEY_TARGET) {
		memcpy(line + 1, key, size);
		line[1 + size] = '\0';
		return;
	}
	assert_int_equal(size, 16);
	hex_write(line + 1, key, size);
}

static void keys_of(const char *kind, const char *pairs, struct told *t)
{
	struct buffer b;
	struct fault f;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, pairs, 1);
	Trac__Event *e = event_open((struct span){ b.data, b.used }, &f);
	assert_non_null(e);
	t->count = 0;
	event_keys(e, tell, t);
	unpack_free(e);
	buffer_clear(&b);
}

static bool is_told(const struct told *t, const char *line)
{
	for (unsigned i = 0; i < t->count; i++) {
		if (strcmp(t->line[i], line) == 0)
			return true;
	}
	return false;
}

static void events_have_their_keys(void **state)
{
	(void)state;
	struct told t;
	keys_of("identified", "serial=pf0s-0001 maker=LENOVO label=A-12 device_type=laptop "
		"seen=uuid:33221100-5544-7766-8899-aabbccddeeff,serial:None "
		"medium=S3Z9-NB0K:ssd,n/a:hdd,:emmc", &t);
	assert_int_equal(t.count, 5);
	assert_int_equal(t.line[0][0], 'e');
	assert_true(is_told(&t, "vPF0S0001"));
	assert_true(is_told(&t, "vA12"));
	assert_true(is_told(&t, "v00112233445566778899AABBCCDDEEFF"));
	assert_true(is_told(&t, "vS3Z9NB0K"));
	keys_of("identity_linked", "a=serial:PF0S0001:LENOVO b=label:A12 direction=link", &t);
	assert_int_equal(t.count, 3);
	assert_true(is_told(&t, "vA12"));
	keys_of("donation_announced", "donor_type=state count=2 "
		"announced=serial:AAAA1,serial:BBBB2", &t);
	assert_int_equal(t.count, 3);
	keys_of("medium_destroyed", "medium=S3Z9NB0K:ssd method=shredding result=success", &t);
	assert_true(is_told(&t, "vS3Z9NB0K"));
	keys_of("data_erased", "serial=PF0S0001 medium.serial=3S9ZBNK0 medium.type=ssd "
		"medium.wwn=0x5000c500a1b2c3d4 level=purge tool=nwipe verification=full "
		"technique=ata_secure_erase result=success", &t);
	assert_true(is_told(&t, "vS3Z9NB0K"));
	assert_true(is_told(&t, "v5000C500A1B2C3D4"));
	keys_of("corrected", "target=00112233445566778899aabbccddeeff reason=did_not_occur", &t);
	assert_int_equal(t.count, 2);
	assert_true(is_told(&t, "t00112233445566778899aabbccddeeff"));
}

static void donors_and_lots_have_keys(void **state)
{
	(void)state;
	struct told t;
	keys_of("received", "serial=PF0S0001 origin=external donor_type=state donor=dgfip-06 "
		"lot=Palette-7", &t);
	assert_true(is_told(&t, "ddgfip-06"));
	assert_true(is_told(&t, "lpalette-7"));
	keys_of("collected", "donor_type=state origin_commune=31254 count=8 waste_status=product "
		"donor=73282932000074", &t);
	/* of a SIRET also the SIREN */
	assert_int_equal(t.count, 3);
	assert_true(is_told(&t, "d73282932000074"));
	assert_true(is_told(&t, "d732829320"));
	keys_of("donation_announced", "donor_type=state count=2 donor=W123456789", &t);
	assert_true(is_told(&t, "dw123456789"));
	keys_of("audited", "serial=PF0S0001 decision=wait lot=A", &t);
	assert_int_equal(t.count, 3);
	assert_true(is_told(&t, "la"));
	char scope[TEXT_MAX + 1];
	ident_scope("  Ville de Lyon ", scope);
	assert_string_equal(scope, "ville de lyon");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serials_are_squeezed),
		cmocka_unit_test(dell_codes_are_tags),
		cmocka_unit_test(bar_codes_lose_their_prefix),
		cmocka_unit_test(keys_of_gs1_are_checked),
		cmocka_unit_test(disks_are_known_in_both_byte_orders),
		cmocka_unit_test(imeis_pass_luhn),
		cmocka_unit_test(uuids_are_equal_in_both_byte_orders),
		cmocka_unit_test(junk_is_known),
		cmocka_unit_test(macs_of_software_are_junk),
		cmocka_unit_test(equality_needs_the_scope),
		cmocka_unit_test(nothing_breaks_it),
		cmocka_unit_test(scanners_are_understood),
		cmocka_unit_test(dell_codes_and_tags_find_each_other),
		cmocka_unit_test(look_alikes_are_suggested),
		cmocka_unit_test(events_have_their_keys),
		cmocka_unit_test(donors_and_lots_have_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
