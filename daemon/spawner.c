/*
 * The spawner: one request is one packet (the program's number), one answer is
 * one packet (an errno and a process), with our end of the socket pair beside
 * it. It keeps no other state than the two processes it started last.
 */
#include "daemon/spawner.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ipc.h"
#include "daemon/log.h"
#include "daemon/sandbox.h"

#define PROGRAMS 2
#define GRACE_MS 2000           /* children see fd 3 closed and end; later they are killed */
#define GRACE_STEP_MS 10
#define ANSWER_MS 5000

struct answer {
	int error;              /* errno; 0: started */
	pid_t pid;
};

/* A control message with room for one descriptor, aligned. */
union packet {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr header;
};

static const char *const name[PROGRAMS] = {
	[SPAWN_NET] = "tracd-net",
	[SPAWN_HTTP] = "tracd-http",
};

/* --- in the spawner --- */

struct spawning {
	int fd;                         /* to tracd */
	char path[PROGRAMS][PATH_MAX];
	char memory_mib[16];
	pid_t running[PROGRAMS];        /* 0: none */
};

static void kill_child(struct spawning *s, unsigned program)
{
	if (s->running[program] <= 0)
		return;
	kill(s->running[program], SIGKILL);
	waitpid(s->running[program], NULL, 0);
	s->running[program] = 0;
}

/* After fork: becomes the program, with its end of the pair on IPC_FD. */
static void child_become(const struct spawning *s, unsigned program, int end)
{
	bool is_limited = program == SPAWN_NET && *s->memory_mib;
	char *const argv[] = { (char *)name[program], is_limited ? (char *)s->memory_mib : NULL,
			       NULL };
	/* should the spawner be killed, nobody would watch this process */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	if (end != IPC_FD && dup2(end, IPC_FD) < 0)
		_exit(127);
	if (fcntl(IPC_FD, F_SETFD, 0) < 0)
		_exit(127);
	close_range(IPC_FD + 1, ~0U, 0);
	unsetenv("NOTIFY_SOCKET");
	execv(s->path[program], argv);
	_exit(127);
}

/* Starts the program. Returns our end of the pair, -1 with answer->error. */
static int child_start(struct spawning *s, unsigned program, struct answer *answer)
{
	int pair[2];
	kill_child(s, program);
	if (access(s->path[program], X_OK) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		answer->error = errno;
		return -1;
	}
	pid_t pid = fork();
	if (pid == 0)
		child_become(s, program, pair[1]);
	answer->error = pid < 0 ? errno : 0;
	answer->pid = pid;
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -1;
	}
	s->running[program] = pid;
	return pair[0];
}

