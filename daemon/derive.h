/*
 * What follows from entries, at one node: the index at once (its tail in
 * memory, written in bulk), the figures in slices when the loop has nothing
 * better to do.
 */
#ifndef TRAC_DAEMON_DERIVE_H
#define TRAC_DAEMON_DERIVE_H

#include "daemon/node.h"

int derive_create(struct node *n, struct fault *f);
void derive_destroy(struct node *n);
/* Can the tail of the index take what the largest commit brings? Writes it when it
 * must; false: that failed (a full disk), and nothing more may be taken, since a
 * lookup would miss it. May commit. */
bool derive_ready(struct node *n);
/* How many entries the tail takes now. Due with no transaction open. */
unsigned derive_room(struct node *n);
/* A committed entry of any log but the member log. false: the index cannot take it now,
 * nor what follows it; derive_ready() catches up. */
bool derive_entry(struct node *n, uint32_t log, uint64_t index, struct span entry);
/* What counts may have changed without an entry: a log is known to be forked, or was closed. */
void derive_figures(struct node *n);
/* Folds what is left. -1: more is left than one asker waits for (FAULT_BUSY), or it fails. */
int derive_now(struct node *n, struct fault *f);
/* A revocation changes which entries count: the figures are computed anew. */
void derive_drop_figures(struct node *n);

#endif
