/*
 * Beneficiaries. A person is a random token that the workshop keeps in its own
 * papers; an event holds HMAC-SHA-256(key, token) under a key of its own, so that
 * nobody can tell whether two events are about one person. The keys lie in
 * HOME/private, one file a token, and nowhere else: not in the store, whose freed
 * pages keep old bytes, nor in its backups. Without them a commitment is noise.
 *
 * Forgetting overwrites the keys, then removes the file. A disk that writes
 * elsewhere (flash, snapshots) may keep the old bytes until it reuses them: the
 * folder belongs on an encrypted disk (tracd(8)).
 */
#ifndef TRAC_DAEMON_COMMITMENTS_H
#define TRAC_DAEMON_COMMITMENTS_H

#include "daemon/node.h"
#include "proto/wire/control.pb-c.h"

#define TOKEN_SIZE 16
#define COMMITMENT_SIZE 32

/* An event and its commitment. */
struct tied {
	uint8_t event[EVENT_ID_SIZE];
	uint8_t commitment[COMMITMENT_SIZE];
};

int commitments_create(struct node *n, struct fault *f);
void commitments_destroy(struct node *n);

/* Draws a token with no key yet. */
int commitments_draw(struct node *n, uint8_t token[TOKEN_SIZE], struct fault *f);
/* The commitment of a token that was drawn here, for one event: the key is on disk when
 * this returns 0. Asked again for the same event, the same. */
int commitments_make(struct node *n, const uint8_t token[TOKEN_SIZE], struct tied *t,
		     struct fault *f);
/* What is tied to a token: at most room; how many there are, or -1. */
int commitments_list(const struct node *n, const uint8_t token[TOKEN_SIZE], struct tied *out,
		     unsigned room, struct fault *f);
/* Destroys the keys: how many there were, or -1. */
int commitments_forget(struct node *n, const uint8_t token[TOKEN_SIZE], struct fault *f);

/* --- answers to control.proto --- */
void answer_commit(struct node *n, const Trac__CommitRequest *q, struct buffer *b);
void answer_forget(struct node *n, const Trac__ForgetRequest *q, struct buffer *b);

#endif
