/* Repairing: from the damaged store, or what is salvaged of it, into a new one. */
#include "store/repair.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/aside.h"
#include "store/checker.h"
#include "store/folder.h"
#include "store/identity.h"
#include "store/log.h"
#include "store/repair_inside.h"

/* Folders of a repair in the folder of the store. */
#define NEW "repair"
#define SALVAGED "repair/salvaged"
#define OLD_MAX 10000
/* Rows copied in one transaction. */
#define STEP 1000

void repair_tell(struct repairing *p, const char *fmt, ...)
{
	char text[FAULT_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	p->r->tell(p->r->ctx, text);
}

bool repair_copies(enum table table)
{
	/* a table that is not named here is copied: truth that is not known to follow */
	static const bool built[TABLE_COUNT] = {
		[TABLE_META] = true, [TABLE_LOGS] = true, [TABLE_RUNS] = true,
		[TABLE_ENTRIES] = true, [TABLE_TREE] = true, [TABLE_HEADS] = true,
		[TABLE_INDEX] = true, [TABLE_DEVICES] = true, [TABLE_COUNTERS] = true,
		[TABLE_NAMES] = true, [TABLE_WATCH] = true,
	};

	return !built[table];
}

bool repair_keeps_meta(struct span key)
{
	/* not what is derived; the format is that of the new store */
	return key.size == 4 && (key.data[0] == 'q' || !memcmp(key.data, "uuid", 4) ||
				 !memcmp(key.data, "salt", 4));
}

/* --- folders --- */

static bool path_of(const struct repair *r, const char *name, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/%s", r->store, name) < PATH_MAX;
}

/* Of this and of an earlier repair; nothing else is in there. */
static void folders_remove(const struct repair *r)
{
	static const char *const file[] = { "data.mdb", "lock.mdb", "writer.lock" };
	static const char *const folder[] = { SALVAGED, NEW };
	char path[PATH_MAX], name[64];

	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < 3; k++) {
			snprintf(name, sizeof name, "%s/%s", folder[i], file[k]);
			if (path_of(r, name, path))
				unlink(path);
		}
		if (path_of(r, folder[i], path))
			rmdir(path);
	}
}

static int folder_make(const struct repair *r, const char *name, char path[PATH_MAX],
		       struct fault *f)
{
	if (!path_of(r, name, path))
		return fault_set(f, FAULT_CONFIG, "%.100s...: the path is too long", r->store);
	return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : folder_fault(f, path, "cannot be made");
}

/* No daemon writes while this is held; place.c claims a store alike. */
static int lock_writer(const struct repair *r, struct fault *f)
{
	char path[PATH_MAX];
	int fd;

	if (!path_of(r, "writer.lock", path))
		return fault_set(f, FAULT_CONFIG, "%.100s...: the path is too long", r->store);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return folder_fault(f, path, "cannot be opened");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return fault_set(f, FAULT_BUSY, "store %s is in use: stop tracd first", r->store);
}

/* The first free name for the damaged file in aside/. */
static int old_name(struct repairing *p)
{
	char path[PATH_MAX];

	if (folder_make(p->r, "aside", path, p->f))
		return -1;
	p->aside_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (p->aside_fd < 0)
		return folder_fault(p->f, path, "cannot be opened");
	for (unsigned i = 1; i < OLD_MAX; i++) {
		snprintf(p->r->old, sizeof p->r->old, "data-%u.mdb", i);
		if (faccessat(p->aside_fd, p->r->old, F_OK, AT_SYMLINK_NOFOLLOW))
			return 0;
	}
	return fault_set(p->f, FAULT_FULL, "%s holds %d files: remove old ones", path, OLD_MAX);
}

/* --- what is copied as it is --- */

static int is_signed(void *ctx, const char *origin, struct span note, struct fault *f)
{
	const struct repairing *p = ctx;

	return p->keys ? check_keys_signed(p->keys, origin, note, f) : 0;
}

/* Rows that stand for themselves are looked at; in a transaction of their own, since a bad
 * one makes it fail. */
static bool is_good(struct repairing *p, enum table table, struct span key, struct span value)
{
	const struct check_report report = { .is_signed = is_signed, .ctx = p };
	check_row *row = table == TABLE_COSIGNED ? check_cosigned_row :
		table == TABLE_EVIDENCE ? check_evidence_row : NULL;
	struct txn *t = row ? txn_begin(p->from, false, p->f) : NULL;
	struct fault why;
	bool good = !row || (t && row(&report, t, key, value, &why) == 0);

	txn_abort(t);
	if (!good && t)
		repair_tell(p, "%s: it is dropped: %s", why.text, table == TABLE_EVIDENCE ?
			    "peers show it again" : "of a log that is not held here this node "
			    "no longer knows what it vouched for: give it a new cosign.key");
	return good;
}

