/* Which events are about one device, and that no order of the inputs matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "tests/unit/events.h"
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

static void strong_identifiers_join(void **state)
{
	(void)state;
	assert_int_equal(DEVICES("serial=X1234 maker=HP",
				 "serial=x-1234 maker=Hewlett-Packard"), 1);
	assert_int_equal(DEVICES("serial=X1234 maker=HP", "serial=X1234 maker=DELL"), 2);
	assert_int_equal(DEVICES("imei=352099001761481", "imei=3520990017614823"), 1);
	assert_int_equal(DEVICES("label=A12", "label=a-12 scope=envie"), 1);
	assert_int_equal(DEVICES("label=A12", "label=A12 scope=humanis"), 2);
	assert_int_equal(DEVICES("asset_tag=7 scope=dgfip", "asset_tag=7 scope=dgfip"), 1);
	/* through others */
	assert_int_equal(DEVICES("serial=X1234 maker=HP label=A1", "imei=352099001761481 label=A2",
				 "label=A1,A2"), 1);
	/* of a label kind and an asset kind with the same value */
	assert_int_equal(DEVICES("label=A1 scope=x", "asset_tag=A1 scope=x"), 2);
}

static void weak_and_medium_ones_do_not(void **state)
{
	(void)state;
	assert_int_equal(DEVICES("mac=00:1a:2b:3c:4d:5e", "mac=00:1a:2b:3c:4d:5e"), 2);
	assert_int_equal(DEVICES("uuid=00112233-4455-6677-8899-AABBCCDDEEFF",
				 "uuid=00112233-4455-6677-8899-AABBCCDDEEFF"), 2);
	assert_int_equal(DEVICES("medium_serial=S3Z9NB0K label=A1",
				 "medium_serial=S3Z9NB0K label=A2"), 2);
}

static void bare_serials_join_the_only_maker(void **state)
{
	(void)state;
	assert_int_equal(DEVICES("serial=X1234", "serial=X1234"), 1);
	assert_int_equal(DEVICES("serial=X1234", "serial=X1234 maker=HP"), 1);
	assert_int_equal(DEVICES("serial=X1234", "serial=X1234 maker=HP",
				 "serial=X1234 maker=DELL"), 3);
	/* two makers of one device are one */
	assert_int_equal(DEVICES("serial=X1234", "serial=X1234 maker=HP label=A1",
				 "serial=X1234 maker=COMPAQ label=A1"), 1);
	/* no decision sees another: BBBB2 had two owners when AAAA1 tied them together */
	assert_int_equal(DEVICES("serial=AAAA1 label=L9", "serial=BBBB2 maker=DELL label=L9",
				 "serial=AAAA1,BBBB2 maker=HP", "serial=BBBB2"), 2);
}

static void links_can_be_undone(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", "serial=X1234 maker=HP " NEW);
	story_tell(s, "envie", "identified", "label=A1 device_type=laptop");
	assert_int_equal(story_lives(s)->count, 2);
	unsigned link = story_tell(s, "envie", "identity_linked",
				   "a=serial:X1234:HP b=label:A1::envie direction=link");
	const struct life *l = story_life(s);
	assert_int_equal(l->line_count, 3);
	assert_int_equal(l->ident_count, 2);
	assert_int_equal(l->cycle_count, 1);
	/* said the other way around: the same pair */
	story_tell(s, "envie", "identity_linked",
		   "b=serial:X1234:HP a=label:A1::envie direction=split");
	const struct lives *two = story_lives(s);
	assert_int_equal(two->count, 2);
	assert_int_equal(two->life[0].line_count, 3);    /* both links are shown with both */
	assert_int_equal(two->life[1].line_count, 3);
	assert_int_equal(two->life[1].ident_count, 1);
	story_tell(s, "envie", "identity_linked",
		   "a=serial:X1234:HP b=label:A1::envie direction=link");
	assert_int_equal(story_lives(s)->count, 1);
	story_correct(s, "envie", s->count - 1);
	assert_int_equal(story_lives(s)->count, 2);
	story_correct(s, "envie", link + 1);
	assert_int_equal(story_lives(s)->count, 1);
	story_end(s);
	/* a link makes a UUID join */
	s = story_begin();
	story_tell(s, "envie", "received", "serial=X1234 maker=HP " NEW);
	story_tell(s, "envie", "audited",
		   "uuid=00112233-4455-6677-8899-AABBCCDDEEFF decision=wait");
	story_tell(s, "envie", "identity_linked", "a=serial:X1234:HP direction=link "
		   "b=uuid:33221100-5544-7766-8899-aabbccddeeff");
	assert_int_equal(story_lives(s)->count, 1);
	story_end(s);
}

