/* Lives of disks, memory and batteries, and the alarms about data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/life/watch.h"
#include "tests/unit/stories.h"

#define A "serial=PF0S0001 maker=LENOVO "
#define B "serial=PF0S0002 maker=LENOVO "
#define D1 "medium=S3Z9NB0K1:ssd "
#define D2 "medium=WD1234562:hdd "
#define WIPE "level=purge tool=nwipe technique=block_erase verification=full result=success"

static struct parts fold(struct story *s)
{
	struct parts p;
	assert_int_equal(parts_fold(story_lives(s), &p), 0);
	return p;
}

static const struct part_life *find_part(const struct parts *p, const char *value)
{
	for (unsigned i = 0; i < p->count; i++) {
		if (strcmp(p->part[i].ident.value, value) == 0)
			return &p->part[i];
	}
	fail_msg("no part %s", value);
	return NULL;
}

static void expect_stay(const struct story *s, const struct part_life *p, unsigned n, int device,
			int from, int to, enum data_state data, const char *holder)
{
	assert_in_range(n, 0, p->stay_count - 1);
	const struct stay *y = &p->stay[n];
	assert_int_equal(y->device, device);
	assert_ptr_equal(y->from, &s->input[from]);
	assert_ptr_equal(y->to, to < 0 ? NULL : &s->input[to]);
	assert_int_equal(y->data, data);
	assert_string_equal(y->holder, holder);
}

/* kind/device/event/medium/healed of all alarms. */
static void expect_alarms(struct story *s, const char *expected)
{
	char text[600] = "";
	struct parts p = fold(s);
	for (unsigned i = 0; i < p.alarm_count; i++) {
		const struct alarm *a = &p.alarm[i];
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s %d %d %s%s", i ? "; " : "",
			 alarm_name(a->kind), a->device, (int)(a->at - s->input),
			 *a->medium.value ? a->medium.value : "?", a->healed ? " healed" : "");
	}
	assert_string_equal(text, expected);
	parts_clear(&p);
}

/* A disk that moves: from one device to another, through a shelf, wiped in between. */
static void a_disk_lives_in_two_devices(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", A "origin=external donor_type=state");
	story_tell(s, "envie", "identified", A "device_type=laptop " D1
		   "part.component=ram part.serial=RAM00001 part.capacity_bytes=8GiB");
	story_tell(s, "envie", "medium_removed", A D1 "destination=to_stock");
	story_tell(s, "envie", "data_erased", D1 WIPE);
	story_tell(s, "envie", "received", B "origin=external donor_type=company");
	story_tell(s, "envie", "upgraded", B "component=disk before_bytes=0 after_bytes=256GB "
		   "part=used " D1);
	story_tell(s, "envie", "upgraded", B "component=ram before_bytes=0 after_bytes=8GiB "
		   "part=used installed=ram:RAM00001");
	struct parts p = fold(s);
	assert_int_equal(p.count, 2);
	assert_int_equal(p.part[0].ident.kind, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL);
	const struct part_life *d = find_part(&p, "S3Z9NB0K1");
	assert_int_equal(d->stay_count, 3);
	assert_int_equal(d->medium_type, TRAC__MEDIUM_TYPE__SSD);
	expect_stay(s, d, 0, 0, 1, 2, DATA_TO_ERASE, "envie");
	assert_null(d->stay[0].erased);
	expect_stay(s, d, 1, -1, 2, 5, DATA_ERASED, "envie");
	assert_ptr_equal(d->stay[1].erased, &s->input[3]);
	expect_stay(s, d, 2, 1, 5, -1, DATA_ERASED, "envie");
	const struct part_life *r = find_part(&p, "RAM00001");
	assert_int_equal(r->component, TRAC__COMPONENT__RAM);
	assert_int_equal(r->capacity_bytes, UINT64_C(8) << 30);
	assert_int_equal(r->stay_count, 2);
	expect_stay(s, r, 0, 0, 1, 6, DATA_UNKNOWN, "envie");
	expect_stay(s, r, 1, 1, 6, -1, DATA_UNKNOWN, "envie");
	assert_int_equal(p.alarm_count, 0);
	/* its state came along */
	assert_int_equal(s->lives.life[1].data, DATA_ERASED);
	assert_int_equal(s->lives.life[0].data, DATA_NO_MEDIUM);
	parts_clear(&p);
	story_end(s);
}

