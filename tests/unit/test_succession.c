/* The authority's key, replaced by guardians; and who follows, by what he knows already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/bundle.h"
#include "proto/log/evidence.h"
#include "proto/log/succession.h"
#include "tests/unit/logs.h"

#define NET "fne.example"
#define GUARDIANS 3

struct net {
	struct test_network n;
	struct test_member a, b, hub;
	struct signer *guardian[GUARDIANS];
};

static struct signer *make_signer(const char *name, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct fault f;
	struct signer *s;

	memset(bytes, seed, sizeof bytes);
	s = signer_create(name, KEY_ED25519, bytes, &f);
	assert_non_null(s);
	return s;
}

static int setup(void **state)
{
	static struct net t;

	memset(&t, 0, sizeof t);
	test_network_init(&t.n, NET, 1);
	test_network_admit(&t.n, &t.a, "alpha", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&t.n, &t.b, "beta", TRAC__ROLE__WORKSHOP, 3);
	test_network_admit(&t.n, &t.hub, "hub-est", TRAC__ROLE__HUB, 4);
	for (uint8_t i = 0; i < GUARDIANS; i++)
		t.guardian[i] = make_signer(NET "/guardian", (uint8_t)(20 + i));
	*state = &t;
	return 0;
}

static int teardown(void **state)
{
	struct net *t = *state;

	for (unsigned i = 0; i < GUARDIANS; i++)
		signer_destroy(t->guardian[i]);
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

static struct buffer name_guardians(struct net *t, unsigned needs, const struct signer *by)
{
	struct guardians g = { .needs = needs, .count = GUARDIANS };
	struct buffer text, b;
	struct fault f;

	for (unsigned i = 0; i < GUARDIANS; i++)
		memcpy(g.key[i], signer_verifier(t->guardian[i])->key, KEY_SIZE);
	buffer_init(&text, NOTE_BYTES_MAX);
	guardians_text(NET, &g, &text);
	signer_sign(by, SPAN(text), g.signature);
	buffer_clear(&text);
	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(guardians_write(&b, &g, 1, &f), 0);
	return b;
}

/* Signed by the first `signers` guardians, as they are in the registry. */
static struct buffer succeed(struct net *t, uint64_t from, const struct signer *next,
			     unsigned signers)
{
	struct succession s = { .from = from, .own = 0 }, got;
	char network[NETWORK_MAX + 1];
	struct buffer text, note, b;
	struct guardians g = { .needs = 2, .count = GUARDIANS };
	struct fault f = { .text = "" };

	memcpy(s.sign_key, signer_verifier(next)->key, KEY_SIZE);
	memset(s.link_key, s.sign_key[0] ^ 0x55, sizeof s.link_key);
	buffer_init(&text, NOTE_BYTES_MAX);
	buffer_init(&note, NOTE_BYTES_MAX);
	buffer_init(&b, ENTRY_SIZE_MAX);
	succession_text(NET, &s, &text);
	for (unsigned i = 0; i < GUARDIANS; i++)
		memcpy(g.key[i], signer_verifier(t->guardian[i])->key, KEY_SIZE);
	/* counts for nothing */
	assert_int_equal(note_sign(&note, SPAN(text), t->b.signer, &f), 0);
	for (unsigned i = 0; i < signers; i++)
		assert_int_equal(note_add(&note, SPAN(text), t->guardian[i], &f), 0);
	if (succession_open(SPAN(note), network, &got, &f) ||
	    succession_collect(SPAN(note), NET, &g, &got, &f) || succeed_write(&b, &got, 1, &f))
		fail_msg("%s", f.text);
	assert_int_equal(got.count, signers);
	buffer_clear(&text);
	buffer_clear(&note);
	return b;
}

/* The checkpoint of so much of the member log by that key, with the lines that r gives. */
static struct buffer members_at(struct net *t, uint64_t size, const struct registry *r,
				const struct signer *s)
{
	struct buffer text, note;
	struct checkpoint c;
	struct fault f;

	ram_log_checkpoint(&t->n.members, NET "/members", size, &c);
	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	checkpoint_write(&c, &text);
	registry_successions(r, &text);
	assert_int_equal(note_sign(&note, SPAN(text), s, &f), 0);
	buffer_clear(&text);
	return note;
}

static struct buffer members_head(struct net *t, const struct registry *r, const struct signer *s)
{
	return members_at(t, ram_log_size(&t->n.members), r, s);
}

static int opens_members(const struct registry *r, const struct buffer *note)
{
	struct checkpoint c;
	struct verifier v;
	struct fault f;

	return registry_open(r, registry_log(r), SPAN(*note), &c, &v, &f);
}

