/* Regions delegated to hubs, and petitions of hubs for workshops there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define NET "fne.example"

struct net {
	struct test_network n;
	struct test_member a, b, hub;
};

static int setup(void **state)
{
	static struct net t;

	memset(&t, 0, sizeof t);
	test_network_init(&t.n, NET, 1);
	test_network_admit(&t.n, &t.a, "alpha", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&t.n, &t.b, "beta", TRAC__ROLE__WORKSHOP, 3);
	test_network_admit(&t.n, &t.hub, "hub-est", TRAC__ROLE__HUB, 4);
	*state = &t;
	return 0;
}

static int teardown(void **state)
{
	struct net *t = *state;

	test_member_clear(&t->a);
	test_member_clear(&t->b);
	test_member_clear(&t->hub);
	test_network_clear(&t->n);
	return 0;
}

static void say(struct net *t, struct buffer *b)
{
	test_network_say(&t->n, b);
	buffer_clear(b);
}

static void refused(struct net *t, struct buffer *b, const char *word)
{
	struct fault f = { .text = "" };

	assert_int_equal(registry_check(t->n.registry, SPAN(*b), &f), -1);
	if (!strstr(f.text, word))
		fail_msg("%s", f.text);
	buffer_clear(b);
}

static struct buffer delegate(const char *hub, const char *region, size_t count,
			      char *const *department)
{
	struct buffer b;
	struct fault f;

	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(delegate_write(&b, hub, region, count, department, 1, &f), 0);
	return b;
}

static struct buffer petition(struct net *t, struct test_member *m, const struct signer *s)
{
	const struct member *hub = registry_by_name(t->n.registry, "hub-est");
	char network[NETWORK_MAX + 1];
	struct buffer note, b;
	struct petition p;
	struct fault f = { .text = "" };

	buffer_init(&note, NOTE_BYTES_MAX);
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (petition_write(&note, NET, hub, &m->member, s, &f) ||
	    petition_open(SPAN(note), network, &p, &f) || petition_admit(&b, &p, 1, &f))
		fail_msg("%s", f.text);
	assert_string_equal(network, NET);
	buffer_clear(&note);
	return b;
}

static void a_hub_asks_for_its_region(void **state)
{
	struct net *t = *state;
	char *est[] = { "67", "68", "2A" };
	struct test_member gamma, delta;
	struct buffer b, note;
	const struct member *m;
	struct fault f;

	test_member_init(&gamma, NET, "gamma", TRAC__ROLE__WORKSHOP, 6);
	test_member_init(&delta, NET, "delta", TRAC__ROLE__WORKSHOP, 7);
	buffer_init(&note, NOTE_BYTES_MAX);
	m = registry_by_name(t->n.registry, "hub-est");
	assert_int_equal(petition_write(&note, NET, m, &gamma.member, t->hub.signer, &f), -1);
	assert_int_equal(f.code, FAULT_REFUSED);
	b = delegate("hub-est", "44", 3, est);
	say(t, &b);
	m = registry_by_name(t->n.registry, "hub-est");
	assert_string_equal(m->region, "44");
	assert_true(member_may_admit(m, "68001"));
	assert_true(member_may_admit(m, "2A004"));
	assert_false(member_may_admit(m, "75056"));
	assert_false(member_may_admit(m, ""));
	assert_false(member_may_admit(registry_by_name(t->n.registry, "alpha"), "67482"));
	/* by another key, or for another than was signed for */
	b = petition(t, &gamma, t->b.signer);
	refused(t, &b, "not signed by the key of hub");
	b = petition(t, &gamma, t->hub.signer);
	say(t, &b);
	assert_string_equal(registry_by_name(t->n.registry, "gamma")->by, "hub-est");
	assert_string_equal(registry_by_name(t->n.registry, "alpha")->by, "");
	/* no longer */
	b = petition(t, &delta, t->hub.signer);
	note = delegate("hub-est", "", 0, NULL);
	say(t, &note);
	refused(t, &b, "in no region that was delegated");
	test_member_clear(&gamma);
	test_member_clear(&delta);
}

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct fault last;
static struct buffer statement;

/* What the authority's node makes of it, at that time. */
static int judge(struct net *t, const char *from, struct test_member *m, const char *network,
		 const struct signer *s, int64_t now_ms)
{
	const struct member *hub = registry_by_name(t->n.registry, "hub-est");
	struct petition p;
	struct buffer note;
	int rc;

	buffer_init(&note, NOTE_BYTES_MAX);
	if (petition_write(&note, network, hub, &m->member, s, &last))
		fail_msg("%s", last.text);
	rc = petition_judge(t->n.registry, from, SPAN(note), now_ms, &p, &statement, &last);
	assert_true(rc == 0 || statement.used == 0);
	buffer_clear(&note);
	return rc;
}

