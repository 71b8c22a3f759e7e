/* The bench conversation, line by line: what is asked, what waits, what can be taken back. */
#include "cli/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/label.h"
#include "proto/wire/unpack.h"
#include "tests/unit/events.h"

struct talk {
	struct scan scan;
	struct fields always;
	struct buffer out;            /* of the last line */
	enum scan_act act;
	struct scan_now now;
};

static void start(struct talk *t)
{
	memset(t, 0, sizeof *t);
	t->scan.member = "alpha";
	t->scan.commune = "31555";
	t->scan.always = &t->always;
	t->now.ms = SAMPLE_NOW_MS;
	buffer_init(&t->out, SCAN_TEXT_MAX);
	scan_start(&t->scan);
}

static void stop(struct talk *t)
{
	scan_clear(&t->scan);
	fields_clear(&t->always);
	buffer_clear(&t->out);
}

/* A line a second; a lookup finds nothing. */
static void line(struct talk *t, const char *text)
{
	struct scan_known none = { .candidates = 0 };
	buffer_reset(&t->out);
	t->now.ms += 1000;
	t->now.id[0]++;
	t->act = scan_line(&t->scan, text, &t->now, &t->out);
	if (t->act == SCAN_LOOKUP)
		scan_looked(&t->scan, &none, &t->out);
}

/* Lines apart by '|'. */
static void lines(struct talk *t, const char *text)
{
	char copy[1024], *at = copy, *one;
	snprintf(copy, sizeof copy, "%s", text);
	while ((one = strsep(&at, "|")) != NULL)
		line(t, one);
}

static void expect_said(struct talk *t, const char *words)
{
	write_u8(&t->out, 0);
	if (!strstr((const char *)t->out.data, words))
		fail_msg("\"%s\" is not in: %s", words, (const char *)t->out.data);
	t->out.used--;
}

static void expect_prompt(struct talk *t, const char *words)
{
	buffer_reset(&t->out);
	scan_prompt(&t->scan, &t->out);
	expect_said(t, words);
}

static void expect_field(const struct talk *t, unsigned i, const char *name, const char *value)
{
	assert_true(i < t->scan.pending_count);
	const char *is = fields_value(&t->scan.pending[i], name);
	if (!is || strcmp(is, value))
		fail_msg("%s of event %u is %s, not %s", name, i, is ? is : "absent", value);
}

/* What waits is a good event. */
static void expect_good(const struct talk *t, unsigned i)
{
	struct defaults d = { .commune = "", .now_ms = t->now.ms };
	struct buffer b;
	struct fault f;
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (fields_event(&t->scan.pending[i], &d, &b, d.id, &f) < 0)
		fail_msg("event %u: %s", i, f.text);
	buffer_clear(&b);
}

static void a_device_is_received(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	line(&t, "5CG7XK2001");
	expect_prompt(&t, "maker");
	line(&t, "HP");
	expect_prompt(&t, "what happened [received]");
	line(&t, "");
	expect_prompt(&t, "1 external, 2 network) [external]");
	line(&t, "1");
	expect_prompt(&t, "1 company");
	line(&t, "hospital");
	line(&t, "");              /* no donor */
	expect_prompt(&t, "2 laptop");
	line(&t, "fixe");          /* the word of the other language */
	assert_int_equal(t.scan.pending_count, 1);
	expect_said(&t, "waits: 5CG7XK2001: received: origin: external, donor type: hospital");
	expect_field(&t, 0, "serial", "5CG7XK2001");
	expect_field(&t, 0, "maker", "HP");
	expect_field(&t, 0, "commune", "31555");
	expect_good(&t, 0);
	expect_prompt(&t, "Enter sends 1 event");
	line(&t, "");
	assert_int_equal(t.act, SCAN_SEND);
	scan_sent(&t.scan, 1, NULL, &t.out);
	assert_int_equal(t.scan.pending_count, 0);
	assert_int_equal(t.scan.recorded, 1);
	line(&t, "quit");
	assert_int_equal(t.act, SCAN_QUIT);
	stop(&t);
}

