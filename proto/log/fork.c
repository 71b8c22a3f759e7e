/* The judgements about forks. */
#include "proto/log/fork.h"

#include <inttypes.h>
#include <string.h>

/* --- proofs on the wire --- */

void fork_proof_read(const struct gossip *g, struct fork_proof *out)
{
	out->from = g->proof.from;
	out->to = g->proof.to;
	memcpy(out->root.b, g->proof.root, HASH_SIZE);
	out->proof.count = g->proof.proof_count;
	if (out->proof.count > 0)
		memcpy(out->proof.hash, g->proof.proof, (size_t)out->proof.count * HASH_SIZE);
}

int fork_proof_make(const struct tree_reader *tree, uint64_t from, uint64_t to,
		    struct fork_proof *out)
{
	out->from = from;
	out->to = to;
	return tree_root(tree, from, &out->root) || tree_consistency(tree, from, to, &out->proof) ?
		-1 : 0;
}

void fork_proof_write(const struct fork_proof *p, struct gossip *g)
{
	g->proof.from = p->from;
	g->proof.to = p->to;
	memcpy(g->proof.root, p->root.b, HASH_SIZE);
	g->proof.proof_count = p->proof.count;
	g->proof.proof = p->proof.hash[0].b;
}

static bool proves(const struct fork_proof *p, const struct checkpoint *head)
{
	return p->to == head->size &&
	       consistency_verify(p->from, p->to, &p->root, &head->root, &p->proof) == 0;
}

/* --- sides --- */

struct sides {
	const struct evidence_branch *ours, *theirs;
};

/* Which branch is held, as far as it is proved; false: neither. */
static bool find_sides(const struct fork_view *v, struct sides *s)
{
	const struct checkpoint *proved = &v->head[FORK_PROVED].head;

	if (!v->known || proved->size == 0)
		return false;
	s->ours = &v->known->small;
	s->theirs = &v->known->large;
	if (proved->size != s->ours->head.size || !hash_equal(&proved->root, &s->ours->head.root)) {
		s->ours = &v->known->large;
		s->theirs = &v->known->small;
	}
	return proved->size == s->ours->head.size && hash_equal(&proved->root, &s->ours->head.root);
}

bool fork_is_parted(const struct fork_view *v, uint64_t *from, uint64_t *to)
{
	struct sides s;

	if (!find_sides(v, &s) || v->known->common > 0)
		return false;
	*from = v->known->small.head.size;
	*to = s.theirs->head.size;
	return true;
}

bool fork_adds(const struct fork_view *v, const struct fork_evidence *e)
{
	return !v->known || e->common > v->known->common;
}

/* --- finding --- */

/* A head of that size that is kept, of another root. */
static const struct evidence_branch *find_other(const struct fork_view *v, uint64_t size,
						const struct hash *root)
{
	for (int kind = 0; kind < FORK_HEADS; kind++) {
		const struct checkpoint *c = &v->head[kind].head;

		if (size > 0 && c->size == size && !hash_equal(&c->root, root))
			return &v->head[kind];
	}
	return NULL;
}

enum fork_word fork_judge_head(const struct fork_view *v, const struct evidence_branch *head,
			       struct fork_evidence *e)
{
	const struct evidence_branch *ours = &v->head[FORK_PROVED];
	const struct evidence_branch *other;

	if (v->own)
		return FORK_OWN;
	/* what a forked log still takes are the branches of its evidence */
	if (v->known)
		return FORK_NOTHING;
	other = find_other(v, head->head.size, &head->head.root);
	if (other) {
		evidence_of_prefix(e, other, head, NULL, NULL);
		return FORK_FOUND;
	}
	/* above what is signed of it a tail may differ that nobody has seen */
	if (ours->head.size < head->head.size || ours->head.size == 0 ||
	    evidence_of_tree(e, ours, &v->tree, head))
		return FORK_NOTHING;
	return FORK_FOUND;
}

enum fork_word fork_judge_frame(const struct fork_view *v, const struct range_taken *r,
				struct fork_evidence *e)
{
	const struct evidence_branch *ours = &v->head[FORK_PROVED], *theirs = &v->head[FORK_TARGET];
	struct hash prefix;
	struct proof proof;

	if (v->own)
		return FORK_OWN;
	if (v->branch)
		return FORK_NOTHING;
	if (v->known)
		return FORK_TURN;
	if (ours->head.size != r->start || theirs->head.size != r->size || r->start == 0 ||
	    evidence_of_range(r, &prefix, &proof))
		return FORK_NOTHING;
	evidence_of_prefix(e, ours, theirs, &prefix, &proof);
	return FORK_FOUND;
}

enum fork_word fork_judge_refutation(const struct fork_view *v, const struct evidence_branch *head,
				     const struct fork_proof *p, struct fork_evidence *e,
				     struct fault *f)
{
	const struct evidence_branch *ours;

	if (!proves(p, &head->head)) {
		fault_set(f, FAULT_UNPROVED, "proof: how %s begins with %" PRIu64 " of %" PRIu64
			  " entries does not prove against its signed head", head->head.origin,
			  p->from, p->to);
		return FORK_UNPROVED;
	}
	/* that branch is had elsewhere */
	if (v->branch)
		return FORK_NOTHING;
	if (v->known && !v->own)
		return FORK_TURN_AGAIN;
	ours = find_other(v, p->from, &p->root);
	if (!ours)
		return FORK_NOTHING;
	if (v->own)
		return FORK_OWN;
	evidence_of_prefix(e, ours, head, &p->root, &p->proof);
	return FORK_FOUND;
}

enum fork_word fork_judge_answer(const struct fork_view *v, const struct fork_proof *p, bool keep,
				 struct fork_evidence *e)
{
	struct hash ours;
	struct sides s;

	/* it may be another tree by now: nobody is at fault */
	if (!find_sides(v, &s) || p->from > s.ours->head.size || !proves(p, &s.theirs->head) ||
	    tree_root(&v->tree, p->from, &ours))
		return FORK_NOTHING;
	if (!hash_equal(&p->root, &ours))
		return FORK_OTHER;
	if (!keep || p->from <= v->known->common)
		return FORK_SAME;
	*e = *v->known;
	e->common = p->from;
	e->common_root = p->root;
	*(s.theirs == &v->known->small ? &e->common_small : &e->common_large) = p->proof;
	return tree_consistency(&v->tree, p->from, s.ours->head.size, s.ours == &v->known->small ?
				&e->common_small : &e->common_large) ? FORK_SAME : FORK_SHARED;
}

/* --- serving --- */

bool fork_has(const struct fork_view *v, uint64_t size, uint64_t mark)
{
	struct hash root;

	return size <= v->held && tree_root(&v->tree, size, &root) == 0 &&
	       (mark == 0 || root_mark(root.b) == mark);
}

bool fork_can_refute(const struct fork_view *v, uint64_t size)
{
	const uint64_t proved = v->head[FORK_PROVED].head.size;

	return proved > 0 && proved >= size;
}
