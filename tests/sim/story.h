/*
 * A story: a small world whose trace is kept and compared, line by line,
 * "[milliseconds] who: what". The trace is the documentation.
 */
#ifndef TRAC_SIM_STORY_H
#define TRAC_SIM_STORY_H

#include "tests/sim/world.h"

struct story {
	struct world *w;
	char text[16384];
	size_t used;
};

/* Node 0 is the authority, then come the hubs; all are admitted, none runs. */
struct story *story_begin(unsigned count, unsigned hubs, const char *const *names);
void story_end(struct story *s);
/* The authority and its hub, node 1, run and know each other; forgotten. */
void story_found(struct story *s);
void story_run(struct story *s, int64_t ms);
void story_forget(struct story *s);
/* What happened since the last time, and no check failed. */
void story_expect(struct story *s, const char *text);
/* All honest nodes hold the same. */
void story_expect_equal(struct story *s);

#endif
