/* One child process of tracd: started, watched, started again. */
#include "daemon/child.h"

#include <string.h>

#include "daemon/clock.h"
#include "daemon/ipc.h"
#include "daemon/log.h"

/* 64 whole messages: a child that is that far behind is stuck. */
#define QUEUE_BYTES (64 * (size_t)IPC_BYTES_MAX)
#define STEADY_MS 60000

static void on_message(void *ctx, struct span bytes)
{
	struct child *c = ctx;

	c->calls.message(c->node, bytes);
}

static void plan_restart(struct child *c)
{
	struct timeval tv;

	if (c->node->stopping)
		return;
	if (clock_mono_ms() - c->started_ms > STEADY_MS)
		c->wait_ms = RESTART_MS;
	tv = (struct timeval){ c->wait_ms / 1000, c->wait_ms % 1000 * 1000 };
	evtimer_add(c->again, &tv);
	c->wait_ms = c->wait_ms * 2 > RESTART_MAX_MS ? RESTART_MAX_MS : c->wait_ms * 2;
}

static void on_closed(void *ctx, const char *why)
{
	struct child *c = ctx;

	log_line(LOG_NOTE, "%s ended (%s): starting it again", c->name, why);
	channel_destroy(c->channel);
	c->channel = NULL;
	c->restarts++;
	c->calls.ended(c->node, why);
	plan_restart(c);
}

int child_start(struct child *c, struct fault *f)
{
	const struct channel_calls calls = {
		.message = on_message, .closed = on_closed, .ctx = c,
	};
	int fd;

	c->started_ms = clock_mono_ms();
	if (spawner_spawn(&c->node->spawner, c->program, &fd, &c->pid, f) < 0)
		return -1;
	c->channel = channel_create(c->node->base, fd, IPC_BYTES_MAX, QUEUE_BYTES, &calls);
	if (!c->channel)
		return fault_set(f, FAULT_FULL, "no memory for the channel to %s", c->name);
	c->calls.started(c->node);
	return 0;
}

static void on_again(evutil_socket_t fd, short what, void *ctx)
{
	struct child *c = ctx;
	struct fault f = { 0 };

	(void)fd;
	(void)what;
	if (child_start(c, &f) < 0) {
		node_alert(c->node, f.text);
		plan_restart(c);
	}
}

int child_create(struct child *c, struct node *n, enum spawn_program program, const char *name,
		 const struct child_calls *calls, struct fault *f)
{
	*c = (struct child){
		.node = n, .program = program, .name = name, .calls = *calls,
		.wait_ms = RESTART_MS,
	};
	c->again = evtimer_new(n->base, on_again, c);
	return c->again ? 0 : fault_set(f, FAULT_FULL, "no memory for %s", name);
}

void child_restart(struct child *c, const char *why)
{
	if (c->channel)
		on_closed(c, why);
}

void child_destroy(struct child *c)
{
	channel_destroy(c->channel);
	if (c->again)
		event_free(c->again);
	memset(c, 0, sizeof *c);
}

int child_send(struct child *c, const struct buffer *b)
{
	if (!c->channel || b->failed)
		return -1;
	return channel_send(c->channel, (struct span){ b->data, b->used });
}
