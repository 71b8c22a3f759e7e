/* Checking one log: every leaf, node, the frontier, the heads. */
#include "store/checker.h"

#include <string.h>

#include "proto/log/checkpoint.h"
#include "store/branch.h"
#include "store/key.h"
#include "store/row.h"
#include "store/run.h"
#include "store/tree_row.h"

#define ROWS TREE_ROWS
#define GROUP TREE_GROUP
/* Entries between two transactions. */
#define SLICE 1000

struct log_check {
	struct checker *checker;
	uint32_t log;
	char origin[ORIGIN_MAX + 1];
	struct frontier want;        /* as stored */
	struct frontier have;        /* computed */
	struct txn *txn;             /* the present one */
	unsigned count[ROWS];        /* hashes computed of the present group of a row */
	struct hash group[ROWS][GROUP];
	bool bad_entry;              /* told already */
};

static unsigned long long ull(uint64_t v)
{
	return v;
}

/*
 * Compares the present group of a row with the stored one, which may be longer
 * when the daemon goes on. A leaf that differs is told as its entry, then taken
 * as stored: so it is seen whether the nodes above agree with it, and one bad
 * entry is one difference.
 */
static void group_compare(struct log_check *k, unsigned row, uint64_t group)
{
	const uint8_t *stored = NULL;
	unsigned count = k->count[row];
	unsigned held = tree_row_get(k->txn, k->log, row, group, &stored);

	k->checker->report->hashes += count;
	if (held < count) {
		if (!txn_failed(k->txn))
			check_bad(k->checker, "%s: tree hashes of level %u from %llu on are "
				"missing", k->origin, 4 * row, ull(group * GROUP + held));
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		struct hash *h = &k->group[row][i];
		if (memcmp(h->b, stored + (size_t)i * HASH_SIZE, HASH_SIZE) == 0)
			continue;
		memcpy(h->b, stored + (size_t)i * HASH_SIZE, HASH_SIZE);
		if (row > 0)
			check_bad(k->checker, "%s: the tree hash of level %u, number %llu, "
				"does not follow from those below", k->origin, 4 * row,
				ull(group * GROUP + i));
		else if (k->bad_entry)
			k->checker->report->bad++;
		else
			check_bad(k->checker, "%s/%llu is the first bad entry: its bytes do "
				"not have the hash that was stored with them", k->origin,
				ull(group * GROUP + i));
		k->bad_entry = k->bad_entry || row == 0;
	}
}

/* Nodes above the leaves, as the leaves complete them. */
static void take_node(void *ctx, unsigned level, uint64_t index, const struct hash *hash)
{
	struct log_check *k = ctx;
	unsigned row = level / 4;

	if (level == 0 || level % 4 != 0)
		return;
	k->group[row][k->count[row]++] = *hash;
	if (k->count[row] < GROUP)
		return;
	group_compare(k, row, index / GROUP);
	k->count[row] = 0;
}

/* A full group of leaves, or the last: compared first, then built upon. */
static void take_leaves(struct log_check *k)
{
	unsigned count = k->count[0];

	if (count == 0)
		return;
	group_compare(k, 0, k->have.size / GROUP);
	for (unsigned i = 0; i < count; i++)
		frontier_append(&k->have, &k->group[0][i], take_node, k);
	k->count[0] = 0;
}

static uint64_t next_index(const struct log_check *k)
{
	return k->have.size + k->count[0];
}

static void bad_entry(struct log_check *k, const char *what)
{
	check_bad(k->checker, "%s/%llu is the first bad entry: %s", k->origin,
		ull(next_index(k)), what);
}

/* No two entries lie in one place. */
static void claim(struct log_check *k, uint64_t arrival)
{
	struct checker *c = k->checker;

	if (arrival >= c->arrivals)
		return;          /* came after the check began */
	uint8_t *at = &c->claimed[arrival / 8], bit = (uint8_t)(1u << arrival % 8);
	if (*at & bit)
		bad_entry(k, "its run overlaps another");
	*at |= bit;
}

/* The next entry, as any reader finds it. */
static bool take_entry(struct log_check *k)
{
	struct checker *c = k->checker;
	uint64_t i = next_index(k), arrival;
	struct span entry;

	if (!run_arrival(k->txn, k->log, i, &arrival)) {
		bad_entry(k, "no run leads to it");
		return false;
	}
	if (!log_entry(k->txn, k->log, i, &entry)) {
		bad_entry(k, "it is missing");
		return false;
	}
	claim(k, arrival);
	if (entry.size == 0 || entry.size > ENTRY_SIZE_MAX)
		check_bad(c, "%s/%llu has %zu bytes", k->origin, ull(i), entry.size);
	if (i < c->indexed[k->log])
		check_expect(c, k->txn, (struct position){ k->log, i }, entry);
	hash_leaf(entry.data, entry.size, &k->group[0][k->count[0]++]);
	if (k->count[0] == GROUP)
		take_leaves(k);
	if (++c->report->entries % 1000 == 0 && c->report->progress)
		c->report->progress(c->report->ctx, c->report->entries);
	return true;
}

