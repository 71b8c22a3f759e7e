/* A real tracd-http, and both its sides. */
#include "tests/unit/http_help.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

char http_program[PATH_MAX];
pid_t http_pid;
int http_channel;
int http_warnings;                   /* its stderr */
uint16_t http_port;
unsigned http_asked;                 /* questions to tracd */
char http_asked_path[1100];
uint32_t http_asked_from;

/* --- as tracd --- */

void http_spawn(void)
{
	int pair[2], err[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	http_pid = fork();
	assert_true(http_pid >= 0);
	if (http_pid == 0) {
		dup2(err[1], STDERR_FILENO);
		if (pair[1] == IPC_FD ? fcntl(IPC_FD, F_SETFD, 0) == 0
				      : dup2(pair[1], IPC_FD) == IPC_FD)
			execl(http_program, "tracd-http", NULL);
		_exit(127);
	}
	close(pair[1]);
	close(err[1]);
	http_channel = pair[0];
	http_warnings = err[0];
	struct timeval limit = { 10, 0 };
	setsockopt(http_channel, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

static void send_frame(struct buffer *b)
{
	uint8_t header[4];
	put_u32(header, (uint32_t)b->used);
	assert_int_equal(send(http_channel, header, 4, MSG_NOSIGNAL), 4);
	assert_int_equal(send(http_channel, b->data, b->used, MSG_NOSIGNAL), b->used);
	buffer_clear(b);
}

void http_configure(const char *host, uint16_t at)
{
	struct buffer b;
	buffer_init(&b, 1000);
	write_u8(&b, IPC_HTTP_CONFIG);
	write_text(&b, host);
	write_u16(&b, at);
	send_frame(&b);
}

static size_t receive_frame(uint8_t *to, size_t room)
{
	uint8_t header[4];
	if (recv(http_channel, header, 4, MSG_WAITALL) != 4)
		return 0;
	size_t size = get_u32(header);
	assert_true(size <= room);
	assert_int_equal(recv(http_channel, to, size, MSG_WAITALL), size);
	return size;
}

uint32_t http_question(void)
{
	uint8_t bytes[2000];
	struct reader r;
	reader_init(&r, bytes, receive_frame(bytes, sizeof bytes));
	assert_int_equal(read_u8(&r), IPC_HTTP_ASK);
	uint32_t id = read_u32(&r);
	read_text(&r, http_asked_path, sizeof http_asked_path);
	http_asked_from = read_u32(&r);
	assert_true(reader_done(&r));
	http_asked++;
	return id;
}

/* A piece of a body of total bytes; more: where the next one begins. */
void http_piece(uint32_t id, unsigned status, enum ipc_cache cache, size_t total,
		       uint32_t more, const char *body)
{
	struct buffer b;
	buffer_init(&b, IPC_BYTES_MAX);
	write_u8(&b, IPC_HTTP_ANSWER);
	write_u32(&b, id);
	write_u16(&b, (uint16_t)status);
	write_text(&b, "text/plain; charset=utf-8");
	write_u8(&b, (uint8_t)cache);
	write_u32(&b, (uint32_t)total);
	write_u32(&b, more);
	write_text(&b, body);
	send_frame(&b);
}

void http_answer(uint32_t id, unsigned status, const char *body)
{
	http_piece(id, status, IPC_CACHE_NEVER, strlen(body), 0, body);
}

int http_start(void **state)
{
	uint8_t bytes[100];
	struct reader r;
	(void)state;
	http_spawn();
	http_configure("127.0.0.1", 0);
	reader_init(&r, bytes, receive_frame(bytes, sizeof bytes));
	assert_int_equal(read_u8(&r), IPC_HTTP_READY);
	http_port = read_u16(&r);
	assert_true(reader_done(&r) && http_port > 0);
	return 0;
}

int http_stop(void **state)
{
	int status;
	(void)state;
	close(http_channel);
	assert_int_equal(waitpid(http_pid, &status, 0), http_pid);
	close(http_warnings);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("tracd-http ended with status %x", status);
	return 0;
}

/* --- as clients --- */

int http_dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(http_port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { 20, 0 };
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return fd;
}

void http_say(int fd, const char *text)
{
	send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* All that comes until it is closed; closes. */
const char *http_hear(int fd)
{
	static char text[400000];
	size_t used = 0;
	for (;;) {
		ssize_t got = recv(fd, text + used, sizeof text - 1 - used, 0);
		if (got < 0 && errno == EAGAIN)
			fail_msg("not closed within 20 s; heard: %s", text);
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	text[used] = '\0';
	close(fd);
	return text;
}

void http_get(int fd, const char *path)
{
	char text[20000];
	snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", path, http_port);
	http_say(fd, text);
}

int http_find_program(void **state)
{
	char self[PATH_MAX - 32];
	const char *folder = getenv("TRAC_BIN");
	(void)state;
	if (folder) {
		snprintf(http_program, sizeof http_program, "%s/tracd-http", folder);
	} else {
		ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
		self[size > 0 ? size : 0] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(http_program, sizeof http_program, "%s/../bin/tracd-http", self);
	}
	return access(http_program, X_OK);
}
