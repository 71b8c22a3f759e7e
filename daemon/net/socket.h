/*
 * ZeroMQ sockets in a libevent loop. ZMQ_FD is no ordinary descriptor: it tells
 * of changes only, and any call on the socket may eat the news. So there is one
 * function that drains, and whoever touched a socket asks for it
 * (source_touch()); what one turn may take is bounded, the rest is for the next.
 */
#ifndef TRAC_NET_SOCKET_H
#define TRAC_NET_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/wire/fault.h"

struct event;
struct net;
struct source;

struct source_calls {
	/* Something can be read: takes one message. May close the source. */
	void (*take)(struct source *s);
	/* Something can be written, perhaps; may be NULL. May close the source. */
	void (*flush)(struct source *s);
	bool carries_gossip;           /* waits while tracd is behind */
};

struct source {
	struct net *net;               /* borrowed */
	void *socket;                  /* owned; NULL: closed */
	const struct source_calls *calls;
	void *ctx;
	struct event *ready;
	bool is_pending;               /* to be drained in the next turn */
};

/* Takes the socket over; on failure it is closed. */
int source_open(struct source *s, struct net *n, void *socket, const struct source_calls *calls,
		struct fault *f);
/* linger_ms: how long what was sent may still leave. Harmless on a closed one. */
void source_close(struct source *s, int linger_ms);
void source_touch(struct source *s);
/* Now rather than in the next turn; the rest of much is left for that. */
void source_drain(struct source *s);
/* All that is there, of a source that only libzmq itself fills. */
void source_drain_all(struct source *s);
/* The next turn drains all that is pending. */
void sources_drain(struct net *n);
/* tracd is behind, or has caught up. */
void sources_hold(struct net *n, bool hold);

struct gossip_options {
	int type;                      /* ZMQ_ROUTER or ZMQ_DEALER */
	bool ipv6;
	const uint8_t *server_key;     /* NULL: we are the server */
	bool slow_name;                /* connecting may wait for a name server */
};

/* A socket with all limits and CURVE keys set. NULL when refused. */
void *gossip_socket(struct net *n, const struct gossip_options *o, struct fault *f);
/* What the host of tcp://host:port is; neither: a name, or *. */
bool address_is_ipv4(const char *address);
bool address_is_ipv6(const char *address);

/* Opens a source for the monitor events of a socket that is not yet bound or connected. */
int monitor_open(struct source *s, struct net *n, void *socket, const struct source_calls *calls,
		 struct fault *f);
/* Before the monitored socket is closed: with nobody to take its events, libzmq's
 * thread would wait for ever. */
void monitor_close(struct source *s, void *socket);

struct monitor_event {
	unsigned event;                /* ZMQ_EVENT_* */
	uint32_t value;
};
/* Takes one event; false: none, or not one. */
bool monitor_take(struct source *s, struct monitor_event *e);

#endif
