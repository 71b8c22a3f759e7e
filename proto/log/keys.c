/* Ed25519 keys under a name. Source of the quotes: C2SP signed-note v1.0.0. */
#include "proto/log/keys.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/log/tree.h"

#define TYPED_KEY_SIZE (1 + KEY_SIZE)

struct signer {
	struct verifier verifier;
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
};

static_assert(crypto_sign_PUBLICKEYBYTES == KEY_SIZE, "Ed25519 public key");
static_assert(crypto_sign_SEEDBYTES == KEY_SEED_SIZE, "Ed25519 seed");
static_assert(crypto_sign_BYTES == SIGNATURE_SIZE, "Ed25519 signature");

/* Unicode's White_Space outside ASCII, in UTF-8. */
static bool holds_wide_space(const char *name, size_t size)
{
	static const char *const space[] = {
		"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
		"\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
		"\u2029", "\u202f", "\u205f", "\u3000",
	};

	for (size_t i = 0; i < sizeof space / sizeof *space; i++) {
		if (memmem(name, size, space[i], strlen(space[i])))
			return true;
	}
	return false;
}

bool key_name_is_valid(const char *name, size_t size)
{
	/* "Key names MUST be non-empty and MUST NOT contain any Unicode spaces
	 * or plus (U+002B) characters." */
	return size > 0 && text_is_clean(name, size) && !memchr(name, ' ', size) &&
	       !memchr(name, '+', size) && !holds_wide_space(name, size);
}

/* "key ID = SHA-256(key name || 0x0A || signature type || public key)[:4]" */
static void key_id_of(struct verifier *v)
{
	uint8_t bytes[ORIGIN_MAX + 1 + TYPED_KEY_SIZE];
	const size_t length = strlen(v->name);
	struct hash h;

	assert(length <= ORIGIN_MAX);
	memcpy(bytes, v->name, length);
	bytes[length] = '\n';
	bytes[length + 1] = (uint8_t)v->type;
	memcpy(bytes + length + 2, v->key, KEY_SIZE);
	hash_bytes(bytes, length + 1 + TYPED_KEY_SIZE, &h);
	memcpy(v->id, h.b, sizeof v->id);
}

int verifier_init(struct verifier *v, const char *name, enum key_type type,
		  const uint8_t key[KEY_SIZE], struct fault *f)
{
	const size_t length = strnlen(name, ORIGIN_MAX + 1);

	if (length > ORIGIN_MAX)
		return fault_set(f, FAULT_INPUT, "the name of a key is longer than %d bytes: "
				 "choose a shorter one", ORIGIN_MAX);
	if (!key_name_is_valid(name, length))
		return fault_set(f, FAULT_INPUT, "the name of a key is empty or holds a space, a "
				 "plus sign or a control character: correct it");
	if (type != KEY_ED25519 && type != KEY_COSIGNATURE)
		return fault_set(f, FAULT_INPUT, "the key of \"%s\" has type %#04x, only 0x01 and "
				 "0x04 are known: use an Ed25519 key", name, (unsigned)type);
	memset(v, 0, sizeof *v);
	memcpy(v->name, name, length);
	v->type = type;
	memcpy(v->key, key, KEY_SIZE);
	key_id_of(v);
	return 0;
}

int verifier_parse(struct verifier *v, const char *vkey, struct fault *f)
{
	/* base64 may hold '+' as well: only the first two separate */
	const char *first = strchr(vkey, '+');
	const char *second = first ? strchr(first + 1, '+') : NULL;
	uint8_t key[TYPED_KEY_SIZE], id[sizeof v->id];
	char name[ORIGIN_MAX + 1], hex[2 * sizeof id + 1];

	if (!second)
		return fault_set(f, FAULT_INPUT, "the public key is not name+id+base64: copy the "
				 "whole line");
	if (first - vkey > ORIGIN_MAX)
		return fault_set(f, FAULT_INPUT, "the name in the public key is longer than %d "
				 "bytes: copy it again", ORIGIN_MAX);
	memcpy(name, vkey, (size_t)(first - vkey));
	name[first - vkey] = '\0';
	if (second - first != 1 + 8 || strspn(first + 1, "0123456789abcdef") != 8)
		return fault_set(f, FAULT_INPUT, "the id in the public key is not eight digits of "
				 "lower-case hexadecimal: copy it again");
	memcpy(hex, first + 1, 8);
	hex[8] = '\0';
	if (hex_read(id, sizeof id, hex))
		return fault_set(f, FAULT_INPUT, "the id in the public key is not hexadecimal: "
				 "copy it again");
	if (base64_read(key, sizeof key, second + 1, strlen(second + 1)) != sizeof key)
		return fault_set(f, FAULT_INPUT, "the public key does not end in base64 of a type "
				 "and 32 bytes: copy it again, whole");
	if (verifier_init(v, name, key[0], key + 1, f))
		return -1;
	if (memcmp(id, v->id, sizeof id))
		return fault_set(f, FAULT_INPUT, "the id in the public key of \"%s\" does not match "
				 "its name and bytes: copy it again", name);
	return 0;
}

/* "<name>+<hex(key ID)>+<base64(signature type || public key)>" */
void verifier_format(const struct verifier *v, char out[VKEY_TEXT_MAX])
{
	const size_t length = strlen(v->name);
	uint8_t key[TYPED_KEY_SIZE];

	assert(length <= ORIGIN_MAX);
	key[0] = (uint8_t)v->type;
	memcpy(key + 1, v->key, KEY_SIZE);
	memcpy(out, v->name, length);
	out[length] = '+';
	hex_write(out + length + 1, v->id, sizeof v->id);
	out[length + 9] = '+';
	base64_write(out + length + 10, key, sizeof key);
}

int verifier_check(const struct verifier *v, struct span message,
		   const uint8_t signature[SIGNATURE_SIZE])
{
	return crypto_sign_verify_detached(signature, message.data, message.size, v->key);
}

struct signer *signer_create(const char *name, enum key_type type,
			     const uint8_t seed[KEY_SEED_SIZE], struct fault *f)
{
	uint8_t key[KEY_SIZE];
	struct signer *s;

	if (sodium_init() < 0) {
		fault_set(f, FAULT_IO, "libsodium cannot start, so the key of \"%s\" cannot be "
			  "kept safe: check that /dev/urandom can be read", name);
		return NULL;
	}
	s = sodium_malloc(sizeof *s);
	if (!s) {
		fault_set(f, FAULT_FULL, "no memory for the key of \"%s\": free some, or raise "
			  "the limit of locked memory", name);
		return NULL;
	}
	crypto_sign_seed_keypair(key, s->secret, seed);
	if (verifier_init(&s->verifier, name, type, key, f)) {
		signer_destroy(s);
		return NULL;
	}
	return s;
}

void signer_destroy(struct signer *s)
{
	sodium_free(s);
}

const struct verifier *signer_verifier(const struct signer *s)
{
	return &s->verifier;
}

void signer_sign(const struct signer *s, struct span message,
		 uint8_t signature[SIGNATURE_SIZE])
{
	const int rc = crypto_sign_detached(signature, NULL, message.data, message.size, s->secret);

	assert(rc == 0);
	(void)rc;
}
