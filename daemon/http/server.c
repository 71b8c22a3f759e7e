/*
 * evhttp (libevent 2.1.12) limits neither connections nor their life: a client
 * that sends a byte every 4 s would stay for ever. So each connection gets a
 * stream of ours and a timer that nothing puts off; when it fires, the socket is
 * shut down and evhttp sees its client leave.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "daemon/http/http.h"

/* --- connections --- */

/* evhttp takes its callbacks away when it frees a connection. */
static bool is_gone(struct bufferevent *stream)
{
	bufferevent_data_cb reading, writing;
	bufferevent_event_cb event;
	void *arg;
	bufferevent_getcb(stream, &reading, &writing, &event, &arg);
	return !reading && !writing && !event;
}

static void guest_clear(struct guest *g)
{
	event_del(g->life);
	bufferevent_decref(g->stream);
	g->stream = NULL;
}

/* How many are left, after those that are gone were cleared away. */
static unsigned guests_count(struct http *h)
{
	unsigned count = 0;
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct guest *g = &h->guest[i];
		if (g->stream && is_gone(g->stream))
			guest_clear(g);
		count += g->stream != NULL;
	}
	return count;
}

static void on_life_over(evutil_socket_t none, short what, void *arg)
{
	struct guest *g = arg;
	(void)none;
	(void)what;
	if (!is_gone(g->stream))
		shutdown(bufferevent_getfd(g->stream), SHUT_RDWR);
	else
		guest_clear(g);
}

void server_sweep(struct http *h)
{
	if (!h->server)
		return;
	bool was_full = h->is_full;
	h->is_full = guests_count(h) >= CONNECTIONS_MAX;
	if (was_full && !h->is_full)
		evconnlistener_enable(evhttp_bound_socket_get_listener(h->bound));
}

/*
 * evhttp asks for the stream of a connection that it has just accepted. Those that
 * are gone are let go first: one of them may have had the descriptor of the new one,
 * and libevent must forget that before it watches it anew. It accepts all that wait
 * in one go, unless it is told to stop.
 */
static struct bufferevent *on_guest(struct event_base *base, void *arg)
{
	static const struct timeval life = { LIFE_S, 0 };
	struct http *h = arg;
	struct bufferevent *stream = bufferevent_socket_new(base, -1, 0);
	if (guests_count(h) + 1 >= CONNECTIONS_MAX) {
		h->is_full = true;
		evconnlistener_disable(evhttp_bound_socket_get_listener(h->bound));
	}
	for (unsigned i = 0; stream && i < CONNECTIONS_MAX; i++) {
		struct guest *g = &h->guest[i];
		if (g->stream)
			continue;
		bufferevent_incref(stream);
		g->stream = stream;
		event_add(g->life, &life);
		break;
	}
	return stream;
}

/* --- requests --- */

static void add_headers(struct evhttp_request *r, const struct answer *a)
{
	/* a head may be a few seconds old; full tiles, and partial ones of their width, stay */
	static const char *const cache[] = {
		[IPC_CACHE_NEVER] = "no-store",
		[IPC_CACHE_SHORT] = "public, max-age=5",
		[IPC_CACHE_FOREVER] = "public, max-age=31536000, immutable",
	};
	struct evkeyvalq *out = evhttp_request_get_output_headers(r);
	char size[16];
	snprintf(size, sizeof size, "%u", a->total);
	evhttp_add_header(out, "Content-Type", a->type);
	evhttp_add_header(out, "Content-Length", size);
	evhttp_add_header(out, "Cache-Control", cache[a->cache]);
	evhttp_add_header(out, "X-Content-Type-Options", "nosniff");
	evhttp_add_header(out, "Connection", "close");
}

void server_reply(struct evhttp_request *r, const struct answer *a)
{
	struct evbuffer *content = evbuffer_new();
	add_headers(r, a);
	/* evhttp would send the body of an answer to HEAD */
	if (content && evhttp_request_get_command(r) != EVHTTP_REQ_HEAD)
		evbuffer_add(content, a->body.data, a->body.size);
	evhttp_send_reply(r, (int)a->status, NULL, content);
	if (content)
		evbuffer_free(content);
}

