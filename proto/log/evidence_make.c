/* Evidence from what a node holds. */
#include "proto/log/evidence.h"

#include <string.h>

int evidence_of_tree(struct fork_evidence *e, const struct evidence_branch *ours,
		     const struct tree_reader *tree, const struct evidence_branch *theirs)
{
	const uint64_t size = theirs->head.size;

	memset(e, 0, sizeof *e);
	e->small = *theirs;
	e->large = *ours;
	if (size > ours->head.size)
		return -1;
	if (size == ours->head.size)
		return 0;
	e->has_prefix = true;
	if (tree_root(tree, size, &e->prefix))
		return -1;
	return tree_consistency(tree, size, ours->head.size, &e->proof);
}

void evidence_of_prefix(struct fork_evidence *e, const struct evidence_branch *ours,
			const struct evidence_branch *theirs, const struct hash *prefix,
			const struct proof *proof)
{
	memset(e, 0, sizeof *e);
	e->small = *ours;
	e->large = *theirs;
	e->has_prefix = ours->head.size < theirs->head.size;
	if (!e->has_prefix)
		return;
	e->prefix = *prefix;
	e->proof = *proof;
}

/* Behind the smaller size it is known whose branch it is. */
static const struct evidence_branch *on_large(const struct fork_evidence *e, uint64_t held,
					      const struct tree_reader *tree)
{
	struct hash root;

	if (!e->has_prefix || held >= e->large.head.size ||
	    tree_root(tree, e->small.head.size, &root) || !hash_equal(&root, &e->prefix))
		return NULL;
	return &e->large;
}

const struct evidence_branch *evidence_next(const struct fork_evidence *e, uint64_t held,
					    const struct tree_reader *tree,
					    const struct hash *tried, bool again)
{
	if (held >= e->small.head.size) {
		const struct evidence_branch *next = on_large(e, held, tree);

		return next && tried && !again && hash_equal(tried, &next->head.root) ? NULL : next;
	}
	if (tried && hash_equal(tried, &e->small.head.root))
		return &e->large;
	if (tried && hash_equal(tried, &e->large.head.root) && !again)
		return NULL;
	return &e->small;
}

void evidence_branch_id(const struct log_id *log, struct log_id *out)
{
	*out = *log;
	out->b[LOG_ID_SIZE - 1] ^= 1;
}

static bool is_in(const struct evidence_branch *b, uint64_t held, const struct tree_reader *tree)
{
	struct hash root;

	return b->head.size <= held && !tree_root(tree, b->head.size, &root) &&
	       hash_equal(&root, &b->head.root);
}

const struct evidence_branch *evidence_other(const struct fork_evidence *e, uint64_t held,
					     const struct tree_reader *tree, bool whole)
{
	if (is_in(&e->large, held, tree))
		return &e->small;
	return whole || is_in(&e->small, held, tree) ? &e->large : NULL;
}
