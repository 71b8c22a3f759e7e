/*
 * Preloaded, it makes flushes as slow as those of an ordinary disk: one more
 * millisecond (SLOWSYNC_US) for each fsync, fdatasync, msync and write to a
 * file that was opened with O_DSYNC or O_SYNC. Applied to peers alike.
 *
 * It waits in epoll_wait(): the call that a daemon's filter surely allows.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FD_MAX 4096

static int wait_fd = -1;
static int wait_ms = 1;
static bool is_synced[FD_MAX];

int open64(const char *path, int flags, ...);
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at);

__attribute__((constructor)) static void prepare(void)
{
	const char *us = getenv("SLOWSYNC_US");

	if (us)
		wait_ms = (int)(strtol(us, NULL, 10) + 999) / 1000;
	/* high, so that nobody's count of descriptors changes */
	int fd = epoll_create1(EPOLL_CLOEXEC);
	wait_fd = fcntl(fd, F_DUPFD_CLOEXEC, 900);
	close(fd);
}

static void wait_once(void)
{
	struct epoll_event none;
	struct timespec t = { .tv_nsec = wait_ms * 1000000L };

	if (wait_fd < 0 || epoll_wait(wait_fd, &none, 1, wait_ms) < 0)
		nanosleep(&t, NULL);
}

static void note_open(int fd, int flags)
{
	if (fd >= 0 && fd < FD_MAX)
		is_synced[fd] = (flags & O_DSYNC) != 0;
}

static void wrote(int fd)
{
	if (fd >= 0 && fd < FD_MAX && is_synced[fd])
		wait_once();
}

/* the next function of that name, looked up once */
#define NEXT(type, name, ...) \
	static type (*next)(__VA_ARGS__); \
	if (!next) \
		next = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define MODE(flags) \
	int mode = 0; \
	if ((flags) & (O_CREAT | O_TMPFILE)) { \
		va_list args; \
		va_start(args, flags); \
		mode = va_arg(args, int); \
		va_end(args); \
	}

int open(const char *path, int flags, ...)
{
	NEXT(int, "open", const char *, int, ...);
	MODE(flags)
	int fd = next(path, flags, mode);
	note_open(fd, flags);
	return fd;
}

int open64(const char *path, int flags, ...)
{
	NEXT(int, "open64", const char *, int, ...);
	MODE(flags)
	int fd = next(path, flags, mode);
	note_open(fd, flags);
	return fd;
}

int fsync(int fd)
{
	NEXT(int, "fsync", int);
	int rc = next(fd);
	wait_once();
	return rc;
}

int fdatasync(int fd)
{
	NEXT(int, "fdatasync", int);
	int rc = next(fd);
	wait_once();
	return rc;
}

int msync(void *address, size_t size, int flags)
{
	NEXT(int, "msync", void *, size_t, int);
	int rc = next(address, size, flags);
	if (flags & MS_SYNC)
		wait_once();
	return rc;
}

ssize_t write(int fd, const void *data, size_t size)
{
	NEXT(ssize_t, "write", int, const void *, size_t);
	ssize_t n = next(fd, data, size);
	wrote(fd);
	return n;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t);
	ssize_t n = next(fd, data, size, at);
	wrote(fd);
	return n;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
	ssize_t n = next(fd, data, size, at);
	wrote(fd);
	return n;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	NEXT(ssize_t, "writev", int, const struct iovec *, int);
	ssize_t n = next(fd, parts, count);
	wrote(fd);
	return n;
}
