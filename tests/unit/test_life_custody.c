/* Who has a device: shipments and receptions that cite each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proto/life/watch.h"
#include "tests/unit/stories.h"

#define SENT LAPTOP "recipient=envie nature=possession"

static unsigned notes_at(struct story *s, unsigned line)
{
	const struct life *l = story_life(s);
	assert_in_range(line, 0, l->line_count - 1);
	return l->line[line].notes;
}

/* Received by the hub, which sends it: 2 events, the second is the shipment. */
static struct story *begin_sent(const char *shipment)
{
	struct story *s = story_begin();
	story_tell(s, "hub", "received", LAPTOP "origin=external donor_type=state");
	story_tell(s, "hub", "transfer_sent", shipment);
	return s;
}

/* Is it in limbo, and sent back? */
static void expect_limbo(struct story *s, int line, bool back)
{
	bool refused = !back;
	const struct life *l = story_life(s);
	const struct life_line *at = life_limbo(l, &refused);
	if (line < 0) {
		assert_null(at);
		return;
	}
	assert_ptr_equal(at, &l->line[line]);
	assert_int_equal(refused, back);
}

static void a_reception_cites_its_shipment(void **state)
{
	(void)state;
	struct story *s = begin_sent(SENT);
	expect_limbo(s, 1, false);
	story_arrive(s, "envie", LAPTOP, 1, "");
	assert_int_equal(notes_at(s, 2), NOTE_NONE);
	assert_string_equal(story_life(s)->holder, "envie");
	assert_string_equal(story_life(s)->line[1].holder, "hub");
	expect_limbo(s, -1, false);
	story_end(s);
	/* the same without the number of the shipment */
	s = begin_sent(SENT);
	story_tell(s, "envie", "received", LAPTOP "origin=network");
	assert_int_equal(notes_at(s, 2), NOTE_NONE);
	story_end(s);
	/* a structure that is named by its number may be any member */
	s = begin_sent(LAPTOP "recipient=73282932000074 nature=possession");
	story_arrive(s, "envie", LAPTOP, 1, "");
	assert_int_equal(notes_at(s, 2), NOTE_NONE);
	story_end(s);
}

static void other_receptions_are_told(void **state)
{
	(void)state;
	/* to another recipient, by either way to say it */
	struct story *s = begin_sent(SENT);
	story_arrive(s, "nautilus", LAPTOP, 1, "");
	assert_int_equal(notes_at(s, 2), NOTE_SHIPMENT);
	assert_string_equal(story_life(s)->holder, "nautilus");
	story_end(s);
	s = begin_sent(SENT);
	story_tell(s, "nautilus", "received", LAPTOP "origin=network");
	assert_int_equal(notes_at(s, 2), NOTE_SHIPMENT);
	story_end(s);
	/* of another device; not a shipment; not known */
	s = begin_sent(SENT);
	story_tell(s, "hub", "transfer_sent", "serial=PF0S0002 maker=LENOVO recipient=envie "
		   "nature=possession");
	story_arrive(s, "envie", LAPTOP, 2, "");
	const struct lives *lives = story_lives(s);
	assert_int_equal(lives->count, 2);
	assert_int_equal(lives->life[0].line[2].notes, NOTE_SHIPMENT);
	story_end(s);
	for (unsigned number = 0; number < 100; number += 99) {
		s = begin_sent(SENT);
		story_arrive(s, "envie", LAPTOP, number, "");
		assert_int_equal(notes_at(s, 2), NOTE_SHIPMENT);
		story_end(s);
	}
	/* one that was taken back never was */
	s = begin_sent(SENT);
	story_correct(s, "hub", 1);
	story_arrive(s, "envie", LAPTOP, 1, "");
	assert_true(notes_at(s, 3) & NOTE_SHIPMENT);
	story_end(s);
}

static void what_is_refused_goes_back(void **state)
{
	(void)state;
	struct story *s = begin_sent(SENT);
	/* taking it back before it was refused is told */
	story_arrive(s, "hub", LAPTOP, 1, "");
	assert_int_equal(notes_at(s, 2), NOTE_SHIPMENT);
	story_end(s);
	s = begin_sent(SENT);
	story_arrive(s, "envie", LAPTOP, 1, "refused=yes");
	assert_int_equal(notes_at(s, 2), NOTE_NONE);
	assert_int_equal(story_life(s)->state, STATE_IN_TRANSFER);
	assert_string_equal(story_life(s)->holder, "hub");
	expect_limbo(s, 1, true);
	/* confirmed by the sender: the state before the shipment */
	story_arrive(s, "hub", LAPTOP, 1, "");
	assert_int_equal(notes_at(s, 3), NOTE_NONE);
	assert_int_equal(story_life(s)->state, STATE_RECEIVED);
	assert_string_equal(story_life(s)->holder, "hub");
	expect_limbo(s, -1, false);
	/* what is sent again is not refused */
	story_tell(s, "hub", "transfer_sent", SENT);
	expect_limbo(s, 4, false);
	story_end(s);
	s = begin_sent(SENT);
	story_arrive(s, "envie", LAPTOP, 1, "refused=yes");
	story_tell(s, "hub", "received", LAPTOP "origin=network");
	assert_int_equal(notes_at(s, 3), NOTE_NONE);
	expect_limbo(s, -1, false);
	story_end(s);
}

