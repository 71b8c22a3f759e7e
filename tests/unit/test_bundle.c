/* Bundles: what proves is opened, and every lie in one is refused. */
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
	struct buffer bundle;
};

/* a: 7 entries, 5 of them signed; b: 3, all signed */
static int net_setup(void **state)
{
	struct net *t = calloc(1, sizeof *t);
	char text[32];

	test_network_init(&t->n, NETWORK, 1);
	test_network_admit(&t->n, &t->a, "atelier-a", TRAC__ROLE__WORKSHOP, 2);
	test_network_admit(&t->n, &t->b, "atelier-b", TRAC__ROLE__WORKSHOP, 3);
	for (unsigned i = 0; i < 7; i++) {
		snprintf(text, sizeof text, "event %u of a", i);
		ram_log_append(&t->a.log, text, strlen(text));
	}
	for (unsigned i = 0; i < 3; i++) {
		snprintf(text, sizeof text, "event %u of b", i);
		ram_log_append(&t->b.log, text, strlen(text));
	}
	t->a.signed_size = 5;
	t->b.signed_size = 3;
	t->both[0] = &t->a;
	t->both[1] = &t->b;
	buffer_init(&t->bundle, BUNDLE_WIDE_BYTES_MAX);
	test_bundle(&t->n, t->both, 2, &t->bundle);
	*state = t;
	return 0;
}

