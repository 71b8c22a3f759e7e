/* What ties entries besides equal identifiers, what keeps them apart, and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/stories.h"

#define NEW "origin=external donor_type=state"

/* The number of devices that these identifiers make, each in an event of its own. */
static unsigned devices_of(const char *const pairs[])
{
	struct story *s = story_begin();
	for (size_t i = 0; pairs[i]; i++) {
		char all[300];
		snprintf(all, sizeof all, "%s " NEW, pairs[i]);
		story_tell(s, "envie", "received", all);
	}
	unsigned count = story_lives(s)->count;
	story_end(s);
	return count;
}

#define DEVICES(...) devices_of((const char *const[]){ __VA_ARGS__, NULL })

#define FIRST_UUID "uuid=00112233-4455-6677-8899-AABBCCDDEEFF "

static void two_medium_ones_do(void **state)
{
	(void)state;
	assert_int_equal(DEVICES(FIRST_UUID "board_serial=PBDKS1",
				 FIRST_UUID "board_serial=pbd-ks1 maker=HP"), 1);
	assert_int_equal(DEVICES(FIRST_UUID "board_serial=PBDKS1",
				 FIRST_UUID "board_serial=PBDKS2"), 2);
	/* the third has one of them only */
	assert_int_equal(DEVICES(FIRST_UUID "chassis_serial=CHAS1",
				 FIRST_UUID "chassis_serial=CHAS1", FIRST_UUID), 2);
	/* of the two makers that have this serial, the one with this UUID */
	assert_int_equal(DEVICES(FIRST_UUID "serial=X1234", FIRST_UUID "serial=X1234 maker=HP",
				 "serial=X1234 maker=DELL"), 2);
	/* unless both have it */
	assert_int_equal(DEVICES(FIRST_UUID "serial=X1234", FIRST_UUID "serial=X1234 maker=HP",
				 FIRST_UUID "serial=X1234 maker=DELL"), 3);
	/* weak ones are no pair */
	assert_int_equal(DEVICES("mac=00:1a:2b:3c:4d:5e medium_serial=S3Z9NB0K",
				 "mac=00:1a:2b:3c:4d:5e medium_serial=S3Z9NB0K"), 2);
	/* a series of machines with the same pair */
	assert_int_equal(DEVICES(FIRST_UUID "board_serial=PBDKS1 serial=X1234 maker=HP",
				 FIRST_UUID "board_serial=PBDKS1 serial=Y1234 maker=HP"), 2);
}

static void contradictions_keep_devices_apart(void **state)
{
	(void)state;
	/* a label that was stuck on two, and who says no more than that */
	assert_int_equal(DEVICES("label=A1 serial=X1234 maker=HP", "label=A1 serial=Y1234 maker=HP",
				 "label=A1"), 3);
	assert_int_equal(DEVICES("label=A1 serial=X1234 maker=HP",
				 "label=A1 serial=Y1234 maker=DELL"), 2);
	assert_int_equal(DEVICES("label=A1 serial=X1234 maker=HP", "label=A1"), 1);
	assert_int_equal(DEVICES("label=A1 imei=352099001761481", "label=A1 imei=490154203237518"),
			 2);
	/* a telephone with two cards */
	assert_int_equal(DEVICES("serial=X1234 maker=HP imei=352099001761481",
				 "serial=X1234 maker=HP imei=490154203237518"), 1);
	assert_int_equal(DEVICES("label=A1 imei=352099001761481", "label=A1 imei=490154203237518",
				 "imei=490154203237518,352099001761481"), 1);
	/* over two steps */
	assert_int_equal(DEVICES("serial=X1234 maker=HP label=A1", "label=A1,A2",
				 "serial=Y1234 maker=HP label=A2"), 3);
	/* a bare serial is not worth what it would contradict */
	assert_int_equal(DEVICES("serial=X1234 label=A1", "label=A1 serial=Y1234 maker=HP",
				 "serial=X1234 maker=HP"), 2);
}

