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
	INTAKE_EARLY,      /* the same: of a key that the member log as it is here does not give */
	INTAKE_FORKED,     /* proves, and contradicts what is held: evidence of it is kept */
	INTAKE_PARTED,     /* of the own log: proves, and contradicts what is held */
	INTAKE_REJECTED,   /* does not prove: the sender's fault */
	INTAKE_FAILED,     /* our own store failed */
};

/* The origin of a log that this node knows, or of the other branch of one (store/branch.h),
 * and its verifier, borrowed; false: it does not. */
bool intake_log(const struct node *n, const struct log_id *log, char origin[ORIGIN_MAX + 1],
		const struct verifier **v);
/* A head of that log, or of its other branch, by the key of that time, which goes to v:
 * TAKEN, EARLY or REJECTED. */
enum intake_result intake_open_head(const struct node *n, const struct log_id *log,
				    struct span note, struct checkpoint *c, struct verifier *v,
				    struct fault *f);
/* The key that signs a checkpoint of that size of it; NULL: no log of the network. */
const struct verifier *intake_key(const struct node *n, const struct log_id *log, uint64_t size);
/* -1: the log is neither ours nor the registry's. */
int intake_log_state(struct node *n, const struct log_id *log, struct log_state *out);

/* Whose lines its seen head carries, and the size that this node cosigned last. */
void intake_log_vouched(struct node *n, const struct log_id *log, uint64_t *vouched,
			uint64_t *cosigned);

/* The head or frame of the effect that brought it. */
enum intake_result intake_head(struct node *n, const struct core_effect *fx, struct fault *f);
enum intake_result intake_frame(struct node *n, const struct core_effect *fx, struct fault *f);

/* Signs the own log as far as it is held, and keeps the head. */
int intake_sign(struct node *n, struct fault *f);

/* Cosigns the proved head of a log of others. */
int intake_cosign(struct node *n, const struct log_id *log, struct fault *f);

void intake_send_head(struct node *n, uint32_t link, const struct log_id *log);
void intake_serve(struct node *n, const struct core_effect *fx);

#endif