void server_begin(struct evhttp_request *r, const struct answer *a)
{
	static const struct timeval idle = { IDLE_S, 0 };
	struct evhttp_connection *c = evhttp_request_get_connection(r);
	add_headers(r, a);
	evhttp_send_reply_start(r, (int)a->status, NULL);
	/* its client has nothing more to say: only our writing is timed */
	bufferevent_set_timeouts(evhttp_connection_get_bufferevent(c), NULL, &idle);
}

void server_refuse(struct evhttp_request *r, unsigned status, const char *sentence)
{
	char text[512];
	int size = snprintf(text, sizeof text, "%s\n", sentence);
	server_reply(r, &(struct answer){
		.status = status, .type = "text/plain; charset=utf-8", .total = (uint32_t)size,
		.body = { (const uint8_t *)text, (size_t)size },
	});
}

/* HOST:PORT as a browser writes it, for one of the names of this machine. A page of
 * elsewhere whose name was made to point here (DNS rebinding) has another. */
static bool host_is(const char *header, const char *host, uint16_t port)
{
	char with_port[ADDRESS_MAX + 16];
	bool v6 = strchr(host, ':') != NULL;
	snprintf(with_port, sizeof with_port, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);
	return strcasecmp(header, with_port) == 0;
}

static bool host_is_ours(const struct http *h, struct evhttp_request *r)
{
	const char *header = evhttp_find_header(evhttp_request_get_input_headers(r), "Host");
	return header && (host_is(header, "localhost", h->port) ||
			  host_is(header, "127.0.0.1", h->port) ||
			  host_is(header, "::1", h->port) || host_is(header, h->host, h->port));
}

static void on_request(struct evhttp_request *r, void *arg)
{
	struct http *h = arg;
	if (!host_is_ours(h, r))
		server_refuse(r, 403, "the Host header must be localhost, 127.0.0.1 or [::1] with "
			      "the port: this serves this machine only");
	else
		route(h, r);
}

/* --- opening --- */

static bool is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* [::1] and localhost in numbers. */
static void host_plain(char *to, size_t room, const char *host)
{
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	size_t size = strlen(host);
	if (size > 2 && host[0] == '[' && host[size - 1] == ']')
		snprintf(to, room, "%.*s", (int)(size - 2), host + 1);
	else
		snprintf(to, room, "%s", host);
}

static int guests_prepare(struct http *h)
{
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		h->guest[i].life = event_new(h->base, -1, 0, on_life_over, &h->guest[i]);
		if (!h->guest[i].life)
			return -1;
	}
	return 0;
}

static uint16_t bound_port(struct evhttp_bound_socket *bound)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof address;
	getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &size);
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int server_open(struct http *h, const char *host, uint16_t port, struct fault *f)
{
	host_plain(h->host, sizeof h->host, host);
	if (!is_loopback(h->host))
		return fault_set(f, FAULT_CONFIG, "http: %s is not an address of this machine alone: "
				 "use 127.0.0.1 or [::1]", host);
	h->server = evhttp_new(h->base);
	if (!h->server || guests_prepare(h) < 0)
		return fault_set(f, FAULT_FULL, "http: no memory");
	evhttp_set_max_headers_size(h->server, HEADERS_MAX);
	evhttp_set_max_body_size(h->server, BODY_MAX);
	evhttp_set_allowed_methods(h->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD |
				   EVHTTP_REQ_POST);
	evhttp_set_timeout(h->server, IDLE_S);
	evhttp_set_bevcb(h->server, on_guest, h);
	evhttp_set_gencb(h->server, on_request, h);
	h->bound = evhttp_bind_socket_with_handle(h->server, h->host, port);
	if (!h->bound)
		return fault_set(f, FAULT_BUSY, "http: cannot listen on %s:%u: is the port in use?",
				 host, port);
	h->port = bound_port(h->bound);
	return 0;
}

void server_close(struct http *h)
{
	if (h->server)
		evhttp_free(h->server);
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		if (h->guest[i].stream)
			guest_clear(&h->guest[i]);
		if (h->guest[i].life)
			event_free(h->guest[i].life);
	}
	h->server = NULL;
}
