/* The core alone: who is there, what is published, and its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/core/state.h"
#include "proto/log/evidence.h"
#include "proto/log/request.h"
#include "tests/sim/bench.h"

/* --- greetings --- */

static void dialler_greets_first(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip g = greeting_of(3);

	(void)state;
	link_up(b, 1, 2, false);
	assert_non_null(sent(b, GOSSIP_GREETING));
	link_up(b, 2, 3, true);
	assert_null(sent(b, GOSSIP_GREETING));
	g.greeting.digest[0] ^= 1;
	hear(b, 2, &g);
	assert_non_null(sent(b, GOSSIP_GREETING));
	assert_non_null(sent(b, GOSSIP_SUMMARY));
	bench_end(b);
}

static void expect_refused(struct bench *b, uint32_t link, const struct gossip *g, const char *word)
{
	link_up(b, link, 3, true);
	hear(b, link, g);
	assert_int_equal(1, count(b, FX_DROP));
	assert_non_null(strstr(effect(b, FX_DROP)->fault.text, word));
	/* gone: nothing of it is heard any more */
	hear(b, link, g);
	assert_int_equal(0, count(b, FX_DROP));
}

static void wrong_greetings_are_refused(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip g;

	(void)state;
	g = greeting_of(3);
	g.greeting.version = 2;
	expect_refused(b, 1, &g, "version 2");
	g = greeting_of(3);
	snprintf(g.greeting.network, sizeof g.greeting.network, "other.example");
	expect_refused(b, 2, &g, "other.example");
	g = greeting_of(3);
	g.greeting.scope = 1;
	expect_refused(b, 3, &g, "scope 1");
	g = greeting_of(2);
	expect_refused(b, 4, &g, "is that of \"m3\"");
	g = greeting_of(1);
	expect_refused(b, 5, &g, "dials itself");
	g = greeting_of(3);
	memset(g.greeting.member, 0, sizeof g.greeting.member);
	expect_refused(b, 6, &g, "not one of a member");
	bench_end(b);
}

static void unknown_keys_are_refused(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct gossip g = greeting_of(3);

	(void)state;
	link_up(b, 1, 77, true);
	assert_int_equal(1, count(b, FX_DROP));
	/* what we dialled may be newer than our member log, but not bear a known name */
	link_up(b, 2, 77, false);
	assert_int_equal(0, count(b, FX_DROP));
	hear(b, 2, &g);
	assert_int_equal(1, count(b, FX_DROP));
	bench_end(b);
}

static void the_first_hub_is_believed_unverified(void **state)
{
	struct bench *b = bench_begin(0, 0);
	const struct gossip g = greeting_of(2);
	struct core_link l;

	(void)state;
	link_up(b, 1, 2, false);
	hear(b, 1, &g);
	assert_int_equal(0, count(b, FX_DROP));
	assert_true(core_link(b->core, 0, &l));
	assert_true(l.greeted);
	assert_null(l.member);
	/* the member log comes, and says that this key is another's */
	for (unsigned i = 0; i < 2; i++)
		add_member(b, i, false);
	add_member(b, 2, true);
	step(b, (struct core_event){ .type = EV_MEMBERS });
	assert_int_equal(0, count(b, FX_DROP));
	assert_int_equal(1, count(b, FX_DIAL_ALLOWED));
	assert_true(core_link(b->core, 0, &l));
	assert_string_equal("m2", l.member->name);
	bench_end(b);
}

static void silence_is_pinged_then_dropped(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct core_event tick = { .type = EV_TICK };

	(void)state;
	greet(b, 1, 3);
	link_up(b, 2, 2, true);
	b->now += GREETING_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_DROP));   /* did not greet */
	assert_int_equal(2, effect(b, FX_DROP)->link);
	b->now += PING_MS - GREETING_MS;
	step(b, tick);
	assert_non_null(sent(b, GOSSIP_PING));
	step(b, tick);
	assert_null(sent(b, GOSSIP_PING));
	b->now += DEAD_MS - PING_MS;
	step(b, tick);
	assert_int_equal(1, count(b, FX_DROP));
	bench_end(b);
}

