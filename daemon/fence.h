/*
 * The fence files of this node (proto/log/fence.h): `head` of the own log and, at the
 * authority, `members` of the member log, in a folder outside the home, so that no copy
 * of the home holds them. Written to a temporary file, synced, renamed, the folder
 * synced. That of the own log before the head is signed: its entries are durable already, so
 * the fence is at most one signature ahead of the store, and never behind one. That of the
 * member log after the commit and before it is told: an authority that dies between the two
 * must not wait for peers to show what nobody has seen.
 */
#ifndef TRAC_DAEMON_FENCE_H
#define TRAC_DAEMON_FENCE_H

#include "daemon/node.h"

/*
 * Makes the folder, reads what is there and judges the store by it; sets n->doubt, after
 * telling the operator why. The store is open, the registry built.
 */
int fence_open(struct node *n, struct fault *f);
void fence_close(struct node *n);

/* Is HOME/restored there, which trac restore leaves? It is taken away when quarantine is
 * over. */
bool fence_is_restored(const struct node *n);

/* Before fence_open(): may the member log have been signed by this home? */
bool fence_may_know_members(const struct node *n);

/* Before a head of the own log is signed: it may be taken as signed from here on. */
int fence_sign(struct node *n, const struct checkpoint *c, struct fault *f);
/* Before the authority states something: can the fence of the member log be written? Its head
 * is committed with its entry, so its fence follows after the commit. */
int fence_try(struct node *n, struct fault *f);
/* After a commit: keeps what was newly signed, or tries at the next one. Nothing in
 * quarantine. */
int fence_keep(struct node *n, struct fault *f);
/* Quarantine is over: keeps what is signed now, whatever was there. */
int fence_renew(struct node *n, struct fault *f);

/* Entries that were signed, as the files say, and were not all here at the start; 0: none. */
uint64_t fence_own_size(const struct node *n);
uint64_t fence_members_size(const struct node *n);

#endif
