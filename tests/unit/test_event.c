/* event_check(): one case a rule, accepted and refused; the sentence names the field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "tests/unit/events.h"

#define DEVICE "serial=PF0S0001 maker=LENOVO "

static void accept(const char *kind, const char *pairs)
{
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, pairs, 1);
	buffer_clear(&b);
}

/* words: what the sentence must hold. */
static void refuse(const char *kind, const char *pairs, const char *words)
{
	struct fault f;
	event_refused(kind, pairs, &f);
	if (!strstr(f.text, words))
		fail_msg("%s %s: \"%s\" does not say \"%s\"", kind, pairs, f.text, words);
}

#define COLLECTED "donor_type=company origin_commune=31254 count=1 waste_status=product "
#define RECEIVED DEVICE "origin=external donor_type=company "

static void texts_have_their_form(void **state)
{
	(void)state;
	accept("collected", COLLECTED "commune=2A004");
	accept("collected", COLLECTED "commune=97411");
	accept("collected", COLLECTED "commune=98818");
	refuse("collected", COLLECTED "commune=3155", "commune \"3155\" must be the INSEE code");
	refuse("collected", COLLECTED "commune=20213", "commune");
	refuse("collected", COLLECTED "commune=2C004", "commune");
	refuse("collected", COLLECTED "commune=99100", "commune");
	refuse("collected", COLLECTED "origin_commune=00123", "collected.origin_commune");
	accept("collected", COLLECTED "donor=73282932000074");
	accept("collected", COLLECTED "donor=732829320");
	accept("collected", COLLECTED "donor=W123456789");
	accept("collected", COLLECTED "donor=credit-agricole");
	refuse("collected", COLLECTED "donor=0561000000", "collected.donor");
	refuse("collected", COLLECTED "donor=Dupont", "collected.donor");
	refuse("collected", COLLECTED "donor=-", "collected.donor");
	refuse("donation_announced", "donor_type=state count=1 retired_on=2026-02-30",
	       "donation_announced.retired_on");
	refuse("made_available", DEVICE "mode=loan recipient_type=final_user public=everyone "
	       "department=20", "made_available.department");
	accept("made_available", DEVICE "mode=loan recipient_type=final_user public=everyone "
	       "department=2B");
	accept("made_available", DEVICE "mode=loan recipient_type=final_user public=everyone "
	       "department=974");
	refuse("made_available", DEVICE "mode=loan recipient_type=final_user public=everyone "
	       "department=97", "made_available.department");
	refuse("made_available", DEVICE "mode=loan recipient_type=final_user public=everyone "
	       "department=311", "made_available.department");
}

static void personal_data_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"jean.dupont@example.fr", "x:a@b.c", "0612345678", "06.12.34.56.78",
		"06-12-34-56-78", "+33612345678", "+33-6-12-34-56-78", "tel:0612345678",
		"1-85-05-78-006-084-36", "185057800608436", "contact(0561000000)",
	};
	static const char *const good[] = {
		"atelier@12", "@", "a@", "@b.c", "lot-2026-03-02-0017", "2026-03-02-0017",
		"10.0.19045.3803", "b2", "123456789", "a1234567890b", "palette_0612345678",
		"12.34", "coordinatrice", "1.2.3",
	};
	char pairs[300];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(pairs, sizeof pairs, COLLECTED "operator=%s", bad[i]);
		refuse("collected", pairs, "operator");
		snprintf(pairs, sizeof pairs, DEVICE "recipient=envie nature=possession carrier=%s",
			 bad[i]);
		refuse("transfer_sent", pairs, "personal data never go into the log");
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		snprintf(pairs, sizeof pairs, COLLECTED "lot=%s", good[i]);
		accept("collected", pairs);
	}
	/* a serial may be any number */
	accept("received", "serial=0612345678 maker=ACME origin=external donor_type=state");
}

static void texts_are_bounded(void **state)
{
	(void)state;
	char pairs[400] = COLLECTED "lot=";
	size_t start = strlen(pairs);
	memset(pairs + start, 'x', TEXT_MAX);
	accept("collected", pairs);
	pairs[start + TEXT_MAX] = 'x';
	refuse("collected", pairs, "lot");
	refuse("collected", COLLECTED "lot=", "lot \"\" is empty");
	refuse("collected", COLLECTED "lot=a\x01", "lot");
	refuse("collected", COLLECTED "lot=a\xff", "lot");
}

