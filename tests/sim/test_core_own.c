/* The core alone: what others know, or say they know, of our own log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/state.h"
#include "tests/sim/bench.h"

static const struct core_event tick = { .type = EV_TICK };

/* Member m links, claiming to hold so much of our log. */
static void claim(struct bench *b, uint32_t link, unsigned member, uint64_t size)
{
	struct gossip g = greeting_of(member);

	g.greeting.digest[0] ^= 1;
	g.greeting.your_size = size;
	link_up(b, link, member, true);
	hear(b, link, &g);
}

static void claim_again(struct bench *b, uint32_t link, uint64_t size)
{
	const struct log_size item = { log_of(1), size, 0, 0 };
	struct gossip g = { .type = GOSSIP_SUMMARY };

	g.summary.count = 1;
	g.summary.item = &item;
	hear(b, link, &g);
}

static bool in_quarantine(const struct bench *b)
{
	struct core_counts n;

	core_counts(b->core, &n);
	return n.quarantine;
}

static void rejected(struct bench *b, uint32_t link)
{
	const struct fault f = { FAULT_UNPROVED, "it does not prove" };

	step(b, (struct core_event){ .type = EV_REJECTED, .link = link, .log = log_of(1),
				     .fault = &f });
}

static void a_claim_delays_once_a_link(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	log_is(b, 1, 3, 0, 0, 0);
	claim(b, 1, 3, 9);
	assert_int_equal(0, count(b, FX_SIGN) + count(b, FX_TELL));
	assert_in_range(effect(b, FX_WAKE)->at_ms, b->now + 1, b->now + SIGN_FIRST_MS);
	b->now += SIGN_FIRST_MS - 1;
	claim_again(b, 1, 12);
	assert_int_equal(0, count(b, FX_SIGN));
	b->now++;
	step(b, tick);
	assert_int_equal(1, count(b, FX_SIGN));
	assert_false(in_quarantine(b));
	bench_end(b);
}

static void a_member_that_claims_is_soon_ignored(void **state)
{
	struct bench *b = bench_begin(4, 1);
	int64_t held_up_ms = 0;
	uint64_t size = 3;

	(void)state;
	greet(b, 1000, 2);
	/* a new link each second, for ten minutes */
	for (uint32_t link = 1; link <= 600; link++) {
		const int64_t until = b->now + 1000;
		const struct gossip ping = { .type = GOSSIP_PING };

		log_is(b, 1, size, size - 1, size - 1, size - 1);
		claim(b, link, 3, 1000000);
		hear(b, 1000, &ping);
		for (; b->now < until; b->now += 50) {
			step(b, tick);
			if (count(b, FX_SIGN) == 0 && b->core->sign_after_ms > b->now)
				held_up_ms += 50;
		}
		step(b, (struct core_event){ .type = EV_LINK_DOWN, .link = link });
		size++;
	}
	assert_in_range(held_up_ms, 1000, 11000);
	bench_end(b);
}

static void nothing_is_signed_while_a_head_of_ours_is_verified(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	greet(b, 1, 3);
	greet(b, 2, 2);
	log_is(b, 1, 3, 3, 3, 3);
	hear_head(b, 1, 1, 3);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));   /* that is what we signed */
	hear_head(b, 1, 1, 9);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	hear_head(b, 2, 1, 8);
	b->now += 10 * SIGN_FIRST_MS;
	b->core->logs.row[ROW_OWN].held = 5;
	step(b, tick);
	assert_int_equal(0, count(b, FX_SIGN));
	/* one is forged, the other is not yet judged */
	rejected(b, 2);
	assert_int_equal(1, count(b, FX_DROP));
	assert_int_equal(0, count(b, FX_SIGN));
	rejected(b, 1);
	assert_int_equal(1, count(b, FX_DROP));
	greet(b, 3, 0);
	assert_int_equal(1, count(b, FX_SIGN));
	/* who lied is neither heard nor waited for */
	claim(b, 4, 3, 20);
	hear_head(b, 4, 1, 20);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	assert_true(b->core->sign_after_ms <= b->now);
	bench_end(b);
}

