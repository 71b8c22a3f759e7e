/* The vocabulary is whole: each of the 30 kinds is recorded, folded, and has an effect on
 * the state of a device or explicitly none; and the rules that tie fields together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/data.h"
#include "tests/unit/events.h"
#include "tests/unit/stories.h"

/* Of an audited device, after one more event; what is out of order is told. */
static const struct { enum life_state state; unsigned notes; } after[KIND_COUNT] = {
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* donation_announced */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* collected */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* received */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* identified */
	{ STATE_REFUSED, NOTE_OUT_OF_ORDER },     /* intake_refused */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* audited */
	{ STATE_IN_WORK, NOTE_NONE },             /* data_erased */
	{ STATE_IN_WORK, NOTE_NONE },             /* medium_removed */
	{ STATE_AUDITED, NOTE_NONE },             /* medium_destroyed: none */
	{ STATE_IN_WORK, NOTE_NONE },             /* repaired */
	{ STATE_IN_WORK, NOTE_NONE },             /* upgraded */
	{ STATE_IN_WORK, NOTE_NONE },             /* os_installed */
	{ STATE_IN_WORK, NOTE_NONE },             /* tested */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* graded: none */
	{ STATE_REFURBISHED, NOTE_NONE },         /* refurbished_declared */
	{ STATE_STOCKED, NOTE_NONE },             /* stocked */
	{ STATE_IN_TRANSFER, NOTE_NONE },         /* transfer_sent */
	{ STATE_AUDITED, NOTE_SHIPMENT },         /* transfer_received: says it did not come */
	{ STATE_AUDITED, NOTE_NONE },             /* need_requested: none */
	{ STATE_RESERVED, NOTE_OUT_OF_ORDER },    /* reserved */
	{ STATE_DISTRIBUTED, NOTE_OUT_OF_ORDER }, /* made_available */
	{ STATE_RETURNED, NOTE_OUT_OF_ORDER },    /* returned */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* training_given: none */
	{ STATE_AUDITED, NOTE_OUT_OF_ORDER },     /* satisfaction_recorded: none */
	{ STATE_DISMANTLED, NOTE_NONE },          /* dismantled */
	{ STATE_WEEE, NOTE_NONE },                /* weee_handed_over */
	{ STATE_LOST, NOTE_NONE },                /* lost */
	{ STATE_AUDITED, NOTE_NONE },             /* identity_linked: none */
	{ STATE_AUDITED, NOTE_NONE },             /* corrected: none of its own */
	{ STATE_AUDITED, NOTE_NONE },             /* cost_recorded: none */
};

static void every_kind_is_recorded_and_folded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		char pairs[1024];
		struct story *s = story_begin();
		story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
		story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
		snprintf(pairs, sizeof pairs, "%s%s", LAPTOP, event_sample_pairs(i));
		story_tell(s, "envie", kind_at(i)->name, pairs);
		const struct life *l = &story_lives(s)->life[0];
		if (l->line_count != 3)
			fail_msg("%s is not shown with its device", kind_at(i)->name);
		if (l->state != after[i].state || l->line[2].notes != after[i].notes)
			fail_msg("%s: state %s, notes %u", kind_at(i)->name,
				 life_state_name(l->state), l->line[2].notes);
		story_end(s);
	}
}

/* A system is installed on what was erased; unknown media do not block. */
static void a_system_needs_an_erased_disk(void **state)
{
	(void)state;
	static const char erase[] = LAPTOP "medium=S3Z9NB0K:ssd level=purge tool=nwipe "
				    "technique=block_erase verification=full result=success";
	static const char install[] = LAPTOP "system=Debian version=12 licence=free_software";
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	story_tell(s, "envie", "identified", LAPTOP "device_type=laptop medium=S3Z9NB0K:ssd");
	story_tell(s, "envie", "audited", LAPTOP "decision=reuse");
	story_tell(s, "envie", "os_installed", install);
	story_tell(s, "envie", "data_erased", erase);
	story_tell(s, "envie", "os_installed", install);
	const struct life *l = story_life(s);
	assert_int_equal(l->line[3].notes, NOTE_OUT_OF_ORDER);
	assert_int_equal(l->line[5].notes, NOTE_NONE);
	story_end(s);
}

/* Another's correction says nothing; nor does one taken back. */
static void corrections_are_by_the_author_only(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", LAPTOP "origin=external donor_type=state");
	story_tell(s, "envie", "audited", LAPTOP "decision=weee");
	story_correct(s, "nautilus", 1);
	const struct life *l = story_life(s);
	assert_int_equal(l->state, STATE_AUDITED);
	assert_int_equal(l->line[1].notes, NOTE_NONE);
	assert_int_equal(l->line[2].notes, NOTE_OUT_OF_ORDER);
	story_correct(s, "envie", 1);
	l = story_life(s);
	assert_int_equal(l->state, STATE_RECEIVED);
	assert_int_equal(l->line[1].notes, NOTE_CORRECTED);
	story_correct(s, "nautilus", 3);
	assert_int_equal(story_life(s)->state, STATE_RECEIVED);
	story_correct(s, "envie", 3);
	assert_int_equal(story_life(s)->state, STATE_AUDITED);
	story_end(s);
}

static void accept(const char *kind, const char *pairs)
{
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, pairs, 1);
	buffer_clear(&b);
}

