/* ZeroMQ sockets in a libevent loop. */
#include "daemon/net/socket.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>
#include <zmq.h>

#include "daemon/net/net.h"

#define TURN_MESSAGES 64         /* of one socket in one turn */
#define FRAME_HWM 16             /* 4 MiB of frames may wait to be read */
#define SEND_HWM 64
#define HANDSHAKE_MS 3000
#define CONNECT_MS 5000
#define DEAD_MS 30000            /* unacknowledged by the peer's kernel */
#define BACKLOG 256
/* A message holds at most GOSSIP_BYTES_MAX; CURVE and ZMTP add less than 64 bytes. */
#define MESSAGE_BYTES_MAX (GOSSIP_BYTES_MAX + 1024)
/* Not declared without ZMQ_BUILD_DRAFT_API, present in libzmq 4.3 all the same. */
#define OPTION_ZAP_ENFORCE_DOMAIN 93

/* --- draining --- */

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	source_drain(arg);
}

int source_open(struct source *s, struct net *n, void *socket, const struct source_calls *calls,
		struct fault *f)
{
	int fd;
	size_t size = sizeof fd;
	*s = (struct source){ .net = n, .socket = socket, .calls = calls };
	if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) < 0) {
		source_close(s, 0);
		return fault_set(f, FAULT_BUG, "ZMQ_FD: %s", zmq_strerror(zmq_errno()));
	}
	s->ready = event_new(n->base, fd, EV_READ | EV_PERSIST, on_ready, s);
	if (!s->ready || event_add(s->ready, NULL) < 0) {
		source_close(s, 0);
		return fault_set(f, FAULT_FULL, "no memory to watch a socket");
	}
	source_touch(s);
	return 0;
}

void source_close(struct source *s, int linger_ms)
{
	if (s->ready)
		event_free(s->ready);
	if (s->socket) {
		zmq_setsockopt(s->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
		zmq_close(s->socket);
	}
	s->ready = NULL;
	s->socket = NULL;
	s->is_pending = false;
}

void source_touch(struct source *s)
{
	static const struct timeval next_turn = { 0, 0 };
	if (!s->socket || s->is_pending)
		return;
	s->is_pending = true;
	/* a timer: event_active() would keep the loop from looking at anything else */
	event_add(s->net->again, &next_turn);
}

void source_drain(struct source *s)
{
	s->is_pending = false;
	for (unsigned taken = 0; s->socket; taken++) {
		int events;
		size_t size = sizeof events;
		if (zmq_getsockopt(s->socket, ZMQ_EVENTS, &events, &size) < 0)
			return;
		if (taken == 0 && s->calls->flush && (events & ZMQ_POLLOUT))
			s->calls->flush(s);
		if (!s->socket || !(events & ZMQ_POLLIN) ||
		    (s->net->is_held && s->calls->carries_gossip))
			return;
		if (taken == TURN_MESSAGES) {
			source_touch(s);
			return;
		}
		s->calls->take(s);
	}
}

void source_drain_all(struct source *s)
{
	do {
		source_drain(s);
	} while (s->is_pending);
}

static void drain_if_pending(struct source *s)
{
	if (s->is_pending)
		source_drain(s);
}

void sources_drain(struct net *n)
{
	drain_if_pending(&n->zap);
	drain_if_pending(&n->router_monitor);
	for (unsigned i = 0; i < DIAL_SLOTS; i++)
		drain_if_pending(&n->dial[i].monitor);
	drain_if_pending(&n->router);
	for (unsigned i = 0; i < DIAL_SLOTS; i++)
		drain_if_pending(&n->dial[i].dealer);
}

void sources_hold(struct net *n, bool hold)
{
	n->is_held = hold;
	if (hold)
		return;
	source_touch(&n->router);
	for (unsigned i = 0; i < DIAL_SLOTS; i++)
		source_touch(&n->dial[i].dealer);
}

/* --- sockets for gossip --- */

static void set_number(void *socket, int option, int value, struct fault *f)
{
	if (f->code == FAULT_NONE && zmq_setsockopt(socket, option, &value, sizeof value) < 0)
		fault_set(f, FAULT_BUG, "ZeroMQ option %d: %s", option, zmq_strerror(zmq_errno()));
}

static void set_bytes(void *socket, int option, const void *value, size_t size, struct fault *f)
{
	if (f->code == FAULT_NONE && zmq_setsockopt(socket, option, value, size) < 0)
		fault_set(f, FAULT_BUG, "ZeroMQ option %d: %s", option, zmq_strerror(zmq_errno()));
}

bool address_is_ipv6(const char *address)
{
	return strncmp(address, "tcp://[", 7) == 0;
}

bool address_is_ipv4(const char *address)
{
	char host[ADDRESS_MAX + 1];
	struct in_addr parsed;
	const char *from = strstr(address, "://");
	snprintf(host, sizeof host, "%s", from ? from + 3 : address);
	char *colon = strrchr(host, ':');
	if (colon)
		*colon = '\0';
	return inet_pton(AF_INET, host, &parsed) == 1;
}

static void set_limits(void *socket, bool ipv6, struct fault *f)
{
	int64_t message_max = MESSAGE_BYTES_MAX;
	set_bytes(socket, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max, f);
	set_number(socket, ZMQ_RCVHWM, FRAME_HWM, f);
	set_number(socket, ZMQ_SNDHWM, SEND_HWM, f);
	set_number(socket, ZMQ_LINGER, 0, f);
	set_number(socket, ZMQ_SNDTIMEO, 0, f);
	set_number(socket, ZMQ_RCVTIMEO, 0, f);
	set_number(socket, ZMQ_IMMEDIATE, 1, f);
	set_number(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS, f);
	set_number(socket, ZMQ_TCP_KEEPALIVE, 1, f);
	set_number(socket, ZMQ_TCP_KEEPALIVE_IDLE, 30, f);
	set_number(socket, ZMQ_TCP_KEEPALIVE_INTVL, 10, f);
	set_number(socket, ZMQ_TCP_KEEPALIVE_CNT, 3, f);
	set_number(socket, ZMQ_TCP_MAXRT, DEAD_MS, f);
	set_number(socket, ZMQ_IPV6, ipv6, f);
}

static void set_server(const struct net *n, void *socket, struct fault *f)
{
	static const char domain[] = "tracd";
	set_number(socket, ZMQ_CURVE_SERVER, 1, f);
	set_bytes(socket, ZMQ_CURVE_SECRETKEY, n->secret, KEY_BYTES, f);
	set_bytes(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain), f);
	/* without it CURVE admits every key when nobody answers ZAP */
	set_number(socket, OPTION_ZAP_ENFORCE_DOMAIN, 1, f);
	set_number(socket, ZMQ_ROUTER_MANDATORY, 1, f);
	set_number(socket, ZMQ_BACKLOG, BACKLOG, f);
	set_bytes(socket, ZMQ_AFFINITY, &(uint64_t){ 1 }, sizeof(uint64_t), f);
}