static void guardians_name_the_next_key(void **state)
{
	struct net *t = *state;
	struct signer *next = make_signer(NET "/members", 9), *third = make_signer(NET "/members", 10);
	struct registry *fresh = registry_create(NET, t->n.authority.member.key.key);
	struct buffer b, old, head;

	b = succeed(t, registry_size(t->n.registry), next, 3);
	refused(t, &b, "has named no guardians");
	b = name_guardians(t, 2, t->a.signer);
	refused(t, &b, "not signed by the key of the authority");
	b = name_guardians(t, 4, t->n.signer);
	refused(t, &b, "1 to all are needed");
	b = name_guardians(t, 2, t->n.signer);
	say(t, &b);
	assert_int_equal(registry_guardians(t->n.registry)->needs, 2);
	assert_int_equal(registry_guardians(t->n.registry)->count, 3);
	assert_int_equal(registry_count(t->n.registry), 4);
	old = members_head(t, t->n.registry, t->n.signer);
	b = succeed(t, registry_size(t->n.registry), next, 1);
	refused(t, &b, "1 of the 2 guardians");
	b = succeed(t, registry_size(t->n.registry) - 1, next, 2);
	refused(t, &b, "written and signed again");
	b = succeed(t, registry_size(t->n.registry), next, 2);
	say(t, &b);
	assert_memory_equal(registry_verifier(t->n.registry)->key, signer_verifier(next)->key,
			    KEY_SIZE);
	assert_memory_equal(registry_by_name(t->n.registry, "authority")->key.key,
			    signer_verifier(next)->key, KEY_SIZE);
	/* what was signed before stays valid; the old key signs nothing more */
	assert_int_equal(opens_members(t->n.registry, &old), 0);
	head = members_head(t, t->n.registry, next);
	assert_int_equal(opens_members(t->n.registry, &head), 0);
	/* and who holds nothing but the first key follows by the line */
	assert_int_equal(opens_members(fresh, &old), 0);
	assert_int_equal(opens_members(fresh, &head), 0);
	buffer_clear(&head);
	/* not below the change */
	head = members_at(t, ram_log_size(&t->n.members) - 1, t->n.registry, next);
	assert_int_equal(opens_members(fresh, &head), -1);
	buffer_clear(&head);
	head = members_head(t, fresh, next);
	assert_int_equal(opens_members(fresh, &head), -1);
	buffer_clear(&head);
	head = members_head(t, t->n.registry, t->n.signer);
	assert_int_equal(opens_members(t->n.registry, &head), -1);
	buffer_clear(&head);
	head = members_head(t, t->n.registry, third);
	assert_int_equal(opens_members(fresh, &head), -1);
	/* the next key names guardians of its own, or there are none */
	b = succeed(t, registry_size(t->n.registry), third, 3);
	refused(t, &b, "has named no guardians");
	b = name_guardians(t, 2, t->n.signer);
	refused(t, &b, "not signed by the key of the authority");
	b = name_guardians(t, 2, next);
	say(t, &b);
	b = succeed(t, registry_size(t->n.registry), third, 2);
	say(t, &b);
	buffer_clear(&head);
	head = members_head(t, t->n.registry, third);
	assert_int_equal(opens_members(fresh, &head), 0);
	assert_true(head.used < CHECKPOINT_BYTES_MAX);
	buffer_clear(&head);
	buffer_clear(&old);
	registry_destroy(fresh);
	signer_destroy(next);
	signer_destroy(third);
}

/* A registry that knows the first size statements only. */
static struct registry *behind_at(struct net *t, uint64_t size)
{
	struct registry *r = registry_create(NET, t->n.authority.member.key.key);
	struct fault f;

	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(registry_apply(r, i, t->n.members.entry[i], &f), 0);
	return r;
}

/* A checkpoint by next, with a line that says: from there on, named by one guardian of a
 * thief who holds the authority's first key. */
static struct buffer forged_head(struct net *t, uint64_t from, const struct signer *next)
{
	struct succession s = { .from = from, .count = 1 };
	struct signer *thief = make_signer(NET "/guardian", 40);
	struct buffer text, note;
	struct checkpoint c;
	struct fault f;

