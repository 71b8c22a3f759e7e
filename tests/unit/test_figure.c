/* Figures: what a life counts in, where and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/figure.h"
#include "tests/unit/stories.h"

static void communes_have_a_department(void **state)
{
	(void)state;
	static const struct {
		const char *commune, *department;
	} cases[] = {
		{ "31555", "31" }, { "01001", "01" }, { "2A004", "2A" }, { "2B033", "2B" },
		{ "97411", "974" }, { "98818", "988" }, { "95680", "95" },
		{ "", "" }, { "3155", "" }, { "315555", "" }, { "2C004", "" }, { "20004", "" },
		{ "00123", "" }, { "96001", "" }, { "99100", "" }, { "3155A", "" }, { "A1555", "" },
		{ "2a004", "" }, { NULL, "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[4] = { 'x', 'x', 'x', 'x' };
		commune_department(cases[i].commune, out);
		assert_string_equal(out, cases[i].department);
		assert_int_equal(out[3], 0);
	}
}

static const struct contribution *find(const struct contribution *c, unsigned count,
				       enum counter counter)
{
	for (unsigned i = 0; i < count; i++) {
		if (c[i].counter == counter)
			return &c[i];
	}
	return NULL;
}

static void a_life_counts_where_it_was_lived(void **state)
{
	(void)state;
	struct contribution c[CYCLE_CONTRIBUTIONS_MAX];
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "transfer_sent", LAPTOP "recipient=humanis nature=ownership");
	story_tell(s, "humanis", "transfer_received", LAPTOP
		   "shipment=00112233445566778899aabbccddeeff");
	/* new year's eve, late in the evening in Paris, already 2025 at Mayotte */
	story_tell(s, "humanis", "made_available", LAPTOP DONATED
		   " commune=97608 date=2025-01-01T00:30:00+03:00");
	const struct life *l = story_life(s);
	unsigned count = life_contributions(l, c, CYCLE_CONTRIBUTIONS_MAX);
	assert_int_equal(count, 4);
	const struct contribution *collected = find(c, count, COUNT_COLLECTED);
	assert_string_equal(collected->structure, "envie");
	assert_string_equal(collected->department, "31");
	assert_int_equal(collected->month, 2024 * 12);
	assert_int_equal(collected->device_type, TRAC__DEVICE_TYPE__LAPTOP);
	assert_string_equal(find(c, count, COUNT_REFURBISHED)->structure, "envie");
	const struct contribution *fne = find(c, count, COUNT_FNE);
	assert_string_equal(fne->structure, "humanis");
	assert_string_equal(fne->department, "976");
	assert_int_equal(fne->month, 2025 * 12);
	assert_non_null(find(c, count, COUNT_DISTRIBUTED));
	assert_null(find(c, count, COUNT_DISCARDED));
	/* cells are compared byte by byte */
	struct contribution again[CYCLE_CONTRIBUTIONS_MAX];
	memset(again, 0xff, sizeof again);
	assert_int_equal(life_contributions(l, again, CYCLE_CONTRIBUTIONS_MAX), 4);
	assert_memory_equal(c, again, 4 * sizeof *c);
	/* no more than there is room for */
	assert_int_equal(life_contributions(l, again, 2), 2);
	assert_int_equal(life_contributions(l, NULL, 0), 0);
	story_end(s);
}

static void every_cycle_counts(void **state)
{
	(void)state;
	struct contribution c[2 * CYCLE_CONTRIBUTIONS_MAX];
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	story_tell(s, "envie", "returned", LAPTOP "reason=donated_back");
	story_tell(s, "envie", "weee_handed_over", LAPTOP "recipient=732829320 "
		   "waste_code=160214 weight_grams=2000");
	unsigned count = life_contributions(story_life(s), c, 2 * CYCLE_CONTRIBUTIONS_MAX);
	assert_int_equal(count, 6);
	assert_non_null(find(c, count, COUNT_DISCARDED));
	story_end(s);
	/* a device that nobody received counts nowhere */
	s = story_begin();
	story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
	assert_int_equal(life_contributions(story_life(s), c, 5), 0);
	story_end(s);
}

/* Loop B in small: hub and member together count a device once. */
static void hub_and_member_do_not_sum(void **state)
{
	(void)state;
	unsigned total[COUNT_DISCARDED + 1] = { 0 };
	struct story *s = story_begin();
	for (int i = 0; i < 20; i++) {
		char device[60], pairs[200];
		snprintf(device, sizeof device, "serial=OGO%05d maker=HP ", i);
		snprintf(pairs, sizeof pairs, "%sorigin=external donor_type=company", device);
		story_tell(s, "ogo", "received", pairs);
		snprintf(pairs, sizeof pairs, "%srecipient=m1 nature=ownership", device);
		story_tell(s, "ogo", "transfer_sent", pairs);
		snprintf(pairs, sizeof pairs, "%sshipment=00112233445566778899aabbccddeeff",
			 device);
		story_tell(s, "m1", "transfer_received", pairs);
		snprintf(pairs, sizeof pairs, "%sdevice_type=laptop", device);
		story_tell(s, "m1", "identified", pairs);
		snprintf(pairs, sizeof pairs, "%sdecision=%s", device, i < 17 ? "reuse" : "weee");
		story_tell(s, "m1", "audited", pairs);
		snprintf(pairs, sizeof pairs, "%s%s", device, i < 17 ? "warranty_months=6"
			 : "recipient=732829320 waste_code=160214 weight_grams=2000");
		story_tell(s, "m1", i < 17 ? "refurbished_declared" : "weee_handed_over", pairs);
	}
	const struct lives *lives = story_lives(s);
	assert_int_equal(lives->count, 20);
	for (unsigned i = 0; i < lives->count; i++) {
		struct contribution c[CYCLE_CONTRIBUTIONS_MAX];
		unsigned count = life_contributions(&lives->life[i], c, CYCLE_CONTRIBUTIONS_MAX);
		for (unsigned k = 0; k < count; k++)
			total[c[k].counter]++;
	}
	assert_int_equal(total[COUNT_COLLECTED], 20);
	assert_int_equal(total[COUNT_REFURBISHED], 17);
	assert_int_equal(total[COUNT_DISCARDED], 3);
	assert_int_equal(total[COUNT_DISTRIBUTED], 0);
	story_end(s);
}

static void figures_are_defined(void **state)
{
	(void)state;
	static const char *const ids[] = { "I01", "I02", "I03", "I04", "I06", NULL };
	for (size_t i = 0; ids[i]; i++) {
		assert_string_equal(figures[i].id, ids[i]);
		assert_true(strlen(figures[i].label) > 0 && strlen(figures[i].label_fr) > 0);
		/* a rate needs something to be divided by, once */
		bool divided = (figures[i].denominator != 0) != (figures[i].target != 0);
		assert_int_equal(figures[i].percent, divided);
	}
	assert_null(figures[5].id);
	assert_int_equal(figures[3].target, 2000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(communes_have_a_department),
		cmocka_unit_test(a_life_counts_where_it_was_lived),
		cmocka_unit_test(every_cycle_counts),
		cmocka_unit_test(hub_and_member_do_not_sum),
		cmocka_unit_test(figures_are_defined),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
