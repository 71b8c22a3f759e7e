/*
 * Between the core's effects and the store: what is taken from others, proved
 * first; what is signed; what is served.
 */
#ifndef TRAC_DAEMON_INTAKE_H
#define TRAC_DAEMON_INTAKE_H

#include "daemon/node.h"

enum intake_result {
	INTAKE_TAKEN,      /* proved, in the open transaction: told when that is durable */
	INTAKE_STALE,      /* does not fit what is held now: nobody's fault */
	INTAKE_REJECTED,   /* does not prove: the sender's fault */
	INTAKE_FAILED,     /* our own store failed */
};

/* -1: the log is neither ours nor the registry's. */
int intake_log_state(struct node *n, const struct log_id *log, struct log_state *out);

enum intake_result intake_head(struct node *n, const struct gossip *g, struct fault *f);
enum intake_result intake_frame(struct node *n, const struct gossip *g, struct fault *f);

/* Signs the own log as far as it is held, and keeps the head. */
int intake_sign(struct node *n, struct fault *f);

void intake_send_head(struct node *n, uint32_t link, const struct log_id *log);
void intake_serve(struct node *n, const struct core_effect *fx);

#endif
