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
