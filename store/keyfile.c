/* Secret key files: made once, read strictly. */
#include "store/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/wire/bytes.h"

#define KEY_BYTES 32
#define FILE_SIZE (2 * KEY_BYTES + 1)

static int folder_sync(const char *path, struct fault *f)
{
	char copy[PATH_MAX];

	if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
		return fault_set(f, FAULT_CONFIG, "the path of the key file is too long");
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd >= 0 ? fsync(fd) : -1;
	int saved = errno;
	if (fd >= 0)
		close(fd);
	if (rc)
		return fault_set(f, FAULT_IO, "the folder of key file %s cannot be synced: %s",
				 path, strerror(saved));
	return 0;
}

static int write_refused(const char *path, struct fault *f)
{
	if (errno == EEXIST)
		return fault_set(f, FAULT_CONFIG, "key file %s exists and is never "
			"overwritten: move it away if it is not needed", path);
	return fault_set(f, errno == ENOSPC ? FAULT_FULL : FAULT_IO,
			 "key file %s cannot be written: %s", path, strerror(errno));
}

int keyfile_create(const char *path, const uint8_t key[KEY_BYTES], struct fault *f)
{
	char text[FILE_SIZE + 1];

	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return write_refused(path, f);
	hex_write(text, key, KEY_BYTES);
	text[FILE_SIZE - 1] = '\n';
	/* the umask may have taken bits that the owner needs */
	bool good = fchmod(fd, 0600) == 0 && write(fd, text, FILE_SIZE) == FILE_SIZE &&
		    fsync(fd) == 0;
	int saved = errno;
	sodium_memzero(text, sizeof text);
	good = close(fd) == 0 && good;
	if (!good) {
		unlink(path);   /* ours: it was not there before */
		errno = saved;
		return write_refused(path, f);
	}
	return folder_sync(path, f);
}

static int mode_check(int fd, const char *path, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st))
		return fault_set(f, FAULT_IO, "key file %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_CONFIG, "key file %s is not a regular file", path);
	if (st.st_uid != geteuid())
		return fault_set(f, FAULT_CONFIG, "key file %s is owned by user %u, not by "
			"user %u who runs this: run it as the owner", path, (unsigned)st.st_uid,
			(unsigned)geteuid());
	if ((st.st_mode & 07777 & ~0600u) != 0)
		return fault_set(f, FAULT_CONFIG, "key file %s has mode %04o, so that others "
			"may use it: chmod 0600 it", path, (unsigned)(st.st_mode & 07777));
	if (st.st_nlink != 1)
		return fault_set(f, FAULT_CONFIG, "key file %s has %u names: remove the "
			"other links", path, (unsigned)st.st_nlink);
	if (st.st_size != FILE_SIZE)
		return fault_set(f, FAULT_CONFIG, "key file %s has %lld bytes instead of %d: "
			"it is no key file", path, (long long)st.st_size, FILE_SIZE);
	return 0;
}

static int content_read(int fd, const char *path, uint8_t key[KEY_BYTES], struct fault *f)
{
	char text[FILE_SIZE + 1];
	int rc = 0;

	if (read(fd, text, FILE_SIZE) != FILE_SIZE)
		return fault_set(f, FAULT_IO, "key file %s cannot be read: %s", path,
				 strerror(errno));
	bool ends = text[FILE_SIZE - 1] == '\n';
	text[FILE_SIZE - 1] = '\0';
	if (!ends || hex_read(key, KEY_BYTES, text))
		rc = fault_set(f, FAULT_CONFIG, "key file %s does not hold 64 hexadecimal "
			"digits and a newline", path);
	sodium_memzero(text, sizeof text);
	return rc;
}

int keyfile_read(const char *path, uint8_t key[KEY_BYTES], struct fault *f)
{
	/* not blocked by a pipe that someone put there */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ELOOP)
		return fault_set(f, FAULT_CONFIG, "key file %s is a link: name the file "
			"itself", path);
	if (fd < 0)
		return fault_set(f, FAULT_CONFIG, "key file %s cannot be opened: %s", path,
				 strerror(errno));
	int rc = mode_check(fd, path, f);
	if (!rc)
		rc = content_read(fd, path, key, f);
	close(fd);
	return rc;
}
