/* What show and verify print of a bundle, as text in two languages and as JSON. */
#include "cli/view.h"

#include <libintl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/body.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/life/figure.h"
#include "proto/life/verdict.h"
#include "tests/unit/events.h"
#include "tests/unit/logs.h"

/* two workshops that know one laptop, and a hub of which nothing is held here */
struct world {
	struct test_network network;
	struct test_member a, b;
	struct buffer bundle;
};

static void record(struct test_member *m, const char *kind, const char *pairs, unsigned number)
{
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, pairs, number);
	ram_log_append(&m->log, b.data, b.used);
	m->signed_size = ram_log_size(&m->log);
	buffer_clear(&b);
}

static void world_init(struct world *w)
{
	test_network_init(&w->network, "fne.example", 1);
	test_network_admit(&w->network, &w->a, "envie-strasbourg", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&w->network, &w->b, "emmaus-lyon", TRAC__ROLE__WORKSHOP, 3);
	record(&w->a, "received", "serial=PF2ABCDE maker=LENOVO origin=external "
	       "donor_type=company device_type=laptop date=2026-02-01T09:00:00+01:00", 1);
	record(&w->a, "transfer_sent", "serial=PF2ABCDE maker=LENOVO recipient=emmaus-lyon "
	       "nature=ownership date=2026-02-02T09:00:00+01:00", 2);
	record(&w->b, "data_erased", "serial=PF2ABCDE maker=LENOVO medium.serial=WD-12345 "
	       "medium.type=ssd medium.capacity_bytes=256GB level=purge technique=nvme_format "
	       "tool=nwipe verification=full result=success date=2026-02-03T09:00:00+01:00", 3);
	record(&w->b, "stocked", "serial=PF2ABCDE maker=LENOVO place=shop "
	       "date=2026-02-04T09:00:00+01:00", 4);
	w->b.signed_size--;
	buffer_init(&w->bundle, BUNDLE_BYTES_MAX);
}

static void world_clear(struct world *w)
{
	test_member_clear(&w->a);
	test_member_clear(&w->b);
	test_network_clear(&w->network);
	buffer_clear(&w->bundle);
}

static void view_of(struct world *w, struct view *v)
{
	struct test_member *member[] = { &w->a, &w->b };
	struct fault f;
	buffer_reset(&w->bundle);
	test_bundle(&w->network, member, 2, &w->bundle);
	if (view_open(v, SPAN(w->bundle), w->network.authority.member.key.key, &f) < 0)
		fail_msg("%s", f.text);
}

static char *text_of_view(const struct view *v, bool french)
{
	char *text = NULL;
	size_t size;
	struct fault f;
	FILE *out = open_memstream(&text, &size);
	assert_int_equal(view_print(v, french, out, &f), 0);
	fclose(out);
	return text;
}

static void has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("\"%s\" is not in:\n%s", words, text);
}

static bool speak(const char *language)
{
	setenv("LC_ALL", language, 1);
	unsetenv("LANGUAGE");
	return lang_start();
}

static void test_english(void **state)
{
	(void)state;
	struct world w;
	struct view v;
	assert_false(speak("C"));
	world_init(&w);
	view_of(&w, &v);
	assert_int_equal(v.lives.count, 1);
	assert_int_equal(v.proved, 3);
	assert_int_equal(v.pending, 1);
	char *text = text_of_view(&v, false);
	has(text, "device: serial PF2ABCDE (");
	has(text, "type: laptop; state: ");
	has(text, "2026-02-01 09:00");
	has(text, "received: origin: external, donor type: company");
	has(text, "medium: WD-12345 SSD 256 GB");
	has(text, "envie-strasbourg/1");
	has(text, "may be called refurbished");
	has(text, "undetermined");
	has(text, "no functional test is recorded");
	has(text, "proved (of 2)");
	has(text, "pending");
	assert_null(strstr(text, "missing"));
	free(text);
	view_clear(&v);
	world_clear(&w);
}

static void test_french(void **state)
{
	(void)state;
	struct world w;
	struct view v;
	assert_true(speak("fr_FR.UTF-8"));
	world_init(&w);
	view_of(&w, &v);
	char *text = text_of_view(&v, true);
	has(text, "appareil : ");
	has(text, "type : portable ; état : ");
	has(text, "01/02/2026 09:00");
	has(text, "origine : externe, type de donateur : entreprise");
	has(text, "support : WD-12345 SSD 256\xe2\x80\xafGo");
	has(text, "prouvé (sur 2)");
	has(text, "en attente");
	has(text, "peut être dit « reconditionné »");
	has(text, "aucun test fonctionnel");
	has(text, "QUAND");
	free(text);
	view_clear(&v);
	world_clear(&w);
}

