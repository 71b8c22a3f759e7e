/*
 * The one performer of daemon/core: turns what happens into events, performs
 * the effects in order, and reports their results as events.
 */
#ifndef TRAC_DAEMON_ENGINE_H
#define TRAC_DAEMON_ENGINE_H

#include "daemon/node.h"

int engine_create(struct node *n, struct fault *f);
void engine_destroy(struct node *n);
/* Tells the core what is stored of every log, then that the node has started. */
void engine_start(struct node *n);

/* What is stored of this log has changed. */
void engine_log_changed(struct node *n, const struct log_id *log);
/* The registry has grown. */
void engine_members_changed(struct node *n);

/* A checkpoint of that log came by another way than a link: taken as from a peer without a
 * name, so that one which contradicts what is held becomes evidence. */
void engine_head(struct node *n, const struct log_id *log, struct span checkpoint);

/* The operator consents: see trac recover. */
void engine_consent(struct node *n);

/* From the transport. */
void engine_link_up(struct node *n, uint32_t link, const uint8_t key[LINK_KEY_SIZE], bool inbound);
void engine_link_down(struct node *n, uint32_t link);
void engine_message(struct node *n, uint32_t link, const struct gossip *g);

#endif
