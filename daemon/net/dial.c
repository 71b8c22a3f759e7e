/*
 * Peers that we connect to. Each try is a socket of its own: nothing of an old
 * connection can come up in a new one, names are asked for anew, and the pace
 * is ours, since libzmq tries a server that refuses our key for ever.
 *
 *	state    event                    next
 *	WAITING  timer                    TRYING
 *	TRYING   handshake succeeded      UP
 *	TRYING   anything else, timer     WAITING
 *	UP       disconnected, dropped    WAITING
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>
#include <zmq.h>

#include "daemon/clock.h"
#include "daemon/net/net.h"

#define WAIT_LEAST_MS 200
#define WAIT_MOST_MS 5000
#define REFUSED_LEAST_MS 1000
#define REFUSED_MOST_MS 30000    /* 400 such nodes cost a hub 14 handshakes a second: 0.4 % */
#define TRY_MS 15000             /* name, connection and handshake */
#define STEADY_MS 10000          /* a link that held that long was a good one */
#define LAST_WORD_MS 1000        /* for a BYE to leave */

static void dial_try(struct dial *d);

/* --- waiting --- */

static void timer_set(struct dial *d, unsigned ms)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	event_add(d->timer, &tv);
}

/* Between three and five quarters, so that nodes that fell together rise apart: their
 * keys differ, and nobody needs to be surprised. */
static unsigned with_jitter(const struct dial *d, unsigned ms)
{
	uint64_t mixed = get_u64(d->net->public) ^ (uint64_t)clock_mono_ms();
	mixed *= 0x9e3779b97f4a7c15u;
	return ms - ms / 4 + (unsigned)((ms / 2) * (mixed >> 48) / UINT16_MAX);
}

static void dial_close(struct dial *d)
{
	monitor_close(&d->monitor, d->dealer.socket);
	source_close(&d->dealer, LAST_WORD_MS);
}

static void dial_wait(struct dial *d, unsigned least_ms, unsigned most_ms)
{
	dial_close(d);
	if (d->state == DIAL_UP && clock_mono_ms() - d->up_ms >= STEADY_MS)
		d->wait_ms = 0;
	d->wait_ms = d->wait_ms * 2 < least_ms ? least_ms : d->wait_ms * 2;
	if (d->wait_ms > most_ms)
		d->wait_ms = most_ms;
	d->state = DIAL_WAITING;
	timer_set(d, with_jitter(d, d->wait_ms));
}

void dial_lost(struct dial *d, const char *why)
{
	if (d->link)
		link_release(d->link, why);
	dial_wait(d, WAIT_LEAST_MS, WAIT_MOST_MS);
}

static void dial_failed(struct dial *d, const char *why)
{
	if (!d->is_noted)
		report_note(d->net, LOG_NOTE, "%s cannot be reached: %s: trying on", d->address, why);
	d->is_noted = true;
	dial_lost(d, why);
}

static void dial_refused(struct dial *d)
{
	if (!d->is_noted)
		report_note(d->net, LOG_ALERT, "%s refuses our key: it must be admitted by the "
			    "authority, and known there: trying on", d->address);
	d->is_noted = true;
	dial_wait(d, REFUSED_LEAST_MS, REFUSED_MOST_MS);
}

/* --- trying --- */

static void dial_succeeded(struct dial *d)
{
	struct link *l = link_create(d->net, false, d->key);
	if (!l) {
		dial_failed(d, "no room for one more link");
		return;
	}
	event_del(d->timer);
	l->dial = d;
	d->link = l;
	d->state = DIAL_UP;
	d->up_ms = clock_mono_ms();
	d->is_noted = false;
	source_touch(&d->dealer);
	link_up(l);
}

