/* Copying a store out and in: to a name of its own, checked, renamed. */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup_judge.h"
#include "store/check.h"
#include "store/check_keys.h"
#include "store/folder.h"

#define TEMPORARY_MAX (PATH_MAX + 8)

/* --- what a store holds --- */

static int weigh(struct backup *b, struct store *s, bool *known, struct fault *f)
{
	struct backup_weight w;

	if (backup_weigh(s, b->own, &w, f))
		return -1;
	*known = w.known;
	b->logs = w.logs;
	b->entries = w.entries;
	b->own_entries = w.own_entries;
	b->bytes = store_bytes(s);
	return 0;
}

static int of_another(const struct backup *b, const char *file, struct fault *f)
{
	return fault_set(f, FAULT_REFUSED, "%s is of another node than %s: name another folder",
			 file, b->own->name);
}

/* The backup that is there; NULL: there is none. */
static int old_open(struct backup *b, const char *file, struct store **out, struct fault *f)
{
	struct backup_weight w;

	*out = NULL;
	if (access(file, F_OK) && errno == ENOENT)
		return 0;
	*out = store_open(file, STORE_FILE, f);
	if (!*out) {
		fault_prefix(f, "the backup that is there cannot be read: remove it, or name "
			     "another folder");
		return -1;
	}
	if (backup_weigh(*out, b->own, &w, f))
		return -1;
	return w.known ? 0 : of_another(b, file, f);
}

/* --- the check --- */

struct checking {
	struct backup *backup;
	struct check_keys *keys;
	char first[FAULT_TEXT_MAX];
};

static void tell(void *ctx, const char *sentence)
{
	struct checking *k = ctx;

	if (!*k->first)
		snprintf(k->first, sizeof k->first, "%s", sentence);
}

static void progress(void *ctx, uint64_t entries)
{
	const struct checking *k = ctx;

	if (k->backup->progress)
		k->backup->progress(k->backup->ctx, entries);
}

static int is_signed(void *ctx, const char *origin, struct span note, struct fault *f)
{
	const struct checking *k = ctx;

	return check_keys_signed(k->keys, origin, note, f);
}

static int check(struct backup *b, struct store *s, const char *file, enum own_key *own,
		 struct fault *f)
{
	struct checking k = { .backup = b };
	struct check_report r = {
		.tell = tell, .progress = progress, .is_signed = is_signed, .ctx = &k,
	};
	bool known;

	k.keys = check_keys_create(s, b->authority, b->own, f);
	if (!k.keys)
		return -1;
	*own = check_keys_own(k.keys);
	int rc = store_check(s, &r, f);
	check_keys_destroy(k.keys);
	if (!rc && *own == OWN_KEY_OTHERS)
		return fault_set(f, FAULT_REFUSED, "the key of this node is none that %s was ever "
				 "signed with: it is of another node", b->own->name);
	if (!rc && r.bad)
		return fault_set(f, FAULT_UNPROVED, "%s is not as it should be (%llu differences): "
				 "%s", file, (unsigned long long)r.bad, k.first);
	return rc ? rc : weigh(b, s, &known, f);
}

/* old: the one that it is to replace; may be NULL. */
static int check_file(struct backup *b, const char *file, struct store *old, const char *path,
		      enum own_key *own, struct fault *f)
{
	struct store *s = store_open(file, STORE_FILE, f);
	int rc = s ? check(b, s, file, own, f) : -1;

	if (!rc && old)
		rc = backup_judge(old, s, b->own, path, f);
	store_close(s);
	return rc;
}

/* --- files --- */

/* Locked, and still under that name: who held it before may have renamed it. */
static bool is_ours(int fd, const char *path)
{
	struct stat held, there;

	return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 &&
	       stat(path, &there) == 0 && held.st_ino == there.st_ino &&
	       held.st_dev == there.st_dev;
}

/* One name, so that what a crash leaves is written over by the next one; its lock keeps a
 * second one from judging what is there before this one has replaced it. */
static int temporary_open(const char *file, char path[TEMPORARY_MAX], struct fault *f)
{
	int fd;

	if (snprintf(path, TEMPORARY_MAX, "%s.new", file) >= TEMPORARY_MAX)
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", file);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return folder_fault(f, path, "cannot be made");
	if (!is_ours(fd, path))
		fault_set(f, FAULT_UNAVAILABLE, "%s: another one is writing it: wait for that", path);
	else if (ftruncate(fd, 0))
		folder_fault(f, path, "cannot be emptied");
	else
		return fd;
	close(fd);
	return -1;
}

