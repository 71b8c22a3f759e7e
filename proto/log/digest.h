/*
 * SHA-256 of bytes that come in pieces: files that are too large to be held
 * whole. For bytes at hand there is hash_bytes() of tree.h.
 */
#ifndef TRAC_LOG_DIGEST_H
#define TRAC_LOG_DIGEST_H

#include "proto/log/tree.h"

/* Room for the state of whatever library computes it. */
struct digest {
	_Alignas(16) uint8_t state[128];
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, const void *data, size_t size);
/* Of all that was added; the digest is used up. */
void digest_end(struct digest *d, struct hash *out);

#endif