static void dial_event(struct dial *d, const struct monitor_event *e)
{
	if (e->event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED && d->state == DIAL_TRYING)
		dial_succeeded(d);
	else if (d->state == DIAL_UP && e->event == ZMQ_EVENT_DISCONNECTED)
		dial_lost(d, "the connection was closed");
	else if (e->event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
		dial_refused(d);
	else if (e->event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)
		dial_failed(d, "what answers there does not speak CURVE");
	else if (e->event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
		dial_failed(d, "it hung up in the handshake: has its link key changed?");
	else if (e->event == ZMQ_EVENT_DISCONNECTED || e->event == ZMQ_EVENT_CLOSED)
		dial_failed(d, "no connection, or it was closed");
}

static struct dial *dial_of_monitor(struct source *s)
{
	return (struct dial *)((char *)s - offsetof(struct dial, monitor));
}

static struct dial *dial_of_dealer(struct source *s)
{
	return (struct dial *)((char *)s - offsetof(struct dial, dealer));
}

static void monitor_taken(struct source *s)
{
	struct monitor_event e;
	if (monitor_take(s, &e))
		dial_event(dial_of_monitor(s), &e);
}

static void dealer_take(struct source *s)
{
	struct dial *d = dial_of_dealer(s);
	zmq_msg_t body;
	/* the handshake is told before the first message comes */
	if (d->state == DIAL_TRYING)
		source_drain(&d->monitor);
	if (!s->socket)
		return;
	zmq_msg_init(&body);
	if (zmq_msg_recv(&body, s->socket, ZMQ_DONTWAIT) >= 0 && d->link) {
		if (zmq_msg_more(&body))
			link_junk(d->link, "a message of several frames");
		else
			link_receive(d->link, (struct span){ zmq_msg_data(&body),
							     zmq_msg_size(&body) });
	}
	zmq_msg_close(&body);
}

static void dealer_flush(struct source *s)
{
	struct dial *d = dial_of_dealer(s);
	if (d->link)
		link_flush(d->link);
}

static int dial_open(struct dial *d, struct fault *f)
{
	static const struct source_calls dealer = { dealer_take, dealer_flush, true };
	static const struct source_calls monitor = { .take = monitor_taken };
	bool is_name = !address_is_ipv4(d->address) && !address_is_ipv6(d->address);
	/* libzmq tries the first address of a name only: take turns with the versions */
	const struct gossip_options o = {
		.type = ZMQ_DEALER, .server_key = d->key, .slow_name = is_name,
		.ipv6 = address_is_ipv6(d->address) || (is_name && d->tries++ % 2),
	};
	void *socket = gossip_socket(d->net, &o, f);
	if (!socket)
		return -1;
	if (monitor_open(&d->monitor, d->net, socket, &monitor, f) < 0) {
		zmq_close(socket);
		return -1;
	}
	if (zmq_connect(socket, d->address) < 0) {
		fault_set(f, FAULT_INPUT, "%s", zmq_strerror(zmq_errno()));
		monitor_close(&d->monitor, socket);
		zmq_close(socket);
		return -1;
	}
	if (source_open(&d->dealer, d->net, socket, &dealer, f) == 0)
		return 0;
	source_close(&d->monitor, 0);
	return -1;
}

/* A peer under two addresses: two links would push each other out, at its side. */
static bool has_twin(const struct dial *d)
{
	for (unsigned i = 0; i < DIAL_SLOTS; i++) {
		const struct dial *twin = &d->net->dial[i];
		if (twin != d && twin->state > DIAL_WAITING &&
		    memcmp(twin->key, d->key, KEY_BYTES) == 0)
			return true;
	}
	return false;
}

static void dial_try(struct dial *d)
{
	struct fault f;
	d->is_barred = has_twin(d) || !zap_is_allowed(d->net, d->key);
	if (d->is_barred) {
		timer_set(d, WAIT_MOST_MS);
		return;
	}
	d->state = DIAL_TRYING;
	if (dial_open(d, &f) < 0)
		dial_failed(d, f.text);
	else
		timer_set(d, TRY_MS);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct dial *d = arg;
	(void)fd;
	(void)what;
	if (d->state == DIAL_WAITING)
		dial_try(d);
	else if (d->state == DIAL_TRYING)
		dial_failed(d, "no answer");
}

/* --- what tracd asks --- */

static struct dial *dial_by_id(struct net *n, uint32_t id)
{
	for (unsigned i = 0; i < DIAL_SLOTS; i++) {
		if (n->dial[i].state != DIAL_FREE && n->dial[i].id == id)
			return &n->dial[i];
	}
	return NULL;
}

static struct dial *dial_free(struct net *n)
{
	for (unsigned i = 0; i < DIAL_SLOTS; i++) {
		if (n->dial[i].state == DIAL_FREE)
			return &n->dial[i];
	}
	return NULL;
}

void dial_start(struct net *n, uint32_t id, const char *address, const uint8_t key[KEY_BYTES])
{
	dial_stop(n, id);
	if (strncmp(address, "tcp://", 6) != 0 || memcmp(key, n->public, KEY_BYTES) == 0) {
		report_note(n, LOG_ALERT, "%s is not dialled: it is %s", address,
			    strncmp(address, "tcp://", 6) ? "no tcp:// address" : "this node");
		return;
	}
	struct dial *d = dial_free(n);
	struct event *timer = d ? event_new(n->base, -1, EV_TIMEOUT, on_timer, d) : NULL;
	if (!timer) {
		report_note(n, LOG_ALERT, "%s is not dialled: there is room for %d", address,
			    DIAL_SLOTS);
		return;
	}
	*d = (struct dial){ .id = id, .state = DIAL_WAITING, .net = n, .timer = timer };
	snprintf(d->address, sizeof d->address, "%s", address);
	memcpy(d->key, key, KEY_BYTES);
	dial_try(d);
}

void dial_stop(struct net *n, uint32_t id)
{
	struct dial *d = dial_by_id(n, id);
	if (!d)
		return;
	if (d->link)
		link_release(d->link, "no longer dialled");
	dial_close(d);
	event_free(d->timer);
	*d = (struct dial){ .state = DIAL_FREE };
}

void dial_check_all(struct net *n)
{
	for (unsigned i = 0; i < DIAL_SLOTS; i++) {
		struct dial *d = &n->dial[i];
		if (d->state == DIAL_WAITING && d->is_barred)
			dial_try(d);
	}
}

void dial_ban(struct dial *d)
{
	if (d->state == DIAL_WAITING)
		timer_set(d, BAN_MS);
}

void dial_stop_all(struct net *n)
{
	for (unsigned i = 0; i < DIAL_SLOTS; i++) {
		if (n->dial[i].state != DIAL_FREE)
			dial_stop(n, n->dial[i].id);
	}
}

int dial_send(struct dial *d, struct span bytes)
{
	if (!d->dealer.socket) {
		errno = EHOSTUNREACH;
		return -1;
	}
	source_touch(&d->dealer);
	return zmq_send(d->dealer.socket, bytes.data, bytes.size, ZMQ_DONTWAIT) < 0 ? -1 : 0;
}
