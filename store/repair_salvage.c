/*
 * Salvage: rows of truth are read page by page from a file that LMDB cannot be trusted
 * with, and put into a new store, where the ordinary repair finds what they are worth.
 */
#include "store/repair_inside.h"

#include <stdio.h>
#include <string.h>

#include "store/check_page.h"
#include "store/db_inside.h"
#include "store/guard.h"
#include "store/heads.h"
#include "store/row.h"
#include "store/tree_row.h"

/* Rows in one transaction. */
#define STEP 1000
#define TREE_KEY_SIZE 9
#define HEAD_FIXED (8 + HASH_SIZE)
/* Rows of tables that this file knows nothing of. */
#define VALUE_MAX (1 << 20)

struct salvage {
	struct store *to;
	struct txn *txn;
	unsigned rows;               /* in txn */
	enum table table;            /* being read; ENTRIES ... when orphans are */
	bool orphans;
	bool whole[TABLE_COUNT];
	struct fault *f;
};

/* --- what a row can be --- */

static bool is_log_row(struct span key, struct span value)
{
	if (key.size == 4 && key.data[0] == 'n' && value.size > 8) {
		size_t at = 8 + (size_t)__builtin_popcountll(get_u64(value.data)) * HASH_SIZE;
		return value.size > at && value.size - at <= ORIGIN_MAX &&
		       get_u64(value.data) <= ENTRY_INDEX_MAX;
	}
	return key.size > 1 && key.size <= 1 + ORIGIN_MAX && key.data[0] == 'o' &&
	       value.size == 3;
}

static bool is_row(enum table table, struct span key, struct span value)
{
	if (key.size == 0 || key.size > 511 || value.size > VALUE_MAX)
		return false;
	if (table == TABLE_META)
		return value.size <= 64 && repair_keeps_meta(key);
	if (table == TABLE_LOGS)
		return is_log_row(key, value);
	if (table == TABLE_RUNS)
		return key.size == ENTRY_KEY_SIZE && value.size == 8;
	if (table == TABLE_ENTRIES)
		return key.size == 8 && value.size <= ENTRY_SIZE_MAX &&
		       get_u64(key.data) <= ENTRY_INDEX_MAX;
	if (table == TABLE_TREE)
		return key.size == TREE_KEY_SIZE && value.size > 0 &&
		       value.size % HASH_SIZE == 0 && value.size <= TREE_GROUP * HASH_SIZE;
	if (table == TABLE_HEADS)
		return key.size == 4 && key.data[3] < HEAD_KINDS && value.size > HEAD_FIXED &&
		       value.size <= HEAD_FIXED + CHECKPOINT_BYTES_MAX;
	return true;
}

/* Of which table is a row that no table leads to? TABLE_COUNT: of none that is salvaged. */
static enum table table_of(struct span key, struct span value)
{
	static const enum table table[] = { TABLE_RUNS, TABLE_ENTRIES, TABLE_TREE };

	if (key.size == 4 && value.size == STORE_UUID_SIZE + GUARD_SIZE &&
	    (!memcmp(key.data, "uuid", 4) || !memcmp(key.data, "salt", 4)))
		return TABLE_META;
	if (key.size == 4 && key.data[0] == 'n' && is_log_row(key, value))
		return TABLE_LOGS;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (is_row(table[i], key, value))
			return table[i];
	}
	return is_row(TABLE_HEADS, key, value) ? TABLE_HEADS : TABLE_COUNT;
}

/* Pages that nothing leads to may be older than what is there: a log and its heads only
 * grow, so that the larger size is the later one. */
static bool is_later(enum table table, struct span old, struct span value)
{
	if (table != TABLE_LOGS && table != TABLE_HEADS)
		return table == TABLE_TREE && value.size > old.size;
	return old.size >= 8 && value.size >= 8 && get_u64(value.data) > get_u64(old.data);
}

/* --- taking rows --- */

static bool step(struct salvage *g)
{
	if (g->txn && ++g->rows < STEP)
		return true;
	if (g->txn && txn_commit(g->txn, g->f)) {
		g->txn = NULL;
		return false;
	}
	g->rows = 0;
	g->txn = txn_begin(g->to, true, g->f);
	return g->txn != NULL;
}

static bool take_row(void *ctx, struct span key, struct span value)
{
	struct salvage *g = ctx;
	enum table table = g->orphans ? table_of(key, value) : g->table;
	struct span old;

	if (table == TABLE_COUNT || !is_row(table, key, value) || (g->orphans && g->whole[table]))
		return true;
	if (!step(g))
		return false;
	if (!g->orphans || !txn_get(g->txn, table, key, &old) || is_later(table, old, value))
		txn_put(g->txn, table, key, value);
	return !txn_failed(g->txn);
}

static int take_tables(struct salvage *g, struct pages *pages)
{
	for (int i = 0; i < TABLE_COUNT; i++) {
		g->table = (enum table)i;
		if (i != TABLE_META && i != TABLE_LOGS && i != TABLE_RUNS && i != TABLE_ENTRIES &&
		    i != TABLE_TREE && i != TABLE_HEADS && !repair_copies(g->table))
			continue;
		if (pages_rows(pages, table_name[i], take_row, g, &g->whole[i], g->f))
			return -1;
	}
	g->orphans = true;
	return pages_orphans(pages, take_row, g, g->f);
}

