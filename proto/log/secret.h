/*
 * Secret bytes: in locked memory, wiped before they are freed; and the one
 * computation on a link key; keyed hashes. All of libsodium that is not signatures.
 */
#ifndef TRAC_LOG_SECRET_H
#define TRAC_LOG_SECRET_H

#include <stddef.h>
#include <stdint.h>

/* A copy in memory that is not swapped nor dumped; NULL: no memory. */
uint8_t *secret_copy(const uint8_t *from, size_t size);
void secret_free(uint8_t *secret);            /* wipes; NULL is harmless */
void secret_wipe(void *at, size_t size);
/* The CURVE (X25519) public key of a secret one. -1: not a usable key. */
int secret_link_public(const uint8_t secret[32], uint8_t public[32]);

#define HMAC_KEY_SIZE 32
#define HMAC_SIZE 32
/* HMAC-SHA-256. */
void secret_hmac(const uint8_t key[HMAC_KEY_SIZE], const void *data, size_t size,
		 uint8_t out[HMAC_SIZE]);

#define HASH_SHORT_KEY_SIZE 16
/* SipHash-2-4: fast on short texts, and without the key nobody can choose texts
 * that meet. For tables of one node; no proof of anything. */
uint64_t hash_short(const uint8_t key[HASH_SHORT_KEY_SIZE], const void *data, size_t size);

#endif