/* What is answered "network" asks for no donor. */
static void questions_follow_from_answers(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|received|network");
	expect_prompt(&t, "2 laptop");
	lines(&t, "laptop|PF0S0002||made_available|solidarity_sale");
	expect_prompt(&t, "price");
	line(&t, "-1");
	expect_said(&t, "price_cents");
	assert_int_equal(t.scan.want, WANT_FIELD);
	lines(&t, "120,50|||");
	assert_int_equal(t.scan.pending_count, 2);
	expect_field(&t, 1, "price_cents", "120,50");
	expect_field(&t, 1, "department", "31");
	expect_field(&t, 1, "maker", "Lenovo");
	expect_good(&t, 1);
	stop(&t);
}

static void values_used_last_are_the_defaults(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|audited|parts|battery,2|PF0S0002|");
	expect_prompt(&t, "what happened [audited]");
	line(&t, "");
	expect_prompt(&t, "[parts]");
	lines(&t, "|");
	expect_field(&t, 1, "defect", "battery,display");
	/* nobody is bound to them */
	lines(&t, "PF0S0003|||1|-");
	expect_field(&t, 2, "decision", "reuse");
	assert_null(fields_value(&t.scan.pending[2], "defect"));
	/* and all at once: */
	lines(&t, "PF0S0004||=");
	assert_int_equal(t.scan.pending_count, 4);
	expect_field(&t, 3, "decision", "reuse");
	expect_good(&t, 3);
	stop(&t);
}

static void refusals_are_told_at_once(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|data_erased|-|blue");
	expect_said(&t, "medium.type");
	expect_said(&t, "ssd");
	lines(&t, "2|purge|9");
	expect_said(&t, "technique");
	lines(&t, "overwrite|jean.dupont@example.org");
	expect_said(&t, "tool");
	assert_int_equal(t.scan.want, WANT_FIELD);
	lines(&t, "|||");
	assert_int_equal(t.scan.pending_count, 1);
	expect_good(&t, 0);
	/* a kind that nobody knows, an identifier that is none */
	lines(&t, "PF0S0009||frobbed");
	expect_said(&t, "no kind");
	lines(&t, "<|---");
	expect_said(&t, "no identifier");
	stop(&t);
}

static void answers_are_taken_back(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|transfer_sent|beta");
	expect_prompt(&t, "1 ownership");
	line(&t, "<");
	expect_prompt(&t, "recipient");
	lines(&t, "gamma|possession");
	expect_field(&t, 0, "recipient", "gamma");
	/* the first question goes back to the kind, that to the start */
	lines(&t, "PF0S0002||stocked|<");
	assert_int_equal(t.scan.want, WANT_KIND);
	line(&t, "undo");
	assert_int_equal(t.scan.want, WANT_DEVICE);
	/* and there the last event that waits is taken back */
	lines(&t, "PF0S0003||stocked||TRAC-UNDO");
	expect_said(&t, "taken back: PF0S0003");
	assert_int_equal(t.scan.pending_count, 1);
	line(&t, "annuler");
	assert_int_equal(t.scan.pending_count, 0);
	line(&t, "<");
	expect_said(&t, "Nothing waits");
	stop(&t);
}

static void double_scans_are_told(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|stocked");
	line(&t, "pf0s-0001");
	expect_said(&t, "once more");
	lines(&t, "shop|PF0S0001|stocked|shop");
	expect_said(&t, "not noted twice");
	assert_int_equal(t.scan.pending_count, 1);
	/* later it is another event; so is another place */
	t.now.ms += SCAN_REPEAT_MS;
	lines(&t, "PF0S0001|stocked|shop");
	assert_int_equal(t.scan.pending_count, 2);
	lines(&t, "PF0S0001|stocked|storeroom");
	assert_int_equal(t.scan.pending_count, 3);
	stop(&t);
}