	s.guardians.needs = s.guardians.count = 1;
	memcpy(s.guardians.key[0], signer_verifier(thief)->key, KEY_SIZE);
	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	guardians_text(NET, &s.guardians, &text);
	signer_sign(t->n.signer, SPAN(text), s.guardians.signature);
	memcpy(s.sign_key, signer_verifier(next)->key, KEY_SIZE);
	memset(s.link_key, 7, sizeof s.link_key);
	buffer_reset(&text);
	succession_text(NET, &s, &text);
	signer_sign(thief, SPAN(text), s.signature[0].bytes);
	buffer_reset(&text);
	ram_log_checkpoint(&t->n.members, NET "/members", ram_log_size(&t->n.members), &c);
	checkpoint_write(&c, &text);
	succession_line(&s, &text);
	assert_int_equal(note_sign(&note, SPAN(text), next, &f), 0);
	buffer_clear(&text);
	signer_destroy(thief);
	return note;
}

/* Who was away while the guardians were named anew and named a key: it follows. Who knows the
 * member log up to the change takes the word of the guardians that it names, and of no others. */
static void who_was_away_follows(void **state)
{
	struct net *t = *state;
	struct signer *next = make_signer(NET "/members", 9), *thief = make_signer(NET "/members", 10);
	struct registry *away, *near;
	struct buffer b = name_guardians(t, 1, t->n.signer), head;
	uint64_t from;

	say(t, &b);
	away = behind_at(t, ram_log_size(&t->n.members));
	b = name_guardians(t, 2, t->n.signer);
	say(t, &b);
	from = ram_log_size(&t->n.members);
	near = behind_at(t, from);
	b = succeed(t, from, next, 2);
	say(t, &b);
	head = members_head(t, t->n.registry, next);
	assert_int_equal(opens_members(near, &head), 0);
	assert_int_equal(opens_members(away, &head), 0);
	/* at what is known of the member log, and below, where it says otherwise */
	for (unsigned below = 0; below < 2; below++) {
		buffer_clear(&head);
		head = forged_head(t, from - below, thief);
		assert_int_equal(opens_members(near, &head), -1);
		assert_int_equal(opens_members(t->n.registry, &head), -1);
	}
	buffer_clear(&head);
	registry_destroy(away);
	registry_destroy(near);
	signer_destroy(next);
	signer_destroy(thief);
}

/* Two heads of one size by these keys; is the evidence of them taken by r? */
static int accuses(struct net *t, const struct registry *r, uint64_t size, const struct signer *by,
		   const struct signer *other_by, const char **why)
{
	static struct fault f;
	struct fork_evidence e = { .has_prefix = false };
	struct buffer note[2], text;
	int rc;

	note[0] = members_at(t, size, t->n.registry, by);
	ram_log_checkpoint(&t->n.members, NET "/members", size, &e.small.head);
	e.large.head = e.small.head;
	e.large.head.root.b[0] ^= 1;
	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	buffer_init(&note[1], CHECKPOINT_BYTES_MAX);
	checkpoint_write(&e.large.head, &text);
	assert_int_equal(note_sign(&note[1], SPAN(text), other_by, &f), 0);
	e.small.note = SPAN(note[0]);
	e.large.note = SPAN(note[1]);
	rc = evidence_check_in(&e, r, &f);
	*why = f.text;
	buffer_clear(&text);
	buffer_clear(&note[0]);
	buffer_clear(&note[1]);
	return rc;
}

/* Who stole the key that guardians replaced signs another history with it, at any size: that
 * ends no network. Of the present key it does. */
static void a_replaced_key_accuses_nobody(void **state)
{
	struct net *t = *state;
	struct signer *next = make_signer(NET "/members", 9);
	struct buffer b = name_guardians(t, 2, t->n.signer), head;
	struct registry *before;
	const char *why;
	uint64_t from;

	say(t, &b);
	from = ram_log_size(&t->n.members);
	before = behind_at(t, from);
	assert_int_equal(accuses(t, t->n.registry, from, t->n.signer, t->n.signer, &why), 0);
	b = succeed(t, from, next, 2);
	say(t, &b);
	for (uint64_t size = 1; size <= from; size++) {
		assert_int_equal(accuses(t, t->n.registry, size, t->n.signer, t->n.signer, &why),
				 -1);
		assert_non_null(strstr(why, "nobody is accused"));
	}
	assert_int_equal(accuses(t, t->n.registry, from + 1, next, t->n.signer, &why), -1);
	assert_int_equal(accuses(t, t->n.registry, from + 1, next, next, &why), 0);
	/* who does not know of it yet is told by the next head, and by no other */
	assert_int_equal(accuses(t, before, from, t->n.signer, t->n.signer, &why), 0);
	head = members_head(t, t->n.registry, next);
	assert_true(registry_is_succeeded(before, SPAN(head)));
	assert_false(registry_is_succeeded(t->n.registry, SPAN(head)));
	buffer_clear(&head);
	head = members_at(t, from, before, t->n.signer);
	assert_false(registry_is_succeeded(before, SPAN(head)));
	buffer_clear(&head);
	head = forged_head(t, from, next);
	assert_false(registry_is_succeeded(before, SPAN(head)));
	buffer_clear(&head);
	registry_destroy(before);
	signer_destroy(next);
}