static void numbers_are_bounded(void **state)
{
	(void)state;
	accept("audited", DEVICE "decision=wait battery_percent=0");
	accept("audited", DEVICE "decision=wait battery_percent=100");
	refuse("audited", DEVICE "decision=wait battery_percent=101",
	       "audited.battery_percent is 101: it must be 0 to 100");
	refuse("satisfaction_recorded", "score=6 answers=1 grid=g", "satisfaction_recorded.score");
	refuse("satisfaction_recorded", "score=0 answers=1 grid=g", "must be 1 to 5");
	refuse("collected", COLLECTED "count=0", "collected.count");
	refuse("identified", DEVICE "device_type=laptop year=1850", "identified.year");
	refuse("donation_announced", "donor_type=state count=1 types=laptop:0",
	       "donation_announced.types.count");
	accept("cost_recorded", "item=subsidy amount_cents=0 tax_included=no");
}

static void fields_depend_on_each_other(void **state)
{
	(void)state;
	accept("received", DEVICE "origin=network");
	refuse("received", DEVICE "origin=external", "received.donor_type is missing");
	refuse("made_available", DEVICE "mode=solidarity_sale recipient_type=final_user "
	       "public=low_income department=31", "made_available.price_cents is missing");
	accept("made_available", DEVICE "mode=solidarity_sale recipient_type=final_user "
	       "public=low_income department=31 price_cents=150,00");
	refuse("made_available", DEVICE "mode=donation recipient_type=final_user "
	       "public=low_income department=31 price_cents=100", "a donation has no price");
	refuse("upgraded", DEVICE "component=ram after_bytes=8GiB", "upgraded.before_bytes");
	refuse("upgraded", DEVICE "component=disk before_bytes=0", "upgraded.after_bytes");
	accept("upgraded", DEVICE "component=disk before_bytes=0 after_bytes=256GB");
	accept("upgraded", DEVICE "component=battery_pack");
	refuse("identified", DEVICE "device_type=laptop no_medium=yes medium=S3Z9NB0K:ssd",
	       "identified.no_medium");
	refuse("tested", DEVICE "grid=g grid_version=1 functions_expected=1 "
	       "results=sound:success,ports:success", "tested.results");
	refuse("weee_handed_over", "recipient=732829320 waste_code=160214 weight_grams=5",
	       "device is missing");
	refuse("identity_linked", "a=mac:001a2b3c4d5e b=label:A12::envie direction=link",
	       "identity_linked.a");
}

static void identifiers_must_identify(void **state)
{
	(void)state;
	refuse("received", "origin=network serial=System-Serial-Number maker=LENOVO",
	       "device serial \"System-Serial-Number\" identifies nothing");
	refuse("received", "origin=network imei=352099081234563", "device imei");
	accept("received", "origin=network imei=352099001761481");
	refuse("received", "origin=network serial=PF0S0001 label=None", "device label");
	refuse("received", "origin=network asset_tag=PC-12", "needs scope");
	accept("received", "origin=network asset_tag=PC-12 scope=dgfip-06");
	refuse("identity_linked", "a=serial:0000000:HP b=label:A12 direction=link",
	       "identity_linked.a serial");
	/* what was seen is kept raw, junk too, but does not make a device */
	accept("identified", DEVICE "device_type=laptop seen=serial:None:LENOVO");
	char pairs[600] = "origin=network serial=A0000";
	for (int i = 1; i <= EVENT_IDENTIFIERS_MAX; i++)
		sprintf(pairs + strlen(pairs), ",A%04d", i);
	refuse("received", pairs, "device has 17 identifiers: at most 16");
}

static void dates_are_plausible(void **state)
{
	(void)state;
	accept("received", RECEIVED "date=2020-01-01T00:00:00Z");
	refuse("received", RECEIVED "date=2019-12-31T23:59:59Z", "date is 2019-12-31T23:59:59");
	accept("received", RECEIVED "date=2026-03-03T10:00:00+01:00");
	refuse("received", RECEIVED "date=2026-03-03T10:05:00+01:00", "in the future");
	refuse("received", RECEIVED "date=2062-03-02", "in the future");
}

/* --- events that no draft makes --- */

static Trac__Event *reopen(const char *kind, const char *pairs)
{
	struct buffer b;
	struct fault f;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, pairs, 1);
	Trac__Event *e = event_open((struct span){ b.data, b.used }, &f);
	assert_non_null(e);
	buffer_clear(&b);
	return e;
}

