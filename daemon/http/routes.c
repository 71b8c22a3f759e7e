/* The paths that there are, and the requests that wait for tracd. */
#include <string.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "daemon/http/http.h"

/* tracd knows what to answer; here is what may be asked at all. */
static const char *const paths[] = { "/health", "/metrics" };
#define LOGS "/logs/"
#define WITNESS "/witness/"
#define WITNESS_ADD WITNESS "add-checkpoint"

static void pending_clear(struct pending *p)
{
	struct evhttp_connection *c = evhttp_request_get_connection(p->request);
	if (c)
		evhttp_connection_set_closecb(c, NULL, NULL);
	event_del(p->patience);
	p->request = NULL;
}

/* The client left. evhttp frees the request unless it had been cut loose from its
 * connection: then it waits for its end. */
static void on_left(struct evhttp_connection *c, void *arg)
{
	struct pending *p = arg;
	struct evhttp_request *r = p->request;
	(void)c;
	event_del(p->patience);
	p->request = NULL;
	if (!evhttp_request_get_connection(r))
		evhttp_send_reply_end(r);
}

/* What has begun and cannot be finished ends short of its length, which its client sees;
 * evhttp sees the client leave. */
static void cut(struct pending *p)
{
	struct evhttp_connection *c = evhttp_request_get_connection(p->request);
	event_del(p->patience);
	p->is_asked = false;
	shutdown(bufferevent_getfd(evhttp_connection_get_bufferevent(c)), SHUT_RDWR);
}

static void on_impatient(evutil_socket_t none, short what, void *arg)
{
	struct pending *p = arg;
	struct evhttp_request *r = p->request;
	(void)none;
	(void)what;
	if (p->has_begun) {
		cut(p);
		return;
	}
	pending_clear(p);
	server_refuse(r, 503, "tracd does not answer: it is busy or starting, try again");
}

static struct pending *pending_free(struct http *h)
{
	for (unsigned i = 0; i < PENDING_MAX; i++) {
		struct pending *p = &h->pending[i];
		if (p->request)
			continue;
		if (!p->patience)
			p->patience = event_new(h->base, -1, 0, on_impatient, p);
		return p->patience ? p : NULL;
	}
	return NULL;
}

static const char *path_of(struct evhttp_request *r)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r);
	return uri ? evhttp_uri_get_path(uri) : NULL;
}

static bool is_post(struct evhttp_request *r)
{
	return evhttp_request_get_command(r) == EVHTTP_REQ_POST;
}

static void write_body(struct evhttp_request *r, struct buffer *b)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(r);
	size_t size = evbuffer_get_length(in);
	write_span(b, (struct span){ size ? evbuffer_pullup(in, -1) : NULL, size });
}

/* Asks tracd for what follows from p->more on. */
static int ask(struct pending *p)
{
	static const struct timeval patience = { ANSWER_S, 0 };
	struct http *h = p->http;
	struct buffer b;
	bool posts = is_post(p->request);
	buffer_init(&b, PATH_BYTES_MAX + 16 + BODY_MAX);
	write_u8(&b, posts ? IPC_HTTP_POST : IPC_HTTP_ASK);
	write_u32(&b, ++h->turn);
	write_text(&b, path_of(p->request));
	if (posts)
		write_body(p->request, &b);
	else
		write_u32(&b, p->more);
	int rc = b.failed ? -1 : channel_send(h->channel, (struct span){ b.data, b.used });
	buffer_clear(&b);
	if (rc < 0)
		return -1;
	p->id = h->turn;
	p->is_asked = true;
	event_add(p->patience, &patience);
	return 0;
}

static void forward(struct http *h, struct evhttp_request *r)
{
	struct pending *p = pending_free(h);
	if (p) {
		p->http = h;
		p->request = r;
		p->has_begun = false;
		p->more = 0;
	}
	if (!p || ask(p) < 0) {
		if (p)
			p->request = NULL;
		server_refuse(r, 503, "too many requests wait for tracd: try again");
		return;
	}
	evhttp_connection_set_closecb(evhttp_request_get_connection(r), on_left, p);
}

static bool is_served(const char *path)
{
	for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		if (!strcmp(path, paths[i]))
			return true;
	}
	return !strncmp(path, LOGS, sizeof LOGS - 1) ||
	       !strncmp(path, WITNESS, sizeof WITNESS - 1);
}

void route(struct http *h, struct evhttp_request *r)
{
	const char *path = path_of(r);
	if (!path || !is_served(path))
		server_refuse(r, 404, "there is nothing here: ask for /health or /metrics, or for "
			      "/logs/MEMBER/checkpoint");
	else if (is_post(r) != !strcmp(path, WITNESS_ADD))
		server_refuse(r, 405, WITNESS_ADD " takes POST alone, everything else GET");
	else if (strlen(path) > PATH_BYTES_MAX || !text_is_clean(path, strlen(path)))
		server_refuse(r, 400, "the path is too long or is not clean text");
	else
		forward(h, r);
}

/* --- answers --- */

/* A piece has been written out: only then is the next one asked for. */
static void on_written(struct evhttp_connection *c, void *arg)
{
	struct pending *p = arg;
	(void)c;
	if (!p->request || p->is_asked || p->left == 0)
		return;
	if (ask(p) < 0)
		cut(p);
}

static void piece(struct pending *p, const struct answer *a)
{
	struct evhttp_request *r = p->request;
	struct evbuffer *content = evbuffer_new();
	bool fits = a->status == 200 && a->body.size > 0 && a->body.size <= p->left &&
		    (a->more == 0) == (a->body.size == p->left);
	if (!content || !fits || evbuffer_add(content, a->body.data, a->body.size) < 0) {
		cut(p);
		goto out;
	}
	p->left -= (uint32_t)a->body.size;
	p->more = a->more;
	if (p->left > 0) {
		evhttp_send_reply_chunk_with_cb(r, content, on_written, p);
		goto out;
	}
	pending_clear(p);
	evhttp_send_reply_chunk(r, content);
	evhttp_send_reply_end(r);
out:
	if (content)
		evbuffer_free(content);
}

static void answer(struct pending *p, const struct answer *a)
{
	struct evhttp_request *r = p->request;
	p->is_asked = false;
	event_del(p->patience);
	if (!p->has_begun && (a->more == 0 || evhttp_request_get_command(r) == EVHTTP_REQ_HEAD)) {
		pending_clear(p);
		server_reply(r, a);
		return;
	}
	if (!p->has_begun) {
		p->has_begun = true;
		p->left = a->total;
		server_begin(r, a);
	}
	piece(p, a);
}

void route_answer(struct http *h, uint32_t id, const struct answer *a)
{
	for (unsigned i = 0; i < PENDING_MAX; i++) {
		struct pending *p = &h->pending[i];
		if (p->request && p->is_asked && p->id == id) {
			answer(p, a);
			return;
		}
	}
}

void routes_close(struct http *h)
{
	for (unsigned i = 0; i < PENDING_MAX; i++) {
		if (h->pending[i].request)
			pending_clear(&h->pending[i]);
		if (h->pending[i].patience)
			event_free(h->pending[i].patience);
	}
}