/* A disk seen in another device without a word has left the first. */
static void a_disk_is_in_one_place(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "identified", A "device_type=laptop " D1);
	story_tell(s, "envie", "identified", B "device_type=laptop " D1);
	struct parts p = fold(s);
	assert_int_equal(find_part(&p, "S3Z9NB0K1")->stay_count, 2);
	expect_stay(s, find_part(&p, "S3Z9NB0K1"), 0, 0, 0, 1, DATA_TO_ERASE, "envie");
	assert_int_equal(s->lives.life[0].data, DATA_UNKNOWN);
	assert_int_equal(s->lives.life[1].data, DATA_TO_ERASE);
	parts_clear(&p);
	story_end(s);
	/* junk serials are many disks; one WWN with its serial is one */
	s = story_begin();
	story_tell(s, "envie", "identified", A "device_type=laptop medium=00000000:ssd");
	story_tell(s, "envie", "identified", B "device_type=laptop medium=00000000:ssd");
	story_tell(s, "envie", "data_erased", A "medium=00000000:ssd " WIPE);
	p = fold(s);
	assert_int_equal(p.count, 0);
	assert_int_equal(s->lives.life[0].data, DATA_ERASED);
	assert_int_equal(s->lives.life[1].data, DATA_TO_ERASE);
	parts_clear(&p);
	story_end(s);
	s = story_begin();
	story_tell(s, "envie", "data_erased", A "medium.wwn=5000C500A1B2C3D4 medium.type=hdd "
		   WIPE);
	story_tell(s, "envie", "identified", A "device_type=laptop medium.type=hdd "
		   "medium.serial=ZA1XYZ99 medium.wwn=5000C500A1B2C3D4");
	p = fold(s);
	assert_int_equal(p.count, 1);
	assert_string_equal(p.part[0].ident.value, "ZA1XYZ99");
	assert_int_equal(s->lives.life[0].data, DATA_ERASED);
	parts_clear(&p);
	story_end(s);
}

static void parts_that_come_and_go(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", A "origin=external donor_type=state");
	/* a disk changed by a repair is a medium like any other */
	story_tell(s, "envie", "repaired", A "operation=storage result=success part=new "
		   "installed=disk:NEWDISK01 removed=disk:OLDDISK01");
	struct parts p = fold(s);
	assert_int_equal(p.count, 2);
	expect_stay(s, find_part(&p, "OLDDISK01"), 0, 0, 1, 1, DATA_UNKNOWN, "envie");
	expect_stay(s, find_part(&p, "OLDDISK01"), 1, -1, 1, -1, DATA_TO_ERASE, "envie");
	expect_stay(s, find_part(&p, "NEWDISK01"), 0, 0, 1, -1, DATA_ERASED, "envie");
	assert_int_equal(s->lives.life[0].data, DATA_ERASED);
	parts_clear(&p);
	story_tell(s, "envie", "dismantled", A "part=ram,disk recovered=ram:RAM00002 "
		   "medium=NEWDISK01:ssd");
	story_tell(s, "envie", "medium_destroyed", "medium=OLDDISK01:hdd method=shredding "
		   "result=success");
	p = fold(s);
	assert_int_equal(p.count, 3);
	expect_stay(s, find_part(&p, "RAM00002"), 1, -1, 2, -1, DATA_UNKNOWN, "envie");
	expect_stay(s, find_part(&p, "NEWDISK01"), 1, -1, 2, -1, DATA_ERASED, "envie");
	expect_stay(s, find_part(&p, "OLDDISK01"), 1, -1, 1, -1, DATA_DESTROYED, "envie");
	assert_ptr_equal(find_part(&p, "OLDDISK01")->stay[1].erased, &s->input[3]);
	parts_clear(&p);
	/* a correction takes it all back */
	story_correct(s, "envie", 1);
	p = fold(s);
	assert_int_equal(find_part(&p, "OLDDISK01")->stay_count, 1);
	assert_int_equal(find_part(&p, "OLDDISK01")->stay[0].device, -1);
	parts_clear(&p);
	/* "there is none": nobody says where they went */
	story_tell(s, "envie", "identified", B "device_type=laptop " D1 D2);
	story_tell(s, "envie", "identified", B "device_type=laptop no_medium=yes");
	p = fold(s);
	assert_int_equal(find_part(&p, "S3Z9NB0K1")->stay[1].device, -1);
	assert_int_equal(find_part(&p, "WD1234562")->stay[1].device, -1);
	assert_int_equal(s->lives.life[1].data, DATA_NO_MEDIUM);
	parts_clear(&p);
	/* given back to the donor, nobody here has it */
	story_tell(s, "envie", "identified", B "device_type=laptop " D2);
	story_tell(s, "envie", "medium_removed", B D2 "destination=back_to_donor");
	p = fold(s);
	assert_string_equal(find_part(&p, "WD1234562")->stay[3].holder, "");
	parts_clear(&p);
	story_end(s);
}

