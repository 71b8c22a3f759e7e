/* The other branch of a forked log. */
#include "store/branch.h"

#include <stdio.h>
#include <string.h>

static const char suffix[] = "/branch";

void branch_origin(const char *origin, char out[ORIGIN_MAX + 1])
{
	const int most = ORIGIN_MAX - (int)(sizeof suffix - 1);

	snprintf(out, ORIGIN_MAX + 1, "%.*s%s", most, origin, suffix);
}

bool branch_main(const char *origin, char out[ORIGIN_MAX + 1])
{
	const size_t size = strlen(origin), end = sizeof suffix - 1;
	/* of a log of the network, not of a member of that name */
	const bool is = size > end && !strcmp(origin + size - end, suffix) &&
		memchr(origin, '/', size - end) != NULL;

	snprintf(out, ORIGIN_MAX + 1, "%.*s", (int)(is ? size - end : size), origin);
	return is;
}

bool branch_is(struct txn *t, uint32_t log)
{
	char origin[ORIGIN_MAX + 1], main[ORIGIN_MAX + 1];

	return log_origin(t, log, origin) && branch_main(origin, main);
}

uint32_t branch_find(struct txn *t, uint32_t log)
{
	char origin[ORIGIN_MAX + 1], branch[ORIGIN_MAX + 1];

	if (!log_origin(t, log, origin))
		return 0;
	branch_origin(origin, branch);
	return log_find(t, branch);
}

uint32_t branch_beside(struct txn *t, uint32_t branch)
{
	char origin[ORIGIN_MAX + 1], main[ORIGIN_MAX + 1];

	return log_origin(t, branch, origin) && branch_main(origin, main) ? log_find(t, main) : 0;
}

bool branch_repeats(struct txn *t, uint32_t branch, uint64_t index)
{
	const uint32_t main = branch_beside(t, branch);
	struct span a, b;

	return main && log_entry(t, branch, index, &a) && log_entry(t, main, index, &b) &&
	       a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Nothing more is looked for in the log itself. */
static bool is_settled(struct txn *t, uint32_t log)
{
	struct checkpoint proved, target;

	return head_get(t, log, HEAD_PROVED, &proved, NULL) &&
	       head_get(t, log, HEAD_TARGET, &target, NULL) && target.size == proved.size;
}

static bool looks_for(struct txn *t, uint32_t branch, const struct evidence_branch *other)
{
	struct checkpoint target;

	return head_get(t, branch, HEAD_TARGET, &target, NULL) &&
	       hash_equal(&target.root, &other->head.root);
}

uint32_t branch_follow(struct txn *t, uint32_t log)
{
	char origin[ORIGIN_MAX + 1], name[ORIGIN_MAX + 1];
	uint8_t copy[EVIDENCE_BYTES_MAX];
	const struct evidence_branch *other;
	struct tree_reader tree;
	struct fork_evidence e;
	struct fork_row row;
	struct log_tree lt;
	struct fault f;
	uint32_t branch;

	if (!fork_get(t, log, &row) || row.bytes.size > sizeof copy || !log_origin(t, log, origin))
		return 0;
	/* rows are written while it is read */
	memcpy(copy, row.bytes.data, row.bytes.size);
	if (evidence_parse(&e, (struct span){ copy, row.bytes.size }, &f))
		return 0;
	log_tree(&lt, &tree, t, log);
	other = evidence_other(&e, log_size(t, log), &tree, is_settled(t, log));
	if (!other)
		return 0;
	branch_origin(origin, name);
	branch = log_open(t, name);
	if (!branch || log_size(t, branch) > 0 || looks_for(t, branch, other))
		return 0;
	head_aim(t, branch, &other->head, other->note);
	return branch;
}
