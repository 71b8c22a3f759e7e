/* The thin layer over LMDB: rows and walks. */
#include "store/db.h"

#include <assert.h>
#include <string.h>

#include "store/db_inside.h"

static MDB_val val_of(struct span s)
{
	return (MDB_val){ .mv_size = s.size, .mv_data = (void *)s.data };
}

static struct span span_of(const MDB_val *v)
{
	return (struct span){ v->mv_data, v->mv_size };
}

bool txn_get(struct txn *t, enum table table, struct span key, struct span *value)
{
	MDB_val k = val_of(key), v;

	if (t->failed)
		return false;
	int rc = mdb_get(t->mdb, t->store->table[table], &k, &v);
	if (rc)
		return rc != MDB_NOTFOUND && txn_break(t, rc, table_name[table]);
	*value = span_of(&v);
	return true;
}

static int row_put(struct txn *t, enum table table, MDB_cursor *c, MDB_val *k, MDB_val *v,
		   unsigned flags)
{
	return c ? mdb_cursor_put(c, k, v, flags) :
		mdb_put(t->mdb, t->store->table[table], k, v, flags);
}

/* c: NULL, or a cursor of the table that is near. */
static bool txn_write(struct txn *t, enum table table, MDB_cursor *c, struct span key,
		      MDB_val *value, unsigned flags)
{
	MDB_val k = val_of(key);

	assert(t->write);
	if (t->failed)
		return false;
	int rc = row_put(t, table, c, &k, value, flags);
	/* APPEND is for the very end of a table only; a log in its middle is put,
	 * and must not be there */
	if (rc == MDB_KEYEXIST && flags & MDB_APPEND)
		rc = row_put(t, table, c, &k, value, MDB_NOOVERWRITE);
	if (rc == MDB_KEYEXIST) {
		struct fault f;
		fault_set(&f, FAULT_BUG, "store %s: a row of table '%s' was to be appended "
			"but is there", t->store->place.path, table_name[table]);
		txn_fail(t, &f);
		return false;
	}
	return rc ? txn_break(t, rc, table_name[table]) : true;
}

void txn_put(struct txn *t, enum table table, struct span key, struct span value)
{
	MDB_val v = val_of(value);

	txn_write(t, table, NULL, key, &v, 0);
}

void txn_append(struct txn *t, enum table table, struct span key, struct span value)
{
	MDB_val v = val_of(value);

	txn_write(t, table, NULL, key, &v, MDB_APPEND);
}

void *txn_reserve(struct txn *t, enum table table, struct span key, size_t size)
{
	MDB_val v = { size, NULL };

	return txn_write(t, table, NULL, key, &v, MDB_RESERVE) ? v.mv_data : NULL;
}

bool txn_delete(struct txn *t, enum table table, struct span key)
{
	MDB_val k = val_of(key);

	assert(t->write);
	if (t->failed)
		return false;
	int rc = mdb_del(t->mdb, t->store->table[table], &k, NULL);
	if (rc && rc != MDB_NOTFOUND)
		txn_break(t, rc, table_name[table]);
	return rc == 0;
}

void txn_empty(struct txn *t, enum table table)
{
	assert(t->write && table != TABLE_META);
	if (t->failed)
		return;
	int rc = mdb_drop(t->mdb, t->store->table[table], 0);
	if (rc)
		txn_break(t, rc, table_name[table]);
}

uint64_t txn_rows(struct txn *t, enum table table)
{
	MDB_stat stat;

	if (t->failed)
		return 0;
	int rc = mdb_stat(t->mdb, t->store->table[table], &stat);
	if (rc)
		txn_break(t, rc, table_name[table]);
	return rc ? 0 : stat.ms_entries;
}

/* The row of a step of a cursor; empty when there is none. */
static bool cursor_row(struct txn *t, MDB_cursor *c, MDB_cursor_op op, struct row *out)
{
	MDB_val k, v;
	int rc = mdb_cursor_get(c, &k, &v, op);

	*out = (struct row){ .key = { NULL, 0 } };
	if (rc)
		return rc != MDB_NOTFOUND && txn_break(t, rc, "look around");
	*out = (struct row){ span_of(&k), span_of(&v) };
	return true;
}