static int net_teardown(void **state)
{
	struct net *t = *state;

	buffer_clear(&t->bundle);
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

static void opens_what_proves(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	if (bundle_open(&b, SPAN(t->bundle), authority(t), &f))
		fail_msg("%s", f.text);
	assert_int_equal(b.count, 10);
	assert_int_equal(b.known_count, 0);
	assert_int_equal(registry_count(b.registry), 3);
	for (unsigned i = 0; i < 10; i++) {
		const struct proved_entry *e = &b.entry[i];
		const struct test_member *m = t->both[i >= 7];
		const uint64_t index = i < 7 ? i : i - 7;

		assert_string_equal(e->author->name, m->member.name);
		assert_true(e->index == index);
		assert_int_equal(e->proof, index < m->signed_size ? LINE_PROVED : LINE_PENDING);
		assert_true(e->tree_size == (index < m->signed_size ? m->signed_size : 0));
		assert_int_equal(e->bytes.size, m->log.entry[index].size);
		assert_memory_equal(e->bytes.data, m->log.entry[index].data, e->bytes.size);
	}
	bundle_clear(&b);
	bundle_clear(&b);
}

static void needs_the_key_of_the_authority(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	assert_int_equal(bundle_open(&b, SPAN(t->bundle), t->a.member.key.key, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_null(b.registry);
	assert_null(b.message);
}

static void tells_what_came_after_a_revocation(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	test_network_revoke(&t->n, "atelier-a", 3);
	buffer_reset(&t->bundle);
	test_bundle(&t->n, t->both, 2, &t->bundle);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), 0);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(b.entry[i].proof, i < 3 ? LINE_PROVED : LINE_REVOKED);
	/* nor does it wait to be signed */
	assert_true(b.entry[4].tree_size == 5 && b.entry[5].tree_size == 0);
	for (unsigned i = 7; i < 10; i++)
		assert_int_equal(b.entry[i].proof, LINE_PROVED);
	bundle_clear(&b);
}

/* Equal to the bundle as it was made, but for what nothing signs. */
static void assert_same_proofs(const struct net *t, const struct opened_bundle *b)
{
	assert_int_equal(b->count, 10);
	assert_int_equal(registry_size(b->registry), ram_log_size(&t->n.members));
	for (unsigned k = 0; k < b->count; k++) {
		const struct proved_entry *e = &b->entry[k];
		const struct test_member *m = t->both[k >= 7];

		assert_ptr_equal(e->author, registry_by_name(b->registry, m->member.name));
		if (k == 5 || k == 6) {
			assert_int_equal(e->proof, LINE_PENDING);
			continue;
		}
		assert_int_equal(e->proof, LINE_PROVED);
		assert_true(e->index == (k < 7 ? k : k - 7) && e->tree_size == m->signed_size);
		assert_int_equal(e->bytes.size, m->log.entry[e->index].size);
		assert_memory_equal(e->bytes.data, m->log.entry[e->index].data, e->bytes.size);
	}
}

/*
 * Any changed byte: refused, or the same entries are proved of the same authors. What may
 * be changed: the two pending entries and their indexes, which are said to prove nothing.
 */
static void no_changed_byte_proves_another_thing(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;
	unsigned opened = 0;

	for (size_t i = 0; i < 2 * t->bundle.used; i++) {
		uint8_t *at = &t->bundle.data[i / 2];
		const uint8_t was = *at;

		*at ^= i % 2 ? 0xff : (uint8_t)(1u << i / 2 % 8);
		if (bundle_open(&b, SPAN(t->bundle), authority(t), &f)) {
			assert_true(f.code == FAULT_UNPROVED || f.code == FAULT_INPUT);
			assert_null(b.message);
		} else {
			assert_same_proofs(t, &b);
			opened++;
			bundle_clear(&b);
		}
		*at = was;
	}
	/* 12 bytes of text each, seen as text or not, and little else */
	assert_in_range(opened, 24, 60);
}

static void no_part_is_taken_for_the_whole(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	for (size_t size = 0; size < t->bundle.used; size++) {
		if (bundle_open(&b, (struct span){ t->bundle.data, size }, authority(t), &f))
			continue;
		/* cut between two whole logs */
		assert_true(b.count == 0 || b.count == 7);
		bundle_clear(&b);
	}
}

/* --- lies --- */

static void spoil_version(Trac__Bundle *b) { b->version = 2; }
static void spoil_network(Trac__Bundle *b) { b->network[0] = 'F'; }
static void other_network(Trac__Bundle *b) { b->network[0] = 'g'; }
static void no_members(Trac__Bundle *b) { b->members->n_entry = 0; }
static void less_members(Trac__Bundle *b) { b->members->n_entry--; }
static void members_unsigned(Trac__Bundle *b) { b->members->has_checkpoint = 0; }
static void members_renamed(Trac__Bundle *b) { b->members->origin[0] = 'g'; }
static void member_changed(Trac__Bundle *b) { b->members->entry[1]->bytes.data[9] ^= 1; }
static void member_pending(Trac__Bundle *b)
{
	b->members->entry[2]->has_pending = b->members->entry[2]->pending = 1;
}
static void members_swapped(Trac__Bundle *b)
{
	Trac__ProvedEntry **e = b->members->entry, *first = e[1];

	e[1] = e[2];
	e[2] = first;
	e[1]->index = 1;
	e[2]->index = 2;
}
static void member_with_a_gap(Trac__Bundle *b) { b->members->entry[2]->index = 3; }

static void stranger(Trac__Bundle *b) { b->log[0]->origin[12] = 'A'; }
static void logs_exchanged(Trac__Bundle *b)
{
	b->log[0]->origin[20] = 'b';
	b->log[1]->origin[20] = 'a';
}
static void log_twice(Trac__Bundle *b) { b->log[1]->origin[20] = 'a'; }
static void log_unsigned(Trac__Bundle *b) { b->log[0]->has_checkpoint = 0; }
static void checkpoint_of_other(Trac__Bundle *b)
{
	const ProtobufCBinaryData first = b->log[0]->checkpoint;

	b->log[0]->checkpoint = b->log[1]->checkpoint;
	b->log[1]->checkpoint = first;
}
static void checkpoint_changed(Trac__Bundle *b)
{
	b->log[0]->checkpoint.data[b->log[0]->checkpoint.len - 9] ^= 1;
}

static void entry_changed(Trac__Bundle *b) { b->log[0]->entry[2]->bytes.data[0] ^= 1; }
static void entry_moved(Trac__Bundle *b) { b->log[0]->entry[4]->index = 5; b->log[0]->n_entry = 5; }
static void entry_twice(Trac__Bundle *b) { b->log[0]->entry[3] = b->log[0]->entry[2]; }
static void entries_swapped(Trac__Bundle *b)
{
	Trac__ProvedEntry **e = b->log[0]->entry, *first = e[1];

	e[1] = e[2];
	e[2] = first;
}
static void entries_renumbered(Trac__Bundle *b)
{
	entries_swapped(b);
	b->log[0]->entry[1]->index = 1;
	b->log[0]->entry[2]->index = 2;
}
static void proofs_swapped(Trac__Bundle *b)
{
	Trac__ProvedEntry *one = b->log[0]->entry[1], *two = b->log[0]->entry[2];
	ProtobufCBinaryData *proof = one->proof;

	assert_int_equal(one->n_proof, two->n_proof);
	one->proof = two->proof;
	two->proof = proof;
}
static void entry_of_other(Trac__Bundle *b) { b->log[0]->entry[2] = b->log[1]->entry[2]; }
static void entry_not_rising(Trac__Bundle *b) { b->log[0]->entry[2]->index = 1; }
static void entry_empty(Trac__Bundle *b) { b->log[0]->entry[2]->bytes.len = 0; }
static void entry_missing(Trac__Bundle *b) { b->log[0]->entry[2]->has_bytes = 0; }
static void index_missing(Trac__Bundle *b) { b->log[0]->entry[0]->has_index = 0; }
static void path_cut(Trac__Bundle *b) { b->log[0]->entry[2]->n_proof--; }
static void path_gone(Trac__Bundle *b) { b->log[0]->entry[2]->n_proof = 0; }
static void path_short(Trac__Bundle *b) { b->log[0]->entry[2]->proof[0].len = 31; }
static void path_changed(Trac__Bundle *b) { b->log[0]->entry[2]->proof[1].data[31] ^= 1; }
static void pending_below(Trac__Bundle *b)
{
	Trac__ProvedEntry *e = b->log[0]->entry[2];

	e->has_pending = e->pending = 1;
	e->n_proof = 0;
}
static void pending_with_path(Trac__Bundle *b)
{
	Trac__ProvedEntry *from = b->log[0]->entry[0], *to = b->log[0]->entry[6];

	to->proof = from->proof;
	to->n_proof = from->n_proof;
	from->proof = NULL;
	from->n_proof = 0;
	memmove(b->log[0]->entry, b->log[0]->entry + 6, sizeof to);
	b->log[0]->entry[6] = from;
	b->log[0]->n_entry = 1;
}
static void branch_without_fork(Trac__Bundle *b)
{
	b->log[1]->has_branch = b->log[1]->branch = 1;
}
static void end_of_an_open_log(Trac__Bundle *b)
{
	b->log[0]->end_proof = b->log[0]->entry[0]->proof;
	b->log[0]->n_end_proof = 1;
}
static void known_without_end(Trac__Bundle *b)
{
	static Trac__KnownHead head = TRAC__KNOWN_HEAD__INIT, *many[LOGS_MAX + 1];

	head.origin = b->network;
	head.has_size = head.has_held = 1;
	for (unsigned i = 0; i <= LOGS_MAX; i++)
		many[i] = &head;
	b->known = many;
	b->n_known = LOGS_MAX + 1;
}
static void not_pending(Trac__Bundle *b) { b->log[0]->entry[6]->pending = 0; }

static void refuses_every_lie(void **state)
{
	static const struct {
		const char *name;
		void (*lie)(Trac__Bundle *b);
		enum fault_code code;
		const char *why;
	} lies[] = {
#define LIE(name, code, why) { #name, name, FAULT_##code, why }
		LIE(spoil_version, INPUT, "of version 2"),
		LIE(spoil_network, INPUT, "lower-case labels"),
		LIE(other_network, UNPROVED, "another network"),
		LIE(no_members, UNPROVED, "not whole"),
		LIE(less_members, UNPROVED, "not whole"),
		LIE(members_unsigned, UNPROVED, "no checkpoint"),
		LIE(members_renamed, UNPROVED, "another network"),
		LIE(member_changed, UNPROVED, "not those that the authority signed"),
		LIE(member_pending, UNPROVED, "entry 2: entry 2 was expected"),
		LIE(members_swapped, UNPROVED, "not those that the authority signed"),
		LIE(member_with_a_gap, UNPROVED, "entry 3: entry 2 was expected"),
		LIE(stranger, UNPROVED, "no member of"),
		LIE(logs_exchanged, UNPROVED, "where one of"),
		LIE(log_twice, INPUT, "twice"),
		LIE(log_unsigned, UNPROVED, "no signed checkpoint"),
		LIE(checkpoint_of_other, UNPROVED, "where one of"),
		LIE(checkpoint_changed, UNPROVED, "does not verify"),
		LIE(entry_changed, UNPROVED, "entry 2: it is not in the log"),
		LIE(entry_moved, UNPROVED, "entry 5: it is not in the log"),
		LIE(entry_not_rising, INPUT, "entry 1: it follows entry 1"),
		LIE(entry_twice, INPUT, "entry 2: it follows entry 2"),
		LIE(entries_swapped, INPUT, "entry 1: it follows entry 2"),
		LIE(entries_renumbered, UNPROVED, "entry 1: it is not in the log"),
		LIE(proofs_swapped, UNPROVED, "entry 1: it is not in the log"),
		LIE(entry_of_other, UNPROVED, "entry 2: it is not in the log"),
		LIE(entry_empty, INPUT, "0 bytes"),
		LIE(entry_missing, INPUT, "no bytes"),
		LIE(index_missing, INPUT, "no index"),
		LIE(path_cut, UNPROVED, "entry 2: it is not in the log"),
		LIE(path_gone, UNPROVED, "entry 2: it is not in the log"),
		LIE(path_short, UNPROVED, "entry 2: it is not in the log"),
		LIE(path_changed, UNPROVED, "entry 2: it is not in the log"),
		LIE(pending_below, UNPROVED, "entry 2: it is called pending"),
		LIE(pending_with_path, UNPROVED, "entry 6: it is called pending"),
		LIE(not_pending, UNPROVED, "entry 6: it is not in the log"),
		LIE(branch_without_fork, UNPROVED, "no evidence"),
		LIE(end_of_an_open_log, UNPROVED, "not proved to lead to the end"),
		LIE(known_without_end, INPUT, "known heads"),
#undef LIE
	};
	struct net *t = *state;
	struct opened_bundle b;
	struct buffer lied;
	struct fault f;

	buffer_init(&lied, BUNDLE_BYTES_MAX);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		/* the message lies in an arena: counts and pointers may change */
		Trac__Bundle *m = unpack(&trac__bundle__descriptor, SPAN(t->bundle), UNPACK_STRICT,
					 &f);

		assert_non_null(m);
		lies[i].lie(m);
		buffer_reset(&lied);
		pack(m, &lied);
		unpack_free(m);
		if (bundle_open(&b, SPAN(lied), authority(t), &f) != -1)
			fail_msg("%s was believed", lies[i].name);
		if (f.code != lies[i].code || !strstr(f.text, lies[i].why))
			fail_msg("%s: %s: %s", lies[i].name, fault_name(f.code), f.text);
	}
	buffer_clear(&lied);
}

