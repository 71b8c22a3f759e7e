/*
 * The signature of a letter (gossip.h): by the key of the sender's log, over a text
 * that no checkpoint and no proof of reuse can be mistaken for, since its first
 * line is "tracd letter v1":
 *
 *	"tracd letter v1\n", network, kind, from, to, sha256, nonce, offset, total,
 *	code, body
 *
 * Texts and the body with a u32 length before them, numbers as u32 or u64, all
 * big-endian. The network stands in it, so that a letter is good in one only.
 */
#ifndef TRAC_LOG_LETTER_H
#define TRAC_LOG_LETTER_H

#include "proto/log/keys.h"
#include "proto/wire/gossip.h"

/* Fills g->letter.signature. -1: no memory. */
int letter_sign(const struct signer *s, const char *network, struct gossip *g, struct fault *f);
/* 0 when it is signed by that key; FAULT_UNPROVED. */
int letter_check(const struct verifier *v, const char *network, const struct gossip *g,
		 struct fault *f);

#endif
