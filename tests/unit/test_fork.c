/* What is judged to be a fork, against whom, and what is said to who asks. */
#include "proto/log/fork.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/logs.h"

#define ORIGIN "fne.example/envie"
#define COMMON 5
#define ALL 21

/* Two histories that part behind their first 5 entries; of the left one 12 are held. */
struct setup {
	struct ram_log left, right;
	struct fork_view view;
	struct fork_evidence known;
};

static struct evidence_branch head_of(struct ram_log *l, uint64_t size)
{
	static const uint8_t note[] = "note";
	struct evidence_branch b = { .note = { note, sizeof note } };

	ram_log_checkpoint(l, ORIGIN, size, &b.head);
	return b;
}

static void begin(struct setup *s)
{
	char text[16];

	memset(s, 0, sizeof *s);
	ram_log_init(&s->left);
	ram_log_init(&s->right);
	for (unsigned i = 0; i < ALL; i++) {
		const size_t size = (size_t)snprintf(text, sizeof text, "entry %u", i);

		if (i < 12)
			ram_log_append(&s->left, text, size);
		ram_log_append(&s->right, text, i < COMMON ? size : size + 1);
	}
	s->view.held = 12;
	s->view.tree = ram_log_reader(&s->left);
	s->view.head[FORK_PROVED] = s->view.head[FORK_TARGET] = s->view.head[FORK_SEEN] =
		head_of(&s->left, 12);
}

static void end(struct setup *s)
{
	ram_log_clear(&s->left);
	ram_log_clear(&s->right);
}

static struct fork_proof proof_of(struct ram_log *l, uint64_t from, uint64_t to)
{
	const struct tree_reader r = ram_log_reader(l);
	struct fork_proof p;

	assert_int_equal(fork_proof_make(&r, from, to, &p), 0);
	return p;
}

static void it_is_a_fork(const struct fork_evidence *e)
{
	struct fault f;

	assert_int_equal(evidence_judge(e, &f), 0);
}

/* The evidence of heads of 12 and of 21 is kept; nobody knows yet what both share. */
static void know(struct setup *s)
{
	const struct fork_proof p = proof_of(&s->right, 12, ALL);
	const struct evidence_branch right = head_of(&s->right, ALL);

	evidence_of_prefix(&s->known, &s->view.head[FORK_PROVED], &right, &p.root, &p.proof);
	s->view.known = &s->known;
	it_is_a_fork(&s->known);
}

/* --- heads --- */

static void a_head_is_held_against_heads_and_entries(void **state)
{
	struct fork_evidence e;
	struct setup s;

	(void)state;
	begin(&s);
	for (uint64_t size = COMMON + 1; size <= 12; size++) {
		const struct evidence_branch theirs = head_of(&s.right, size);

		assert_int_equal(fork_judge_head(&s.view, &theirs, &e), FORK_FOUND);
		it_is_a_fork(&e);
		assert_int_equal(e.small.head.size, size);
	}
	end(&s);
}

/* Entries above the signed head came from anyone: they accuse nobody. */
static void what_is_above_the_signed_head_is_no_evidence(void **state)
{
	struct fork_evidence e;
	struct setup s;

	(void)state;
	begin(&s);
	s.view.head[FORK_PROVED] = head_of(&s.left, 8);
	s.view.head[FORK_TARGET] = s.view.head[FORK_SEEN] = head_of(&s.left, 12);
	const struct evidence_branch theirs = head_of(&s.right, 10), low = head_of(&s.right, 7);

	assert_int_equal(fork_judge_head(&s.view, &theirs, &e), FORK_NOTHING);
	assert_int_equal(fork_judge_head(&s.view, &low, &e), FORK_FOUND);
	memset(&s.view.head, 0, sizeof s.view.head);
	assert_int_equal(fork_judge_head(&s.view, &low, &e), FORK_NOTHING);
	end(&s);
}

static void a_known_fork_is_not_found_again(void **state)
{
	struct fork_evidence e;
	struct setup s;

	(void)state;
	begin(&s);
	know(&s);
	const struct evidence_branch theirs = head_of(&s.right, 10);

	assert_int_equal(fork_judge_head(&s.view, &theirs, &e), FORK_NOTHING);
	end(&s);
}

/* --- the own log --- */

/* A signature that was made and never shown, and the history of an old copy of this node. */
static void nobody_makes_evidence_against_himself(void **state)
{
	struct fork_proof p;
	struct fork_evidence e;
	struct range_taken r;
	struct fault f;
	struct setup s;

	(void)state;
	begin(&s);
	s.view.own = true;
	const struct evidence_branch equal = head_of(&s.right, 12), more = head_of(&s.right, ALL);
	struct hash *leaf = ram_log_leaves(&s.right);
	const struct proof none = { .count = 0 };

	assert_int_equal(fork_judge_head(&s.view, &equal, &e), FORK_OWN);
	s.view.head[FORK_TARGET] = more;
	r = (struct range_taken){ 12, ALL - 12, ALL, leaf + 12, &none };
	assert_int_equal(fork_judge_frame(&s.view, &r, &e), FORK_OWN);
	p = proof_of(&s.right, 12, ALL);
	assert_int_equal(fork_judge_refutation(&s.view, &more, &p, &e, &f), FORK_OWN);
	/* what goes on from what is held contradicts nothing */
	p = proof_of(&s.right, COMMON, ALL);
	assert_int_equal(fork_judge_refutation(&s.view, &more, &p, &e, &f), FORK_NOTHING);
	free(leaf);
	end(&s);
}

