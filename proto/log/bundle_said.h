/*
 * What the member log of an opened bundle says, and in which statement, so that a reader
 * can look it up: who gave a key, who revoked a member. And what a bundle hides that one
 * that was opened before told. Pure.
 */
#ifndef TRAC_LOG_BUNDLE_SAID_H
#define TRAC_LOG_BUNDLE_SAID_H

#include "proto/log/bundle.h"

/* A statement of the member log; borrows from the bundle. */
struct said {
	uint64_t index;
	int64_t time_ms;                /* by the authority's clock */
	unsigned reason;                /* of a revocation: enum RevokeReason; else 0 */
};

/* The last statement of all. */
void bundle_last_said(const struct opened_bundle *b, struct said *out);
/* The first statement that names this signing key. false: none does. */
bool bundle_key_said(const struct opened_bundle *b, const uint8_t key[KEY_SIZE],
		     struct said *out);
/* The last statement that revokes this member. false: none does. */
bool bundle_revoked_said(const struct opened_bundle *b, const char *name, struct said *out);

/*
 * Is this bundle as new as one that was opened before? FAULT_UNPROVED, naming the log: one
 * of its checkpoints is older (what happened since is hidden: it was replayed), or is of
 * another history: of the same size with another root, or with another entry at its place.
 */
int bundle_follows(const struct opened_bundle *b, const struct opened_bundle *known,
		   struct fault *f);
/*
 * How many entries the known bundle proves and this one leaves out, while both answer the
 * same question; *first: one of them. 0 when they answer different questions, or this one
 * says itself that it was cut.
 */
unsigned bundle_left_out(const struct opened_bundle *b, const struct opened_bundle *known,
			 const struct proved_entry **first);

#endif