/* --- logs whose rows are lost --- */

static struct span origin_key(uint8_t to[1 + ORIGIN_MAX], const uint8_t *origin, size_t size)
{
	to[0] = 'o';
	memcpy(to + 1, origin, size);
	return (struct span){ to, 1 + size };
}

static uint32_t count_rows(struct txn *t, char letter)
{
	uint8_t prefix = (uint8_t)letter;
	struct span key, value;
	uint32_t count = 0;
	struct walk w;

	walk_begin(&w, t, TABLE_LOGS, (struct span){ &prefix, 1 });
	while (walk_next(&w, &key, &value) && count < LOG_NUMBER_MAX)
		count++;
	walk_end(&w);
	return count;
}

/* By the row that leads from the origin to the number, else by what a head says. */
static size_t find_origin(struct txn *t, uint32_t log, char out[ORIGIN_MAX + 1])
{
	uint8_t prefix = 'o', number[3];
	struct span key, value;
	struct checkpoint c;
	struct fault ignored;
	struct walk w;
	struct note n;
	size_t size = 0;

	walk_begin(&w, t, TABLE_LOGS, (struct span){ &prefix, 1 });
	while (size == 0 && walk_next(&w, &key, &value)) {
		if (get_u24(value.data) != log)
			continue;
		size = key.size - 1;
		memcpy(out, key.data + 1, size);
	}
	walk_end(&w);
	put_u24(number, log);
	walk_begin(&w, t, TABLE_HEADS, (struct span){ number, sizeof number });
	while (size == 0 && walk_next(&w, &key, &value)) {
		struct span note = { value.data + HEAD_FIXED, value.size - HEAD_FIXED };
		if (note_parse(&n, note, &ignored) || checkpoint_parse(&c, n.text, &ignored))
			continue;
		size = strlen(c.origin);
		memcpy(out, c.origin, size);
	}
	walk_end(&w);
	out[size] = '\0';
	return size;
}

/* As many as there are leaves without a gap. */
static uint64_t count_leaves(struct txn *t, uint32_t log)
{
	uint8_t prefix[4];
	struct span key, value;
	uint64_t count = 0;
	struct walk w;

	put_u24(prefix, log);
	prefix[3] = TREE_ROWS - 1;
	walk_begin(&w, t, TABLE_TREE, (struct span){ prefix, sizeof prefix });
	while (walk_next(&w, &key, &value) && get_u40(key.data + 4) * TREE_GROUP == count)
		count += value.size / HASH_SIZE;
	walk_end(&w);
	return count;
}

/* A row without a true frontier: only heads and hashes will say what is good. */
static void mend_log(struct txn *t, uint32_t log)
{
	uint8_t key[4], row[8 + 64 * HASH_SIZE + ORIGIN_MAX] = { 0 };
	char origin[ORIGIN_MAX + 1];
	uint64_t size = count_leaves(t, log);
	size_t at = 8 + (size_t)__builtin_popcountll(size) * HASH_SIZE;
	size_t origin_size = find_origin(t, log, origin);

	if (origin_size == 0)
		origin_size = (size_t)snprintf(origin, sizeof origin, "lost/%u", (unsigned)log);
	put_u64(row, size);
	memcpy(row + at, origin, origin_size);
	txn_put(t, TABLE_LOGS, log_key(key, 'n', log), (struct span){ row, at + origin_size });
}

/* Logs are numbered without gaps; both rows of each say so. */
static int mend_logs(struct salvage *g)
{
	struct txn *t = txn_begin(g->to, true, g->f);
	uint8_t key[4], number[3], path[1 + ORIGIN_MAX];
	char origin[ORIGIN_MAX + 1];
	struct span v;

	if (!t)
		return -1;
	uint32_t rows = count_rows(t, 'n'), ways = count_rows(t, 'o');
	uint32_t count = rows > ways ? rows : ways;
	for (uint32_t log = 1; log <= count; log++) {
		if (!txn_get(t, TABLE_LOGS, log_key(key, 'n', log), &v) ||
		    (!g->whole[TABLE_LOGS] && get_u64(v.data) < count_leaves(t, log)))
			mend_log(t, log);
		if (!log_origin(t, log, origin))
			break;
		put_u24(number, log);
		txn_put(t, TABLE_LOGS, origin_key(path, (const uint8_t *)origin, strlen(origin)),
			(struct span){ number, sizeof number });
	}
	put_u24(number, count);
	txn_put(t, TABLE_LOGS, (struct span){ (const uint8_t *)"c", 1 },
		(struct span){ number, sizeof number });
	return txn_commit(t, g->f);
}

static int fill(struct salvage *g, struct pages *pages)
{
	int rc = take_tables(g, pages);

	if (g->txn && rc == 0)
		rc = txn_commit(g->txn, g->f);
	else
		txn_abort(g->txn);
	return rc ? rc : mend_logs(g);
}

int repair_salvage(const char *file, const char *folder, struct fault *f)
{
	struct salvage g = { .f = f };
	struct pages *pages = pages_open(file, PAGES_ANY, f);
	int rc = -1;

	if (!pages)
		return -1;
	g.to = store_open(folder, STORE_WRITE, f);
	if (g.to)
		rc = fill(&g, pages);
	store_close(g.to);
	pages_close(pages);
	return rc;
}
