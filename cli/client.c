/* Asking tracd over its Unix socket. */
#include "cli/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/world.h"
#include "proto/log/policy.h"
#include "proto/wire/bytes.h"
#include "proto/wire/limits.h"
#include "proto/wire/unpack.h"

/* A bundle and the envelope around it. */
#define REPLY_BYTES_MAX (BUNDLE_WIDE_BYTES_MAX + 4096)

static int refuse_connect(const struct client *c, const char *path, int why, struct fault *f)
{
	client_close((struct client *)c);
	if (why == ENOENT || why == ECONNREFUSED) {
		return fault_set(f, FAULT_UNAVAILABLE, "%s: nobody answers: is tracd running? "
				 "start it with: tracd --home %s", path, c->home);
	}
	if (why == EACCES || why == EPERM) {
		return fault_set(f, FAULT_REFUSED, "%s: not allowed: run trac as the user or in "
				 "the group of tracd", path);
	}
	return fault_set(f, FAULT_UNAVAILABLE, "%s: %s", path, strerror(why));
}

int client_open(struct client *c, const char *home, struct fault *f)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	*c = (struct client){ -1, home };
	if (snprintf(a.sun_path, sizeof a.sun_path, "%s/tracd.sock", home)
	    >= (int)sizeof a.sun_path) {
		return fault_set(f, FAULT_CONFIG, "%s: the path of its socket is longer than the "
				 "%zu bytes that the system takes: choose a shorter home", home,
				 sizeof a.sun_path - 1);
	}
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return fault_set(f, FAULT_IO, "no socket: %s", strerror(errno));
	if (connect(c->fd, (struct sockaddr *)&a, sizeof a) < 0)
		return refuse_connect(c, a.sun_path, errno, f);
	return 0;
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* Waits until fd is ready. -1 past the deadline. */
static int wait_for(int fd, short events, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline - world_steady_ms();
		struct pollfd p = { .fd = fd, .events = events };
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n > 0)
			return 0;
		if (n == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (errno != EINTR)
			return -1;
	}
}

static int send_all(int fd, const struct buffer *b, int64_t deadline)
{
	size_t sent = 0;
	while (sent < b->used) {
		ssize_t n = send(fd, b->data + sent, b->used - sent, MSG_NOSIGNAL);
		if (n >= 0) {
			sent += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || wait_for(fd, POLLOUT, deadline) < 0)
			return -1;
	}
	return 0;
}

static int receive_all(int fd, uint8_t *to, size_t size, int64_t deadline)
{
	while (size) {
		ssize_t n = recv(fd, to, size, 0);
		if (n > 0) {
			to += n;
			size -= (size_t)n;
			continue;
		}
		if (n == 0) {
			errno = ECONNRESET;
			return -1;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || wait_for(fd, POLLIN, deadline) < 0)
			return -1;
	}
	return 0;
}

static int refuse_talk(const struct client *c, struct fault *f)
{
	if (errno == ETIMEDOUT) {
		return fault_set(f, FAULT_UNAVAILABLE, "tracd of %s did not answer within %d "
				 "seconds: look at its log", c->home, CLIENT_WAIT_MS / 1000);
	}
	return fault_set(f, FAULT_UNAVAILABLE, "tracd of %s ended the connection (%s): look at "
			 "its log, and repeat: a repeated request is harmless", c->home,
			 strerror(errno));
}

static int send_request(struct client *c, const Trac__Request *request, int64_t deadline,
			struct fault *f)
{
	struct buffer message, framed;
	buffer_init(&message, CONTROL_BYTES_MAX);
	buffer_init(&framed, CONTROL_BYTES_MAX + 4);
	pack(request, &message);
	write_span(&framed, (struct span){ message.data, message.used });
	int rc = 0;
	if (message.failed || framed.failed) {
		rc = fault_set(f, FAULT_LIMIT, "the request is larger than the %d bytes accepted",
			       CONTROL_BYTES_MAX);
	} else if (send_all(c->fd, &framed, deadline) < 0) {
		rc = refuse_talk(c, f);
	}
	buffer_clear(&message);
	buffer_clear(&framed);
	return rc;
}

static Trac__Reply *receive_reply(struct client *c, int64_t deadline, struct fault *f)
{
	uint8_t head[4], *bytes = NULL;
	Trac__Reply *reply = NULL;
	if (receive_all(c->fd, head, sizeof head, deadline) < 0) {
		refuse_talk(c, f);
		return NULL;
	}
	size_t size = get_u32(head);
	if (size > REPLY_BYTES_MAX) {
		fault_set(f, FAULT_PROTOCOL, "tracd announced an answer of %zu bytes, more than "
			  "the %d accepted", size, REPLY_BYTES_MAX);
		return NULL;
	}
	bytes = malloc(size + 1);
	if (!bytes)
		fault_set(f, FAULT_IO, "no memory for an answer of %zu bytes", size);
	else if (receive_all(c->fd, bytes, size, deadline) < 0)
		refuse_talk(c, f);
	else
		reply = unpack(&trac__reply__descriptor, (struct span){ bytes, size },
			       UNPACK_STRICT, f);
	free(bytes);
	return reply;
}

Trac__Reply *client_ask(struct client *c, const Trac__Request *request, struct fault *f)
{
	int64_t deadline = world_steady_ms() + CLIENT_WAIT_MS;
	Trac__Reply *reply = NULL;
	if (send_request(c, request, deadline, f) == 0)
		reply = receive_reply(c, deadline, f);
	if (!reply)
		client_close(c);
	return reply;
}

bool reply_refused(const Trac__Reply *r, Trac__Reply__BodyCase wanted, struct fault *f)
{
	if (r->refusal) {
		const char *text = r->refusal->text;
		fault_copy(f, r->refusal->code, text ? text : "tracd refused without a reason");
		return true;
	}
	if (r->body_case == wanted)
		return false;
	fault_set(f, FAULT_PROTOCOL, "tracd answered something else than was asked: are trac and "
		  "tracd of one version?");
	return true;
}

Trac__Reply *client_ask_once(const char *home, const Trac__Request *request,
			     Trac__Reply__BodyCase wanted, struct fault *f)
{
	struct client c;
	if (client_open(&c, home, f) < 0)
		return NULL;
	Trac__Reply *r = client_ask(&c, request, f);
	client_close(&c);
	if (r && reply_refused(r, wanted, f)) {
		unpack_free(r);
		r = NULL;
	}
	return r;
}

int client_lookup(struct client *c, const char *query, Trac__LookupScope scope,
		  struct buffer *out, unsigned *need, struct fault *f)
{
	Trac__LookupRequest lookup = TRAC__LOOKUP_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	lookup.query = (char *)query;
	lookup.has_scope = true;
	lookup.scope = scope;
	request.body_case = TRAC__REQUEST__BODY_LOOKUP;
	request.lookup = &lookup;
	Trac__Reply *r = client_ask(c, &request, f);
	if (!r)
		return -1;
	int rc = reply_refused(r, TRAC__REPLY__BODY_BUNDLE, f) ? -1 : 0;
	if (rc == 0)
		pack(r->bundle, out);
	if (need)
		*need = r->has_witness_policy ? r->witness_policy : POLICY_DEFAULT;
	unpack_free(r);
	if (rc == 0 && out->failed)
		rc = fault_set(f, FAULT_IO, "no memory for the answer");
	return rc;
}