static int send_answer(int to, const struct answer *answer, int fd)
{
	struct iovec piece = { (void *)answer, sizeof *answer };
	union packet control = { .room = { 0 } };
	struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1 };
	if (fd >= 0) {
		m.msg_control = control.room;
		m.msg_controllen = sizeof control.room;
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	return sendmsg(to, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Takes back what has ended. True while a child is left. */
static bool reap(struct spawning *s)
{
	bool left = false;
	for (unsigned i = 0; i < PROGRAMS; i++) {
		if (s->running[i] > 0 && waitpid(s->running[i], NULL, WNOHANG) != 0)
			s->running[i] = 0;
		left = left || s->running[i] > 0;
	}
	return left;
}

/* tracd is gone: its children have seen it too. */
static void spawner_end(struct spawning *s)
{
	const struct timespec step = { 0, GRACE_STEP_MS * 1000000L };
	for (int waited_ms = 0; reap(s) && waited_ms < GRACE_MS; waited_ms += GRACE_STEP_MS)
		nanosleep(&step, NULL);
	for (unsigned i = 0; i < PROGRAMS; i++)
		kill_child(s, i);
	_exit(0);
}

static void spawner_run(struct spawning *s)
{
	for (;;) {
		uint8_t program;
		ssize_t got = recv(s->fd, &program, 1, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got != 1 || program >= PROGRAMS)
			spawner_end(s);
		struct answer answer = { .error = 0 };
		int fd = child_start(s, program, &answer);
		int sent = send_answer(s->fd, &answer, fd);
		if (fd >= 0)
			close(fd);
		if (sent < 0)
			spawner_end(s);
	}
}

static void spawner_main(struct spawning *s)
{
	struct fault f;
	/* tracd decides when to end: a terminal's or systemd's signal to all is its to answer */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "tracd-spawner");
	if (s->fd != IPC_FD && dup2(s->fd, IPC_FD) < 0)
		_exit(1);
	s->fd = IPC_FD;
	fcntl(s->fd, F_SETFD, FD_CLOEXEC);
	close_range(IPC_FD + 1, ~0U, 0);
	if (sandbox_enter(SANDBOX_SPAWNER, NULL, NULL, 0, &f) < 0) {
		log_line(LOG_ALERT, "spawner: %s", f.text);
		_exit(1);
	}
	spawner_run(s);
}

/* --- in tracd --- */

int spawner_start(struct spawner *s, const char *folder, struct fault *f)
{
	static struct spawning child;          /* big, and read after the fork */
	int pair[2];
	s->fd = -1;
	for (unsigned i = 0; i < PROGRAMS; i++) {
		int size = snprintf(child.path[i], PATH_MAX, "%s/%s", folder, name[i]);
		if (size < 0 || size >= PATH_MAX)
			return fault_set(f, FAULT_CONFIG, "%.80s...: the path is too long", folder);
		if (access(child.path[i], X_OK) < 0)
			return fault_set(f, FAULT_CONFIG, "%.300s: cannot be run: %s: install tracd "
					 "whole", child.path[i], strerror(errno));
	}
	if (s->net_memory_mib > 0)
		snprintf(child.memory_mib, sizeof child.memory_mib, "%u", s->net_memory_mib);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_set(f, FAULT_IO, "spawner: no socket pair: %s", strerror(errno));
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[0]);
		child.fd = pair[1];
		spawner_main(&child);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return fault_set(f, FAULT_IO, "spawner: cannot be forked: %s", strerror(errno));
	}
	struct timeval wait = { ANSWER_MS / 1000, 0 };
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	s->fd = pair[0];
	s->pid = pid;
	return 0;
}

/* The descriptor that came with a message; -1: none. */
static int received_fd(struct msghdr *m)
{
	int fd;
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

int spawner_spawn(struct spawner *s, enum spawn_program program, int *fd, pid_t *pid,
		  struct fault *f)
{
	uint8_t number = (uint8_t)program;
	struct answer answer;
	struct iovec piece = { &answer, sizeof answer };
	union packet control;
	struct msghdr m = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.room,
			    .msg_controllen = sizeof control.room };
	assert(program < PROGRAMS);
	if (s->fd < 0 || send(s->fd, &number, 1, MSG_NOSIGNAL) != 1)
		return fault_set(f, FAULT_IO, "%s: the spawner is gone: start tracd again",
				 name[program]);
	ssize_t got;
	do {
		got = recvmsg(s->fd, &m, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got != sizeof answer)
		return fault_set(f, FAULT_IO, "%s: the spawner does not answer: start tracd again",
				 name[program]);
	*fd = received_fd(&m);
	*pid = answer.pid;
	if (answer.error != 0 || *fd < 0)
		return fault_set(f, FAULT_IO, "%s: cannot be started: %s", name[program],
				 strerror(answer.error ? answer.error : EPROTO));
	return 0;
}

void spawner_stop(struct spawner *s)
{
	if (s->fd < 0)
		return;
	close(s->fd);
	s->fd = -1;
	/* it outlives its children by nothing; tracd's sandbox allows this wait */
	waitpid(s->pid, NULL, 0);
}
