/*
 * Logs: entries (run.h says where), tree rows, and one row a log with its size
 * and frontier, so that an append touches three pages.
 *
 * TABLE_LOGS: "c" -> number of logs; 'n' log -> size, frontier, origin;
 * 'o' origin -> log. TABLE_TREE: log, 15 - level / 4, group -> up to 16 hashes;
 * upside down, because the lowest row grows fastest and pages fill up best at
 * the end of a table.
 */
#include "store/log.h"

#include <assert.h>
#include <string.h>

#include "store/row.h"
#include "store/run.h"
#include "store/tree_row.h"

#define GROUP TREE_GROUP
#define ROWS TREE_ROWS
#define TREE_KEY_SIZE 9
/* size, at most one hash a bit, origin */
#define LOG_ROW_MAX (8 + 64 * HASH_SIZE + ORIGIN_MAX)

/* One row of TABLE_LOGS, taken apart. */
struct log_row {
	struct frontier frontier;
	size_t origin_size;
	char origin[ORIGIN_MAX + 1];
};

/* --- rows of logs --- */

static void damaged(struct txn *t, uint32_t log, const char *what)
{
	struct fault f;

	fault_set(&f, FAULT_IO, "log %u: its %s in the store is damaged: run "
		"'trac store check'", (unsigned)log, what);
	txn_fail(t, &f);
}

/* The raw row when its shape is right; size and the origin's place in it. */
static bool row_find(struct txn *t, uint32_t log, struct span *row, uint64_t *size,
		     size_t *origin_at)
{
	uint8_t key[4];

	if (!txn_get(t, TABLE_LOGS, log_key(key, 'n', log), row))
		return false;
	*size = row->size >= 8 ? get_u64(row->data) : 0;
	*origin_at = 8 + (size_t)__builtin_popcountll(*size) * HASH_SIZE;
	if (row->size <= *origin_at || row->size - *origin_at > ORIGIN_MAX ||
	    *size > ENTRY_INDEX_MAX + 1) {
		damaged(t, log, "row");
		return false;
	}
	return true;
}

static bool row_read(struct txn *t, uint32_t log, struct log_row *out)
{
	struct span row;
	uint64_t size;
	size_t at;

	if (!row_find(t, log, &row, &size, &at))
		return false;
	frontier_init(&out->frontier);
	out->frontier.size = size;
	out->origin_size = row.size - at;
	memcpy(out->origin, row.data + at, out->origin_size);
	out->origin[out->origin_size] = '\0';
	const uint8_t *from = row.data + 8;
	for (unsigned level = 0; level < 64; level++) {
		if (!(size >> level & 1))
			continue;
		memcpy(out->frontier.node[level].b, from, HASH_SIZE);
		from += HASH_SIZE;
	}
	return true;
}

static void row_write(struct txn *t, uint32_t log, const struct log_row *r)
{
	uint8_t key[4], row[LOG_ROW_MAX];
	size_t used = 8;

	put_u64(row, r->frontier.size);
	for (unsigned level = 0; level < 64; level++) {
		if (!(r->frontier.size >> level & 1))
			continue;
		memcpy(row + used, r->frontier.node[level].b, HASH_SIZE);
		used += HASH_SIZE;
	}
	memcpy(row + used, r->origin, r->origin_size);
	used += r->origin_size;
	txn_put(t, TABLE_LOGS, log_key(key, 'n', log), (struct span){ row, used });
}

static struct span origin_key(uint8_t to[1 + ORIGIN_MAX], const char *origin)
{
	size_t size = strlen(origin);

	assert(size > 0 && size <= ORIGIN_MAX);
	to[0] = 'o';
	memcpy(to + 1, origin, size);
	return (struct span){ to, 1 + size };
}

