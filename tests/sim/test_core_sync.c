/* The core alone: exchanging heads, fetching and serving entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/links.h"
#include "daemon/core/logs.h"
#include "tests/sim/bench.h"

/* --- exchange --- */

static void summaries_are_rationed(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip g = greeting_of(3);
	unsigned n = 0;

	(void)state;
	greet(b, 1, 3);
	for (unsigned i = 0; i < 20; i++) {
		hear(b, 1, &g);
		n += sent(b, GOSSIP_SUMMARY) != NULL;
	}
	assert_in_range(n, 1, SUMMARY_BURST);
	b->now += SUMMARY_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_non_null(sent(b, GOSSIP_SUMMARY));
	bench_end(b);
}

static void one_link_is_greeted_again(void **state)
{
	struct bench *b = bench_begin(4, 1);
	unsigned n = 0;

	(void)state;
	greet(b, 1, 3);
	greet(b, 2, 2);
	b->now += ANTI_ENTROPY_MS + 1;
	step(b, (struct core_event){ .type = EV_TICK });
	for (unsigned i = 0; i < b->fx.count; i++) {
		const struct core_effect *x = &b->fx.item[i];

		n += x->type == FX_SEND && x->message->type == GOSSIP_GREETING;
	}
	assert_int_equal(1, n);
	bench_end(b);
}

static void only_larger_heads_are_taken(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip junk = { .type = GOSSIP_HEAD };

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	log_is(b, 3, 10, 10, 10, 10);
	hear_head(b, 1, 3, 10);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	hear_head(b, 1, 50, 10);   /* of no member */
	assert_int_equal(0, b->fx.count);
	junk.head.log = log_of(3);
	junk.head.checkpoint = (struct span){ (const uint8_t *)"junk", 4 };
	hear(b, 1, &junk);
	assert_int_equal(1, count(b, FX_DROP));
	bench_end(b);
}

/* --- fetching --- */

static void wants_are_bounded(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip g;

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 5000);
	log_is(b, 3, 0, 0, 5000, 5000);
	assert_int_equal(WANTS_MAX, count(b, FX_SEND));
	g = frame_of(3, 0, FRAME_ENTRIES_MAX, 5000);
	hear(b, 1, &g);
	assert_int_equal(1, count(b, FX_TAKE_FRAME));
	assert_int_equal(1, count(b, FX_SEND));
	assert_int_equal(WANTS_MAX * FRAME_ENTRIES_MAX, sent(b, GOSSIP_WANT)->want.start);
	/* the same again: nobody asked for it */
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_TAKE_FRAME));
	assert_int_equal(1, count(b, FX_DROP));
	bench_end(b);
}

static void what_is_late_is_asked_elsewhere(void **state)
{
	struct bench *b = bench_begin(5, 1);
	struct gossip g;

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	log_is(b, 3, 0, 0, 10, 10);
	assert_int_equal(1, effect(b, FX_SEND)->link);
	greet(b, 2, 4);
	hear_head(b, 2, 3, 10);
	assert_null(sent(b, GOSSIP_WANT));
	b->now += WANT_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_int_equal(2, effect(b, FX_SEND)->link);
	/* the late frame is no fault */
	g = frame_of(3, 0, 10, 10);
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_DROP));
	hear(b, 2, &g);
	assert_int_equal(1, count(b, FX_TAKE_FRAME));
	bench_end(b);
}

static void what_does_not_fit_is_asked_ever_later(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct core_event stale = { .type = EV_STALE, .link = 1, .log = log_of(3) };
	unsigned asked = 0;

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	log_is(b, 3, 0, 0, 10, 10);
	step(b, stale);
	assert_non_null(sent(b, GOSSIP_WANT));   /* once is chance */
	for (unsigned i = 0; i < 600; i++) {
		const struct gossip g = frame_of(3, 0, 10, 10);

		if (sent(b, GOSSIP_WANT)) {
			asked++;
			hear(b, 1, &g);
			step(b, stale);
			continue;
		}
		b->now += 100;
		step(b, (struct core_event){ .type = EV_TICK });
		if (sent(b, GOSSIP_PING)) {
			const struct gossip pong = { .type = GOSSIP_PONG };

			hear(b, 1, &pong);
		}
	}
	assert_in_range(asked, 5, 15);
	bench_end(b);
}

static void who_lies_is_shunned(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct fault f = { FAULT_UNPROVED, "it does not prove" };

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 3, 10);
	log_is(b, 3, 0, 0, 10, 10);
	step(b, (struct core_event){ .type = EV_REJECTED, .link = 1, .log = log_of(3),
				     .fault = &f });
	assert_int_equal(1, count(b, FX_DROP));
	assert_int_equal(1, count(b, FX_TELL));
	greet(b, 2, 3);
	hear_head(b, 2, 3, 12);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	b->now += SHUN_MIN_MS;
	hear_head(b, 2, 3, 12);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	bench_end(b);
}

/* --- serving --- */

static unsigned served(struct bench *b, unsigned member, uint64_t start, uint64_t stop,
		       uint64_t size)
{
	struct gossip g = { .type = GOSSIP_WANT };

	g.want.log = log_of(member);
	g.want.start = start;
	g.want.end = stop;
	g.want.tree_size = size;
	hear(b, 1, &g);
	return count(b, FX_SERVE);
}

static void only_what_was_told_is_served(void **state)
{
	struct bench *b = bench_begin(4, 1);
	unsigned n = 0;

	(void)state;
	greet(b, 1, 3);
	log_is(b, 1, 9, 5, 5, 5);
	log_is(b, 2, 8, 6, 10, 10);
	assert_int_equal(1, served(b, 1, 0, 5, 5));
	assert_int_equal(0, served(b, 1, 0, 5, 9));    /* not published */
	assert_int_equal(1, served(b, 2, 6, 8, 8));
	assert_int_equal(0, served(b, 2, 6, 8, 10));   /* no proof can be made */
	assert_int_equal(0, served(b, 2, 3, 3, 8));
	assert_int_equal(0, served(b, 2, 3, 9, 8));
	assert_int_equal(0, served(b, 60, 0, 1, 1));
	for (unsigned i = 0; i < SERVES_RATE + 100; i++)
		n += served(b, 2, 0, 8, 8);
	assert_in_range(n, SERVES_RATE - 10, SERVES_RATE);
	assert_int_equal(0, count(b, FX_DROP));
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summaries_are_rationed),
		cmocka_unit_test(one_link_is_greeted_again),
		cmocka_unit_test(only_larger_heads_are_taken),
		cmocka_unit_test(wants_are_bounded),
		cmocka_unit_test(what_is_late_is_asked_elsewhere),
		cmocka_unit_test(what_does_not_fit_is_asked_ever_later),
		cmocka_unit_test(who_lies_is_shunned),
		cmocka_unit_test(only_what_was_told_is_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
