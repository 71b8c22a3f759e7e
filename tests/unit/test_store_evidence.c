/* Evidence in the store: kept, made better, and what then is looked for. */
#include "store/branch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define ORIGIN "fne.example/envie"

struct scene {
	char dir[32];
	struct store *store;
	struct signer *signer;
	struct ram_log left, right;     /* part behind 5 entries */
	struct buffer note[2], file;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof *s);
	uint8_t seed[KEY_SEED_SIZE] = { 7 };
	char text[32];
	struct fault f;

	snprintf(s->dir, sizeof s->dir, "/tmp/evidence-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->store = store_open(s->dir, STORE_WRITE, &f);
	assert_non_null(s->store);
	s->signer = signer_create(ORIGIN, KEY_ED25519, seed, &f);
	ram_log_init(&s->left);
	ram_log_init(&s->right);
	for (unsigned i = 0; i < 12; i++) {
		const size_t size = (size_t)snprintf(text, sizeof text, "entry %02u x", i);

		ram_log_append(&s->left, text, size);
		ram_log_append(&s->right, text, i < 5 ? size : size - 1);
	}
	buffer_init(&s->note[0], CHECKPOINT_BYTES_MAX);
	buffer_init(&s->note[1], CHECKPOINT_BYTES_MAX);
	buffer_init(&s->file, EVIDENCE_BYTES_MAX);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;
	char command[80];

	store_close(s->store);
	signer_destroy(s->signer);
	ram_log_clear(&s->left);
	ram_log_clear(&s->right);
	buffer_clear(&s->note[0]);
	buffer_clear(&s->note[1]);
	buffer_clear(&s->file);
	snprintf(command, sizeof command, "rm -r %s", s->dir);
	assert_int_equal(system(command), 0);
	free(s);
	return 0;
}

/* left at 8, right at 10; what they share when told. */
static void accuse(struct scene *s, bool common)
{
	struct tree_reader left = ram_log_reader(&s->left), right = ram_log_reader(&s->right);
	struct evidence_branch a, b;
	struct fork_evidence e;
	struct checkpoint at;
	struct fault f;

	buffer_reset(&s->note[0]);
	buffer_reset(&s->note[1]);
	buffer_reset(&s->file);
	test_sign(&s->left, s->signer, 8, &s->note[0]);
	test_sign(&s->right, s->signer, 10, &s->note[1]);
	ram_log_checkpoint(&s->left, ORIGIN, 8, &a.head);
	ram_log_checkpoint(&s->right, ORIGIN, 10, &b.head);
	a.note = SPAN(s->note[0]);
	b.note = SPAN(s->note[1]);
	assert_int_equal(evidence_of_tree(&e, &b, &right, &a), 0);
	if (common) {
		ram_log_checkpoint(&s->left, ORIGIN, 5, &at);
		e.common = 5;
		e.common_root = at.root;
		assert_int_equal(tree_consistency(&left, 5, 8, &e.common_small), 0);
		assert_int_equal(tree_consistency(&right, 5, 10, &e.common_large), 0);
	}
	assert_int_equal(evidence_write(&e, &s->file, &f), 0);
}

static void put(struct scene *s, struct txn *t, uint32_t log)
{
	struct fork_row row = { .found_ms = 77, .bytes = SPAN(s->file) };

	snprintf(row.from, sizeof row.from, "lille");
	fork_put(t, log, &row);
	assert_false(txn_failed(t));
}

static uint32_t begin(struct scene *s, struct txn **t)
{
	struct fault f;

	*t = txn_begin(s->store, true, &f);
	assert_non_null(*t);
	return log_open(*t, ORIGIN);
}

/* The first entries of a branch, and its signed head of that size. */
static void hold(struct scene *s, struct txn *t, uint32_t log, struct ram_log *branch,
		 uint64_t entries)
{
	struct checkpoint c;
	struct buffer note;
	struct fault f;

	if (entries == 0)
		return;
	assert_int_equal(log_append(t, log, branch->entry, (unsigned)entries, NULL), 0);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	test_sign(branch, s->signer, entries, &note);
	ram_log_checkpoint(branch, ORIGIN, entries, &c);
	assert_int_equal(head_take(t, log, &c, SPAN(note), &f), 0);
	buffer_clear(&note);
}

static uint64_t target(struct txn *t, uint32_t log, const struct ram_log *branch)
{
	struct checkpoint c, want;

	if (!head_get(t, log, HEAD_TARGET, &c, NULL))
		return 0;
	ram_log_checkpoint((struct ram_log *)(uintptr_t)branch, ORIGIN, c.size, &want);
	assert_true(hash_equal(&want.root, &c.root));
	return c.size;
}

