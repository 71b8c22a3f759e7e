/*
 * A real tracd-http: this test plays tracd over the socket pair, and clients of
 * every kind over TCP.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/ipc.h"

static char program[PATH_MAX];
static pid_t pid;
static int channel;
static int warnings;                   /* its stderr */
static uint16_t port;
static unsigned asked;                 /* questions to tracd */
static char asked_path[1100];
static uint32_t asked_from;

/* --- as tracd --- */

static void spawn(void)
{
	int pair[2], err[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(err[1], STDERR_FILENO);
		if (pair[1] == IPC_FD ? fcntl(IPC_FD, F_SETFD, 0) == 0
				      : dup2(pair[1], IPC_FD) == IPC_FD)
			execl(program, "tracd-http", NULL);
		_exit(127);
	}
	close(pair[1]);
	close(err[1]);
	channel = pair[0];
	warnings = err[0];
	struct timeval limit = { 10, 0 };
	setsockopt(channel, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

static void send_frame(struct buffer *b)
{
	uint8_t header[4];
	put_u32(header, (uint32_t)b->used);
	assert_int_equal(send(channel, header, 4, MSG_NOSIGNAL), 4);
	assert_int_equal(send(channel, b->data, b->used, MSG_NOSIGNAL), b->used);
	buffer_clear(b);
}

static void send_config(const char *host, uint16_t at)
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
	if (recv(channel, header, 4, MSG_WAITALL) != 4)
		return 0;
	size_t size = get_u32(header);
	assert_true(size <= room);
	assert_int_equal(recv(channel, to, size, MSG_WAITALL), size);
	return size;
}

static uint32_t receive_question(void)
{
	uint8_t bytes[2000];
	struct reader r;
	reader_init(&r, bytes, receive_frame(bytes, sizeof bytes));
	assert_int_equal(read_u8(&r), IPC_HTTP_ASK);
	uint32_t id = read_u32(&r);
	read_text(&r, asked_path, sizeof asked_path);
	asked_from = read_u32(&r);
	assert_true(reader_done(&r));
	asked++;
	return id;
}

/* A piece of a body of total bytes; more: where the next one begins. */
static void send_piece(uint32_t id, unsigned status, enum ipc_cache cache, size_t total,
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

static void send_answer(uint32_t id, unsigned status, const char *body)
{
	send_piece(id, status, IPC_CACHE_NEVER, strlen(body), 0, body);
}

static int start(void **state)
{
	uint8_t bytes[100];
	struct reader r;
	(void)state;
	spawn();
	send_config("127.0.0.1", 0);
	reader_init(&r, bytes, receive_frame(bytes, sizeof bytes));
	assert_int_equal(read_u8(&r), IPC_HTTP_READY);
	port = read_u16(&r);
	assert_true(reader_done(&r) && port > 0);
	return 0;
}

static int stop(void **state)
{
	int status;
	(void)state;
	close(channel);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(warnings);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("tracd-http ended with status %x", status);
	return 0;
}

/* --- as clients --- */

static int dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { 20, 0 };
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return fd;
}

static void say(int fd, const char *text)
{
	send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* All that comes until it is closed; closes. */
static const char *hear(int fd)
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

static void get(int fd, const char *path)
{
	char text[20000];
	snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", path, port);
	say(fd, text);
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void an_answer_of_tracd_is_passed_on(void **state)
{
	(void)state;
	int fd = dial();
	get(fd, "/health");
	send_answer(receive_question(), 200, "ok\n");
	const char *heard = hear(fd);
	assert_string_equal(asked_path, "/health");
	assert_non_null(strstr(heard, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(heard, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
	assert_non_null(strstr(heard, "\r\nX-Content-Type-Options: nosniff\r\n"));
	assert_non_null(strstr(heard, "\r\n\r\nok\n"));
	fd = dial();
	get(fd, "/metrics?x=1");
	uint32_t id = receive_question();
	assert_string_equal(asked_path, "/metrics");
	send_answer(id + 1000, 200, "nobody asked\n");
	send_answer(id, 503, "alert\n");
	heard = hear(fd);
	assert_non_null(strstr(heard, "HTTP/1.1 503 "));
	assert_non_null(strstr(heard, "\r\n\r\nalert\n"));
}

static void a_large_answer_arrives(void **state)
{
	static char body[200001];
	(void)state;
	memset(body, 'x', sizeof body - 1);
	int fd = dial();
	get(fd, "/metrics");
	send_answer(receive_question(), 200, body);
	assert_true(strlen(hear(fd)) > 200000);
}

/* 16 pieces of 200,000 bytes: none is asked for before the one before it was taken. */
static void a_body_of_many_pieces_arrives(void **state)
{
	static char body[200001];
	static char part[65536];
	(void)state;
	memset(body, 'x', sizeof body - 1);
	int fd = dial();
	get(fd, "/logs/alpha/tile/entries/000");
	for (uint32_t i = 0; i < 16; i++) {
		uint32_t id = receive_question();
		assert_string_equal(asked_path, "/logs/alpha/tile/entries/000");
		assert_int_equal(asked_from, i * 10);
		send_piece(id, 200, IPC_CACHE_FOREVER, 3200000, i < 15 ? (i + 1) * 10 : 0, body);
		size_t heard = 0;
		while (heard < 200000) {
			ssize_t got = recv(fd, part, sizeof part, 0);
			assert_true(got > 0);
			heard += (size_t)got;
			if (heard == (size_t)got && i == 0) {
				part[got < 1000 ? got : 1000] = '\0';
				assert_non_null(strstr(part, "\r\nContent-Length: 3200000\r\n"));
				assert_non_null(strstr(part, "\r\nCache-Control: public, max-age="
						       "31536000, immutable\r\n"));
				assert_null(strstr(part, "chunked"));
			}
		}
	}
	hear(fd);
}

/* A client learns from the length that an answer was cut, and the program lives on. */
static void what_tracd_does_not_finish_is_cut(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		int fd = dial();
		get(fd, "/logs/alpha/tile/entries/000");
		send_piece(receive_question(), 200, IPC_CACHE_FOREVER, 12, 1, "four");
		uint32_t id = receive_question();
		if (i == 0)
			send_piece(id, 500, IPC_CACHE_NEVER, 5, 0, "lost\n");
		else if (i == 1)
			send_piece(id, 200, IPC_CACHE_FOREVER, 12, 0, "four");  /* ends short */
		else if (i == 2)
			send_piece(id, 200, IPC_CACHE_FOREVER, 12, 2, "eight ni");  /* no end */
		const char *heard = hear(fd);   /* the last time nothing is answered */
		assert_non_null(strstr(heard, "Content-Length: 12\r\n"));
		assert_string_equal(strstr(heard, "\r\n\r\n"), "\r\n\r\nfour");
	}
	int fd = dial();
	get(fd, "/health");
	send_answer(receive_question(), 200, "ok\n");
	assert_non_null(strstr(hear(fd), " 200 "));
}

static void clients_that_leave_amid_pieces_are_forgotten(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		int fd = dial();
		get(fd, "/logs/alpha/tile/entries/000");
		send_piece(receive_question(), 200, IPC_CACHE_FOREVER, 12, 1, "four");
		uint32_t id = receive_question();
		close(fd);
		send_piece(id, 200, IPC_CACHE_FOREVER, 12, 2, "four");
	}
	int fd = dial();
	get(fd, "/health");
	uint32_t id = receive_question();
	while (strcmp(asked_path, "/health"))
		id = receive_question();
	send_answer(id, 200, "ok\n");
	assert_non_null(strstr(hear(fd), " 200 "));
}

static void head_gets_the_header_alone(void **state)
{
	char text[200];
	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = dial();
		snprintf(text, sizeof text, "HEAD /logs/alpha/checkpoint HTTP/1.1\r\nHost: "
			 "localhost:%u\r\n\r\n", port);
		say(fd, text);
		send_piece(receive_question(), 200, IPC_CACHE_SHORT, i ? 400 : 4, (uint32_t)i,
			   "four");
		const char *heard = hear(fd);
		assert_non_null(strstr(heard, i ? "Content-Length: 400\r\n"
				       : "Content-Length: 4\r\n"));
		assert_non_null(strstr(heard, "Cache-Control: public, max-age=5\r\n"));
		assert_string_equal(strstr(heard, "\r\n\r\n"), "\r\n\r\n");
	}
}

static void other_paths_and_methods_are_refused(void **state)
{
	char text[200];
	(void)state;
	unsigned before = asked;
	int fd = dial();
	get(fd, "/etc/passwd");
	const char *heard = hear(fd);
	assert_non_null(strstr(heard, "HTTP/1.1 404 "));
	assert_non_null(strstr(heard, "ask for /health or /metrics"));
	fd = dial();
	snprintf(text, sizeof text, "POST /health HTTP/1.1\r\nHost: localhost:%u\r\n"
		 "Content-Length: 0\r\nConnection: close\r\n\r\n", port);
	say(fd, text);
	assert_null(strstr(hear(fd), " 200 "));
	assert_int_equal(asked, before);
}

static void a_foreign_host_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "Host: evil.example\r\n", "Host: localhost\r\n", "Host: localhost:1\r\n",
		"Host: evil.example:%u\r\n", "Host: 127.0.0.1.evil.example:%u\r\n",
	};
	static const char *const good[] = { "127.0.0.1:%u", "[::1]:%u", "LOCALHOST:%u" };
	char host[100], text[300];
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(host, sizeof host, bad[i], port);
		snprintf(text, sizeof text, "GET /health HTTP/1.0\r\n%s\r\n", host);
		int fd = dial();
		say(fd, text);
		assert_non_null(strstr(hear(fd), " 403 "));
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		snprintf(host, sizeof host, good[i], port);
		snprintf(text, sizeof text, "GET /health HTTP/1.1\r\nHost: %s\r\n\r\n", host);
		int fd = dial();
		say(fd, text);
		send_answer(receive_question(), 200, "ok\n");
		assert_non_null(strstr(hear(fd), " 200 "));
	}
}

