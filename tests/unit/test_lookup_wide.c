/* Wide lookups: all devices of a lot or donor, whole, the newest when not all fit. */
#include "store/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/events.h"
#include "tests/unit/store_help.h"

#define DEVICES 40
#define EACH 3                  /* events of a device; one names the lot */
#define PLENTY (64 * 1024 * 1024)

static struct {
	const char *dir;
	struct store *s;
	struct index *x;
	uint32_t log[2];
	unsigned count;
} it;

static void say(unsigned who, unsigned day, const char *kind, const char *pairs)
{
	uint64_t index;
	char all[600];
	struct buffer b;
	struct fault f;

	snprintf(all, sizeof all, "date=2026-01-%02uT10:%02u:00+01:00 %s", 1 + day / 60, day % 60,
		 pairs);
	buffer_init(&b, ENTRY_SIZE_MAX);
	event_build(&b, kind, all, it.count++);
	struct span entry = { b.data, b.used };
	struct txn *t = must_begin(it.s, true);
	assert_int_equal(log_append(t, it.log[who], &entry, 1, &index), 0);
	must_commit(t);
	assert_int_equal(index_add(it.x, (struct position){ it.log[who], index }, entry, &f), 0);
	buffer_clear(&b);
}

/* Device n is received on day n at one workshop, of odd ones at another; later events name
 * neither lot nor donor. */
static int set_up(void **state)
{
	char pairs[300];
	struct fault f;
	(void)state;

	it.dir = scratch_create();
	it.s = must_open(it.dir, STORE_WRITE);
	it.count = 0;
	struct txn *t = must_begin(it.s, true);
	it.log[0] = log_open(t, "fne.example/alpha");
	it.log[1] = log_open(t, "fne.example/beta");
	must_commit(t);
	it.x = index_create(it.s, &f);
	for (unsigned n = 0; n < DEVICES; n++) {
		unsigned device = (n * 7) % DEVICES;
		snprintf(pairs, sizeof pairs, "serial=PF0S%04u maker=LENOVO lot=%s "
			 "origin=external donor_type=company donor=%s", device,
			 device % 4 == 3 ? "Other" : "Lot-A", device % 2 ? "73282932000074" : "w123456789");
		say(device % 2, device, "received", pairs);
		snprintf(pairs, sizeof pairs, "serial=PF0S%04u maker=LENOVO place=shop", device);
		say(1 - device % 2, 200 + device, "stocked", pairs);
		say(device % 2, 300 + device, "stocked", pairs);
		if (n == DEVICES / 2)
			assert_int_equal(index_flush(it.x, &f), 0);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	index_destroy(it.x);
	store_close(it.s);
	scratch_remove(it.dir);
	return 0;
}

static void must_find(const struct wide_query *q, struct found *out)
{
	struct txn *t = must_begin(it.s, false);
	struct fault f;

	if (index_lookup_wide(it.x, t, q, out, &f))
		fail_msg("%s", f.text);
	for (unsigned i = 1; i < out->count; i++)
		assert_true(out->at[i - 1].log < out->at[i].log ||
			    (out->at[i - 1].log == out->at[i].log &&
			     out->at[i - 1].index < out->at[i].index));
	txn_abort(t);
}

/* The devices of the events found; each must be there with all its events. */
static unsigned devices_of(const struct found *found, bool has[DEVICES])
{
	unsigned events[DEVICES] = { 0 }, count = 0;
	struct txn *t = must_begin(it.s, false);

	memset(has, 0, DEVICES * sizeof *has);
	for (unsigned i = 0; i < found->count; i++) {
		struct span entry;
		assert_true(log_entry(t, found->at[i].log, found->at[i].index, &entry));
		const char *at = memmem(entry.data, entry.size, "PF0S", 4);
		unsigned n = (unsigned)atoi(at + 4);
		assert_in_range(n, 0, DEVICES - 1);
		events[n]++;
	}
	txn_abort(t);
	for (unsigned n = 0; n < DEVICES; n++) {
		assert_true(events[n] == 0 || events[n] == EACH);
		has[n] = events[n] > 0;
		count += has[n];
	}
	return count;
}

static void a_lot_has_all_events_of_its_devices(void **state)
{
	struct wide_query q = { .scope = WIDE_LOT, .name = "lot-a ", .bytes_max = PLENTY };
	bool has[DEVICES];
	struct found found;
	(void)state;

	must_find(&q, &found);
	assert_false(found.cut);
	assert_int_equal(devices_of(&found, has), DEVICES * 3 / 4);
	for (unsigned n = 0; n < DEVICES; n++)
		assert_int_equal(has[n], n % 4 != 3);
	free(found.at);
	q = (struct wide_query){ .scope = WIDE_DONOR, .name = "W123456789", .bytes_max = PLENTY };
	must_find(&q, &found);
	assert_int_equal(devices_of(&found, has), DEVICES / 2);
	free(found.at);
	/* a donor is no lot */
	q.scope = WIDE_LOT;
	must_find(&q, &found);
	assert_int_equal(found.count, 0);
	assert_false(found.cut);
	free(found.at);
}

/* Announced by a donor, received of its lot: the reception need not name it again. */
static void a_donor_has_the_devices_of_his_lots(void **state)
{
	struct wide_query q = { .scope = WIDE_DONOR, .name = "21310555400017",
				.bytes_max = PLENTY };
	struct found found;
	(void)state;

	say(0, 500, "donation_announced", "lot=Other-2 donor_type=state donor=21310555400017 "
	    "count=1 announced=serial:PF0Q0001:LENOVO");
	say(0, 501, "received", "serial=PF0Q0001 maker=LENOVO lot=other-2 origin=external "
	    "donor_type=state");
	say(0, 502, "received", "serial=PF0Q0002 maker=LENOVO lot=other-3 origin=external "
	    "donor_type=state");
	must_find(&q, &found);
	assert_int_equal(found.count, 2);
	assert_false(found.cut);
	free(found.at);
	/* the body that the establishment is of, and no other number of nine digits */
	q.name = "213105554";
	must_find(&q, &found);
	assert_int_equal(found.count, 2);
	free(found.at);
	q.name = "213105550";
	must_find(&q, &found);
	assert_int_equal(found.count, 0);
	free(found.at);
}

static void the_newest_win_and_it_is_said(void **state)
{
	struct wide_query q = { .scope = WIDE_DONOR, .name = "73282932000074" };
	bool has[DEVICES], ended = false;
	unsigned some = 0;
	struct found found;
	(void)state;

	for (q.bytes_max = 0; q.bytes_max < 48 * 1024; q.bytes_max += 700) {
		must_find(&q, &found);
		unsigned count = devices_of(&found, has);
		assert_int_equal(found.cut, count < DEVICES / 2);
		some += count > 0 && found.cut;
		ended = ended || !found.cut;
		/* those that are there are the last ones received */
		for (unsigned n = 0; n < DEVICES; n++)
			assert_int_equal(has[n], n % 2 == 1 && n >= DEVICES - 2 * count);
		free(found.at);
	}
	assert_true(some > 3);
	assert_true(ended);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_lot_has_all_events_of_its_devices),
		TEST(a_donor_has_the_devices_of_his_lots),
		TEST(the_newest_win_and_it_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