static void it_outlives_a_restart_and_gets_better(void **state)
{
	struct scene *s = *state;
	struct fork_row row;
	struct fault f;
	struct txn *t;
	uint32_t log = begin(s, &t);

	assert_int_equal(fork_level(t, log), 0);
	accuse(s, false);
	put(s, t, log);
	assert_int_equal(fork_level(t, log), 1);
	assert_int_equal(txn_commit(t, &f), 0);
	store_close(s->store);
	s->store = store_open(s->dir, STORE_WRITE, &f);
	assert_non_null(s->store);
	log = begin(s, &t);
	assert_true(fork_get(t, log, &row));
	assert_string_equal(row.from, "lille");
	assert_int_equal(row.found_ms, 77);
	assert_int_equal(row.bytes.size, s->file.used);
	assert_memory_equal(row.bytes.data, s->file.data, s->file.used);
	accuse(s, true);
	put(s, t, log);
	assert_int_equal(fork_level(t, log), 6);
	txn_abort(t);
}

static void who_holds_a_branch_keeps_to_it(void **state)
{
	struct scene *s = *state;
	struct log_state st;
	struct txn *t;
	uint32_t log = begin(s, &t);

	hold(s, t, log, &s->left, 8);
	accuse(s, true);
	put(s, t, log);
	log_state(t, log, &st);
	assert_int_equal(st.head[HEAD_PROVED], 8);
	assert_int_equal(target(t, log, &s->left), 8);
	assert_int_equal(st.head[HEAD_SEEN], 8);
	txn_abort(t);
}

static void who_holds_neither_looks_for_one_and_then_the_other(void **state)
{
	struct scene *s = *state;
	struct log_state st;
	struct txn *t;
	uint32_t log = begin(s, &t);

	hold(s, t, log, &s->left, 4);
	accuse(s, false);
	put(s, t, log);
	assert_int_equal(target(t, log, &s->left), 8);
	fork_turn(t, log, true);
	assert_int_equal(target(t, log, &s->right), 10);
	fork_turn(t, log, true);
	assert_int_equal(target(t, log, &s->left), 8);
	/* neither fits: what is held is all there will be */
	fork_turn(t, log, false);
	assert_int_equal(target(t, log, &s->right), 10);
	fork_turn(t, log, false);
	log_state(t, log, &st);
	assert_int_equal(st.head[HEAD_SEEN], 4);
	assert_int_equal(target(t, log, &s->left), 4);
	txn_abort(t);
}

static void who_holds_nothing_looks_for_one(void **state)
{
	struct scene *s = *state;
	struct txn *t;
	uint32_t log = begin(s, &t);

	accuse(s, false);
	put(s, t, log);
	assert_int_equal(target(t, log, &s->left), 8);
	txn_abort(t);
}

static void the_other_branch_is_looked_for_beside_it(void **state)
{
	struct scene *s = *state;
	struct log_state st;
	struct txn *t;
	uint32_t log = begin(s, &t), branch;

	hold(s, t, log, &s->left, 8);
	assert_int_equal(branch_follow(t, log), 0);
	accuse(s, false);
	put(s, t, log);
	branch = branch_follow(t, log);
	assert_int_not_equal(branch, 0);
	assert_int_not_equal(branch, log);
	assert_true(branch_is(t, branch));
	assert_false(branch_is(t, log));
	assert_int_equal(branch_find(t, log), branch);
	assert_int_equal(branch_beside(t, branch), log);
	assert_int_equal(target(t, branch, &s->right), 10);
	assert_int_equal(branch_follow(t, log), 0);
	assert_int_equal(log_append(t, branch, s->right.entry, 10, NULL), 0);
	head_advance(t, branch);
	log_state(t, branch, &st);
	assert_int_equal(st.head[HEAD_PROVED], 10);
	for (uint64_t i = 0; i < 10; i++)
		assert_int_equal(branch_repeats(t, branch, i), i < 5);
	/* what is held stays, whatever else is shown */
	accuse(s, true);
	put(s, t, log);
	assert_int_equal(branch_follow(t, log), 0);
	assert_int_equal(target(t, branch, &s->right), 10);
	txn_abort(t);
}

static void no_branch_is_chosen_before_it_is_known_which_is_held(void **state)
{
	struct scene *s = *state;
	struct txn *t;
	uint32_t log = begin(s, &t);

	hold(s, t, log, &s->left, 4);
	accuse(s, false);
	put(s, t, log);
	assert_int_equal(branch_follow(t, log), 0);
	assert_int_equal(log_append(t, log, s->left.entry + 4, 4, NULL), 0);
	head_advance(t, log);
	assert_int_equal(target(t, branch_follow(t, log), &s->right), 10);
	txn_abort(t);
}

static void a_member_may_be_named_branch(void **state)
{
	char main[ORIGIN_MAX + 1];

	(void)state;
	assert_false(branch_main("fne.example/branch", main));
	assert_string_equal(main, "fne.example/branch");
	assert_true(branch_main("fne.example/branch/branch", main));
	assert_string_equal(main, "fne.example/branch");
	assert_true(branch_main("fne.example/envie/2/branch", main));
	assert_string_equal(main, "fne.example/envie/2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_outlives_a_restart_and_gets_better),
		TEST(who_holds_a_branch_keeps_to_it),
		TEST(who_holds_neither_looks_for_one_and_then_the_other),
		TEST(who_holds_nothing_looks_for_one),
		TEST(the_other_branch_is_looked_for_beside_it),
		TEST(no_branch_is_chosen_before_it_is_known_which_is_held),
		TEST(a_member_may_be_named_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
