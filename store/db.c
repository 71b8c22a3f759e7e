/*
 * The thin layer over LMDB 0.9.24, the only file that includes lmdb.h. The map
 * may only be resized while this process has no transaction.
 */
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

#include "store/identity.h"
#include "store/place.h"

#define MAP_FIRST ((size_t)1 << 30)
#define MAP_MAX ((size_t)1 << 44)        /* an eighth of the address space */
#define MAP_FREE_MIN ((size_t)64 << 20)
/* 126 is LMDB's default; requests own their readers. A slot is 64 bytes. */
#define READERS_MAX 512
/* Slots of killed readers are looked for each so many write transactions. */
#define READER_CHECK_EVERY 4096

static const char *const table_name[TABLE_COUNT] = {   /* in the order of enum table */
	"meta", "logs", "entries", "tree", "heads", "index", "devices", "counters",
};

static size_t map_first = MAP_FIRST;

struct store {
	MDB_env *env;
	MDB_dbi table[TABLE_COUNT];
	struct place place;      /* the folder, our claim on it */
	unsigned open;           /* transactions of this process */
	unsigned writes;         /* write transactions so far */
	bool writer;             /* a write transaction is open */
	bool map_was_full;
	bool dead;
	uint8_t uuid[STORE_UUID_SIZE];
};

struct txn {
	MDB_txn *mdb;
	struct store *store;
	bool write;
	bool failed;
	unsigned walks;          /* cursors that are not ended */
	struct fault fault;      /* when failed */
};

/* --- faults --- */

static int mdb_fault(struct store *s, int rc, const char *what, struct fault *f)
{
	const char *dir = s->place.path;

	if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL) {
		s->map_was_full = true;
		return fault_set(f, FAULT_FULL, "store %s: %s: the map of the database "
			"is full and grows with the next write: try again", dir, what);
	}
	if (place_is_full(&s->place, rc))
		return fault_set(f, FAULT_FULL, "store %s: %s: the disk is full, nothing "
			"was changed: make room, then try again", dir, what);
	if (rc == MDB_READERS_FULL)
		return fault_set(f, FAULT_LIMIT, "store %s: %s: %d readers are open, "
			"which is the limit: try again later", dir, what, READERS_MAX);
	if (rc == ENOMEM)
		return fault_set(f, FAULT_LIMIT, "store %s: %s: no memory", dir, what);
	if (rc == EACCES || rc == EPERM || rc == EROFS)
		return fault_set(f, FAULT_CONFIG, "store %s: %s: %s: run this as the user "
			"whose store it is", dir, what, strerror(rc));
	return fault_set(f, FAULT_IO, "store %s: %s: %s: stop, then run "
		"'trac store check'", dir, what, mdb_strerror(rc));
}

bool txn_failed(const struct txn *t)
{
	return t->failed;
}

int txn_fail(struct txn *t, const struct fault *f)
{
	if (!t->failed)
		t->fault = *f;
	t->failed = true;
	return -1;
}

static bool txn_break(struct txn *t, int rc, const char *what)
{
	struct fault f;

	mdb_fault(t->store, rc, what, &f);
	txn_fail(t, &f);
	return false;
}

/* --- opening --- */

/* Handles of the tables stay valid for the life of the environment. */
static int tables_open(struct store *s, MDB_txn *mdb, bool create)
{
	for (int i = 0; i < TABLE_COUNT; i++) {
		int rc = mdb_dbi_open(mdb, table_name[i], create ? MDB_CREATE : 0,
				      &s->table[i]);
		if (rc)
			return rc;
	}
	return 0;
}