static void large_headers_and_bodies_are_refused(void **state)
{
	static char text[120000];
	(void)state;
	int used = snprintf(text, sizeof text, "GET /health HTTP/1.1\r\nHost: localhost:%u\r\nX: ",
			    port);
	memset(text + used, 'x', 100000);
	text[used + 100000] = '\0';
	int fd = dial();
	say(fd, text);
	assert_null(strstr(hear(fd), " 200 "));
	snprintf(text, sizeof text, "GET /health HTTP/1.1\r\nHost: localhost:%u\r\n"
		 "Content-Length: 1000000\r\n\r\n", port);
	fd = dial();
	say(fd, text);
	assert_non_null(strstr(hear(fd), " 413 "));
	fd = dial();
	say(fd, "\x16\x03\x01 nonsense\r\n\r\n");
	assert_null(strstr(hear(fd), " 200 "));
}

static void a_client_that_leaves_is_forgotten(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		int fd = dial();
		get(fd, "/health");
		uint32_t id = receive_question();
		close(fd);
		send_answer(id, 200, "too late\n");
	}
	int fd = dial();
	get(fd, "/health");
	send_answer(receive_question(), 200, "ok\n");
	assert_non_null(strstr(hear(fd), " 200 "));
}

static void many_quick_clients(void **state)
{
	(void)state;
	for (int i = 0; i < 500; i++) {
		int fd = dial();
		get(fd, i % 2 ? "/health" : "/nothing");
		if (i % 2)
			send_answer(receive_question(), 200, "ok\n");
		assert_non_null(strstr(hear(fd), i % 2 ? " 200 " : " 404 "));
	}
}

