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

#include "tests/unit/http_help.h"

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void an_answer_of_tracd_is_passed_on(void **state)
{
	(void)state;
	int fd = http_dial();
	http_get(fd, "/health");
	http_answer(http_question(), 200, "ok\n");
	const char *heard = http_hear(fd);
	assert_string_equal(http_asked_path, "/health");
	assert_non_null(strstr(heard, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(heard, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
	assert_non_null(strstr(heard, "\r\nX-Content-Type-Options: nosniff\r\n"));
	assert_non_null(strstr(heard, "\r\n\r\nok\n"));
	fd = http_dial();
	http_get(fd, "/metrics?x=1");
	uint32_t id = http_question();
	assert_string_equal(http_asked_path, "/metrics");
	http_answer(id + 1000, 200, "nobody asked\n");
	http_answer(id, 503, "alert\n");
	heard = http_hear(fd);
	assert_non_null(strstr(heard, "HTTP/1.1 503 "));
	assert_non_null(strstr(heard, "\r\n\r\nalert\n"));
}

static void a_large_answer_arrives(void **state)
{
	static char body[200001];
	(void)state;
	memset(body, 'x', sizeof body - 1);
	int fd = http_dial();
	http_get(fd, "/metrics");
	http_answer(http_question(), 200, body);
	assert_true(strlen(http_hear(fd)) > 200000);
}

static void other_paths_and_methods_are_refused(void **state)
{
	char text[200];
	(void)state;
	unsigned before = http_asked;
	int fd = http_dial();
	http_get(fd, "/etc/passwd");
	const char *heard = http_hear(fd);
	assert_non_null(strstr(heard, "HTTP/1.1 404 "));
	assert_non_null(strstr(heard, "ask for /health or /metrics"));
	fd = http_dial();
	snprintf(text, sizeof text, "POST /health HTTP/1.1\r\nHost: localhost:%u\r\n"
		 "Content-Length: 0\r\nConnection: close\r\n\r\n", http_port);
	http_say(fd, text);
	assert_null(strstr(http_hear(fd), " 200 "));
	assert_int_equal(http_asked, before);
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
		snprintf(host, sizeof host, bad[i], http_port);
		snprintf(text, sizeof text, "GET /health HTTP/1.0\r\n%s\r\n", host);
		int fd = http_dial();
		http_say(fd, text);
		assert_non_null(strstr(http_hear(fd), " 403 "));
	}
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		snprintf(host, sizeof host, good[i], http_port);
		snprintf(text, sizeof text, "GET /health HTTP/1.1\r\nHost: %s\r\n\r\n", host);
		int fd = http_dial();
		http_say(fd, text);
		http_answer(http_question(), 200, "ok\n");
		assert_non_null(strstr(http_hear(fd), " 200 "));
	}
}

static void large_headers_and_bodies_are_refused(void **state)
{
	static char text[120000];
	(void)state;
	int used = snprintf(text, sizeof text, "GET /health HTTP/1.1\r\nHost: localhost:%u\r\nX: ",
			    http_port);
	memset(text + used, 'x', 100000);
	text[used + 100000] = '\0';
	int fd = http_dial();
	http_say(fd, text);
	assert_null(strstr(http_hear(fd), " 200 "));
	snprintf(text, sizeof text, "GET /health HTTP/1.1\r\nHost: localhost:%u\r\n"
		 "Content-Length: 1000000\r\n\r\n", http_port);
	fd = http_dial();
	http_say(fd, text);
	assert_non_null(strstr(http_hear(fd), " 413 "));
	fd = http_dial();
	http_say(fd, "\x16\x03\x01 nonsense\r\n\r\n");
	assert_null(strstr(http_hear(fd), " 200 "));
}

static void a_client_that_leaves_is_forgotten(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		int fd = http_dial();
		http_get(fd, "/health");
		uint32_t id = http_question();
		close(fd);
		http_answer(id, 200, "too late\n");
	}
	int fd = http_dial();
	http_get(fd, "/health");
	http_answer(http_question(), 200, "ok\n");
	assert_non_null(strstr(http_hear(fd), " 200 "));
}

static void many_quick_clients(void **state)
{
	(void)state;
	for (int i = 0; i < 500; i++) {
		int fd = http_dial();
		http_get(fd, i % 2 ? "/health" : "/nothing");
		if (i % 2)
			http_answer(http_question(), 200, "ok\n");
		assert_non_null(strstr(http_hear(fd), i % 2 ? " 200 " : " 404 "));
	}
}

static void a_silent_tracd_gives_503(void **state)
{
	(void)state;
	int64_t from_ms = now_ms();
	int fd = http_dial();
	http_get(fd, "/health");
	http_question();
	const char *heard = http_hear(fd);
	assert_non_null(strstr(heard, " 503 "));
	assert_non_null(strstr(heard, "tracd does not answer"));
	assert_in_range(now_ms() - from_ms, 4000, 9000);
}

/* libevent says so on stderr when it meets a descriptor that is closed. */
static void after_a_while_nothing_is_watched_any_more(void **state)
{
	(void)state;
	int fd = http_dial();
	http_get(fd, "/health");
	http_answer(http_question(), 200, "ok\n");
	assert_non_null(strstr(http_hear(fd), " 200 "));
	struct pollfd p = { .fd = http_warnings, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 6000), 0);        /* longer than evhttp's patience */
}

/* A byte now and then keeps evhttp's own patience alive, and ours not. */
static void a_dripping_client_is_cut_after_its_life(void **state)
{
	(void)state;
	int64_t from_ms = now_ms();
	int fd = http_dial();
	char seen;
	http_say(fd, "GET /health HTTP/1.1\r\nX: ");
	while (recv(fd, &seen, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		http_say(fd, "x");
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
		silent[i] = http_dial();            /* 64 are accepted, the others wait */
	int64_t from_ms = now_ms();
	int fd = http_dial();
	http_get(fd, "/health");
	struct pollfd p = { .fd = http_channel, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 500), 0);
	http_answer(http_question(), 200, "ok\n");
	assert_non_null(strstr(http_hear(fd), " 200 "));
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
		http_spawn();
		http_configure(bad[i], 0);
		assert_int_equal(waitpid(http_pid, &status, 0), http_pid);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		close(http_channel);
		close(http_warnings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(an_answer_of_tracd_is_passed_on),
		HTTP_TEST(a_large_answer_arrives),
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
	return cmocka_run_group_tests_name("http", tests, http_find_program, NULL);
}
