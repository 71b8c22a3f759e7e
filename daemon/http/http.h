/*
 * tracd-http: answers HTTP on this machine. It knows no key and no store: it
 * asks tracd by path and passes the answer on (daemon/ipc.h).
 *
 *	main.c    start, limits, sandbox, the loop
 *	server.c  evhttp with the limits that it lacks: connections, their life, Host
 *	routes.c  which paths there are, and the requests that wait for tracd
 */
#ifndef TRAC_HTTP_HTTP_H
#define TRAC_HTTP_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/channel.h"
#include "daemon/ipc.h"
#include "proto/wire/fault.h"
#include "proto/wire/limits.h"

#define CONNECTIONS_MAX 64
#define HEADERS_MAX 8192
#define BODY_MAX 65536           /* a request to a witness is below 36 KiB */
#define IDLE_S 5
#define LIFE_S 10                /* of a connection, whatever it does */
#define PENDING_MAX 64
#define ANSWER_S 5               /* tracd has that long */
#define PATH_BYTES_MAX 1024

struct bufferevent;
struct event;
struct evhttp;
struct evhttp_request;
struct http;

/* A connection: evhttp owns it, we hold a reference to tell when it is gone. */
struct guest {
	struct bufferevent *stream;    /* NULL: free */
	struct event *life;
};

/* A request that waits for tracd, or that is answered piece by piece. */
struct pending {
	struct http *http;             /* borrowed */
	uint32_t id;
	struct evhttp_request *request;  /* owned by evhttp; NULL: free */
	struct event *patience;
	bool is_asked;                 /* tracd has to answer */
	bool has_begun;                /* the header is out */
	uint32_t left;                 /* of the body, from here on, when it has begun */
	uint32_t more;                 /* where tracd goes on */
};

/* What is answered: by tracd, or in its place. */
struct answer {
	unsigned status;
	const char *type;              /* content type */
	enum ipc_cache cache;
	uint32_t total;                /* bytes of the whole body */
	uint32_t more;                 /* where tracd goes on; 0: that is all */
	struct span body;              /* all of it, or the next piece */
};

struct http {
	struct event_base *base;
	struct channel *channel;
	int exit_code;
	bool has_ended;
	struct evhttp *server;         /* NULL: not configured yet */
	struct evhttp_bound_socket *bound;
	char host[ADDRESS_MAX + 1];    /* as configured, without port */
	uint16_t port;
	struct guest guest[CONNECTIONS_MAX];
	bool is_full;                  /* not accepting */
	struct pending pending[PENDING_MAX];
	uint32_t turn;
};

/* --- server.c --- */

/* Binds host:port, which must be of this machine; fills host and port. */
int server_open(struct http *h, const char *host, uint16_t port, struct fault *f);
/* After each turn of the loop: lets go of connections that evhttp has closed, before
 * libevent meets their descriptors again. */
void server_sweep(struct http *h);
void server_close(struct http *h);
/* Answers with a whole body, which may be empty, and lets the connection close. HEAD gets
 * the header alone. */
void server_reply(struct evhttp_request *r, const struct answer *a);
/* The header of a body that follows in pieces. */
void server_begin(struct evhttp_request *r, const struct answer *a);
/* The same with a sentence for a person. */
void server_refuse(struct evhttp_request *r, unsigned status, const char *sentence);

/* --- routes.c --- */

/* A request whose Host and method are good. */
void route(struct http *h, struct evhttp_request *r);
/* An answer of tracd; one that nobody waits for is dropped. */
void route_answer(struct http *h, uint32_t id, const struct answer *a);
void routes_close(struct http *h);

#endif
