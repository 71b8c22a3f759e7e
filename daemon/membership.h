/*
 * The member log and the registry computed from it, at one node.
 */
#ifndef TRAC_DAEMON_MEMBERSHIP_H
#define TRAC_DAEMON_MEMBERSHIP_H

#include "daemon/node.h"
#include "store/figures.h"

/* Builds n->registry from the store; the authority's first start writes entry 0. */
int membership_open(struct node *n, struct fault *f);

/* Applies the statements that are stored and not applied yet. Returns true when
 * the registry has grown. One that this version does not understand is told to
 * the operator and ends it there. */
bool membership_follow(struct node *n);

/* Authority only: checks, appends and signs a statement. FAULT_REFUSED elsewhere. */
int membership_state(struct node *n, struct span statement, struct fault *f);

/* Is this node listed and not revoked? */
bool membership_admitted(const struct node *n);

/* Rules of store/figures.h, answered by the registry. ctx: the node. */
bool membership_author(void *ctx, const char *origin, uint64_t index, char *name);
/* figures_rules.closed: the end that the member log gave the log of that origin. */
bool membership_closed(void *ctx, const char *origin, struct log_end *end);

#endif
