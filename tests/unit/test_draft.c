/* Drafts: every way in which a value is written, and how each is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "tests/unit/events.h"

/* A draft with its pairs set, packed and opened again. */
static Trac__Event *make(const char *kind, const char *const pairs[][2])
{
	struct fault f;
	struct buffer b;
	struct draft *d = draft_create(kind_by_name(kind));
	assert_non_null(d);
	for (size_t i = 0; pairs[i][0]; i++) {
		if (draft_set(d, pairs[i][0], pairs[i][1], &f) < 0)
			fail_msg("%s=%s: %s", pairs[i][0], pairs[i][1], f.text);
	}
	buffer_init(&b, ENTRY_SIZE_MAX);
	draft_write(d, &b);
	draft_destroy(d);
	Trac__Event *e = event_open((struct span){ b.data, b.used }, &f);
	assert_non_null(e);
	buffer_clear(&b);
	return e;
}

static void refuse(const char *kind, const char *name, const char *value, const char *words)
{
	struct fault f;
	struct draft *d = draft_create(kind_by_name(kind));
	assert_non_null(d);
	if (draft_set(d, name, value, &f) == 0)
		fail_msg("%s=%s was accepted", name, value);
	assert_int_equal(f.code, FAULT_INPUT);
	if (!strstr(f.text, words))
		fail_msg("%s=%s: \"%s\" does not say \"%s\"", name, value, f.text, words);
	draft_destroy(d);
}

static void envelopes_are_set(void **state)
{
	(void)state;
	Trac__Event *e = make("identified", (const char *const[][2]){
		{ "maker", "Lenovo" }, { "serial", "PF0S0001" }, { "imei", "352099001761481,1" },
		{ "etiquette", "A-12" }, { "scope", "envie" }, { "commune", "31555" },
		{ "operator", "tech" }, { "lot", "L1" }, { "agreement", "C1" },
		{ "id", "00112233445566778899AABBCCDDEEFF" },
		{ "date", "2026-03-02T10:04:11+01:00" }, { "lot", "L2" }, { NULL, NULL },
	});
	assert_int_equal(e->n_device, 4);
	assert_int_equal(e->device[0]->kind, TRAC__IDENTIFIER_KIND__SERIAL);
	assert_string_equal(e->device[0]->maker, "Lenovo");
	assert_null(e->device[0]->scope);
	assert_string_equal(e->device[1]->value, "352099001761481");
	assert_null(e->device[1]->maker);
	assert_int_equal(e->device[2]->kind, TRAC__IDENTIFIER_KIND__IMEI);
	assert_string_equal(e->device[3]->value, "A-12");
	assert_string_equal(e->device[3]->scope, "envie");
	assert_string_equal(e->commune, "31555");
	assert_string_equal(e->operator_, "tech");
	assert_string_equal(e->lot, "L2");       /* setting again replaces */
	assert_int_equal(e->id.len, 16);
	assert_int_equal(e->id.data[15], 0xff);
	assert_int_equal(e->time_ms, SAMPLE_NOW_MS);
	assert_int_equal(e->zone_minutes, 60);
	unpack_free(e);
}

static void dates_take_the_zone_that_was_given(void **state)
{
	(void)state;
	Trac__Event *e = make("lost", (const char *const[][2]){
		{ "zone", "+04:00" }, { "date", "2026-03-02" }, { NULL, NULL },
	});
	assert_int_equal(e->zone_minutes, 240);
	assert_int_equal(e->time_ms, 1772438400000);   /* 08:00 UTC is midday there */
	unpack_free(e);
	struct draft *d = draft_create(kind_by_name("lost"));
	assert_false(draft_has_time(d));
	draft_time(d, 5, 60);
	assert_true(draft_has_time(d));
	draft_destroy(d);
	draft_destroy(NULL);
	refuse("lost", "date", "yesterday", "write it 2026-03-02");
	refuse("lost", "zone", "Paris", "zone");
	refuse("lost", "zone", "900", "zone");
}

