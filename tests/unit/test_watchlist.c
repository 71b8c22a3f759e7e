/* Watches: equal to one fold of all events, for any order and any slices. */
#include "store/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/check.h"
#include "store/figures.h"
#include "tests/unit/events.h"
#include "tests/unit/store_help.h"

#define LOGS 3
#define EVENTS_MAX 400
#define HOUR_MS 3600000
#define START_MS (SAMPLE_NOW_MS - 1000 * (int64_t)HOUR_MS)

static const char *const author_name[LOGS] = { "alpha", "beta", "gamma" };

/* A store, all that was said in it, and what follows. */
static struct {
	const char *dir;
	struct store *s;
	struct index *x;
	struct figures *g;
	uint32_t log[LOGS];
	unsigned count;
	struct life_input input[EVENTS_MAX];
	struct position at[EVENTS_MAX];
} it;

static bool author(void *ctx, const char *origin, uint64_t index, char *name)
{
	(void)ctx, (void)index;
	strcpy(name, strchr(origin, '/') + 1);
	return true;
}

static const struct figures_rules rules = { author, NULL, NULL };

static int set_up(void **state)
{
	char origin[40];
	struct fault f;
	(void)state;

	it.dir = scratch_create();
	it.s = must_open(it.dir, STORE_WRITE);
	struct txn *t = must_begin(it.s, true);
	for (unsigned i = 0; i < LOGS; i++) {
		snprintf(origin, sizeof origin, "fne.example/%s", author_name[i]);
		it.log[i] = log_open(t, origin);
	}
	must_commit(t);
	it.x = index_create(it.s, &f);
	it.g = figures_create(it.s, it.x, rules);
	it.count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	figures_destroy(it.g);
	index_destroy(it.x);
	store_close(it.s);
	for (unsigned i = 0; i < it.count; i++)
		unpack_free((void *)it.input[i].event);
	scratch_remove(it.dir);
	return 0;
}

/* An event of an author, so many hours after the start; index and log know it at once. */
static unsigned say(unsigned who, unsigned hour, const char *kind, const char *pairs)
{
	char all[1024], date[30];
	unsigned n = it.count++;
	struct buffer b;
	struct fault f;

	assert_in_range(n, 0, EVENTS_MAX - 1);
	civil_format(START_MS + (int64_t)hour * HOUR_MS, 60, date);
	snprintf(all, sizeof all, "date=%s %s", date, pairs);
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, all, n);
	struct span entry = { b.data, b.used };
	struct txn *t = must_begin(it.s, true);
	it.at[n].log = it.log[who];
	assert_int_equal(log_append(t, it.log[who], &entry, 1, &it.at[n].index), 0);
	must_commit(t);
	assert_int_equal(index_add(it.x, it.at[n], entry, &f), 0);
	it.input[n] = (struct life_input){
		.event = event_open(entry, &f), .author = author_name[who],
		.index = it.at[n].index, .valid = true,
	};
	buffer_clear(&b);
	return n;
}

static void catch_up(unsigned slice)
{
	struct fault f;
	int64_t left;

	while ((left = figures_catch_up(it.g, slice, &f)) > 0)
		;
	if (left < 0)
		fail_msg("%s", f.text);
}

/* What the store says, as text: kind, log, index. */
static char *stored(void)
{
	struct txn *t = must_begin(it.s, false);
	struct buffer b;

	buffer_init(&b, 1 << 20);
	for (int k = 1; k < WATCH_KINDS; k++) {
		bool cut, failed;
		struct watch_seed *seed;
		unsigned count = watch_seeds(t, (enum watch_kind)k, 1000, &seed, &cut, &failed);
		assert_false(cut || failed);
		assert_int_equal(count, watch_count(t, (enum watch_kind)k));
		for (unsigned i = 0; i < count; i++)
			write_format(&b, "%s %u/%u\n", watch_name((enum watch_kind)k),
				     (unsigned)seed[i].at.log, (unsigned)seed[i].at.index);
		free(seed);
	}
	txn_abort(t);
	write_u8(&b, 0);
	return (char *)b.data;
}

