/*
 * tracd-net: the process that strangers talk to. It holds the CURVE key of the
 * node and nothing else: no file, no signing key, no store. It turns ZeroMQ
 * messages into checked structs for tracd, and back (daemon/ipc.h).
 *
 * One thread of ours and one loop (libevent); libzmq's own threads do the
 * input, output and encryption. Everything below is called from that loop.
 *
 *	main.c     start, limits, sandbox, the loop, the end
 *	command.c  what tracd asks
 *	report.c   what tracd is told
 *	socket.c   ZeroMQ sockets in libevent: options, drain, back-pressure
 *	zap.c      who may connect
 *	listen.c   the ROUTER, and the connections that it accepted
 *	dial.c     a DEALER for each peer that we connect to
 *	link.c     links: both kinds, by number
 *	rate.c     how much one peer may send
 */
#ifndef TRAC_NET_NET_H
#define TRAC_NET_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/channel.h"
#include "daemon/log.h"
#include "daemon/net/rate.h"
#include "daemon/net/socket.h"
#include "proto/wire/gossip.h"

#define KEY_BYTES 32

/* A hub has LINKS_MAX members; the room is for those that connect anew before
 * the old connection is seen to be dead, and for strangers in their handshake. */
#define CONNECTIONS_MAX (LINKS_MAX + 256)
/* Descriptors: connections of both kinds, eventfds of sockets. 16 bytes each here. */
#define DESCRIPTORS_MAX 4096
/* Inbound links and dials. */
#define LINK_SLOTS 1024
#define DIAL_SLOTS 64
/* Junk from an admitted peer: after that many it is dropped. */
#define JUNK_MAX 100
/* How long a flooding or lying key stays out. */
#define BAN_MS 30000
#define BANS_MAX 64
/* Bytes that wait for one peer: 30 frames, or the heads of 4,096 members; and for all. */
#define LINK_QUEUE_MAX (8 * 1024 * 1024)
#define QUEUES_MAX (64 * 1024 * 1024)
/* Bytes that wait for tracd: above the first, ZeroMQ sockets are not read; the
 * second is never reached, or we are wrong. */
#define CHANNEL_BUSY (8 * 1024 * 1024)
#define CHANNEL_MAX (32 * 1024 * 1024)

struct dial;
struct net;

struct link {
	uint32_t id;
	struct net *net;               /* borrowed */
	bool inbound, is_up;           /* is_up: tracd knows of it */
	struct dial *dial;             /* outbound: borrowed */
	uint8_t routing_id[255];       /* inbound */
	uint8_t routing_id_size;
	int fd;                        /* inbound: its connection, owned by libzmq */
	uint8_t key[KEY_BYTES];
	struct rate rate;
	unsigned frames_due;           /* frames that we asked for and have not seen */
	unsigned junk;
	bool is_rate_noted;
	struct waiting *first, **last; /* messages that libzmq did not take, owned */
	size_t waiting_bytes;
};

enum dial_state { DIAL_FREE, DIAL_WAITING, DIAL_TRYING, DIAL_UP };

struct dial {
	uint32_t id;
	enum dial_state state;
	struct net *net;               /* borrowed */
	char address[ADDRESS_MAX + 1];
	uint8_t key[KEY_BYTES];
	struct source dealer, monitor;
	struct link *link;             /* borrowed; UP only */
	struct event *timer;           /* end of waiting or of trying */
	unsigned wait_ms, tries;
	int64_t up_ms;                 /* since when */
	bool is_noted;                 /* why it fails was told; once a time of failing */
	bool is_barred;                /* waits for its key to be allowed, or for a twin to end */
};

struct connection {
	bool is_open, is_doomed;       /* doomed: to be closed; says nothing any more */
};

struct ban {
	uint8_t key[KEY_BYTES];
	int64_t until_ms;
};

struct net {
	struct event_base *base;
	struct channel *channel;
	void *context;                 /* of libzmq */
	int exit_code;
	bool is_configured;
	bool is_held;                  /* tracd is behind */
	uint8_t secret[KEY_BYTES], public[KEY_BYTES];
	char listen[ADDRESS_MAX + 1];

