/*
 * Forked logs at one node: evidence is made of what contradicts what is held, taken
 * from others, kept and sent on; and it is told how our trees begin.
 */
#ifndef TRAC_DAEMON_FORKS_H
#define TRAC_DAEMON_FORKS_H

#include "daemon/intake.h"
#include "proto/log/fork.h"
#include "store/evidence.h"

/* The roots of the heads of a log, and what is known of its fork, into an EV_LOG. */
void forks_state(struct node *n, const struct log_id *log, struct core_event *ev);

/*
 * In the open transaction: a verified head does not go with what is held; or a frame
 * proves against its target head, and does not continue what is held. FORKED: evidence
 * of it is kept; PARTED; STALE. fx: the effect that brought it.
 */
enum intake_result forks_head(struct node *n, struct txn *t, uint32_t log,
			      const struct core_effect *fx, const struct checkpoint *c);
enum intake_result forks_frame(struct node *n, struct txn *t, uint32_t log,
			       const struct core_effect *fx, const struct range_taken *r);
/* Does the evidence that is kept show that from entries are the same in a branch held
 * here and not in the tree of `to` entries of the other one? */
bool forks_parted(struct node *n, const struct log_id *log, uint64_t *from, uint64_t *to);

enum intake_result forks_take_evidence(struct node *n, const struct core_effect *fx,
				       struct fault *f);
/* same: of an answer to our question (no checkpoint): is that what is held? */
enum intake_result forks_take_proof(struct node *n, const struct core_effect *fx, bool *same,
				    struct fault *f);

void forks_send(struct node *n, const struct core_effect *fx);
void forks_prove(struct node *n, const struct core_effect *fx);
/* Which of the two branches that may be held of a log has the tree that is asked for; 0: none,
 * and who asks was told so, by a proof and our head. */
uint32_t forks_serves(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx);

/*
 * The member log after its key was replaced (forks_settled.c). Does that evidence, which
 * proves, accuse? Not by a key that guardians have replaced, as far as the heads tell.
 */
bool forks_accuses(struct node *n, struct txn *t, uint32_t log, const struct fork_evidence *e);
/* A head, opened by v: does it end that the log is forked? Then it is looked for. */
bool forks_end(struct node *n, struct txn *t, uint32_t log, const struct checkpoint *c,
	       const struct verifier *v, struct span note);
/* A head that proves a later key than those that were only seen is looked for in their place:
 * whoever had the key before may have signed them, and nobody has what is in them. */
void forks_aim(struct node *n, struct txn *t, uint32_t log, const struct checkpoint *c,
	       struct span note);
/* Does a head that is looked for prove a later key than this one? */
bool forks_passes(struct node *n, struct txn *t, uint32_t log, struct span note);
/* That head contradicts entries that are held: did the key before sign those? It is told. */
bool forks_strands(struct node *n, struct txn *t, uint32_t log, struct span note);
/* The registry has grown: what is kept or looked for by a key that was replaced goes. */
void forks_settle(struct node *n);
/* Can others prove the fork of that log? Not when its key was replaced before the larger of the
 * two heads was known: it is neither told then nor may it keep all else from being told. */
bool forks_provable(const struct node *n, struct txn *t, uint32_t log);

#endif
