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
	const struct log_size item = { .log = log_of(1), .seen = size };
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
	b->now += PROVE_MS - 1;
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
	assert_in_range(held_up_ms, 1000, 70000);
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
	b->now += SIGN_FIRST_MS;
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

static const struct core_event contradicted = { .type = EV_STALE, .link = 1, .forked = true };

static void stale(struct bench *b, bool forked)
{
	struct core_event ev = contradicted;

	ev.log = log_of(1);
	ev.forked = forked;
	step(b, ev);
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
	assert_int_equal(1, count(b, FX_ASIDE));
	assert_int_equal(0, count(b, FX_SEND));
	assert_int_equal(2, core_published(b->core));
	/* what is not signed is aside: the log is asked for, and who holds more asked again */
	log_is(b, 1, 2, 2, 9, 9);
	assert_int_equal(2, sent(b, GOSSIP_WANT)->want.start);
	assert_int_equal(9, sent(b, GOSSIP_WANT)->want.end);
	assert_non_null(sent(b, GOSSIP_GREETING));
	log_is(b, 1, 5, 2, 9, 9);
	assert_int_equal(0, count(b, FX_SIGN) + count(b, FX_RESUME));
	/* all is there, and others may still have more to say */
	log_is(b, 1, 9, 9, 9, 9);
	assert_int_equal(0, count(b, FX_SIGN) + count(b, FX_RESUME));
	b->now += ANSWER_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_RESUME));
	assert_int_equal(0, count(b, FX_SIGN));
	assert_false(in_quarantine(b));
	log_is(b, 1, 10, 9, 9, 9);
	assert_int_equal(1, count(b, FX_SIGN));
	bench_end(b);
}

static bool second_is_told(const struct bench *b)
{
	for (unsigned i = 0; i < b->fx.count; i++) {
		const struct core_effect *x = &b->fx.item[i];

		if (x->type == FX_TELL && !strncmp(x->fault.text, "second node: ", 13))
			return true;
	}
	return false;
}

/* Twins that no hub sees both of: an old copy has not signed before it learns that it is one. */
static void who_signs_behind_us_is_a_second_node(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	greet(b, 1, 3);
	hear_head(b, 1, 1, 9);
	log_is(b, 1, 2, 2, 9, 9);
	assert_true(in_quarantine(b));
	assert_false(second_is_told(b));
	bench_end(b);

	b = bench_begin(4, 1);
	log_is(b, 1, 1, 0, 0, 0);
	greet(b, 1, 3);
	b->now += SIGN_FIRST_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_SIGN));
	log_is(b, 1, 1, 1, 1, 1);
	hear_head(b, 1, 1, 2);
	log_is(b, 1, 1, 1, 2, 2);
	assert_true(in_quarantine(b));
	assert_true(second_is_told(b));
	bench_end(b);
}

static void a_head_that_contradicts_the_tail_comes_again(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	greet(b, 1, 3);
	log_is(b, 1, 12, 4, 4, 4);
	assert_int_equal(1, count(b, FX_SIGN));   /* in the open transaction, not yet durable */
	hear_head(b, 1, 1, 9);
	stale(b, false);
	assert_false(in_quarantine(b));
	hear_head(b, 1, 1, 9);
	stale(b, true);
	assert_true(in_quarantine(b));
	assert_int_equal(0, count(b, FX_DROP));
	assert_int_equal(1, count(b, FX_ASIDE));
	hear_head(b, 1, 1, 9);
	assert_int_equal(0, count(b, FX_TAKE_HEAD));
	log_is(b, 1, 4, 4, 4, 4);
	assert_non_null(sent(b, GOSSIP_GREETING));
	b->now += 2 * ANSWER_MS;
	step(b, tick);
	assert_int_equal(0, count(b, FX_RESUME));   /* there are 9: that was proved */
	hear_head(b, 1, 1, 9);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	log_is(b, 1, 9, 9, 9, 9);
	assert_int_equal(1, count(b, FX_RESUME));
	bench_end(b);
}

static void two_signed_histories_end_the_log(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct core_counts n;

	(void)state;
	greet(b, 1, 3);
	log_is(b, 1, 4, 4, 4, 4);
	hear_head(b, 1, 1, 9);
	stale(b, true);
	assert_int_equal(1, count(b, FX_ASIDE));
	core_counts(b->core, &n);
	assert_true(n.quarantine && n.forked);
	log_is(b, 1, 4, 4, 4, 4);
	step(b, (struct core_event){ .type = EV_CONSENT });
	b->now += 10 * ANSWER_MS;
	step(b, tick);
	assert_int_equal(0, count(b, FX_RESUME) + count(b, FX_SIGN));
	bench_end(b);
}

/* --- addresses of the settings --- */

static void dials(struct bench *b, unsigned first, unsigned count)
{
	uint8_t key[DIALS_MAX][LINK_KEY_SIZE];

	for (unsigned i = 0; i < count; i++)
		key_of(first + i, key[i], 9);
	core_set_dials(b->core, key, count);
}

static void a_configured_address_is_waited_for(void **state)
{
	struct bench *b = bench_begin(5, 2);

	(void)state;
	dials(b, 3, 1);
	log_is(b, 1, 3, 2, 2, 2);
	claim(b, 1, 3, 9);
	for (unsigned i = 0; i < 20; i++) {
		b->now += PROVE_MS / 2;
		claim_again(b, 1, 9);
		assert_int_equal(0, count(b, FX_SIGN));
		/* the operator is told who does not show what it says */
		assert_int_equal(i == 1, count(b, FX_TELL));
	}
	/* it takes it back */
	claim_again(b, 1, 2);
	assert_int_equal(1, count(b, FX_SIGN));
	bench_end(b);
}

