/* The registry: what statements change, what they are refused for, look-ups. */
#include "proto/log/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "tests/unit/logs.h"

#define NETWORK "fne.example"

struct net {
	struct test_network n;
	struct test_member a, b, hub;
};

static int net_setup(void **state)
{
	struct net *t = calloc(1, sizeof *t);

	test_network_init(&t->n, NETWORK, 1);
	test_network_admit(&t->n, &t->hub, "hub-idf", TRAC__ROLE__HUB, 2);
	test_network_admit(&t->n, &t->a, "atelier-a", TRAC__ROLE__WORKSHOP, 3);
	test_network_admit(&t->n, &t->b, "atelier-b", TRAC__ROLE__WORKSHOP, 4);
	*state = t;
	return 0;
}

static int net_teardown(void **state)
{
	struct net *t = *state;

	test_member_clear(&t->a);
	test_member_clear(&t->b);
	test_member_clear(&t->hub);
	test_network_clear(&t->n);
	free(t);
	return 0;
}

static void finds_members_by_everything(void **state)
{
	const struct net *t = *state;
	const struct registry *r = t->n.registry;
	const struct member *m = registry_by_name(r, "atelier-a");

	assert_int_equal(registry_count(r), 4);
	assert_true(registry_size(r) == 4);
	assert_string_equal(registry_network(r), NETWORK);
	assert_string_equal(registry_verifier(r)->name, NETWORK "/members");
	assert_non_null(m);
	assert_string_equal(m->origin, NETWORK "/atelier-a");
	assert_string_equal(m->key.name, m->origin);
	assert_string_equal(m->address[0], "tcp://atelier-a.example:5670");
	assert_string_equal(m->title, "Atelier atelier-a");
	assert_true(m->admitted_index == 2);
	assert_true(m->admitted_ms == 1767225600000 + 2000);
	assert_int_equal(m->role, TRAC__ROLE__WORKSHOP);
	assert_ptr_equal(registry_by_log(r, &t->a.member.log), m);
	assert_ptr_equal(registry_by_link_key(r, t->a.member.link_key), m);
	assert_ptr_equal(registry_member(r, 2), m);
	assert_null(registry_by_name(r, "atelier-c"));
	assert_null(registry_by_name(r, ""));
	assert_null(registry_by_log(r, registry_log(r)));
	assert_null(registry_by_link_key(r, t->a.member.key.key));
}

static void equal_logs_make_equal_registries(void **state)
{
	const struct net *t = *state;
	struct registry *r = registry_create(NETWORK, t->n.authority.member.key.key);
	struct fault f;

	for (uint64_t i = 0; i < ram_log_size(&t->n.members); i++) {
		assert_int_equal(registry_check(r, t->n.members.entry[i], &f), 0);
		assert_int_equal(registry_apply(r, i, t->n.members.entry[i], &f), 0);
	}
	assert_int_equal(registry_count(r), registry_count(t->n.registry));
	for (unsigned i = 0; i < registry_count(r); i++)
		assert_memory_equal(registry_member(r, i), registry_member(t->n.registry, i),
				    sizeof(struct member));
	registry_destroy(r);
	registry_destroy(NULL);
}

/* Refused by check and by apply, with nothing changed. */
static void assert_refused(struct test_network *n, const Trac__Statement *s, enum fault_code code,
			   const char *word)
{
	const uint64_t size = registry_size(n->registry);
	const unsigned count = registry_count(n->registry);
	struct member *before = malloc(count * sizeof *before);
	struct buffer b;
	struct fault f;

	for (unsigned i = 0; i < count; i++)
		before[i] = *registry_member(n->registry, i);
	buffer_init(&b, ENTRY_SIZE_MAX);
	pack(s, &b);
	assert_int_equal(registry_check(n->registry, SPAN(b), &f), -1);
	assert_int_equal(registry_apply(n->registry, size, SPAN(b), &f), -1);
	if (f.code != code || !strstr(f.text, word))
		fail_msg("%s: %s", fault_name(f.code), f.text);
	assert_true(registry_size(n->registry) == size);
	assert_int_equal(registry_count(n->registry), count);
	for (unsigned i = 0; i < count; i++)
		assert_memory_equal(&before[i], registry_member(n->registry, i), sizeof *before);
	free(before);
	buffer_clear(&b);
}

