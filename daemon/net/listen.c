/*
 * The ROUTER: peers that connect to us. ZeroMQ neither counts, lists nor closes
 * such connections; its monitor names their descriptors, though, and every
 * message says from which one it came. So we count them, and end one by
 * shutdown(2), which libzmq takes for the peer's going away.
 *
 * Who the peer is says the User-Id of the body frame, set from the key that it
 * proved (libzmq 4.3.4 has none on the first frame); routing ids are only ways.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/event.h>
#include <zmq.h>

#include "daemon/net/net.h"

#define BIND_AGAIN_S 5
#define DOOM_MS 200              /* for a last word to leave, of one link */
#define LAST_WORD_MS 500         /* and of all, at the end */

/* --- connections, by descriptor --- */

static struct connection *connection(struct net *n, int fd)
{
	return fd >= 0 && fd < DESCRIPTORS_MAX ? &n->connection[fd] : NULL;
}

/* Another connection may have got the number meanwhile, if this one is closed by now:
 * it would lose its link for a second, no more. */
static void cut(struct net *n, int fd)
{
	struct connection *c = connection(n, fd);
	if (c && c->is_open)
		shutdown(fd, SHUT_RDWR);
}

static void on_doom(evutil_socket_t none, short what, void *arg)
{
	struct net *n = arg;
	(void)none;
	(void)what;
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
		if (n->connection[fd].is_doomed)
			cut(n, fd);
	}
}

void connection_doom(struct net *n, int fd, bool at_once)
{
	static const struct timeval later = { 0, DOOM_MS * 1000 };
	struct connection *c = connection(n, fd);
	if (!c || !c->is_open)
		return;
	c->is_doomed = true;
	if (at_once || event_base_once(n->base, -1, EV_TIMEOUT, on_doom, n, &later) < 0)
		cut(n, fd);
}

static void connection_opened(struct net *n, int fd)
{
	struct connection *c = connection(n, fd);
	if (!c) {
		shutdown(fd, SHUT_RDWR);
		return;
	}
	if (!c->is_open)
		n->connection_count++;
	*c = (struct connection){ .is_open = true };
	if (n->connection_count <= CONNECTIONS_MAX)
		return;
	report_note(n, LOG_ALERT, "more than %d connections: new ones are cut", CONNECTIONS_MAX);
	cut(n, fd);
}

static void connection_closed(struct net *n, int fd)
{
	struct connection *c = connection(n, fd);
	struct link *l = link_by_fd(n, fd);
	if (l)
		link_release(l, "the connection was closed");
	if (!c || !c->is_open)
		return;
	n->connection_count--;
	*c = (struct connection){ .is_open = false };
}

static void monitor_taken(struct source *s)
{
	struct net *n = s->net;
	struct monitor_event e;
	if (!monitor_take(s, &e))
		return;
	if (e.event == ZMQ_EVENT_ACCEPTED)
		connection_opened(n, (int)e.value);
	else if (e.event == ZMQ_EVENT_DISCONNECTED)
		connection_closed(n, (int)e.value);
	else if (e.event == ZMQ_EVENT_ACCEPT_FAILED)
		report_note(n, LOG_ALERT, "a connection cannot be accepted: %s",
			    strerror((int)e.value));
}

/* --- messages --- */

struct letter {
	zmq_msg_t from, body;
	bool is_odd;             /* it had more than two frames */
};

/* False: nothing there. Frames of one message come together or not at all. */
static bool letter_read(void *socket, struct letter *m)
{
	m->is_odd = false;
	zmq_msg_init(&m->from);
	zmq_msg_init(&m->body);
	if (zmq_msg_recv(&m->from, socket, ZMQ_DONTWAIT) < 0)
		return false;
	if (!zmq_msg_more(&m->from) || zmq_msg_recv(&m->body, socket, ZMQ_DONTWAIT) < 0)
		return false;
	bool more = zmq_msg_more(&m->body);
	while (more) {
		zmq_msg_t extra;
		m->is_odd = true;
		zmq_msg_init(&extra);
		more = zmq_msg_recv(&extra, socket, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&extra);
		zmq_msg_close(&extra);
	}
	return true;
}

/* Who sent it, by proved key. False when that is nobody we admit. */
static bool letter_key(const struct net *n, struct letter *m, uint8_t key[KEY_BYTES])
{
	const char *user = zmq_msg_gets(&m->body, "User-Id");
	return user && hex_read(key, KEY_BYTES, user) == 0 && zap_is_allowed(n, key);
}

