/*
 * The witness protocol over HTTP (C2SP tlog-witness), served by a hub that cosigns:
 *
 *	POST /witness/add-checkpoint
 *	GET  /witness/<SHA-256 of the origin, lower-case hex>/checkpoint
 *
 * For the logs of the network, and those of the setting witness_log. A request is
 * checked and what it asks for kept in one transaction, durable before the answer.
 */
#ifndef TRAC_DAEMON_WITNESS_H
#define TRAC_DAEMON_WITNESS_H

#include "daemon/web.h"

#define WITNESS_ADD "/witness/add-checkpoint"

/* Is it a path of a checkpoint? */
bool witness_serves(const char *path);
/* A GET of such a path. */
void witness_get(struct node *n, const char *path, struct web_answer *out);
/* A POST to WITNESS_ADD. */
void witness_post(struct node *n, struct span body, struct web_answer *out);

#endif
