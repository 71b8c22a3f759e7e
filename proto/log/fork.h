/*
 * What a node decides about forks: does what came contradict what is held, which evidence
 * is made of it, which of the branches is held, who is told what. Values in, values out:
 * reading, keeping and telling is with who holds the logs. All heads were opened with the
 * key of their log before they come here.
 */
#ifndef TRAC_LOG_FORK_H
#define TRAC_LOG_FORK_H

#include "proto/log/evidence.h"
#include "proto/wire/gossip.h"

/* The heads that a node keeps of a log: the largest whose entries are all held, the one that
 * is fetched, the largest seen. */
enum fork_head { FORK_PROVED, FORK_TARGET, FORK_SEEN, FORK_HEADS };

/* What is held of a log. */
struct fork_view {
	bool own;                       /* this node writes it */
	bool branch;                    /* it is kept as the other branch of another log */
	uint64_t held;
	struct tree_reader tree;        /* of what is held */
	struct evidence_branch head[FORK_HEADS];   /* of size 0: none */
	const struct fork_evidence *known;         /* NULL: not known to be forked */
};

enum fork_word {
	FORK_NOTHING,   /* it does not fit what is held, and shows no fork: nobody's fault */
	FORK_OWN,       /* it contradicts the own log: nobody makes evidence against himself of
	                 * what he signed and may never have shown; others have to */
	FORK_TURN,      /* the other branch is looked for; AGAIN: nobody who was asked has this */
	FORK_TURN_AGAIN,
	FORK_FOUND,     /* a fork: here is the evidence */
	FORK_SAME,      /* an answer: how the other branch begins is what is held */
	FORK_SHARED,    /* the same, and the evidence now says how much both share */
	FORK_OTHER,     /* an answer: it is not */
	FORK_UNPROVED,  /* it does not prove: the sender's fault */
};

/* How a tree of `to` entries begins: as a peer sends it, without its checkpoint. */
struct fork_proof {
	uint64_t from, to;
	struct hash root;               /* of the first `from` */
	struct proof proof;
};
/* Of a message that gossip_check() let pass. */
void fork_proof_read(const struct gossip *g, struct fork_proof *out);
/* -1: the tree has no such entries, or cannot be read. */
int fork_proof_make(const struct tree_reader *tree, uint64_t from, uint64_t to,
		    struct fork_proof *out);
/* A message that borrows from p. */
void fork_proof_write(const struct fork_proof *p, struct gossip *g);

/* --- what came --- */

/* A head that could not be taken. NOTHING, OWN or FOUND. */
enum fork_word fork_judge_head(const struct fork_view *v, const struct evidence_branch *head,
			       struct fork_evidence *e);
/* A frame that proves against the target, and does not continue what is held. Also TURN. */
enum fork_word fork_judge_frame(const struct fork_view *v, const struct range_taken *r,
				struct fork_evidence *e);
/* A peer has another tree of p->from entries than the one that it was asked for: head, of
 * p->to, begins with it. Also TURN_AGAIN and UNPROVED, which fills f. */
enum fork_word fork_judge_refutation(const struct fork_view *v, const struct evidence_branch *head,
				     const struct fork_proof *p, struct fork_evidence *e,
				     struct fault *f);
/* A peer says how the other branch of the known evidence begins. keep: the question was the
 * last one, its answer belongs in the evidence. SAME, SHARED, OTHER or NOTHING. */
enum fork_word fork_judge_answer(const struct fork_view *v, const struct fork_proof *p, bool keep,
				 struct fork_evidence *e);
/* Does that evidence, which was checked, say more than what is known? */
bool fork_adds(const struct fork_view *v, const struct fork_evidence *e);

/* --- what is known --- */

/* Does the known evidence show that of `from` entries which are held here the other branch,
 * in its tree of `to`, has others, and not yet how many both share? */
bool fork_is_parted(const struct fork_view *v, uint64_t *from, uint64_t *to);

/* --- what is served --- */

/* Is that tree held? mark: of its root; 0: any. */
bool fork_has(const struct fork_view *v, uint64_t size, uint64_t mark);
/* Is a signed head held that shows who asks for a tree of that size what is here instead? */
bool fork_can_refute(const struct fork_view *v, uint64_t size);

#endif
