/*
 * For tests: a real tracd-http. The test plays tracd over the socket pair, and
 * clients of every kind over TCP. What cannot fail ends the test by assert.
 */
#ifndef TRAC_TESTS_UNIT_HTTP_HELP_H
#define TRAC_TESTS_UNIT_HTTP_HELP_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/ipc.h"

extern char http_program[PATH_MAX];
extern pid_t http_pid;
extern int http_channel;
extern int http_warnings;                   /* its stderr */
extern uint16_t http_port;
extern unsigned http_asked;                 /* questions to tracd */
extern char http_asked_path[1100];          /* the last one */
extern uint32_t http_asked_from;

/* --- as tracd --- */

void http_spawn(void);
void http_configure(const char *host, uint16_t at);
/* Waits for the next question; its id. */
uint32_t http_question(void);
/* A piece of a body of total bytes; more: where the next one begins. */
void http_piece(uint32_t id, unsigned status, enum ipc_cache cache, size_t total, uint32_t more,
		const char *body);
void http_answer(uint32_t id, unsigned status, const char *body);
/* Setup and teardown of a test. */
int http_start(void **state);
int http_stop(void **state);
#define HTTP_TEST(f) cmocka_unit_test_setup_teardown(f, http_start, http_stop)
/* Setup of the group. */
int http_find_program(void **state);

/* --- as clients --- */

int http_dial(void);
void http_say(int fd, const char *text);
/* All that comes until it is closed; closes. */
const char *http_hear(int fd);
void http_get(int fd, const char *path);

#endif
