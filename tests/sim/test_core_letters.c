/* The core alone: which letters a node takes, which ones a hub passes on, and to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/state.h"
#include "tests/sim/bench.h"

/* Member 1 is us, 2 the first hub beside us. */
static const char *name_of(const struct bench *b, unsigned member)
{
	return registry_member(b->registry, member)->name;
}

static struct gossip letter(const struct bench *b, unsigned from, unsigned to)
{
	struct gossip g = { .type = GOSSIP_LETTER };

	g.letter.kind = LETTER_REQUEST;
	snprintf(g.letter.from, sizeof g.letter.from, "%s", name_of(b, from));
	snprintf(g.letter.to, sizeof g.letter.to, "%s", name_of(b, to));
	g.letter.nonce = 5;
	return g;
}

/* A bench of which we are a hub, or not. */
static struct bench *begin(bool hub)
{
	struct bench *b = bench_begin(6, 0);

	if (hub)
		((struct member *)(uintptr_t)registry_member(b->registry, 1))->role =
			TRAC__ROLE__HUB;
	greet(b, 1, 3);
	greet(b, 2, 4);
	return b;
}

static void a_letter_to_us_is_taken(void **state)
{
	struct bench *b = begin(false);
	struct gossip g = letter(b, 3, 1);

	(void)state;
	hear(b, 1, &g);
	assert_int_equal(1, count(b, FX_LETTER));
	assert_ptr_equal(&g, effect(b, FX_LETTER)->message);
	/* passed on by someone else: who wrote it is for its signature to say */
	hear(b, 2, &g);
	assert_int_equal(1, count(b, FX_LETTER));
	bench_end(b);
}

static void a_hub_passes_on_once(void **state)
{
	struct bench *b = begin(true);
	struct gossip g = letter(b, 3, 4);

	(void)state;
	hear(b, 1, &g);
	assert_int_equal(1, count(b, FX_SEND));
	assert_int_equal(2, effect(b, FX_SEND)->link);
	assert_ptr_equal(&g, sent(b, GOSSIP_LETTER));
	assert_int_equal(0, count(b, FX_LETTER));
	/* from a link that is not its sender's: it was passed on already */
	hear(b, 2, &g);
	assert_int_equal(0, count(b, FX_SEND));
	g = letter(b, 5, 4);
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_SEND));
	/* back to where it came from */
	g = letter(b, 3, 3);
	hear(b, 1, &g);
	assert_int_equal(LETTER_REFUSAL, sent(b, GOSSIP_LETTER)->letter.kind);
	bench_end(b);
}

static void who_is_no_hub_passes_nothing_on(void **state)
{
	struct bench *b = begin(false);
	struct gossip g = letter(b, 3, 4);

	(void)state;
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_SEND) + count(b, FX_LETTER));
	bench_end(b);
}

static void the_absent_are_told_of_at_once(void **state)
{
	struct bench *b = begin(true);
	struct gossip g = letter(b, 3, 5);
	const struct gossip *no;

	(void)state;
	hear(b, 1, &g);
	assert_int_equal(1, effect(b, FX_SEND)->link);
	no = sent(b, GOSSIP_LETTER);
	assert_int_equal(LETTER_REFUSAL, no->letter.kind);
	assert_int_equal(LETTER_NO_ROUTE, no->letter.code);
	assert_string_equal(name_of(b, 1), no->letter.from);
	assert_string_equal(name_of(b, 3), no->letter.to);
	assert_int_equal(5, no->letter.nonce);
	/* a part that finds no way is lost, and asked for again */
	g.letter.kind = LETTER_PART;
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_SEND));
	bench_end(b);
}

/* A node of an older version gets two letters and no more. */
static void who_knows_no_letters_gets_few(void **state)
{
	struct bench *b = begin(true);
	struct gossip g = letter(b, 3, 4), answer;
	uint32_t link[4];

	(void)state;
	for (unsigned i = 0; i < LETTERS_UNANSWERED_MAX; i++) {
		hear(b, 1, &g);
		assert_ptr_equal(&g, sent(b, GOSSIP_LETTER));
	}
	hear(b, 1, &g);
	assert_int_equal(LETTER_NO_ROUTE, sent(b, GOSSIP_LETTER)->letter.code);
	assert_int_equal(0, core_routes(b->core, name_of(b, 4), link, 4));
	/* it speaks: it knows them */
	answer = letter(b, 4, 3);
	hear(b, 2, &answer);
	hear(b, 1, &g);
	assert_ptr_equal(&g, sent(b, GOSSIP_LETTER));
	assert_int_equal(1, core_routes(b->core, name_of(b, 4), link, 4));
	bench_end(b);
}

static void routes_are_direct_then_hubs(void **state)
{
	struct bench *b = bench_begin(6, 2);
	uint32_t link[4];

	(void)state;
	assert_int_equal(0, core_routes(b->core, name_of(b, 5), link, 4));
	greet(b, 1, 2);
	greet(b, 2, 3);
	greet(b, 3, 4);
	assert_int_equal(2, core_routes(b->core, name_of(b, 5), link, 4));
	greet(b, 4, 5);
	assert_int_equal(3, core_routes(b->core, name_of(b, 5), link, 4));
	assert_int_equal(4, link[0]);
	assert_int_equal(1, core_routes(b->core, name_of(b, 5), link, 1));
	core_letter_sent(b->core, 4);
	core_letter_sent(b->core, 4);
	core_letter_sent(b->core, 99);
	assert_int_equal(2, core_routes(b->core, name_of(b, 5), link, 4));
	bench_end(b);
}

static void a_flood_is_dropped(void **state)
{
	struct bench *b = begin(false);
	struct gossip g = letter(b, 3, 1);
	unsigned taken = 0;

	(void)state;
	for (unsigned i = 0; i < 2 * LETTERS_RATE; i++) {
		hear(b, 1, &g);
		taken += count(b, FX_LETTER);
	}
	assert_in_range(taken, LETTERS_RATE, LETTERS_RATE + 50);
	/* nobody else pays for it */
	g = letter(b, 4, 1);
	hear(b, 2, &g);
	assert_int_equal(1, count(b, FX_LETTER));
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_to_us_is_taken),
		cmocka_unit_test(a_hub_passes_on_once),
		cmocka_unit_test(who_is_no_hub_passes_nothing_on),
		cmocka_unit_test(the_absent_are_told_of_at_once),
		cmocka_unit_test(who_knows_no_letters_gets_few),
		cmocka_unit_test(routes_are_direct_then_hubs),
		cmocka_unit_test(a_flood_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
