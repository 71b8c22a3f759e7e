/*
 * The thin layer over LMDB 0.9.24: opening, transactions. The map may only be
 * resized while this process has no transaction.
 */
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/check_page.h"
#include "store/db_inside.h"
#include "store/identity.h"

#define MAP_FIRST ((size_t)1 << 30)
#define MAP_MAX ((size_t)1 << 44)        /* an eighth of the address space */
#define MAP_FREE_MIN ((size_t)64 << 20)
/* 126 is LMDB's default; requests own their readers. A slot is 64 bytes. */
#define READERS_MAX 512
/* Slots of killed readers are looked for each so many write transactions. */
#define READER_CHECK_EVERY 4096
/* Bytes behind the end of the file that LMDB may have allocated and freed unwritten. */
#define UNWRITTEN_MAX (1 << 20)

const char *const table_name[TABLE_COUNT] = {   /* in the order of enum table */
	"meta", "logs", "runs", "entries", "tree", "heads", "index", "devices", "counters",
	"names", "watch", "evidence", "cosigned",
};

static size_t map_first = MAP_FIRST;

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

bool txn_break(struct txn *t, int rc, const char *what)
{
	struct fault f;

	mdb_fault(t->store, rc, what, &f);
	txn_fail(t, &f);
	return false;
}

/* --- opening --- */

/* Handles of the tables stay valid for the life of the environment. *missing:
 * a table is not there, which is for identity_open() to explain. */
static int tables_open(struct txn *t, bool *missing)
{
	for (int i = 0; i < TABLE_COUNT; i++) {
		int rc = mdb_dbi_open(t->mdb, table_name[i], t->write ? MDB_CREATE : 0,
				      &t->store->table[i]);
		if (rc == MDB_NOTFOUND && i != TABLE_META)
			*missing = true;
		else if (rc)
			return rc;
	}
	return 0;
}

static int content_read(struct txn *t, struct fault *f)
{
	struct store *s = t->store;
	const char *dir = s->place.path;
	bool missing = false;
	int rc = tables_open(t, &missing);

	if (rc && rc != MDB_NOTFOUND)
		return mdb_fault(s, rc, "open its tables", f);
	if (!rc && identity_open(t, t->write, dir, &s->identity, f))
		return -1;
	if (rc || missing)
		return fault_set(f, FAULT_INPUT, "%s/data.mdb holds no store: start "
			"tracd once, or name another folder", dir);
	return 0;
}

/* A refused store is left as it was. */
static int content_open(struct store *s, bool write, struct fault *f)
{
	struct txn *t = txn_begin(s, write, f);

	if (!t)
		return -1;
	if (content_read(t, f)) {
		txn_abort(t);
		return -1;
	}
	return txn_commit(t, f);
}

static int env_open(struct store *s, bool write, struct fault *f)
{
	unsigned flags = (write ? 0 : MDB_RDONLY) | (s->place.file ? MDB_NOSUBDIR | MDB_NOLOCK : 0);
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
		rc = mdb_env_open(s->env, s->place.path, MDB_NOTLS | flags, 0600);
	if (!rc)
		rc = mdb_reader_check(s->env, NULL);
	if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		return fault_set(f, FAULT_IO, "%s%s is not a database that LMDB "
			"reads (%s): stop tracd, then run 'trac store repair'",
			s->place.path, s->place.file ? "" : "/data.mdb", mdb_strerror(rc));
	return rc ? mdb_fault(s, rc, "open", f) : 0;
}

#define DATA_PATH_MAX (PATH_MAX + sizeof "/data.mdb")

static const char *data_path(const struct store *s, char path[DATA_PATH_MAX])
{
	snprintf(path, DATA_PATH_MAX, "%s%s", s->place.path, s->place.file ? "" : "/data.mdb");
	return path;
}

/* A copy that was interrupted: reading behind the end of the file would be SIGBUS. */
static int env_is_whole(const struct store *s, struct fault *f)
{
	uint64_t used = store_bytes(s), there;
	char path[DATA_PATH_MAX];
	struct stat st;

	if (stat(data_path(s, path), &st))
		return fault_set(f, FAULT_IO, "%s: %s", path, strerror(errno));
	there = (uint64_t)st.st_size;
	if (there >= used || (used - there <= UNWRITTEN_MAX && 2 * there >= used))
		return 0;
	return fault_set(f, FAULT_IO, "%s is cut short: %llu of %llu bytes are there; set it aside "
			 "and put a backup in its place, or start empty and let peers fill it",
			 path, (unsigned long long)there, (unsigned long long)used);
}

/* The state that txnid names; its pages stay as they are while a reader has it. */
static int pages_are_good(struct store *s, uint64_t txnid, struct fault *f)
{
	char path[DATA_PATH_MAX];
	struct pages *p = pages_open(data_path(s, path), txnid, f);
	struct pages_sum sum = { .bad = 0 };
	/* before LMDB opens the file only its first pages count */
	int rc = !p ? -1 : txnid == PAGES_NEWEST ? 0 : pages_check(p, &sum, f);

	pages_close(p);
	s->lost = sum.lost;
	if (rc || sum.bad == 0)
		return rc;
	return fault_set(f, FAULT_UNPROVED, "%s (%llu such differences): stop tracd, then run "
			 "'trac store repair'", sum.first, (unsigned long long)sum.bad);
}

static int content_doubt(struct store *s, struct fault *f)
{
	MDB_txn *t;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &t);

	if (rc)
		return mdb_fault(s, rc, "begin", f);
	rc = pages_are_good(s, mdb_txn_id(t), f);
	mdb_txn_abort(t);
	return rc;
}

static void on_lost_page(int number)
{
	static const char text[] = "the store cannot be read: data.mdb is cut short, or the disk "
		"fails; set it aside and put a backup in its place\n";

	(void)number;
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(fault_exit(FAULT_BUG));
	_exit(fault_exit(FAULT_IO));
}

void store_guard(void)
{
	signal(SIGBUS, on_lost_page);
}

struct store *store_open(const char *dir, enum store_open mode, struct fault *f)
{
	bool write = mode == STORE_WRITE, doubted = mode >= STORE_DOUBTED;

	assert(dir && f && mode >= STORE_WRITE && mode <= STORE_FILE);
	struct store *s = calloc(1, sizeof *s);
	if (!s)
		fault_set(f, FAULT_LIMIT, "store %s: no memory", dir);
	if (!s || (mode == STORE_FILE ? place_file(&s->place, dir, f) :
		   place_claim(&s->place, dir, write, f))) {
		free(s);
		return NULL;
	}
	/* the folder is synced after the first commit: LMDB does not do it */
	if ((doubted && pages_are_good(s, PAGES_NEWEST, f)) || env_open(s, write, f) ||
	    env_is_whole(s, f) || (doubted && content_doubt(s, f)) ||
	    content_open(s, write, f) || (write && place_sync(&s->place, f))) {
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
	return s->identity.uuid;
}

const uint8_t *store_salt(const struct store *s)
{
	return s->identity.salt;
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

uint64_t store_lost(const struct store *s)
{
	return s->lost;
}

int store_copy(struct store *s, int fd, struct fault *f)
{
	int rc = mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);

	if (rc == ENOSPC || rc == EDQUOT || rc == EFBIG)
		return fault_set(f, FAULT_FULL, "no room for a copy of store %s", s->place.path);
	return rc ? mdb_fault(s, rc, "copy", f) : 0;
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

struct txn_memo *txn_memo(struct txn *t, uint32_t log)
{
	return &t->memo[log % TXN_MEMOS];
}
