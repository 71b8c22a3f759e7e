/* The `expect` and `note` lines of a scenario, asked of a network that is up. */
#ifndef TRAC_TESTS_LOOPS_EXPECT_H
#define TRAC_TESTS_LOOPS_EXPECT_H

#include "tests/loops/answers.h"
#include "tests/loops/scenario.h"

/* The ctx of a scenario that is asked. */
struct expectations {
	struct answers *answers;
	const char *hub;               /* who is asked unless said */
	unsigned asked, different;
};

/* scenario.expect: prints a row of the table. */
void expect_line(struct scenario *s, char *words);
/* scenario.note: what no figure can say is printed as it is. */
void expect_note(struct scenario *s, const char *text);

#endif