static void test_json(void **state)
{
	(void)state;
	struct world w;
	struct view v;
	speak("fr_FR.UTF-8");
	world_init(&w);
	view_of(&w, &v);
	json_t *j = view_json(&v);
	assert_non_null(j);
	json_t *device = json_array_get(json_object_get(j, "devices"), 0);
	json_t *event = json_array_get(json_object_get(device, "events"), 2);
	assert_string_equal(json_string_value(json_object_get(event, "kind")), "data_erased");
	assert_string_equal(json_string_value(json_object_get(event, "reference")),
			    "emmaus-lyon/0");
	assert_string_equal(json_string_value(json_object_get(event, "proof")), "proved");
	assert_string_equal(json_string_value(json_object_get(event, "time")),
			    "2026-02-03T09:00:00+01:00");
	json_t *body = json_object_get(event, "body");
	assert_string_equal(json_string_value(json_object_get(body, "level")), "purge");
	json_t *medium = json_object_get(body, "medium");
	assert_int_equal(json_integer_value(json_object_get(medium, "capacity_bytes")),
			 256000000000);
	assert_string_equal(json_string_value(json_object_get(device, "type")), "laptop");
	json_t *verdict = json_array_get(json_object_get(device, "verdicts"), RULE_DONOR_ERASURE);
	assert_string_equal(json_string_value(json_object_get(verdict, "rule")), "donor_erasure");
	assert_string_equal(json_string_value(json_object_get(verdict, "verdict")), "undetermined");
	json_t *by = json_array_get(json_object_get(verdict, "events"), 0);
	assert_string_equal(json_string_value(by), "emmaus-lyon/0");
	assert_false(json_is_true(json_object_get(j, "ambiguous")));
	assert_int_equal(json_integer_value(json_object_get(j, "pending")), 1);
	json_decref(j);
	view_clear(&v);
	world_clear(&w);
}

static void test_revoked(void **state)
{
	(void)state;
	struct world w;
	struct view v;
	speak("C");
	world_init(&w);
	test_network_revoke(&w.network, "envie-strasbourg", 1);
	view_of(&w, &v);
	assert_int_equal(v.revoked, 1);
	char *text = text_of_view(&v, false);
	has(text, "author revoked");
	has(text, "not valid");
	free(text);
	view_clear(&v);
	world_clear(&w);
}

static void test_wrong_key(void **state)
{
	(void)state;
	struct world w;
	struct view v;
	struct fault f;
	world_init(&w);
	view_of(&w, &v);
	view_clear(&v);
	uint8_t key[KEY_SIZE] = { 1 };
	assert_int_equal(view_open(&v, SPAN(w.bundle), key, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	view_clear(&v);
	assert_int_equal(view_open(&v, (struct span){ w.bundle.data, w.bundle.used / 2 },
				   w.network.authority.member.key.key, &f), -1);
	view_clear(&v);
	world_clear(&w);
}

/* Two devices of different makers bear one serial: both are shown, and it is said. */
static void test_ambiguous(void **state)
{
	(void)state;
	struct world w;
	struct view v;
	speak("C");
	world_init(&w);
	record(&w.a, "stocked", "serial=PF2ABCDE maker=DELL place=shop", 9);
	view_of(&w, &v);
	assert_int_equal(v.asked_count, 2);
	char *text = text_of_view(&v, false);
	has(text, "ambiguous: 2 devices");
	free(text);
	view_clear(&v);
	world_clear(&w);
}

/* Every field of every body has a label, and every label and meaning is French too. */
static void test_labels(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		for (const struct field_rule *r = kind_at(i)->field; r->name; r++) {
			char name[64];

			speak("C");
			/* a copy: equal texts may be one text in the program */
			snprintf(name, sizeof name, "%s", r->name);
			if (field_label(name) == name)
				fail_msg("field %s has no label", r->name);
		}
	}
	speak("fr_FR.UTF-8");
	assert_string_equal(field_label("price_cents"), "prix");
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		const char *english = fault_meaning((enum fault_code)i);
		if (_(english) == english)
			fail_msg("\"%s\" is not in fr.po", english);
	}
	const struct verb *verb;
	for (unsigned i = 0; (verb = verb_at(i)); i++) {
		if (_(verb->summary) == verb->summary)
			fail_msg("\"%s\" is not in fr.po", verb->summary);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	char n[NUMBER_TEXT], t[TIME_TEXT];
	assert_string_equal(number_text(1234567, false, n), "1,234,567");
	assert_string_equal(number_text(1234567, true, n), "1\xe2\x80\xaf" "234\xe2\x80\xaf" "567");
	assert_string_equal(number_text(0, true, n), "0");
	assert_string_equal(percent_text(425, 500, 1, false, n), "85.0%");
	assert_string_equal(percent_text(1, 3, 1, true, n), "33,3\xe2\x80\xaf%");
	assert_string_equal(percent_text(80, 2000000, 4, false, n), "0.0040%");
	assert_string_equal(percent_text(1, 0, 1, false, n), "-");
	assert_string_equal(percent_text(UINT64_MAX, 1, 1, false, n), "-");
	assert_string_equal(euros_text(1509400, true, n), "15\xe2\x80\xaf" "094,00\xe2\x80\xaf€");
	assert_string_equal(size_text(256000000000, false, n), "256 GB");
	assert_string_equal(size_text(999, false, n), "999 B");
	assert_string_equal(size_text(1500, false, n), "1.5 kB");
	assert_string_equal(size_text(UINT64_MAX, false, n), "1,844,674.4 TB");
	assert_string_equal(time_text(1772442251000, 60, true, t), "02/03/2026 10:04");
}

static void test_safe(void **state)
{
	(void)state;
	assert_string_equal(safe("é \xe2\x80\xaf ok"), "é \xe2\x80\xaf ok");
	assert_string_equal(safe("a\x1b[2J"), "a\\u{1B}[2J");
	assert_string_equal(safe("\xe2\x80\xae" "x\xc2\x9b"), "\\u{202E}x\\u{9B}");
	assert_string_equal(safe("\xff\xe2\x80"), "\\u{FF}\\u{E2}\\u{80}");
	assert_string_equal(safe(NULL), "");
	char large[2000];
	memset(large, 'x', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	assert_true(strlen(safe(large)) < 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english), cmocka_unit_test(test_french),
		cmocka_unit_test(test_json), cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_wrong_key), cmocka_unit_test(test_ambiguous),
		cmocka_unit_test(test_labels), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_safe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
