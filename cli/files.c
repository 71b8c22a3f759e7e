/* Reading and writing whole files. */
#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, struct buffer *out)
{
	uint8_t part[16384];
	for (;;) {
		ssize_t got = read(fd, part, sizeof part);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		write_bytes(out, part, (size_t)got);
		if (out->failed)
			return 1;
	}
}

int file_read(const char *path, struct buffer *out, struct fault *f)
{
	bool standard = !strcmp(path, "-");
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be opened: %s", path, strerror(errno));
	int rc = read_all(fd, out);
	int why = errno;
	if (!standard)
		close(fd);
	if (rc < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be read: %s", path, strerror(why));
	if (rc > 0)
		return fault_set(f, FAULT_INPUT, "%s: is larger than the %zu bytes accepted",
				 path, out->max);
	return 0;
}

static int write_all(int fd, struct span bytes)
{
	while (bytes.size) {
		ssize_t put = write(fd, bytes.data, bytes.size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes.data += put;
		bytes.size -= (size_t)put;
	}
	return 0;
}

static int folder_sync(const char *path)
{
	char folder[PATH_MAX];
	if (snprintf(folder, sizeof folder, "%s", path) >= PATH_MAX)
		return -1;
	char *slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = fsync(fd);
	close(fd);
	return rc;
}

static int move_into_place(const char *from, const char *path, enum file_mode how)
{
	if (how == FILE_REPLACE)
		return rename(from, path);
	return renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE);
}

/* Closes the temporary file; good: all that it is to hold is in it. */
static int finish(int fd, bool good, const char *temporary, const char *path, enum file_mode how,
		  struct fault *f)
{
	int why = errno;
	close(fd);
	if (good && move_into_place(temporary, path, how) == 0)
		return 0;
	if (good)
		why = errno;
	unlink(temporary);
	return fault_set(f, FAULT_IO, "%s: cannot be written: %s", path, strerror(why));
}

int file_write(const char *path, struct span bytes, mode_t mode, enum file_mode how,
	       struct fault *f)
{
	char temporary[PATH_MAX];
	if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= PATH_MAX)
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be made: %s", path, strerror(errno));
	bool good = write_all(fd, bytes) == 0 && fsync(fd) == 0 && fchmod(fd, mode) == 0;
	if (finish(fd, good, temporary, path, how, f) < 0)
		return -1;
	if (folder_sync(path) == 0)
		return 0;
	return fault_set(f, FAULT_IO, "%s: its folder cannot be synced: %s", path, strerror(errno));
}

int file_write_unsynced(const char *temporary, const char *path, struct span bytes, mode_t mode,
			struct fault *f)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be made: %s", temporary, strerror(errno));
	bool good = write_all(fd, bytes) == 0 && fchmod(fd, mode) == 0;
	return finish(fd, good, temporary, path, FILE_REPLACE, f);
}