static void links_are_bounded(void **state)
{
	struct bench *b = bench_begin(4, 1);
	struct core_counts n;

	(void)state;
	for (uint32_t i = 0; i < LINKS_PER_KEY + 3; i++)
		link_up(b, i, 3, true);
	assert_int_equal(1, count(b, FX_DROP));
	core_counts(b->core, &n);
	assert_int_equal(LINKS_PER_KEY, n.links);
	for (uint32_t i = 0; i < LINKS_MAX + 10; i++)
		link_up(b, 100 + i, 1000 + i, false);
	assert_int_equal(1, count(b, FX_DROP));
	core_counts(b->core, &n);
	assert_int_equal(LINKS_MAX, n.links);
	bench_end(b);
}

/* --- publishing --- */

static void signed_when_it_can_be_heard(void **state)
{
	struct bench *b = bench_begin(4, 1);

	(void)state;
	log_is(b, 1, 3, 0, 0, 0);
	assert_int_equal(0, count(b, FX_SIGN));
	greet(b, 1, 3);
	assert_int_equal(1, count(b, FX_SIGN));
	log_is(b, 1, 3, 3, 3, 3);
	assert_int_equal(1, count(b, FX_SEND_HEAD));
	log_is(b, 1, 1000, 3, 3, 3);
	assert_int_equal(0, count(b, FX_SIGN));
	b->now += SIGN_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_int_equal(1, count(b, FX_SIGN));
	assert_int_equal(3, core_published(b->core));
	bench_end(b);
}

static void never_signed_before_admission(void **state)
{
	struct bench *b = bench_begin(1, 0);

	(void)state;
	log_is(b, 1, 3, 0, 0, 0);
	greet(b, 1, 0);
	assert_int_equal(0, count(b, FX_SIGN));
	add_member(b, 1, false);
	step(b, (struct core_event){ .type = EV_MEMBERS });
	assert_int_equal(1, count(b, FX_SIGN));
	bench_end(b);
}

static void eager_to_few_lazy_to_others(void **state)
{
	struct bench *b = bench_begin(40, 1);

	(void)state;
	for (unsigned i = 2; i < 32; i++)
		greet(b, i, i);
	log_is(b, 1, 1, 1, 1, 1);
	assert_int_equal(EAGER_LINKS, count(b, FX_SEND_HEAD));
	log_is(b, 1, 2, 2, 2, 2);
	assert_int_equal(EAGER_LINKS, count(b, FX_SEND_HEAD));
	b->now += LAZY_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	/* once each, whatever came in between */
	assert_in_range(count(b, FX_SEND_HEAD), 30 - EAGER_LINKS, 30);
	b->now += LAZY_MS;
	step(b, (struct core_event){ .type = EV_TICK });
	assert_int_equal(0, count(b, FX_SEND_HEAD));
	bench_end(b);
}

static void hubs_are_dialled(void **state)
{
	struct bench *b = bench_begin(20, 8);
	const struct member *m[8];
	struct buffer out;
	struct fault f;
	char first[MEMBER_NAME_MAX + 1];

	(void)state;
	assert_int_equal(2, core_dials(b->core, m, 8));
	assert_int_equal(TRAC__ROLE__HUB, m[0]->role);
	assert_int_equal(1, core_dials(b->core, m, 1));
	snprintf(first, sizeof first, "%s", m[0]->name);
	buffer_init(&out, ENTRY_SIZE_MAX);
	assert_int_equal(0, revoke_write(&out, first, 0, TRAC__REVOKE_REASON__RETIRED, 1, &f));
	apply(b, &out);
	step(b, (struct core_event){ .type = EV_MEMBERS });
	assert_int_equal(2, core_dials(b->core, m, 8));
	assert_string_not_equal(first, m[0]->name);
	assert_string_not_equal(first, m[1]->name);
	bench_end(b);
}

/* --- bounds --- */