static void finish(struct log_check *k)
{
	take_leaves(k);
	for (unsigned row = 1; row < ROWS; row++) {
		if (k->count[row] > 0)
			group_compare(k, row, (k->have.size >> 4 * row) / GROUP);
	}
	for (unsigned level = 0; level < 64; level++) {
		if (k->want.size >> level & 1 &&
		    !hash_equal(&k->want.node[level], &k->have.node[level])) {
			check_bad(k->checker, "%s: the frontier of its %llu entries does not "
				"follow from them", k->origin, ull(k->want.size));
			return;
		}
	}
}

/* In short transactions, which pin no old pages of a running daemon. */
static int check_entries(struct log_check *k, struct fault *f)
{
	bool whole = true;

	while (whole && next_index(k) < k->want.size) {
		k->txn = txn_begin(k->checker->store, false, f);
		if (!k->txn)
			return -1;
		for (unsigned n = 0; whole && n < SLICE && next_index(k) < k->want.size; n++)
			whole = take_entry(k);
		if (whole && next_index(k) == k->want.size)
			finish(k);
		if (txn_commit(k->txn, f))
			return -1;
	}
	return 0;
}

/* A head as it is stored, and what its note says. */
static void check_head(struct log_check *k, enum head_kind kind, uint64_t held)
{
	static const char *const name[HEAD_KINDS] = { "proved", "target", "seen", "vouched" };
	char origin[ORIGIN_MAX + 1];
	struct checkpoint row, told;
	struct tree_reader reader;
	struct log_tree lt;
	struct hash root;
	struct span bytes;
	struct fault f;
	struct note note;

	if (!head_get(k->txn, k->log, kind, &row, &bytes))
		return;
	k->checker->report->heads++;
	branch_main(k->origin, origin);
	if (note_parse(&note, bytes, &f) || checkpoint_parse(&told, note.text, &f)) {
		check_bad(k->checker, "%s: its %s head: %s", k->origin, name[kind], f.text);
		return;
	}
	if (k->checker->report->is_signed &&
	    k->checker->report->is_signed(k->checker->report->ctx, origin, bytes, &f))
		check_bad(k->checker, "%s: its %s head: %s", k->origin, name[kind], f.text);
	if (strcmp(told.origin, origin) != 0 || told.size != row.size ||
	    !hash_equal(&told.root, &row.root))
		check_bad(k->checker, "%s: its %s head is filed as another than it is",
			k->origin, name[kind]);
	if ((kind == HEAD_PROVED || kind == HEAD_VOUCHED) && row.size > held)
		check_bad(k->checker, "%s: its %s head is larger than what is held",
			k->origin, name[kind]);
	if (row.size > held)
		return;
	log_tree(&lt, &reader, k->txn, k->log);
	if (tree_root(&reader, row.size, &root) || !hash_equal(&root, &row.root))
		check_bad(k->checker, "%s: its %s head of size %llu has another root than its "
			"entries", k->origin, name[kind], ull(row.size));
}

/* No run begins behind the end. */
static void check_runs(struct log_check *k, uint64_t held)
{
	uint8_t prefix[3], from[ENTRY_KEY_SIZE];
	struct span key, value;
	struct walk w;

	put_u24(prefix, k->log);
	entry_key(from, k->log, held);
	walk_from(&w, k->txn, TABLE_RUNS, (struct span){ prefix, sizeof prefix },
		  (struct span){ from, sizeof from });
	if (walk_next(&w, &key, &value))
		check_bad(k->checker, "%s: there are runs behind its end, %llu", k->origin,
			ull(held));
	walk_end(&w);
}

/* What is small: heads, and that nothing lies behind the end. */
static int check_ends(struct log_check *k, struct fault *f)
{
	k->txn = txn_begin(k->checker->store, false, f);
	if (!k->txn)
		return -1;
	uint64_t held = log_size(k->txn, k->log);
	for (unsigned kind = 0; kind < HEAD_KINDS; kind++)
		check_head(k, (enum head_kind)kind, held);
	check_runs(k, held);
	return txn_commit(k->txn, f);
}

int check_log(struct checker *c, uint32_t log, struct fault *f)
{
	struct log_check k = { .checker = c, .log = log };
	struct txn *t = txn_begin(c->store, false, f);

	if (!t)
		return -1;
	frontier_init(&k.have);
	bool known = log_origin(t, log, k.origin) && log_frontier(t, log, &k.want);
	/* a missing row was told by check_known() */
	if (txn_commit(t, f))
		return -1;
	if (!known)
		return 0;
	return check_entries(&k, f) || check_ends(&k, f) ? -1 : 0;
}