static void apply(struct test_network *n, const Trac__Statement *s)
{
	struct buffer b;

	buffer_init(&b, ENTRY_SIZE_MAX);
	pack(s, &b);
	test_network_say(n, &b);
	buffer_clear(&b);
}

static void revokes_from_an_index(void **state)
{
	struct net *t = *state;
	const struct member *m;

	test_network_revoke(&t->n, "atelier-a", 10);
	m = registry_by_name(t->n.registry, "atelier-a");
	assert_false(member_may_link(m));
	assert_true(member_entry_valid(m, 9));
	assert_false(member_entry_valid(m, 10));
	/* earlier is possible, later is not */
	test_network_revoke(&t->n, "atelier-a", 4);
	m = registry_by_name(t->n.registry, "atelier-a");
	assert_true(m->revoked_from == 4);
	m = registry_by_name(t->n.registry, "atelier-b");
	assert_true(member_may_link(m));
	assert_true(member_entry_valid(m, UINT64_MAX - 1));
}

static void refuses_revocations(void **state)
{
	struct net *t = *state;
	Trac__Revoke revoke = TRAC__REVOKE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	s.has_time_ms = 1;
	s.body_case = TRAC__STATEMENT__BODY_REVOKE;
	s.revoke = &revoke;
	revoke.has_from_index = 1;
	assert_refused(&t->n, &s, FAULT_INPUT, "there is no member");
	revoke.name = "nobody";
	assert_refused(&t->n, &s, FAULT_INPUT, "\"nobody\"");
	revoke.name = "authority";
	assert_refused(&t->n, &s, FAULT_INPUT, "cannot revoke itself");
	revoke.name = "atelier-a";
	revoke.has_from_index = 0;
	assert_refused(&t->n, &s, FAULT_INPUT, "from which entry");
	test_network_revoke(&t->n, "atelier-a", 4);
	revoke.has_from_index = 1;
	revoke.from_index = 4;
	assert_refused(&t->n, &s, FAULT_INPUT, "already");
}

static void moves_to_new_addresses(void **state)
{
	struct net *t = *state;
	char *address[MEMBER_ADDRESSES_MAX + 1] = {
		"tcp://[2001:db8::1]:5670", "ipc:///run/x", "tcp://1.2.3.4:1", "tcp://a:65535", "x",
	};
	Trac__Move move = TRAC__MOVE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;
	const struct member *m;

	s.has_time_ms = 1;
	s.body_case = TRAC__STATEMENT__BODY_MOVE;
	s.move = &move;
	move.name = "hub-idf";
	move.address = address;
	move.n_address = 2;
	apply(&t->n, &s);
	m = registry_by_name(t->n.registry, "hub-idf");
	assert_int_equal(m->address_count, 2);
	assert_string_equal(m->address[0], address[0]);
	assert_string_equal(m->address[1], address[1]);
	assert_string_equal(m->title, "Atelier hub-idf");
	move.n_address = 5;
	assert_refused(&t->n, &s, FAULT_INPUT, "5 addresses");
	move.address = address + 1;
	move.n_address = 4;
	assert_refused(&t->n, &s, FAULT_INPUT, "address 4");
	move.n_address = 0;
	apply(&t->n, &s);
	assert_int_equal(registry_by_name(t->n.registry, "hub-idf")->address_count, 0);
	test_network_revoke(&t->n, "hub-idf", 0);
	assert_refused(&t->n, &s, FAULT_INPUT, "is revoked");
}

static void says_what_it_does_not_support(void **state)
{
	struct net *t = *state;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	s.has_time_ms = 1;
	assert_refused(&t->n, &s, FAULT_INPUT, "says nothing");
}

/* An Admit that would be applied, to be spoiled field by field. */
struct admission {
	uint8_t sign_key[KEY_SIZE], link_key[LINK_KEY_SIZE];
	char *address[5];
	Trac__Member member;
	Trac__Admit admit;
	Trac__Statement s;
};

