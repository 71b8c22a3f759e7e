/* Secret bytes and the CURVE public key of a secret one. */
#include "proto/log/secret.h"

#include <sodium.h>
#include <string.h>

uint8_t *secret_copy(const uint8_t *from, size_t size)
{
	uint8_t *s;

	if (sodium_init() < 0)
		return NULL;
	s = sodium_malloc(size);
	if (s)
		memcpy(s, from, size);
	return s;
}

void secret_free(uint8_t *secret)
{
	sodium_free(secret);   /* wipes first */
}

void secret_wipe(void *at, size_t size)
{
	if (at)
		sodium_memzero(at, size);
}

int secret_link_public(const uint8_t secret[32], uint8_t public[32])
{
	return crypto_scalarmult_base(public, secret);
}
