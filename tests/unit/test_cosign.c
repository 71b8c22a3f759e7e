/* Cosignatures: the known bytes, what may be signed, which lines count, how they merge. */
#include "proto/log/cosign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log/policy.h"
#include "tests/unit/logs.h"

#define NETWORK "fne.example"
#define TEXT "tracd.example/atelier/001\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n"

static const char hub_line[] = "\u2014 tracd.example/hub/idf ml5DOAAAAABpVbkA/tOQTjtomrqlXHwEyCLd16"
	"BvPu+o5l6GfYd00PUOHBDMzAsaqPSEDK3zqkPAxFArHApaoMB0FfaROZmPy3fTBA==\n";

static struct span span(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static struct signer *make(const char *name, enum key_type type, uint8_t seed)
{
	uint8_t bytes[KEY_SEED_SIZE];
	struct fault f;
	struct signer *s;

	memset(bytes, seed, sizeof bytes);
	s = signer_create(name, type, bytes, &f);
	assert_non_null(s);
	return s;
}

static void writes_the_known_line(void **state)
{
	struct signer *hub = make("tracd.example/hub/idf", KEY_COSIGNATURE, 2);
	struct buffer b;
	struct note n;
	struct fault f;
	int64_t time_s;

	(void)state;
	buffer_init(&b, 1024);
	assert_int_equal(note_cosign(&b, span(TEXT), hub, 1767225600, &f), 0);
	assert_int_equal(b.used, strlen(hub_line));
	assert_memory_equal(b.data, hub_line, b.used);
	buffer_reset(&b);
	/* of two lines the earlier time is told */
	write_format(&b, "%s\n", TEXT);
	assert_int_equal(note_cosign(&b, span(TEXT), hub, 1767225601, &f), 0);
	write_format(&b, "%s", hub_line);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(note_cosigned(&n, signer_verifier(hub), &time_s, &f), 1);
	assert_true(time_s == 1767225600);
	buffer_clear(&b);
	signer_destroy(hub);
}

/* --- what may be signed --- */

static void judges_by_what_was_signed_last(void **state)
{
	struct ram_log l, other;
	struct checkpoint at5, at8, fork8;
	struct cosigned last = { .known = false };
	struct tree_reader t;

	(void)state;
	ram_log_init(&l);
	ram_log_init(&other);
	for (unsigned i = 0; i < 8; i++) {
		ram_log_append(&l, &i, sizeof i);
		ram_log_append(&other, i == 2 ? "x" : (const char *)&i, i == 2 ? 1 : sizeof i);
	}
	ram_log_checkpoint(&l, "o", 5, &at5);
	ram_log_checkpoint(&l, "o", 8, &at8);
	ram_log_checkpoint(&other, "o", 8, &fork8);
	t = ram_log_reader(&l);
	assert_int_equal(cosign_judge(&last, &at5, &t), COSIGN_NEW);
	/* a head that the entries do not bear out */
	assert_int_equal(cosign_judge(&last, &fork8, &t), COSIGN_FORKED);
	assert_int_equal(cosign_recall(&last, &at5), COSIGN_NEW);
	last = (struct cosigned){ true, 5, at5.root, 1 };
	assert_int_equal(cosign_judge(&last, &at5, &t), COSIGN_SAME);
	assert_int_equal(cosign_judge(&last, &at8, &t), COSIGN_NEW);
	last = (struct cosigned){ true, 8, at8.root, 1 };
	assert_int_equal(cosign_judge(&last, &at5, &t), COSIGN_SMALLER);
	/* what comes back with our own line */
	assert_int_equal(cosign_recall(&last, &at5), COSIGN_SMALLER);
	assert_int_equal(cosign_recall(&last, &at8), COSIGN_SAME);
	assert_int_equal(cosign_recall(&last, &fork8), COSIGN_FORKED);
	/* another tree of that size was signed: this one is no second signature worth */
	last.root = fork8.root;
	assert_int_equal(cosign_judge(&last, &at8, &t), COSIGN_FORKED);
	last.size = 5;
	assert_int_equal(cosign_judge(&last, &at8, &t), COSIGN_FORKED);
	/* entries that are not there prove nothing */
	at8.size = 9;
	assert_int_equal(cosign_judge(&last, &at8, &t), COSIGN_FORKED);
	ram_log_clear(&l);
	ram_log_clear(&other);
}

/* What is asked for must continue the larger of what was cosigned and what is held, as long as
 * the two are of one history. */
static void what_is_held_counts_only_when_it_continues_what_was_cosigned(void **state)
{
	struct cosigned none = { .known = false }, at5, at8, last;
	struct checkpoint c5, c8, fork5, fork8;
	struct ram_log l, other;
	struct tree_reader t;

	(void)state;
	ram_log_init(&l);
	ram_log_init(&other);
	for (unsigned i = 0; i < 8; i++) {
		ram_log_append(&l, &i, sizeof i);
		ram_log_append(&other, i == 2 ? "x" : (const char *)&i, i == 2 ? 1 : sizeof i);
	}
	ram_log_checkpoint(&l, "o", 5, &c5);
	ram_log_checkpoint(&l, "o", 8, &c8);
	ram_log_checkpoint(&other, "o", 5, &fork5);
	ram_log_checkpoint(&other, "o", 8, &fork8);
	t = ram_log_reader(&l);
	last = none;
	assert_true(cosign_latest(&last, &c5, &t));
	assert_true(last.known && last.size == 5 && hash_equal(&last.root, &c5.root));
	at5 = (struct cosigned){ true, 5, c5.root, 1 };
	last = at5;
	assert_true(cosign_latest(&last, &c8, &t));
	assert_true(last.size == 8 && hash_equal(&last.root, &c8.root));
	at8 = (struct cosigned){ true, 8, c8.root, 1 };
	last = at8;
	assert_true(cosign_latest(&last, &c5, &t));
	assert_int_equal(last.size, 8);
	/* another history was cosigned: what is held does not replace it */
	at5.root = fork5.root;
	last = at5;
	assert_false(cosign_latest(&last, &c8, &t));
	assert_true(last.size == 5 && hash_equal(&last.root, &fork5.root));
	at8.root = fork8.root;
	last = at8;
	assert_false(cosign_latest(&last, &c8, &t));
	assert_true(last.size == 8 && hash_equal(&last.root, &fork8.root));
	ram_log_clear(&l);
	ram_log_clear(&other);
}

/* --- which lines count --- */

struct world {
	struct test_network n;
	struct test_member hub[3], workshop;
	struct signer *cosigner[3];
	struct buffer head;             /* of the workshop, signed by it alone */
};

static void admit_hub(struct world *w, unsigned i, const char *name)
{
	struct test_member *t = &w->hub[i];
	char origin[ORIGIN_MAX + 1];
	struct buffer b;
	struct fault f;

	test_member_init(t, NETWORK, name, TRAC__ROLE__HUB, (uint8_t)(20 + i));
	snprintf(origin, sizeof origin, NETWORK "/%s", name);
	w->cosigner[i] = make(origin, KEY_COSIGNATURE, (uint8_t)(40 + i));
	t->member.cosigns = true;
	memcpy(t->member.cosign_key, signer_verifier(w->cosigner[i])->key, KEY_SIZE);
	buffer_init(&b, ENTRY_SIZE_MAX);
	if (admit_write(&b, &t->member, w->n.time_ms, &f))
		fail_msg("%s", f.text);
	test_network_say(&w->n, &b);
	buffer_clear(&b);
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	test_network_init(&w->n, NETWORK, 1);
	admit_hub(w, 0, "lille");
	test_network_admit(&w->n, &w->workshop, "alpha", TRAC__ROLE__WORKSHOP, 9);
	admit_hub(w, 1, "lyon");
	admit_hub(w, 2, "nantes");
	ram_log_append(&w->workshop.log, "a", 1);
	buffer_init(&w->head, CHECKPOINT_BYTES_MAX);
	test_sign(&w->workshop.log, w->workshop.signer, 1, &w->head);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < 3; i++) {
		signer_destroy(w->cosigner[i]);
		test_member_clear(&w->hub[i]);
	}
	test_member_clear(&w->workshop);
	test_network_clear(&w->n);
	buffer_clear(&w->head);
	free(w);
	return 0;
}

