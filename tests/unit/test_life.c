/* The fold, told as stories: cycles, states, custody, corrections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/event.h"
#include "tests/unit/stories.h"

static unsigned notes_of(const struct life *l, unsigned line)
{
	assert_in_range(line, 0, l->line_count - 1);
	return l->line[line].notes;
}

/* No line of it is out of the ordinary. */
static void expect_no_notes(const struct life *l)
{
	for (unsigned i = 0; i < l->line_count; i++) {
		const struct kind *k;
		event_body(l->line[i].input->event, &k);
		if (l->line[i].notes)
			fail_msg("line %u (%s) has notes %u", i, k->name, l->line[i].notes);
	}
}

/* Loop A: announced, refurbished at Envoi, transferred to Sicoval, given. */
static void a_device_of_loop_a_counts_once(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "sicoval", "donation_announced", LAPTOP "donor_type=company count=1");
	story_tell(s, "envoi", "received", LAPTOP "origin=external donor_type=company");
	story_tell(s, "envoi", "identified", LAPTOP "device_type=laptop medium=S3Z9NB0K:ssd");
	story_tell(s, "envoi", "audited", LAPTOP "decision=reuse");
	story_tell(s, "envoi", "data_erased", LAPTOP "medium=S3Z9NB0K:ssd level=purge "
		   "technique=ata_secure_erase tool=nwipe verification=full result=success");
	story_tell(s, "envoi", "upgraded", LAPTOP "component=ram before_bytes=4GiB "
		   "after_bytes=8GiB");
	story_tell(s, "envoi", "os_installed", LAPTOP "system=Windows version=11 "
		   "licence=existing");
	story_tell(s, "envoi", "refurbished_declared", LAPTOP "in_france=yes");
	story_tell(s, "envoi", "transfer_sent", LAPTOP "recipient=sicoval nature=ownership");
	const struct life *l = story_life(s);
	assert_int_equal(l->state, STATE_IN_TRANSFER);
	assert_string_equal(l->holder, "envoi");
	story_arrive(s, "sicoval", LAPTOP, 8, "");
	l = story_life(s);
	assert_int_equal(l->state, STATE_REFURBISHED);
	assert_string_equal(l->holder, "sicoval");
	story_tell(s, "sicoval", "made_available", LAPTOP DONATED);
	story_tell(s, "mediateur", "training_given", LAPTOP "people=1 minutes=600 type=first_steps "
		   "frame=at_delivery");
	l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle_count, 1);
	const struct cycle *c = &l->cycle[0];
	assert_true(c->collected && c->refurbished && c->distributed && c->fne);
	assert_int_equal(c->collected_at, 1);
	assert_int_equal(c->refurbished_at, 7);
	assert_int_equal(c->distributed_at, 10);
	assert_int_equal(c->ended_at, 10);
	assert_int_equal(c->fate, STATE_DISTRIBUTED);
	assert_int_equal(l->state, STATE_DISTRIBUTED);
	assert_int_equal(l->data, DATA_ERASED);
	assert_int_equal(l->type, TRAC__DEVICE_TYPE__LAPTOP);
	assert_string_equal(l->holder, "");
	assert_int_equal(l->ident_count, 1);
	assert_string_equal(l->ident[0].value, "PF0S0001");
	story_end(s);
}

static void what_comes_from_the_network_is_not_collected(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "hub", "received", LAPTOP "origin=external donor_type=state");
	story_tell(s, "hub", "transfer_sent", LAPTOP "recipient=envie nature=ownership");
	story_tell(s, "envie", "received", LAPTOP "origin=network");
	const struct life *l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle_count, 1);
	assert_int_equal(l->cycle[0].collected_at, 0);
	assert_int_equal(l->state, STATE_RECEIVED);
	assert_string_equal(l->holder, "envie");
	story_end(s);
	/* and alone it is none at all */
	s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=network");
	story_tell(s, "envie", "identified", LAPTOP "device_type=laptop");
	l = story_life(s);
	assert_int_equal(l->cycle_count, 1);
	assert_false(l->cycle[0].collected);
	assert_int_equal(l->cycle[0].collected_at, -1);
	story_end(s);
}

static void collection_and_reception_are_one(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "emmaus", "collected", LAPTOP "donor_type=company origin_commune=93070 "
		   "count=1 waste_status=product");
	story_tell(s, "valoristes", "received", LAPTOP "origin=external donor_type=company");
	const struct life *l = story_life(s);
	expect_no_notes(l);      /* a collector hands over */
	assert_int_equal(l->cycle_count, 1);
	assert_int_equal(l->cycle[0].collected_at, 0);
	assert_string_equal(l->holder, "valoristes");
	story_end(s);
}

