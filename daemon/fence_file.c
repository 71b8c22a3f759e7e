/* Where the fence files lie: outside of the home, whatever its path looks like. */
#include "daemon/fence_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/log/fence.h"
#include "store/folder.h"

/* Made, it is on disk when this returns: what it will hold must not vanish with it. */
static int make(const char *path)
{
	const bool made = mkdir(path, 0700) == 0;
	const int folder = made || errno == EEXIST ?
		open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : -1;
	int up, bad;

	if (!made || folder < 0)
		return folder;
	up = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bad = up < 0 || fsync(up) < 0;
	if (up >= 0)
		close(up);
	if (!bad)
		return folder;
	close(folder);
	return -1;
}

/* By what the folders are, not by how they are written: a link may lead into the home. */
static bool is_in_home(int folder, const char *home)
{
	struct stat at, above, wanted;
	bool in = false, top = false;
	int fd = dup(folder), up;

	if (fd < 0 || stat(home, &wanted) < 0 || fstat(fd, &at) < 0)
		top = true;
	while (!top && !in) {
		in = at.st_dev == wanted.st_dev && at.st_ino == wanted.st_ino;
		up = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = up;
		top = fd < 0 || fstat(fd, &above) < 0 ||
			(above.st_dev == at.st_dev && above.st_ino == at.st_ino);
		at = above;
	}
	if (fd >= 0)
		close(fd);
	return in;
}

int fence_folder_open(const struct settings *s, struct fault *f)
{
	char path[sizeof s->home + 16];
	int folder;

	fence_folder(path, sizeof path, s->home, s->fence);
	folder = make(path);
	if (folder < 0)
		return fault_set(f, FAULT_CONFIG, "%s: the folder of the fence cannot be made: %s: make "
				 "it for the user of tracd, or name another one with the setting "
				 "fence", path, strerror(errno));
	if (!is_in_home(folder, s->home))
		return folder;
	close(folder);
	return fault_set(f, FAULT_CONFIG, "%s: the folder of the fence is in the home, where a copy of "
			 "the home would hold it: name one outside", path);
}

bool fence_may_know(const struct settings *s, const char *name, const char *origin)
{
	char folder[sizeof s->home + 16], path[sizeof folder + 16], bytes[FENCE_BYTES_MAX + 1];
	struct fence e;
	struct fault f;
	long size;
	int fd;

	fence_folder(folder, sizeof folder, s->home, s->fence);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno != ENOENT;
	size = folder_read(fd, bytes, sizeof bytes, 0);
	close(fd);
	return size < 0 || fence_parse(&e, (struct span){ (uint8_t *)bytes, (size_t)size }, &f) ||
	       !strcmp(e.origin, origin);
}
