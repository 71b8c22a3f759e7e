/*
 * The side of tracd that faces tracd-http: starts it and answers what it asks:
 * health, OpenMetrics, the logs as static files (daemon/tiles.h), and requests for
 * cosignatures (daemon/witness.h).
 */
#ifndef TRAC_DAEMON_WEB_H
#define TRAC_DAEMON_WEB_H

#include "daemon/ipc.h"
#include "daemon/node.h"

/* Of a large body a piece an answer, so that neither process holds all of it. */
#define WEB_PIECE_MAX FRAME_BYTES_MAX

/* What is answered to one path. */
struct web_answer {
	unsigned status;
	const char *type;          /* content type; static */
	enum ipc_cache cache;
	size_t total;              /* of the whole body; 0: body is all of it */
	unsigned more;             /* where the next piece begins; 0: this is the last */
	struct buffer body;        /* of at most WEB_PIECE_MAX bytes */
};

int web_create(struct node *n, struct fault *f);
/* Starts it, when the settings want HTTP. */
int web_start(struct node *n, struct fault *f);
void web_destroy(struct node *n);
/* The port it got; 0: none. */
unsigned web_port(const struct node *n);

/* OpenMetrics text of the node (daemon/metrics.c). */
void metrics_write(struct node *n, struct buffer *b);

#endif
