/*
 * Fork evidence: two checkpoints of one log, signed by its key, that cannot both
 * be true. A small text file that anyone who knows the key verifies offline:
 *
 *	tracd fork evidence v1
 *	prefix <base64 root>           only when the sizes differ: the root at the
 *	<base64 hash>                  smaller size in the history of the larger
 *	...                            one, and the proof of it (RFC 6962 2.1.2)
 *	                               (an empty line)
 *	note <bytes>                   of the smaller checkpoint, verbatim below
 *	...
 *	note <bytes>                   of the larger one
 *	...
 *	common <size> <base64 root>    when known: so many entries are in both, and
 *	<base64 hash>                  the proofs of it: to the smaller tree, an
 *	...                            empty line, to the larger one, an empty line
 *
 * Equal sizes with different roots need nothing else; of different sizes the
 * larger tree is shown to begin with another history than the smaller one signed.
 * What is common is beyond the quarrel: only entries from there on are in doubt.
 */
#ifndef TRAC_LOG_EVIDENCE_H
#define TRAC_LOG_EVIDENCE_H

#include "proto/log/checkpoint.h"
#include "proto/log/registry.h"

struct evidence_branch {
	struct checkpoint head;
	struct span note;               /* borrowed */
};

struct fork_evidence {
	struct evidence_branch small, large;   /* small.head.size <= large.head.size */
	bool has_prefix;                       /* the sizes differ */
	struct hash prefix;                    /* the root at small's size under large's root */
	struct proof proof;
	uint64_t common;                       /* entries that both have, proved; 0: unknown */
	struct hash common_root;               /* while common > 0, and its proofs */
	struct proof common_small, common_large;
};

/* Appended to out. FAULT_INPUT when it proves no fork (evidence_judge()). */
int evidence_write(const struct fork_evidence *e, struct buffer *out, struct fault *f);
/* Takes it apart; borrows from bytes. Proves nothing yet. FAULT_INPUT. */
int evidence_parse(struct fork_evidence *e, struct span bytes, struct fault *f);
/*
 * Is it a fork of the log of v? 0: proved. FAULT_UNPROVED: a signature is missing, the
 * checkpoints agree, or the proof does not hold: nobody is accused.
 */
int evidence_check(const struct fork_evidence *e, const struct verifier *v, struct fault *f);
/* The same of a log that has changed its key: the key of each of the two. */
int evidence_check_by(const struct fork_evidence *e, const struct verifier *small,
		      const struct verifier *large, struct fault *f);
/*
 * The same of a log of the network, whose keys may have changed between the two sizes. Of the
 * member log only what its present key signed accuses: who stole one that guardians have
 * replaced could else end the network with it.
 */
int evidence_check_in(const struct fork_evidence *e, const struct registry *r, struct fault *f);
/* The same as evidence_check() but for the signatures, for who has checked them. */
int evidence_judge(const struct fork_evidence *e, struct fault *f);
/* Is it against the member log, with a head of a key that was replaced? */
bool evidence_is_settled(const struct fork_evidence *e, const struct registry *r);

/*
 * Evidence of two heads, both opened with the key of the log; it borrows their notes.
 * ours is of tree, whose root it has; theirs is not larger. -1: the tree cannot be read.
 */
int evidence_of_tree(struct fork_evidence *e, const struct evidence_branch *ours,
		     const struct tree_reader *tree, const struct evidence_branch *theirs);
/* theirs is larger, and was proved to begin with another history than ours. */
void evidence_of_prefix(struct fork_evidence *e, const struct evidence_branch *ours,
			const struct evidence_branch *theirs, const struct hash *prefix,
			const struct proof *proof);

/*
 * Which of the two heads is worth looking for by who holds the first `held` entries of
 * tree, and neither branch whole; NULL: none. tried: the root of the one that was looked
 * for before, NULL at first; again: it was not to be had, not that it did not fit.
 */
const struct evidence_branch *evidence_next(const struct fork_evidence *e, uint64_t held,
					    const struct tree_reader *tree,
					    const struct hash *tried, bool again);

/*
 * Both branches are kept: the one that came first as the log, the other one beside it, as a
 * log under this id, which is that of the log with its last bit turned, and back.
 */
void evidence_branch_id(const struct log_id *log, struct log_id *out);
/* The head whose branch is not that of the first `held` entries of tree; NULL: that cannot
 * be told yet. whole: no more is looked for there: if neither is, the large one is. */
const struct evidence_branch *evidence_other(const struct fork_evidence *e, uint64_t held,
					     const struct tree_reader *tree, bool whole);

/*
 * Of a frame that proves against its tree, and does not continue what is held: the
 * root of the first start entries in that tree, and the consistency proof from start
 * to size, as a range proof (tree.h) implies them. The range has been verified. -1:
 * start is 0, or the range is not one.
 */
struct range_taken {
	uint64_t start, count, size;
	const struct hash *leaf;               /* count of them; borrowed */
	const struct proof *proof;             /* borrowed */
};
int evidence_of_range(const struct range_taken *r, struct hash *prefix, struct proof *out);

#endif
