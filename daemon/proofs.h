/*
 * Signing a donor's proof: tracd writes the text (proto/log/attest.h), so that
 * whoever may ask cannot have anything else signed with the key of the log.
 */
#ifndef TRAC_DAEMON_PROOFS_H
#define TRAC_DAEMON_PROOFS_H

#include "daemon/node.h"
#include "proto/wire/control.pb-c.h"

void answer_sign_proof(struct node *n, const Trac__ProofRequest *q, struct buffer *b);

#endif