uint32_t log_find(struct txn *t, const char *origin)
{
	uint8_t key[1 + ORIGIN_MAX];
	struct span v;

	if (!txn_get(t, TABLE_LOGS, origin_key(key, origin), &v))
		return 0;
	if (v.size != 3 || get_u24(v.data) == 0) {
		damaged(t, 0, "number");
		return 0;
	}
	return get_u24(v.data);
}

uint32_t log_last(struct txn *t)
{
	struct span v;

	if (!txn_get(t, TABLE_LOGS, (struct span){ (const uint8_t *)"c", 1 }, &v))
		return 0;
	return v.size == 3 ? get_u24(v.data) : 0;
}

uint32_t log_open(struct txn *t, const char *origin)
{
	uint32_t log = log_find(t, origin);
	struct log_row r = { .origin_size = strlen(origin) };
	uint8_t key[1 + ORIGIN_MAX], number[3];

	if (log || txn_failed(t))
		return log;
	log = log_last(t) + 1;
	if (log > LOG_NUMBER_MAX) {
		struct fault f;
		fault_set(&f, FAULT_LIMIT, "the store holds %u logs, which is the limit: "
			"%s is not taken", LOG_NUMBER_MAX, origin);
		txn_fail(t, &f);
		return 0;
	}
	frontier_init(&r.frontier);
	memcpy(r.origin, origin, r.origin_size);
	put_u24(number, log);
	struct span value = { number, sizeof number };
	txn_put(t, TABLE_LOGS, (struct span){ (const uint8_t *)"c", 1 }, value);
	txn_put(t, TABLE_LOGS, origin_key(key, origin), value);
	row_write(t, log, &r);
	return txn_failed(t) ? 0 : log;
}

bool log_origin(struct txn *t, uint32_t log, char *origin)
{
	struct span row;
	uint64_t size;
	size_t at;

	if (!row_find(t, log, &row, &size, &at))
		return false;
	memcpy(origin, row.data + at, row.size - at);
	origin[row.size - at] = '\0';
	return true;
}

uint64_t log_size(struct txn *t, uint32_t log)
{
	struct span row;
	uint64_t size;
	size_t at;

	return row_find(t, log, &row, &size, &at) ? size : 0;
}

bool log_frontier(struct txn *t, uint32_t log, struct frontier *out)
{
	struct log_row r;

	if (!row_read(t, log, &r))
		return false;
	*out = r.frontier;
	return true;
}

bool log_entry(struct txn *t, uint32_t log, uint64_t index, struct span *bytes)
{
	uint8_t key[ARRIVAL_KEY_SIZE];
	uint64_t arrival;

	return run_arrival(t, log, index, &arrival) &&
	       txn_get(t, TABLE_ENTRIES, arrival_key(key, arrival), bytes);
}

/* --- rows of the tree --- */

static struct span tree_key(uint8_t to[TREE_KEY_SIZE], uint32_t log, unsigned row,
			    uint64_t group)
{
	put_u24(to, log);
	to[3] = (uint8_t)(ROWS - 1 - row);
	put_u40(to + 4, group);
	return (struct span){ to, TREE_KEY_SIZE };
}

unsigned tree_row_get(struct txn *t, uint32_t log, unsigned row, uint64_t group,
		      const uint8_t **hashes)
{
	uint8_t key[TREE_KEY_SIZE];
	struct span v;

	if (group > ENTRY_INDEX_MAX ||
	    !txn_get(t, TABLE_TREE, tree_key(key, log, row, group), &v))
		return 0;
	if (v.size == 0 || v.size > GROUP * HASH_SIZE || v.size % HASH_SIZE != 0) {
		damaged(t, log, "tree");
		return 0;
	}
	*hashes = v.data;
	return (unsigned)(v.size / HASH_SIZE);
}

/* The groups that an append is filling: written when full, and at its end. */
struct growing {
	struct txn *txn;
	uint32_t log;
	unsigned used;           /* rows in use: all below have a group */
	struct {
		uint64_t group;
		unsigned count;      /* 0: nothing to write */
		struct hash hash[GROUP];
	} row[ROWS];
};

