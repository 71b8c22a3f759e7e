/*
 * Ed25519 keys under a name, as C2SP signed-note has them: verifier keys
 * ("vkey") and signers. libsodium is called for signatures here only.
 * Source: C2SP signed-note v1.0.0.
 */
#ifndef TRAC_LOG_KEYS_H
#define TRAC_LOG_KEYS_H

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"
#include "proto/wire/limits.h"

#define KEY_SIZE 32
#define KEY_SEED_SIZE 32
#define SIGNATURE_SIZE 64
#define VKEY_TEXT_MAX (ORIGIN_MAX + 1 + 8 + 1 + 44 + 1)

enum key_type {
	KEY_ED25519 = 0x01,
	KEY_COSIGNATURE = 0x04,   /* Ed25519, cosignature/v1 */
};

struct verifier {
	char name[ORIGIN_MAX + 1];
	enum key_type type;
	uint8_t key[KEY_SIZE];
	uint8_t id[4];            /* SHA-256(name || '\n' || type || key)[0..4) */
};

/* The secret half is in memory of sodium_malloc(): create and destroy only. */
struct signer;

/* A name: non-empty, no Unicode space, no '+', no control. */
bool key_name_is_valid(const char *name, size_t size);

/* The name is of at most ORIGIN_MAX bytes. */
int verifier_init(struct verifier *v, const char *name, enum key_type type,
		  const uint8_t key[KEY_SIZE], struct fault *f);
/* name+hexid+base64(type || key); refused when the id does not match. */
int verifier_parse(struct verifier *v, const char *vkey, struct fault *f);
void verifier_format(const struct verifier *v, char out[VKEY_TEXT_MAX]);
/* 0 when the Ed25519 signature over the message is good, -1 when not. */
int verifier_check(const struct verifier *v, struct span message,
		   const uint8_t signature[SIGNATURE_SIZE]);

struct signer *signer_create(const char *name, enum key_type type,
			     const uint8_t seed[KEY_SEED_SIZE], struct fault *f);
void signer_destroy(struct signer *s);   /* wipes; NULL is harmless */
const struct verifier *signer_verifier(const struct signer *s);
void signer_sign(const struct signer *s, struct span message,
		 uint8_t signature[SIGNATURE_SIZE]);

#endif