static void what_waits_is_known(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|identified|laptop||||PF0S0001");
	expect_said(&t, "waits already");
	line(&t, "tested");
	expect_prompt(&t, "4 pointer");
	line(&t, "3,battery");
	assert_int_equal(t.scan.pending_count, 2);
	expect_field(&t, 1, "maker", "Lenovo");
	const char *results = fields_value(&t.scan.pending[1], "results");
	assert_non_null(strstr(results, "keyboard:failure"));
	assert_non_null(strstr(results, "battery:failure"));
	assert_non_null(strstr(results, "power:success"));
	expect_good(&t, 1);
	stop(&t);
}

/* What the node knows of it is shown, and used. */
static void a_known_device_is_shown(void **state)
{
	struct talk t;
	struct scan_known known = { .candidates = 1, .type = TRAC__DEVICE_TYPE__TABLET,
		.state = STATE_IN_TRANSFER, .summary = "  serial PF0S0001: in transfer\n",
		.shipment = "00112233445566778899aabbccddeeff", .medium = "WD1",
		.medium_type = TRAC__MEDIUM_TYPE__EMMC };
	struct fault f;
	(void)state;
	start(&t);
	fields_add(&known.ident, "maker", "LENOVO", &f);
	fields_add(&known.ident, "serial", "PF0S0001", &f);
	assert_int_equal(scan_line(&t.scan, "PF0S0001", &t.now, &t.out), SCAN_LOOKUP);
	assert_string_equal(t.scan.query, "PF0S0001");
	scan_looked(&t.scan, &known, &t.out);
	expect_said(&t, "in transfer");
	expect_prompt(&t, "[transfer received]");
	lines(&t, "|");
	expect_field(&t, 0, "shipment", "00112233445566778899aabbccddeeff");
	expect_good(&t, 0);
	/* two devices: neither is taken */
	struct scan_known two = { .candidates = 2 };
	scan_line(&t.scan, "PF0S0001", &t.now, &t.out);
	scan_looked(&t.scan, &two, &t.out);
	expect_said(&t, "More than one");
	assert_int_equal(t.scan.want, WANT_DEVICE);
	stop(&t);
}

static void labels_and_checks_are_read(void **state)
{
	struct talk t;
	char label[LABEL_SIZE + 1], shown[LABEL_SHOWN_SIZE + 1];
	uint64_t bits = 12345;
	(void)state;
	start(&t);
	while (!label_make(bits, label))
		bits += UINT64_C(0x1234567891);
	label_show(label, shown);
	lines(&t, shown);
	assert_int_equal(t.scan.want, WANT_KIND);
	lines(&t, "stocked|");
	expect_field(&t, 0, "scope", "alpha");
	expect_good(&t, 0);
	char typed[] = "5CG7XK2/?";
	typed[8] = label_check("5CG7XK2");
	lines(&t, typed);
	assert_int_equal(t.scan.want, WANT_OWNER);
	lines(&t, "Dell|stocked|");
	expect_field(&t, 1, "serial", "5CG7XK2");
	typed[2] = 'X';
	line(&t, typed);
	expect_said(&t, "check character");
	shown[1] = shown[1] == 'Z' ? 'Y' : 'Z';
	line(&t, shown);
	expect_said(&t, "check character");
	assert_int_equal(t.scan.want, WANT_DEVICE);
	lines(&t, "imei=352099001761481|graded|");
	expect_field(&t, 2, "imei", "352099001761481");
	lines(&t, "asset_tag=INV-17|mairie-31|stocked|");
	expect_field(&t, 3, "scope", "mairie-31");
	expect_good(&t, 3);
	stop(&t);
}

