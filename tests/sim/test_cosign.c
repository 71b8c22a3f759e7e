/*
 * Hubs that cosign: what they vouch for reaches everyone; a hub that dies between keeping
 * and sending, or is put back from an old copy, and authors who show two histories get no
 * second cosignature out of it. What a hub ever signed is remembered outside of it
 * (cosign.c), and every new cosignature is compared with all of it.
 *
 *	test_cosign [--count N]      seeds of each story of forks
 */
#include <getopt.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sim/world.h"

/* authority, two hubs, a workshop at the first one and one at the second, and a twin */
enum { HUB = 1, OTHER_HUB, SHOP, OTHER_SHOP, TWIN, NODES };
#define LOG (SHOP + 1)

static unsigned seeds = 100;

static struct world *begin(uint64_t seed)
{
	struct world *w = world_create(seed, NODES, 2, NULL, false);

	node_cosigns(w, HUB);
	node_cosigns(w, OTHER_HUB);
	node_dials(w, HUB, AUTHORITY);
	node_dials(w, OTHER_HUB, AUTHORITY);
	node_dials(w, OTHER_HUB, HUB);
	node_dials(w, SHOP, HUB);
	node_dials(w, OTHER_SHOP, OTHER_HUB);
	node_dials(w, TWIN, OTHER_HUB);
	for (unsigned id = 0; id < TWIN; id++) {
		if (id > 0)
			node_admit(w, id);
		node_start(w, id);
	}
	world_run(w, 3000);
	return w;
}

static void run(struct world *w, int64_t ms)
{
	world_run(w, w->now + ms);
	if (w->failure[0])
		fail_msg("seed %" PRIu64 ": %s", w->seed, w->failure);
}

static void expect_vouched(struct world *w, unsigned log)
{
	char why[400] = "";

	if (!check_vouched(w, log, why, sizeof why))
		fail_msg("seed %" PRIu64 ": %s", w->seed, why);
}

static uint64_t cosigned(const struct world *w, unsigned hub)
{
	return w->node[hub].log[LOG].cosigned.size;
}

static void what_hubs_vouch_for_reaches_everyone(void **state)
{
	struct world *w = begin(1);
	uint64_t messages;

	(void)state;
	run(w, 5000);
	expect_vouched(w, MEMBERS_LOG);
	node_record(w, SHOP, 5);
	run(w, 5000);
	expect_vouched(w, LOG);
	assert_int_equal(cosigned(w, HUB), 5);
	assert_int_equal(cosigned(w, OTHER_HUB), 5);
	/* a burst shares one line */
	for (unsigned i = 0; i < 10; i++) {
		node_record(w, SHOP, 1);
		run(w, 60);
	}
	run(w, 5000);
	expect_vouched(w, LOG);
	assert_true(w->node[HUB].vouch_count < 8);
	/* and then there is nothing more to say: greetings and pings only */
	messages = w->messages;
	run(w, 60000);
	assert_true(w->messages - messages < 200);
	world_destroy(w);
}

/* The workshop is away when the second hub comes: it learns of its line later. */
static void a_workshop_that_was_away_learns_it(void **state)
{
	struct world *w = begin(2);

	(void)state;
	node_stop(w, OTHER_HUB);
	node_record(w, SHOP, 3);
	run(w, 3000);
	node_stop(w, SHOP);
	node_start(w, OTHER_HUB);
	run(w, 5000);
	expect_vouched(w, LOG);
	node_start(w, SHOP);
	run(w, 3000);
	expect_vouched(w, LOG);
	world_destroy(w);
}

/* A hub dies at any effect from the record to the last line that it sends. */
static void a_hub_may_die_between_keeping_and_sending(void **state)
{
	unsigned died = 0;

	(void)state;
	for (unsigned k = 1; k <= 60; k++) {
		struct world *w = begin(100 + k);

		node_record(w, SHOP, 4);
		w->node[HUB].crash_in = k;
		run(w, 6000);
		died += !w->node[HUB].up;
		w->node[HUB].crash_in = 0;
		node_start(w, HUB);
		node_record(w, SHOP, 2);
		run(w, 10000);
		expect_vouched(w, LOG);
		assert_int_equal(cosigned(w, HUB), 6);
		world_destroy(w);
	}
	assert_in_range(died, 15, 55);   /* before, between and after */
}

