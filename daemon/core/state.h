/*
 * The core from inside: its state, and which file does what. Everything below
 * is called from core_step() only; now_ms and fx are those of the step.
 */
#ifndef TRAC_CORE_STATE_H
#define TRAC_CORE_STATE_H

#include "daemon/core/effects.h"
#include "daemon/core/links.h"
#include "daemon/core/logs.h"
#include "daemon/core/rng.h"

#define NEVER_MS INT64_MAX
/* Own signatures: 20 a second. A push to every link stays far below PEER_RATE,
 * and a bulk import pays 1 ms of each 50 for signing, not one for each event. */
#define SIGN_MS 50
/* The first signature after a start waits so long for all configured addresses
 * to greet: one of them may know more of our log than the first that answers. */
#define SIGN_FIRST_MS 5000
/* So long a member that claims to know more of our log may hold up signatures until it
 * proves it: its head comes right behind its greeting, over a slow line in seconds. After
 * that time a configured address that has not proved it is told to the operator. */
#define PROVE_MS 10000
/* A node without configured addresses (the authority) leaves quarantine so long after the
 * first member answered: the others have had time to link. */
#define ANSWER_MS 10000
/* A hub cosigns a head so long after it was proved: heads that follow each other at once
 * share one line. What did not succeed is tried again later. */
#define COSIGN_MS 1000
#define COSIGN_RETRY_MS 60000
/* What could not be done of the own log, on a full disk say, is tried again so much later:
 * a tail that is not signed is hashed each time. */
#define UNDONE_MS 10000
/* Heads told in one step: bounds the list of effects (1.3 MiB). */
#define HEADS_STEP_MAX 2048
/* The same sentence is not told to the operator again within that time. */
#define TOLD_MS 600000
#define TOLD_MAX 32

/* An address of the settings, known by the key that it proves. */
struct dial {
	uint8_t key[LINK_KEY_SIZE];
	bool answered;                 /* has greeted since the start */
	uint64_t claim;                /* what it last said to know of our log */
	uint64_t shown;                /* of it, verified against what is held, in quarantine */
	uint64_t members;              /* and of the member log */
	int64_t since_ms;              /* of a claim that is not proved */
};

struct told {
	uint64_t hash, about;              /* of the sentence, and of how it begins; 0: any */
	int64_t at_ms;
};

struct core {
	char member[MEMBER_NAME_MAX + 1];
	char network[NETWORK_MAX + 1];
	uint32_t scope;
	unsigned dial_count, dial_members;
	struct dial dial[DIALS_MAX];
	uint64_t seed, instance;
	const struct registry *registry;   /* borrowed */
	struct rng rng;
	struct logs logs;
	struct links links;
	bool started;

	/* of the step */
	int64_t now_ms;
	struct core_effects *fx;           /* borrowed */
	struct outbox outbox;
	unsigned heads_left;               /* HEADS_STEP_MAX, counted down */

	/* publishing */
	bool signed_once;                  /* since the start */
	int64_t first_greeting_ms;         /* NEVER_MS: none yet */
	int64_t sign_ms;                   /* of the last FX_SIGN */
	int64_t sign_after_ms;             /* not before */
	unsigned weighing;                 /* heads of ours that are being verified */
	uint64_t weighed_size;             /* of the last of them */
	bool twin_told, claim_told;        /* and not taken back */
	bool authority;
	bool quarantine;
	bool held;                         /* core_hold() */
	bool aside;                        /* the tail is aside: the own log may be fetched */
	bool forked;                       /* two signed histories: it cannot be continued */
	int64_t aside_ms;                  /* FX_ASIDE is asked for again then; NEVER_MS */
	bool consent;
	uint64_t known_size;               /* of our log, under our signature */
	uint64_t known_members;            /* the same of the member log, at the authority */
	int64_t answer_ms;                 /* a member first greeted; NEVER_MS */

	bool cosigns;
	bool cosign_waits;                 /* for the end of quarantine */

