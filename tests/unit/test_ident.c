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
	if (type == KEY_VALUE || type == KEY_ANNOUNCED) {
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
	keys_of("corrected", "target=00112233445566778899aabbccddeeff reason=did_not_occur", &t);
	assert_int_equal(t.count, 2);
	assert_true(is_told(&t, "t00112233445566778899aabbccddeeff"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serials_are_squeezed),
		cmocka_unit_test(dell_codes_are_tags),
		cmocka_unit_test(imeis_pass_luhn),
		cmocka_unit_test(uuids_are_equal_in_both_byte_orders),
		cmocka_unit_test(junk_is_known),
		cmocka_unit_test(macs_of_software_are_junk),
		cmocka_unit_test(equality_needs_the_scope),
		cmocka_unit_test(nothing_breaks_it),
		cmocka_unit_test(events_have_their_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