/* The link of a routing id, made when it is new. NULL: it may not have one. */
static struct link *letter_link(struct net *n, const struct letter *m, int fd,
				const uint8_t key[KEY_BYTES])
{
	zmq_msg_t *from = (zmq_msg_t *)&m->from;
	size_t size = zmq_msg_size(from);
	struct link *l = link_by_routing_id(n, zmq_msg_data(from), size);
	if (l && l->fd == fd && memcmp(l->key, key, KEY_BYTES) == 0)
		return l;
	/* what the monitor has to tell of this descriptor happened before the message */
	source_drain_all(&n->router_monitor);
	l = link_by_routing_id(n, zmq_msg_data(from), size);
	if (l)
		link_drop(l, "its name was taken by another connection", true);
	const struct connection *c = connection(n, fd);
	if (!c || !c->is_open || c->is_doomed || size > sizeof l->routing_id)
		return NULL;
	l = link_create(n, true, key);
	if (!l) {
		report_note(n, LOG_ALERT, "no room for the link of key %s...", key_name(key));
		connection_doom(n, fd, true);
		return NULL;
	}
	memcpy(l->routing_id, zmq_msg_data(from), size);
	l->routing_id_size = (uint8_t)size;
	l->fd = fd;
	return l;
}

static void letter_take(struct net *n, struct letter *m)
{
	uint8_t key[KEY_BYTES];
	int fd = zmq_msg_get(&m->body, ZMQ_SRCFD);
	const struct connection *c = connection(n, fd);
	if (c && c->is_doomed)
		return;
	if (!letter_key(n, m, key)) {
		connection_doom(n, fd, true);
		return;
	}
	struct link *l = letter_link(n, m, fd, key);
	if (!l)
		return;
	if (m->is_odd)
		link_junk(l, "a message of several frames");
	else
		link_receive(l, (struct span){ zmq_msg_data(&m->body), zmq_msg_size(&m->body) });
}

static void router_take(struct source *s)
{
	struct letter m;
	if (letter_read(s->socket, &m))
		letter_take(s->net, &m);
	zmq_msg_close(&m.from);
	zmq_msg_close(&m.body);
}

static void router_flush(struct source *s)
{
	link_flush_inbound(s->net);
}

int listen_send(struct net *n, const struct link *l, struct span bytes)
{
	if (!n->router.socket) {
		errno = EHOSTUNREACH;
		return -1;
	}
	source_touch(&n->router);
	if (zmq_send(n->router.socket, l->routing_id, l->routing_id_size,
		     ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return -1;
	return zmq_send(n->router.socket, bytes.data, bytes.size, ZMQ_DONTWAIT) < 0 ? -1 : 0;
}

/* --- binding --- */

void listen_stop(struct net *n)
{
	monitor_close(&n->router_monitor, n->router.socket);
	source_close(&n->router, LAST_WORD_MS);
}

static int bind_router(struct net *n, struct fault *f)
{
	static const struct source_calls router = { router_take, router_flush, true };
	static const struct source_calls monitor = { .take = monitor_taken };
	/* with version 6, an address of version 4 would be told in its clothes */
	const struct gossip_options o = { .type = ZMQ_ROUTER, .ipv6 = !address_is_ipv4(n->listen) };
	void *socket = gossip_socket(n, &o, f);
	if (!socket)
		return -1;
	if (monitor_open(&n->router_monitor, n, socket, &monitor, f) < 0) {
		zmq_close(socket);
		return -1;
	}
	if (zmq_bind(socket, n->listen) < 0) {
		fault_set(f, FAULT_BUSY, "cannot listen on %s: %s: trying again every %d s",
			  n->listen, zmq_strerror(zmq_errno()), BIND_AGAIN_S);
		monitor_close(&n->router_monitor, socket);
		zmq_close(socket);
		return -1;
	}
	return source_open(&n->router, n, socket, &router, f);
}

static void on_listen_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	listen_start(arg);
}

void listen_start(struct net *n)
{
	static const struct timeval later = { BIND_AGAIN_S, 0 };
	char bound[ADDRESS_MAX + 1] = "";
	size_t size = sizeof bound;
	struct fault f;
	if (n->listen[0] == '\0') {
		report_ready(n, "");
		return;
	}
	if (bind_router(n, &f) == 0) {
		zmq_getsockopt(n->router.socket, ZMQ_LAST_ENDPOINT, bound, &size);
		report_ready(n, bound);
		return;
	}
	report_note(n, LOG_ALERT, "%s", f.text);
	if (!n->listen_again) {
		report_ready(n, "");
		n->listen_again = event_new(n->base, -1, EV_TIMEOUT, on_listen_again, n);
	}
	if (n->listen_again)
		event_add(n->listen_again, &later);
}
