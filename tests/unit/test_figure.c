/* Figures: what lives and events count in, where and when. */
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

/* What lives contribute, in the order told. */
struct told {
	struct contribution list[64];
	unsigned count;
	const struct life_input *elsewhere;    /* not to be counted here */
};

static void add(void *ctx, const struct contribution *c)
{
	struct told *t = ctx;
	assert_in_range(t->count, 0, 63);
	t->list[t->count++] = *c;
}

static bool is_here(void *ctx, const struct life_input *input)
{
	const struct told *t = ctx;
	return input != t->elsewhere;
}

static void tell(const struct lives *l, struct told *t)
{
	const struct contribution_sink sink = { add, is_here, t };
	memset(t, 0xff, sizeof *t);
	t->count = 0;
	t->elsewhere = NULL;
	lives_contribute(l, &sink);
}

static const struct contribution *find(const struct told *t, enum counter counter)
{
	for (unsigned i = 0; i < t->count; i++) {
		if (t->list[i].counter == counter)
			return &t->list[i];
	}
	return NULL;
}

static void measure(const struct told *t, uint64_t m[MEASURE_COUNT])
{
	memset(m, 0, MEASURE_COUNT * sizeof *m);
	for (unsigned i = 0; i < t->count; i++)
		measure_cell(&t->list[i], m);
}

static void a_life_counts_where_it_was_lived(void **state)
{
	(void)state;
	struct told t, again;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "transfer_sent", LAPTOP "recipient=humanis nature=ownership");
	story_tell(s, "humanis", "transfer_received", LAPTOP
		   "shipment=00112233445566778899aabbccddeeff");
	/* new year's eve, late in the evening in Paris, already 2025 at Mayotte */
	story_tell(s, "humanis", "made_available", LAPTOP DONATED
		   " commune=97608 date=2025-01-01T00:30:00+03:00");
	tell(story_lives(s), &t);
	assert_int_equal(t.count, 4);
	const struct contribution *collected = find(&t, COUNT_COLLECTED);
	assert_string_equal(collected->structure, "envie");
	assert_string_equal(collected->department, "31");
	assert_string_equal(collected->party, "company");
	assert_int_equal(collected->month, 2024 * 12);
	assert_int_equal(collected->device_type, TRAC__DEVICE_TYPE__LAPTOP);
	assert_int_equal(collected->detail, FATE_DISTRIBUTED);
	assert_string_equal(find(&t, COUNT_REFURBISHED)->structure, "envie");
	assert_string_equal(find(&t, COUNT_REFURBISHED)->party, "company");
	const struct contribution *given = find(&t, COUNT_DISTRIBUTED);
	assert_string_equal(given->structure, "humanis");
	assert_string_equal(given->department, "976");
	assert_int_equal(given->month, 2025 * 12);
	/* collected and refurbished at 31, destined to 31 */
	assert_int_equal(given->detail, DIST_FNE | DIST_SOLIDARITY | DIST_COLLECTED_HERE
			 | DIST_GIVEN_HERE);
	/* civil days: from 1 January 2024 to 1 January 2025 */
	assert_int_equal(find(&t, COUNT_DELAY)->detail, 366);
	/* cells are compared byte by byte */
	tell(story_lives(s), &again);
	assert_int_equal(again.count, 4);
	assert_memory_equal(&t.list, &again.list, 4 * sizeof *t.list);
	story_end(s);
}

static void every_cycle_counts(void **state)
{
	(void)state;
	struct told t;
	uint64_t m[MEASURE_COUNT];
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	story_tell(s, "envie", "returned", LAPTOP "reason=donated_back");
	/* twice handed over is one device, and both weights */
	story_tell(s, "envie", "weee_handed_over", LAPTOP "recipient=732829320 "
		   "waste_code=160214 weight_grams=2000");
	story_tell(s, "envie", "weee_handed_over", LAPTOP "recipient=732829320 "
		   "waste_code=160214 weight_grams=500");
	tell(story_lives(s), &t);
	measure(&t, m);
	assert_int_equal(m[MEASURE_COLLECTED], 2);
	assert_int_equal(m[MEASURE_FATE + FATE_DISTRIBUTED], 1);
	assert_int_equal(m[MEASURE_FATE + FATE_WEEE], 1);
	assert_int_equal(m[MEASURE_FATE_KNOWN], 2);
	assert_int_equal(m[MEASURE_WEEE], 1);
	assert_int_equal(m[MEASURE_WEEE_GRAMS], 2500);
	assert_string_equal(find(&t, COUNT_WEEE)->party, "732829320");
	story_end(s);
	/* a device that nobody received counts nowhere */
	s = story_begin();
	story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
	tell(story_lives(s), &t);
	assert_int_equal(t.count, 0);
	story_end(s);
}

