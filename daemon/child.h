/*
 * One child process of tracd: started through the spawner, joined by a channel,
 * started again when it ends: after RESTART_MS, doubled up to RESTART_MAX_MS
 * while it keeps ending within a minute.
 */
#ifndef TRAC_DAEMON_CHILD_H
#define TRAC_DAEMON_CHILD_H

#include "daemon/channel.h"
#include "daemon/node.h"

#define RESTART_MS 200
#define RESTART_MAX_MS 30000

struct child_calls {
	void (*started)(struct node *n);                        /* configure it */
	void (*message)(struct node *n, struct span bytes);
	void (*ended)(struct node *n, const char *why);
};

struct child {
	struct node *node;
	enum spawn_program program;
	const char *name;
	struct child_calls calls;
	struct channel *channel;       /* NULL while it is down */
	pid_t pid;
	unsigned restarts;
	int64_t started_ms;
	int64_t wait_ms;
	struct event *again;
};

int child_create(struct child *c, struct node *n, enum spawn_program program, const char *name,
		 const struct child_calls *calls, struct fault *f);
int child_start(struct child *c, struct fault *f);
/* Ends it, if it runs, and starts it again. */
void child_restart(struct child *c, const char *why);
void child_destroy(struct child *c);
/* -1: it is down or its queue is full. */
int child_send(struct child *c, const struct buffer *b);

#endif