static void judged(int rc, enum fault_code code, const char *word)
{
	assert_int_equal(rc, -1);
	assert_int_equal(last.code, code);
	if (!strstr(last.text, word))
		fail_msg("%s", last.text);
}

static void a_petition_is_judged(void **state)
{
	struct net *t = *state;
	char *est[] = { "67" };
	struct test_member gamma, same;
	struct buffer b = delegate("hub-est", "44", 1, est);

	buffer_init(&statement, ENTRY_SIZE_MAX);
	test_member_init(&gamma, NET, "gamma", TRAC__ROLE__WORKSHOP, 6);
	test_member_init(&same, NET, "gamma", TRAC__ROLE__WORKSHOP, 7);
	say(t, &b);
	judged(judge(t, "hub-est", &gamma, "other.example", t->hub.signer, 1), FAULT_REFUSED,
	       "for the network other.example");
	judged(judge(t, "alpha", &gamma, NET, t->hub.signer, 1), FAULT_REFUSED, "sends its own");
	judged(judge(t, "hub-est", &gamma, NET, t->a.signer, 1), FAULT_UNPROVED, "not signed");
	judged(judge(t, "hub-est", &t->a, NET, t->hub.signer, 1), FAULT_INPUT, "already");
	assert_int_equal(judge(t, "hub-est", &gamma, NET, t->hub.signer, 1), 0);
	test_network_say(&t->n, &statement);
	/* the answer was lost: asked again, there is nothing more to do */
	assert_int_equal(judge(t, "hub-est", &gamma, NET, t->hub.signer, 2), 0);
	assert_int_equal(statement.used, 0);
	/* over an existing name */
	judged(judge(t, "hub-est", &same, NET, t->hub.signer, 2), FAULT_INPUT, "already");
	/* replayed after it was revoked */
	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(revoke_write(&b, "gamma", 0, 1, 3, &last), 0);
	say(t, &b);
	judged(judge(t, "hub-est", &gamma, NET, t->hub.signer, 4), FAULT_INPUT, "already");
	buffer_clear(&statement);
	test_member_clear(&gamma);
	test_member_clear(&same);
}

static void a_hub_has_so_many_a_day(void **state)
{
	struct net *t = *state;
	char *est[] = { "67" }, name[16];
	struct test_member m;
	struct buffer b = delegate("hub-est", "44", 1, est);
	const int64_t now_ms = 100 * DAY_MS;

	buffer_init(&statement, ENTRY_SIZE_MAX);
	say(t, &b);
	for (unsigned i = 0; i < PETITIONS_A_DAY; i++) {
		snprintf(name, sizeof name, "w%u", i);
		test_member_init(&m, NET, name, TRAC__ROLE__WORKSHOP, (uint8_t)(20 + i));
		assert_int_equal(judge(t, "hub-est", &m, NET, t->hub.signer, now_ms + i), 0);
		test_network_say(&t->n, &statement);
		test_member_clear(&m);
	}
	test_member_init(&m, NET, "late", TRAC__ROLE__WORKSHOP, 200);
	judged(judge(t, "hub-est", &m, NET, t->hub.signer, now_ms + DAY_MS - 1), FAULT_BUSY,
	       "24 workshops admitted within 24 hours");
	/* a clock that went back gives no second share */
	judged(judge(t, "hub-est", &m, NET, t->hub.signer, now_ms - DAY_MS), FAULT_BUSY, "24");
	assert_int_equal(judge(t, "hub-est", &m, NET, t->hub.signer, now_ms + DAY_MS), 0);
	buffer_clear(&statement);
	test_member_clear(&m);
}

static void delegations_are_refused(void **state)
{
	struct net *t = *state;
	char *good[] = { "67" }, *bad[] = { "67;" }, *many[DEPARTMENTS_MAX + 1];
	struct buffer b = delegate("alpha", "44", 1, good);

	refused(t, &b, "no hub");
	b = delegate("nobody", "44", 1, good);
	refused(t, &b, "no member");
	b = delegate("hub-est", "est", 1, good);
	refused(t, &b, "INSEE code of a region");
	b = delegate("hub-est", "44", 0, NULL);
	refused(t, &b, "where 1 to 16 can be");
	b = delegate("hub-est", "44", 1, bad);
	refused(t, &b, "not an INSEE code");
	for (unsigned i = 0; i <= DEPARTMENTS_MAX; i++)
		many[i] = "67";
	b = delegate("hub-est", "44", DEPARTMENTS_MAX + 1, many);
	refused(t, &b, "where 1 to 16 can be");
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		NET_TEST(a_hub_asks_for_its_region),
		NET_TEST(a_petition_is_judged),
		NET_TEST(a_hub_has_so_many_a_day),
		NET_TEST(delegations_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