static int content_open(struct store *s, bool write, struct fault *f)
{
	MDB_txn *mdb = NULL;
	int rc = mdb_txn_begin(s->env, NULL, write ? 0 : MDB_RDONLY, &mdb);

	if (!rc) {
		rc = tables_open(s, mdb, write);
		if (rc)
			mdb_txn_abort(mdb);
		else
			rc = mdb_txn_commit(mdb);   /* keeps the handles */
	}
	if (rc == MDB_NOTFOUND)
		return fault_set(f, FAULT_INPUT, "%s/data.mdb holds no store: start "
			"tracd once, or name another folder", s->place.path);
	if (rc)
		return mdb_fault(s, rc, "open its tables", f);
	struct txn *t = txn_begin(s, write, f);
	if (!t)
		return -1;
	if (identity_open(t, write, s->place.path, s->uuid, f)) {
		txn_abort(t);
		return -1;
	}
	return txn_commit(t, f);
}

static int env_open(struct store *s, bool write, struct fault *f)
{
	int rc = mdb_env_create(&s->env);

	if (rc) {
		s->env = NULL;
		return mdb_fault(s, rc, "open", f);
	}
	rc = mdb_env_set_maxdbs(s->env, TABLE_COUNT);
	if (!rc)
		rc = mdb_env_set_maxreaders(s->env, READERS_MAX);
	if (!rc && write)
		rc = mdb_env_set_mapsize(s->env, map_first);
	if (!rc)
		rc = mdb_env_open(s->env, s->place.path,
				  MDB_NOTLS | (write ? 0 : MDB_RDONLY), 0600);
	if (!rc)
		rc = mdb_reader_check(s->env, NULL);
	if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		return fault_set(f, FAULT_IO, "%s/data.mdb is not a database that LMDB "
			"reads (%s): set it aside, then restore from peers",
			s->place.path, mdb_strerror(rc));
	return rc ? mdb_fault(s, rc, "open", f) : 0;
}

struct store *store_open(const char *dir, enum store_open mode, struct fault *f)
{
	bool write = mode == STORE_WRITE;

