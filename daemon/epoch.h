/*
 * The epoch of the own log: its origin is the one that the member log names. When the
 * authority has begun it anew, the node goes on under the new origin: the core is made
 * anew, and what waits aside goes there (recovery.h). The old log stays as one of others.
 */
#ifndef TRAC_DAEMON_EPOCH_H
#define TRAC_DAEMON_EPOCH_H

#include "daemon/node.h"

/*
 * Origin, id, local number and signer of the own log, by the registry. The store is open.
 * The log of the epoch before when a crash came before its tail was put aside: then
 * epoch_follow() goes on with that.
 */
int epoch_open(struct node *n, struct fault *f);

/* The registry has grown: goes on in another epoch when the loop comes to rest. */
void epoch_follow(struct node *n);

void epoch_close(struct node *n);

#endif