static void corrected_events_join_nothing(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "received", "serial=X1234 maker=HP " NEW);
	story_tell(s, "envie", "received", "serial=Y1234 maker=HP " NEW);
	unsigned wrong = story_tell(s, "envie", "identified",
				    "serial=X1234,Y1234 maker=HP device_type=laptop");
	assert_int_equal(story_lives(s)->count, 1);
	story_correct(s, "envie", wrong);
	const struct lives *two = story_lives(s);
	assert_int_equal(two->count, 2);
	/* the wrong line and its correction are shown with the first that it names */
	assert_int_equal(two->life[0].line_count, 3);
	assert_int_equal(two->life[0].ident_count, 1);
	assert_int_equal(two->life[1].line_count, 1);
	assert_int_equal(two->other_count, 0);
	story_end(s);
}

/* A correction is a hundred bytes: shown with each device of a long list, many would cost
 * hundreds of times as much. */
static void few_corrections_of_a_list_are_shown(void **state)
{
	(void)state;
	struct story *s = story_begin();
	char pairs[1024];
	size_t used = (size_t)sprintf(pairs, "donor_type=state count=40 announced=");
	for (unsigned i = 0; i < 40; i++)
		used += (size_t)sprintf(pairs + used, "%sserial:AAB%u:HP", i ? "," : "", i + 100);
	story_tell(s, "cd06", "donation_announced", pairs);
	for (unsigned i = 0; i < 40; i++)
		story_correct(s, "cd06", 0);
	const struct lives *l = story_lives(s);
	assert_int_equal(l->count, 40);
	for (unsigned i = 0; i < l->count; i++)
		assert_int_equal(l->life[i].line_count, 1 + 16);
	/* nothing is dropped */
	assert_int_equal(l->other_count, 40 - 16);
	assert_int_equal(l->life[0].line[0].notes & NOTE_CORRECTED, NOTE_CORRECTED);
	story_end(s);
}

static void announced_serials_are_each_a_device(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "cd06", "donation_announced", "donor_type=state count=3 "
		   "announced=serial:AAAA1:HP,serial:BBBB2:HP,serial:None:HP");
	const struct lives *l = story_lives(s);
	assert_int_equal(l->count, 2);
	assert_int_equal(l->life[0].state, STATE_ANNOUNCED);
	assert_int_equal(l->life[0].ident_count, 1);
	story_tell(s, "bdn", "received", "serial=AAAA1 maker=HP " NEW);
	l = story_lives(s);
	assert_int_equal(l->count, 2);
	assert_int_equal(l->life[0].line_count, 2);
	assert_int_equal(l->life[0].state, STATE_RECEIVED);
	assert_int_equal(l->life[0].line[1].notes, 0);
	assert_int_equal(l->life[1].line_count, 1);
	assert_int_equal(l->life[1].cycle[0].collected, false);
	story_end(s);
}

static void events_without_device_are_apart(void **state)
{
	(void)state;
	struct story *s = story_begin();
	story_tell(s, "envie", "cost_recorded", "item=labour amount_cents=9600,00 tax_included=no");
	unsigned cost = story_tell(s, "envie", "collected", "donor_type=company count=80 "
				   "origin_commune=31254 waste_status=product lot=L1");
	story_correct(s, "envie", cost);
	story_tell(s, "envie", "corrected",
		   "target=ffffffffffffffffffffffffffffffff reason=did_not_occur");
	const struct lives *l = story_lives(s);
	assert_int_equal(l->count, 0);
	assert_int_equal(l->other_count, 4);
	assert_int_equal(l->other[1].notes, NOTE_CORRECTED);
	story_end(s);
	struct lives none;
	assert_int_equal(lives_fold(NULL, 0, &none), 0);
	assert_int_equal(none.count, 0);
	lives_clear(&none);
}

