/*
 * Files from member to member, on request. The one that wants a file asks for it
 * piece by piece, with a letter that its log key signs; the owner answers members
 * that it has named for that file, each piece sealed to their link key, or refuses.
 * Letters go over a direct link, or over one hub, which reads nothing of the file
 * (daemon/core/letters.c). The owner keeps no state between pieces.
 *
 * The one that asks tries its routes in turn, asks again when a piece does not
 * come, and checks the SHA-256 of the whole (daemon/attachments.h).
 */
#ifndef TRAC_DAEMON_LETTERS_H
#define TRAC_DAEMON_LETTERS_H

#include "daemon/node.h"
#include "proto/wire/control.pb-c.h"

int letters_create(struct node *n, struct fault *f);
void letters_destroy(struct node *n);

/* A letter to this node came over that link; borrowed. */
void letters_read(struct node *n, uint32_t link, const struct gossip *g);

/* Answers a FetchRequest: begins it, or tells how far it is. */
void answer_fetch(struct node *n, const Trac__FetchRequest *q, struct buffer *b);

#endif