static void cursor_around(struct txn *t, MDB_cursor *c, struct span key, struct row *below,
			  struct row *above)
{
	MDB_val k = val_of(key), v;
	int rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);

	if (rc == MDB_NOTFOUND) {
		cursor_row(t, c, MDB_LAST, below);
	} else if (rc) {
		txn_break(t, rc, "look around");
	} else if (k.mv_size == key.size && memcmp(k.mv_data, key.data, key.size) == 0) {
		*below = (struct row){ span_of(&k), span_of(&v) };
		cursor_row(t, c, MDB_NEXT, above);
	} else {
		*above = (struct row){ span_of(&k), span_of(&v) };
		cursor_row(t, c, MDB_PREV, below);
	}
}

void txn_around(struct txn *t, enum table table, struct span key, struct row *below,
		struct row *above)
{
	MDB_cursor *c = NULL;

	*below = *above = (struct row){ .key = { NULL, 0 } };
	if (t->failed)
		return;
	int rc = mdb_cursor_open(t->mdb, t->store->table[table], &c);
	if (rc) {
		txn_break(t, rc, "open a cursor");
		return;
	}
	cursor_around(t, c, key, below, above);
	mdb_cursor_close(c);
}

bool txn_last(struct txn *t, enum table table, struct row *out)
{
	MDB_cursor *c = NULL;

	*out = (struct row){ .key = { NULL, 0 } };
	if (t->failed)
		return false;
	int rc = mdb_cursor_open(t->mdb, t->store->table[table], &c);
	if (rc)
		return txn_break(t, rc, "open a cursor");
	bool found = cursor_row(t, c, MDB_LAST, out);
	mdb_cursor_close(c);
	return found;
}

/* --- fills --- */

void fill_begin(struct fill *l, struct txn *t, enum table table)
{
	MDB_cursor *c = NULL;

	*l = (struct fill){ .txn = t, .table = table };
	if (t->failed)
		return;
	int rc = mdb_cursor_open(t->mdb, t->store->table[table], &c);
	if (rc)
		txn_break(t, rc, "open a cursor");
	else
		t->walks++;
	l->cursor = c;
}

void fill_put(struct fill *l, struct span key, struct span value)
{
	MDB_val v = val_of(value);

	txn_write(l->txn, l->table, l->cursor, key, &v, 0);
}

void fill_append(struct fill *l, struct span key, struct span value)
{
	MDB_val v = val_of(value);

	txn_write(l->txn, l->table, l->cursor, key, &v, MDB_APPEND);
}

void fill_end(struct fill *l)
{
	if (!l->cursor)
		return;
	mdb_cursor_close(l->cursor);
	l->cursor = NULL;
	l->txn->walks--;
}

/* --- walks --- */

void walk_begin(struct walk *w, struct txn *t, enum table table, struct span prefix)
{
	walk_from(w, t, table, prefix, prefix);
}

void walk_from(struct walk *w, struct txn *t, enum table table, struct span prefix,
	       struct span from)
{
	MDB_cursor *c = NULL;

	*w = (struct walk){ .txn = t, .prefix = prefix, .from = from };
	if (t->failed)
		return;
	int rc = mdb_cursor_open(t->mdb, t->store->table[table], &c);
	if (rc)
		txn_break(t, rc, "open a cursor");
	else
		t->walks++;
	w->cursor = c;
}

bool walk_next(struct walk *w, struct span *key, struct span *value)
{
	MDB_val k = val_of(w->from), v;
	/* LMDB takes no empty key */
	MDB_cursor_op first = w->from.size > 0 ? MDB_SET_RANGE : MDB_FIRST;

	if (!w->cursor || w->txn->failed)
		return false;
	int rc = mdb_cursor_get(w->cursor, &k, &v, w->started ? MDB_NEXT : first);
	w->started = true;
	if (rc && rc != MDB_NOTFOUND)
		txn_break(w->txn, rc, "walk");
	if (rc || k.mv_size < w->prefix.size)
		return false;
	if (w->prefix.size > 0 && memcmp(k.mv_data, w->prefix.data, w->prefix.size) != 0)
		return false;
	*key = span_of(&k);
	*value = span_of(&v);
	return true;
}

void walk_end(struct walk *w)
{
	if (!w->cursor)
		return;
	mdb_cursor_close(w->cursor);
	w->cursor = NULL;
	w->txn->walks--;
}
