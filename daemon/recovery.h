/*
 * Quarantine at this node: performs FX_ASIDE and FX_RESUME of daemon/core on the store.
 * While n->aside is not 0, events are recorded in the log aside (store/aside.h), and the
 * own log holds exactly what was signed; what was told as a place in the own log is one
 * behind it, and becomes true when quarantine ends.
 */
#ifndef TRAC_DAEMON_RECOVERY_H
#define TRAC_DAEMON_RECOVERY_H

#include "daemon/node.h"

/* Each may be called again after a fault, and goes on where it was. FAULT_FULL: there was no
 * room, and what is derived has been opened again unless it is NULL. */
int recovery_aside(struct node *n, struct fault *f);
int recovery_resume(struct node *n, struct fault *f);

/* Is that reference (member_reference()) the one that an entry aside will have? *index: aside. */
bool recovery_place(const struct node *n, const char *reference, uint64_t *index);

/* Entries that wait aside; 0 outside of quarantine. */
uint64_t recovery_waiting(const struct node *n);

#endif
