/*
 * The effects of one step while they are made, and the messages that they
 * borrow: both live until the next step. When memory runs out an effect is
 * lost and counted; what it was for is asked again when its time has passed.
 */
#ifndef TRAC_CORE_EFFECTS_H
#define TRAC_CORE_EFFECTS_H

#include "daemon/core/core.h"

#define OUTBOX_CHUNK 32

struct outbox_chunk {
	struct outbox_chunk *next;
	struct gossip message[OUTBOX_CHUNK];
};

/* Messages of this step; chunks are kept for the next one. */
struct outbox {
	struct outbox_chunk *first, *last;     /* owned; last: in use */
	unsigned used;                         /* of last */
};

void outbox_reset(struct outbox *o);
void outbox_clear(struct outbox *o);
/* A zeroed message; NULL when there is no memory. */
struct gossip *outbox_add(struct outbox *o);

/* A zeroed effect of that type; NULL when there is no memory. */
struct core_effect *effects_add(struct core_effects *e, enum core_effect_type type);

#endif
