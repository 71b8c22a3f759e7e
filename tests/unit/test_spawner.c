/* The spawner and the real programs: started, ended, started again, and gone with tracd. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/spawner.h"

#define WAIT_MS 10000

static char folder[PATH_MAX];
static struct spawner s;
static struct fault f;

static int find_folder(void **state)
{
	char self[PATH_MAX - 8];
	const char *given = getenv("TRAC_BIN");
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (given) {
		snprintf(folder, sizeof folder, "%s", given);
		return 0;
	}
	ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
	self[size > 0 ? size : 0] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(folder, sizeof folder, "%s/../bin", self);
	return 0;
}

static int start(void **state)
{
	(void)state;
	s = (struct spawner){ .fd = -1, .net_memory_mib = 100 };
	return spawner_start(&s, folder, &f);
}

static int stop(void **state)
{
	(void)state;
	spawner_stop(&s);
	spawner_stop(&s);              /* harmless */
	return 0;
}

static bool is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno != ESRCH;
}

static bool ends(pid_t pid)
{
	const struct timespec step = { 0, 10 * 1000000L };
	for (int waited_ms = 0; is_alive(pid); waited_ms += 10) {
		if (waited_ms > WAIT_MS)
			return false;
		nanosleep(&step, NULL);
	}
	return true;
}

/* The other end was closed. */
static bool closes(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;
	return poll(&p, 1, WAIT_MS) == 1 && read(fd, &byte, 1) <= 0;
}

static void both_programs_start_and_start_again(void **state)
{
	const enum spawn_program programs[] = { SPAWN_NET, SPAWN_HTTP };
	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd, again;
		pid_t pid, other;
		assert_int_equal(spawner_spawn(&s, programs[i], &fd, &pid, &f), 0);
		assert_true(fd >= 0 && is_alive(pid));
		kill(pid, SIGKILL);
		assert_true(closes(fd));
		assert_int_equal(spawner_spawn(&s, programs[i], &again, &other, &f), 0);
		assert_true(is_alive(other));
		assert_true(ends(pid));        /* not left as a zombie */
		close(fd);
		close(again);
	}
}

static void a_new_one_replaces_the_old(void **state)
{
	int fd, again;
	pid_t pid, other;
	(void)state;
	assert_int_equal(spawner_spawn(&s, SPAWN_NET, &fd, &pid, &f), 0);
	assert_int_equal(spawner_spawn(&s, SPAWN_NET, &again, &other, &f), 0);
	assert_true(ends(pid));
	assert_true(closes(fd));
	assert_true(is_alive(other));
	close(fd);
	close(again);
}

static void children_end_with_the_spawner(void **state)
{
	int net, http;
	pid_t net_pid, http_pid;
	(void)state;
	assert_int_equal(spawner_spawn(&s, SPAWN_NET, &net, &net_pid, &f), 0);
	assert_int_equal(spawner_spawn(&s, SPAWN_HTTP, &http, &http_pid, &f), 0);
	spawner_stop(&s);              /* although their channels are still open */
	assert_false(is_alive(net_pid));
	assert_false(is_alive(http_pid));
	close(net);
	close(http);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

static void the_memory_limit_is_handed_on(void **state)
{
#ifndef SANITIZED
	const struct timespec step = { 0, 10 * 1000000L };
	char path[64], line[256];
	int fd;
	pid_t pid;
	long limit = 0;
	(void)state;
	assert_int_equal(spawner_spawn(&s, SPAWN_NET, &fd, &pid, &f), 0);
	snprintf(path, sizeof path, "/proc/%d/limits", (int)pid);
	for (int waited_ms = 0; limit != 100 * 1024 * 1024; waited_ms += 10) {
		FILE *in = fopen(path, "r");
		assert_non_null(in);
		while (fgets(line, sizeof line, in))
			sscanf(line, "Max data size %ld", &limit);
		fclose(in);
		assert_true(waited_ms < WAIT_MS);
		nanosleep(&step, NULL);
	}
	close(fd);
#else
	(void)state;
	print_message("built with a sanitizer: memory is not limited\n");
#endif
}

/* tracd is killed: nobody may be left over. */
static void all_end_when_tracd_is_killed(void **state)
{
	pid_t pids[3];
	int tell[2], fd;
	(void)state;
	assert_int_equal(pipe(tell), 0);
	pid_t tracd = fork();
	if (tracd == 0) {
		struct spawner mine = { .fd = -1 };
		if (spawner_start(&mine, folder, &f) < 0 ||
		    spawner_spawn(&mine, SPAWN_NET, &fd, &pids[0], &f) < 0 ||
		    spawner_spawn(&mine, SPAWN_HTTP, &fd, &pids[1], &f) < 0)
			_exit(1);
		pids[2] = mine.pid;
		if (write(tell[1], pids, sizeof pids) != sizeof pids)
			_exit(1);
		pause();
	}
	close(tell[1]);
	assert_int_equal(read(tell[0], pids, sizeof pids), sizeof pids);
	close(tell[0]);
	kill(tracd, SIGKILL);
	waitpid(tracd, NULL, 0);
	for (int i = 0; i < 3; i++)
		assert_true(ends(pids[i]));
}

static void what_cannot_be_started_is_said(void **state)
{
	struct spawner none = { .fd = -1 };
	int fd;
	pid_t pid;
	(void)state;
	assert_int_equal(spawner_start(&none, "/nonexistent", &f), -1);
	assert_int_equal(f.code, FAULT_CONFIG);
	assert_non_null(strstr(f.text, "/nonexistent/tracd-net: cannot be run"));
	assert_int_equal(spawner_spawn(&none, SPAWN_NET, &fd, &pid, &f), -1);
	assert_non_null(strstr(f.text, "the spawner is gone"));

	kill(s.pid, SIGKILL);
	assert_true(closes(s.fd));
	assert_int_equal(spawner_spawn(&s, SPAWN_NET, &fd, &pid, &f), -1);
	assert_non_null(strstr(f.text, "start tracd again"));
}

#define SPAWNER_TEST(t) cmocka_unit_test_setup_teardown(t, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPAWNER_TEST(both_programs_start_and_start_again),
		SPAWNER_TEST(a_new_one_replaces_the_old),
		SPAWNER_TEST(children_end_with_the_spawner),
		SPAWNER_TEST(the_memory_limit_is_handed_on),
		cmocka_unit_test(all_end_when_tracd_is_killed),
		SPAWNER_TEST(what_cannot_be_started_is_said),
	};
	return cmocka_run_group_tests_name("spawner", tests, find_folder, NULL);
}