static void check_packed(const Trac__Event *e, const char *words)
{
	struct buffer b;
	struct fault f;
	buffer_init(&b, 4 * ENTRY_SIZE_MAX);
	pack(e, &b);
	assert_int_equal(event_check((struct span){ b.data, b.used }, SAMPLE_NOW_MS, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	if (!strstr(f.text, words))
		fail_msg("\"%s\" does not say \"%s\"", f.text, words);
	buffer_clear(&b);
}

static void envelopes_are_whole(void **state)
{
	(void)state;
	Trac__Event *e = reopen("received", RECEIVED);
	Trac__Event copy = *e;
	copy.has_id = 0;
	check_packed(&copy, "id has 0 bytes");
	copy = *e;
	copy.id.len = 15;
	check_packed(&copy, "id has 15 bytes");
	copy = *e;
	copy.has_time_ms = 0;
	check_packed(&copy, "date is missing");
	copy = *e;
	copy.has_recorded_ms = 0;
	check_packed(&copy, "recorded_ms is missing");
	copy = *e;
	copy.has_zone_minutes = 0;
	check_packed(&copy, "zone_minutes");
	copy = *e;
	copy.zone_minutes = 841;
	check_packed(&copy, "zone_minutes is 841");
	copy = *e;
	copy.time_ms = INT64_MIN;
	check_packed(&copy, "date is");
	copy = *e;
	copy.time_ms = INT64_MAX;
	check_packed(&copy, "in the future");
	copy = *e;
	copy.commune = NULL;
	check_packed(&copy, "commune is missing");
	copy = *e;
	copy.body_case = TRAC__EVENT__BODY__NOT_SET;
	check_packed(&copy, "kind");
	unpack_free(e);
}

static void unknown_values_are_refused(void **state)
{
	(void)state;
	Trac__Event *e = reopen("received", RECEIVED);
	e->received->donor_type = (Trac__DonorType)99;
	check_packed(e, "received.donor_type has the unknown value 99: it must be one of company");
	e->received->donor_type = TRAC__DONOR_TYPE__DONOR_UNSPECIFIED;
	check_packed(e, "received.donor_type");
	unpack_free(e);
	e = reopen("corrected", "target=00112233445566778899aabbccddeeff reason=did_not_occur");
	e->corrected->target.len = 15;
	check_packed(e, "corrected.target has 15 bytes: it must have 16");
	unpack_free(e);
}

static void lists_are_bounded(void **state)
{
	(void)state;
	Trac__Event *e = reopen("audited", DEVICE "decision=wait defect=battery");
	static Trac__Function many[EVENT_LIST_MAX + 1];
	Trac__Function *before = e->audited->defect;
	for (size_t i = 0; i <= EVENT_LIST_MAX; i++)
		many[i] = TRAC__FUNCTION__SOUND;
	e->audited->defect = many;
	e->audited->n_defect = EVENT_LIST_MAX + 1;
	check_packed(e, "audited.defect lists 513 values: at most 512 fit");
	e->audited->defect = before;
	e->audited->n_defect = 1;
	unpack_free(e);
}

/* Field 200 of the envelope, a length-delimited value of 3 bytes. */
static const uint8_t newer_field[] = { 0xc2, 0x0c, 0x03, 'n', 'e', 'w' };

static void newer_events_are_opened_but_not_recorded(void **state)
{
	(void)state;
	struct buffer b;
	struct fault f;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, "received", RECEIVED, 1);
	write_bytes(&b, newer_field, sizeof newer_field);
	struct span bytes = { b.data, b.used };
	assert_int_equal(event_check(bytes, SAMPLE_NOW_MS, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	Trac__Event *e = event_open(bytes, &f);
	assert_non_null(e);
	assert_int_equal(e->body_case, TRAC__EVENT__BODY_RECEIVED);
	unpack_free(e);
	buffer_clear(&b);
}

static void sizes_and_junk_are_refused(void **state)
{
	(void)state;
	struct fault f;
	uint8_t *big = calloc(1, ENTRY_SIZE_MAX + 1);
	struct span bytes = { big, ENTRY_SIZE_MAX + 1 };
	assert_int_equal(event_check(bytes, SAMPLE_NOW_MS, &f), -1);
	assert_non_null(strstr(f.text, "65536 bytes"));
	assert_null(event_open(bytes, &f));
	assert_int_equal(f.code, FAULT_INPUT);
	bytes.size = 7;
	assert_int_equal(event_check(bytes, SAMPLE_NOW_MS, &f), -1);
	assert_null(event_open(bytes, &f));
	bytes.size = 0;
	assert_int_equal(event_check(bytes, SAMPLE_NOW_MS, &f), -1);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_have_their_form),
		cmocka_unit_test(personal_data_are_refused),
		cmocka_unit_test(texts_are_bounded),
		cmocka_unit_test(numbers_are_bounded),
		cmocka_unit_test(fields_depend_on_each_other),
		cmocka_unit_test(identifiers_must_identify),
		cmocka_unit_test(dates_are_plausible),
		cmocka_unit_test(envelopes_are_whole),
		cmocka_unit_test(unknown_values_are_refused),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(newer_events_are_opened_but_not_recorded),
		cmocka_unit_test(sizes_and_junk_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