/* --- the property --- */

static uint32_t dice(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void print_line(struct buffer *b, const struct life_line *l)
{
	write_format(b, "  %s/%llu %u %s %u\n", l->input->author,
		     (unsigned long long)l->input->index, l->notes, life_state_name(l->state),
		     l->cycle);
}

/* All that a fold says, as text. */
static void print_lives(struct buffer *b, const struct lives *lives)
{
	buffer_reset(b);
	for (unsigned i = 0; i < lives->count; i++) {
		const struct life *l = &lives->life[i];
		write_format(b, "life %u %s %s holder=%s\n", l->type, life_state_name(l->state),
			     data_state_name(l->data), l->holder);
		for (unsigned k = 0; k < l->ident_count; k++)
			write_format(b, "  %u %s %s %u\n", l->ident[k].kind, l->ident[k].value,
				     l->ident[k].scope, l->ident[k].strength);
		for (unsigned k = 0; k < l->line_count; k++)
			print_line(b, &l->line[k]);
		for (unsigned k = 0; k < l->cycle_count; k++) {
			const struct cycle *c = &l->cycle[k];
			write_format(b, "  cycle %d%d%d%d %d %d %d %d %u\n", c->collected,
				     c->refurbished, c->distributed, c->fne, c->collected_at,
				     c->refurbished_at, c->distributed_at, c->ended_at, c->fate);
		}
	}
	for (unsigned i = 0; i < lives->other_count; i++)
		print_line(b, &lives->other[i]);
	assert_false(b->failed);
}

/* Random events of few workshops about few devices, with few instants: ties are common. */
static void tell_anything(struct story *s, uint32_t *seed)
{
	static const char *const authors[] = { "envie", "humanis", "desclicks" };
	static const char *const devices[] = {
		"serial=AAAA1 maker=HP ", "serial=AAAA1 ",
		"serial=BBBB2 maker=HP label=L1 scope=x ",
		"label=L1 scope=x ", "serial=AAAA1 maker=DELL ", "serial=CCCC3,BBBB2 ",
		"serial=CCCC3 maker=HP ", "uuid=00112233-4455-6677-8899-AABBCCDDEEFF ",
	};
	const char *author = authors[dice(seed) % 3];
	if (s->count > 0 && dice(seed) % 8 == 0) {
		story_correct(s, author, dice(seed) % s->count);
	} else if (dice(seed) % 10 == 0) {
		story_tell(s, author, "identity_linked", dice(seed) % 2
			   ? "a=serial:AAAA1:HP b=label:L1::x direction=link"
			   : "a=label:L1::x b=serial:AAAA1:HP direction=split");
	} else {
		char pairs[1024];
		const struct kind *k = kind_at(dice(seed) % KIND_COUNT);
		if (k->tag == TRAC__EVENT__BODY_CORRECTED)
			k = kind_by_name("received");
		snprintf(pairs, sizeof pairs, "%s%s",
			 k->needs_device ? devices[dice(seed) % 8] : "",
			 event_sample_pairs(k->tag - kind_at(0)->tag));
		story_tell(s, author, k->name, pairs);
	}
	Trac__Event *e = (void *)s->input[s->count - 1].event;
	e->time_ms -= e->time_ms % (7 * 3600000);
	s->input[s->count - 1].valid = dice(seed) % 12 != 0;
	if (s->count > 1 && dice(seed) % 15 == 0)
		memcpy(e->id.data, s->input[dice(seed) % (s->count - 1)].event->id.data, 16);
}

static void shuffle(struct life_input *input, unsigned count, uint32_t *seed)
{
	for (unsigned i = count; i > 1; i--) {
		unsigned k = dice(seed) % i;
		struct life_input swap = input[i - 1];
		input[i - 1] = input[k];
		input[k] = swap;
	}
}

/* "Inputs may come in any order and repeat; the result is the same." */
static void order_and_repetition_change_nothing(void **state)
{
	(void)state;
	struct buffer first, again;
	buffer_init(&first, 1 << 20);
	buffer_init(&again, 1 << 20);
	for (uint32_t round = 1; round <= 60; round++) {
		uint32_t seed = round * 2654435761u;
		struct story *s = story_begin();
		unsigned count = 5 + dice(&seed) % 40;
		while (s->count < count)
			tell_anything(s, &seed);
		print_lives(&first, story_lives(s));
		struct life_input more[2 * 45];
		for (int i = 0; i < 6; i++) {
			unsigned total = count + dice(&seed) % count;
			for (unsigned k = 0; k < total; k++)
				more[k] = s->input[k < count ? k : dice(&seed) % count];
			shuffle(more, total, &seed);
			struct lives lives;
			assert_int_equal(lives_fold(more, total, &lives), 0);
			print_lives(&again, &lives);
			lives_clear(&lives);
			if (first.used != again.used
			    || memcmp(first.data, again.data, first.used) != 0)
				fail_msg("round %u:\n%.*s\n--- is not\n%.*s", round,
					 (int)first.used, (char *)first.data, (int)again.used,
					 (char *)again.data);
		}
		story_end(s);
	}
	buffer_clear(&first);
	buffer_clear(&again);
}

/* What another node stored without event_check(): nothing of it is trusted. */
static void hostile_events_are_folded(void **state)
{
	(void)state;
	static Trac__Identifier many[2000];
	static Trac__Identifier *list[2000];
	static char value[2000][12];
	Trac__DonationAnnounced announced = TRAC__DONATION_ANNOUNCED__INIT;
	Trac__Event e = TRAC__EVENT__INIT, empty = TRAC__EVENT__INIT, linked = TRAC__EVENT__INIT;
	Trac__IdentityLinked half = TRAC__IDENTITY_LINKED__INIT;
	Trac__Corrected nothing = TRAC__CORRECTED__INIT;
	Trac__Event corrected = TRAC__EVENT__INIT, erased = TRAC__EVENT__INIT;
	Trac__DataErased bare = TRAC__DATA_ERASED__INIT;
	for (int i = 0; i < 2000; i++) {
		trac__identifier__init(&many[i]);
		sprintf(value[i], "SER%05d", i);
		many[i].kind = TRAC__IDENTIFIER_KIND__SERIAL;
		many[i].value = value[i];
		list[i] = &many[i];
	}
	announced.n_announced = 2000;
	announced.announced = list;
	e.n_device = 2000;
	e.device = list;
	e.body_case = TRAC__EVENT__BODY_DONATION_ANNOUNCED;
	e.donation_announced = &announced;
	half.a = &many[0];
	linked.body_case = TRAC__EVENT__BODY_IDENTITY_LINKED;
	linked.identity_linked = &half;
	corrected.body_case = TRAC__EVENT__BODY_CORRECTED;
	corrected.corrected = &nothing;
	erased.n_device = 1;
	erased.device = list;
	erased.body_case = TRAC__EVENT__BODY_DATA_ERASED;
	erased.data_erased = &bare;
	struct life_input input[] = {
		{ &e, "a", 1, true, 1 }, { &empty, "a", 2, true, 1 }, { &linked, "a", 3, true, 1 },
		{ &corrected, "a", 4, true, 1 }, { &erased, "b", 0, true, 1 }, { &erased, "b", 1, true, 1 },
	};
	struct lives lives;
	assert_int_equal(lives_fold(input, 6, &lives), 0);
	/* the first 16 identifiers are one device, the first 512 announced ones are shown */
	assert_int_equal(lives.count, 512 - 16 + 1);
	assert_int_equal(lives.other_count, 2);
	lives_clear(&lives);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strong_identifiers_join),
		cmocka_unit_test(weak_and_medium_ones_do_not),
		cmocka_unit_test(bare_serials_join_the_only_maker),
		cmocka_unit_test(links_can_be_undone),
		cmocka_unit_test(corrected_events_join_nothing),
		cmocka_unit_test(announced_serials_are_each_a_device),
		cmocka_unit_test(few_corrections_of_a_list_are_shown),
		cmocka_unit_test(events_without_device_are_apart),
		cmocka_unit_test(order_and_repetition_change_nothing),
		cmocka_unit_test(hostile_events_are_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