static void a_restored_hub_learns_what_it_signed(void **state)
{
	struct world *w = begin(3);
	struct disk_copy copy = { .logs = 0 };

	(void)state;
	node_record(w, SHOP, 5);
	run(w, 3000);
	disk_save(&copy, &w->node[HUB]);
	node_record(w, SHOP, 5);
	run(w, 3000);
	assert_int_equal(cosigned(w, HUB), 10);
	node_stop(w, HUB);
	disk_restore(&w->node[HUB], &copy, FENCE_KEPT);
	disk_forget_lost(&w->node[HUB]);
	assert_int_equal(cosigned(w, HUB), 5);
	node_start(w, HUB);
	run(w, 900);
	/* by its own line on the head that others have */
	run(w, 200);
	assert_int_equal(cosigned(w, HUB), 10);
	run(w, 5000);
	expect_vouched(w, LOG);
	node_record(w, SHOP, 2);
	run(w, 5000);
	assert_int_equal(cosigned(w, HUB), 12);
	expect_vouched(w, LOG);
	disk_clear(&copy);
	world_destroy(w);
}

/* --- liars --- */

static void clone(struct world *w)
{
	node_twin(w, TWIN, SHOP);
	w->node[TWIN].fence = w->node[SHOP].fence;
	w->node[TWIN].store = w->node[SHOP].store;
	w->node[SHOP].lies = w->node[TWIN].lies = LIE_FORK;
}

static void part(struct world *w, bool parted)
{
	static const unsigned other_half[] = { OTHER_HUB, OTHER_SHOP, TWIN };

	for (unsigned i = 0; i < 3; i++)
		w->node[other_half[i]].group = parted;
	if (parted)
		net_partition(w);
}

/* Two halves are shown two branches; each hub vouches for what it saw, and for nothing
 * that follows once they have met. */
static void a_fork_gets_no_second_cosignature(void **state)
{
	unsigned vouched = 0;

	(void)state;
	for (unsigned seed = 200; seed < 200 + seeds; seed++) {
		struct world *w = begin(seed);

		w->delay_max = 100;
		node_record(w, SHOP, 4);
		run(w, 3000);
		clone(w);
		part(w, true);
		node_start(w, TWIN);
		run(w, 2000);
		node_record(w, SHOP, 1 + (unsigned)rng_below(&w->rng, 5));
		node_record(w, TWIN, 1 + (unsigned)rng_below(&w->rng, 5));
		run(w, (int64_t)rng_below(&w->rng, 4000));
		vouched += cosigned(w, HUB) > 4 && cosigned(w, OTHER_HUB) > 4;
		part(w, false);
		run(w, 20000);
		const uint64_t at_hub = cosigned(w, HUB), at_other = cosigned(w, OTHER_HUB);

		node_record(w, SHOP, 3);
		node_record(w, TWIN, 2);
		run(w, 20000);
		assert_int_equal(cosigned(w, HUB), at_hub);
		assert_int_equal(cosigned(w, OTHER_HUB), at_other);
		world_destroy(w);
	}
	assert_true(vouched > seeds / 5);   /* the liars did get their first ones */
}

/* A hub that forgot is offered the other branch, while the one it vouched for is known to
 * who greets it first or last: never a cosignature for both. */
static void a_restored_hub_is_not_talked_into_a_fork(void **state)
{
	unsigned learned = 0;

	(void)state;
	for (unsigned seed = 400; seed < 400 + seeds; seed++) {
		struct world *w = begin(seed);
		struct disk_copy copy = { .logs = 0 };

		w->delay_max = 100;
		node_record(w, SHOP, 4);
		run(w, 3000);
		disk_save(&copy, &w->node[OTHER_HUB]);
		clone(w);
		node_record(w, SHOP, 3);
		run(w, 4000);
		assert_int_equal(cosigned(w, OTHER_HUB), 7);
		node_stop(w, OTHER_HUB);
		disk_restore(&w->node[OTHER_HUB], &copy, FENCE_KEPT);
		disk_forget_lost(&w->node[OTHER_HUB]);
		node_stop(w, SHOP);
		node_start(w, OTHER_HUB);
		node_start(w, TWIN);
		node_record(w, TWIN, 1 + (unsigned)rng_below(&w->rng, 6));
		run(w, 20000);
		learned += cosigned(w, OTHER_HUB) == 7;
		disk_clear(&copy);
		world_destroy(w);
	}
	assert_true(learned > seeds / 2);
}

static const struct option options[] = {
	{ "count", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_hubs_vouch_for_reaches_everyone),
		cmocka_unit_test(a_workshop_that_was_away_learns_it),
		cmocka_unit_test(a_hub_may_die_between_keeping_and_sending),
		cmocka_unit_test(a_restored_hub_learns_what_it_signed),
		cmocka_unit_test(a_fork_gets_no_second_cosignature),
		cmocka_unit_test(a_restored_hub_is_not_talked_into_a_fork),
	};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o != 'n' || sscanf(optarg, "%u", &seeds) != 1)
			return 64;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
