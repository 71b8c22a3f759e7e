/*
 * A member's request to be admitted: a signed note that a person can read,
 * mail and keep. Its text is "tracd-request/v1" and `key value` lines:
 *
 *	network, name, role (hub or workshop), sign-key and link-key (base64),
 *	cosign-key (of a hub that cosigns), address (none to MEMBER_ADDRESSES_MAX),
 *	structure, commune, title
 *
 * signed by the requested sign-key under the name <network>/<name>, which
 * proves possession.
 */
#ifndef TRAC_LOG_REQUEST_H
#define TRAC_LOG_REQUEST_H

#include "proto/log/registry.h"
#include "proto/log/succession.h"

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

/*
 * A member's request for new keys: a note "tracd-rotation/v1" with the lines network, name,
 * from (its log is signed by the new key beyond that size), sign-key and link-key, signed
 * under the name of its log by its present key and by the new one.
 */
struct rotation {
	char network[NETWORK_MAX + 1];
	char name[MEMBER_NAME_MAX + 1];
	uint64_t from;
	uint8_t sign_key[KEY_SIZE], link_key[LINK_KEY_SIZE];
};

int rotation_write(struct buffer *out, const struct rotation *q, const struct signer *now,
		   const struct signer *next, struct fault *f);
/* Takes it apart; its signatures are for rotation_check(), when the key is known. Both keys
 * sign as "<network>/<name>", whatever epoch the log is in. */
int rotation_open(struct span note, struct rotation *q, struct fault *f);
int rotation_check(struct span note, const struct rotation *q, const uint8_t now[KEY_SIZE],
		   struct fault *f);
int rotate_write(struct buffer *out, const struct rotation *q, int64_t time_ms, struct fault *f);

int move_write(struct buffer *out, const char *name, size_t count, char *const *address,
	       int64_t time_ms, struct fault *f);

/*
 * A hub's petition to admit a workshop of its region: a note "tracd-petition/v1", the line
 * hub, and the lines of the workshop's request, signed by the key of the hub's log. Anyone
 * may carry it to the authority's node, which admits without asking further.
 */
#define PETITION_FIRST_LINE "tracd-petition/v1"

struct petition {
	char hub[MEMBER_NAME_MAX + 1];
	struct member member;
	uint8_t signature[SIGNATURE_SIZE];
};

/* FAULT_REFUSED: it is no workshop of that hub's region. */
int petition_write(struct buffer *out, const char *network, const struct member *hub,
		   const struct member *m, const struct signer *s, struct fault *f);
/* Takes it apart; its signature is for petition_check(), when the hub's key is known. */
int petition_open(struct span note, char network[NETWORK_MAX + 1], struct petition *p,
		  struct fault *f);
/* 0: signed by the present key of the hub. -1: not. */
int petition_check(const char *network, const struct member *hub, const struct member *m,
		   const uint8_t signature[SIGNATURE_SIZE], struct fault *f);
/*
 * What the authority's node does with a petition that came from that member over the network,
 * nobody having looked at it. Fills *p. 0: statement is to be appended, or is empty, because it was
 * before. -1: refused; with FAULT_BUSY until later, since the hub has had PETITIONS_A_DAY
 * admissions in the 24 hours before now_ms.
 */
int petition_judge(const struct registry *r, const char *from, struct span note, int64_t now_ms,
		   struct petition *p, struct buffer *statement, struct fault *f);
/* The Admit statement that it asks for. */
int petition_admit(struct buffer *out, const struct petition *p, int64_t time_ms, struct fault *f);
/* An empty region ends the delegation. */
int delegate_write(struct buffer *out, const char *hub, const char *region, size_t count,
		   char *const *department, int64_t time_ms, struct fault *f);

/* The authority's next key: a note whose text is succession_text(), signed by guardians. */
int succession_open(struct span note, char network[NETWORK_MAX + 1], struct succession *q,
		    struct fault *f);
/* Sets q->guardians, and q->signature from the lines of the note that are good. */
int succession_collect(struct span note, const char *network, const struct guardians *g,
		       struct succession *q, struct fault *f);
int guardians_write(struct buffer *out, const struct guardians *g, int64_t time_ms,
		    struct fault *f);
int succeed_write(struct buffer *out, const struct succession *q, int64_t time_ms,
		  struct fault *f);

#endif