static void values_are_read_by_type(void **state)
{
	(void)state;
	Trac__Event *e = make("data_erased", (const char *const[][2]){
		{ "medium.serial", "S3Z9" }, { "medium.type", "SSD" },
		{ "medium.capacity_bytes", "256 GB" }, { "level", "purge" },
		{ "technique", "reecriture" }, { "result", "reussi" }, { "passes", "3" },
		{ "erased_bytes", "1KiB" },
		{ "certificate_sha256",
		  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
		{ NULL, NULL },
	});
	const Trac__DataErased *b = e->data_erased;
	assert_string_equal(b->medium->serial, "S3Z9");
	assert_int_equal(b->medium->type, TRAC__MEDIUM_TYPE__SSD);
	assert_int_equal(b->medium->capacity_bytes, 256000000000);
	assert_int_equal(b->technique, TRAC__ERASURE_TECHNIQUE__OVERWRITE);
	assert_int_equal(b->result, TRAC__OUTCOME__SUCCESS);
	assert_int_equal(b->passes, 3);
	assert_int_equal(b->erased_bytes, 1024);
	assert_int_equal(b->certificate_sha256.len, 32);
	unpack_free(e);
	e = make("made_available", (const char *const[][2]){
		{ "price_cents", "12,34" }, { "priority_district", "oui" },
		{ "charter_signed", "FALSE" }, { NULL, NULL },
	});
	assert_int_equal(e->made_available->price_cents, 1234);
	assert_true(e->made_available->priority_district);
	assert_true(e->made_available->has_charter_signed);
	assert_false(e->made_available->charter_signed);
	unpack_free(e);
}

static void lists_are_read_and_added_to(void **state)
{
	(void)state;
	Trac__Event *e = make("tested", (const char *const[][2]){
		{ "results", "keyboard:success,son:echec:-12" }, { "results", "ports:partial" },
		{ NULL, NULL },
	});
	assert_int_equal(e->tested->n_results, 3);
	assert_int_equal(e->tested->results[1]->function, TRAC__FUNCTION__SOUND);
	assert_int_equal(e->tested->results[1]->measure, -12);
	assert_false(e->tested->results[0]->has_measure);
	assert_int_equal(e->tested->results[2]->result, TRAC__OUTCOME__PARTIAL);
	unpack_free(e);
	char many[200] = "battery";
	for (int i = 0; i < 20; i++)
		strcat(many, ",sound");
	e = make("audited", (const char *const[][2]){ { "defect", many }, { NULL, NULL } });
	assert_int_equal(e->audited->n_defect, 21);
	assert_int_equal(e->audited->defect[0], TRAC__FUNCTION__BATTERY);
	assert_int_equal(e->audited->defect[20], TRAC__FUNCTION__SOUND);
	unpack_free(e);
}

static void nested_lists_grow_by_field(void **state)
{
	(void)state;
	Trac__Event *e = make("identified", (const char *const[][2]){
		{ "medium.serial", "A" }, { "medium.type", "hdd" }, { "medium.serial", "B" },
		{ "medium", "C:ssd:1TB:970:EVO" }, { NULL, NULL },
	});
	assert_int_equal(e->identified->n_medium, 3);
	assert_int_equal(e->identified->medium[0]->type, TRAC__MEDIUM_TYPE__HDD);
	assert_string_equal(e->identified->medium[1]->serial, "B");
	assert_string_equal(e->identified->medium[2]->model, "970");
	assert_string_equal(e->identified->medium[2]->wwn, "EVO");
	unpack_free(e);
	e = make("identified", (const char *const[][2]){
		{ "part.component", "ram" }, { "part.serial", "RAM1" },
		{ "part.capacity_bytes", "8GiB" }, { "part.serial", "RAM2" },
		{ "part.component", "ram" }, { "part", "battery_pack:BAT1:LG" }, { NULL, NULL },
	});
	assert_int_equal(e->identified->n_part, 3);
	assert_string_equal(e->identified->part[0]->serial, "RAM1");
	assert_true(e->identified->part[0]->has_capacity_bytes);
	assert_string_equal(e->identified->part[1]->serial, "RAM2");
	assert_int_equal(e->identified->part[1]->component, TRAC__COMPONENT__RAM);
	assert_int_equal(e->identified->part[2]->component, TRAC__COMPONENT__BATTERY_PACK);
	unpack_free(e);
	e = make("upgraded", (const char *const[][2]){
		{ "installed.serial", "RAM3" }, { "removed.serial", "RAM1" },
		{ "removed.component", "ram" }, { NULL, NULL },
	});
	assert_string_equal(e->upgraded->installed->serial, "RAM3");
	assert_string_equal(e->upgraded->removed->serial, "RAM1");
	unpack_free(e);
	e = make("dismantled", (const char *const[][2]){
		{ "recovered.component", "ram" }, { "recovered.serial", "RAM1" },
		{ "recovered.serial", "RAM2" }, { "medium.serial", "A" },
		{ "medium.serial", "B" }, { NULL, NULL },
	});
	assert_int_equal(e->dismantled->n_recovered, 2);
	assert_int_equal(e->dismantled->n_medium, 2);
	unpack_free(e);
	e = make("identity_linked", (const char *const[][2]){
		{ "a", "serial:PF0S0001:LENOVO" }, { "b.kind", "label" }, { "b.value", "A12" },
		{ "b.scope", "envie" }, { NULL, NULL },
	});
	assert_string_equal(e->identity_linked->a->maker, "LENOVO");
	assert_string_equal(e->identity_linked->b->scope, "envie");
	assert_null(e->identity_linked->b->maker);
	unpack_free(e);
}

static void refusals_say_what_is_accepted(void **state)
{
	(void)state;
	refuse("collected", "colour", "red", "collected has no field \"colour\"");
	refuse("collected", "donor.name", "x", "no field");
	refuse("data_erased", "medium.colour", "x", "no field");
	refuse("collected", "count", "many", "count is \"many\": give a whole number");
	refuse("collected", "count", "-1", "count");
	refuse("collected", "count", "1.5", "count");
	refuse("collected", "count", "", "count");
	refuse("collected", "count", "4294967296", "too large");
	refuse("collected", "count", "99999999999999999999999", "count");
	refuse("collected", "donor_type", "king", "one of company, state, local_authority");
	refuse("received", "device_type", "boat", "one of desktop, laptop");
	refuse("identified", "memory_bytes", "8 XB", "KiB");
	refuse("identified", "memory_bytes", "99999999999 TB", "memory_bytes");
	refuse("cost_recorded", "amount_cents", "12.345", "cents (1234)");
	refuse("cost_recorded", "amount_cents", "12.", "cents (1234)");
	refuse("cost_recorded", "tax_included", "perhaps", "yes or no");
	refuse("corrected", "target", "0011", "32 hexadecimal digits");
	refuse("corrected", "id", "zz", "id is \"zz\": give 32");
	refuse("tested", "results", "keyboard:maybe", "results: result is \"maybe\"");
	refuse("tested", "results", "keyboard:success:x", "measure");
	refuse("audited", "defect", "battery,,sound", "defect is \"\"");
}

/* A failed value leaves what was there. */
static void refusals_change_nothing(void **state)
{
	(void)state;
	struct fault f;
	struct buffer b;
	struct draft *d = draft_create(kind_by_name("collected"));
	assert_int_equal(draft_set(d, "count", "7", &f), 0);
	assert_int_equal(draft_set(d, "count", "x", &f), -1);
	buffer_init(&b, ENTRY_SIZE_MAX);
	draft_write(d, &b);
	draft_destroy(d);
	Trac__Event *e = event_open((struct span){ b.data, b.used }, &f);
	assert_int_equal(e->collected->count, 7);
	unpack_free(e);
	buffer_clear(&b);
}

static void drafts_are_bounded(void **state)
{
	(void)state;
	struct fault f = { .code = FAULT_NONE };
	struct draft *d = draft_create(kind_by_name("refurbished_declared"));
	int rc = 0;
	for (int i = 0; i < EVENT_LIST_MAX; i++)
		rc |= draft_set(d, "reference", "00112233445566778899aabbccddeeff", &f);
	assert_int_equal(rc, 0);
	assert_int_equal(draft_set(d, "reference", "00112233445566778899aabbccddeeff", &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	static char big[100000];
	memset(big, 'x', sizeof big - 1);
	for (int i = 0; i < 20 && rc == 0; i++)
		rc = draft_set(d, "lot", big, &f);
	assert_int_equal(rc, -1);
	assert_int_equal(f.code, FAULT_LIMIT);
	draft_destroy(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelopes_are_set),
		cmocka_unit_test(dates_take_the_zone_that_was_given),
		cmocka_unit_test(values_are_read_by_type),
		cmocka_unit_test(lists_are_read_and_added_to),
		cmocka_unit_test(nested_lists_grow_by_field),
		cmocka_unit_test(refusals_say_what_is_accepted),
		cmocka_unit_test(refusals_change_nothing),
		cmocka_unit_test(drafts_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
