/* Sealed boxes. */
#include "daemon/seal.h"

#include <assert.h>
#include <sodium.h>

static_assert(SEAL_BYTES == crypto_box_SEALBYTES, "the seal");
static_assert(LINK_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "CURVE keys are those of crypto_box");

int seal_make(const uint8_t to[LINK_KEY_SIZE], struct span bytes, uint8_t *out)
{
	return sodium_init() < 0 ? -1 : crypto_box_seal(out, bytes.data, bytes.size, to);
}

int seal_open(const uint8_t public[LINK_KEY_SIZE], const uint8_t secret[LINK_KEY_SIZE],
	      struct span sealed, uint8_t *out)
{
	if (sealed.size < SEAL_BYTES || sodium_init() < 0)
		return -1;
	return crypto_box_seal_open(out, sealed.data, sealed.size, public, secret);
}
