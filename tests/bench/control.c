/* Framed requests and replies over the control socket. */
#include "tests/bench/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bench/measure.h"

bool control_open(struct control *c, const char *home)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	*c = (struct control){ .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	if (snprintf(at.sun_path, sizeof at.sun_path, "%s/tracd.sock", home) >=
	    (int)sizeof at.sun_path)
		die("%s: too long for a socket path", home);
	if (connect(c->fd, (struct sockaddr *)&at, sizeof at) == 0)
		return true;
	control_close(c);
	return false;
}

void control_close(struct control *c)
{
	close(c->fd);
	free(c->data);
	*c = (struct control){ .fd = -1 };
}

void control_send(struct control *c, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = send(c->fd, bytes, size, MSG_NOSIGNAL);
		if (n < 0)
			die("tracd went away: %s", strerror(errno));
		bytes += n;
		size -= (size_t)n;
	}
}

size_t control_frame(const Trac__Request *q, uint8_t **frame)
{
	size_t size = trac__request__get_packed_size(q);
	uint8_t *to = *frame = malloc(4 + size);

	if (!to)
		die("no memory for a request");
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(size >> (24 - 8 * i));
	trac__request__pack(q, to + 4);
	return 4 + size;
}

void control_ask(struct control *c, const Trac__Request *q)
{
	uint8_t *frame;
	size_t size = control_frame(q, &frame);

	control_send(c, frame, size);
	free(frame);
}

static size_t reply_size(const struct control *c)
{
	return 4 + ((size_t)c->data[0] << 24 | (size_t)c->data[1] << 16 |
		    (size_t)c->data[2] << 8 | c->data[3]);
}

static bool is_whole(const struct control *c)
{
	return c->used >= 4 && c->used >= reply_size(c);
}

bool control_receive(struct control *c, bool blocks)
{
	do {
		size_t wanted = c->used >= 4 ? reply_size(c) : 16384;
		if (c->room < wanted || c->room == c->used) {
			c->room = wanted > 2 * c->room ? wanted : 2 * c->room;
			c->data = realloc(c->data, c->room);
			if (!c->data)
				die("no memory for a reply of %zu bytes", wanted);
		}
		ssize_t n = recv(c->fd, c->data + c->used, c->room - c->used, 0);
		if (n <= 0)
			die("tracd closed the connection: %s", n ? strerror(errno) : "end");
		c->used += (size_t)n;
	} while (blocks && !is_whole(c));
	return is_whole(c);
}

size_t control_skip(struct control *c)
{
	size_t size = reply_size(c);

	/* one reply per request, one request at a time */
	if (c->used != size)
		die("a reply of %zu bytes is followed by %zu unasked ones", size, c->used - size);
	c->used = 0;
	return size - 4;
}

Trac__Reply *control_reply(struct control *c)
{
	Trac__Reply *r = trac__reply__unpack(NULL, reply_size(c) - 4, c->data + 4);

	if (!r)
		die("a reply that does not unpack");
	if (r->refusal)
		die("refused: %s", r->refusal->text);
	control_skip(c);
	return r;
}

Trac__Reply *control_call(struct control *c, const Trac__Request *q)
{
	control_ask(c, q);
	control_receive(c, true);
	return control_reply(c);
}

bool control_status(const char *home, Trac__Reply **reply)
{
	Trac__Request q = TRAC__REQUEST__INIT;
	Trac__Empty empty = TRAC__EMPTY__INIT;
	struct control c;

	if (!control_open(&c, home))
		return false;
	q.body_case = TRAC__REQUEST__BODY_STATUS;
	q.status = &empty;
	*reply = control_call(&c, &q);
	control_close(&c);
	return true;
}
