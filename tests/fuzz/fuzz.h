/*
 * What the fuzz targets share. Each target is one LLVMFuzzerTestOneInput(),
 * linked with libFuzzer to search (clang: see tests.mk) and with replay.c to run
 * the corpus (any compiler). A broken promise aborts.
 */
#ifndef TRAC_FUZZ_FUZZ_H
#define TRAC_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/log/keys.h"
#include "proto/wire/limits.h"
#include "proto/wire/unpack.h"

#define FUZZ_NETWORK "fne.example"
/* The secret of the authority that signed the corpus. */
#define FUZZ_AUTHORITY_SEED ((const uint8_t[KEY_SEED_SIZE]){ 1, 2, 3 })

/* Re-encoded it may be so much smaller than it was that its memory budget is too. */
#define FUZZ_TURN_MAX 512

#define REQUIRE(promise) \
	do { \
		if (!(promise)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #promise); \
			abort(); \
		} \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Made once: secret memory is slow to get. */
static inline const uint8_t *fuzz_authority_key(void)
{
	static struct verifier v;
	struct fault f;
	if (v.name[0] == '\0') {
		struct signer *s = signer_create(FUZZ_NETWORK "/authority", KEY_ED25519,
						 FUZZ_AUTHORITY_SEED, &f);
		REQUIRE(s);
		v = *signer_verifier(s);
		signer_destroy(s);
	}
	return v.key;
}

static inline struct span fuzz_span(const struct buffer *b)
{
	return (struct span){ b->data, b->used };
}

static inline void fuzz_require_same(const struct buffer *a, const struct buffer *b)
{
	REQUIRE(!a->failed && !b->failed);
	REQUIRE(a->used == b->used);
	REQUIRE(a->used == 0 || memcmp(a->data, b->data, a->used) == 0);
}

/* Unpacks; what unpacks must pack, unpack again and pack to the same bytes. */
static inline void fuzz_turn(const ProtobufCMessageDescriptor *type, struct span bytes, int flags)
{
	struct fault f = { .code = FAULT_NONE };
	struct buffer first, second;
	void *message = unpack(type, bytes, flags, &f);
	if (!message) {
		REQUIRE(f.code == FAULT_INPUT);
		REQUIRE(f.text[0] && text_is_clean(f.text, strlen(f.text)));
		return;
	}
	buffer_init(&first, 16 * bytes.size + 1024);
	buffer_init(&second, 16 * bytes.size + 1024);
	pack(message, &first);
	unpack_free(message);
	REQUIRE(!first.failed);
	if (bytes.size <= FUZZ_TURN_MAX) {
		message = unpack(type, fuzz_span(&first), flags, &f);
		REQUIRE(message);
		pack(message, &second);
		unpack_free(message);
		fuzz_require_same(&first, &second);
	}
	buffer_clear(&first);
	buffer_clear(&second);
}

#endif
