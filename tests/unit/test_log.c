/* Lines of the log: priorities, escaping, and what repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/log.h"

static int real_stderr;
static FILE *captured;

static int capture(void **state)
{
	(void)state;
	captured = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	return captured && dup2(fileno(captured), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int release(void **state)
{
	(void)state;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	return fclose(captured);
}

/* What was logged since the last call. */
static const char *logged(void)
{
	static char text[16384];
	ssize_t size = pread(fileno(captured), text, sizeof text - 1, 0);
	text[size > 0 ? size : 0] = '\0';
	assert_int_equal(ftruncate(fileno(captured), 0), 0);
	lseek(fileno(captured), 0, SEEK_SET);
	return text;
}

static void each_level_has_its_priority(void **state)
{
	(void)state;
	log_init("tracd-test", LOG_TRACE);
	log_line(LOG_BUG, "b %d", 1);
	log_line(LOG_ALERT, "a");
	log_line(LOG_NOTE, "n");
	log_line(LOG_TRACE, "t");
	assert_string_equal(logged(), "<2>tracd-test: bug: b 1\n<3>tracd-test: alert: a\n"
			    "<5>tracd-test: note: n\n<7>tracd-test: trace: t\n");
}

static void less_urgent_lines_are_left_out(void **state)
{
	(void)state;
	log_init("t", LOG_ALERT);
	log_line(LOG_NOTE, "no");
	log_line(LOG_TRACE, "no");
	assert_string_equal(logged(), "");
}

static void foreign_text_is_escaped(void **state)
{
	(void)state;
	log_init("t", LOG_NOTE);
	log_line(LOG_NOTE, "%s", "a\nb\x1b[31m\xc3\xa9\x7f");
	assert_string_equal(logged(), "<5>t: note: a\\x0ab\\x1b[31m\\xc3\\xa9\\x7f\n");
}

static void a_long_line_is_cut(void **state)
{
	char text[5000];
	(void)state;
	memset(text, '\n', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	log_init("t", LOG_NOTE);
	log_line(LOG_NOTE, "%s", text);
	const char *line = logged();
	assert_true(strlen(line) < 2200);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void a_line_that_repeats_is_counted(void **state)
{
	unsigned shown = 0;
	(void)state;
	log_init("t", LOG_NOTE);
	for (int i = 0; i < 1000; i++)
		log_line(LOG_NOTE, "peer x sends junk");
	for (const char *at = logged(); (at = strchr(at, '\n')); at++)
		shown++;
	assert_int_equal(shown, 5);
	for (int i = 0; i < 1000; i++)
		log_line(LOG_BUG, "always");
	shown = 0;
	for (const char *at = logged(); (at = strchr(at, '\n')); at++)
		shown++;
	assert_in_range(shown, 600, 1000);     /* as many as the test's buffer holds */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_level_has_its_priority, capture, release),
		cmocka_unit_test_setup_teardown(less_urgent_lines_are_left_out, capture, release),
		cmocka_unit_test_setup_teardown(foreign_text_is_escaped, capture, release),
		cmocka_unit_test_setup_teardown(a_long_line_is_cut, capture, release),
		cmocka_unit_test_setup_teardown(a_line_that_repeats_is_counted, capture, release),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
