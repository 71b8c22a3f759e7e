/*
 * The lists of calls were found with strace on the programs at work, and by
 * reading what glibc does when memory is short, a name is resolved or a thread
 * starts. A call that is missing kills the process: better to learn it from a
 * test than to allow by guess.
 */
#include "daemon/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>
#include <seccomp.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define SANDBOX_SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANDBOX_SANITIZED
#endif

#ifndef SANDBOX_SANITIZED

/* --- seccomp --- */

#define LIST_END (-10000)      /* libseccomp's own pseudo numbers are others */

/* A loop, a heap, threads, open sockets: what every process does. */
static const int calls_base[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_create), SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(eventfd2), SCMP_SYS(pipe2), SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep),
	SCMP_SYS(setitimer), SCMP_SYS(alarm), SCMP_SYS(getrandom), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(brk),
	SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(membarrier),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(tgkill), SCMP_SYS(gettid),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler), SCMP_SYS(getrlimit), SCMP_SYS(prlimit64),
	SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(fstat), SCMP_SYS(lseek),
	SCMP_SYS(fcntl), SCMP_SYS(dup), SCMP_SYS(shutdown), SCMP_SYS(getsockname),
	SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	LIST_END
};

/* Looking at paths; what can be opened is Landlock's business. */
static const int calls_paths[] = {
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64), SCMP_SYS(pread64), SCMP_SYS(getcwd), SCMP_SYS(statfs),
	SCMP_SYS(fstatfs), SCMP_SYS(fadvise64),
	LIST_END
};

static const int calls_files[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(creat), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link), SCMP_SYS(linkat),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(chmod), SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat), SCMP_SYS(fchown), SCMP_SYS(umask), SCMP_SYS(truncate),
	SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(utimensat), SCMP_SYS(preadv),
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(pwritev2), SCMP_SYS(fsync),
	SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range), SCMP_SYS(msync), SCMP_SYS(flock),
	/* and what ends with the process: its spawner */
	SCMP_SYS(wait4), SCMP_SYS(waitid),
	LIST_END
};

static const int calls_sockets[] = {
	SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(connect),
	SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg),
	LIST_END
};

static const int calls_accept[] = { SCMP_SYS(accept), SCMP_SYS(accept4), LIST_END };

/* Starting a program, and what that program does before its own sandbox. */
static const int calls_spawn[] = {
	SCMP_SYS(clone), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(execve), SCMP_SYS(wait4),
	SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(close_range),
	SCMP_SYS(prctl), SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address), SCMP_SYS(setrlimit),
	SCMP_SYS(seccomp), SCMP_SYS(landlock_create_ruleset), SCMP_SYS(landlock_add_rule),
	SCMP_SYS(landlock_restrict_self), SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(socket),
	SCMP_SYS(socketpair), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(ioctl), SCMP_SYS(umask),
	SCMP_SYS(sched_setscheduler),
	LIST_END
};

/* Sticky: after the first failure nothing is added. */
struct filter {
	scmp_filter_ctx ctx;
	int error;
};

static void add(struct filter *f, uint32_t action, int call, unsigned count,
		const struct scmp_arg_cmp *arg)
{
	if (f->error)
		return;
	int rc = seccomp_rule_add_array(f->ctx, action, call, count, arg);
	if (rc < 0 && rc != -EEXIST)
		f->error = -rc;
}

static void allow_all(struct filter *f, const int *call)
{
	for (; *call != LIST_END; call++)
		add(f, SCMP_ACT_ALLOW, *call, 0, NULL);
}

/* Only when argument number arg is value. */
static void allow_equal(struct filter *f, int call, unsigned arg, uint64_t value)
{
	const struct scmp_arg_cmp is = { arg, SCMP_CMP_EQ, value, 0 };
	add(f, SCMP_ACT_ALLOW, call, 1, &is);
}