static void a_return_takes_the_distribution_back(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	story_tell(s, "envie", "returned", LAPTOP "reason=after_sales");
	const struct life *l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle_count, 1);
	assert_false(l->cycle[0].distributed);
	assert_int_equal(l->cycle[0].ended_at, -1);
	assert_true(l->cycle[0].refurbished);
	assert_int_equal(l->state, STATE_RETURNED);
	assert_int_equal(l->data, DATA_TO_ERASE);
	/* it failed there: not refurbished any more, until declared again */
	story_tell(s, "envie", "tested", LAPTOP "grid=g grid_version=1 functions_expected=1 "
		   "results=sound:failure");
	assert_false(story_life(s)->cycle[0].refurbished);
	story_tell(s, "envie", "data_erased", LAPTOP "medium=S3Z9NB0K:ssd level=purge tool=nwipe "
		   "technique=ata_secure_erase verification=full result=success");
	story_tell(s, "envie", "refurbished_declared", LAPTOP "warranty_months=6");
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle_count, 1);
	assert_true(l->cycle[0].distributed && l->cycle[0].fne);
	assert_int_equal(l->cycle[0].distributed_at, 10);
	story_end(s);
}

static void loans_count_and_stay_open(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP LENT);
	const struct life *l = story_life(s);
	assert_true(l->cycle[0].distributed && l->cycle[0].fne);
	assert_int_equal(l->cycle[0].ended_at, -1);
	assert_int_equal(l->cycle[0].fate, STATE_DISTRIBUTED);
	/* lent, then sold to the same person */
	story_tell(s, "envie", "made_available", LAPTOP "mode=solidarity_sale price_cents=8000 "
		   "recipient_type=final_user public=precarious department=31");
	l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle[0].distributed_at, 6);
	assert_int_equal(l->cycle[0].ended_at, 6);
	/* a second time in an ended cycle is not counted */
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	l = story_life(s);
	assert_int_equal(l->cycle[0].distributed_at, 6);
	assert_true(notes_of(l, 7) & NOTE_OUT_OF_ORDER);
	story_end(s);
}

static void donated_again_is_the_next_cycle(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	story_tell(s, "envie", "returned", LAPTOP "reason=donated_back");
	const struct life *l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle_count, 2);
	assert_true(l->cycle[0].distributed && l->cycle[0].fne);
	assert_true(l->cycle[1].collected);
	assert_false(l->cycle[1].refurbished);
	assert_int_equal(l->data, DATA_TO_ERASE);
	story_tell(s, "envie", "weee_handed_over", LAPTOP "recipient=732829320 "
		   "waste_code=160214 weight_grams=2000");
	/* and once more, after years, elsewhere */
	story_tell(s, "humanis", "donation_announced", LAPTOP "donor_type=individual count=1");
	story_tell(s, "humanis", "received", LAPTOP "origin=external donor_type=individual");
	l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle_count, 3);
	assert_int_equal(l->cycle[1].fate, STATE_WEEE);
	assert_int_equal(l->cycle[1].ended_at, 7);
	assert_int_equal(l->cycle[2].collected_at, 9);
	assert_int_equal(l->line[9].cycle, 2);
	assert_string_equal(l->holder, "humanis");
	story_end(s);
}

static void an_intermediary_is_not_the_final_user(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	story_tell(s, "envie", "made_available", LAPTOP "mode=donation "
		   "recipient_type=intermediary public=low_income department=31");
	const struct life *l = story_life(s);
	assert_false(l->cycle[0].distributed);
	assert_int_equal(l->cycle[0].ended_at, -1);
	assert_int_equal(l->state, STATE_DISTRIBUTED);
	story_tell(s, "commune", "made_available", LAPTOP DONATED);
	l = story_life(s);
	expect_no_notes(l);
	assert_int_equal(l->cycle[0].distributed_at, 6);
	assert_string_equal(l->line[6].input->author, "commune");
	story_end(s);
}

