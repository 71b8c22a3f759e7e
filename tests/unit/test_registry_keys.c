/* Keys of a member that change; of the authority: test_succession.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/bundle.h"
#include "tests/unit/logs.h"

#define NET "fne.example"

struct net {
	struct test_network n;
	struct test_member a, b, hub, next;   /* next: not admitted, a's new keys */
};

static int setup(void **state)
{
	static struct net t;

	memset(&t, 0, sizeof t);
	test_network_init(&t.n, NET, 1);
	test_network_admit(&t.n, &t.a, "alpha", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&t.n, &t.b, "beta", TRAC__ROLE__WORKSHOP, 3);
	test_network_admit(&t.n, &t.hub, "hub-est", TRAC__ROLE__HUB, 4);
	test_member_init(&t.next, NET, "alpha", TRAC__ROLE__WORKSHOP, 5);
	*state = &t;
	return 0;
}

static int teardown(void **state)
{
	struct net *t = *state;

	test_member_clear(&t->next);
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

/* --- rotation --- */

static struct rotation rotation_of(const char *name, uint64_t from, const struct test_member *key)
{
	struct rotation q = { .from = from };

	snprintf(q.network, sizeof q.network, NET);
	snprintf(q.name, sizeof q.name, "%s", name);
	memcpy(q.sign_key, key->member.key.key, KEY_SIZE);
	memcpy(q.link_key, key->member.link_key, LINK_KEY_SIZE);
	return q;
}

static struct buffer rotate(const struct rotation *q)
{
	struct buffer b;
	struct fault f;

	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(rotate_write(&b, q, 1, &f), 0);
	return b;
}

static int opens(const struct registry *r, struct test_member *log, const struct signer *s,
		 uint64_t size)
{
	struct checkpoint c;
	struct buffer b;
	struct fault f;
	int rc;

	buffer_init(&b, CHECKPOINT_BYTES_MAX);
	test_sign(&log->log, s, size, &b);
	rc = registry_open(r, &log->member.log, SPAN(b), &c, NULL, &f);
	assert_true(rc == 0 || f.code == FAULT_UNPROVED);
	/* one of another key is nobody's fault, one that was changed is */
	assert_int_equal(registry_lacks_key(r, &log->member.log, SPAN(b), NULL), rc != 0);
	b.data[b.used - 5] ^= 1;
	assert_int_equal(registry_open(r, &log->member.log, SPAN(b), &c, NULL, &f), -1);
	if (rc == 0)
		assert_false(registry_lacks_key(r, &log->member.log, SPAN(b), NULL));
	buffer_clear(&b);
	return rc;
}

static void each_size_has_its_key(void **state)
{
	struct net *t = *state;
	const struct rotation q = rotation_of("alpha", 3, &t->next);
	const struct registry *r = t->n.registry;
	struct buffer b = rotate(&q);
	const struct member *m;

	for (unsigned i = 0; i < 5; i++)
		ram_log_append(&t->a.log, &"abcde"[i], 1);
	say(t, &b);
	m = registry_by_name(r, "alpha");
	assert_memory_equal(m->key.key, t->next.member.key.key, KEY_SIZE);
	assert_string_equal(m->key.name, m->origin);
	/* earlier heads stay valid, and only they */
	for (uint64_t size = 1; size <= 5; size++) {
		assert_int_equal(opens(r, &t->a, t->a.signer, size), size <= 3 ? 0 : -1);
		assert_int_equal(opens(r, &t->a, t->next.signer, size), size <= 3 ? -1 : 0);
	}
	assert_memory_equal(registry_past_key(r, &m->log, 0)->key, t->a.member.key.key, KEY_SIZE);
	assert_null(registry_past_key(r, &m->log, 1));
	/* it links by both keys until the next change */
	assert_ptr_equal(registry_by_link_key(r, t->next.member.link_key), m);
	assert_ptr_equal(registry_by_link_key(r, t->a.member.link_key), m);
	assert_ptr_equal(registry_by_link_key(r, t->b.member.link_key),
			 registry_by_name(r, "beta"));
	assert_memory_equal(registry_key(r, &t->b.member.log, 9), &t->b.member.key,
			    sizeof(struct verifier));
}

/* Who is dialled is known by its link key, which stays. */
static void a_link_key_may_stay(void **state)
{
	struct net *t = *state;
	struct rotation q = rotation_of("alpha", 3, &t->next);
	const struct member *m;
	struct buffer b;

	memcpy(q.link_key, t->a.member.link_key, LINK_KEY_SIZE);
	b = rotate(&q);
	say(t, &b);
	m = registry_by_name(t->n.registry, "alpha");
	assert_false(member_had_link_key(m));
	assert_ptr_equal(registry_by_link_key(t->n.registry, t->a.member.link_key), m);
	/* but it is nobody else's */
	memset(q.sign_key, 77, KEY_SIZE);
	memcpy(q.link_key, t->b.member.link_key, LINK_KEY_SIZE);
	b = rotate(&q);
	refused(t, &b, "link key of \"alpha\" is that of \"beta\"");
}

static void rotations_are_refused(void **state)
{
	struct net *t = *state;
	struct rotation q = rotation_of("gamma", 3, &t->next);
	struct buffer b = rotate(&q);

	refused(t, &b, "no member");
	q = rotation_of("authority", 3, &t->next);
	b = rotate(&q);
	refused(t, &b, "only its guardians");
	q = rotation_of("alpha", 3, &t->b);
	b = rotate(&q);
	refused(t, &b, "is that of \"beta\"");
	q = rotation_of("alpha", ENTRIES_MAX + 1, &t->next);
	b = rotate(&q);
	refused(t, &b, "from which size");
	q = rotation_of("alpha", 3, &t->next);
	memset(q.link_key, 0, sizeof q.link_key);
	b = rotate(&q);
	refused(t, &b, "from which size");
	q = rotation_of("alpha", 3, &t->next);
	b = rotate(&q);
	say(t, &b);
	/* neither back in the log, nor back to a key */
	b = rotate(&q);
	refused(t, &b, "is that of \"alpha\"");
	memset(q.sign_key, 77, KEY_SIZE);
	memset(q.link_key, 78, LINK_KEY_SIZE);
	q.from = 2;
	b = rotate(&q);
	refused(t, &b, "cannot follow");
	q = rotation_of("beta", 3, &t->a);
	b = rotate(&q);
	refused(t, &b, "is that of \"alpha\"");
	test_network_revoke(&t->n, "beta", 3);
	memset(q.sign_key, 77, KEY_SIZE);
	memset(q.link_key, 78, LINK_KEY_SIZE);
	b = rotate(&q);
	refused(t, &b, "revoked");
}

static void there_is_a_most_of_rotations(void **state)
{
	struct net *t = *state;
	struct rotation q = rotation_of("alpha", 0, &t->next);
	struct buffer b;

	for (unsigned i = 0; i < ROTATIONS_MAX; i++) {
		memset(q.sign_key, (int)(100 + i), KEY_SIZE);
		memset(q.link_key, (int)(150 + i), LINK_KEY_SIZE);
		q.from = i;
		b = rotate(&q);
		say(t, &b);
		assert_true(registry_key(t->n.registry, &t->a.member.log, i)->key[0] ==
			    (i ? 99 + i : t->a.member.key.key[0]));
	}
	memset(q.sign_key, 99, KEY_SIZE);
	memset(q.link_key, 98, LINK_KEY_SIZE);
	q.from = 100;
	b = rotate(&q);
	refused(t, &b, "the most there can be");
}

static void both_keys_sign_a_rotation(void **state)
{
	struct net *t = *state;
	const struct rotation q = rotation_of("alpha", 3, &t->next);
	struct rotation got;
	struct buffer b;
	struct fault f;

	buffer_init(&b, NOTE_BYTES_MAX);
	assert_int_equal(rotation_write(&b, &q, t->a.signer, t->next.signer, &f), 0);
	assert_int_equal(rotation_open(SPAN(b), &got, &f), 0);
	assert_memory_equal(&got, &q, sizeof q);
	assert_int_equal(rotation_check(SPAN(b), &got, t->a.member.key.key, &f), 0);
	assert_int_equal(rotation_check(SPAN(b), &got, t->b.member.key.key, &f), -1);
	for (size_t i = 0; i < b.used; i++) {
		b.data[i] ^= 1;
		if (rotation_open(SPAN(b), &got, &f) == 0 &&
		    rotation_check(SPAN(b), &got, t->a.member.key.key, &f) == 0)
			fail_msg("byte %zu may be changed", i);
		b.data[i] ^= 1;
	}
	buffer_reset(&b);
	/* the present key alone could be a thief's */
	assert_int_equal(rotation_write(&b, &q, t->a.signer, t->a.signer, &f), 0);
	assert_int_equal(rotation_check(SPAN(b), &q, t->a.member.key.key, &f), -1);
	buffer_clear(&b);
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		NET_TEST(each_size_has_its_key),
		NET_TEST(a_link_key_may_stay),
		NET_TEST(rotations_are_refused),
		NET_TEST(there_is_a_most_of_rotations),
		NET_TEST(both_keys_sign_a_rotation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