static void a_stored_head_is_a_proof(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 1, 9);
	log_is(b, 1, 3, 2, 9, 9);
	assert_true(in_quarantine(b));
	assert_int_equal(1, count(b, FX_TELL));
	assert_non_null(strstr(effect(b, FX_TELL)->fault.text, "know 9 entries"));
	assert_non_null(strstr(effect(b, FX_TELL)->fault.text, "has signed 2:"));
	assert_int_equal(2, core_published(b->core));
	/* the tail grows over it: told once, never signed, nothing asked for */
	for (uint64_t held = 4; held < 20; held++) {
		b->now += SIGN_FIRST_MS;
		log_is(b, 1, held, 2, 9, 9);
		assert_int_equal(0, count(b, FX_SIGN) + count(b, FX_TELL) + count(b, FX_SEND));
	}
	hear_head(b, 1, 1, 9);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	/* a larger one raises the bar */
	hear_head(b, 1, 1, 12);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	log_is(b, 1, 20, 2, 9, 12);
	assert_int_equal(0, count(b, FX_TELL));
	log_is(b, 1, 20, 9, 9, 12);
	assert_int_equal(0, count(b, FX_SIGN));
	log_is(b, 1, 20, 12, 12, 12);
	assert_int_equal(1, count(b, FX_SIGN));
	assert_false(in_quarantine(b));
	bench_end(b);
}

static void a_head_that_contradicts_is_a_proof(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct core_event stale = { .type = EV_STALE, .link = 1, .log = log_of(1) };

	(void)state;
	greet(b, 1, 3);
	step(b, stale);   /* of nothing that was handed over */
	assert_false(in_quarantine(b));
	hear_head(b, 1, 1, 9);
	step(b, stale);
	assert_int_equal(0, count(b, FX_DROP));
	assert_int_equal(1, count(b, FX_TELL));
	b->now += SIGN_FIRST_MS;
	log_is(b, 1, 30, 0, 0, 0);
	assert_int_equal(0, count(b, FX_SIGN));
	hear_head(b, 1, 1, 9);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	assert_true(in_quarantine(b));
	bench_end(b);
}

static void a_stored_proof_holds_from_the_start(void **state)
{
	const struct core_config config = { .member = "us", .network = NET, .scope = 3 };
	struct bench *b = bench_begin(4, 1);

	(void)state;
	core_destroy(b->core);
	b->core = core_create(&config, b->registry);
	log_is(b, 1, 20, 4, 9, 9);
	assert_int_equal(1, count(b, FX_TELL));
	assert_true(in_quarantine(b));
	step(b, (struct core_event){ .type = EV_START });
	greet(b, 1, 3);
	b->now += 2 * SIGN_FIRST_MS;
	step(b, tick);
	assert_int_equal(0, count(b, FX_SIGN));
	bench_end(b);
}

/* A member that may have lost its store hears of its own log before all others. */
static void a_members_own_head_is_told_first(void **state)
{
	struct bench *b = bench_begin(1200, 1);
	const struct gossip nothing = { .type = GOSSIP_SUMMARY };

	(void)state;
	for (unsigned i = 2; i < 1200; i++)
		log_is(b, i, 5, 5, 5, 5);
	claim(b, 1, 1150, 0);
	hear(b, 1, &nothing);
	assert_int_equal(HEADS_BURST, count(b, FX_SEND_HEAD));
	assert_memory_equal(log_of(1150).b, effect(b, FX_SEND_HEAD)->log.b, LOG_ID_SIZE);
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_claim_delays_once_a_link),
		cmocka_unit_test(a_member_that_claims_is_soon_ignored),
		cmocka_unit_test(nothing_is_signed_while_a_head_of_ours_is_verified),
		cmocka_unit_test(a_stored_head_is_a_proof),
		cmocka_unit_test(a_head_that_contradicts_is_a_proof),
		cmocka_unit_test(a_stored_proof_holds_from_the_start),
		cmocka_unit_test(a_members_own_head_is_told_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