/* Copied over a store that runs, its node would write on into a file without a name. */
static int refuse_store(const char *file, struct fault *f)
{
	char lock[TEMPORARY_MAX];
	const char *slash = strrchr(file, '/');

	snprintf(lock, sizeof lock, "%.*swriter.lock", slash ? (int)(slash - file) + 1 : 0, file);
	return access(lock, F_OK) ? 0 :
		fault_set(f, FAULT_REFUSED, "%s is in the store of a node: name another folder", file);
}

static int sync_folder(const char *file, struct fault *f)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%s", file);
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	return folder_sync_path(slash ? folder : ".", f);
}

static int put_in_place(const char *temporary, const char *file, bool replace, struct fault *f)
{
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, file, replace ? 0 : RENAME_NOREPLACE) == 0)
		return sync_folder(file, f);
	if (errno == EEXIST)
		return fault_set(f, FAULT_REFUSED, "%s is there: a store is never overwritten", file);
	return folder_fault(f, file, "cannot be put in place");
}

/* --- out --- */

static int copy_out(struct backup *b, struct store *s, const char *file, struct fault *f)
{
	char temporary[TEMPORARY_MAX];
	enum own_key own;
	int fd = temporary_open(file, temporary, f);

	if (fd < 0)
		return -1;
	struct store *old;
	int rc = old_open(b, file, &old, f);
	if (!rc)
		rc = store_copy(s, fd, f);
	if (!rc && fsync(fd))
		rc = folder_fault(f, temporary, "cannot be synced");
	if (!rc)
		rc = check_file(b, temporary, old, file, &own, f);
	store_close(old);
	if (!rc)
		rc = put_in_place(temporary, file, true, f);
	if (rc)
		unlink(temporary);
	close(fd);
	return rc;
}

int store_backup(struct backup *b, const char *store, const char *file, struct fault *f)
{
	int rc = -1;

	if (refuse_store(file, f))
		return -1;
	struct store *s = store_open(store, STORE_READ_ONLY, f);
	if (s)
		rc = copy_out(b, s, file, f);
	store_close(s);
	return rc;
}

/* --- in --- */

static int copy_bytes(int from, int to, const char *path, struct fault *f)
{
	uint8_t part[1 << 16];
	size_t at = 0;

	for (;;) {
		ssize_t got = read(from, part, sizeof part);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return folder_fault(f, path, "cannot be read");
		if (got == 0)
			return fsync(to) ? folder_fault(f, path, "its copy cannot be synced") : 0;
		if (folder_write(to, (struct span){ part, (size_t)got }, at) < 0)
			return folder_fault(f, path, "its copy cannot be written");
		at += (size_t)got;
	}
}

static int copy_in(const char *file, int to, struct fault *f)
{
	int from = open(file, O_RDONLY | O_CLOEXEC);

	if (from < 0)
		return folder_fault(f, file, "cannot be opened");
	int rc = copy_bytes(from, to, file, f);
	close(from);
	return rc;
}

/* The own log of the backup is the one of this node. */
static int check_own(struct backup *b, const char *file, struct fault *f)
{
	struct store *s = store_open(file, STORE_FILE, f);
	bool known = false;
	int rc = s ? weigh(b, s, &known, f) : -1;

	store_close(s);
	if (rc || known)
		return rc;
	return fault_set(f, FAULT_REFUSED, "the backup holds no log %s: it is of another node",
			 b->own->name);
}

/* What an old key signs is taken by nobody. One that the backup does not know may have come
 * after it: tracd waits until the member log names it. */
static int check_key(struct backup *b, enum own_key own, struct fault *f)
{
	b->key_is_new = own == OWN_KEY_UNKNOWN;
	if (own != OWN_KEY_REPLACED || b->has_next)
		return 0;
	return fault_set(f, FAULT_REFUSED, "the keys of %s were replaced by later ones before this "
			 "backup was made: restore it with the newest copy of keys/", b->own->name);
}

int store_restore(struct backup *b, const char *file, const char *store, struct fault *f)
{
	char data[PATH_MAX], temporary[TEMPORARY_MAX];
	enum own_key own;

	if (snprintf(data, sizeof data, "%s/data.mdb", store) >= (int)sizeof data)
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", store);
	if (access(data, F_OK) == 0)
		return fault_set(f, FAULT_REFUSED, "%s is there: a store is never overwritten", data);
	int fd = temporary_open(data, temporary, f);
	if (fd < 0)
		return -1;
	int rc = copy_in(file, fd, f);
	if (!rc && (check_file(b, temporary, NULL, file, &own, f) || check_key(b, own, f) ||
		    check_own(b, temporary, f)))
		rc = -1;
	if (!rc)
		rc = put_in_place(temporary, data, false, f);
	if (rc)
		unlink(temporary);
	close(fd);
	return rc;
}
