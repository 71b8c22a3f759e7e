/* Checking a store: the tables of logs, then each log, then what is derived. */
#include "store/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/checker.h"
#include "store/key.h"
#include "store/reach.h"
#include "store/row.h"
#include "store/run.h"

/* What LMDB needs for the smallest entry, its number and its place. */
#define ENTRY_ROW_MIN 16

void check_bad(struct checker *c, const char *fmt, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list args;

	c->report->bad++;
	if (!c->report->tell)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	c->report->tell(c->report->ctx, text);
}

/* Number -> origin -> the same number; and how far each is indexed. */
static void check_known(struct checker *c, struct txn *t, uint32_t log)
{
	char origin[ORIGIN_MAX + 1];

	if (!log_origin(t, log, origin)) {
		if (!txn_failed(t))
			check_bad(c, "log %u: its row is missing", (unsigned)log);
		return;
	}
	if (log_find(t, origin) != log)
		check_bad(c, "log %u: %s leads to another log", (unsigned)log, origin);
	c->indexed[log] = reach_get(t, REACH_INDEXED, log);
	if (c->indexed[log] > log_size(t, log)) {
		check_bad(c, "log %u: %s is indexed beyond its end", (unsigned)log, origin);
		c->indexed[log] = log_size(t, log);
	}
}

/* Rows of runs and trees belong to logs that are known. */
static void check_strays(struct checker *c, struct txn *t, enum table table, const char *name)
{
	struct span key, value;
	uint8_t from[3];
	struct walk w;

	put_u24(from, c->logs + 1);
	walk_from(&w, t, table, (struct span){ NULL, 0 }, (struct span){ from, sizeof from });
	if (c->logs < LOG_NUMBER_MAX && walk_next(&w, &key, &value))
		check_bad(c, "there are rows of table '%s' of a log that is not known", name);
	walk_end(&w);
	put_u24(from, 0);
	walk_begin(&w, t, table, (struct span){ from, sizeof from });
	if (walk_next(&w, &key, &value))
		check_bad(c, "there are rows of table '%s' of no log", name);
	walk_end(&w);
}

/* Entries arrive without gaps, so that their rows are numbered 0 to arrivals. */
static void check_arrivals(struct checker *c, struct txn *t)
{
	c->arrivals = txn_rows(t, TABLE_ENTRIES);
	if (c->arrivals <= store_bytes(c->store) / ENTRY_ROW_MIN)
		return;
	check_bad(c, "table 'entries' claims more rows than the store has room for");
	c->arrivals = 0;
}

/* An entry that was cut off its log: log_cut() left an empty row. */
static bool was_cut(struct txn *t, uint64_t arrival)
{
	uint8_t key[ARRIVAL_KEY_SIZE];
	struct span v;

	return txn_get(t, TABLE_ENTRIES, arrival_key(key, arrival), &v) && v.size == 0;
}

/* Rows of entries that no log leads to, once all logs were walked. */
static void check_claims(struct checker *c, struct txn *t)
{
	for (uint64_t i = 0, told = 0; i < c->arrivals; i++) {
		if (c->claimed[i / 8] >> i % 8 & 1 || was_cut(t, i))
			continue;
		if (told++ == 0)
			check_bad(c, "row %llu of table 'entries' is missing or of no log",
				(unsigned long long)i);
		else
			c->report->bad++;
	}
}

static int check_strayed(struct checker *c, struct fault *f)
{
	struct txn *t = txn_begin(c->store, false, f);

	if (!t)
		return -1;
	check_claims(c, t);
	return txn_commit(t, f);
}

static int check_tables(struct checker *c, struct fault *f)
{
	struct txn *t = txn_begin(c->store, false, f);

	if (!t)
		return -1;
	c->logs = log_last(t);
	check_arrivals(c, t);
	c->indexed = calloc((size_t)c->logs + 1, sizeof *c->indexed);
	c->claimed = calloc(c->arrivals / 8 + 1, 1);
	if (!c->indexed || !c->claimed) {
		txn_abort(t);
		return fault_set(f, FAULT_LIMIT, "no memory to check %u logs", c->logs);
	}
	for (uint32_t log = 1; log <= c->logs; log++)
		check_known(c, t, log);
	check_strays(c, t, TABLE_RUNS, "runs");
	check_strays(c, t, TABLE_TREE, "tree");
	check_strays(c, t, TABLE_HEADS, "heads");
	return txn_commit(t, f);
}

/* Names are compared with the index, once that is known to be good. */
static int check_derived(struct checker *c, struct fault *f)
{
	uint64_t bad = c->report->bad;
	int rc = check_index(c, f);

	if (!rc && c->report->bad == bad)
		rc = check_names(c, f);
	if (!rc)
		rc = check_counters(c, f);
	return rc ? rc : check_watches(c, f);
}

int store_check(struct store *s, struct check_report *r, struct fault *f)
{
	struct checker c = { .store = s, .report = r, .set = key_set_create(s) };
	int rc = c.set ? 0 : fault_set(f, FAULT_LIMIT, "no memory to check the store");

	r->logs = r->entries = r->hashes = r->heads = r->keys = r->bad = 0;
	if (!rc)
		rc = check_tables(&c, f);
	for (uint32_t log = 1; !rc && log <= c.logs; log++) {
		rc = check_log(&c, log, f);
		r->logs++;
	}
	if (!rc)
		rc = check_strayed(&c, f);
	if (!rc)
		rc = check_each(&c, TABLE_COSIGNED, check_cosigned_row, f);
	if (!rc)
		rc = check_each(&c, TABLE_EVIDENCE, check_evidence_row, f);
	if (!rc)
		rc = check_self(&c, f);
	if (!rc)
		rc = check_derived(&c, f);
	key_set_destroy(c.set);
	free(c.claimed);
	free(c.indexed);
	return rc;
}
