/*
 * Events of clients, committed in groups: all requests that are waiting when
 * the loop comes to rest share one transaction, and each is answered when that
 * is durable. An event id that the log already holds is answered with its
 * first position.
 */
#ifndef TRAC_DAEMON_RECORDER_H
#define TRAC_DAEMON_RECORDER_H

#include "daemon/node.h"

/* What one request came to. */
struct recorded {
	unsigned count;              /* events accepted: a prefix of the request */
	const uint64_t *index;       /* their positions; borrowed for the call */
	unsigned repeated;           /* how many were there before */
	const struct fault *refusal; /* NULL, or why the next one was refused */
};

typedef void recorder_done(void *ctx, const struct recorded *r);

int recorder_create(struct node *n, struct fault *f);
void recorder_destroy(struct node *n);

/* Takes a request of at most COMMIT_EVENTS_MAX events (copied). done is called
 * once, after the commit, unless it is cancelled. */
void recorder_add(struct node *n, const struct span *event, unsigned count,
		  recorder_done *done, void *ctx);
/* The asker is gone: its events are recorded all the same. */
void recorder_cancel(struct node *n, void *ctx);

/* The two halves of a commit, called by daemon/writer.c: what waits goes into the
 * open transaction, and is answered when that is durable, or failed (failure). */
int recorder_append(struct node *n, struct fault *f);
void recorder_answer(struct node *n, const struct fault *failure);

#endif
