/* Bundles of a log that grew since hubs vouched for it: the smaller checkpoint counts when it
 * is shown to be continued, and covers what is told. */
#include "proto/log/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire/unpack.h"
#include "tests/unit/logs.h"

#define NETWORK "fne.example"
#define TIME_S 1767225600

struct net {
	struct test_network n;
	struct test_member hub, alpha, *list[1];
	struct signer *cosigner;
	struct buffer bundle, older, told;
	struct proof proof;             /* from the smaller checkpoint to the other one */
	ProtobufCBinaryData hash[PROOF_HASHES_MAX];
};

static void admit_hub(struct net *t)
{
	static const uint8_t seed[KEY_SEED_SIZE] = { 40 };
	struct buffer b;
	struct fault f;

	test_member_init(&t->hub, NETWORK, "lille", TRAC__ROLE__HUB, 20);
	t->cosigner = signer_create(NETWORK "/lille", KEY_COSIGNATURE, seed, &f);
	assert_non_null(t->cosigner);
	t->hub.member.cosigns = true;
	memcpy(t->hub.member.cosign_key, signer_verifier(t->cosigner)->key, KEY_SIZE);
	buffer_init(&b, ENTRY_SIZE_MAX);
	assert_int_equal(admit_write(&b, &t->hub.member, t->n.time_ms, &f), 0);
	test_network_say(&t->n, &b);
	buffer_clear(&b);
}

/* The checkpoint of that size, with the line of the hub. */
static void vouch(struct net *t, uint64_t size)
{
	struct buffer text;
	struct note n;
	struct fault f;

	buffer_reset(&t->older);
	test_sign(&t->alpha.log, t->alpha.signer, size, &t->older);
	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	write_bytes(&text, t->older.data, t->older.used);
	assert_int_equal(note_parse(&n, SPAN(text), &f), 0);
	assert_int_equal(note_cosign(&t->older, n.text, t->cosigner, TIME_S, &f), 0);
	buffer_clear(&text);
}

static int net_setup(void **state)
{
	struct net *t = calloc(1, sizeof *t);
	struct tree_reader tree;

	test_network_init(&t->n, NETWORK, 1);
	admit_hub(t);
	test_network_admit(&t->n, &t->alpha, "alpha", TRAC__ROLE__WORKSHOP, 2);
	for (char c = 'a'; c < 'a' + 7; c++)
		ram_log_append(&t->alpha.log, &c, 1);
	t->alpha.signed_size = 7;
	t->list[0] = &t->alpha;
	buffer_init(&t->bundle, BUNDLE_BYTES_MAX);
	buffer_init(&t->told, BUNDLE_BYTES_MAX);
	buffer_init(&t->older, CHECKPOINT_BYTES_MAX);
	test_bundle(&t->n, t->list, 1, &t->bundle);
	vouch(t, 5);
	tree = ram_log_reader(&t->alpha.log);
	assert_int_equal(tree_consistency(&tree, 5, 7, &t->proof), 0);
	for (unsigned i = 0; i < t->proof.count; i++)
		t->hash[i] = (ProtobufCBinaryData){ HASH_SIZE, t->proof.hash[i].b };
	*state = t;
	return 0;
}

static int net_teardown(void **state)
{
	struct net *t = *state;

	signer_destroy(t->cosigner);
	buffer_clear(&t->bundle);
	buffer_clear(&t->told);
	buffer_clear(&t->older);
	test_member_clear(&t->hub);
	test_member_clear(&t->alpha);
	test_network_clear(&t->n);
	free(t);
	return 0;
}

/* Opens the bundle with its first entries, the smaller checkpoint, and a lie. */
static int open_told(struct net *t, unsigned entries, void (*lie)(Trac__ProvedLog *l),
		     struct opened_bundle *b, struct fault *f)
{
	Trac__Bundle *m = unpack(&trac__bundle__descriptor, SPAN(t->bundle), UNPACK_STRICT, f);
	Trac__ProvedLog *l;