static void set_client(const struct net *n, void *socket, const struct gossip_options *o,
		       struct fault *f)
{
	/* libzmq asks for names in its thread and waits there: let other links have another */
	const uint64_t thread = o->slow_name ? 2 : 1;
	set_bytes(socket, ZMQ_AFFINITY, &thread, sizeof thread, f);
	set_bytes(socket, ZMQ_CURVE_SECRETKEY, n->secret, KEY_BYTES, f);
	set_bytes(socket, ZMQ_CURVE_PUBLICKEY, n->public, KEY_BYTES, f);
	set_bytes(socket, ZMQ_CURVE_SERVERKEY, o->server_key, KEY_BYTES, f);
	set_number(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MS, f);
	set_number(socket, ZMQ_RECONNECT_IVL, -1, f);          /* dial.c connects again */
}

void *gossip_socket(struct net *n, const struct gossip_options *o, struct fault *f)
{
	void *socket = zmq_socket(n->context, o->type);
	if (!socket) {
		fault_set(f, FAULT_FULL, "no socket: %s", zmq_strerror(zmq_errno()));
		return NULL;
	}
	f->code = FAULT_NONE;
	set_limits(socket, o->ipv6, f);
	if (o->server_key)
		set_client(n, socket, o, f);
	else
		set_server(n, socket, f);
	if (f->code == FAULT_NONE)
		return socket;
	zmq_close(socket);
	return NULL;
}

/* --- monitors --- */

int monitor_open(struct source *s, struct net *n, void *socket, const struct source_calls *calls,
		 struct fault *f)
{
	static unsigned count;
	char name[64];
	snprintf(name, sizeof name, "inproc://monitor-%u", count++);
	void *pair = zmq_socket(n->context, ZMQ_PAIR);
	if (!pair || zmq_socket_monitor(socket, name, ZMQ_EVENT_ALL) < 0 ||
	    zmq_connect(pair, name) < 0) {
		zmq_socket_monitor(socket, NULL, 0);
		fault_set(f, FAULT_FULL, "no monitor of a socket: %s", zmq_strerror(zmq_errno()));
		if (pair)
			zmq_close(pair);
		return -1;
	}
	if (source_open(s, n, pair, calls, f) == 0)
		return 0;
	zmq_socket_monitor(socket, NULL, 0);
	return -1;
}

void monitor_close(struct source *s, void *socket)
{
	if (!s->socket)
		return;
	if (socket)
		zmq_socket_monitor(socket, NULL, 0);
	source_close(s, 0);
}

bool monitor_take(struct source *s, struct monitor_event *e)
{
	/* a 16-bit event and a 32-bit value in host order; then the address */
	uint8_t head[6], address[256];
	uint16_t event;
	int size = zmq_recv(s->socket, head, sizeof head, ZMQ_DONTWAIT);
	if (size < 0)
		return false;
	int more;
	size_t more_size = sizeof more;
	while (zmq_getsockopt(s->socket, ZMQ_RCVMORE, &more, &more_size) == 0 && more)
		zmq_recv(s->socket, address, sizeof address, ZMQ_DONTWAIT);
	if (size != sizeof head)
		return false;
	memcpy(&event, head, sizeof event);
	memcpy(&e->value, head + 2, sizeof e->value);
	e->event = event;
	return true;
}