/* The refusal of an entry names its log and index. */
static void names_log_and_index(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;
	Trac__Bundle *m = unpack(&trac__bundle__descriptor, SPAN(t->bundle), UNPACK_STRICT, &f);

	entry_changed(m);
	buffer_reset(&t->bundle);
	pack(m, &t->bundle);
	unpack_free(m);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), -1);
	assert_non_null(strstr(f.text, "\"fne.example/atelier-a\", entry 2"));
}

static void checks_known_heads(void **state)
{
	struct net *t = *state;
	Trac__KnownHead head = TRAC__KNOWN_HEAD__INIT, *known = &head;
	Trac__Bundle extra = TRAC__BUNDLE__INIT;
	struct opened_bundle b;
	struct fault f;
	const size_t used = t->bundle.used;

	/* protobuf: appended fields belong to the same message */
	extra.n_known = 1;
	extra.known = &known;
	head.origin = "fne.example/atelier-a";
	head.has_size = head.has_held = 1;
	head.size = 9;
	head.held = 7;
	pack(&extra, &t->bundle);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), 0);
	assert_int_equal(b.known_count, 1);
	assert_true(b.message->known[0]->held == 7);
	bundle_clear(&b);
	t->bundle.used = used;
	head.held = 10;
	pack(&extra, &t->bundle);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	t->bundle.used = used;
	head.held = 0;
	head.origin = NULL;
	pack(&extra, &t->bundle);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), -1);
}