static void group_put(struct growing *g, unsigned row)
{
	uint8_t key[TREE_KEY_SIZE];

	if (g->row[row].count == 0)
		return;
	struct span k = tree_key(key, g->log, row, g->row[row].group);
	struct span v = { g->row[row].hash[0].b, g->row[row].count * HASH_SIZE };
	txn_put(g->txn, TABLE_TREE, k, v);
	g->row[row].count = 0;
}

/* The first hash of this append in a group that earlier ones began. */
static void group_load(struct growing *g, unsigned row, uint64_t group, unsigned want)
{
	const uint8_t *hashes;

	if (tree_row_get(g->txn, g->log, row, group, &hashes) != want) {
		damaged(g->txn, g->log, "tree");
		return;
	}
	memcpy(g->row[row].hash, hashes, want * HASH_SIZE);
}

static void growing_take(void *ctx, unsigned level, uint64_t index, const struct hash *hash)
{
	struct growing *g = ctx;
	unsigned row = level / 4, at = (unsigned)(index % GROUP);

	if (level % 4 != 0 || txn_failed(g->txn))
		return;
	if (row >= g->used)
		g->used = row + 1;
	if (g->row[row].count == 0) {
		g->row[row].group = index / GROUP;
		if (at > 0)
			group_load(g, row, index / GROUP, at);
		g->row[row].count = at;
	}
	assert(g->row[row].count == at && g->row[row].group == index / GROUP);
	g->row[row].hash[at] = *hash;
	if (++g->row[row].count == GROUP)
		group_put(g, row);
}

/* --- appending --- */

static int append_check(struct txn *t, uint32_t log, uint64_t size,
			const struct span *entry, unsigned count)
{
	struct fault f;

	if (size + count > ENTRY_INDEX_MAX) {
		fault_set(&f, FAULT_LIMIT, "log %u is full", (unsigned)log);
		return txn_fail(t, &f);
	}
	for (unsigned i = 0; i < count; i++) {
		if (entry[i].size > 0 && entry[i].size <= ENTRY_SIZE_MAX)
			continue;
		fault_set(&f, FAULT_INPUT, "log %u: an entry has %zu bytes, and 1 to %d are "
			"taken", (unsigned)log, entry[i].size, ENTRY_SIZE_MAX);
		return txn_fail(t, &f);
	}
	return 0;
}

int log_append(struct txn *t, uint32_t log, const struct span *entry, unsigned count,
	       uint64_t *first)
{
	return log_append_hashed(t, log, entry, NULL, count, first);
}

/* leaf may be NULL. */
static void entries_put(struct growing *g, struct frontier *frontier, const struct span *entry,
			const struct hash *leaf, unsigned count)
{
	uint64_t arrival = run_append(g->txn, g->log, frontier->size);
	struct fill l;

	fill_begin(&l, g->txn, TABLE_ENTRIES);
	for (unsigned i = 0; i < count && !txn_failed(g->txn); i++) {
		uint8_t key[ARRIVAL_KEY_SIZE];
		struct hash own;
		fill_append(&l, arrival_key(key, arrival + i), entry[i]);
		if (!leaf)
			hash_leaf(entry[i].data, entry[i].size, &own);
		frontier_append(frontier, leaf ? &leaf[i] : &own, growing_take, g);
	}
	fill_end(&l);
}

int log_append_hashed(struct txn *t, uint32_t log, const struct span *entry,
		      const struct hash *leaf, unsigned count, uint64_t *first)
{
	struct log_row r;
	struct growing g = { .txn = t, .log = log };

	if (txn_failed(t))
		return -1;
	if (!row_read(t, log, &r)) {
		damaged(t, log, "row");
		return -1;
	}
	if (append_check(t, log, r.frontier.size, entry, count))
		return -1;
	if (first)
		*first = r.frontier.size;
	if (count == 0)
		return 0;
	entries_put(&g, &r.frontier, entry, leaf, count);
	for (unsigned row = 0; row < g.used; row++)
		group_put(&g, row);
	row_write(t, log, &r);
	return txn_failed(t) ? -1 : 0;
}

