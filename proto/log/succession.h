/*
 * How the authority's key is replaced: any `needs` of the guardians that the present key
 * named sign the next one together. What proves it fits on a line of every later checkpoint
 * of the member log, so that who knows an earlier key alone can follow. Pure.
 *
 * Signed texts, each ending in a newline. Guardians, by the authority's key:
 *	tracd-guardians/v1, network NAME, needs K, guardian BASE64 (each)
 * A succession, by the guardians, whose keys are named <network>/guardian:
 *	tracd-succession/v1, network NAME, from N, own N, sign-key BASE64, link-key BASE64
 */
#ifndef TRAC_LOG_SUCCESSION_H
#define TRAC_LOG_SUCCESSION_H

#include "proto/log/keys.h"
#include "proto/wire/member.pb-c.h"

struct guardians {
	unsigned needs, count;
	uint8_t key[GUARDIANS_MAX][KEY_SIZE];
	uint8_t signature[SIGNATURE_SIZE];
};

struct succession {
	struct guardians guardians;
	uint64_t from, own;             /* sizes up to which the old key signs: members, own log */
	uint8_t sign_key[KEY_SIZE], link_key[KEY_SIZE];
	unsigned count;                 /* good signatures */
	struct guardian_signature {
		unsigned guardian;
		uint8_t bytes[SIGNATURE_SIZE];
	} signature[GUARDIANS_MAX];
};

void guardians_text(const char *network, const struct guardians *g, struct buffer *out);
void succession_text(const char *network, const struct succession *s, struct buffer *out);

/* The form, and that the authority with that key signed it. FAULT_INPUT, FAULT_UNPROVED. */
int guardians_from(struct guardians *g, const Trac__Guardians *message, const char *network,
		   const struct verifier *authority, struct fault *f);
/* The form, and that enough of those guardians signed it. */
int succession_from(struct succession *s, const Trac__Succeed *message, const char *network,
		    const struct guardians *g, struct fault *f);

/* A succession as a message whose fields are borrowed from it. */
struct succession_message {
	Trac__Succession message;
	Trac__Guardians guardians;
	Trac__Succeed succeed;
	ProtobufCBinaryData key[GUARDIANS_MAX];
	Trac__GuardianSignature signature[GUARDIANS_MAX];
	Trac__GuardianSignature *list[GUARDIANS_MAX];
};

void succession_to(struct succession_message *to, const struct succession *s);

/* The key of the member log after it. */
void succession_verifier(const char *network, const struct succession *s, struct verifier *v);

/* The line of a checkpoint that proves it; appended. */
void succession_line(const struct succession *s, struct buffer *out);
/*
 * Follows the lines of a checkpoint of that size from a known key, *v, to the one that signs
 * it. Lines that do not begin at *v are passed over. Who follows knows the member log up to
 * known_size, and that these guardians are named there: a change below it is none, and one at
 * it is theirs to make. One beyond it may be of guardians who were named since.
 */
void succession_follow(struct span text, const char *network, uint64_t size, uint64_t known_size,
		       const struct guardians *known, struct verifier *v);

#endif
