/*
 * A hub that was delegated a region has its workshops admitted by one command. Its tracd keeps
 * the workshop's request in HOME/petitions, signs a petition for it each time that it asks, and
 * asks by a letter until the member log names the workshop, or the authority says no. The
 * authority's tracd judges by petition_judge() and appends the admission by itself.
 */
#ifndef TRAC_DAEMON_PETITIONS_H
#define TRAC_DAEMON_PETITIONS_H

#include "daemon/node.h"
#include "proto/wire/control.pb-c.h"

int petitions_create(struct node *n, struct fault *f);
void petitions_destroy(struct node *n);

/* The authority: a petition came, whose letter is signed by its sender. Answered later. */
void petitions_take(struct node *n, uint32_t link, const struct gossip *g);
/* The hub: an answer came, signed likewise; or a hub on the way has no link. */
void petitions_answered(struct node *n, const struct gossip *g);

/* Answers a PetitionRequest. */
void answer_petition(struct node *n, const Trac__PetitionRequest *q, struct buffer *b);

#endif
