/*
 * Cosignatures at one node: a hub with keys/cosign.key vouches for the largest proved
 * head of each log of others; every node keeps and passes on the lines of hubs that
 * count. A cosignature is durable before it leaves, in the transaction that keeps what
 * was signed (store/cosigned.h).
 */
#ifndef TRAC_DAEMON_COSIGNER_H
#define TRAC_DAEMON_COSIGNER_H

#include "daemon/node.h"
#include "store/cosigned.h"

/* Reads the key of a hub, when there is one: n->cosigner. Homes made before have none. */
int cosigner_open(struct node *n, struct fault *f);

/* The note that is kept of a head received: its log's line by v and good lines of hubs
 * that count, with those that are here already. Ours that is not known here (an old copy
 * of the store runs) is remembered. FAULT_UNPROVED: a line of a hub is bad. */
int cosigner_merge(struct node *n, struct txn *t, const struct checkpoint *c, uint32_t log,
		   struct span note, const struct verifier *v, struct buffer *kept,
		   struct fault *f);

/* The proved head of that log, or its lines, have changed in t: it becomes the one that is
 * shown as vouched for when as many hubs as witness_policy wants vouch for it, or as many
 * as for the one before. */
void cosigner_vouched(struct node *n, struct txn *t, uint32_t log);
/* The last such head, when more hubs that count vouch for it than for the proved one, and
 * those are too few. */
bool cosigner_older(const struct node *n, struct txn *t, uint32_t log, struct checkpoint *c,
		    struct span *note);

/* Logs that fewer hubs vouch for, in any size that is held, than witness_policy wants. Without
 * those that nobody signed yet, and the other branches of forked ones. Where it takes long to
 * count them, the number is of a while ago. */
unsigned cosigner_few(struct node *n);

/* What the core is told of a log: whose lines its seen head carries, and the size that
 * this node cosigned last. */
void cosigner_state(const struct node *n, struct txn *t, uint32_t log, const char *origin,
		    uint64_t *vouched, uint64_t *cosigned);

/* Is n->cosigner the key that others check us by? A line by another one would make our heads
 * refused. FAULT_CONFIG. */
int cosigner_check(const struct node *n, struct fault *f);

/* Cosigns the proved head of that log in the open transaction, unless that would
 * contradict what was cosigned last. -1: the store cannot, or the key is not ours. */
int cosigner_sign(struct node *n, const struct log_id *id, const char *origin, struct fault *f);

#endif
