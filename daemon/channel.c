/*
 * Framed messages on a stream socket. Reading: one read a turn of the loop into
 * one growing buffer, and every whole message in it is handed over in place.
 * Writing: at once when nothing waits, since a turn of the loop costs more than
 * the call; what the socket does not take waits in an evbuffer.
 */
#include "daemon/channel.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/util.h>

#define HEADER_SIZE 4
#define READ_ROOM_FIRST 4096
#define READ_ROOM_KEPT (64 * 1024)    /* an idle channel keeps no more than that */
#define WRITE_PIECES 16

struct channel {
	struct channel_calls calls;
	int fd;
	size_t message_max, queue_max;
	struct event *reading, *writing;
	uint8_t *data;                 /* received, not yet handed over: [start, used) */
	size_t start, used, room;
	struct evbuffer *queue;
	bool paused, failed, in_call, destroyed;
	char why[160];                 /* failed: why */
};

static void channel_free(struct channel *c)
{
	if (c->reading)
		event_free(c->reading);
	if (c->writing)
		event_free(c->writing);
	if (c->queue)
		evbuffer_free(c->queue);
	if (c->data)
		explicit_bzero(c->data, c->room);   /* keys travel through some channels */
	free(c->data);
	close(c->fd);
	free(c);
}

void channel_destroy(struct channel *c)
{
	if (!c)
		return;
	if (c->in_call) {
		c->destroyed = true;           /* freed when the call returns */
		return;
	}
	channel_free(c);
}

/* After a call out: true when the callee destroyed the channel, which is now freed. */
static bool channel_left(struct channel *c)
{
	c->in_call = false;
	if (!c->destroyed)
		return false;
	channel_free(c);
	return true;
}

/* Remembers why and stops; closed() is called from the loop, never from channel_send(). */
static void channel_fail(struct channel *c, const char *why)
{
	if (c->failed)
		return;
	c->failed = true;
	snprintf(c->why, sizeof c->why, "%s", why);
	event_del(c->reading);
	event_del(c->writing);
	event_active(c->writing, EV_WRITE, 0);
}

/* --- reading --- */

/* Room for at least one more byte. */
static int make_room(struct channel *c)
{
	if (c->start > 0) {
		memmove(c->data, c->data + c->start, c->used - c->start);
		c->used -= c->start;
		c->start = 0;
	}
	if (c->used < c->room)
		return 0;
	size_t most = c->message_max + HEADER_SIZE;
	size_t room = c->room ? 2 * c->room : READ_ROOM_FIRST;
	if (room > most)
		room = most;
	assert(room > c->used);                /* a full buffer holds a whole message */
	uint8_t *data = realloc(c->data, room);
	if (!data)
		return -1;
	c->data = data;
	c->room = room;
	return 0;
}

static void give_back_room(struct channel *c)
{
	if (c->start < c->used || c->room <= READ_ROOM_KEPT)
		return;
	explicit_bzero(c->data, c->used);
	free(c->data);
	c->data = NULL;
	c->start = c->used = c->room = 0;
}

/* Hands over every whole message. -1: the channel is gone or stopped. */
static int hand_over(struct channel *c)
{
	while (!c->paused && !c->failed && c->used - c->start >= HEADER_SIZE) {
		size_t size = get_u32(c->data + c->start);
		if (size > c->message_max) {
			char why[sizeof c->why];
			snprintf(why, sizeof why, "a message of %zu bytes was announced, "
				 "the limit is %zu", size, c->message_max);
			channel_fail(c, why);
			return -1;
		}
		if (c->used - c->start - HEADER_SIZE < size)
			break;
		struct span message = { c->data + c->start + HEADER_SIZE, size };
		c->start += HEADER_SIZE + size;
		c->in_call = true;
		c->calls.message(c->calls.ctx, message);
		if (channel_left(c))
			return -1;
	}
	give_back_room(c);
	return c->failed ? -1 : 0;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct channel *c = arg;
	(void)what;
	/* woken by channel_pause() with messages that were read before */
	if (hand_over(c) < 0 || c->paused)
		return;
	if (make_room(c) < 0) {
		channel_fail(c, "no memory to read");
		return;
	}
	ssize_t got = read(fd, c->data + c->used, c->room - c->used);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		channel_fail(c, got == 0 ? "closed by the other side" : strerror(errno));
		return;
	}
	c->used += (size_t)got;
	hand_over(c);
}