/* Only when the bits of mask in argument number arg are value. */
static void allow_masked(struct filter *f, int call, unsigned arg, uint64_t mask, uint64_t value)
{
	const struct scmp_arg_cmp is = { arg, SCMP_CMP_MASKED_EQ, mask, value };
	add(f, SCMP_ACT_ALLOW, call, 1, &is);
}

/* Threads, but no processes: clone3 hides its flags from filters, so glibc is told to
 * use the older call. */
static void allow_threads(struct filter *f)
{
	const uint64_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
	allow_masked(f, SCMP_SYS(clone), 0, thread, thread);
	add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
}

static void allow_common(struct filter *f)
{
	allow_all(f, calls_base);
	allow_threads(f);
	allow_equal(f, SCMP_SYS(socketpair), 0, AF_UNIX);
	allow_equal(f, SCMP_SYS(prctl), 0, PR_SET_NAME);
	allow_equal(f, SCMP_SYS(prctl), 0, PR_SET_VMA);   /* glibc names its arenas */
	allow_equal(f, SCMP_SYS(prctl), 0, PR_GET_DUMPABLE);
	allow_equal(f, SCMP_SYS(ioctl), 1, FIONREAD);
	allow_equal(f, SCMP_SYS(ioctl), 1, FIONBIO);
	allow_equal(f, SCMP_SYS(ioctl), 1, TCGETS);       /* stdio asks whether it is a terminal */
	allow_masked(f, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	allow_masked(f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	/* fstat(2) of newer libraries: no path, the descriptor alone */
	allow_masked(f, SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH, AT_EMPTY_PATH);
}

static void allow_net(struct filter *f)
{
	const struct scmp_arg_cmp local = { 0, SCMP_CMP_EQ, AF_UNIX, 0 };
	allow_all(f, calls_sockets);
	allow_all(f, calls_paths);
	allow_equal(f, SCMP_SYS(socket), 0, AF_INET);
	allow_equal(f, SCMP_SYS(socket), 0, AF_INET6);
	allow_equal(f, SCMP_SYS(socket), 0, AF_NETLINK);   /* getaddrinfo asks for own addresses */
	allow_equal(f, SCMP_SYS(sched_setscheduler), 1, SCHED_OTHER);   /* libzmq's threads */
	/* nscd may be absent; tracd's own control socket must seem so */
	add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1, &local);
	allow_masked(f, SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
	allow_masked(f, SCMP_SYS(open), 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
	/* the resolver loads its modules when the first name is asked for */
	allow_masked(f, SCMP_SYS(mmap), 2, PROT_WRITE, 0);
	allow_masked(f, SCMP_SYS(mprotect), 2, PROT_WRITE, 0);
}

static void allow_role(struct filter *f, enum sandbox_role role)
{
	switch (role) {
	case SANDBOX_STORE:
		allow_common(f);
		allow_all(f, calls_paths);
		allow_all(f, calls_files);
		allow_all(f, calls_sockets);
		allow_equal(f, SCMP_SYS(socket), 0, AF_UNIX);
		break;
	case SANDBOX_NET:
		allow_common(f);
		allow_net(f);
		break;
	case SANDBOX_HTTP:
		allow_common(f);
		allow_all(f, calls_accept);
		break;
	case SANDBOX_SPAWNER:
		/* inherited by the children: all that they need, and fork and exec */
		allow_all(f, calls_base);
		allow_all(f, calls_paths);
		allow_all(f, calls_sockets);
		allow_all(f, calls_spawn);
		add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
		break;
	}
}

static int close_calls(enum sandbox_role role, struct fault *f)
{
	struct filter filter = { .ctx = seccomp_init(SCMP_ACT_KILL_PROCESS) };
	if (!filter.ctx)
		return fault_set(f, FAULT_FULL, "sandbox: no memory for the filter");
	allow_role(&filter, role);
	if (!filter.error)
		filter.error = -seccomp_load(filter.ctx);
	seccomp_release(filter.ctx);
	if (filter.error)
		return fault_set(f, FAULT_IO, "sandbox: the kernel refuses the filter of system "
				 "calls: %s: a kernel with seccomp is needed",
				 strerror(filter.error));
	return 0;
}

/* --- Landlock --- */

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define CHANGING (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
	LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

struct landlock {
	int fd;
	uint64_t handled;       /* rights that this kernel knows */
};

/* A folder that is not there needs no rule. */
static void allow_below(const struct landlock *l, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights & l->handled };
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, l->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

static void allow_folders(const struct landlock *l, enum sandbox_role role, const char *home,
			  const char *fence)
{
	const uint64_t all = READING | CHANGING | LANDLOCK_ACCESS_FS_TRUNCATE |
		LANDLOCK_ACCESS_FS_REFER;
	static const char *const readable[] = {
		"/etc", "/usr/lib", "/lib", "/lib64", "/usr/share", "/run/systemd/resolve",
		"/run/resolvconf", "/run/NetworkManager",
	};
	if (role == SANDBOX_STORE) {
		allow_below(l, home, all);
		allow_below(l, fence, all);
		allow_below(l, "/proc/self", READING);       /* its own memory, for the metrics */
	}
	if (role != SANDBOX_STORE && role != SANDBOX_NET)
		return;
	for (unsigned i = 0; i < sizeof readable / sizeof readable[0]; i++)
		allow_below(l, readable[i], READING);
}

static int close_files(enum sandbox_role role, const char *home, const char *fence,
		       struct fault *f)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		return 0;               /* an older kernel: the filter of calls must do */
	struct landlock l = { .handled = CHANGING };
	if (role != SANDBOX_SPAWNER)    /* whose children still have to be loaded */
		l.handled |= READING | LANDLOCK_ACCESS_FS_EXECUTE;
	if (abi >= 2)
		l.handled |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		l.handled |= LANDLOCK_ACCESS_FS_TRUNCATE;
	struct landlock_ruleset_attr attr = { .handled_access_fs = l.handled };
	l.fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (l.fd < 0)
		return fault_set(f, FAULT_IO, "sandbox: no Landlock ruleset: %s", strerror(errno));
	allow_folders(&l, role, home, fence);
	long rc = syscall(SYS_landlock_restrict_self, l.fd, 0);
	close(l.fd);
	if (rc < 0)
		return fault_set(f, FAULT_IO, "sandbox: Landlock refuses: %s", strerror(errno));
	return 0;
}

static int close_rest(enum sandbox_role role, const char *home, const char *fence,
		      size_t memory_bytes, struct fault *f)
{
	const struct rlimit data = { memory_bytes, memory_bytes };
	if (memory_bytes > 0 && setrlimit(RLIMIT_DATA, &data) < 0)
		return fault_set(f, FAULT_IO, "sandbox: no limit of memory: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fault_set(f, FAULT_IO, "sandbox: privileges cannot be frozen: %s",
				 strerror(errno));
	if (close_files(role, home, fence, f) < 0)
		return -1;
	return close_calls(role, f);
}

#else

static int close_rest(enum sandbox_role role, const char *home, const char *fence,
		      size_t memory_bytes, struct fault *f)
{
	(void)role;
	(void)home;
	(void)fence;
	(void)memory_bytes;
	(void)f;
	return 0;
}

#endif

int sandbox_enter(enum sandbox_role role, const char *home, const char *fence, size_t memory_bytes,
		  struct fault *f)
{
	const struct rlimit none = { 0, 0 };
	assert((role == SANDBOX_STORE) == (home != NULL));
	assert((role == SANDBOX_STORE) == (fence != NULL));
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return fault_set(f, FAULT_IO, "sandbox: dumps cannot be turned off: %s",
				 strerror(errno));
	return close_rest(role, home, fence, memory_bytes, f);
}