/* The head with lines of these hubs at these times; time 0: none. */
static void lines(struct world *w, struct buffer *out, const int64_t time_s[3])
{
	struct note n;
	struct fault f;

	buffer_init(out, CHECKPOINT_BYTES_MAX);
	assert_int_equal(note_parse(&n, SPAN(w->head), &f), 0);
	write_bytes(out, w->head.data, w->head.used);
	for (unsigned i = 0; i < 3; i++) {
		if (time_s[i] && note_cosign(out, n.text, w->cosigner[i], time_s[i], &f))
			fail_msg("%s", f.text);
	}
}

static void counts_good_lines_of_hubs_in_order_of_time(void **state)
{
	struct world *w = *state;
	struct buffer b;
	struct note n;
	struct vouches v;
	struct policy_word p;
	struct fault f;

	lines(w, &b, (int64_t[]){ 300, 100, 200 });
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(cosign_read(&v, &n, w->n.registry, &f), 0);
	assert_int_equal(v.count, 3);
	assert_string_equal(v.vouch[0].hub->name, "lyon");
	assert_string_equal(v.vouch[2].hub->name, "lille");
	assert_true(cosign_marks(&n, w->n.registry) == 7);
	policy_judge(&p, &v, w->n.registry, NETWORK "/alpha", 2);
	assert_true(p.enough && p.count == 3 && p.of == 3 && p.since_s == 200);
	policy_judge(&p, &v, w->n.registry, NETWORK "/alpha", 4);
	assert_true(!p.enough && p.since_s == 300);
	policy_judge(&p, &v, w->n.registry, NETWORK "/lille", 0);
	assert_true(p.enough && p.of == 2 && p.since_s == 100);
	/* whichever epoch that log is of; but not of who has a longer name */
	policy_judge(&p, &v, w->n.registry, NETWORK "/lille/2", 0);
	assert_int_equal(p.of, 2);
	policy_judge(&p, &v, w->n.registry, NETWORK "/lille-sud", 0);
	assert_int_equal(p.of, 3);
	/* the revoked one does not count, good as its line is */
	test_network_revoke(&w->n, "lyon", 0);
	assert_int_equal(cosign_read(&v, &n, w->n.registry, &f), 0);
	assert_int_equal(v.count, 2);
	assert_string_equal(v.vouch[0].hub->name, "nantes");
	assert_true(cosign_marks(&n, w->n.registry) == 5);
	assert_true(cosign_marks_all(w->n.registry) == 5);
	policy_judge(&p, &v, w->n.registry, NETWORK "/alpha", 2);
	assert_true(p.enough && p.of == 2 && p.since_s == 300);
	buffer_clear(&b);
}

