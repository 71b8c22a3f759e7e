/* Bundles that tell of a fork. */
#include "proto/log/bundle.h"

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
	struct test_member a, b;
	struct test_member *both[2];
	struct ram_log other;           /* the other branch of a: apart from entry 4 on */
	struct buffer bundle, evidence, note[2], told;
};

static void append(struct ram_log *l, const char *who, unsigned i)
{
	char text[32];

	snprintf(text, sizeof text, "event %u of %s", i, who);
	ram_log_append(l, text, strlen(text));
}

static int net_setup(void **state)
{
	struct net *t = calloc(1, sizeof *t);

	test_network_init(&t->n, NETWORK, 1);
	test_network_admit(&t->n, &t->a, "atelier-a", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&t->n, &t->b, "atelier-b", TRAC__ROLE__WORKSHOP, 3);
	ram_log_init(&t->other);
	for (unsigned i = 0; i < 7; i++) {
		append(&t->a.log, "a", i);
		append(&t->other, i < 4 ? "a" : "the other a", i);
	}
	for (unsigned i = 0; i < 3; i++)
		append(&t->b.log, "b", i);
	t->a.signed_size = 7;
	t->b.signed_size = 3;
	t->both[0] = &t->a;
	t->both[1] = &t->b;
	buffer_init(&t->bundle, BUNDLE_WIDE_BYTES_MAX);
	buffer_init(&t->told, BUNDLE_WIDE_BYTES_MAX);
	buffer_init(&t->evidence, EVIDENCE_BYTES_MAX);
	buffer_init(&t->note[0], CHECKPOINT_BYTES_MAX);
	buffer_init(&t->note[1], CHECKPOINT_BYTES_MAX);
	test_bundle(&t->n, t->both, 2, &t->bundle);
	*state = t;
	return 0;
}

static int net_teardown(void **state)
{
	struct net *t = *state;

	buffer_clear(&t->bundle);
	buffer_clear(&t->told);
	buffer_clear(&t->evidence);
	buffer_clear(&t->note[0]);
	buffer_clear(&t->note[1]);
	ram_log_clear(&t->other);
	test_member_clear(&t->a);
	test_member_clear(&t->b);
	test_network_clear(&t->n);
	free(t);
	return 0;
}

static const uint8_t *authority(const struct net *t)
{
	return t->n.authority.member.key.key;
}

/* Evidence: the other branch at 6, ours at 7. */
static void accuse(struct net *t, uint64_t common)
{
	struct tree_reader ours = ram_log_reader(&t->a.log), other = ram_log_reader(&t->other);
	struct evidence_branch a, b;
	struct fork_evidence e;
	struct checkpoint at;
	struct fault f;

	buffer_reset(&t->note[0]);
	buffer_reset(&t->note[1]);
	buffer_reset(&t->evidence);
	test_sign(&t->a.log, t->a.signer, 7, &t->note[0]);
	test_sign(&t->other, t->a.signer, 6, &t->note[1]);
	ram_log_checkpoint(&t->a.log, t->a.member.origin, 7, &a.head);
	ram_log_checkpoint(&t->other, t->a.member.origin, 6, &b.head);
	a.note = SPAN(t->note[0]);
	b.note = SPAN(t->note[1]);
	assert_int_equal(evidence_of_tree(&e, &a, &ours, &b), 0);
	if (common > 0) {
		ram_log_checkpoint(&t->a.log, t->a.member.origin, common, &at);
		e.common = common;
		e.common_root = at.root;
		assert_int_equal(tree_consistency(&other, common, 6, &e.common_small), 0);
		assert_int_equal(tree_consistency(&ours, common, 7, &e.common_large), 0);
	}
	assert_int_equal(evidence_write(&e, &t->evidence, &f), 0);
}

/* The bundle once more, with that evidence under that origin, so many times. */
static void tell(struct net *t, const char *origin, unsigned times)
{
	Trac__KnownFork k = TRAC__KNOWN_FORK__INIT, *list[] = { &k, &k };
	struct fault f;
	Trac__Bundle *b = unpack(&trac__bundle__descriptor, SPAN(t->bundle), UNPACK_STRICT, &f);

	assert_non_null(b);
	k.origin = (char *)(uintptr_t)origin;
	k.from = (char *)(uintptr_t)"hub-1";
	k.has_evidence = true;
	k.evidence = (ProtobufCBinaryData){ t->evidence.used, t->evidence.data };
	b->n_fork = times;
	b->fork = list;
	buffer_reset(&t->told);
	pack(b, &t->told);
	b->n_fork = 0;
	b->fork = NULL;
	unpack_free(b);
}

