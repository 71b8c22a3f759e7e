/*
 * What is answered to each request of control.proto. An answer is written into
 * b as one packed Reply.
 */
#ifndef TRAC_DAEMON_ANSWERS_H
#define TRAC_DAEMON_ANSWERS_H

#include "daemon/node.h"
#include "proto/wire/control.pb-c.h"

void answer_refusal(const struct fault *f, struct buffer *b);
void answer_done(struct buffer *b);
void answer_status(struct node *n, struct buffer *b);
void answer_peers(struct node *n, struct buffer *b);
void answer_members(struct node *n, struct buffer *b);
void answer_indicators(struct node *n, const Trac__IndicatorRequest *q, struct buffer *b);
/* The logs that are known to be forked (daemon/forks_answers.c). */
void answer_evidence(struct node *n, struct buffer *b);
/* Adds them to a status, and has it written while they are there. */
void answer_status_forks(struct node *n, Trac__StatusReply *s, struct buffer *b,
			 void (*write)(Trac__StatusReply *s, struct buffer *b));
/* Quarantine of the own log; with consent, what the operator says of it. */
void answer_recover(struct node *n, const Trac__RecoverRequest *q, struct buffer *b);
void recovery_fill(struct node *n, Trac__Recovery *out, struct checkpoint *head);
/* A bundle of all that is held about a device, or about all devices of a lot, a donor or a
 * watch (daemon/bundler.c). */
void answer_lookup(struct node *n, const Trac__LookupRequest *q, struct buffer *b);
/* Values that begin with a text or look like it. */
void answer_search(struct node *n, const Trac__SearchRequest *q, struct buffer *b);

/* What is known and held of each log of events: the vector of heads that figures and
 * bundles state. Fills at most room rows (row may be NULL), returns how many there are. */
struct horizon {
	char origin[ORIGIN_MAX + 1];
	uint64_t seen, held;
};
unsigned horizon_read(const struct node *n, struct txn *t, struct horizon *row, unsigned room);

#endif
