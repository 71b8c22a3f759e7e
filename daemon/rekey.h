/*
 * The keys of this node beside those that the member log names for it. With others, which an
 * old copy of keys/ brings, nothing is signed. The next keys are keys/sign.key.next and
 * keys/link.key.next: while they lie there, nothing more is signed with the present key, so
 * that the size from which the new one signs stays true. When the member log names them they
 * take the place of the others.
 */
#ifndef TRAC_DAEMON_REKEY_H
#define TRAC_DAEMON_REKEY_H

#include "daemon/node.h"

/* At the start, with the registry: takes the next keys, or holds the signing back. */
int rekey_open(struct node *n, struct fault *f);
/* The files were made or taken away: looks again. */
void rekey_look(struct node *n);
/* The registry has grown: takes the next keys when the loop comes to rest, and knows those
 * of the peers it dials. */
void rekey_follow(struct node *n);
/* May the own log be signed? False while the next keys wait, or the member log names another
 * key than the present one. */
bool rekey_may_sign(const struct node *n);
/* Does the member log name the next key? */
bool rekey_is_named(const struct node *n);
/* The next key under that name, freed by signer_destroy(); NULL: there is none. */
struct signer *rekey_next(const struct node *n, const char *name, struct fault *f);

#endif