static struct story *begin_device(const char *identified)
{
	struct story *s = story_begin();
	story_tell(s, "envie", "received", A "origin=external donor_type=state");
	story_tell(s, "envie", "identified", identified);
	return s;
}

static void custody_with_data_alarms(void **state)
{
	(void)state;
	static const struct { const char *kind, *pairs, *alarm; } way[] = {
		{ "transfer_sent", A "recipient=hub nature=possession", "moved" },
		{ "transfer_sent", A "recipient=hub nature=ownership", "left" },
		{ "made_available", A DONATED, "left" },
		{ "made_available", A LENT, "left" },
		{ "weee_handed_over", A "recipient=732829320 waste_code=160214 weight_grams=9",
		  "left" },
		{ "lost", A "nature=theft", "left" },
	};
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
		char expected[100];
		struct story *s = begin_device(A "device_type=laptop " D1);
		story_tell(s, "envie", way[i].kind, way[i].pairs);
		snprintf(expected, sizeof expected, "%s 0 2 S3Z9NB0K1", way[i].alarm);
		expect_alarms(s, expected);
		/* erased after all, wherever */
		story_tell(s, "hub", "data_erased", D1 WIPE);
		snprintf(expected, sizeof expected, "%s 0 2 S3Z9NB0K1 healed", way[i].alarm);
		expect_alarms(s, expected);
		story_end(s);
		s = begin_device(A "device_type=laptop " D1);
		story_tell(s, "envie", "data_erased", A D1 WIPE);
		story_tell(s, "envie", way[i].kind, way[i].pairs);
		expect_alarms(s, "");
		story_end(s);
	}
}

static void only_the_disk_with_data_alarms(void **state)
{
	(void)state;
	struct story *s = begin_device(A "device_type=laptop " D1 D2);
	story_tell(s, "envie", "data_erased", A D1 WIPE);
	story_tell(s, "envie", "data_erased", A D2 "level=clear tool=nwipe technique=overwrite "
		   "verification=full result=partial");
	story_tell(s, "envie", "made_available", A DONATED);
	expect_alarms(s, "left 0 4 WD1234562");
	story_end(s);
	/* what has been taken out stays */
	s = begin_device(A "device_type=laptop " D1);
	story_tell(s, "envie", "medium_removed", A D1);
	story_tell(s, "envie", "made_available", A DONATED);
	expect_alarms(s, "");
	story_end(s);
	/* dismantled: only what was not taken out leaves with the waste */
	s = begin_device(A "device_type=laptop " D1 D2);
	story_tell(s, "envie", "dismantled", A "part=disk " D1);
	story_tell(s, "envie", "weee_handed_over", A "recipient=732829320 waste_code=160214 "
		   "weight_grams=9");
	expect_alarms(s, "left 0 3 WD1234562");
	story_end(s);
}

static void use_after_an_erasure_counts(void **state)
{
	(void)state;
	struct story *s = begin_device(A "device_type=laptop " D1);
	story_tell(s, "envie", "data_erased", A D1 WIPE);
	story_tell(s, "envie", "made_available", A LENT);
	story_tell(s, "envie", "returned", A "reason=loan_ended");
	story_tell(s, "envie", "made_available", A DONATED);
	expect_alarms(s, "left 0 5 S3Z9NB0K1");
	/* given again by its user, to another workshop */
	story_tell(s, "hub", "received", A "origin=external donor_type=individual");
	story_tell(s, "hub", "data_erased", A D1 WIPE);
	story_tell(s, "hub", "made_available", A DONATED);
	expect_alarms(s, "left 0 5 S3Z9NB0K1 healed");
	story_end(s);
	/* a parcel that came back unopened was not used */
	s = begin_device(A "device_type=laptop " D1);
	story_tell(s, "envie", "data_erased", A D1 WIPE);
	story_tell(s, "envie", "made_available", A DONATED);
	story_tell(s, "envie", "returned", A "reason=delivery_error");
	story_tell(s, "envie", "made_available", A DONATED);
	expect_alarms(s, "");
	story_end(s);
}

