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

enum lead {
	LEAD_NO,
	LEAD_YES,
	LEAD_LATER,                    /* too little is held to tell */
	LEAD_DAMAGED,
};

/* Is that root one of this tree? A rotted hash must not look like another history. */
static bool is_sound(struct txn *t, uint32_t log, uint64_t size, const struct hash *root,
		     const struct tree_reader *tree)
{
	struct frontier now;
	struct hash whole;
	struct proof p;

	if (!log_frontier(t, log, &now) || tree_consistency(tree, size, now.size, &p))
		return false;
	frontier_root(&now, &whole);
	return consistency_verify(size, now.size, root, &whole, &p) == 0;
}

static enum lead leads_to(struct txn *t, uint32_t log, const struct log_end *end)
{
	struct tree_reader tree;
	struct log_tree lt;
	struct hash root;

	if (end->size == 0)
		return LEAD_NO;
	if (log_size(t, log) < end->size)
		return LEAD_LATER;
	log_tree(&lt, &tree, t, log);
	if (tree_root(&tree, end->size, &root))
		return LEAD_DAMAGED;
	if (hash_equal(&root, &end->root))
		return LEAD_YES;
	return is_sound(t, log, end->size, &root, &tree) ? LEAD_NO : LEAD_DAMAGED;
}

/* A log that is known to be forked, and its other branch. */
struct fork {
	char origin[ORIGIN_MAX + 1];
	struct fork_evidence evidence;
	struct contested main, other;
};

static int damaged(const struct fork *k, struct fault *f)
{
	return fault_set(f, FAULT_UNPROVED, "figures wait: the tree of %s, which is forked, is "
			 "damaged in the store: stop tracd, then run 'trac store repair'", k->origin);
}

/* What leads to there counts, of the log or else of its other branch. early: what is too
 * short to tell holds nothing else. */
static int lead(struct contest *c, struct txn *t, struct fork *k, const struct log_end *to,
		bool early, struct fault *f)
{
	struct contested *const row[] = { &k->main, &k->other };

	for (unsigned i = 0; i < 2; i++) {
		const enum lead found = leads_to(t, row[i]->log, to);

		if (found == LEAD_DAMAGED)
			return damaged(k, f);
		c->waits = c->waits || found == LEAD_LATER;
		if (found == LEAD_YES || (found == LEAD_LATER && early && i == 0)) {
			row[i]->to = to->size;
			return 0;
		}
	}
	return 0;
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

static int fork_open(struct txn *t, uint32_t log, struct fork *k, struct fault *f)
{
	struct fork_row row;
	int rc;

	*k = (struct fork){ .main = { .log = log }, .other = { .log = branch_find(t, log) } };
	rc = fork_find(t, log, &row, f);
	if (rc < 0 || (rc > 0 && evidence_parse(&k->evidence, row.bytes, f)))
		return fault_prefix(f, "figures wait");
	if (rc == 0 || !log_origin(t, log, k->origin))
		return fault_set(f, FAULT_UNPROVED, "figures wait: there is evidence against log %u, "
				 "which the store does not know: stop tracd, then run 'trac store "
				 "repair'", (unsigned)log);
	return 0;
}

static int add_fork(struct contest *c, struct txn *t, uint32_t log,
		    const struct figures_rules *rules, struct fault *f)
{
	struct log_end end;
	struct fork k;

	if (fork_open(t, log, &k, f))
		return -1;
	const struct log_end common = { k.evidence.common, k.evidence.common_root };
	if (lead(c, t, &k, &common, true, f))
		return -1;
	if (rules->closed && rules->closed(rules->ctx, k.origin, &end) &&
	    end.size > k.main.to && end.size > k.other.to && lead(c, t, &k, &end, false, f))
		return -1;
	/* what the log itself counts, its other branch does not count again */
	k.other.from = k.main.to;
	if (add(c, k.main) || (k.other.to > k.other.from && add(c, k.other)))
		return fault_set(f, FAULT_LIMIT, "no memory to count devices");
	return 0;
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

int contest_read(struct contest *c, struct txn *t, const struct figures_rules *rules,
		 struct fault *f)
{
	struct span key, value;
	struct walk w;
	int rc = 0;

	c->count = 0;
	c->waits = false;
	walk_begin(&w, t, TABLE_EVIDENCE, (struct span){ NULL, 0 });
	while (rc == 0 && walk_next(&w, &key, &value)) {
		if (key.size == 3)
			rc = add_fork(c, t, get_u24(key.data), rules, f);
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