static void codes_and_fields_are_read(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|TRAC-REFURBISHED-DECLARED|warranty_months=900");
	expect_said(&t, "warranty_months");
	lines(&t, "lot=L-7|in_france=oui|TRAC-SKIP");
	expect_field(&t, 0, "lot", "L-7");
	expect_field(&t, 0, "in_france", "oui");
	expect_good(&t, 0);
	lines(&t, "PF0S0002||3");
	expect_prompt(&t, "1 reuse");
	lines(&t, "quit|quit");
	expect_said(&t, "not sent");
	assert_int_equal(t.act, SCAN_ASK);
	line(&t, "TRAC-SEND");
	assert_int_equal(t.act, SCAN_SEND);
	scan_sent(&t.scan, 0, "disk full", &t.out);
	expect_said(&t, "disk full");
	assert_int_equal(t.scan.pending_count, 1);
	stop(&t);
}

/* What is needed beyond the questions is asked for by name. */
static void what_is_missing_is_asked_for(void **state)
{
	struct talk t;
	(void)state;
	start(&t);
	lines(&t, "PF0S0001|Lenovo|repaired|keyboard|success|-|PF0S0002||received|date=2019-01-01");
	lines(&t, "network|laptop");
	assert_int_equal(t.scan.want, WANT_MORE);
	expect_said(&t, "2020");
	line(&t, "what?");
	expect_said(&t, "FIELD=VALUE");
	stop(&t);
}

static void too_many_events_do_not_wait(void **state)
{
	struct talk t;
	char serial[20];
	(void)state;
	start(&t);
	for (unsigned i = 0; i < SCAN_PENDING_MAX; i++) {
		snprintf(serial, sizeof serial, "PF0S%04u", i);
		line(&t, serial);
		lines(&t, i ? "|=" : "Lenovo|stocked|");
	}
	assert_int_equal(t.scan.pending_count, SCAN_PENDING_MAX);
	line(&t, "PF0S9999");
	expect_said(&t, "Too many");
	line(&t, "");
	assert_int_equal(t.act, SCAN_SEND);
	stop(&t);
}

/* Every question of the table has a field, a default that is a value, and an end. */
static void the_table_fits_the_vocabulary(void **state)
{
	const struct kind *k;
	struct scan_step step;
	(void)state;
	for (unsigned i = 0; (k = scan_kind_at(i)) != NULL; i++) {
		assert_true(scan_step_at(k, 0, &step));
		for (unsigned s = 0; scan_step_at(k, s, &step); s++) {
			struct fields l = { 0 };
			struct fault f;
			fields_add(&l, "kind", k->name, &f);
			if (strcmp(step.field, "failed") && !scan_field(k, step.field))
				fail_msg("%s has no field %s", k->name, step.field);
			if (step.value && scan_check(&l, step.field, step.value, &f) < 0)
				fail_msg("%s", f.text);
			fields_clear(&l);
		}
		for (const struct field_rule *r = k->field; r->name; r++) {
			bool asked = !r->required;
			for (unsigned s = 0; scan_step_at(k, s, &step); s++)
				asked |= !strncmp(step.field, r->name, strlen(r->name))
					 || !strcmp(step.field, "failed");
			if (!asked)
				fail_msg("%s.%s is required and not asked", k->name, r->name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_received),
		cmocka_unit_test(questions_follow_from_answers),
		cmocka_unit_test(values_used_last_are_the_defaults),
		cmocka_unit_test(refusals_are_told_at_once),
		cmocka_unit_test(answers_are_taken_back),
		cmocka_unit_test(double_scans_are_told),
		cmocka_unit_test(what_waits_is_known),
		cmocka_unit_test(a_known_device_is_shown),
		cmocka_unit_test(labels_and_checks_are_read),
		cmocka_unit_test(codes_and_fields_are_read),
		cmocka_unit_test(what_is_missing_is_asked_for),
		cmocka_unit_test(too_many_events_do_not_wait),
		cmocka_unit_test(the_table_fits_the_vocabulary),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