	/* when to wake; NEVER_MS: not needed */
	int64_t cosign_ms;                 /* a log is due to be cosigned */
	int64_t wake_ms;                   /* asked of the performer */
	int64_t lazy_ms;                   /* heads owed are told */
	int64_t entropy_ms;                /* one link is greeted again */
	int64_t retry_ms;                  /* wants are planned again */

	unsigned forks;                    /* logs known to be forked */

	bool plan_due;
	uint32_t plan_first;               /* row to plan first after the member log: turns */
	struct told told[TOLD_MAX];
	unsigned told_next;

	uint64_t messages_in, messages_out, frames_taken, frames_served, heads_taken;
	uint64_t rejected, stale;
	uint64_t ignored;                  /* events and messages that fit no state */
	uint64_t starved;                  /* effects lost for want of memory */
};

/* --- core.c --- */
/* NULL: no memory, the effect is lost. */
struct core_effect *core_effect(struct core *c, enum core_effect_type type, uint32_t link);
/* A message to send, to be filled; NULL: no memory. */
struct gossip *core_send(struct core *c, struct link *l, enum gossip_type type);
/* Closes; the link is gone from here on. */
void core_drop(struct core *c, struct link *l, const struct fault *f);
/* The member at the other end, NULL when not known. Borrowed from the registry. */
const struct member *core_member(const struct core *c, const struct link *l);
/* Its name by the member log, or else by its greeting; never NULL. */
const char *core_name(const struct core *c, const struct link *l);
/* The log of the member at the other end; NULL when not known. */
struct log_row *core_peer_row(struct core *c, const struct link *l);

/* --- tell.c: what the operator is told --- */
/* Tells the operator, unless that was told lately. */
void core_tell(struct core *c, uint32_t link, const struct fault *f);
/* The same about something that passes: core_calm() takes it back. The sentence begins so. */
void core_tell_about(struct core *c, uint32_t link, const char *about, const struct fault *f);
void core_calm(struct core *c, const char *about);
/* Counts a fault of that link; the first one is told. */
void core_fault(struct core *c, struct link *l, const struct fault *f);

/* --- greet.c: who is there --- */
void greet_send(struct core *c, struct link *l);
void greet_take(struct core *c, struct link *l, const struct gossip *g);
/* Greets those under that key again for whom it has changed whether they are alone. */
void greet_twins(struct core *c, const uint8_t key[LINK_KEY_SIZE]);
/* Is this link still admitted? When not it is dropped. */
void greet_recheck(struct core *c, struct link *l);

/* --- own_claim.c: what others say they know of our own log --- */
/* That link says it knows a head of that size. */
void own_claim(struct core *c, struct link *l, uint64_t size);
/* It has greeted: an answer, and whether it sees another one of us. */
void own_greeted(struct core *c, struct link *l, const struct gossip *g);
/* It sent a head that is not ours: what it claims is a lie. */
void own_disclaim(struct core *c, struct link *l);
/* Until when nothing may be signed: 0 for now, NEVER_MS when not by waiting. */
int64_t own_held_up(const struct core *c);
/* Has everyone answered who must, and nobody claims to know more? */
bool own_is_answered(const struct core *c);
/* The address that has this key; NULL: not a configured one. */
struct dial *core_dial(struct core *c, const uint8_t key[LINK_KEY_SIZE]);
/* enum greeting_twin for that link. */
unsigned core_twin(const struct core *c, const struct link *l);
/* Tells of claims that are not proved in time, takes back what is over of them and of twins.
 * Returns when the next is due. */
int64_t own_watch(struct core *c);

/* --- own.c: quarantine --- */
void own_start(struct core *c);
/* What that effect asked for was not done. */
void own_undone(struct core *c, enum core_effect_type effect);
void own_consent(struct core *c);
/* May entries of our own log be asked for? */
bool own_may_fetch(const struct core *c);
/* Leaves quarantine when it is time. Returns when to look again. */
int64_t own_settle(struct core *c);
/* A head of that size, if it proves, would tell us something. */
bool own_is_news(const struct core *c, uint64_t size);
/* A head of that size is handed over to be verified: no signature until one of
 * the next three says how it went. */