/* Loop B in small: hub and member together count a device once. */
static void hub_and_member_do_not_sum(void **state)
{
	(void)state;
	struct told t;
	uint64_t m[MEASURE_COUNT];
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
	assert_int_equal(story_lives(s)->count, 20);
	tell(story_lives(s), &t);
	measure(&t, m);
	assert_int_equal(m[MEASURE_COLLECTED], 20);
	assert_int_equal(m[MEASURE_REFURBISHED], 17);
	assert_int_equal(m[MEASURE_FATE + FATE_WEEE], 3);
	assert_int_equal(m[MEASURE_FATE + FATE_STOCK], 17);
	assert_int_equal(m[MEASURE_DISTRIBUTED], 0);
	story_end(s);
}

/* Costs, training and the like, about a device or about none; told in any order, repeated
 * or corrected, they count as often as they happened. */
static void events_count_once(void **state)
{
	(void)state;
	struct told t;
	uint64_t m[MEASURE_COUNT];
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "upgraded", LAPTOP "component=ram before_bytes=4GiB "
		   "after_bytes=8GiB cost_cents=5000");
	story_tell(s, "envie", "repaired", LAPTOP "operation=keyboard result=success "
		   "minutes=45 cost_cents=1200");
	story_tell(s, "envie", "cost_recorded", LAPTOP
		   "item=labour amount_cents=3000 tax_included=no minutes=15");
	story_tell(s, "sicoval", "cost_recorded",
		   "item=management amount_cents=125400 tax_included=no");
	unsigned wrong = story_tell(s, "sicoval", "cost_recorded",
				    "item=structure amount_cents=999900 tax_included=no");
	story_correct(s, "sicoval", wrong);
	story_tell(s, "sicoval", "cost_recorded",
		   "item=subsidy amount_cents=1500000 tax_included=no");
	story_tell(s, "sicoval", "training_given",
		   "people=3 minutes=600 type=first_steps frame=follow_up");
	story_tell(s, "sicoval", "training_given",
		   "people=500 minutes=60 type=staff_training frame=follow_up");
	story_tell(s, "sicoval", "satisfaction_recorded", "score=4 answers=10 grid=g1");
	story_tell(s, "sicoval", "satisfaction_recorded", "score=2 answers=5 grid=g1");
	story_tell(s, "sicoval", "need_requested",
		   "need=n-7f3a9c21 device_type=laptop public=low_income");
	/* the same entry again, as another node hands it over */
	s->input[s->count] = s->input[s->count - 3];
	s->input[s->count].index = 4000;
	s->count++;
	tell(story_lives(s), &t);
	s->count--;
	measure(&t, m);
	assert_int_equal(m[MEASURE_COST_TECHNICAL], 5000 + 1200 + 3000);
	assert_int_equal(m[MEASURE_COST_ALL], 5000 + 1200 + 3000 + 125400);
	assert_int_equal(m[MEASURE_SUBSIDY], 1500000);
	assert_int_equal(m[MEASURE_WORK_MINUTES], 60);
	assert_int_equal(m[MEASURE_PEOPLE], 3);
	assert_int_equal(m[MEASURE_PEOPLE_MINUTES], 600);
	assert_int_equal(m[MEASURE_STAFF], 500);
	assert_int_equal(m[MEASURE_ANSWERS], 15);
	assert_int_equal(m[MEASURE_SCORES], 50);
	assert_int_equal(m[MEASURE_ANSWERS_GOOD], 10);
	assert_int_equal(m[MEASURE_NEEDS], 1);
	story_end(s);
}

static void what_is_elsewhere_counts_elsewhere(void **state)
{
	(void)state;
	struct told t = { .count = 0 };
	const struct contribution_sink sink = { add, is_here, &t };
	struct story *s = story_begin();
	unsigned number = story_tell(s, "envie", "cost_recorded",
				     "item=part amount_cents=100 tax_included=no");
	story_tell(s, "envie", "cost_recorded", "item=part amount_cents=7 tax_included=no");
	const struct lives *l = story_lives(s);
	t.elsewhere = &s->input[number];
	lives_contribute(l, &sink);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.list[0].amount, 7);
	story_end(s);
}