static void a_fork_leaves_in_doubt_what_is_not_common(void **state)
{
	static const uint64_t common[] = { 0, 1, 4 };
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	for (unsigned i = 0; i < 3; i++) {
		accuse(t, common[i]);
		tell(t, t->a.member.origin, 1);
		if (bundle_open(&b, SPAN(t->told), authority(t), &f))
			fail_msg("%s", f.text);
		assert_int_equal(b.fork_count, 1);
		assert_string_equal(b.fork[0].from, "hub-1");
		assert_string_equal(b.fork[0].author->name, "atelier-a");
		assert_int_equal(b.fork[0].evidence.common, common[i]);
		assert_false(bundle_members_forked(&b));
		for (unsigned k = 0; k < b.count; k++) {
			const bool is_a = k < 7;

			/* it is proved all the same: it stands in what its author signed */
			assert_int_equal(b.entry[k].proof, LINE_PROVED);
			assert_int_equal(b.entry[k].contested,
					 is_a && b.entry[k].index >= common[i]);
			assert_int_equal(b.entry[k].counts, !b.entry[k].contested);
		}
		bundle_clear(&b);
	}
}

/* The log was closed at the end of the other branch: what both begin with leads there. */
static void what_both_begin_with_leads_to_either_end(void **state)
{
	struct net *t = *state;
	struct epoch_request q = {
		.network = NETWORK, .name = "atelier-a", .epoch = 2, .size = 6, .reason = "fork",
	};
	struct checkpoint end;
	struct opened_bundle b;
	struct fault f;

	ram_log_checkpoint(&t->other, t->a.member.origin, 6, &end);
	q.root = end.root;
	buffer_reset(&t->told);
	assert_int_equal(epoch_write(&t->told, &q, t->n.time_ms, &f), 0);
	test_network_say(&t->n, &t->told);
	buffer_reset(&t->bundle);
	test_bundle(&t->n, t->both, 2, &t->bundle);
	for (uint64_t common = 0; common <= 4; common += 4) {
		accuse(t, common);
		tell(t, t->a.member.origin, 1);
		if (bundle_open(&b, SPAN(t->told), authority(t), &f))
			fail_msg("%s", f.text);
		for (unsigned k = 0; k < 7; k++) {
			assert_int_equal(b.entry[k].proof, k < common ? LINE_PROVED : LINE_ORPHAN);
			assert_int_equal(b.entry[k].counts, k < common);
		}
		bundle_clear(&b);
	}
}

/* The authority shows two histories: who is revoked may be hidden in the other one. */
static void a_fork_of_the_member_log_is_told(void **state)
{
	struct net *t = *state;
	struct fork_evidence e = { .common = 0 };
	struct opened_bundle b;
	struct ram_log other;
	struct fault f;

	ram_log_init(&other);
	for (unsigned i = 0; i < 3; i++)
		append(&other, "the authority", i);
	test_sign(&other, t->n.signer, 3, &t->note[0]);
	test_sign(&t->n.members, t->n.signer, 3, &t->note[1]);
	ram_log_checkpoint(&other, NETWORK "/members", 3, &e.small.head);
	ram_log_checkpoint(&t->n.members, NETWORK "/members", 3, &e.large.head);
	e.small.note = SPAN(t->note[0]);
	e.large.note = SPAN(t->note[1]);
	assert_int_equal(evidence_write(&e, &t->evidence, &f), 0);
	tell(t, NETWORK "/members", 1);
	if (bundle_open(&b, SPAN(t->told), authority(t), &f))
		fail_msg("%s", f.text);
	assert_true(bundle_members_forked(&b));
	bundle_clear(&b);
	ram_log_clear(&other);
}

static void without_evidence_nothing_is_in_doubt(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), 0);
	assert_int_equal(b.fork_count, 0);
	for (unsigned k = 0; k < b.count; k++)
		assert_false(b.entry[k].contested);
	bundle_clear(&b);
}

static void assert_refused(struct net *t, const char *why)
{
	struct opened_bundle b;
	struct fault f;

	assert_int_equal(bundle_open(&b, SPAN(t->told), authority(t), &f), -1);
	if (!strstr(f.text, why))
		fail_msg("'%s' is not in: %s", why, f.text);
	assert_null(b.message);
}

static void made_up_evidence_accuses_nobody(void **state)
{
	struct net *t = *state;

	accuse(t, 4);
	tell(t, t->b.member.origin, 1);
	assert_refused(t, "atelier-b");
	tell(t, NETWORK "/nobody", 1);
	assert_refused(t, "no log of");
	tell(t, t->a.member.origin, 2);
	assert_refused(t, "twice");
	for (size_t i = 0; i < t->evidence.used; i++) {
		t->evidence.data[i] ^= 1;
		tell(t, t->a.member.origin, 1);
		assert_refused(t, "atelier-a");
		t->evidence.data[i] ^= 1;
	}
	t->evidence.used = 0;
	tell(t, t->a.member.origin, 1);
	assert_refused(t, "atelier-a");
}

/* --- the other branch --- */

/* All of both branches of a, the other one under its head of 6; its last entries are said to
 * be pending; the evidence so many times. */