static void types_may_contradict(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "identified", "serial=X1234 maker=HP label=A1 device_type=laptop");
	story_tell(s, "envie", "identified", "imei=352099001761481 label=A1 device_type=tablet");
	assert_int_equal(story_lives(s)->count, 1);
	story_tell(s, "envie", "identified", "imei=490154203237518 label=A2 device_type=smartphone");
	story_tell(s, "envie", "identified", "serial=Y1234 maker=HP label=A2 device_type=laptop");
	assert_int_equal(story_lives(s)->count, 3);
	/* of one identifier it is an error of whoever typed it */
	story_tell(s, "envie", "identified", "serial=Y1234 maker=HP device_type=screen");
	assert_int_equal(story_lives(s)->count, 3);
	/* people know better */
	story_tell(s, "envie", "identity_linked",
		   "a=serial:Y1234:HP b=imei:490154203237518 direction=link");
	assert_int_equal(story_lives(s)->count, 2);
	story_end(s);
}

static const struct evidence *reason(const struct life *l, const char *a, const char *b)
{
	for (unsigned i = 0; i < l->evidence_count; i++) {
		const struct evidence *e = &l->evidence[i];
		const char *x = l->ident[e->a].value, *y = l->ident[e->b].value;
		if ((!strcmp(x, a) && !strcmp(y, b)) || (!strcmp(x, b) && !strcmp(y, a)))
			return e;
	}
	fail_msg("no reason why %s and %s are of one device", a, b);
	return NULL;
}

static void lives_say_why(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", "serial=X1234 maker=HP label=A1 " NEW);
	story_tell(s, "envie", "received", "label=A2 " FIRST_UUID "board_serial=PBDKS1 " NEW);
	story_tell(s, "humanis", "audited", FIRST_UUID "board_serial=PBDKS1 decision=wait");
	unsigned link = story_tell(s, "envie", "identity_linked",
				   "a=label:A1::envie b=label:A2::envie direction=link");
	story_tell(s, "envie", "stocked", "serial=X1234 place=storeroom");
	const struct life *l = story_life(s);
	assert_int_equal(l->ident_count, 6);
	assert_int_equal(l->evidence_count, 5);
	assert_int_equal(reason(l, "X1234", "A1")->how, BY_ENTRY);
	assert_int_equal(reason(l, "X1234", "A1")->at->index, 0);
	assert_int_equal(reason(l, "A1", "A2")->how, BY_LINK);
	assert_int_equal(reason(l, "A1", "A2")->at->index, link);
	const struct evidence *e = reason(l, "PBDKS1", "00112233445566778899AABBCCDDEEFF");
	assert_int_equal(e->how, BY_MEDIUM_PAIR);
	assert_string_equal(e->at->author, "humanis");
	assert_int_equal(reason(l, "X1234", "X1234")->how, BY_BARE_SERIAL);
	assert_null(reason(l, "X1234", "X1234")->at);
	story_end(s);
}

static void announced_serials_arrive_in_their_lot(void **state)
{
	(void)state;
	struct story *s = story_begin();
	unsigned told = story_tell(s, "cd06", "donation_announced", "donor_type=state count=1 "
				   "lot=Palette-7 announced=serial:AAAA1");
	story_tell(s, "bdn", "received", "serial=AAAA1 maker=DELL lot=palette-8 " NEW);
	story_tell(s, "bdn", "received", "serial=AAAA1 maker=HP lot=palette-9 " NEW);
	/* two makers have it: nobody knows whose it is */
	assert_int_equal(story_lives(s)->count, 3);
	story_tell(s, "bdn", "identified", "serial=AAAA1 maker=HP lot=palette-7 "
		   "device_type=laptop");
	const struct lives *l = story_lives(s);
	assert_int_equal(l->count, 2);
	assert_int_equal(l->life[0].line_count, 3);
	assert_string_equal(l->life[0].ident[1].scope, "HP");
	assert_int_equal(l->life[0].evidence[0].how, BY_ANNOUNCEMENT);
	assert_int_equal(l->life[0].evidence[0].at->index, told);
	/* both came in it: again nobody knows */
	story_tell(s, "bdn", "identified", "serial=AAAA1 maker=DELL lot=palette-7 "
		   "device_type=laptop");
	assert_int_equal(story_lives(s)->count, 3);
	story_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_medium_ones_do),
		cmocka_unit_test(contradictions_keep_devices_apart),
		cmocka_unit_test(types_may_contradict),
		cmocka_unit_test(lives_say_why),
		cmocka_unit_test(announced_serials_arrive_in_their_lot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