static int copy_rows(struct repairing *p, enum table table)
{
	struct span key, value;
	unsigned rows = 0;
	struct walk w;
	struct txn *from = txn_begin(p->from, false, p->f), *to = NULL;

	if (!from)
		return -1;
	walk_begin(&w, from, table, (struct span){ NULL, 0 });
	int rc = 0;
	while (!rc && walk_next(&w, &key, &value)) {
		if (!is_good(p, table, key, value))
			continue;
		if (!to)
			to = txn_begin(p->to, true, p->f);
		rc = to ? 0 : -1;
		if (!rc)
			txn_put(to, table, key, value);
		if (!rc && ++rows % STEP == 0) {
			rc = txn_commit(to, p->f);
			to = NULL;
		}
	}
	walk_end(&w);
	if (to && txn_commit(to, p->f))
		rc = -1;
	txn_abort(from);
	return rc;
}

/* Id and salt are read when a store is opened. */
static int new_open(struct repairing *p, const char *path)
{
	struct identity of;
	struct txn *t;

	memcpy(of.uuid, store_uuid(p->from), STORE_UUID_SIZE);
	memcpy(of.salt, store_salt(p->from), STORE_SALT_SIZE);
	p->to = store_open(path, STORE_WRITE, p->f);
	t = p->to ? txn_begin(p->to, true, p->f) : NULL;
	if (!t)
		return -1;
	identity_write(t, &of);
	if (txn_commit(t, p->f))
		return -1;
	store_close(p->to);
	p->to = store_open(path, STORE_WRITE, p->f);
	return p->to ? 0 : -1;
}

/* In doubt stays in doubt, also when it is not certain of which log: only the own one is. */
static int copy_doubt(struct repairing *p)
{
	static const uint8_t prefix = 'q';
	struct txn *from = txn_begin(p->from, false, p->f), *to = NULL;
	struct span key, value;
	struct walk w;

	if (!from)
		return -1;
	walk_begin(&w, from, TABLE_META, (struct span){ &prefix, 1 });
	bool doubt = walk_next(&w, &key, &value);
	walk_end(&w);
	txn_abort(from);
	if (!doubt || !p->r->own)
		return 0;
	to = txn_begin(p->to, true, p->f);
	if (!to)
		return -1;
	aside_set_doubt(to, aside_open(to, p->r->own->name), true);
	return txn_commit(to, p->f);
}

static int copy_logs(struct repairing *p)
{
	struct txn *t = txn_begin(p->from, false, p->f);

	if (!t)
		return -1;
	uint32_t last = log_last(t);
	txn_abort(t);
	for (uint32_t log = 1; log <= last; log++) {
		if (repair_log_make(p, log))
			return -1;
	}
	for (uint32_t log = 1; log <= last; log++) {
		if (repair_log(p, log))
			return -1;
	}
	txn_abort(p->t);
	p->t = NULL;
	if (copy_doubt(p))
		return -1;
	for (int i = 0; i < TABLE_COUNT; i++) {
		if (repair_copies((enum table)i) && copy_rows(p, (enum table)i))
			return -1;
	}
	return 0;
}

static void tell_difference(void *ctx, const char *sentence)
{
	const struct repairing *p = ctx;

	p->r->tell(p->r->ctx, sentence);
}

static int check_store(struct repairing *p, struct store *s, bool tell, uint64_t *bad)
{
	struct check_report report = {
		.tell = tell ? tell_difference : NULL, .is_signed = is_signed, .ctx = p,
	};
	int rc = store_check(s, &report, p->f);

	*bad = report.bad;
	return rc;
}

/* What was built is what is true, or it does not take the place of anything. */
static int build(struct repairing *p)
{
	char path[PATH_MAX];
	uint64_t bad;

	if (folder_make(p->r, NEW, path, p->f) || new_open(p, path) || copy_logs(p))
		return -1;
	if (p->r->confirmed && store_rebuild(p->to, p->f))
		return -1;
	if (check_store(p, p->to, false, &bad))
		return -1;
	if (bad == 0)
		return 0;
	return fault_set(p->f, FAULT_BUG, "the repaired store has %llu differences: it is not "
			 "used", (unsigned long long)bad);
}