	assert_non_null(m);
	l = m->log[0];
	l->n_entry = entries;
	l->has_vouched = true;
	l->vouched = (ProtobufCBinaryData){ t->older.used, t->older.data };
	l->n_vouched_proof = t->proof.count;
	l->vouched_proof = t->hash;
	if (lie)
		lie(l);
	buffer_reset(&t->told);
	pack(m, &t->told);
	l->has_vouched = false;
	l->n_vouched_proof = 0;
	l->vouched_proof = NULL;
	unpack_free(m);
	return bundle_open(b, SPAN(t->told), t->n.authority.member.key.key, f);
}

static void a_smaller_checkpoint_is_vouched_for(void **state)
{
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	if (open_told(t, 5, NULL, &b, &f) < 0)
		fail_msg("%s", f.text);
	assert_int_equal(b.log[1].size, 7);
	assert_int_equal(b.log[1].vouched_size, 5);
	assert_int_equal(b.log[1].vouches.count, 1);
	assert_int_equal(b.log[1].vouches.vouch[0].time_s, TIME_S);
	assert_int_equal(b.log[0].vouched_size, b.log[0].size);
	assert_int_equal(b.log[0].vouches.count, 0);
	bundle_clear(&b);
}

static void no_proof(Trac__ProvedLog *l) { l->n_vouched_proof = 0; }
static void proof_cut(Trac__ProvedLog *l) { l->n_vouched_proof--; }
static void proof_short(Trac__ProvedLog *l) { l->vouched_proof[0].len--; }
static void proof_swapped(Trac__ProvedLog *l)
{
	const ProtobufCBinaryData first = l->vouched_proof[0];

	l->vouched_proof[0] = l->vouched_proof[1];
	l->vouched_proof[1] = first;
}
static void proof_alone(Trac__ProvedLog *l) { l->has_vouched = false; }
static void no_checkpoint(Trac__ProvedLog *l) { l->has_checkpoint = false; l->n_entry = 0; }
static void not_smaller(Trac__ProvedLog *l) { l->vouched = l->checkpoint; }
static void of_the_author_changed(Trac__ProvedLog *l) { l->vouched.data[60] ^= 1; }
static void of_the_hub_changed(Trac__ProvedLog *l)
{
	uint8_t *at = &l->vouched.data[l->vouched.len - 8];

	*at = *at == 'A' ? 'B' : 'A';
}

static void refuses_what_is_not_shown(void **state)
{
	static const struct {
		void (*lie)(Trac__ProvedLog *l);
		unsigned entries;
		const char *why;
	} lies[] = {
		{ no_proof, 5, "not shown to be a part" },
		{ proof_cut, 5, "not shown to be a part" },
		{ proof_swapped, 5, "not shown to be a part" },
		{ proof_alone, 5, "not shown to be a part" },
		{ no_checkpoint, 5, "not shown to be a part" },
		{ not_smaller, 5, "not shown to be a part" },
		{ NULL, 6, "covers less than is told" },
		{ of_the_author_changed, 5, "log \"" NETWORK "/alpha\"" },
		{ of_the_hub_changed, 5, "does not verify" },
		{ proof_short, 5, "not shown to be a part" },
	};
	struct net *t = *state;
	struct opened_bundle b;
	struct fault f;

	for (unsigned i = 0; i < sizeof lies / sizeof *lies; i++) {
		vouch(t, 5);
		if (open_told(t, lies[i].entries, lies[i].lie, &b, &f) != -1)
			fail_msg("lie %u was believed", i);
		if (f.code != FAULT_UNPROVED || !strstr(f.text, lies[i].why))
			fail_msg("lie %u: %s: %s", i, fault_name(f.code), f.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_smaller_checkpoint_is_vouched_for, net_setup,
						net_teardown),
		cmocka_unit_test_setup_teardown(refuses_what_is_not_shown, net_setup, net_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
