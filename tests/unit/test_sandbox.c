/* What a closed-in process may do, and what kills it. Children do it, we look. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/sandbox.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

static char home[] = "/tmp/test_sandbox.XXXXXX";

static int make_home(void **state)
{
	(void)state;
	return mkdtemp(home) && chdir(home) == 0 ? 0 : -1;
}

static int remove_home(void **state)
{
	(void)state;
	unlink("data");
	unlink("sock");
	return chdir("/") == 0 && rmdir(home) == 0 ? 0 : -1;
}

/* Runs work closed in. Returns its exit code, or 1000 + the signal that killed it. */
static int run_in(enum sandbox_role role, size_t memory, int (*work)(void))
{
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct fault f;
		const char *below = role == SANDBOX_STORE ? home : NULL;
		_exit(sandbox_enter(role, below, below, memory, &f) < 0 ? 99 : work());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define KILLED (1000 + SIGSYS)

/* --- what they do --- */

static int do_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE) != 0;
}

#ifndef SANITIZED

static int do_exec(void)
{
	execl("/bin/true", "true", NULL);
	return 1;
}

static int do_fork(void)
{
	return fork() == 0 ? 0 : 1;
}

static int do_tcp(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static int do_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0) < 0;
}

static int do_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
}

static int do_ptrace(void)
{
	return syscall(SYS_ptrace, 0, 0, 0, 0) < 0;
}

static int do_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED;
}

static void *idle(void *arg)
{
	return arg;
}

static int do_thread(void)
{
	pthread_t thread;
	return pthread_create(&thread, NULL, idle, NULL) || pthread_join(thread, NULL);
}

static int do_read_etc(void)
{
	return open("/etc/passwd", O_RDONLY) < 0;
}

/* What LMDB does to its file. */
static int do_store(void)
{
	struct iovec piece = { "x", 1 };
	int fd = open("data", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	if (fd < 0 || fcntl(fd, F_SETLK, &lock) < 0 || ftruncate(fd, 8192) < 0 ||
	    pwrite(fd, "abc", 3, 4096) != 3 || pwritev(fd, &piece, 1, 0) != 1 ||
	    fdatasync(fd) < 0)
		return 1;
	void *map = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || munmap(map, 8192) < 0)
		return 2;
	return rename("data", "data2") < 0 || rename("data2", "data") < 0 || unlink("data") < 0;
}

static int do_listen(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "sock" };
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	int client = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(server, 1) < 0 ||
	    connect(client, (struct sockaddr *)&address, sizeof address) < 0)
		return 1;
	return accept4(server, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) < 0;
}

/* Exit 7 when Landlock is not there to forbid it. */
static int do_write_elsewhere(void)
{
	if (open("/tmp/test_sandbox.outside", O_WRONLY | O_CREAT, 0600) < 0)
		return errno == EACCES ? 0 : 1;
	unlink("/tmp/test_sandbox.outside");
	return 7;
}

static int do_open_to_write(void)
{
	return open("/tmp/test_sandbox.outside", O_WRONLY | O_CREAT, 0600) < 0;
}

static int do_much_memory(void)
{
	for (int i = 0; i < 64; i++) {
		char *p = malloc(1024 * 1024);
		if (!p)
			return 0;
		memset(p, 1, 1024 * 1024);
	}
	return 1;
}

#endif

/* --- the tests --- */

static void dumps_are_off(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_dumpable), 0);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_dumpable), 0);
}

#ifndef SANITIZED

static void nobody_runs_programs(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_exec), KILLED);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_exec), KILLED);
	assert_int_equal(run_in(SANDBOX_HTTP, 0, do_exec), KILLED);
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_fork), KILLED);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_fork), KILLED);
	assert_int_equal(run_in(SANDBOX_SPAWNER, 0, do_exec), 0);
}

static void the_store_has_no_network(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_tcp), KILLED);
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_netlink), KILLED);
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_unix), 0);
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_listen), 0);
}

static void the_store_works_below_its_home_only(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_store), 0);
	int elsewhere = run_in(SANDBOX_STORE, 0, do_write_elsewhere);
	if (elsewhere == 7)
		print_message("no Landlock in this kernel: files elsewhere are not closed\n");
	else
		assert_int_equal(elsewhere, 0);
}

static void the_net_has_no_files_and_no_local_sockets(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_NET, 0, do_tcp), 0);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_netlink), 0);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_unix), 1);          /* refused, not killed */
	assert_int_equal(run_in(SANDBOX_NET, 0, do_read_etc), 0);      /* for names */
	assert_int_equal(run_in(SANDBOX_NET, 0, do_open_to_write), KILLED);
}

static void http_opens_nothing(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_HTTP, 0, do_tcp), KILLED);
	assert_int_equal(run_in(SANDBOX_HTTP, 0, do_unix), KILLED);
	assert_int_equal(run_in(SANDBOX_HTTP, 0, do_read_etc), KILLED);
}

static void threads_yes_strange_calls_no(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_thread), 0);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_thread), 0);
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_ptrace), KILLED);
	assert_int_equal(run_in(SANDBOX_SPAWNER, 0, do_ptrace), KILLED);
	assert_int_equal(run_in(SANDBOX_STORE, 0, do_code), KILLED);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_code), KILLED);
}

static void memory_is_limited(void **state)
{
	(void)state;
	assert_int_equal(run_in(SANDBOX_NET, 32 * 1024 * 1024, do_much_memory), 0);
	assert_int_equal(run_in(SANDBOX_NET, 0, do_much_memory), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dumps_are_off),
		cmocka_unit_test(nobody_runs_programs),
		cmocka_unit_test(the_store_has_no_network),
		cmocka_unit_test(the_store_works_below_its_home_only),
		cmocka_unit_test(the_net_has_no_files_and_no_local_sockets),
		cmocka_unit_test(http_opens_nothing),
		cmocka_unit_test(threads_yes_strange_calls_no),
		cmocka_unit_test(memory_is_limited),
	};
	return cmocka_run_group_tests_name("sandbox", tests, make_home, remove_home);
}

#else

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(dumps_are_off) };
	print_message("built with a sanitizer: only dumps are closed, the rest is not tested\n");
	return cmocka_run_group_tests_name("sandbox", tests, make_home, remove_home);
}

#endif
