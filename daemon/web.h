/*
 * The side of tracd that faces tracd-http: starts it and answers what it asks:
 * health and OpenMetrics.
 */
#ifndef TRAC_DAEMON_WEB_H
#define TRAC_DAEMON_WEB_H

#include "daemon/node.h"

int web_create(struct node *n, struct fault *f);
/* Starts it, when the settings want HTTP. */
int web_start(struct node *n, struct fault *f);
void web_destroy(struct node *n);
/* The port it got; 0: none. */
unsigned web_port(const struct node *n);

/* OpenMetrics text of the node (daemon/metrics.c). */
void metrics_write(struct node *n, struct buffer *b);

#endif