static void what_did_not_come_is_waited_for(void **state)
{
	(void)state;
	struct story *s = begin_sent(SENT);
	story_arrive(s, "envie", LAPTOP, 1, "discrepancy=missing");
	story_tell(s, "envie", "received", LAPTOP "origin=network discrepancy=missing");
	assert_int_equal(notes_at(s, 2), NOTE_NONE);
	assert_int_equal(story_life(s)->state, STATE_IN_TRANSFER);
	assert_string_equal(story_life(s)->holder, "hub");
	expect_limbo(s, 1, false);
	story_arrive(s, "envie", LAPTOP, 1, "");
	expect_limbo(s, -1, false);
	story_end(s);
	/* announced and not there: nobody collected it */
	s = story_begin();
	story_tell(s, "bdn", "received", LAPTOP "origin=external donor_type=state "
		   "discrepancy=missing");
	assert_false(story_life(s)->cycle[0].collected);
	assert_int_equal(story_life(s)->state, STATE_UNKNOWN);
	assert_string_equal(story_life(s)->holder, "");
	story_tell(s, "bdn", "received", LAPTOP "origin=external donor_type=state");
	assert_true(story_life(s)->cycle[0].collected);
	assert_int_equal(story_life(s)->cycle_count, 1);
	story_end(s);
}

/* A lot of three: one arrives, one is refused, one is missing; each by itself. */
static void a_lot_is_refused_in_part(void **state)
{
	(void)state;
	static const char *const device[] = {
		"serial=PF0S0001 maker=LENOVO lot=l1 ", "serial=PF0S0002 maker=LENOVO lot=l1 ",
		"serial=PF0S0003 maker=LENOVO lot=l1 ",
	};
	static const char *const how[] = { "", "refused=yes", "discrepancy=missing" };
	static const enum life_state left[] = {
		STATE_RECEIVED, STATE_IN_TRANSFER, STATE_IN_TRANSFER,
	};
	struct story *s = story_begin();
	for (unsigned i = 0; i < 3; i++) {
		char pairs[200];
		snprintf(pairs, sizeof pairs, "%sorigin=external donor_type=state", device[i]);
		story_tell(s, "hub", "received", pairs);
		snprintf(pairs, sizeof pairs, "%srecipient=envie nature=ownership", device[i]);
		unsigned sent = story_tell(s, "hub", "transfer_sent", pairs);
		story_arrive(s, "envie", device[i], sent, how[i]);
	}
	const struct lives *l = story_lives(s);
	assert_int_equal(l->count, 3);
	for (unsigned i = 0; i < 3; i++) {
		bool refused;
		assert_int_equal(l->life[i].state, left[i]);
		assert_string_equal(l->life[i].holder, i == 0 ? "envie" : "hub");
		assert_int_equal(life_limbo(&l->life[i], &refused) != NULL, i > 0);
		assert_int_equal(refused, i == 1);
	}
	story_end(s);
}

/* Two workshops say that they have it, without a transfer: both stay to be seen. */
static void concurrent_custody_is_told(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	story_tell(s, "envie", "identified", LAPTOP "device_type=laptop");
	story_tell(s, "nautilus", "received", LAPTOP "origin=external donor_type=company");
	story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
	const struct life *l = story_life(s);
	assert_int_equal(l->line_count, 4);
	assert_int_equal(l->line[0].notes, NOTE_NONE);
	assert_int_equal(l->line[1].notes, NOTE_NONE);
	assert_true(l->line[2].notes & NOTE_CUSTODY);
	assert_true(l->line[3].notes & NOTE_CUSTODY);
	assert_string_equal(l->line[1].holder, "envie");
	assert_string_equal(l->line[3].holder, "nautilus");
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reception_cites_its_shipment),
		cmocka_unit_test(other_receptions_are_told),
		cmocka_unit_test(what_is_refused_goes_back),
		cmocka_unit_test(what_did_not_come_is_waited_for),
		cmocka_unit_test(a_lot_is_refused_in_part),
		cmocka_unit_test(concurrent_custody_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
