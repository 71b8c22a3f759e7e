/* Epochs: a log that is closed at a trusted head, the one that goes on, and who asks for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/bundle.h"
#include "proto/log/fence.h"
#include "proto/wire/unpack.h"
#include "tests/unit/logs.h"

#define NET "fne.example"

struct net {
	struct test_network n;
	struct test_member a, b;
};

static int setup(void **state)
{
	static struct net t;

	memset(&t, 0, sizeof t);
	test_network_init(&t.n, NET, 1);
	test_network_admit(&t.n, &t.a, "alpha", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&t.n, &t.b, "beta", TRAC__ROLE__WORKSHOP, 3);
	*state = &t;
	return 0;
}

static int teardown(void **state)
{
	struct net *t = *state;

	test_member_clear(&t->a);
	test_member_clear(&t->b);
	test_network_clear(&t->n);
	return 0;
}

static struct epoch_request request_of(const char *name, unsigned epoch, uint64_t size)
{
	struct epoch_request q = { .epoch = epoch, .size = size, .root = { { 7 } } };

	snprintf(q.network, sizeof q.network, NET);
	snprintf(q.name, sizeof q.name, "%s", name);
	snprintf(q.reason, sizeof q.reason, "lost-disk");
	return q;
}

static void state_epoch(struct net *t, const struct epoch_request *q, struct buffer *b)
{
	struct fault f;

	buffer_init(b, ENTRY_SIZE_MAX);
	assert_int_equal(epoch_write(b, q, t->n.time_ms, &f), 0);
}

static void assert_refused(struct net *t, const struct epoch_request *q, const char *word)
{
	struct buffer b;
	struct fault f;

	state_epoch(t, q, &b);
	assert_int_equal(registry_check(t->n.registry, SPAN(b), &f), -1);
	if (!strstr(f.text, word))
		fail_msg("%s", f.text);
	buffer_clear(&b);
}

static void a_log_goes_on_in_the_next_epoch(void **state)
{
	struct net *t = *state;
	struct registry *r = t->n.registry;
	const struct closed_log *closed;
	struct log_id old = t->a.member.log, fresh;
	struct buffer b;

	for (unsigned epoch = 2; epoch <= EPOCHS_MAX; epoch++) {
		const struct epoch_request q = request_of("alpha", epoch, 10 * epoch);
		char origin[ORIGIN_MAX + 1];
		const struct member *m;

		state_epoch(t, &q, &b);
		test_network_say(&t->n, &b);
		buffer_clear(&b);
		snprintf(origin, sizeof origin, NET "/alpha/%u", epoch);
		log_id_of(origin, &fresh);
		m = registry_by_name(r, "alpha");
		assert_int_equal(m->epoch, epoch);
		assert_string_equal(m->origin, origin);
		assert_string_equal(m->key.name, origin);
		assert_memory_equal(m->key.key, t->a.member.key.key, KEY_SIZE);
		assert_ptr_equal(registry_by_log(r, &fresh), m);
		assert_null(registry_by_log(r, &old));
		assert_ptr_equal(registry_author(r, &fresh, &closed), m);
		assert_null(closed);
		assert_ptr_equal(registry_author(r, &old, &closed), m);
		assert_int_equal(closed->epoch, epoch - 1);
		assert_int_equal(closed->size, 10 * epoch);
		assert_int_equal(closed->root.b[0], 7);
		/* the others are found as before */
		assert_ptr_equal(registry_by_log(r, &t->b.member.log), registry_by_name(r, "beta"));
		assert_int_equal(registry_closed_count(r), epoch - 1);
		old = fresh;
	}
	assert_refused(t, &(struct epoch_request){ .epoch = 0, .name = "alpha" }, "only 17 can follow");
	const struct epoch_request most = request_of("alpha", EPOCHS_MAX + 1, 1);

	assert_refused(t, &most, "admit it under another name");
}

/* Requests and cosignatures are signed under a name that no epoch changes. */
static void the_lasting_name_stays(void **state)
{
	struct net *t = *state;
	const struct epoch_request q = request_of("alpha", 2, 5);
	char name[ORIGIN_MAX + 1];
	struct buffer b;

	for (int after = 0; after < 2; after++) {
		member_lasting_name(registry_by_name(t->n.registry, "alpha"), name);
		assert_string_equal(name, NET "/alpha");
		if (after)
			break;
		state_epoch(t, &q, &b);
		test_network_say(&t->n, &b);
		buffer_clear(&b);
	}
}

static void what_cannot_follow_is_refused(void **state)
{
	struct net *t = *state;
	struct epoch_request q = request_of("alpha", 3, 5);

	assert_refused(t, &q, "only 2 can follow");
	q = request_of("alpha", 1, 5);
	assert_refused(t, &q, "only 2 can follow");
	q = request_of("gamma", 2, 5);
	assert_refused(t, &q, "no member");
	q = request_of("alpha", 2, ENTRIES_MAX + 1);
	assert_refused(t, &q, "at which size");
	test_network_revoke(&t->n, "beta", 3);
	q = request_of("beta", 2, 5);
	assert_refused(t, &q, "revoked");
}