static void a_silent_tracd_gives_503(void **state)
{
	(void)state;
	int64_t from_ms = now_ms();
	int fd = dial();
	get(fd, "/health");
	receive_question();
	const char *heard = hear(fd);
	assert_non_null(strstr(heard, " 503 "));
	assert_non_null(strstr(heard, "tracd does not answer"));
	assert_in_range(now_ms() - from_ms, 4000, 9000);
}

/* libevent says so on stderr when it meets a descriptor that is closed. */
static void after_a_while_nothing_is_watched_any_more(void **state)
{
	(void)state;
	int fd = dial();
	get(fd, "/health");
	send_answer(receive_question(), 200, "ok\n");
	assert_non_null(strstr(hear(fd), " 200 "));
	struct pollfd p = { .fd = warnings, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 6000), 0);        /* longer than evhttp's patience */
}

/* A byte now and then keeps evhttp's own patience alive, and ours not. */
static void a_dripping_client_is_cut_after_its_life(void **state)
{
	(void)state;
	int64_t from_ms = now_ms();
	int fd = dial();
	char seen;
	say(fd, "GET /health HTTP/1.1\r\nX: ");
	while (recv(fd, &seen, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		say(fd, "x");
		assert_true(now_ms() - from_ms < 15000);
		poll(&p, 1, 500);
	}
	assert_in_range(now_ms() - from_ms, 8000, 15000);
	close(fd);
}

static void silent_clients_do_not_lock_others_out(void **state)
{
	int silent[100];
	(void)state;
	for (int i = 0; i < 100; i++)
		silent[i] = dial();            /* 64 are accepted, the others wait */
	int64_t from_ms = now_ms();
	int fd = dial();
	get(fd, "/health");
	struct pollfd p = { .fd = channel, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 500), 0);
	send_answer(receive_question(), 200, "ok\n");
	assert_non_null(strstr(hear(fd), " 200 "));
	assert_in_range(now_ms() - from_ms, 500, 12000);
	for (int i = 0; i < 100; i++)
		close(silent[i]);
}