/* A head of any size by that key, behind a change that its lines prove by guardians whom the
 * present key names only there. */
static struct buffer own_guardians(struct net *t, uint64_t from, uint64_t size,
				   const struct registry *lines, const struct signer *next)
{
	struct signer *thief = make_signer(NET "/guardian", 77);
	struct succession s = { .from = from, .guardians = { .needs = 1, .count = 1 }, .count = 1 };
	struct checkpoint c = { .origin = NET "/members", .size = size };
	struct buffer text, note;
	struct fault f;

	memcpy(s.guardians.key[0], signer_verifier(thief)->key, KEY_SIZE);
	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	guardians_text(NET, &s.guardians, &text);
	signer_sign(t->n.signer, SPAN(text), s.guardians.signature);
	memcpy(s.sign_key, signer_verifier(next)->key, KEY_SIZE);
	memset(s.link_key, 7, sizeof s.link_key);
	buffer_reset(&text);
	succession_text(NET, &s, &text);
	signer_sign(thief, SPAN(text), s.signature[0].bytes);
	buffer_reset(&text);
	checkpoint_write(&c, &text);
	succession_line(&s, &text);
	registry_successions(lines, &text);
	assert_int_equal(note_sign(&note, SPAN(text), next, &f), 0);
	buffer_clear(&text);
	signer_destroy(thief);
	return note;
}

/* What was only seen of a key that guardians have replaced gives way, however large it says
 * to be; and so does a change that whoever stole it has his own guardians make. */
static void a_later_key_supersedes(void **state)
{
	struct net *t = *state;
	struct signer *next = make_signer(NET "/members", 9), *thief = make_signer(NET "/members", 10);
	struct buffer b = name_guardians(t, 2, t->n.signer), now, old, bare, forged;
	struct checkpoint large = { .origin = NET "/members", .size = 1000 };
	const struct registry *r = t->n.registry;
	struct registry *before, *fresh;
	struct fault f;
	uint64_t from;

	say(t, &b);
	from = ram_log_size(&t->n.members);
	before = behind_at(t, from);
	fresh = behind_at(t, 0);
	old = members_at(t, from, before, t->n.signer);
	b = succeed(t, from, next, 2);
	say(t, &b);
	now = members_head(t, r, next);
	buffer_init(&b, CHECKPOINT_BYTES_MAX);
	buffer_init(&bare, CHECKPOINT_BYTES_MAX);
	checkpoint_write(&large, &b);
	assert_int_equal(note_sign(&bare, SPAN(b), t->n.signer, &f), 0);
	buffer_clear(&b);
	forged = own_guardians(t, 500, 1000, r, thief);

	assert_true(registry_supersedes(before, SPAN(now), SPAN(bare)));
	assert_true(registry_supersedes(fresh, SPAN(now), SPAN(bare)));
	assert_true(registry_supersedes(r, SPAN(now), SPAN(bare)));
	assert_true(registry_supersedes(r, SPAN(now), SPAN(forged)));
	assert_true(registry_supersedes(before, SPAN(now), SPAN(forged)));
	assert_false(registry_supersedes(before, SPAN(forged), SPAN(now)));
	assert_false(registry_supersedes(before, SPAN(bare), SPAN(now)));
	assert_false(registry_supersedes(r, SPAN(bare), SPAN(now)));
	assert_false(registry_supersedes(before, SPAN(now), SPAN(now)));
	assert_false(registry_supersedes(before, SPAN(bare), SPAN(old)));
	assert_false(registry_supersedes(before, SPAN(old), SPAN(bare)));
	/* what was signed before the change opens as before */
	assert_false(registry_supersedes(r, SPAN(bare), SPAN(old)));
	buffer_clear(&now);
	buffer_clear(&old);
	buffer_clear(&bare);
	buffer_clear(&forged);
	registry_destroy(before);
	registry_destroy(fresh);
	signer_destroy(next);
	signer_destroy(thief);
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		NET_TEST(guardians_name_the_next_key),
		NET_TEST(who_was_away_follows),
		NET_TEST(a_replaced_key_accuses_nobody),
		NET_TEST(a_later_key_supersedes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
