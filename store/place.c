/* Claiming a folder for a store. */
#include "store/place.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Below this much room a failed write was a full disk, whatever errno said. */
#define FREE_MIN ((uint64_t)1 << 20)

/* LMDB: a process that opens an environment twice drops its own locks. */
static struct place *claimed;

/* Maps and locks of LMDB do not hold across these. */
static const struct {
	unsigned long magic;
	const char *name;
} remote[] = {
	{ NFS_SUPER_MAGIC, "NFS" },
	{ SMB_SUPER_MAGIC, "SMB" },
	{ 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB2" },
	{ V9FS_MAGIC, "9p" },
	{ 0x65735546, "FUSE" },
	{ CEPH_SUPER_MAGIC, "Ceph" },
	{ AFS_SUPER_MAGIC, "AFS" },
	{ CODA_SUPER_MAGIC, "Coda" },
	{ 0x786f4256, "vboxsf" },
};

static int folder_check(const struct place *p, struct fault *f)
{
	struct statfs fs;

	if (fstatfs(p->folder_fd, &fs))
		return fault_set(f, FAULT_IO, "store %s: statfs: %s", p->path,
				 strerror(errno));
	for (size_t i = 0; i < sizeof remote / sizeof *remote; i++) {
		if ((unsigned long)(unsigned)fs.f_type == remote[i].magic)
			return fault_set(f, FAULT_CONFIG, "store %s lies on a network or "
				"user file system (%s), where the database would be "
				"damaged: choose a folder on a local disk", p->path,
				remote[i].name);
	}
	return 0;
}

static int folder_open(struct place *p, struct fault *f)
{
	struct stat st;

	p->folder_fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->folder_fd < 0)
		return fault_set(f, errno == ENOENT ? FAULT_ABSENT : FAULT_CONFIG,
			"store folder %s: %s: create it, owned by the service", p->path,
			strerror(errno));
	if (fstat(p->folder_fd, &st))
		return fault_set(f, FAULT_IO, "store folder %s: %s", p->path,
				 strerror(errno));
	p->device = st.st_dev;
	p->inode = st.st_ino;
	for (const struct place *o = claimed; o; o = o->next) {
		if (o->device == p->device && o->inode == p->inode)
			return fault_set(f, FAULT_BUSY, "store %s is open in this process "
				"already", p->path);
	}
	return folder_check(p, f);
}

/* The number in writer.lock is for people; the lock is what counts. */
static int writer_lock(struct place *p, struct fault *f)
{
	char text[32] = "";

	p->lock_fd = openat(p->folder_fd, "writer.lock",
			    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (p->lock_fd < 0)
		return fault_set(f, errno == ENOSPC ? FAULT_FULL : FAULT_CONFIG,
			"%s/writer.lock: %s", p->path, strerror(errno));
	if (flock(p->lock_fd, LOCK_EX | LOCK_NB)) {
		ssize_t n = pread(p->lock_fd, text, sizeof text - 1, 0);
		text[n > 0 ? (size_t)n : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		return fault_set(f, FAULT_BUSY, "store %s is in use by process %s: stop "
			"it first", p->path, *text ? text : "(unknown)");
	}
	int size = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	/* best effort: a full disk must not keep the daemon from starting */
	if (ftruncate(p->lock_fd, 0) || pwrite(p->lock_fd, text, (size_t)size, 0) != size)
		return 0;
	return 0;
}

static int data_check(const struct place *p, struct fault *f)
{
	struct stat st;

	if (!p->write && faccessat(p->folder_fd, "data.mdb", R_OK, 0))
		return fault_set(f, errno == ENOENT ? FAULT_ABSENT : FAULT_CONFIG,
			"%s/data.mdb: %s: there is no store to read", p->path,
			strerror(errno));
	if (!p->write && !fstatat(p->folder_fd, "data.mdb", &st, 0) && st.st_size == 0)
		return fault_set(f, FAULT_ABSENT, "%s/data.mdb is empty: there is no store to "
			"read", p->path);
	return 0;
}

int place_claim(struct place *p, const char *path, bool write, struct fault *f)
{
	*p = (struct place){ .folder_fd = -1, .lock_fd = -1, .write = write };
	if (snprintf(p->path, sizeof p->path, "%s", path) >= (int)sizeof p->path)
		return fault_set(f, FAULT_CONFIG, "the path of the store is too long: %s",
				 path);
	if (folder_open(p, f) || data_check(p, f) || (write && writer_lock(p, f))) {
		place_release(p);
		return -1;
	}
	p->next = claimed;
	claimed = p;
	return 0;
}

int place_file(struct place *p, const char *path, struct fault *f)
{
	*p = (struct place){ .folder_fd = -1, .lock_fd = -1, .file = true };
	if (snprintf(p->path, sizeof p->path, "%s", path) >= (int)sizeof p->path)
		return fault_set(f, FAULT_CONFIG, "the path is too long: %s", path);
	if (access(path, R_OK))
		return fault_set(f, errno == ENOENT ? FAULT_ABSENT : FAULT_CONFIG, "%s: %s",
				 path, strerror(errno));
	return 0;
}

void place_release(struct place *p)
{
	for (struct place **at = &claimed; *at; at = &(*at)->next) {
		if (*at == p) {
			*at = p->next;
			break;
		}
	}
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	if (p->folder_fd >= 0)
		close(p->folder_fd);
	p->lock_fd = p->folder_fd = -1;
}

int place_sync(const struct place *p, struct fault *f)
{
	if (fsync(p->folder_fd))
		return fault_set(f, FAULT_IO, "store folder %s: fsync: %s", p->path,
				 strerror(errno));
	return 0;
}

/*
 * LMDB says EIO for a short write, which is how most file systems report the
 * last free block. Before the meta page is written nothing of a commit counts,
 * so that a full disk is harmless; a failed meta page makes LMDB refuse the
 * next transaction, which txn_commit() tries.
 */
bool place_is_full(const struct place *p, int error)
{
	struct statvfs v;

	if (error == ENOSPC || error == EDQUOT || error == EFBIG)
		return true;
	if (error != EIO || fstatvfs(p->folder_fd, &v))
		return false;
	return (uint64_t)v.f_bavail * v.f_frsize < FREE_MIN;
}