static void only_some_distributions_are_fne(void **state)
{
	(void)state;
	static const struct {
		const char *type, *given;
		bool fne;
	} cases[] = {
		{ "device_type=laptop", DONATED, true },
		{ "device_type=smartphone", LENT, true },
		{ "device_type=screen", DONATED, false },
		{ "device_type=desktop", "mode=market_sale price_cents=9000 public=low_income "
		  "recipient_type=final_user department=31", false },
		{ "device_type=desktop", "mode=donation public=everyone "
		  "recipient_type=final_user department=31", false },
		{ "device_type=tablet", "mode=rental public=precarious "
		  "recipient_type=final_user department=31", true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char pairs[300];
		struct story *s = story_begin();
		story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
		snprintf(pairs, sizeof pairs, LAPTOP "%s", cases[i].type);
		story_tell(s, "envie", "identified", pairs);
		story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
		story_tell(s, "envie", "refurbished_declared", LAPTOP "warranty_months=1");
		snprintf(pairs, sizeof pairs, LAPTOP "%s", cases[i].given);
		story_tell(s, "envie", "made_available", pairs);
		const struct life *l = story_life(s);
		assert_true(l->cycle[0].distributed);
		assert_int_equal(l->cycle[0].fne, cases[i].fne);
		story_end(s);
	}
	/* nor one that was not refurbished */
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state "
		   "device_type=laptop");
	story_tell(s, "envie", "made_available", LAPTOP DONATED);
	const struct life *l = story_life(s);
	assert_true(l->cycle[0].distributed && !l->cycle[0].fne);
	assert_true(notes_of(l, 1) & NOTE_OUT_OF_ORDER);
	story_end(s);
}

static void corrections_are_of_the_author(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	unsigned given = story_tell(s, "envie", "made_available", LAPTOP DONATED);
	unsigned foreign = story_correct(s, "humanis", given);
	const struct life *l = story_life(s);
	assert_true(l->cycle[0].distributed);
	assert_true(notes_of(l, foreign) & NOTE_OUT_OF_ORDER);
	assert_false(notes_of(l, given) & NOTE_CORRECTED);
	unsigned own = story_correct(s, "envie", given);
	l = story_life(s);
	assert_int_equal(l->line_count, 8);
	assert_false(l->cycle[0].distributed);
	assert_int_equal(l->state, STATE_REFURBISHED);
	assert_int_equal(notes_of(l, given), NOTE_CORRECTED);
	assert_int_equal(notes_of(l, own), 0);
	/* the correction was the error */
	story_correct(s, "envie", own);
	l = story_life(s);
	assert_true(l->cycle[0].distributed);
	assert_int_equal(notes_of(l, own), NOTE_CORRECTED);
	assert_int_equal(l->line_count, 9);
	story_end(s);
}

static void repeated_ids_count_once(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	unsigned first = story_tell(s, "envie", "made_available", LAPTOP DONATED);
	unsigned again = story_tell(s, "envie", "returned", LAPTOP "reason=donated_back");
	/* the same event id at another place of the log */
	Trac__Event *copy = (void *)s->input[again].event;
	memcpy(copy->id.data, s->input[first].event->id.data, EVENT_ID_SIZE);
	const struct life *l = story_life(s);
	assert_int_equal(l->line_count, 3);
	assert_int_equal(notes_of(l, again), NOTE_REPEATED);
	assert_int_equal(l->cycle_count, 1);
	/* when the first was said by a revoked author, the second counts */
	s->input[first].valid = false;
	l = story_life(s);
	assert_int_equal(notes_of(l, first), NOTE_INVALID | NOTE_REPEATED);
	assert_true(!(notes_of(l, again) & NOTE_REPEATED));
	story_end(s);
}

static void a_copied_id_hides_nothing(void **state)
{
	(void)state;
	struct story *s = story_begin();
	unsigned own = story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	unsigned other = story_tell(s, "mallory", "stocked", LAPTOP "place=shop");
	Trac__Event *copy = (void *)s->input[other].event;
	memcpy(copy->id.data, s->input[own].event->id.data, EVENT_ID_SIZE);
	copy->time_ms = s->input[own].event->time_ms - 1000;
	const struct life *l = story_life(s);
	assert_true(!(notes_of(l, own) & NOTE_REPEATED));
	assert_true(l->cycle[0].collected);
	story_end(s);
}

static void what_is_not_valid_is_shown_only(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_refurbish(s, "envie", LAPTOP);
	unsigned given = story_tell(s, "pirate", "made_available", LAPTOP DONATED);
	s->input[given].valid = false;
	const struct life *l = story_life(s);
	assert_int_equal(notes_of(l, given), NOTE_INVALID);
	assert_int_equal(l->line[given].state, STATE_REFURBISHED);
	assert_false(l->cycle[0].distributed);
	for (unsigned i = 0; i < s->count; i++)
		s->input[i].valid = false;
	l = story_life(s);
	assert_int_equal(l->cycle_count, 0);
	assert_int_equal(l->state, STATE_UNKNOWN);
	assert_int_equal(l->ident_count, 1);
	story_end(s);
}

