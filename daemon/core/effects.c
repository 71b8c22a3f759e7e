/* Lists of effects and of the messages they borrow. */
#include "daemon/core/effects.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void core_effects_clear(struct core_effects *e)
{
	free(e->item);
	*e = (struct core_effects){ .count = 0 };
}

struct core_effect *effects_add(struct core_effects *e, enum core_effect_type type)
{
	struct core_effect *x;

	assert(e->count <= e->room);
	if (e->count == e->room) {
		const unsigned room = e->room ? 2 * e->room : 16;
		struct core_effect *more = realloc(e->item, room * sizeof *more);

		if (!more)
			return NULL;
		e->item = more;
		e->room = room;
	}
	x = &e->item[e->count++];
	memset(x, 0, sizeof *x);
	x->type = type;
	return x;
}

void outbox_reset(struct outbox *o)
{
	o->last = o->first;
	o->used = 0;
}

void outbox_clear(struct outbox *o)
{
	while (o->first) {
		struct outbox_chunk *next = o->first->next;

		free(o->first);
		o->first = next;
	}
	o->last = NULL;
	o->used = 0;
}

static struct outbox_chunk *next_chunk(struct outbox *o)
{
	struct outbox_chunk *c = o->last ? o->last->next : o->first;

	if (c)
		return c;
	c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	if (o->last)
		o->last->next = c;
	else
		o->first = c;
	return c;
}

struct gossip *outbox_add(struct outbox *o)
{
	struct gossip *g;

	if (!o->last || o->used == OUTBOX_CHUNK) {
		struct outbox_chunk *c = next_chunk(o);

		if (!c)
			return NULL;
		o->last = c;
		o->used = 0;
	}
	g = &o->last->message[o->used++];
	memset(g, 0, sizeof *g);
	return g;
}
