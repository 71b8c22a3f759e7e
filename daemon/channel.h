/*
 * Messages over a stream socket: a u32 big-endian length, then that many bytes.
 * Serves the control socket and the socket pairs alike, on libevent.
 *
 * Bounded: a longer message received than message_max closes the channel, with a reason;
 * more than queue_max bytes waiting to be sent make channel_send() refuse.
 */
#ifndef TRAC_DAEMON_CHANNEL_H
#define TRAC_DAEMON_CHANNEL_H

#include <stdbool.h>

#include "proto/wire/bytes.h"

struct event_base;
struct channel;

struct channel_calls {
	/* One whole message, borrowed for the call. The callee may call channel_destroy(). */
	void (*message)(void *ctx, struct span bytes);
	/* The other side is gone, or broke the framing: why. The callee destroys the channel. */
	void (*closed)(void *ctx, const char *why);
	/* All that was queued has been written; may be NULL. */
	void (*drained)(void *ctx);
	void *ctx;
};

/* fd: a connected stream socket, non-blocking from now on, owned by the channel.
 * NULL: no memory. */
struct channel *channel_create(struct event_base *base, int fd, size_t message_max,
			       size_t queue_max, const struct channel_calls *calls);
void channel_destroy(struct channel *c);     /* NULL is harmless; queued bytes are lost */
/* Copies. -1: the queue would be over its maximum, nothing was queued. */
int channel_send(struct channel *c, struct span bytes);
size_t channel_queued(const struct channel *c);
/* Stops and resumes reading, for back-pressure. */
void channel_pause(struct channel *c, bool pause);

#endif