static void refuses_a_bad_line_of_a_hub(void **state)
{
	struct world *w = *state;
	struct buffer b;
	struct note n;
	struct vouches v;
	struct fault f;

	lines(w, &b, (int64_t[]){ 300, 0, 0 });
	b.data[b.used - 20] ^= 1;    /* in the base64 of the last line: 'A' to '@' or the like */
	if (note_parse(&n, SPAN(b), &f)) {
		b.data[b.used - 20] ^= 3;
		assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	}
	assert_int_equal(cosign_read(&v, &n, w->n.registry, &f), -1);
	assert_int_equal(f.code, FAULT_UNPROVED);
	/* it is nobody's business once that hub does not count */
	test_network_revoke(&w->n, "lille", 0);
	assert_int_equal(cosign_read(&v, &n, w->n.registry, &f), 0);
	assert_int_equal(v.count, 0);
	buffer_clear(&b);
}

static void an_author_does_not_vouch_for_himself(void **state)
{
	struct world *w = *state;
	struct buffer b;
	struct vouches v;
	struct note n;
	struct fault f;

	ram_log_append(&w->hub[0].log, "h", 1);
	buffer_init(&b, CHECKPOINT_BYTES_MAX);
	test_sign(&w->hub[0].log, w->hub[0].signer, 1, &b);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(note_cosign(&b, (struct span){ b.data, n.text.size },
					     w->cosigner[i], 7, &f), 0);
	assert_int_equal(note_parse(&n, SPAN(b), &f), 0);
	assert_int_equal(cosign_read(&v, &n, w->n.registry, &f), 0);
	assert_int_equal(v.count, 1);
	assert_string_equal(v.vouch[0].hub->name, "lyon");
	assert_true(cosign_marks(&n, w->n.registry) == 2);
	buffer_clear(&b);
}

