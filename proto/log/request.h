/*
 * A member's request to be admitted: a signed note that a person can read,
 * mail and keep. Its text is "tracd-request/v1" and `key value` lines:
 *
 *	network, name, role (hub or workshop), sign-key and link-key (base64),
 *	cosign-key (of a hub that cosigns), address (none to MEMBER_ADDRESSES_MAX), structure, commune, title
 *
 * signed by the requested sign-key under the name <network>/<name>, which
 * proves possession.
 */
#ifndef TRAC_LOG_REQUEST_H
#define TRAC_LOG_REQUEST_H

#include "proto/log/registry.h"

/* The note, appended to out. m->origin and m->key are derived, not read. */
int request_write(struct buffer *out, const char *network, const struct member *m,
		  const struct signer *s, struct fault *f);
/* Parses and checks the signature; fills m, and network (NETWORK_MAX + 1 bytes). */
int request_open(struct span note, char network[NETWORK_MAX + 1],
		 struct member *m, struct fault *f);
/* The Admit statement of m at that time, packed and appended to out. */
int admit_write(struct buffer *out, const struct member *m, int64_t time_ms, struct fault *f);
/* The Found statement: entry 0 of a new network; m is the authority. */
int found_write(struct buffer *out, const char *network, const struct member *m,
		int64_t time_ms, struct fault *f);
int revoke_write(struct buffer *out, const char *name, uint64_t from_index,
		 unsigned reason, int64_t time_ms, struct fault *f);

/*
 * A member's request to begin its log anew, where it cannot be continued: a signed note
 * as above, "tracd-epoch/v1" and the lines network, name, epoch (the new one), size and
 * root (base64) of what the member trusts of the old log, reason; signed under the name
 * <network>/<name>.
 */
#define EPOCH_REASON_MAX 63

struct epoch_request {
	char network[NETWORK_MAX + 1];
	char name[MEMBER_NAME_MAX + 1];
	unsigned epoch;
	uint64_t size;
	struct hash root;
	char reason[EPOCH_REASON_MAX + 1];
};

/* The note, appended to out. */
int epoch_request_write(struct buffer *out, const struct epoch_request *q, const struct signer *s,
			struct fault *f);
/* Takes it apart; its signature is for epoch_request_check(), when the key is known. */
int epoch_request_open(struct span note, struct epoch_request *q, struct fault *f);
/* FAULT_UNPROVED: it is not signed by that key. */
int epoch_request_check(struct span note, const struct epoch_request *q,
			const uint8_t key[KEY_SIZE], struct fault *f);
/* The Epoch statement, packed and appended to out. */
int epoch_write(struct buffer *out, const struct epoch_request *q, int64_t time_ms,
		struct fault *f);

#endif
