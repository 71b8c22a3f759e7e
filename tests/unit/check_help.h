/* For tests of the check: a store of a few hundred events, made anew for each. */
#ifndef TRAC_TESTS_CHECK_HELP_H
#define TRAC_TESTS_CHECK_HELP_H

#include "store/check.h"
#include "tests/unit/events_help.h"

/* Events that are indexed and signed; a few more are neither. */
#define CHECK_EVENTS 700
#define CHECK_TAIL 50

struct checked {
	struct world w;
	const char *dir;
	struct store *s;
	char first[FAULT_TEXT_MAX];    /* what the check told first */
	uint64_t progress;
};
extern struct checked it;

/* For cmocka. */
int check_set_up(void **state);
int check_tear_down(void **state);
/* As store_check(); it.first is then the first sentence, or the fault. */
int check_it(struct store *of, struct check_report *r);
/* Flips one bit of an entry where it lies. */
void harm_entry(uint32_t log, uint64_t index);
uint64_t size_of(uint32_t log);

#endif
