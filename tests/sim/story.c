/* Telling stories. */
#include "tests/sim/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void keep_line(struct world *w, const char *line)
{
	struct story *s = w->ctx;
	const size_t length = strlen(line);

	if (s->used + length + 2 > sizeof s->text)
		return;
	memcpy(s->text + s->used, line, length);
	s->used += length;
	s->text[s->used++] = '\n';
	s->text[s->used] = '\0';
}

/* Node 0 is the authority, then come the hubs; all are admitted. */
struct story *story_begin(unsigned count, unsigned hubs, const char *const *names)
{
	struct story *s = calloc(1, sizeof *s);

	s->w = world_create(1, count, hubs, names, false);
	for (unsigned i = 1; i < count; i++)
		node_admit(s->w, i);
	s->w->line = keep_line;
	s->w->ctx = s;
	return s;
}

void story_end(struct story *s)
{
	world_destroy(s->w);
	free(s);
}

void story_forget(struct story *s)
{
	s->used = 0;
	s->text[0] = '\0';
}

/* What happened since the last time. */
void story_expect(struct story *s, const char *text)
{
	if (strcmp(s->text, text) != 0) {
		fprintf(stderr, "--- expected ---\n%s--- happened ---\n%s", text, s->text);
		fail();
	}
	assert_string_equal(s->w->failure, "");
	story_forget(s);
}

void story_expect_equal(struct story *s)
{
	char why[400] = "";

	if (!check_equal(s->w, why, sizeof why)) {
		fprintf(stderr, "%s\n", why);
		fail();
	}
	assert_string_equal(s->w->failure, "");
}

void story_run(struct story *s, int64_t ms)
{
	world_run(s->w, s->w->now + ms);
}

/* The authority and its hub know each other. */
void story_found(struct story *s)
{
	node_dials(s->w, 1, AUTHORITY);
	node_start(s->w, AUTHORITY);
	node_start(s->w, 1);
	story_run(s, 2000);
	story_forget(s);
}
