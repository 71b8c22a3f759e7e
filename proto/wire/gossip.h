/*
 * A gossip message as the daemon works with it, and its two encodings:
 * protobuf between nodes (gossip.proto, decoded in tracd-net only) and a flat
 * one between tracd-net and tracd, which checks every bound again. Whoever
 * decodes gets a struct in which all limits of limits.h hold.
 */
#ifndef TRAC_WIRE_GOSSIP_H
#define TRAC_WIRE_GOSSIP_H

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"
#include "proto/wire/limits.h"

#define GOSSIP_VERSION 1
#define LOG_ID_SIZE 16

/* First 16 bytes of SHA-256(origin). */
struct log_id {
	uint8_t b[LOG_ID_SIZE];
};

enum gossip_type {
	GOSSIP_GREETING = 1,
	GOSSIP_SUMMARY,
	GOSSIP_HEAD,
	GOSSIP_WANT,
	GOSSIP_FRAME,
	GOSSIP_PING,
	GOSSIP_PONG,
	GOSSIP_BYE,
	GOSSIP_LETTER,
	GOSSIP_EVIDENCE,
	GOSSIP_PROVE,
	GOSSIP_PROOF,
};

enum letter_kind {
	LETTER_REQUEST = 1,
	LETTER_PART,
	LETTER_REFUSAL,
	LETTER_PETITION,               /* of a hub to the authority: proto/log/request.h */
	LETTER_ANSWER,                 /* to it: code 0, or why not */
};

/* Why a file does not come. */
enum letter_refusal {
	LETTER_NO_ROUTE = 1,           /* a hub: the member is not linked to it */
	LETTER_NOT_SHARED,             /* the owner has not named the member that asks */
	LETTER_ABSENT,                 /* it is not there */
	LETTER_BUSY,                   /* later */
	LETTER_REFUSED,                /* never, as it stands */
};

/* Is there another instance of YOU, under your key, linked to me? Who came later holds
 * back its signature until the other is gone. */
enum greeting_twin { TWIN_NONE, TWIN_BEFORE, TWIN_AFTER };

/* What a node knows of a log: the largest signed head it saw, and how many
 * entries it holds and can serve. held may be above seen (own, unpublished: then
 * it is sent as seen). */
struct log_size {
	struct log_id log;
	uint64_t seen;
	uint64_t held;                 /* held <= seen */
	uint64_t vouched;              /* hubs that cosigned that head: proto/log/cosign.h */
	uint64_t mark;                 /* root_mark() of that head; 0: it does not say */
	uint64_t forked;               /* 0: not known to be; else as fork_level() of the store */
};

/* Spans are borrowed from the decoded bytes or from whoever builds the message. */
struct gossip {
	enum gossip_type type;
	union {
		struct {
			uint32_t version;
			char network[NETWORK_MAX + 1];
			char member[MEMBER_NAME_MAX + 1];
			uint32_t scope;            /* enum Scope of gossip.proto */
			uint8_t digest[32];
			uint64_t your_size;
			uint64_t members_size;
			uint64_t instance;         /* of the sender; 0: it does not say */
			uint32_t twin;             /* enum greeting_twin */
		} greeting;
		struct {
			uint32_t count;            /* at most LOGS_MAX */
			const struct log_size *item;
		} summary;
		struct {
			struct log_id log;
			uint64_t held;             /* entries that the sender can serve */
			struct span checkpoint;    /* at most CHECKPOINT_BYTES_MAX */
		} head;
		struct {
			struct log_id log;
			uint64_t start, end, tree_size;  /* start < end <= tree_size */
			uint64_t mark;             /* root_mark() of that tree; 0: any */
		} want;
		struct {
			struct log_id log;
			uint64_t start, tree_size;
			uint32_t count;            /* 1 to FRAME_ENTRIES_MAX */
			/* together at most FRAME_BYTES_MAX, or one entry */
			const struct span *entry;
			uint32_t proof_count;      /* at most PROOF_HASHES_MAX */
			const uint8_t *proof;      /* 32 bytes each */
		} frame;
		struct {
			uint64_t nonce;
		} ping;                            /* and pong */
		struct {
			uint32_t code;
			char text[FAULT_TEXT_MAX];
		} bye;
		struct {
			uint32_t kind;             /* enum letter_kind */
			char from[MEMBER_NAME_MAX + 1], to[MEMBER_NAME_MAX + 1];
			uint8_t sha256[32];
			uint64_t nonce, offset, total;  /* at most ATTACHMENT_BYTES_MAX */
			uint32_t code;             /* enum letter_refusal, of a refusal */
			/* of a part, at most LETTER_BYTES_MAX; of a petition, at most
			 * PETITION_BYTES_MAX; of an answer, clean text below FAULT_TEXT_MAX */
			struct span body;
			uint8_t signature[64];
		} letter;
		struct {
			struct log_id log;
			struct span bytes;         /* proto/log/evidence.h */
		} evidence;
		/* "How does your tree of size `to` begin with `from` entries?" */
		struct {
			struct log_id log;
			uint64_t from, to;         /* 0 < from <= to */
		} prove;
		/* The answer; or instead of a frame of a tree that the sender does not have:
		 * then with its own checkpoint, of size `to`. */
		struct {
			struct log_id log;
			uint64_t from, to;
			uint8_t root[32];          /* at size from */
			struct span checkpoint;    /* empty in the answer to prove */
			uint32_t proof_count;      /* at most PROOF_HASHES_MAX */
			const uint8_t *proof;      /* from `from` to `to`, 32 bytes each */
		} proof;
	};
};

/* A decoded message and the memory that its spans point into. */
struct gossip_box {
	struct gossip msg;
	void *memory;                  /* owned: arrays and, for protobuf, the arena */
	void *memory2;
};

/* Checks every bound of the struct; both decoders and both encoders call it. */
int gossip_check(const struct gossip *g, struct fault *f);

/* protobuf, for the network. bytes.size is at most GOSSIP_BYTES_MAX. */
int gossip_unpack(struct gossip_box *box, struct span bytes, struct fault *f);
int gossip_pack(const struct gossip *g, struct buffer *b, struct fault *f);

/* flat, for the socket pair; spans point into bytes, which must outlive the box. */
int gossip_read(struct gossip_box *box, struct span bytes, struct fault *f);
int gossip_write(const struct gossip *g, struct buffer *b, struct fault *f);

void gossip_box_clear(struct gossip_box *box);

/* Tells two roots apart without naming them; never 0. */
uint64_t root_mark(const uint8_t root[32]);

/* "head", for logs and traces; never NULL. */
const char *gossip_name(enum gossip_type type);

#endif
