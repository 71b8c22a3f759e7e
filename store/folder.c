/* Private folders of the home, by descriptor: no path is put together twice. */
#include "store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_fault(struct fault *f, const char *folder, const char *what)
{
	const int why = errno;

	return fault_set(f, why == ENOSPC || why == EDQUOT ? FAULT_FULL : FAULT_IO,
			 "%s: %s: %s", folder, what, strerror(why));
}

int folder_open(const char *home, const char *name, struct fault *f)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (snprintf(path, sizeof path, "%s/%s", home, name) >= (int)sizeof path)
		return fault_set(f, FAULT_CONFIG, "%s: the path of the home is too long", home);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return folder_fault(f, path, "cannot be made");
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return folder_fault(f, path, "cannot be opened");
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 077) == 0)
		return fd;
	close(fd);
	return fault_set(f, FAULT_CONFIG, "%s: others may read it: it must belong to the user of "
			 "tracd and have mode 0700", path);
}

int folder_sync(int folder, const char *name, struct fault *f)
{
	if (fsync(folder) < 0)
		return folder_fault(f, name, "the folder cannot be synced");
	return 0;
}

int folder_sync_path(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return folder_fault(f, path, "cannot be opened");
	rc = folder_sync(fd, path, f);
	close(fd);
	return rc;
}

int folder_write(int fd, struct span bytes, size_t offset)
{
	while (bytes.size > 0) {
		ssize_t put = pwrite(fd, bytes.data, bytes.size, (off_t)offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes.data += put;
		bytes.size -= (size_t)put;
		offset += (size_t)put;
	}
	return 0;
}

long folder_read(int fd, void *to, size_t room, size_t offset)
{
	size_t got = 0;

	while (got < room) {
		ssize_t n = pread(fd, (char *)to + got, room - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (long)got;
}

int folder_put(int folder, const char *name, struct span bytes)
{
	/* folder_each() passes over it */
	static const char fresh[] = ".new";
	int fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool bad;

	if (fd < 0)
		return -1;
	bad = folder_write(fd, bytes, 0) < 0 || fsync(fd) < 0;
	/* what it may fail with is what fsync() failed with */
	close(fd);
	return bad || renameat(folder, fresh, folder, name) < 0 ? -1 : fsync(folder);
}

int folder_each(int folder, int (*each)(void *ctx, const char *name), void *ctx)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (rc == 0) {
		const struct dirent *e = readdir(d);

		if (!e)
			break;
		if (e->d_name[0] != '.')
			rc = each(ctx, e->d_name);
	}
	closedir(d);
	return rc;
}
