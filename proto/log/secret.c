/* Secret bytes, the CURVE public key of a secret one, and hashes with a secret. */
#include "proto/log/secret.h"

#include <assert.h>
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

void secret_hmac(const uint8_t key[HMAC_KEY_SIZE], const void *data, size_t size,
		 uint8_t out[HMAC_SIZE])
{
	static_assert(HMAC_KEY_SIZE == crypto_auth_hmacsha256_KEYBYTES, "key");
	static_assert(HMAC_SIZE == crypto_auth_hmacsha256_BYTES, "HMAC-SHA-256");
	crypto_auth_hmacsha256(out, data, size, key);
}

uint64_t hash_short(const uint8_t key[HASH_SHORT_KEY_SIZE], const void *data, size_t size)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t h = 0;

	static_assert(HASH_SHORT_KEY_SIZE == crypto_shorthash_KEYBYTES, "SipHash key");
	crypto_shorthash(out, size > 0 ? data : (const uint8_t *)"", size, key);
	for (unsigned i = 0; i < sizeof out; i++)
		h = h << 8 | out[i];
	return h;
}
