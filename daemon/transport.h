/*
 * The side of tracd that faces tracd-net: starts it, tells it keys, dials and
 * messages, takes what comes from it, and starts it again when it dies.
 */
#ifndef TRAC_DAEMON_TRANSPORT_H
#define TRAC_DAEMON_TRANSPORT_H

#include "daemon/node.h"

/* secret: the CURVE secret key; copied into locked memory, wiped by transport_destroy(). */
int transport_create(struct node *n, const uint8_t secret[32], struct fault *f);
/* Another link key: tracd-net is started again with it. */
int transport_rekey(struct node *n, const uint8_t secret[32], struct fault *f);
int transport_start(struct node *n, struct fault *f);
void transport_destroy(struct node *n);

int transport_public_key(const struct node *n, uint8_t key[LINK_KEY_SIZE], struct fault *f);
/* Where it listens, as tracd-net said; "" when nowhere or not up yet. */
const char *transport_listens(const struct node *n);
unsigned transport_restarts(const struct node *n);

/* Opens what was sealed to this node's link key (daemon/seal.h). -1: it was not. */
int transport_unseal(const struct node *n, struct span sealed, uint8_t *out);

/* Sends; a link whose queue is full is dropped: gossip heals what is lost. */
void transport_send(struct node *n, uint32_t link, const struct gossip *g);
void transport_drop(struct node *n, uint32_t link, const struct fault *why);
/* Keys admitted and members dialled may have changed. */
void transport_update(struct node *n);

/* The address or dial of a link, for `trac peers`; "" when unknown. */
const char *transport_address(const struct node *n, uint32_t link);

#endif