static void unknown_media_alarm_by_type(void **state)
{
	(void)state;
	struct story *s = begin_device(A "device_type=laptop");
	story_tell(s, "envie", "transfer_sent", A "recipient=hub nature=possession");
	expect_alarms(s, "moved 0 2 ?");
	/* known later, and erased */
	story_tell(s, "hub", "identified", A "device_type=laptop " D1);
	expect_alarms(s, "moved 0 2 ?");
	story_tell(s, "hub", "data_erased", A D1 WIPE);
	expect_alarms(s, "moved 0 2 ? healed");
	story_end(s);
	/* or there was none */
	s = begin_device(A "device_type=laptop");
	story_tell(s, "envie", "transfer_sent", A "recipient=hub nature=possession");
	story_tell(s, "hub", "identified", A "device_type=laptop no_medium=yes");
	expect_alarms(s, "moved 0 2 ? healed");
	story_end(s);
	/* a screen has none by nature, and this laptop was said to have none */
	s = begin_device(A "device_type=screen");
	story_tell(s, "envie", "made_available", A DONATED);
	expect_alarms(s, "");
	story_end(s);
	s = begin_device(A "device_type=laptop no_medium=yes");
	story_tell(s, "envie", "made_available", A DONATED);
	expect_alarms(s, "");
	story_end(s);
	/* a telephone's medium has no serial; taking it out does not heal */
	s = begin_device(A "device_type=smartphone medium=:emmc");
	story_tell(s, "envie", "made_available", A DONATED);
	story_tell(s, "envie", "medium_removed", A "medium=:emmc");
	expect_alarms(s, "left 0 2 ?");
	story_end(s);
}

static void reuse_elsewhere_with_data_alarms(void **state)
{
	(void)state;
	for (int erased = 0; erased < 2; erased++) {
		for (int same = 0; same < 2; same++) {
			struct story *s = begin_device(A "device_type=laptop " D1);
			story_tell(s, "envie", "medium_removed", A D1);
			story_tell(s, "envie", erased ? "data_erased" : "cost_recorded",
				   erased ? D1 WIPE
					  : "item=labour amount_cents=1 tax_included=no");
			story_tell(s, same ? "envie" : "hub", "upgraded", B "component=disk "
				   "before_bytes=0 after_bytes=256GB part=used " D1);
			expect_alarms(s, erased || same ? "" : "reused 1 4 S3Z9NB0K1");
			story_end(s);
		}
	}
}

/* Memory that goes from one workshop to another holds nobody's data. */
static void reuse_of_memory_does_not_alarm(void **state)
{
	(void)state;
	struct story *s = begin_device(A "device_type=laptop no_medium=yes part=ram:RAMX0001");
	story_tell(s, "hub", "upgraded", B "component=ram before_bytes=0 after_bytes=8GB "
		   "part=used installed=ram:RAMX0001");
	expect_alarms(s, "");
	story_end(s);
}

static void watches_are_listed_by_event(void **state)
{
	(void)state;
	struct watch *w;
	struct story *s = begin_device(A "device_type=laptop " D1 D2);
	story_tell(s, "envie", "transfer_sent", A "recipient=hub nature=possession");
	story_tell(s, "envie", "identified", B "device_type=laptop " "medium=OTHER0001:ssd");
	story_tell(s, "envie", "transfer_sent", B "recipient=hub nature=ownership");
	story_arrive(s, "hub", B, 4, "");
	struct parts p = fold(s);
	assert_int_equal(p.alarm_count, 3);
	assert_int_equal(lives_watch(&s->lives, &p, &w), 3);
	assert_int_equal(w[0].kind, WATCH_LIMBO);
	assert_int_equal(w[0].device, 0);
	assert_ptr_equal(w[0].at, &s->input[2]);
	assert_int_equal(w[1].kind, WATCH_ALARM);
	assert_int_equal(w[1].device, 0);
	assert_int_equal(w[2].kind, WATCH_ALARM);
	assert_ptr_equal(w[2].at, &s->input[4]);
	free(w);
	parts_clear(&p);
	story_end(s);
	assert_string_equal(watch_name(WATCH_LIMBO), "limbo");
	assert_int_equal(watch_by_name("alarm"), WATCH_ALARM);
	assert_int_equal(watch_by_name("nothing"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_disk_lives_in_two_devices),
		cmocka_unit_test(a_disk_is_in_one_place),
		cmocka_unit_test(parts_that_come_and_go),
		cmocka_unit_test(custody_with_data_alarms),
		cmocka_unit_test(only_the_disk_with_data_alarms),
		cmocka_unit_test(use_after_an_erasure_counts),
		cmocka_unit_test(unknown_media_alarm_by_type),
		cmocka_unit_test(reuse_elsewhere_with_data_alarms),
		cmocka_unit_test(reuse_of_memory_does_not_alarm),
		cmocka_unit_test(watches_are_listed_by_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