/* --- frames --- */

static void a_frame_that_does_not_continue_is_a_fork(void **state)
{
	struct fork_evidence e;
	struct range_taken r;
	struct proof range;
	struct setup s;

	(void)state;
	begin(&s);
	const struct tree_reader tree = ram_log_reader(&s.right);
	struct hash *leaf = ram_log_leaves(&s.right);

	assert_int_equal(tree_range(&tree, 12, 16, ALL, &range), 0);
	s.view.head[FORK_TARGET] = s.view.head[FORK_SEEN] = head_of(&s.right, ALL);
	r = (struct range_taken){ 12, 4, ALL, leaf + 12, &range };
	assert_int_equal(fork_judge_frame(&s.view, &r, &e), FORK_FOUND);
	it_is_a_fork(&e);
	/* of the other branch of another log, and of one that is known to be forked */
	s.view.branch = true;
	assert_int_equal(fork_judge_frame(&s.view, &r, &e), FORK_NOTHING);
	s.view.branch = false;
	know(&s);
	assert_int_equal(fork_judge_frame(&s.view, &r, &e), FORK_TURN);
	free(leaf);
	end(&s);
}

/* --- proofs --- */

static void a_refutation_proves_or_its_sender_is_at_fault(void **state)
{
	struct fork_evidence e;
	struct fork_proof p;
	struct fault f;
	struct setup s;

	(void)state;
	begin(&s);
	const struct evidence_branch theirs = head_of(&s.right, ALL);

	p = proof_of(&s.right, 12, ALL);
	assert_int_equal(fork_judge_refutation(&s.view, &theirs, &p, &e, &f), FORK_FOUND);
	it_is_a_fork(&e);
	p.root.b[0] ^= 1;
	assert_int_equal(fork_judge_refutation(&s.view, &theirs, &p, &e, &f), FORK_UNPROVED);
	assert_int_equal(f.code, FAULT_UNPROVED);
	p = proof_of(&s.right, 12, 20);   /* of another tree than the one that is signed */
	assert_int_equal(fork_judge_refutation(&s.view, &theirs, &p, &e, &f), FORK_UNPROVED);
	p = proof_of(&s.right, 11, ALL);   /* no head of that size is here */
	assert_int_equal(fork_judge_refutation(&s.view, &theirs, &p, &e, &f), FORK_NOTHING);
	know(&s);
	p = proof_of(&s.right, 12, ALL);
	assert_int_equal(fork_judge_refutation(&s.view, &theirs, &p, &e, &f), FORK_TURN_AGAIN);
	s.view.branch = true;
	assert_int_equal(fork_judge_refutation(&s.view, &theirs, &p, &e, &f), FORK_NOTHING);
	end(&s);
}

static void answers_find_what_both_share(void **state)
{
	uint64_t from = 0, to = 0;
	struct fork_evidence e;
	struct fork_proof p;
	struct setup s;

	(void)state;
	begin(&s);
	assert_false(fork_is_parted(&s.view, &from, &to));
	know(&s);
	assert_true(fork_is_parted(&s.view, &from, &to));
	assert_int_equal(from, 12);
	assert_int_equal(to, ALL);
	p = proof_of(&s.right, COMMON + 1, ALL);
	assert_int_equal(fork_judge_answer(&s.view, &p, true, &e), FORK_OTHER);
	p = proof_of(&s.right, COMMON, ALL);
	assert_int_equal(fork_judge_answer(&s.view, &p, false, &e), FORK_SAME);
	assert_int_equal(fork_judge_answer(&s.view, &p, true, &e), FORK_SHARED);
	assert_int_equal(e.common, COMMON);
	it_is_a_fork(&e);
	assert_true(fork_adds(&s.view, &e));
	s.view.known = &e;
	assert_false(fork_adds(&s.view, &e));
	assert_false(fork_adds(&s.view, &s.known));
	assert_false(fork_is_parted(&s.view, &from, &to));
	p = proof_of(&s.right, COMMON, 20);   /* not the tree of the evidence */
	assert_int_equal(fork_judge_answer(&s.view, &p, true, &s.known), FORK_NOTHING);
	end(&s);
}

/* --- serving --- */

static void who_asks_for_another_tree_is_refuted(void **state)
{
	struct setup s;

	(void)state;
	begin(&s);
	const uint64_t ours = root_mark(head_of(&s.left, 9).head.root.b);
	const uint64_t other = root_mark(head_of(&s.right, 9).head.root.b);

	assert_true(fork_has(&s.view, 9, ours));
	assert_true(fork_has(&s.view, 9, 0));
	assert_false(fork_has(&s.view, 9, other));
	assert_false(fork_has(&s.view, 13, 0));
	assert_true(fork_can_refute(&s.view, 12));
	assert_false(fork_can_refute(&s.view, 13));
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_held_against_heads_and_entries),
		cmocka_unit_test(what_is_above_the_signed_head_is_no_evidence),
		cmocka_unit_test(a_known_fork_is_not_found_again),
		cmocka_unit_test(nobody_makes_evidence_against_himself),
		cmocka_unit_test(a_frame_that_does_not_continue_is_a_fork),
		cmocka_unit_test(a_refutation_proves_or_its_sender_is_at_fault),
		cmocka_unit_test(answers_find_what_both_share),
		cmocka_unit_test(who_asks_for_another_tree_is_refuted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