/* The parties of what story tells of one laptop given with these words. */
static void party_is(const char *received, const char *given, const char *donor,
		     const char *prescriber)
{
	struct told t;
	char pairs[400];
	struct story *s = story_begin();
	snprintf(pairs, sizeof pairs, LAPTOP "origin=external %s", received);
	story_tell(s, "envie", "received", pairs);
	story_tell(s, "envie", "refurbished_declared", LAPTOP);
	snprintf(pairs, sizeof pairs, LAPTOP DONATED " %s", given);
	story_tell(s, "envie", "made_available", pairs);
	tell(story_lives(s), &t);
	assert_string_equal(find(&t, COUNT_COLLECTED)->party, donor);
	assert_string_equal(find(&t, COUNT_REFURBISHED)->party, donor);
	assert_string_equal(find(&t, COUNT_DISTRIBUTED)->party, prescriber);
	story_end(s);
}

static void parties_are_named(void **state)
{
	(void)state;
	party_is("donor_type=social_body donor=caf-47", "prescriber_type=college", "caf-47",
		 "college");
	party_is("donor_type=hospital", "prescriber_type=college prescriber=chaumie", "hospital",
		 "college/chaumie");
	party_is("donor_type=state", "", "state", "");
	/* long names stay apart */
	party_is("donor_type=state donor=direction-departementale-des-finances-06", "",
		 "direction-departementa~cc16ab7e", "");
	party_is("donor_type=state donor=direction-departementale-des-finances-07", "",
		 "direction-departementa~cd16ad11", "");
}

static void distributions_have_their_bits(void **state)
{
	(void)state;
	struct told t;
	uint64_t m[MEASURE_COUNT];
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state "
		   "origin_commune=81004 commune=31555");
	story_tell(s, "envie", "identified", LAPTOP "device_type=laptop");
	story_tell(s, "envie", "refurbished_declared", LAPTOP "commune=31555");
	story_tell(s, "envie", "made_available", LAPTOP "mode=solidarity_sale price_cents=9900 "
		   "recipient_type=final_user public=precarious department=31 need=n-7f3a9c22 "
		   "priority_district=yes");
	tell(story_lives(s), &t);
	assert_int_equal(find(&t, COUNT_DISTRIBUTED)->detail, DIST_FNE | DIST_SOLIDARITY
			 | DIST_SALE | DIST_GIVEN_HERE | DIST_PRIORITY | DIST_NEED);
	measure(&t, m);
	assert_int_equal(m[MEASURE_PRICE], 9900);
	assert_int_equal(m[MEASURE_PRICED], 1);
	assert_int_equal(m[MEASURE_GIVEN_HERE], 1);
	assert_int_equal(m[MEASURE_COLLECTED_HERE] + m[MEASURE_ALL_HERE], 0);
	story_end(s);
	/* a screen is none of the FNE's devices */
	s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state "
		   "device_type=screen");
	story_tell(s, "envie", "refurbished_declared", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	tell(story_lives(s), &t);
	measure(&t, m);
	assert_int_equal(m[MEASURE_DISTRIBUTED], 1);
	assert_int_equal(m[MEASURE_FNE], 0);
	story_end(s);
}

static void figures_are_defined(void **state)
{
	(void)state;
	for (size_t i = 0; figures[i].id; i++) {
		const struct figure *g = &figures[i];
		assert_true(strlen(g->label) > 0 && strlen(g->label_fr) > 0);
		assert_null(strchr(g->label, ','));
		assert_true(g->numerator > MEASURE_NONE && g->numerator < MEASURE_COUNT);
		/* a rate needs something to be divided by, once */
		if (g->unit == UNIT_PERCENT)
			assert_true((g->denominator != 0) != (g->target != 0));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(g->id, figures[k].id);
		assert_non_null(unit_name(g->unit));
	}
	assert_string_equal(department_region("35"), "53 Bretagne");
	assert_string_equal(department_region("44"), "52 Pays de la Loire");
	assert_string_equal(department_region("2A"), "94 Corse");
	assert_string_equal(department_region(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(communes_have_a_department),
		cmocka_unit_test(a_life_counts_where_it_was_lived),
		cmocka_unit_test(every_cycle_counts),
		cmocka_unit_test(hub_and_member_do_not_sum),
		cmocka_unit_test(events_count_once),
		cmocka_unit_test(what_is_elsewhere_counts_elsewhere),
		cmocka_unit_test(parties_are_named),
		cmocka_unit_test(distributions_have_their_bits),
		cmocka_unit_test(figures_are_defined),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
