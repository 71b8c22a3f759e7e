/* Which entries of forked logs count. */
#include "store/contest.h"

#include <stdlib.h>
#include <string.h>

#include "store/branch.h"
#include "store/evidence.h"
#include "store/row.h"

static int contested_compare(const void *left, const void *right)
{
	const struct contested *a = left, *b = right;

	return a->log == b->log ? 0 : a->log < b->log ? -1 : 1;
}

static bool leads_to(struct txn *t, uint32_t log, const struct log_end *end)
{
	struct tree_reader tree;
	struct log_tree lt;
	struct hash root;

	if (end->size == 0 || log_size(t, log) < end->size)
		return false;
	log_tree(&lt, &tree, t, log);
	return tree_root(&tree, end->size, &root) == 0 && hash_equal(&root, &end->root);
}

/* Who holds less than what is shared holds nothing else: it is counted as it comes. */
static uint64_t shared_by(struct txn *t, uint32_t log, const struct fork_evidence *e)
{
	const struct log_end common = { e->common, e->common_root };

	return log_size(t, log) < e->common || leads_to(t, log, &common) ? e->common : 0;
}

static int add(struct contest *c, struct contested row)
{
	if (c->count == c->room) {
		unsigned room = c->room ? 2 * c->room : 8;
		struct contested *grown = realloc(c->row, room * sizeof *grown);

		if (!grown)
			return -1;
		c->row = grown;
		c->room = room;
	}
	c->row[c->count++] = row;
	return 0;
}

/* What the log itself counts, its other branch does not count again. */
static int add_fork(struct contest *c, struct txn *t, uint32_t log,
		    const struct figures_rules *rules)
{
	const uint32_t branch = branch_find(t, log);
	struct contested main = { .log = log }, other = { .log = branch };
	char origin[ORIGIN_MAX + 1];
	struct fork_evidence e;
	struct log_end end;
	struct fork_row row;
	struct fault f;

	if (!fork_get(t, log, &row) || !log_origin(t, log, origin) ||
	    evidence_parse(&e, row.bytes, &f))
		return 0;
	const bool closed = rules->closed && rules->closed(rules->ctx, origin, &end);
	main.to = shared_by(t, log, &e);
	if (closed && end.size > main.to && leads_to(t, log, &end))
		main.to = end.size;
	other.from = other.to = main.to;
	if (branch && closed && end.size > main.to && leads_to(t, branch, &end))
		other.to = end.size;
	if (add(c, main))
		return -1;
	return other.to > other.from ? add(c, other) : 0;
}

/* Of equal rows it is equal; of none 0. */
static uint64_t mark_of(const struct contest *c)
{
	uint8_t text[3 + 8 + 8 + HASH_SIZE];
	struct hash h = { { 0 } };

	for (unsigned i = 0; i < c->count; i++) {
		put_u24(text, c->row[i].log);
		put_u64(text + 3, c->row[i].from);
		put_u64(text + 11, c->row[i].to);
		memcpy(text + 19, h.b, HASH_SIZE);
		hash_bytes(text, sizeof text, &h);
	}
	return c->count > 0 ? get_u64(h.b) | 1 : 0;
}

int contest_read(struct contest *c, struct txn *t, const struct figures_rules *rules)
{
	struct span key, value;
	struct walk w;
	int rc = 0;

	c->count = 0;
	walk_begin(&w, t, TABLE_EVIDENCE, (struct span){ NULL, 0 });
	while (rc == 0 && walk_next(&w, &key, &value)) {
		if (key.size == 3)
			rc = add_fork(c, t, get_u24(key.data), rules);
	}
	walk_end(&w);
	if (c->count > 1)
		qsort(c->row, c->count, sizeof *c->row, contested_compare);
	c->mark = mark_of(c);
	return rc;
}

void contest_clear(struct contest *c)
{
	free(c->row);
	*c = (struct contest){ 0 };
}

bool contest_counts(const struct contest *c, struct txn *t, struct position at)
{
	const struct contested want = { .log = at.log }, *row = NULL;

	if (c->count > 0)
		row = bsearch(&want, c->row, c->count, sizeof want, contested_compare);
	if (row)
		return at.index >= row->from && at.index < row->to;
	return !branch_is(t, at.log);
}