/* --- what is repaired --- */

static bool rows_are_read(struct repairing *p)
{
	struct txn *t = txn_begin(p->from, false, p->f);
	char origin[ORIGIN_MAX + 1];
	bool good = t != NULL;

	for (uint32_t log = 1, last = t ? log_last(t) : 0; good && log <= last; log++)
		good = log_origin(t, log, origin) && log_find(t, origin) == log;
	txn_abort(t);
	return good;
}

/* Can LMDB be trusted with the file? 1: yes, 0: no, -1: not our matter. */
static int open_doubted(struct repairing *p)
{
	p->from = store_open(p->r->store, STORE_DOUBTED, p->f);
	if (p->from && rows_are_read(p))
		return 1;
	if (p->from) {
		p->r->bad++;
		repair_tell(p, "the rows of a log are damaged");
		store_close(p->from);
		p->from = NULL;
		return 0;
	}
	if (p->f->code != FAULT_UNPROVED && p->f->code != FAULT_IO)
		return -1;
	p->r->bad++;
	p->r->tell(p->r->ctx, p->f->text);
	return 0;
}

static int open_salvaged(struct repairing *p)
{
	char path[PATH_MAX], file[PATH_MAX];

	if (folder_make(p->r, NEW, path, p->f) || folder_make(p->r, SALVAGED, path, p->f))
		return -1;
	if (!path_of(p->r, "data.mdb", file) || repair_salvage(file, path, p->f))
		return -1;
	p->from = store_open(path, STORE_READ_ONLY, p->f);
	return p->from ? 0 : -1;
}

/* 0: open; p->r->bad says whether there is anything to do. */
static int open_source(struct repairing *p)
{
	int trusted = open_doubted(p);
	uint64_t bad;

	if (trusted < 0 || (trusted == 0 && open_salvaged(p)))
		return -1;
	if (p->r->authority) {
		p->keys = check_keys_create(p->from, p->r->authority, p->r->own, p->f);
		if (!p->keys)
			return -1;
	}
	/* what is salvaged lacks what is derived: that is no damage of its own */
	if (trusted == 0)
		return 0;
	if (check_store(p, p->from, true, &bad))
		return p->f->code == FAULT_LIMIT ? -1 : (p->r->bad++, 0);
	p->r->bad += bad;
	return 0;
}

/* --- putting it in place --- */

/* At each moment there is a data.mdb; the old one has its second name before. */
static int swap(struct repairing *p)
{
	char old[PATH_MAX], new[PATH_MAX], lock[PATH_MAX];

	if (!path_of(p->r, "data.mdb", old) || !path_of(p->r, NEW "/data.mdb", new) ||
	    !path_of(p->r, "lock.mdb", lock))
		return fault_set(p->f, FAULT_CONFIG, "%.100s...: the path is too long", p->r->store);
	if (linkat(AT_FDCWD, old, p->aside_fd, p->r->old, 0))
		return folder_fault(p->f, old, "cannot be kept in aside/");
	if (fsync(p->aside_fd))
		return folder_fault(p->f, p->r->store, "aside/ cannot be synced");
	if (rename(new, old))
		return folder_fault(p->f, old, "cannot be replaced");
	/* of the old file: readers of the new one must not be told its last transaction */
	unlink(lock);
	return folder_sync_path(p->r->store, p->f);
}

static int repair(struct repairing *p)
{
	int rc = open_source(p);

	if (rc || p->r->bad == 0)
		return rc;
	if (p->r->confirmed && old_name(p))
		return -1;
	rc = build(p);
	store_close(p->to);
	p->to = NULL;
	return rc || !p->r->confirmed ? rc : swap(p);
}

int store_repair(struct repair *r, struct fault *f)
{
	struct repairing p = { .r = r, .aside_fd = -1, .f = f };

	r->bad = r->kept = r->fetched = r->aside = r->lost = 0;
	*r->old = '\0';
	int lock = lock_writer(r, f);
	if (lock < 0)
		return -1;
	folders_remove(r);
	int rc = repair(&p);
	txn_abort(p.t);
	check_keys_destroy(p.keys);
	store_close(p.from);
	store_close(p.to);
	folders_remove(r);
	if (p.aside_fd >= 0)
		close(p.aside_fd);
	close(lock);
	return rc;
}
