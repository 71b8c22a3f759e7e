/*
 * Events on their way to tracd: collected, sent in appends of at most
 * BATCH_EVENTS, acknowledged only when tracd has them on disk.
 */
#ifndef TRAC_CLI_BATCH_H
#define TRAC_CLI_BATCH_H

#include <stdbool.h>

#include "cli/client.h"
#include "cli/fields.h"
#include "proto/log/registry.h"

#define BATCH_EVENTS 1000
#define BATCH_BYTES (CONTROL_BYTES_MAX / 2)

struct batch {
	struct client client;
	char member[MEMBER_NAME_MAX + 1];    /* of this node */
	unsigned epoch;                      /* of its log */
	uint64_t size_before;                /* of its log, when opened */
	uint64_t next;                       /* new entries have this index or a larger one */
	unsigned count;
	size_t end[BATCH_EVENTS];            /* where each event ends in bytes */
	unsigned line[BATCH_EVENTS];         /* from where it was read; 0: no line */
	uint8_t id[BATCH_EVENTS][EVENT_ID_SIZE];
	struct buffer bytes;
	/* so far, all acknowledged */
	uint64_t recorded;                   /* new entries */
	uint64_t known_before;               /* were there before we began */
	uint64_t repeated;                   /* stood twice in what we were given */
	/* told of each acknowledged event, in order; NULL: nobody */
	void (*tell)(void *ctx, const uint8_t id[EVENT_ID_SIZE], uint64_t index, bool is_new);
	void *ctx;
};

/* Connects and asks who the node is. Close with batch_close() also after a refusal. */
int batch_open(struct batch *b, const char *home, struct fault *f);
void batch_close(struct batch *b);
/*
 * Adds the event that fields_event() makes; sends when full. line: 0 or where it
 * stands, which a refusal then names.
 */
int batch_add(struct batch *b, const struct fields *l, const struct defaults *d, unsigned line,
	      struct fault *f);
/* Sends what waits. A refusal names the line; what stood before it is recorded. */
int batch_send(struct batch *b, struct fault *f);

#endif