/* Two halves merge to the same note whichever comes first; the earlier line stays. */
static void merges_what_came_apart(void **state)
{
	struct world *w = *state;
	struct buffer a, b, ab, ba;
	struct note na, nb, merged;
	struct vouches v;
	struct fault f;

	lines(w, &a, (int64_t[]){ 300, 100, 0 });
	lines(w, &b, (int64_t[]){ 50, 0, 200 });
	write_format(&b, "\u2014 stranger.example AAAAAAA=\n");
	assert_int_equal(note_parse(&na, SPAN(a), &f), 0);
	assert_int_equal(note_parse(&nb, SPAN(b), &f), 0);
	buffer_init(&ab, NOTE_BYTES_MAX);
	buffer_init(&ba, NOTE_BYTES_MAX);
	assert_true(cosign_merge(&ab, &na, &nb, &w->workshop.member.key, w->n.registry) == 7);
	assert_true(cosign_merge(&ba, &nb, &na, &w->workshop.member.key, w->n.registry) == 7);
	assert_int_equal(ab.used, ba.used);
	assert_memory_equal(ab.data, ba.data, ab.used);
	assert_int_equal(note_parse(&merged, SPAN(ab), &f), 0);
	assert_int_equal(merged.count, 4);
	assert_int_equal(note_check(&merged, &w->workshop.member.key, &f), 1);
	assert_int_equal(cosign_read(&v, &merged, w->n.registry, &f), 0);
	assert_true(v.count == 3 && v.vouch[0].time_s == 50 && v.vouch[2].time_s == 200);
	buffer_clear(&a);
	buffer_clear(&b);
	buffer_clear(&ab);
	buffer_clear(&ba);
}

/* --- who may have a key to cosign --- */

static void refuse_admission(struct world *w, struct test_member *t, const char *why)
{
	struct buffer b;
	struct fault f = { .text = "" };
	int rc;

	buffer_init(&b, ENTRY_SIZE_MAX);
	rc = admit_write(&b, &t->member, w->n.time_ms, &f);
	if (rc == 0)
		rc = registry_check(w->n.registry, SPAN(b), &f);
	assert_int_equal(rc, -1);
	if (!strstr(f.text, why))
		fail_msg("\"%s\" does not say \"%s\"", f.text, why);
	buffer_clear(&b);
}

static void keys_to_cosign_are_of_one_hub_and_nothing_else(void **state)
{
	struct world *w = *state;
	struct test_member t;

	test_member_init(&t, NETWORK, "metz", TRAC__ROLE__HUB, 60);
	t.member.cosigns = true;
	memcpy(t.member.cosign_key, signer_verifier(w->cosigner[1])->key, KEY_SIZE);
	refuse_admission(w, &t, "is that of \"lyon\"");
	memcpy(t.member.cosign_key, t.member.key.key, KEY_SIZE);
	refuse_admission(w, &t, "the key of its own log");
	t.member.cosign_key[0] ^= 1;
	t.member.role = TRAC__ROLE__WORKSHOP;
	refuse_admission(w, &t, "only hubs vouch");
	memset(t.member.cosign_key, 0, KEY_SIZE);
	t.member.role = TRAC__ROLE__HUB;
	refuse_admission(w, &t, "all zero");
	test_member_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_known_line),
		cmocka_unit_test(judges_by_what_was_signed_last),
		cmocka_unit_test(what_is_held_counts_only_when_it_continues_what_was_cosigned),
		cmocka_unit_test_setup_teardown(counts_good_lines_of_hubs_in_order_of_time, setup,
						teardown),
		cmocka_unit_test_setup_teardown(refuses_a_bad_line_of_a_hub, setup, teardown),
		cmocka_unit_test_setup_teardown(an_author_does_not_vouch_for_himself, setup,
						teardown),
		cmocka_unit_test_setup_teardown(merges_what_came_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(keys_to_cosign_are_of_one_hub_and_nothing_else,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