static void requests_are_signed_by_the_member(void **state)
{
	struct net *t = *state;
	struct epoch_request q = request_of("alpha", 2, 5), got;
	struct buffer b;
	struct fault f;

	buffer_init(&b, NOTE_BYTES_MAX);
	assert_int_equal(epoch_request_write(&b, &q, t->a.signer, &f), 0);
	assert_int_equal(epoch_request_open(SPAN(b), &got, &f), 0);
	assert_memory_equal(&got, &q, sizeof q);
	assert_int_equal(epoch_request_check(SPAN(b), &got, t->a.member.key.key, &f), 0);
	assert_int_equal(epoch_request_check(SPAN(b), &got, t->b.member.key.key, &f), -1);
	/* no byte of it may differ */
	for (size_t i = 0; i < b.used; i++) {
		b.data[i] ^= 1;
		if (epoch_request_open(SPAN(b), &got, &f) == 0 &&
		    epoch_request_check(SPAN(b), &got, t->a.member.key.key, &f) == 0)
			fail_msg("byte %zu may be changed", i);
		b.data[i] ^= 1;
	}
	for (size_t size = 0; size < b.used; size++)
		assert_false(epoch_request_open((struct span){ b.data, size }, &got, &f) == 0 &&
			     epoch_request_check((struct span){ b.data, size }, &got,
						 t->a.member.key.key, &f) == 0);
	buffer_reset(&b);
	snprintf(q.reason, sizeof q.reason, "two words");
	assert_int_equal(epoch_request_write(&b, &q, t->a.signer, &f), -1);
	buffer_clear(&b);
}

/* The log that was closed: what lies behind its end is an orphan, and said to be one. */
/* alpha has 4 signed entries, and its log is closed at that size and root; the bundle of it,
 * with that proof of its end. */
static void close_alpha(struct net *t, uint64_t size, const struct hash *root,
			const struct proof *end, struct buffer *out)
{
	struct test_member *const both[] = { &t->a, &t->b };
	struct epoch_request q = request_of("alpha", 2, size);
	ProtobufCBinaryData hash[PROOF_HASHES_MAX];
	struct buffer b;
	struct fault f;
	Trac__Bundle *m;

	q.root = *root;
	state_epoch(t, &q, &b);
	test_network_say(&t->n, &b);
	buffer_reset(&b);
	b.max = BUNDLE_BYTES_MAX;
	test_bundle(&t->n, both, 2, &b);
	m = unpack(&trac__bundle__descriptor, SPAN(b), UNPACK_STRICT, &f);
	assert_non_null(m);
	for (unsigned i = 0; end && i < end->count; i++)
		hash[i] = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)(uintptr_t)end->hash[i].b };
	m->log[0]->n_end_proof = end ? end->count : 0;
	m->log[0]->end_proof = hash;
	pack(m, out);
	unpack_free(m);
	buffer_clear(&b);
}

static void what_does_not_lead_to_the_end_is_an_orphan(void **state)
{
	static const struct {
		uint64_t size;
		bool other, told;       /* another root than that of the log; its end is proved */
		unsigned orphans;
		bool refused;
	} row[] = {
		{ 2, false, true, 2, false }, { 2, false, false, 4, false },
		{ 2, true, false, 4, false }, { 2, true, true, 0, true },
		{ 4, false, false, 0, false }, { 4, true, false, 4, false },
		{ 5, false, false, 4, false },
	};

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct opened_bundle opened;
		struct checkpoint c = { .size = 0 };
		struct tree_reader tree;
		struct net *t = *state;
		struct proof end;
		struct buffer b;
		struct fault f = { .text = "" };
		unsigned orphans = 0;

		for (unsigned k = 0; k < 4; k++) {
			ram_log_append(&t->a.log, &"abcd"[k], 1);
			ram_log_append(&t->b.log, &"wxyz"[k], 1);
		}
		t->a.signed_size = t->b.signed_size = 4;
		tree = ram_log_reader(&t->a.log);
		ram_log_checkpoint(&t->a.log, NET "/alpha", row[i].size > 4 ? 4 : row[i].size, &c);
		assert_int_equal(tree_consistency(&tree, 2, 4, &end), 0);
		c.root.b[0] ^= row[i].other;
		buffer_init(&b, BUNDLE_BYTES_MAX);
		close_alpha(t, row[i].size, &c.root, row[i].told ? &end : NULL, &b);
		if (row[i].refused) {
			assert_true(bundle_open(&opened, SPAN(b),
						t->n.authority.member.key.key, &f) < 0);
			assert_non_null(strstr(f.text, "not proved to lead to the end"));
		} else {
			if (bundle_open(&opened, SPAN(b), t->n.authority.member.key.key, &f))
				fail_msg("%s", f.text);
			for (unsigned k = 0; k < opened.count; k++) {
				orphans += opened.entry[k].proof == LINE_ORPHAN;
				assert_int_equal(opened.entry[k].closed != NULL, k < 4);
				/* the last ones */
				if (opened.entry[k].proof == LINE_ORPHAN)
					assert_in_range(k, 4 - row[i].orphans, 3);
			}
			assert_int_equal(orphans, row[i].orphans);
			bundle_clear(&opened);
		}
		buffer_clear(&b);
		teardown(state);
		setup(state);
	}
}

int main(void)
{
#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		NET_TEST(a_log_goes_on_in_the_next_epoch),
		NET_TEST(the_lasting_name_stays),
		NET_TEST(what_cannot_follow_is_refused),
		NET_TEST(requests_are_signed_by_the_member),
		NET_TEST(what_does_not_lead_to_the_end_is_an_orphan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