static void tell_both(struct net *t, uint64_t other_size, unsigned branches, unsigned times)
{
	struct test_member branch = t->a;
	struct test_member *all[] = { &t->a, &branch, &branch };
	const struct buffer kept = t->bundle;
	struct fault f;
	Trac__Bundle *b;

	branch.log = t->other;
	branch.signed_size = other_size;
	buffer_init(&t->bundle, BUNDLE_WIDE_BYTES_MAX);
	test_bundle(&t->n, all, 1 + branches, &t->bundle);
	b = unpack(&trac__bundle__descriptor, SPAN(t->bundle), UNPACK_STRICT, &f);
	assert_non_null(b);
	for (unsigned i = 0; i < branches; i++)
		b->log[1 + i]->has_branch = b->log[1 + i]->branch = true;
	buffer_reset(&t->bundle);
	pack(b, &t->bundle);
	unpack_free(b);
	tell(t, t->a.member.origin, times);
	buffer_clear(&t->bundle);
	t->bundle = kept;
}

static void both_branches_are_proved_each_by_its_head(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	accuse(t, 4);
	tell_both(t, 7, 1, 1);
	if (bundle_open(&b, SPAN(t->told), authority(t), &f))
		fail_msg("%s", f.text);
	assert_int_equal(b.count, 14);
	for (unsigned i = 0; i < b.count; i++) {
		assert_int_equal(b.entry[i].branch, i >= 7);
		assert_int_equal(b.entry[i].contested, i >= 4);
		assert_int_equal(b.entry[i].counts, i < 4);
		assert_int_equal(b.entry[i].proof, LINE_PROVED);
	}
	assert_true(b.log[2].branch);
	assert_string_equal(b.log[2].origin, b.log[1].origin);
	bundle_clear(&b);
}

/* Which entries of ours count, and which of the other history, after the log was closed. */
static void assert_counted(struct net *t, unsigned ours, unsigned other)
{
	struct opened_bundle b;
	struct fault f;

	accuse(t, 4);
	tell_both(t, 7, 1, 1);
	if (bundle_open(&b, SPAN(t->told), authority(t), &f))
		fail_msg("%s", f.text);
	assert_int_equal(b.count, 14);
	for (unsigned i = 0; i < b.count; i++) {
		const struct proved_entry *e = &b.entry[i];

		assert_int_equal(e->contested, e->branch || e->index >= 4);
		if (e->proof != LINE_PENDING)
			assert_int_equal(e->counts, e->branch ? e->index >= 4 && e->index < other :
					 e->index < ours);
	}
	bundle_clear(&b);
}

static void close_log(struct net *t, struct ram_log *history, uint64_t size)
{
	struct epoch_request q = {
		.network = NETWORK, .name = "atelier-a", .epoch = 2, .size = size,
		.reason = "fork",
	};
	struct checkpoint end;
	struct fault f;

	ram_log_checkpoint(history, t->a.member.origin, size, &end);
	q.root = end.root;
	buffer_reset(&t->told);
	assert_int_equal(epoch_write(&t->told, &q, t->n.time_ms, &f), 0);
	test_network_say(&t->n, &t->told);
}

static void what_leads_to_the_end_counts_of_our_history(void **state)
{
	struct net *t = *state;

	assert_counted(t, 4, 0);
	close_log(t, &t->a.log, 7);
	assert_counted(t, 7, 0);
}

static void what_leads_to_the_end_counts_of_the_other_history(void **state)
{
	struct net *t = *state;

	close_log(t, &t->other, 7);
	assert_counted(t, 4, 7);
}

static void an_end_below_what_is_shared_leaves_it_counted(void **state)
{
	struct net *t = *state;

	close_log(t, &t->other, 2);
	assert_counted(t, 4, 0);
}

static void a_second_history_needs_evidence(void **state)
{
	struct net *t = *state;

	accuse(t, 4);
	tell_both(t, 7, 1, 0);
	assert_refused(t, "no evidence that it was forked");
	tell_both(t, 7, 2, 1);
	assert_refused(t, "twice");
	/* what nobody signed is of no history */
	tell_both(t, 6, 1, 1);
	assert_refused(t, "pending");
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, net_setup, net_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NET_TEST(a_fork_leaves_in_doubt_what_is_not_common),
		NET_TEST(what_both_begin_with_leads_to_either_end),
		NET_TEST(a_fork_of_the_member_log_is_told),
		NET_TEST(without_evidence_nothing_is_in_doubt),
		NET_TEST(made_up_evidence_accuses_nobody),
		NET_TEST(both_branches_are_proved_each_by_its_head),
		NET_TEST(what_leads_to_the_end_counts_of_our_history),
		NET_TEST(what_leads_to_the_end_counts_of_the_other_history),
		NET_TEST(an_end_below_what_is_shared_leaves_it_counted),
		NET_TEST(a_second_history_needs_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