static void in_doubt(struct bench *b, uint64_t fence_size)
{
	const struct core_config config = { .member = "us", .network = NET, .scope = 3,
					    .doubt = true, .fence_size = fence_size };

	core_destroy(b->core);
	b->core = core_create(&config, b->registry);
	dials(b, 3, 2);
	log_is(b, 1, 2, 2, 2, 2);
	step(b, (struct core_event){ .type = EV_START });
	assert_int_equal(1, count(b, FX_ASIDE));
	log_is(b, 1, 2, 2, 2, 2);
}

static void doubt_ends_when_all_have_answered(void **state)
{
	struct bench *b = bench_begin(6, 3);

	(void)state;
	in_doubt(b, 2);
	claim(b, 1, 3, 2);
	claim(b, 2, 2, 2);       /* nobody that the settings name */
	b->now += 10 * ANSWER_MS;
	claim_again(b, 1, 2);
	assert_int_equal(0, count(b, FX_RESUME));
	claim(b, 3, 4, 5);
	assert_int_equal(0, count(b, FX_RESUME));
	claim_again(b, 3, 1);
	/* sizes alone are no answer: it may be of another history below them */
	assert_int_equal(0, count(b, FX_RESUME));
	hear_head(b, 1, 1, 2);
	assert_int_equal(1, count(b, FX_TAKE_HEAD));
	log_is(b, 1, 2, 2, 2, 2);
	assert_int_equal(0, count(b, FX_RESUME));
	hear_head(b, 3, 1, 1);
	log_is(b, 1, 2, 2, 2, 2);
	assert_int_equal(1, count(b, FX_RESUME));
	bench_end(b);
}

static void consent_stands_for_those_who_are_silent(void **state)
{
	const struct core_event consent = { .type = EV_CONSENT };
	struct bench *b = bench_begin(6, 3);

	(void)state;
	in_doubt(b, 2);
	step(b, consent);
	assert_int_equal(0, count(b, FX_RESUME));   /* nobody answered is never enough */
	claim(b, 1, 3, 2);
	assert_int_equal(1, count(b, FX_RESUME));
	bench_end(b);
	/* what the fence proves it does not stand for */
	b = bench_begin(6, 3);
	in_doubt(b, 3);
	claim(b, 1, 3, 2);
	claim(b, 2, 4, 2);
	step(b, consent);
	assert_int_equal(0, count(b, FX_RESUME));
	bench_end(b);
}

/* --- two of one name --- */

static struct gossip greeting_of_instance(unsigned member, uint64_t instance)
{
	struct gossip g = greeting_of(member);

	g.greeting.instance = instance;
	return g;
}

static void a_second_instance_is_told(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct gossip one = greeting_of_instance(3, 7), two = greeting_of_instance(3, 8);

	(void)state;
	link_up(b, 1, 3, true);
	hear(b, 1, &one);
	assert_int_equal(TWIN_NONE, sent(b, GOSSIP_GREETING)->greeting.twin);
	/* one that links again is the same */
	link_up(b, 2, 3, true);
	hear(b, 2, &one);
	assert_int_equal(TWIN_NONE, sent(b, GOSSIP_GREETING)->greeting.twin);
	step(b, (struct core_event){ .type = EV_LINK_DOWN, .link = 2 });
	b->now += 10;
	link_up(b, 3, 3, true);
	hear(b, 3, &two);
	assert_int_equal(2, count(b, FX_SEND) - (sent(b, GOSSIP_SUMMARY) ? 1 : 0));
	for (unsigned i = 0; i < b->fx.count; i++) {
		const struct core_effect *x = &b->fx.item[i];

		if (x->type == FX_SEND && x->message->type == GOSSIP_GREETING)
			assert_int_equal(x->link == 3 ? TWIN_BEFORE : TWIN_AFTER,
					 x->message->greeting.twin);
	}
	/* the first is gone: the second is told so */
	step(b, (struct core_event){ .type = EV_LINK_DOWN, .link = 1 });
	assert_int_equal(3, effect(b, FX_SEND)->link);
	assert_int_equal(TWIN_NONE, sent(b, GOSSIP_GREETING)->greeting.twin);
	bench_end(b);
}

static void who_came_second_signs_nothing(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip g = greeting_of(3);

	(void)state;
	dials(b, 3, 1);
	log_is(b, 1, 3, 2, 2, 2);
	link_up(b, 1, 3, false);
	g.greeting.twin = TWIN_BEFORE;
	hear(b, 1, &g);
	assert_int_equal(1, count(b, FX_TELL));
	b->now += 2 * PROVE_MS;
	step(b, tick);
	assert_int_equal(0, count(b, FX_SIGN));
	g.greeting.twin = TWIN_AFTER;
	hear(b, 1, &g);
	assert_int_equal(1, count(b, FX_TELL));
	assert_int_equal(1, count(b, FX_SIGN));
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
		cmocka_unit_test(who_signs_behind_us_is_a_second_node),
		cmocka_unit_test(a_head_that_contradicts_the_tail_comes_again),
		cmocka_unit_test(two_signed_histories_end_the_log),
		cmocka_unit_test(a_configured_address_is_waited_for),
		cmocka_unit_test(doubt_ends_when_all_have_answered),
		cmocka_unit_test(consent_stands_for_those_who_are_silent),
		cmocka_unit_test(a_second_instance_is_told),
		cmocka_unit_test(who_came_second_signs_nothing),
		cmocka_unit_test(a_stored_proof_holds_from_the_start),
		cmocka_unit_test(a_members_own_head_is_told_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