static void refuses_what_is_no_bundle(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;
	uint8_t *much = calloc(1, BUNDLE_WIDE_BYTES_MAX + 1);

	assert_int_equal(bundle_open(&b, (struct span){ NULL, 0 }, authority(t), &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	assert_int_equal(bundle_open(&b, (struct span){ (const uint8_t *)"hello", 5 }, authority(t),
				     &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	assert_int_equal(bundle_open(&b, (struct span){ much, BUNDLE_WIDE_BYTES_MAX + 1 },
				     authority(t),
				     &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
	free(much);
}

static void bounds_the_entries(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	while (ram_log_size(&t->a.log) < LOOKUP_WIDE_EVENTS_MAX - 3)
		ram_log_append(&t->a.log, "x", 1);
	t->a.signed_size = LOOKUP_WIDE_EVENTS_MAX - 100;
	buffer_reset(&t->bundle);
	test_bundle(&t->n, t->both, 2, &t->bundle);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), 0);
	assert_int_equal(b.count, LOOKUP_WIDE_EVENTS_MAX);
	bundle_clear(&b);
	ram_log_append(&t->a.log, "x", 1);
	buffer_reset(&t->bundle);
	test_bundle(&t->n, t->both, 2, &t->bundle);
	assert_int_equal(bundle_open(&b, SPAN(t->bundle), authority(t), &f), -1);
	assert_int_equal(f.code, FAULT_INPUT);
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, net_setup, net_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NET_TEST(opens_what_proves),
		NET_TEST(needs_the_key_of_the_authority),
		NET_TEST(tells_what_came_after_a_revocation),
		NET_TEST(no_changed_byte_proves_another_thing),
		NET_TEST(no_part_is_taken_for_the_whole),
		NET_TEST(refuses_every_lie),
		NET_TEST(names_log_and_index),
		NET_TEST(checks_known_heads),
		NET_TEST(refuses_what_is_no_bundle),
		NET_TEST(bounds_the_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
