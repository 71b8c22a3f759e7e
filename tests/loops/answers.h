/* What `trac ... --json` answers, asked once for each different question. */
#ifndef TRAC_TESTS_LOOPS_ANSWERS_H
#define TRAC_TESTS_LOOPS_ANSWERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct answers;

/* trac: the program; work: the folder of the homes. Both borrowed. */
struct answers *answers_create(const char *trac, const char *work);
void answers_destroy(struct answers *a);

/* Borrowed until destroyed. NULL: trac refused, or what it printed is no JSON. */
const json_t *answers_ask(struct answers *a, const char *node, const char *const *word,
			  unsigned count);

#define FOUND_MAX 1024

/* The scalars at a path: "devices.0.events.*.author"; a name, a position, * for all, or
 * name=value for the elements that have it. As text, sorted, each once, in out. */
struct found {
	unsigned count;
	char text[FOUND_MAX][80];
};
void answers_find(const json_t *j, const char *path, struct found *out);

#endif
