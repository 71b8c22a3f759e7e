/* The paths that there are, and the requests that wait for tracd. */
#include <assert.h>
#include <string.h>

#include <event2/event.h>
#include <event2/http.h>

#include "daemon/http/http.h"

/* tracd knows what to answer; here is what may be asked at all. */
static const char *const paths[] = { "/health", "/metrics" };

static void pending_clear(struct pending *p)
{
	struct evhttp_connection *c = evhttp_request_get_connection(p->request);
	if (c)
		evhttp_connection_set_closecb(c, NULL, NULL);
	event_del(p->patience);
	p->request = NULL;
}

/* The client left: evhttp frees the request. */
static void on_left(struct evhttp_connection *c, void *arg)
{
	struct pending *p = arg;
	(void)c;
	event_del(p->patience);
	p->request = NULL;
}

static void on_impatient(evutil_socket_t none, short what, void *arg)
{
	struct pending *p = arg;
	struct evhttp_request *r = p->request;
	(void)none;
	(void)what;
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

static int ask(struct http *h, struct evhttp_request *r, const char *path)
{
	static const struct timeval patience = { ANSWER_S, 0 };
	struct pending *p = pending_free(h);
	struct buffer b;
	if (!p)
		return -1;
	buffer_init(&b, PATH_BYTES_MAX + 16);
	write_u8(&b, IPC_HTTP_ASK);
	write_u32(&b, ++h->turn);
	write_text(&b, path);
	int rc = b.failed ? -1 : channel_send(h->channel, (struct span){ b.data, b.used });
	buffer_clear(&b);
	if (rc < 0)
		return -1;
	p->http = h;
	p->id = h->turn;
	p->request = r;
	event_add(p->patience, &patience);
	evhttp_connection_set_closecb(evhttp_request_get_connection(r), on_left, p);
	return 0;
}

void route(struct http *h, struct evhttp_request *r)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(r);
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	for (unsigned i = 0; path && i < sizeof paths / sizeof paths[0]; i++) {
		if (strcmp(path, paths[i]) != 0)
			continue;
		if (ask(h, r, path) < 0)
			server_refuse(r, 503, "too many requests wait for tracd: try again");
		return;
	}
	server_refuse(r, 404, "there is nothing here: ask for /health or /metrics");
}

void route_answer(struct http *h, uint32_t id, unsigned status, const char *type,
		  struct span body)
{
	for (unsigned i = 0; i < PENDING_MAX; i++) {
		struct pending *p = &h->pending[i];
		if (!p->request || p->id != id)
			continue;
		struct evhttp_request *r = p->request;
		pending_clear(p);
		server_reply(r, status, type, body);
		return;
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