static void admission_init(struct admission *a)
{
	memset(a->sign_key, 0x51, sizeof a->sign_key);
	memset(a->link_key, 0x52, sizeof a->link_key);
	for (unsigned i = 0; i < 5; i++)
		a->address[i] = "tcp://host.example:5670";
	trac__member__init(&a->member);
	a->member.name = "atelier-c";
	a->member.has_role = a->member.has_sign_key = a->member.has_link_key = 1;
	a->member.role = TRAC__ROLE__WORKSHOP;
	a->member.sign_key = (ProtobufCBinaryData){ KEY_SIZE, a->sign_key };
	a->member.link_key = (ProtobufCBinaryData){ LINK_KEY_SIZE, a->link_key };
	a->member.n_address = 4;
	a->member.address = a->address;
	a->member.commune = "2A004";
	trac__admit__init(&a->admit);
	a->admit.member = &a->member;
	trac__statement__init(&a->s);
	a->s.has_time_ms = 1;
	a->s.body_case = TRAC__STATEMENT__BODY_ADMIT;
	a->s.admit = &a->admit;
}

static void refuses_admissions(void **state)
{
	struct net *t = *state;
	char long_title[TITLE_MAX + 2];
	struct admission a;

#define REFUSED(change, word) \
	do { \
		admission_init(&a); \
		change; \
		assert_refused(&t->n, &a.s, FAULT_INPUT, word); \
	} while (0)
	memset(long_title, 't', sizeof long_title);
	long_title[TITLE_MAX + 1] = '\0';
	REFUSED(a.s.has_time_ms = 0, "no time");
	REFUSED(a.admit.member = NULL, "no member");
	REFUSED(a.member.name = NULL, "name");
	REFUSED(a.member.name = "Atelier", "name");
	REFUSED(a.member.name = "members", "members");
	REFUSED(a.member.name = "atelier-a", "already");
	REFUSED(a.member.has_role = 0, "role");
	REFUSED(a.member.role = (Trac__Role)9, "role");
	REFUSED(a.member.role = TRAC__ROLE__AUTHORITY, "authority");
	REFUSED(a.member.sign_key.len = 31, "signing key");
	REFUSED(a.member.has_sign_key = 0, "signing key");
	REFUSED(a.member.link_key.len = 0, "link key");
	REFUSED(a.member.has_link_key = 0, "link key");
	REFUSED(memset(a.link_key, 0, 32), "all zero");
	REFUSED(memcpy(a.sign_key, t->a.member.key.key, 32), "\"atelier-a\"");
	REFUSED(memcpy(a.link_key, t->b.member.link_key, 32), "\"atelier-b\"");
	REFUSED(a.member.n_address = 5, "5 addresses");
	REFUSED(a.address[3] = "udp://x:1", "address 4");
	REFUSED(a.member.commune = "2C004", "commune");
	REFUSED(a.member.commune = "123456", "commune");
	REFUSED(a.member.title = long_title, "title");
#undef REFUSED
	admission_init(&a);
	long_title[TITLE_MAX] = '\0';
	a.member.title = long_title;
	apply(&t->n, &a.s);
	assert_string_equal(registry_by_name(t->n.registry, "atelier-c")->commune, "2A004");
}

/* A revoked member's name and keys are never given to another. */
static void keeps_names_of_the_revoked(void **state)
{
	struct net *t = *state;
	struct admission a;

	test_network_revoke(&t->n, "atelier-a", 0);
	admission_init(&a);
	a.member.name = "atelier-a";
	assert_refused(&t->n, &a.s, FAULT_INPUT, "already");
	admission_init(&a);
	memcpy(a.link_key, t->a.member.link_key, LINK_KEY_SIZE);
	assert_refused(&t->n, &a.s, FAULT_INPUT, "\"atelier-a\"");
}

static void begins_with_found_and_only_once(void **state)
{
	struct net *t = *state;
	struct test_network other;
	struct registry *r = registry_create(NETWORK, t->n.authority.member.key.key);
	struct fault f;

	/* out of order, other network, other key, a second time */
	assert_int_equal(registry_apply(r, 0, t->n.members.entry[1], &f), -1);
	assert_non_null(strstr(f.text, "begins with Admit"));
	assert_int_equal(registry_apply(r, 1, t->n.members.entry[0], &f), -1);
	test_network_init(&other, "other.example", 1);
	assert_int_equal(registry_apply(r, 0, other.members.entry[0], &f), -1);
	assert_non_null(strstr(f.text, "other.example"));
	test_network_clear(&other);
	test_network_init(&other, NETWORK, 9);
	assert_int_equal(registry_apply(r, 0, other.members.entry[0], &f), -1);
	assert_non_null(strstr(f.text, "another key"));
	test_network_clear(&other);
	assert_int_equal(registry_apply(r, 0, t->n.members.entry[0], &f), 0);
	assert_int_equal(registry_apply(r, 1, t->n.members.entry[0], &f), -1);
	assert_non_null(strstr(f.text, "second time"));
	assert_int_equal(registry_apply(r, 1, (struct span){ (const uint8_t *)"\xff", 1 }, &f), -1);
	assert_int_equal(registry_apply(r, 1, (struct span){ NULL, 0 }, &f), -1);
	assert_true(registry_size(r) == 1);
	registry_destroy(r);
	assert_null(registry_create("Bad Name", t->n.authority.member.key.key));
}