/* The same of one fold of everything. */
static char *folded(void)
{
	struct lives lives;
	struct parts parts;
	struct watch *list;
	struct buffer b;

	buffer_init(&b, 1 << 20);
	assert_int_equal(lives_fold(it.input, it.count, &lives), 0);
	assert_int_equal(parts_fold(&lives, &parts), 0);
	int count = lives_watch(&lives, &parts, &list);
	assert_true(count >= 0);
	for (int k = 1; k < WATCH_KINDS; k++) {
		const struct life_input *last = NULL;
		/* several disks that leave with one event are one watch */
		for (int i = 0; i < count; i++) {
			if ((int)list[i].kind != k || list[i].at == last)
				continue;
			last = list[i].at;
			const struct position *at = &it.at[last - it.input];
			write_format(&b, "%s %u/%u\n", watch_name((enum watch_kind)k),
				     (unsigned)at->log, (unsigned)at->index);
		}
	}
	free(list);
	parts_clear(&parts);
	lives_clear(&lives);
	write_u8(&b, 0);
	return (char *)b.data;
}

static void expect_equal(void)
{
	char *a = stored(), *b = folded();

	assert_string_equal(a, b);
	free(a);
	free(b);
}

static void expect(const char *text)
{
	catch_up(100);
	char *is = stored();
	assert_string_equal(is, text);
	free(is);
	expect_equal();
}

static void check_store(void)
{
	struct check_report r = { 0 };
	struct fault f;

	assert_int_equal(index_flush(it.x, &f), 0);
	if (store_check(it.s, &r, &f))
		fail_msg("%s", f.text);
	assert_int_equal(r.bad, 0);
}

#define A "serial=PF0S0001 maker=LENOVO "
#define B "serial=PF0S0002 maker=LENOVO "
#define DISK "medium.serial=S3Z9NB0K11 medium.type=ssd "
#define WIPE "level=purge technique=ata_secure_erase tool=nwipe verification=full result=success "

static void what_is_sent_is_watched_until_it_arrives(void **state)
{
	char id[2 * EVENT_ID_SIZE + 1], pairs[200];
	uint8_t bytes[EVENT_ID_SIZE];
	(void)state;

	say(0, 1, "received", A "origin=external donor_type=company device_type=screen");
	expect("");
	unsigned sent = say(0, 2, "transfer_sent", A "recipient=beta nature=ownership");
	expect("limbo 1/1\n");
	say(2, 3, "received", B "origin=external donor_type=company device_type=screen");
	expect("limbo 1/1\n");
	check_store();
	event_sample_id(sent, bytes);
	hex_write(id, bytes, sizeof bytes);
	snprintf(pairs, sizeof pairs, A "shipment=%s", id);
	say(1, 4, "transfer_received", pairs);
	expect("");
	check_store();
}

static void data_that_left_are_watched_until_erased(void **state)
{
	(void)state;
	say(0, 1, "received", A "origin=external donor_type=company device_type=laptop");
	say(0, 2, "identified", A "device_type=laptop medium=S3Z9NB0K11:ssd");
	expect("");
	say(0, 3, "made_available", A "mode=donation recipient_type=final_user public=low_income "
	    "department=31");
	expect("alarm 1/2\n");
	say(0, 9, "data_erased", A DISK WIPE);
	expect("");
	check_store();
}

/* The disk is the only thing that ties the two devices, at two workshops. */
static void a_disk_carries_its_watch_to_another_device(void **state)
{
	(void)state;
	say(0, 1, "received", A "origin=external donor_type=company device_type=laptop");
	say(0, 2, "identified", A "device_type=laptop medium=S3Z9NB0K11:ssd");
	say(0, 3, "medium_removed", A "medium=S3Z9NB0K11:ssd destination=to_stock");
	say(1, 4, "received", B "origin=external donor_type=company device_type=laptop");
	expect("");
	say(1, 5, "upgraded", B "component=disk before_bytes=0 after_bytes=256GB medium=S3Z9NB0K11:ssd");
	expect("alarm 2/1\n");
	check_store();
	/* recorded late at the first: nothing of the second's own is new */
	say(0, 3, "data_erased", A DISK WIPE);
	catch_up(100);
	expect_equal();
	check_store();
}