void own_weigh(struct core *c, struct link *l, uint64_t size);
void own_changed(struct core *c);       /* EV_LOG: what was taken is durable */
/* A head or frame of ours was not taken; contradicts: it proves, and is of another history. */
void own_stale(struct core *c, struct link *l, bool contradicts);
void own_rejected(struct core *c, struct link *l);
/* It is proved that our log was signed in two histories. */
void own_ended(struct core *c);

/* --- sync.c: what each side knows --- */
/* Tells our summary, now or when SUMMARY_MS allows. */
void sync_tell(struct core *c, struct link *l);
void sync_take_summary(struct core *c, struct link *l, const struct gossip *g);
void sync_take_head(struct core *c, struct link *l, const struct gossip *g);
/* The other side knows exactly what we know. */
void sync_equal(struct core *c, struct link *l);

/* --- push.c: telling heads, signing --- */
/* A log is complete at a new size: tell it to some now, to the others soon. */
void push_log(struct core *c, uint32_t row);
/* Tells what is owed to this link, as far as its limits go. */
void push_owed(struct core *c, struct link *l);
/* Signs when it is time. Returns when it will be, NEVER_MS when not by waiting. */
int64_t push_sign(struct core *c);

/* Its seen head has lines of more hubs: tell that soon. */
void push_lines(struct core *c, uint32_t row);

/* --- cosign.c: vouching for logs of others --- */
/* This log, or all: is a head to be cosigned, and when? */
void cosign_log(struct core *c, uint32_t row);
void cosign_logs(struct core *c);
/* Cosigns what is due. Returns when the next is. */
int64_t cosign_plan(struct core *c);

/* --- wants.c: fetching and serving entries --- */
/* Asks for what is missing; sets retry_ms. */
void wants_plan(struct core *c);
void wants_take_frame(struct core *c, struct link *l, const struct gossip *g);
void wants_serve(struct core *c, struct link *l, const struct gossip *g);
/* Frees what that link has not delivered in time. */
void wants_expire(struct core *c, struct link *l);
/* Instead of a frame of that tree comes a refusal: false when none was asked for, or the
 * answer matters no more: of many frames asked at once each is refused. */
bool wants_refused(struct core *c, struct link *l, uint32_t row, uint64_t size);
/* All frames of a log that are in flight do not matter any more. */
void wants_forget(struct core *c, uint32_t row);
/* This link is gone: its logs are asked elsewhere. */
void wants_release(struct core *c, struct link *l);

/* --- evidence.c: forked logs --- */
/* The other side has evidence of that level; or all that we have. */
void fork_learn(struct core *c, struct link *l, uint32_t row, uint64_t level);
/* It says anew what it knows: what it could not use before is told again. */
void fork_forget(struct link *l);
void fork_learn_all(struct core *c, struct link *l);
/* Sends that link the evidence it lacks. false: its limits are reached. */
bool fork_push(struct core *c, struct link *l);
/* EV_LOG: what is kept of the fork of that log. */
void fork_changed(struct core *c, uint32_t row, uint64_t level);
/* That link tells, unasked, how much it holds of a branch: ask there, and at once. */
void fork_hear(struct core *c, const struct link *l, uint32_t row, uint64_t held);
/* Asks that link where the branches part, if nobody could tell so far. */
void fork_retry(struct core *c, struct link *l);
void fork_take_evidence(struct core *c, struct link *l, const struct gossip *g);
void fork_serve_proof(struct core *c, struct link *l, const struct gossip *g);
void fork_take_proof(struct core *c, struct link *l, const struct gossip *g);
void fork_found(struct core *c, const struct core_event *ev);
void fork_compared(struct core *c, const struct core_event *ev);

/* --- letters.c: from member to member --- */
void letters_take(struct core *c, struct link *l, const struct gossip *g);

/* --- timers.c --- */
void timers_start(struct core *c);
void timers_tick(struct core *c);
/* When the next thing is due. */
int64_t timers_next(const struct core *c);

#endif
