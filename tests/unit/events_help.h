/* Random events for tests: few identifiers, so that they meet often. */
#ifndef TRAC_TESTS_EVENTS_HELP_H
#define TRAC_TESTS_EVENTS_HELP_H

#include "proto/life/life.h"
#include "store/index.h"

#define WORLD_LOGS 4
#define WORLD_EVENTS 4000

/* All events that were made, in order, and where each was appended. */
struct world {
	struct store *store;
	uint32_t log[WORLD_LOGS];
	unsigned values;               /* of each kind of identifier */
	unsigned count;
	struct {
		struct position at;
		struct buffer bytes;
		Trac__Event *event;
		char author[16];
	} item[WORLD_EVENTS];
};

void world_begin(struct world *w, struct store *s, unsigned values);
void world_end(struct world *w);
/* Appends count random events to random logs and tells the index, when there is one. */
void world_grow(struct world *w, struct index *x, unsigned count);
/* Its origin is "fne.example/w0" and so on. */
const char *world_author(unsigned log);
/* A random normalised identifier value, as some event may have. */
void world_value(const struct world *w, char value[TEXT_MAX + 1]);

#endif
