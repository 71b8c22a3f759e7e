/*
 * Opening a bundle: every proof in it is checked against nothing but the
 * authority's public key. What cannot be proved is refused whole, except
 * entries marked pending, which are returned as such. Pure.
 */
#ifndef TRAC_LOG_BUNDLE_H
#define TRAC_LOG_BUNDLE_H

#include "proto/log/cosign.h"
#include "proto/log/evidence.h"
#include "proto/log/registry.h"
#include "proto/wire/bundle.pb-c.h"

enum line_proof {
	LINE_PROVED,       /* included in its author's signed checkpoint */
	LINE_PENDING,      /* recorded, not yet under a signed checkpoint */
	LINE_REVOKED,      /* its author was revoked from an index at or below it: void, and
	                    * proved unless tree_size is 0 */
	LINE_ORPHAN,       /* proved, of a log that was closed, and not shown to lead to its
	                    * end: of a history that did not go on; counted like any other,
	                    * once, by the id of its event, unless it is contested */
};

struct proved_entry {
	const struct member *author;    /* of the registry below */
	uint64_t index;
	uint64_t tree_size;             /* of the checkpoint; 0 when pending */
	enum line_proof proof;
	const struct closed_log *closed;   /* the log it is in; NULL: its author's present one */
	bool branch;                    /* of the other history of a forked log, which the node
	                                 * keeps beside the one that it had first: contested */
	bool contested;                 /* the log is forked, and the other branch is not proved
	                                 * to have this entry too */
	bool counts;                    /* in all that follows from it: not when void, and when
	                                 * contested only if the member log closed the log behind
	                                 * it, and it leads to that end */
	struct span bytes;              /* borrowed from the bundle */
};

/* Of the log that it is in. */
unsigned bundle_epoch(const struct proved_entry *e);
/* member_reference() of it. */
const char *bundle_reference(const struct proved_entry *e, char out[REFERENCE_MAX]);

/* A log of the bundle, and the hubs that vouch for its checkpoint: by lines that were
 * verified against the registry below. */
struct proved_log {
	const char *origin;             /* borrowed from the bundle */
	bool branch;                    /* it is the other history of that log */
	const struct member *author;    /* NULL: the authority's member log */
	const struct verifier *key;     /* of the checkpoint; NULL: none is signed */
	uint64_t size;                  /* of the checkpoint; 0: none is signed */
	struct hash root;
	unsigned first, count;          /* its entries below; the member log has none there */
	uint64_t vouched_size;          /* of the checkpoint that the hubs vouch for: size, or that
	                                 * of a smaller one, which covers what is proved below */
	struct vouches vouches;
};

/* A log that its author signed in two histories: proved. */
struct proved_fork {
	const char *origin;             /* borrowed from the bundle */
	const struct member *author;    /* NULL: the authority's member log */
	const char *from;               /* who showed the other branch, as the node says, or "" */
	struct fork_evidence evidence;
};

struct opened_bundle {
	struct registry *registry;      /* owned */
	Trac__Bundle *message;          /* owned */
	unsigned count;
	struct proved_entry *entry;     /* owned; grouped by log, by index */
	unsigned log_count;
	struct proved_log *log;         /* owned; the member log first, then as in the bundle */
	unsigned fork_count;
	struct proved_fork *fork;       /* owned */
	unsigned known_count;           /* message->known, checked: text, held <= size */
};

/*
 * authority_key: the configured key of the network's authority. Refusals are
 * FAULT_INPUT for bytes that are no bundle and FAULT_UNPROVED, naming log and
 * index, for what does not prove. Clear with bundle_clear().
 */
int bundle_open(struct opened_bundle *b, struct span bytes,
		const uint8_t authority_key[KEY_SIZE], struct fault *f);
void bundle_clear(struct opened_bundle *b);

/* The member log itself is forked: who is a member, and who was revoked, is in doubt. */
bool bundle_members_forked(const struct opened_bundle *b);

/* Used by bundle.c alone (bundle_fork.c): the forks of an opened bundle, whose logs and
 * entries are proved. */
int bundle_forks(struct opened_bundle *b, struct fault *f);

#endif