static void refuse(const char *kind, const char *pairs, const char *words)
{
	struct fault f;
	event_refused(kind, pairs, &f);
	if (!strstr(f.text, words))
		fail_msg("%s %s: \"%s\" does not say \"%s\"", kind, pairs, f.text, words);
}

#define NEED "device_type=laptop public=low_income need="
#define WEEE LAPTOP "recipient=732829320 weight_grams=9 "

static void needs_are_random(void **state)
{
	(void)state;
	accept("need_requested", NEED "n-7f3a");
	accept("need_requested", NEED "bdn-000123");
	accept("need_requested", NEED "00deadbeef-cafe-babe");
	accept("need_requested", NEED "5c7f0e9a2b8d4d6f8a1b3c5d7e9f0a2b");
	refuse("need_requested", NEED "dupont12", "need_requested.need is \"dupont12\"");
	refuse("need_requested", NEED "family", "drawn at random");
	refuse("need_requested", NEED "abcd", "drawn at random");
	refuse("need_requested", NEED "n12", "drawn at random");
	refuse("reserved", LAPTOP "need=caf-dossier-12", "reserved.need");
	refuse("made_available", LAPTOP DONATED " need=martin75", "made_available.need");
	/* the sample is of 2 March 2026, 9 o'clock */
	accept("reserved", LAPTOP "need=n-7f3a expires_on=2026-03-02");
	refuse("reserved", LAPTOP "need=n-7f3a expires_on=2026-03-01", "before the event");
}

static void waste_has_a_code_and_a_note(void **state)
{
	(void)state;
	accept("weee_handed_over", WEEE "waste_code=160213*");
	accept("weee_handed_over", WEEE "waste_code=20.01.36");
	accept("weee_handed_over", WEEE "waste_code=160214 "
	       "consignment_note=BSD-20260317-ABCDE1234");
	refuse("weee_handed_over", WEEE "waste_code=160214*", "waste_code");
	refuse("weee_handed_over", WEEE "waste_code=170405", "20 01 36");
	refuse("weee_handed_over", WEEE "waste_code=16021", "waste_code");
	refuse("weee_handed_over", WEEE "waste_code=1602140", "waste_code");
	refuse("weee_handed_over", WEEE "waste_code=deee", "waste_code");
	static const char *const note[] = {
		"BSD-20260317-ABCDE123", "BSD-20260317-ABCDE12345", "BSD-2026031-ABCDE1234",
		"bsd-20260317-ABCDE1234", "BSD-20260317-abcde1234", "20260317",
	};
	for (size_t i = 0; i < sizeof note / sizeof *note; i++) {
		char pairs[200];
		snprintf(pairs, sizeof pairs, WEEE "waste_code=160214 consignment_note=%s",
			 note[i]);
		refuse("weee_handed_over", pairs, "consignment_note");
	}
	for (unsigned i = 0; i < data_waste.count; i++) {
		const char *const *cell = data_waste.row[i].cell;
		assert_int_equal(strspn(cell[0], "0123456789"), 6);
		assert_int_equal(strlen(cell[0]), 6);
		assert_true(!strcmp(cell[1], "yes") || !strcmp(cell[1], "no"));
		assert_true(*cell[2] && *cell[3]);
	}
}

static void dates_and_counts_agree(void **state)
{
	(void)state;
	accept("received", LAPTOP "origin=external donor_type=state in_service_on=2019");
	accept("received", LAPTOP "origin=external donor_type=state in_service_on=2019-09-01 "
	       "retired_on=2026-01-15");
	refuse("received", LAPTOP "origin=external donor_type=state in_service_on=201", "AAAA");
	refuse("received", LAPTOP "origin=external donor_type=state in_service_on=2019-13-01",
	       "AAAA-MM-JJ");
	refuse("received", LAPTOP "origin=external donor_type=state in_service_on=2027 "
	       "retired_on=2026-01-15", "received.in_service_on");
	accept("donation_announced", "donor_type=state count=3 types=laptop:2,screen:1");
	refuse("donation_announced", "donor_type=state count=2 types=laptop:2,screen:1",
	       "donation_announced.types are 3");
	accept("identified", LAPTOP "device_type=laptop year=2027");
	refuse("identified", LAPTOP "device_type=laptop year=2028", "identified.year");
	refuse("satisfaction_recorded", "score=6 answers=1 grid=g1", "score");
	refuse("medium_destroyed", "medium=:ssd method=shredding result=success",
	       "device is missing");
	accept("medium_destroyed", LAPTOP "medium=:ssd method=shredding result=success");
	refuse("corrected", "target=00112233445566778899aabbccddeeff reason=incorrect_data "
	       "replacement=00112233445566778899aabbccddeeff", "corrected.replacement");
	refuse("corrected", "id=00112233445566778899aabbccddeeff reason=did_not_occur "
	       "target=00112233445566778899aabbccddeeff", "this event itself");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_recorded_and_folded),
		cmocka_unit_test(a_system_needs_an_erased_disk),
		cmocka_unit_test(corrections_are_by_the_author_only),
		cmocka_unit_test(needs_are_random),
		cmocka_unit_test(waste_has_a_code_and_a_note),
		cmocka_unit_test(dates_and_counts_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
