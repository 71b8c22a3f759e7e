/* What the member log of a bundle says, and what a bundle hides that an earlier one told. */
#include "proto/log/bundle_said.h"

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
	struct buffer bundle, told;
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
	test_bundle(&t->n, t->both, 2, &t->bundle);
	*state = t;
	return 0;
}

static int net_teardown(void **state)
{
	struct net *t = *state;

	buffer_clear(&t->bundle);
	buffer_clear(&t->told);
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

/* --- replayed --- */

static void open_as(struct net *t, uint64_t a, uint64_t b, struct opened_bundle *out)
{
	struct fault f;

	t->a.signed_size = a;
	t->b.signed_size = b;
	buffer_reset(&t->told);
	test_bundle(&t->n, t->both, 2, &t->told);
	if (bundle_open(out, SPAN(t->told), authority(t), &f))
		fail_msg("%s", f.text);
}

static void an_older_bundle_is_told_apart(void **state)
{
	struct net *t = *state;
	struct opened_bundle old, new;
	struct fault f;

	open_as(t, 5, 3, &old);
	open_as(t, 7, 3, &new);
	assert_int_equal(bundle_follows(&new, &old, &f), 0);
	assert_int_equal(bundle_follows(&new, &new, &f), 0);
	assert_int_equal(bundle_follows(&old, &new, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	assert_non_null(strstr(f.text, "first 5 entries, and 7 are known"));
	bundle_clear(&new);
	/* the members' statements count too: a revocation may be hidden */
	test_network_revoke(&t->n, "atelier-b", 1);
	open_as(t, 5, 3, &new);
	assert_int_equal(bundle_follows(&new, &old, &f), 0);
	assert_int_equal(bundle_follows(&old, &new, &f), -1);
	assert_non_null(strstr(f.text, "/members"));
	bundle_clear(&old);
	bundle_clear(&new);
}

static void two_histories_are_told_apart(void **state)
{
	struct net *t = *state;
	struct opened_bundle first, second;
	struct ram_log kept;
	struct fault f;

	open_as(t, 7, 3, &first);
	kept = t->a.log;
	t->a.log = t->other;
	open_as(t, 7, 3, &second);
	assert_int_equal(bundle_follows(&second, &first, &f), -1);
	assert_non_null(strstr(f.text, "two histories of 7 entries"));
	bundle_clear(&second);
	/* of other sizes no root tells, but an entry does */
	open_as(t, 6, 3, &second);
	assert_int_equal(bundle_follows(&first, &second, &f), -1);
	assert_non_null(strstr(f.text, "atelier-a\", entry 4: the bundle and what is known prove"));
	t->a.log = kept;
	bundle_clear(&first);
	bundle_clear(&second);
}

/* --- left out --- */

/* The bundle of both, about that question, changed, and opened. */
static void open_changed(struct net *t, const char *query, void (*change)(Trac__Bundle *b),
			 struct opened_bundle *out)
{
	struct fault f;
	Trac__Bundle *b = unpack(&trac__bundle__descriptor, SPAN(t->bundle), UNPACK_STRICT, &f);

	assert_non_null(b);
	b->query = (char *)(uintptr_t)query;
	if (change)
		change(b);
	buffer_reset(&t->told);
	pack(b, &t->told);
	unpack_free(b);
	if (bundle_open(out, SPAN(t->told), authority(t), &f))
		fail_msg("%s", f.text);
}

static void without_entry(Trac__Bundle *b)
{
	Trac__ProvedLog *l = b->log[0];

	memmove(l->entry + 2, l->entry + 3, (--l->n_entry - 2) * sizeof *l->entry);
}
static void without_log(Trac__Bundle *b) { b->log[0] = b->log[1]; b->n_log = 1; }
static void told_cut(Trac__Bundle *b) { without_log(b); b->has_cut = b->cut = 1; }

static void what_is_left_out_is_counted(void **state)
{
	static const struct {
		const char *query;
		void (*change)(Trac__Bundle *b);
		unsigned missing;
		uint64_t first;
	} row[] = {
		{ "SERIAL1", NULL, 0, 0 }, { "SERIAL1", without_entry, 1, 2 },
		{ "SERIAL1", without_log, 7, 0 }, { "SERIAL2", without_log, 0, 0 },
		{ "SERIAL1", told_cut, 0, 0 },
	};
	struct net *t = *state;
	struct opened_bundle known, b;
	const struct proved_entry *first;
	struct fault f;

	open_changed(t, "SERIAL1", NULL, &known);
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		open_changed(t, row[i].query, row[i].change, &b);
		assert_int_equal(bundle_follows(&b, &known, &f), 0);
		assert_int_equal(bundle_left_out(&b, &known, &first), row[i].missing);
		assert_int_equal(bundle_left_out(&known, &known, &first), 0);
		if (bundle_left_out(&b, &known, &first)) {
			assert_string_equal(first->author->name, "atelier-a");
			assert_true(first->index == row[i].first);
		}
		bundle_clear(&b);
	}
	bundle_clear(&known);
}

/* --- what the member log says --- */

static void statements_are_named(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct said s;

	test_network_revoke(&t->n, "atelier-b", 1);
	open_as(t, 5, 3, &b);
	assert_int_equal(b.log_count, 3);
	assert_null(b.log[0].author);
	assert_memory_equal(b.log[0].key->key, authority(t), KEY_SIZE);
	for (unsigned i = 1; i < 3; i++) {
		const struct proved_log *l = &b.log[i];

		assert_string_equal(l->author->name, t->both[i - 1]->member.name);
		assert_memory_equal(l->key->key, t->both[i - 1]->member.key.key, KEY_SIZE);
		assert_true(bundle_key_said(&b, l->key->key, &s));
		assert_true(s.index == i);
		assert_int_equal(l->first, i == 1 ? 0 : 7);
		assert_int_equal(l->count, i == 1 ? 7 : 3);
	}
	assert_false(bundle_key_said(&b, (const uint8_t[KEY_SIZE]){ 1 }, &s));
	assert_false(bundle_revoked_said(&b, "atelier-a", &s));
	assert_true(bundle_revoked_said(&b, "atelier-b", &s));
	assert_true(s.index == 3);
	assert_int_equal(s.reason, TRAC__REVOKE_REASON__RETIRED);
	assert_true(s.time_ms > 0);
	bundle_last_said(&b, &s);
	assert_true(s.index == 3);
	bundle_clear(&b);
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, net_setup, net_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NET_TEST(an_older_bundle_is_told_apart),
		NET_TEST(two_histories_are_told_apart),
		NET_TEST(what_is_left_out_is_counted),
		NET_TEST(statements_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