static void only_this_machine_is_served(void **state)
{
	static const char *const bad[] = { "0.0.0.0", "192.0.2.1", "::", "example.org", "" };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		int status;
		spawn();
		send_config(bad[i], 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		close(channel);
		close(warnings);
	}
}

static int find_program(void **state)
{
	char self[PATH_MAX - 32];
	const char *folder = getenv("TRAC_BIN");
	(void)state;
	if (folder) {
		snprintf(program, sizeof program, "%s/tracd-http", folder);
	} else {
		ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
		self[size > 0 ? size : 0] = '\0';
		*strrchr(self, '/') = '\0';
		snprintf(program, sizeof program, "%s/../bin/tracd-http", self);
	}
	return access(program, X_OK);
}

#define HTTP_TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(an_answer_of_tracd_is_passed_on),
		HTTP_TEST(a_large_answer_arrives),
		HTTP_TEST(a_body_of_many_pieces_arrives),
		HTTP_TEST(what_tracd_does_not_finish_is_cut),
		HTTP_TEST(clients_that_leave_amid_pieces_are_forgotten),
		HTTP_TEST(head_gets_the_header_alone),
		HTTP_TEST(other_paths_and_methods_are_refused),
		HTTP_TEST(a_foreign_host_is_refused),
		HTTP_TEST(large_headers_and_bodies_are_refused),
		HTTP_TEST(a_client_that_leaves_is_forgotten),
		HTTP_TEST(many_quick_clients),
		HTTP_TEST(a_silent_tracd_gives_503),
		HTTP_TEST(after_a_while_nothing_is_watched_any_more),
		HTTP_TEST(a_dripping_client_is_cut_after_its_life),
		HTTP_TEST(silent_clients_do_not_lock_others_out),
		cmocka_unit_test(only_this_machine_is_served),
	};
	return cmocka_run_group_tests_name("http", tests, find_program, NULL);
}