	struct source zap, router, router_monitor;
	struct event *again;           /* next turn, for what this one left */
	struct event *listen_again;

	uint8_t (*allowed)[KEY_BYTES]; /* sorted; owned */
	unsigned allowed_count;
	struct ban ban[BANS_MAX];
	unsigned ban_next;
	struct rate refusal_notes;     /* lines about refused keys */
	unsigned refusals_untold;

	struct connection connection[DESCRIPTORS_MAX];
	unsigned connection_count;
	struct link *link[LINK_SLOTS]; /* owned */
	unsigned link_turn, inbound_count;
	size_t waiting_bytes;
	struct dial dial[DIAL_SLOTS];
	struct buffer out, flat;       /* of the message in hand */
};

/* --- command.c --- */

/* One message of tracd. What is malformed ends the process: tracd is wrong. */
void command_take(struct net *n, struct span bytes);

/* --- report.c: each tells tracd one thing --- */

void report_ready(struct net *n, const char *address);
void report_up(struct net *n, const struct link *l);
void report_down(struct net *n, const struct link *l, const char *why);
/* g came over l; holds the sockets when tracd is behind. */
void report_message(struct net *n, const struct link *l, const struct gossip *g);
void report_note(struct net *n, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Ends the loop. */
void net_end(struct net *n, int exit_code);
/* First 4 bytes in hexadecimal: enough to tell members apart. */
const char *key_name(const uint8_t key[KEY_BYTES]);

/* --- zap.c --- */

int zap_open(struct net *n, struct fault *f);
/* Replaces the list; keys: count times KEY_BYTES, copied. */
int zap_allow(struct net *n, const uint8_t *keys, unsigned count);
bool zap_is_allowed(const struct net *n, const uint8_t key[KEY_BYTES]);
/* Refuses the key for BAN_MS. */
void zap_ban(struct net *n, const uint8_t key[KEY_BYTES]);

/* --- listen.c --- */

/* Binds n->listen, now or as soon as that is possible. */
void listen_start(struct net *n);
void listen_stop(struct net *n);
/* Cuts the connection of an inbound link that is gone: after what waits was sent, or now. */
void connection_doom(struct net *n, int fd, bool at_once);
/* -1: errno, EAGAIN when it must wait. */
int listen_send(struct net *n, const struct link *l, struct span bytes);

/* --- dial.c --- */

void dial_start(struct net *n, uint32_t id, const char *address, const uint8_t key[KEY_BYTES]);
void dial_stop(struct net *n, uint32_t id);
void dial_stop_all(struct net *n);
/* Keys were allowed: those that waited for it may go. */
void dial_check_all(struct net *n);
/* After its link was dropped for its peer's fault: not before BAN_MS. */
void dial_ban(struct dial *d);
/* Its link is gone: closes, and connects again after a while. */
void dial_lost(struct dial *d, const char *why);
int dial_send(struct dial *d, struct span bytes);

/* --- link.c --- */

/* NULL: no room. Not up yet. */
struct link *link_create(struct net *n, bool inbound, const uint8_t key[KEY_BYTES]);
struct link *link_by_id(const struct net *n, uint32_t id);
struct link *link_by_routing_id(const struct net *n, const uint8_t *id, size_t size);
struct link *link_by_fd(const struct net *n, int fd);
void link_up(struct link *l);
/* The connection is gone: tells tracd, frees. */
void link_release(struct link *l, const char *why);
/* Releases, and cuts the connection. */
void link_drop(struct link *l, const char *why, bool at_once);
/* Drops the links whose key is no longer allowed. */
void link_check_all(struct net *n);
/* Bytes came. May drop the link: look it up again. */
void link_receive(struct link *l, struct span bytes);
void link_junk(struct link *l, const char *what);
/* A gossip message in its flat form, from tracd. May drop the link. */
void link_send(struct link *l, struct span flat);
/* Sends what waits, as far as it goes. May drop the link. */
void link_flush(struct link *l);
void link_flush_inbound(struct net *n);

#endif
