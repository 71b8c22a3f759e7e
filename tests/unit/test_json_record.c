/* JSON lines, CSV cells and words of the command line, as events. */
#include "cli/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"

#define NOW 1772442251000     /* 2026-03-02T10:04:11+01:00 */

#define ENVELOPE "\"date\":\"2026-03-02T09:00:00+01:00\",\"commune\":\"31555\"," \
	"\"serial\":\"PF2ABCDE\",\"maker\":\"LENOVO\""

static struct defaults defaults(void)
{
	struct defaults d = { .commune = "67482", .now_ms = NOW };
	memset(d.id, 7, sizeof d.id);
	return d;
}

static int make(const char *json, const struct defaults *d, struct buffer *out, struct fault *f)
{
	struct fields l = { 0 };
	uint8_t id[EVENT_ID_SIZE];
	int rc = fields_from_json(&l, json, strlen(json), f);
	if (rc == 0)
		rc = fields_event(&l, d, out, id, f);
	fields_clear(&l);
	return rc;
}

/* The event of a line that is good. */
static Trac__Event *event_of(const char *json, const struct defaults *d)
{
	struct buffer b;
	struct fault f;
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (make(json, d, &b, &f) < 0)
		fail_msg("%s: %s", json, f.text);
	Trac__Event *e = event_open((struct span){ b.data, b.used }, &f);
	assert_non_null(e);
	buffer_clear(&b);
	return e;
}

