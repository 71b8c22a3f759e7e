/* "Any order of the same events gives the same devices", and look-alikes stay apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/identities.h"

#define SEEDS 400
#define ORDERS 5

static void shuffle(struct life_input *input, unsigned count, uint32_t *seed)
{
	for (unsigned i = count; i > 1; i--) {
		unsigned k = identities_dice(seed) % i;
		struct life_input swap = input[i - 1];
		input[i - 1] = input[k];
		input[k] = swap;
	}
}

/* Inputs in some other order, some of them twice, are told as in first. */
static void expect_same(const struct story *s, const struct buffer *first, struct buffer *again,
			uint32_t *seed, unsigned number)
{
	struct life_input more[2 * STORY_MAX];
	struct lives lives;
	unsigned total = s->count + identities_dice(seed) % s->count;
	for (unsigned k = 0; k < total; k++)
		more[k] = s->input[k < s->count ? k : identities_dice(seed) % s->count];
	shuffle(more, total, seed);
	assert_int_equal(lives_fold(more, total, &lives), 0);
	identities_print(again, &lives);
	lives_clear(&lives);
	if (first->used != again->used || memcmp(first->data, again->data, first->used) != 0)
		fail_msg("seed %u:\n%.*s\n--- is not\n%.*s", number, (int)first->used,
			 (char *)first->data, (int)again->used, (char *)again->data);
}

static unsigned tree_root(const unsigned *parent, unsigned at)
{
	while (parent[at] != at)
		at = parent[at];
	return at;
}

/* The evidence is a spanning tree of the identifiers. */
static void expect_tree(const struct life *l, unsigned how[8])
{
	unsigned parent[100];
	assert_in_range(l->ident_count, 0, 99);
	for (unsigned i = 0; i < l->ident_count; i++)
		parent[i] = i;
	if (l->ident_count > 0 && l->evidence_count != l->ident_count - 1)
		fail_msg("%u identifiers, %u reasons", l->ident_count, l->evidence_count);
	for (unsigned i = 0; i < l->evidence_count; i++) {
		const struct evidence *e = &l->evidence[i];
		assert_in_range(e->a, 0, l->ident_count - 1);
		assert_in_range(e->b, 0, l->ident_count - 1);
		unsigned x = tree_root(parent, e->a), y = tree_root(parent, e->b);
		assert_int_not_equal(x, y);
		parent[x] = y;
		assert_true(e->at || e->how == BY_BARE_SERIAL);
		how[e->how]++;
	}
}

static void run(void (*tell)(struct story *s, uint32_t *seed),
		void (*expect)(const struct life *l, unsigned seen[8]), unsigned seen[8])
{
	struct buffer first, again;
	buffer_init(&first, 1 << 20);
	buffer_init(&again, 1 << 20);
	for (uint32_t number = 1; number <= SEEDS; number++) {
		uint32_t seed = number * 2654435761u;
		struct story *s = story_begin();
		unsigned count = 4 + identities_dice(&seed) % 40;
		while (s->count < count)
			tell(s, &seed);
		const struct lives *lives = story_lives(s);
		for (unsigned i = 0; i < lives->count; i++)
			expect(&lives->life[i], seen);
		identities_print(&first, lives);
		for (int i = 0; i < ORDERS; i++)
			expect_same(s, &first, &again, &seed, number);
		story_end(s);
	}
	buffer_clear(&first);
	buffer_clear(&again);
}

static void any_order_gives_the_same_devices(void **state)
{
	unsigned how[8] = { 0 };
	(void)state;
	run(identities_tell_anything, expect_tree, how);
	printf("reasons: %u entries, %u links, %u bare serials, %u pairs, %u announcements\n",
	       how[BY_ENTRY], how[BY_LINK], how[BY_BARE_SERIAL], how[BY_MEDIUM_PAIR],
	       how[BY_ANNOUNCEMENT]);
	for (unsigned i = BY_ENTRY; i <= BY_ANNOUNCEMENT; i++)
		assert_true(how[i] > 0);
}

/* By number of the event: the device that it is about. */
static unsigned about[STORY_MAX];

static void tell_truth(struct story *s, uint32_t *seed)
{
	struct truth t = identities_tell_truth(s, seed);
	about[t.event] = t.device;
}

/* No life has events of two devices. seen: lives of one event, and of more. */
static void expect_one_device(const struct life *l, unsigned seen[8])
{
	expect_tree(l, (unsigned[8]){ 0 });
	for (unsigned i = 1; i < l->line_count; i++) {
		uint64_t first = l->line[0].input->index, other = l->line[i].input->index;
		if (about[first] != about[other])
			fail_msg("device %u was taken for device %u, by a life of %u lines",
				 about[first], about[other], l->line_count);
	}
	seen[l->line_count > 1]++;
}

static void look_alikes_never_merge(void **state)
{
	unsigned seen[8] = { 0 };
	(void)state;
	run(tell_truth, expect_one_device, seen);
	assert_true(seen[1] > SEEDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_gives_the_same_devices),
		cmocka_unit_test(look_alikes_never_merge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
