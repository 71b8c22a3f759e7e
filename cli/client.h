/*
 * The client's end of tracd's local socket: home/tracd.sock, one Request, one
 * Reply, in turn. Every call has a time limit, every answer a size limit.
 */
#ifndef TRAC_CLI_CLIENT_H
#define TRAC_CLI_CLIENT_H

#include <stdbool.h>

#include "proto/wire/bytes.h"
#include "proto/wire/control.pb-c.h"
#include "proto/wire/fault.h"

#define CLIENT_WAIT_MS 30000

struct client {
	int fd;             /* -1: closed */
	const char *home;   /* borrowed; named in refusals */
};

/* FAULT_UNAVAILABLE says how to start tracd. */
int client_open(struct client *c, const char *home, struct fault *f);
void client_close(struct client *c);   /* a closed one is harmless */

/*
 * Asks and waits. The reply is freed with unpack_free(); NULL: no valid answer
 * came, and the client is closed. A refusal is an answer: see reply_refused().
 */
Trac__Reply *client_ask(struct client *c, const Trac__Request *request, struct fault *f);
/* Is it a refusal, or not an answer of that kind? Then f is set and true returned. */
bool reply_refused(const Trac__Reply *r, Trac__Reply__BodyCase wanted, struct fault *f);

/* Opens, asks, closes; a refusal is NULL too. */
Trac__Reply *client_ask_once(const char *home, const Trac__Request *request,
			     Trac__Reply__BodyCase wanted, struct fault *f);

/* Looks up and appends the bundle that answers, proved by nobody yet, to out. need: how many
 * hubs must vouch for a log, by the settings that tracd runs with; may be NULL. */
int client_lookup(struct client *c, const char *query, Trac__LookupScope scope,
		  struct buffer *out, unsigned *need, struct fault *f);

#endif