	assert(dir && f && (mode == STORE_WRITE || mode == STORE_READ_ONLY));
	struct store *s = calloc(1, sizeof *s);
	if (!s)
		fault_set(f, FAULT_LIMIT, "store %s: no memory", dir);
	if (!s || place_claim(&s->place, dir, write, f)) {
		free(s);
		return NULL;
	}
	/* the folder is synced after the first commit: LMDB does not do it */
	if (env_open(s, write, f) || content_open(s, write, f) ||
	    (write && place_sync(&s->place, f))) {
		store_close(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	assert(s->open == 0);
	if (s->env)
		mdb_env_close(s->env);
	place_release(&s->place);
	free(s);
}

void store_map_first(size_t bytes)
{
	map_first = bytes ? bytes : MAP_FIRST;
}

const uint8_t *store_uuid(const struct store *s)
{
	return s->uuid;
}

static uint64_t used_bytes(const struct store *s, size_t *map_size)
{
	MDB_envinfo info;
	MDB_stat stat;

	if (mdb_env_info(s->env, &info) || mdb_env_stat(s->env, &stat))
		return 0;
	if (map_size)
		*map_size = info.me_mapsize;
	return ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
}

uint64_t store_bytes(const struct store *s)
{
	return used_bytes(s, NULL);
}

bool store_is_dead(const struct store *s)
{
	return s->dead;
}

/* --- transactions --- */

/*
 * Doubles the map when it is getting full. mdb_env_set_mapsize() moves the map
 * under a reader's feet and still returns success, so it waits for a moment
 * without any.
 */
static int map_grow(struct store *s, struct fault *f)
{
	size_t size = 0;
	uint64_t used = used_bytes(s, &size);
	uint64_t left = size > used ? size - used : 0;

	if (s->open > 0 || size >= MAP_MAX)
		return 0;
	if (!s->map_was_full && left >= size / 4 && left >= MAP_FREE_MIN)
		return 0;
	int rc = mdb_env_set_mapsize(s->env, 2 * size);
	if (rc) {
		/* the old map is gone already */
		s->dead = true;
		return mdb_fault(s, rc, "grow the map", f);
	}
	s->map_was_full = false;
	return 0;
}

static int mdb_begin(struct store *s, bool write, MDB_txn **mdb)
{
	unsigned flags = write ? 0 : MDB_RDONLY;
	int rc = mdb_txn_begin(s->env, NULL, flags, mdb);

	/* the daemon grew the map that we read beside it */
	if (rc == MDB_MAP_RESIZED && s->open == 0) {
		rc = mdb_env_set_mapsize(s->env, 0);
		if (!rc)
			rc = mdb_txn_begin(s->env, NULL, flags, mdb);
	}
	return rc;
}

struct txn *txn_begin(struct store *s, bool write, struct fault *f)
{
	assert(!write || !s->writer);
	assert(!write || s->place.write);
	if (s->dead) {
		fault_set(f, FAULT_IO, "store %s: an earlier write failed and it is not "
			"known what reached the disk: start again", s->place.path);
		return NULL;
	}
	if (write && map_grow(s, f))
		return NULL;
	if (write && ++s->writes % READER_CHECK_EVERY == 0)
		mdb_reader_check(s->env, NULL);
	struct txn *t = calloc(1, sizeof *t);
	int rc = t ? mdb_begin(s, write, &t->mdb) : ENOMEM;
	if (rc) {
		if (rc == MDB_PANIC)
			s->dead = true;
		mdb_fault(s, rc, "begin", f);
		free(t);
		return NULL;
	}
	t->store = s;
	t->write = write;
	s->open++;
	s->writer = s->writer || write;
	return t;
}

static void txn_free(struct txn *t)
{
	assert(t->walks == 0);
	t->store->open--;
	if (t->write)
		t->store->writer = false;
	free(t);
}

void txn_abort(struct txn *t)
{
	if (!t)
		return;
	mdb_txn_abort(t->mdb);
	txn_free(t);
}

/*
 * After a refused commit the old state counts, unless the meta page was being
 * written: then LMDB panics, and what is on the disk is undecided. Asking for
 * a transaction tells which it was.
 */
static bool commit_is_undecided(struct store *s, const struct fault *f)
{
	MDB_txn *probe;

	if (f->code != FAULT_FULL && f->code != FAULT_LIMIT)
		return true;
	if (mdb_txn_begin(s->env, NULL, 0, &probe))
		return true;
	mdb_txn_abort(probe);
	return false;
}

int txn_commit(struct txn *t, struct fault *f)
{
	struct store *s = t->store;

	if (t->failed) {
		*f = t->fault;
		txn_abort(t);
		return -1;
	}
	bool write = t->write;
	int rc = mdb_txn_commit(t->mdb);
	txn_free(t);
	if (!rc)
		return 0;
	mdb_fault(s, rc, "commit", f);
	if (write && commit_is_undecided(s, f)) {
		s->dead = true;
		return fault_set(f, FAULT_IO, "store %s: commit: %s: it is not known what "
			"reached the disk: start again, then run 'trac store check'",
			s->place.path, mdb_strerror(rc));
	}
	return -1;
}

/* --- rows --- */

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

static bool txn_write(struct txn *t, enum table table, struct span key, MDB_val *value,
		     unsigned flags)
{
	MDB_val k = val_of(key);

	assert(t->write);
	if (t->failed)
		return false;
	int rc = mdb_put(t->mdb, t->store->table[table], &k, value, flags);
	/* APPEND is for the very end of a table only; a log in its middle is put,
	 * and must not be there */
	if (rc == MDB_KEYEXIST && flags & MDB_APPEND)
		rc = mdb_put(t->mdb, t->store->table[table], &k, value, MDB_NOOVERWRITE);
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

	txn_write(t, table, key, &v, 0);
}

void txn_append(struct txn *t, enum table table, struct span key, struct span value)
{
	MDB_val v = val_of(value);

	txn_write(t, table, key, &v, MDB_APPEND);
}

void *txn_reserve(struct txn *t, enum table table, struct span key, size_t size)
{
	MDB_val v = { size, NULL };

	return txn_write(t, table, key, &v, MDB_RESERVE) ? v.mv_data : NULL;
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
