/* SHA-256 in pieces, by nettle as in tree.c. */
#include "proto/log/digest.h"

#include <assert.h>
#include <nettle/sha2.h>

static_assert(sizeof(struct sha256_ctx) <= sizeof(struct digest), "the state fits");

void digest_init(struct digest *d)
{
	sha256_init((void *)d->state);
}

void digest_add(struct digest *d, const void *data, size_t size)
{
	sha256_update((void *)d->state, size, data);
}

void digest_end(struct digest *d, struct hash *out)
{
	sha256_digest((void *)d->state, HASH_SIZE, out->b);
}