static void refused(const char *json, const char *words)
{
	struct buffer b;
	struct fault f = { 0 };
	struct defaults d = defaults();
	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(make(json, &d, &b, &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	if (!strstr(f.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, f.text);
	buffer_clear(&b);
}

static void test_nested(void **state)
{
	(void)state;
	struct defaults d = defaults();
	Trac__Event *e = event_of("{\"kind\":\"data_erased\"," ENVELOPE ",\"id\":"
		"\"00112233445566778899aabbccddeeff\",\"medium\":{\"serial\":\"WD-1\","
		"\"type\":\"ssd\",\"capacity_bytes\":256000000000},\"level\":\"purge\","
		"\"technique\":\"nvme_format\",\"tool\":\"nwipe\",\"verification\":\"full\","
		"\"result\":\"success\"}", &d);
	assert_int_equal(e->body_case, TRAC__EVENT__BODY_DATA_ERASED);
	assert_string_equal(e->data_erased->medium->serial, "WD-1");
	assert_int_equal(e->data_erased->medium->type, TRAC__MEDIUM_TYPE__SSD);
	assert_int_equal(e->data_erased->medium->capacity_bytes, 256000000000);
	assert_int_equal(e->data_erased->level, TRAC__ERASURE_LEVEL__PURGE);
	assert_int_equal(e->id.data[1], 0x11);
	assert_int_equal(e->recorded_ms, NOW);
	assert_int_equal(e->time_ms, NOW - 3851000);
	assert_int_equal(e->zone_minutes, 60);
	assert_string_equal(e->commune, "31555");
	assert_int_equal(e->n_device, 1);
	assert_string_equal(e->device[0]->maker, "LENOVO");
	unpack_free(e);
}

static void test_lists(void **state)
{
	(void)state;
	struct defaults d = defaults();
	Trac__Event *e = event_of("{\"kind\":\"tested\"," ENVELOPE ",\"grid\":\"ogo\","
		"\"grid_version\":\"2\",\"functions_expected\":2,\"results\":[{\"function\":"
		"\"keyboard\",\"result\":\"success\"},{\"result\":\"failure\","
		"\"function\":\"battery\",\"measure\":-3}]}", &d);
	assert_int_equal(e->tested->n_results, 2);
	assert_int_equal(e->tested->results[0]->function, TRAC__FUNCTION__KEYBOARD);
	assert_int_equal(e->tested->results[1]->result, TRAC__OUTCOME__FAILURE);
	assert_int_equal(e->tested->results[1]->measure, -3);
	unpack_free(e);

	e = event_of("{\"kind\":\"identified\"," ENVELOPE ",\"device_type\":\"laptop\",\"seen\":"
		"[{\"kind\":\"mac\",\"value\":\"8C:16:45:01:02:03\"},{\"kind\":\"board_serial\","
		"\"value\":\"L1HF123\"}],\"medium\":[{\"serial\":\"A1B2C3D4\",\"type\":\"hdd\"},"
		"{\"serial\":\"E5F6G7H8\",\"type\":\"nvme\"}],\"brand\":\"Lenovo\","
		"\"model\":\"T480\"}", &d);
	assert_int_equal(e->identified->n_seen, 2);
	assert_string_equal(e->identified->seen[0]->value, "8C:16:45:01:02:03");
	assert_int_equal(e->identified->n_medium, 2);
	assert_string_equal(e->identified->medium[1]->serial, "E5F6G7H8");
	unpack_free(e);

	e = event_of("{\"kind\":\"audited\"," ENVELOPE ",\"decision\":\"reuse\",\"defect\":"
		"[\"battery\",\"case\"],\"smart_passed\":true,\"disk_hours\":null}", &d);
	assert_int_equal(e->audited->n_defect, 2);
	assert_true(e->audited->smart_passed);
	assert_false(e->audited->has_disk_hours);
	unpack_free(e);
}

static void test_defaults(void **state)
{
	(void)state;
	struct defaults d = defaults();
	setenv("TZ", "Europe/Paris", 1);
	tzset();
	Trac__Event *e = event_of("{\"kind\":\"stocked\",\"serial\":\"PF2ABCDE\",\"maker\":\"HP\","
				  "\"place\":\"shop\"}", &d);
	assert_int_equal(e->time_ms, NOW);
	assert_int_equal(e->zone_minutes, 60);
	assert_string_equal(e->commune, "67482");
	assert_memory_equal(e->id.data, d.id, EVENT_ID_SIZE);
	unpack_free(e);
	/* a date alone is of the local zone of that day: summer time */
	e = event_of("{\"kind\":\"stocked\",\"serial\":\"PF2ABCDE\",\"maker\":\"HP\","
		     "\"place\":\"shop\",\"date\":\"2025-07-01\"}", &d);
	assert_int_equal(e->zone_minutes, 120);
	char text[30];
	civil_format(e->time_ms, e->zone_minutes, text);
	assert_string_equal(text, "2025-07-01T12:00:00+02:00");
	unpack_free(e);
	/* French words where people type */
	e = event_of("{\"kind\":\"mise_en_stock\",\"serial\":\"PF2ABCDE\",\"maker\":\"HP\","
		     "\"place\":\"shop\"}", &d);
	assert_int_equal(e->body_case, TRAC__EVENT__BODY_STOCKED);
	unpack_free(e);
}

static void test_refused(void **state)
{
	(void)state;
	refused("{\"kind\":", "not JSON");
	refused("[]", "not a JSON object");
	refused("{\"kind\":\"stocked\",\"kind\":\"lost\"}", "not JSON");
	refused("{" ENVELOPE "}", "kind is missing");
	refused("{\"kind\":\"frobbed\"}", "\"frobbed\" is unknown");
	refused("{\"kind\":\"stocked\"," ENVELOPE ",\"colour\":\"blue\"}", "colour");
	refused("{\"kind\":\"stocked\"," ENVELOPE ",\"place\":{\"a\":{}}}", "nested object");
	refused("{\"kind\":\"stocked\"," ENVELOPE ",\"place\":[[]]}", "list in a list");
	refused("{\"kind\":\"graded\"," ENVELOPE ",\"grade\":1.5}", "decimal point");
	refused("{\"kind\":\"stocked\"," ENVELOPE ",\"place\":\"a\\u0000b\"}", "not JSON");
	refused("{\"kind\":\"tested\"," ENVELOPE ",\"results\":[{\"funktion\":\"power\"}]}",
		"unknown field");
	refused("{\"kind\":\"stocked\"," ENVELOPE ",\"id\":\"xyz\"}", "32 hexadecimal");
}

static void test_date_needed(void **state)
{
	(void)state;
	struct defaults d = defaults();
	struct buffer b;
	struct fault f;
	d.date_needed = true;
	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(make("{\"kind\":\"stocked\",\"serial\":\"PF2ABCDE\",\"maker\":\"HP\","
			      "\"place\":\"shop\"}", &d, &b, &f), -1);
	assert_non_null(strstr(f.text, "date is missing"));
	buffer_clear(&b);
}

static void test_too_many(void **state)
{
	(void)state;
	struct fields l = { 0 };
	struct fault f;
	for (unsigned i = 0; i < FIELDS_MAX; i++)
		assert_int_equal(fields_add(&l, "a", "b", &f), 0);
	assert_int_equal(fields_add(&l, "a", "b", &f), -1);
	fields_clear(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested), cmocka_unit_test(test_lists),
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_date_needed), cmocka_unit_test(test_too_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