static void random_event(void)
{
	static const char *const kind[] = { "received", "identified", "data_erased",
		"medium_removed", "upgraded", "made_available", "transfer_sent", "returned" };
	unsigned who = (unsigned)dice(LOGS), k = (unsigned)dice(8), disk = (unsigned)dice(6);
	char pairs[400];
	int used = snprintf(pairs, sizeof pairs, "serial=PF0S%04u maker=LENOVO ",
			    (unsigned)dice(8));
	char *to = pairs + used;
	size_t room = sizeof pairs - (size_t)used;

	switch (k) {
	case 0:
		snprintf(to, room, "origin=external donor_type=company device_type=laptop");
		break;
	case 1:
		snprintf(to, room, "device_type=laptop medium=S3Z9NB0K%02u:ssd", disk + 11);
		break;
	case 2:
		snprintf(to, room, "medium.serial=S3Z9NB0K%02u medium.type=ssd " WIPE, disk + 11);
		break;
	case 3:
		snprintf(to, room, "medium=S3Z9NB0K%02u:ssd destination=to_stock", disk + 11);
		break;
	case 4:
		snprintf(to, room, "component=disk before_bytes=0 after_bytes=256GB medium=S3Z9NB0K%02u:ssd",
			 disk + 11);
		break;
	case 5:
		snprintf(to, room, "mode=donation recipient_type=final_user public=low_income "
			 "department=31");
		break;
	case 6:
		snprintf(to, room, "recipient=%s nature=%s", author_name[dice(LOGS)],
			 dice(2) ? "ownership" : "possession");
		break;
	default:
		snprintf(to, room, "reason=donated_back");
	}
	/* in no order, and no two at once */
	say(who, it.count * 383 % 907, kind[k], pairs);
}

static void watches_equal_one_fold_of_all(void **state)
{
	struct fault f;
	unsigned seen = 0;
	(void)state;

	dice_seed(31);
	for (unsigned n = 0; n < 160; n++) {
		random_event();
		if (n % 3 == 0)
			catch_up(1 + (unsigned)dice(4));
		if (n % 7 != 0)
			continue;
		catch_up(100);
		expect_equal();
		char *text = stored();
		seen += *text != '\0';
		free(text);
	}
	assert_true(seen > 5);
	check_store();
	/* and from nothing */
	assert_int_equal(figures_drop(it.g, &f), 0);
	char *none = stored();
	assert_string_equal(none, "");
	free(none);
	catch_up(7);
	expect_equal();
	check_store();
}

static void damage_is_named(void **state)
{
	struct check_report r = { 0 };
	uint8_t key[WATCH_KEY_SIZE] = { WATCH_ALARM };
	struct fault f;
	(void)state;

	what_is_sent_is_watched_until_it_arrives(NULL);
	say(0, 8, "transfer_sent", A "recipient=beta nature=ownership");
	catch_up(100);
	check_store();
	/* one that no device has */
	struct txn *t = must_begin(it.s, true);
	put_u32(key + 9, 1u << 8);
	txn_put(t, TABLE_WATCH, (struct span){ key, sizeof key }, (struct span){ NULL, 0 });
	must_commit(t);
	assert_int_equal(store_check(it.s, &r, &f), 0);
	assert_true(r.bad > 0);
	/* and one that is gone */
	t = must_begin(it.s, true);
	txn_empty(t, TABLE_WATCH);
	must_commit(t);
	assert_int_equal(store_check(it.s, &r, &f), 0);
	assert_true(r.bad > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_sent_is_watched_until_it_arrives),
		TEST(data_that_left_are_watched_until_erased),
		TEST(a_disk_carries_its_watch_to_another_device),
		TEST(watches_equal_one_fold_of_all),
		TEST(damage_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