/* --- reading the tree --- */

/* Levels between the stored ones: at most eight hashes of one group, folded. */
static int node_read(void *ctx, unsigned level, uint64_t index, struct hash *out)
{
	const struct log_tree *lt = ctx;
	unsigned row = level / 4, depth = level % 4;
	struct hash h[GROUP];
	const uint8_t *hashes;

	if (row >= ROWS || index > UINT64_MAX >> depth)
		return -1;
	uint64_t begin = index << depth;
	unsigned at = (unsigned)(begin % GROUP), many = 1u << depth;
	if (tree_row_get(lt->txn, lt->log, row, begin / GROUP, &hashes) < at + many)
		return -1;
	memcpy(h, hashes + (size_t)at * HASH_SIZE, (size_t)many * HASH_SIZE);
	for (; many > 1; many /= 2) {
		for (unsigned i = 0; i < many / 2; i++)
			hash_node(&h[2 * i], &h[2 * i + 1], &h[i]);
	}
	*out = h[0];
	return 0;
}

void log_tree(struct log_tree *lt, struct tree_reader *reader, struct txn *t, uint32_t log)
{
	*lt = (struct log_tree){ .txn = t, .log = log };
	*reader = (struct tree_reader){ .node = node_read, .ctx = lt };
}

/* --- cutting --- */

/* Entries become empty rows: arrivals stay without gaps, and a number once given to an
 * entry is not found behind another one's run. */
static void entries_cut(struct txn *t, uint32_t log, uint64_t from, uint64_t end)
{
	uint8_t key[ARRIVAL_KEY_SIZE];
	uint64_t arrival;

	for (uint64_t i = from; i < end && !txn_failed(t); i++) {
		if (run_arrival(t, log, i, &arrival))
			txn_put(t, TABLE_ENTRIES, arrival_key(key, arrival),
				(struct span){ key, 0 });
	}
}

static void tree_row_cut(struct txn *t, uint32_t log, unsigned row, uint64_t from, uint64_t end)
{
	uint8_t key[TREE_KEY_SIZE], kept[GROUP * HASH_SIZE];
	const uint8_t *hashes;
	uint64_t group = from / GROUP;
	unsigned keep = (unsigned)(from % GROUP);

	if (keep > 0 && tree_row_get(t, log, row, group, &hashes) >= keep) {
		memcpy(kept, hashes, (size_t)keep * HASH_SIZE);
		txn_put(t, TABLE_TREE, tree_key(key, log, row, group),
			(struct span){ kept, (size_t)keep * HASH_SIZE });
		group++;
	}
	for (; group * GROUP < end && !txn_failed(t); group++)
		txn_delete(t, TABLE_TREE, tree_key(key, log, row, group));
}

int log_cut(struct txn *t, uint32_t log, uint64_t size)
{
	struct log_row r;
	struct tree_reader reader;
	struct log_tree lt;
	uint64_t end;

	if (txn_failed(t))
		return -1;
	if (!row_read(t, log, &r)) {
		damaged(t, log, "row");
		return -1;
	}
	end = r.frontier.size;
	if (size >= end)
		return 0;
	log_tree(&lt, &reader, t, log);
	if (tree_frontier(&reader, size, &r.frontier)) {
		damaged(t, log, "tree");
		return -1;
	}
	entries_cut(t, log, size, end);
	for (unsigned row = 0; row < ROWS && end >> 4 * row > 0; row++)
		tree_row_cut(t, log, row, size >> 4 * row, end >> 4 * row);
	run_cut(t, log, size);
	row_write(t, log, &r);
	return txn_failed(t) ? -1 : 0;
}