static void a_full_hub_takes_a_few_megabytes(void **state)
{
	struct bench *b = bench_begin(514, 2);
	const struct gossip g = { .type = GOSSIP_SUMMARY };
	size_t bytes = 0;

	(void)state;
	for (unsigned i = 2; i < 514; i++) {
		greet(b, i, i);
		hear(b, i, &g);
	}
	for (unsigned i = 2; i < 514; i++)
		log_is(b, i, 5, 5, 5, 5);
	for (unsigned i = 0; i < b->core->links.count; i++) {
		const struct link *l = b->core->links.item[i];

		bytes += sizeof *l + l->rows * (sizeof *l->known + sizeof *l->owed);
	}
	bytes += b->core->logs.room * sizeof *b->core->logs.row;
	/* 25 bytes a link and log */
	assert_in_range(bytes, 1024 * 1024, 8 * 1024 * 1024);
	assert_int_equal(LINKS_MAX, b->core->links.count);
	bench_end(b);
}

static void unknown_pairs_are_ignored(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct gossip g = { .type = GOSSIP_PING };
	const struct fault f = { FAULT_UNPROVED, "" };

	(void)state;
	step(b, (struct core_event){ .type = EV_START });
	step(b, (struct core_event){ .type = EV_LINK_DOWN, .link = 9 });
	step(b, (struct core_event){ .type = EV_STALE, .link = 9, .log = log_of(88) });
	step(b, (struct core_event){ .type = EV_REJECTED, .link = 9, .log = log_of(88),
				     .fault = &f });
	hear(b, 9, &g);
	link_up(b, 1, 3, true);
	hear(b, 1, &g);            /* before the greeting */
	assert_int_equal(0, count(b, FX_SEND) + count(b, FX_DROP));
	link_up(b, 1, 3, true);    /* a second time */
	assert_int_equal(1, b->core->links.count);
	assert_in_range(b->core->ignored, 5, 5);
	bench_end(b);
}

/* --- forks --- */

static void members_are(struct bench *b, const struct log_id *log, uint64_t held, uint64_t seen,
			uint64_t forked)
{
	step(b, (struct core_event){ .type = EV_LOG, .log = *log,
		.state = { .held = held, .proved = held, .target = seen, .seen = seen,
			   .seen_mark = seen, .target_mark = seen, .forked = forked } });
}

static struct hash told_by(struct bench *b)
{
	logs_refresh(&b->core->logs);
	return b->core->logs.digest;
}

/* Of the member log, when its key was replaced: as if there had never been one. */
static void a_fork_that_is_settled_is_forgotten(void **state)
{
	struct bench *b = bench_begin(4, 1);
	const struct gossip nothing = { .type = GOSSIP_SUMMARY };
	const struct log_id *log = registry_log(b->registry);
	struct log_id branch;
	struct hash before, after;

	(void)state;
	evidence_branch_id(log, &branch);
	greet(b, 1, 3);
	hear(b, 1, &nothing);
	members_are(b, log, 5, 5, 0);
	before = told_by(b);
	members_are(b, log, 5, 5, 1);
	assert_non_null(effect(b, FX_SEND_EVIDENCE));
	members_are(b, &branch, 0, 6, 0);
	after = told_by(b);
	assert_false(hash_equal(&before, &after));
	members_are(b, log, 5, 5, 0);
	after = told_by(b);
	assert_true(hash_equal(&before, &after));
	assert_int_equal(b->core->forks, 0);
	/* another one is news again */
	members_are(b, log, 5, 5, 1);
	assert_non_null(effect(b, FX_SEND_EVIDENCE));
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialler_greets_first),
		cmocka_unit_test(wrong_greetings_are_refused),
		cmocka_unit_test(unknown_keys_are_refused),
		cmocka_unit_test(the_first_hub_is_believed_unverified),
		cmocka_unit_test(silence_is_pinged_then_dropped),
		cmocka_unit_test(links_are_bounded),
		cmocka_unit_test(signed_when_it_can_be_heard),
		cmocka_unit_test(never_signed_before_admission),
		cmocka_unit_test(eager_to_few_lazy_to_others),
		cmocka_unit_test(hubs_are_dialled),
		cmocka_unit_test(a_full_hub_takes_a_few_megabytes),
		cmocka_unit_test(unknown_pairs_are_ignored),
		cmocka_unit_test(a_fork_that_is_settled_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