static void anomalies_are_noted(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	unsigned stranger = story_tell(s, "humanis", "identified", LAPTOP "device_type=laptop");
	unsigned early = story_tell(s, "envie", "graded", LAPTOP "grade=a");
	unsigned rival = story_tell(s, "humanis", "received", LAPTOP
				    "origin=external donor_type=state");
	const struct life *l = story_life(s);
	assert_int_equal(notes_of(l, stranger), NOTE_CUSTODY);
	assert_int_equal(notes_of(l, early), NOTE_OUT_OF_ORDER);
	assert_int_equal(notes_of(l, rival), NOTE_CUSTODY | NOTE_OUT_OF_ORDER);
	assert_int_equal(l->state, STATE_IDENTIFIED);   /* arrivals lead nowhere back */
	assert_int_equal(l->cycle_count, 1);
	/* clocks */
	Trac__Event *e = (void *)s->input[early].event;
	e->time_ms = EVENT_TIME_MIN_MS - 1;
	assert_true(notes_of(story_life(s), 0) & NOTE_CLOCK_SUSPECT);
	e->time_ms = e->recorded_ms + EVENT_FUTURE_MAX_MS + 1;
	assert_true(notes_of(story_life(s), 3) & NOTE_CLOCK_SUSPECT);
	e->time_ms = INT64_MAX;
	story_life(s);
	e->time_ms = INT64_MIN;
	story_life(s);
	story_end(s);
}

static void ends_are_ends(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *pairs;
		enum life_state fate;
	} cases[] = {
		{ "intake_refused", "reason=too_old", STATE_REFUSED },
		{ "lost", "nature=theft", STATE_LOST },
		{ "dismantled", "part=ram", STATE_DISMANTLED },
		{ "weee_handed_over", "recipient=732829320 waste_code=160214 weight_grams=9",
		  STATE_WEEE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char pairs[300];
		struct story *s = story_begin();
		story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
		snprintf(pairs, sizeof pairs, LAPTOP "%s", cases[i].pairs);
		story_tell(s, "envie", cases[i].kind, pairs);
		story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
		const struct life *l = story_life(s);
		assert_int_equal(l->cycle_count, 1);
		assert_int_equal(l->cycle[0].ended_at, 1);
		assert_int_equal(l->cycle[0].fate, cases[i].fate);
		assert_int_equal(l->state, cases[i].fate);
		assert_true(notes_of(l, 2) & NOTE_OUT_OF_ORDER);
		story_end(s);
	}
}

static void kinds_of_a_newer_version_are_kept(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	unsigned newer = story_tell(s, "envie", "identified", LAPTOP "device_type=laptop");
	Trac__Event *e = (void *)s->input[newer].event;
	Trac__Identified *body = e->identified;
	e->body_case = (Trac__Event__BodyCase)0;
	e->identified = NULL;
	const struct life *l = story_life(s);
	assert_int_equal(l->line_count, 2);
	assert_int_equal(l->state, STATE_RECEIVED);
	assert_int_equal(notes_of(l, newer), 0);
	e->body_case = TRAC__EVENT__BODY_IDENTIFIED;
	e->identified = body;
	story_end(s);
}

static void states_have_names(void **state)
{
	(void)state;
	for (int i = STATE_UNKNOWN; i <= STATE_LOST; i++) {
		assert_non_null(life_state_name((enum life_state)i));
		assert_non_null(life_state_label((enum life_state)i, false));
		assert_non_null(life_state_label((enum life_state)i, true));
	}
	for (int i = DATA_UNKNOWN; i <= DATA_FAILED; i++) {
		assert_non_null(data_state_name((enum data_state)i));
		assert_non_null(data_state_label((enum data_state)i, true));
	}
	assert_string_equal(life_state_name(STATE_IN_WORK), "in_work");
	assert_string_equal(life_state_label(STATE_LOST, true), "perdu ou volé");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_of_loop_a_counts_once),
		cmocka_unit_test(what_comes_from_the_network_is_not_collected),
		cmocka_unit_test(collection_and_reception_are_one),
		cmocka_unit_test(a_return_takes_the_distribution_back),
		cmocka_unit_test(loans_count_and_stay_open),
		cmocka_unit_test(donated_again_is_the_next_cycle),
		cmocka_unit_test(an_intermediary_is_not_the_final_user),
		cmocka_unit_test(only_some_distributions_are_fne),
		cmocka_unit_test(corrections_are_of_the_author),
		cmocka_unit_test(repeated_ids_count_once),
		cmocka_unit_test(a_copied_id_hides_nothing),
		cmocka_unit_test(what_is_not_valid_is_shown_only),
		cmocka_unit_test(anomalies_are_noted),
		cmocka_unit_test(ends_are_ends),
		cmocka_unit_test(kinds_of_a_newer_version_are_kept),
		cmocka_unit_test(states_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