/* --- writing --- */

/* Writes what it can of pieces. Returns bytes written; failure is remembered. */
static size_t write_pieces(struct channel *c, struct iovec *piece, size_t count)
{
	struct msghdr m = { .msg_iov = piece, .msg_iovlen = count };
	ssize_t done = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (done >= 0)
		return (size_t)done;
	if (errno != EAGAIN && errno != EINTR)
		channel_fail(c, strerror(errno));
	return 0;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct channel *c = arg;
	(void)fd;
	(void)what;
	if (!c->failed && evbuffer_get_length(c->queue) > 0) {
		struct evbuffer_iovec piece[WRITE_PIECES];
		int count = evbuffer_peek(c->queue, -1, NULL, piece, WRITE_PIECES);
		if (count > WRITE_PIECES)
			count = WRITE_PIECES;
		evbuffer_drain(c->queue, write_pieces(c, piece, (size_t)count));
	}
	if (c->failed) {
		c->in_call = true;
		c->calls.closed(c->calls.ctx, c->why);
		channel_left(c);
		return;
	}
	if (evbuffer_get_length(c->queue) > 0)
		return;
	event_del(c->writing);
	if (c->calls.drained) {
		c->in_call = true;
		c->calls.drained(c->calls.ctx);
		channel_left(c);
	}
}

int channel_send(struct channel *c, struct span bytes)
{
	if (bytes.size > UINT32_MAX)
		return -1;
	uint8_t header[HEADER_SIZE];
	size_t queued = evbuffer_get_length(c->queue);
	if (bytes.size + HEADER_SIZE > c->queue_max - queued)
		return -1;
	if (c->failed)
		return 0;                      /* closed() is on its way */
	put_u32(header, (uint32_t)bytes.size);

	size_t done = 0;
	if (queued == 0) {
		struct iovec piece[2] = { { header, HEADER_SIZE },
					  { (void *)bytes.data, bytes.size } };
		done = write_pieces(c, piece, 2);
		if (c->failed || done == HEADER_SIZE + bytes.size)
			return 0;
	}
	size_t head = done < HEADER_SIZE ? done : HEADER_SIZE;
	if (evbuffer_add(c->queue, header + head, HEADER_SIZE - head) < 0 ||
	    evbuffer_add(c->queue, bytes.data + (done - head), bytes.size - (done - head)) < 0)
		channel_fail(c, "no memory to send");   /* half a message may wait: unusable */
	else if (queued == 0)
		event_add(c->writing, NULL);
	return 0;
}

size_t channel_queued(const struct channel *c)
{
	return evbuffer_get_length(c->queue);
}

void channel_pause(struct channel *c, bool pause)
{
	if (c->paused == pause)
		return;
	c->paused = pause;
	if (c->failed)
		return;
	if (pause) {
		event_del(c->reading);
		return;
	}
	event_add(c->reading, NULL);
	event_active(c->reading, EV_READ, 0);
}

struct channel *channel_create(struct event_base *base, int fd, size_t message_max,
			       size_t queue_max, const struct channel_calls *calls)
{
	assert(base && calls->message && calls->closed);
	assert(queue_max >= message_max + HEADER_SIZE);
	struct channel *c = calloc(1, sizeof *c);
	if (!c) {
		close(fd);
		return NULL;
	}
	*c = (struct channel){ .calls = *calls, .fd = fd, .message_max = message_max,
			       .queue_max = queue_max };
	c->queue = evbuffer_new();
	c->reading = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writing = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	if (!c->queue || !c->reading || !c->writing || evutil_make_socket_nonblocking(fd) < 0 ||
	    event_add(c->reading, NULL) < 0) {
		channel_free(c);
		return NULL;
	}
	return c;
}