/* Members of a full registry, all of them found; one more is refused. */
static void holds_as_many_as_allowed(void **state)
{
	struct net *t = *state;
	struct admission a;
	char name[32];

	admission_init(&a);
	a.member.name = name;
	for (unsigned i = registry_count(t->n.registry); i < MEMBERS_MAX; i++) {
		snprintf(name, sizeof name, "m%u", i * 7919 % MEMBERS_MAX);
		put_u32(a.sign_key, i * 40503u);
		put_u32(a.link_key + 7, i * 9973u);
		apply(&t->n, &a.s);
	}
	for (unsigned i = 0; i < MEMBERS_MAX; i++) {
		const struct member *m = registry_member(t->n.registry, i);

		assert_ptr_equal(registry_by_name(t->n.registry, m->name), m);
		assert_ptr_equal(registry_by_log(t->n.registry, &m->log), m);
		assert_ptr_equal(registry_by_link_key(t->n.registry, m->link_key), m);
	}
	snprintf(name, sizeof name, "one-too-many");
	memset(a.sign_key, 0x77, sizeof a.sign_key);
	memset(a.link_key, 0x77, sizeof a.link_key);
	assert_refused(&t->n, &a.s, FAULT_LIMIT, "4096");
	/* a full registry still revokes */
	test_network_revoke(&t->n, "atelier-a", 0);
}

static void checks_names_and_addresses(void **state)
{
	static const char *const name[] = { "a", "0", "envie-strasbourg", "a-b-c" };
	static const char *const no_name[] = {
		"", "-a", "a-", "a--b", "A", "a_b", "a.b", "\u00e9", "members", "a/b", "a b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	static const char *const network[] = { "fne.example", "x", "a-b.c-d.e" };
	static const char *const no_network[] = {
		"", ".", "a.", ".a", "a..b", "A.b", "a.-b", "a/b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	static const char *const address[] = {
		"tcp://127.0.0.1:5670", "tcp://hub.example:1", "tcp://[::1]:65535", "ipc:///run/a",
		"ipc://a",
	};
	static const char *const no_address[] = {
		"", "tcp://", "tcp://a", "tcp://a:", "tcp://a:0", "tcp://a:65536", "tcp://a:100000",
		"tcp://a:01", "tcp://a:1x", "tcp://:1", "tcp://[::1]", "tcp://[::1:5",
			"tcp://a b:1",
		"tcp://*:5670", "ipc://", "udp://a:1", "a:1", "ipc://a b", "ipc://a\n",
			"tcp://[]:5",
	};

	(void)state;
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		assert_true(member_name_is_valid(name[i]));
	for (size_t i = 0; i < sizeof no_name / sizeof *no_name; i++)
		assert_false(member_name_is_valid(no_name[i]));
	for (size_t i = 0; i < sizeof network / sizeof *network; i++)
		assert_true(network_name_is_valid(network[i]));
	for (size_t i = 0; i < sizeof no_network / sizeof *no_network; i++)
		assert_false(network_name_is_valid(no_network[i]));
	for (size_t i = 0; i < sizeof address / sizeof *address; i++)
		assert_true(address_is_valid(address[i]));
	for (size_t i = 0; i < sizeof no_address / sizeof *no_address; i++) {
		if (address_is_valid(no_address[i]))
			fail_msg("taken: %s", no_address[i]);
	}
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, net_setup, net_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NET_TEST(finds_members_by_everything),
		NET_TEST(equal_logs_make_equal_registries),
		NET_TEST(revokes_from_an_index),
		NET_TEST(refuses_revocations),
		NET_TEST(moves_to_new_addresses),
		NET_TEST(says_what_it_does_not_support),
		NET_TEST(refuses_admissions),
		NET_TEST(keeps_names_of_the_revoked),
		NET_TEST(begins_with_found_and_only_once),
		NET_TEST(holds_as_many_as_allowed),
		cmocka_unit_test(checks_names_and_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
