/* Bodies that tracd gives in pieces, and HEAD, of a real tracd-http. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/http_help.h"

/* 16 pieces of 200,000 bytes: none is asked for before the one before it was taken. */
static void a_body_of_many_pieces_arrives(void **state)
{
	static char body[200001];
	static char part[65536];
	(void)state;
	memset(body, 'x', sizeof body - 1);
	int fd = http_dial();
	http_get(fd, "/logs/alpha/tile/entries/000");
	for (uint32_t i = 0; i < 16; i++) {
		uint32_t id = http_question();
		assert_string_equal(http_asked_path, "/logs/alpha/tile/entries/000");
		assert_int_equal(http_asked_from, i * 10);
		http_piece(id, 200, IPC_CACHE_FOREVER, 3200000, i < 15 ? (i + 1) * 10 : 0, body);
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
	http_hear(fd);
}

/* A client learns from the length that an answer was cut, and the program lives on. */
static void what_tracd_does_not_finish_is_cut(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		int fd = http_dial();
		http_get(fd, "/logs/alpha/tile/entries/000");
		http_piece(http_question(), 200, IPC_CACHE_FOREVER, 12, 1, "four");
		uint32_t id = http_question();
		if (i == 0)
			http_piece(id, 500, IPC_CACHE_NEVER, 5, 0, "lost\n");
		else if (i == 1)
			http_piece(id, 200, IPC_CACHE_FOREVER, 12, 0, "four");  /* ends short */
		else if (i == 2)
			http_piece(id, 200, IPC_CACHE_FOREVER, 12, 2, "eight ni");  /* no end */
		const char *heard = http_hear(fd);   /* the last time nothing is answered */
		assert_non_null(strstr(heard, "Content-Length: 12\r\n"));
		assert_string_equal(strstr(heard, "\r\n\r\n"), "\r\n\r\nfour");
	}
	int fd = http_dial();
	http_get(fd, "/health");
	http_answer(http_question(), 200, "ok\n");
	assert_non_null(strstr(http_hear(fd), " 200 "));
}

static void clients_that_leave_amid_pieces_are_forgotten(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		int fd = http_dial();
		http_get(fd, "/logs/alpha/tile/entries/000");
		http_piece(http_question(), 200, IPC_CACHE_FOREVER, 12, 1, "four");
		uint32_t id = http_question();
		close(fd);
		http_piece(id, 200, IPC_CACHE_FOREVER, 12, 2, "four");
	}
	int fd = http_dial();
	http_get(fd, "/health");
	uint32_t id = http_question();
	while (strcmp(http_asked_path, "/health"))
		id = http_question();
	http_answer(id, 200, "ok\n");
	assert_non_null(strstr(http_hear(fd), " 200 "));
}

static void head_gets_the_header_alone(void **state)
{
	char text[200];
	(void)state;
	for (int i = 0; i < 2; i++) {
		int fd = http_dial();
		snprintf(text, sizeof text, "HEAD /logs/alpha/checkpoint HTTP/1.1\r\nHost: "
			 "localhost:%u\r\n\r\n", http_port);
		http_say(fd, text);
		http_piece(http_question(), 200, IPC_CACHE_SHORT, i ? 400 : 4, (uint32_t)i,
			   "four");
		const char *heard = http_hear(fd);
		assert_non_null(strstr(heard, i ? "Content-Length: 400\r\n"
				       : "Content-Length: 4\r\n"));
		assert_non_null(strstr(heard, "Cache-Control: public, max-age=5\r\n"));
		assert_string_equal(strstr(heard, "\r\n\r\n"), "\r\n\r\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(a_body_of_many_pieces_arrives),
		HTTP_TEST(what_tracd_does_not_finish_is_cut),
		HTTP_TEST(clients_that_leave_amid_pieces_are_forgotten),
		HTTP_TEST(head_gets_the_header_alone),
	};
	return cmocka_run_group_tests_name("http_pieces", tests, http_find_program, NULL);
}
