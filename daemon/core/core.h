/*
 * What a node decides about gossip. One door: core_step(core, event, effects).
 * The event carries the time; the effects say what to send, store, sign and
 * whom to dial. No socket, file, clock, randomness or signature in here: the
 * daemon (daemon/engine.c) and the simulator (tests/sim/world.c) are two
 * performers of the same effects.
 *
 * Order: the performer performs effects in the order given. What FX_TAKE_* and
 * FX_SIGN change may share one commit with others; they are reported, as events
 * of their own after the step, when it is durable, and heads and frames are sent
 * from what is durable only. Spans in an effect are borrowed from the event or
 * from the core and die with the next step.
 *
 * How nodes converge:
 *  1. On a new link the dialer greets; the other side answers with its greeting.
 *     A greeting tells who, the scope, a digest of all it knows, and how much of
 *     the OTHER's log it holds.
 *  2. Equal digests end the exchange. Otherwise both send their summary, and
 *     then the heads that the other has not seen. Each link remembers what the
 *     other knows.
 *  3. A head that is larger than ours is proved by its signature (FX_TAKE_HEAD);
 *     its entries are wanted in frames from any link that holds them, at most
 *     WANTS_MAX in flight a link, proved against the target head
 *     (FX_TAKE_FRAME).
 *  4. New heads are pushed at once to EAGER_LINKS links and within LAZY_MS to
 *     the others. Every ANTI_ENTROPY_MS one link, drawn at random, is greeted
 *     again.
 *  5. Own entries are signed (FX_SIGN) when a link that has greeted can receive
 *     the head, never before. A peer that says it knows more of our log than we
 *     have signed holds that up, so that it can prove it: a configured one until
 *     it does or takes it back, another one a little. The proof is a head under
 *     our own signature, taken like any other (FX_TAKE_HEAD).
 *  6. Quarantine: such a proof is stored (EV_LOG: seen > proved) or contradicts
 *     what is held (EV_STALE), or the performer is in doubt at the start (fence).
 *     Nothing is signed. What of the own log is not signed is moved aside at once
 *     (FX_ASIDE), with all that is recorded from then on; the own log, now exactly
 *     what was signed, is fetched like any other. When every configured address
 *     has answered in this run, or one and the operator consents, and nobody knows
 *     more than is held, the entries aside are appended behind (FX_RESUME). A
 *     signed history that contradicts the signed one here ends the log: only a new
 *     epoch goes on.
 *  7. A hub cosigns the largest proved head of each log of others (FX_COSIGN). A head
 *     of the same size with lines of more hubs is news too, told within LAZY_MS.
 *  8. No head of a log that is known to be forked is taken any more, but one of the member
 *     log that proves by its lines that the key was replaced: that settles which history
 *     goes on, and the performer ends the fork (EV_LOG: forked is 0).
 */
#ifndef TRAC_CORE_CORE_H
#define TRAC_CORE_CORE_H

#include <stdbool.h>

#include "proto/log/registry.h"
#include "proto/wire/gossip.h"

#define EAGER_LINKS 8
#define LAZY_MS 100
#define ANTI_ENTROPY_MS 30000
#define PING_MS 15000           /* silence after which a link is pinged */
#define DEAD_MS 45000           /* silence after which it is dropped */
#define WANT_MS 5000            /* a frame that has not come by then is asked of another link */
#define GREETING_MS 10000       /* a link that has not greeted by then is dropped */

struct core;

struct core_config {
	const char *member;         /* own name; copied */
	const char *network;
	uint32_t scope;             /* enum Scope: 3, ALL, is all that this version has */
	unsigned dial_count;        /* addresses of the settings, at most DIALS_MAX */
	const uint8_t (*dial_key)[LINK_KEY_SIZE];   /* their link keys; copied */
	unsigned dial_members;      /* also dial up to that many hubs of the registry */
	uint64_t seed;              /* of the core's own dice */
	bool doubt;                 /* begin in quarantine, which the performer has told of */
	/* what was signed, as the fence says: of the own log, and of the member log when
	 * this is the authority. Quarantine does not end below it. */
	uint64_t fence_size, fence_members;
	bool authority;             /* it signs the member log too */
	bool cosigns;               /* a hub with a key for that: FX_COSIGN */
};

/* registry: borrowed; it may grow between steps (then EV_MEMBERS is due). */
struct core *core_create(const struct core_config *c, const struct registry *r);
void core_destroy(struct core *c);

enum core_event_type {
	EV_START,           /* after the EV_LOGs of what is stored */
	EV_TICK,            /* at the time that FX_WAKE asked for, or later */
	EV_LOG,             /* what is stored of a log now: after each change of it */
	EV_MEMBERS,         /* the registry has grown */
	EV_LINK_UP,
	EV_LINK_DOWN,
	EV_MESSAGE,
	EV_REJECTED,        /* a head or frame from that link did not prove by itself: its
	                     * peer is at fault, and is dropped */
	EV_FORKED,          /* in what that link sent a fork was found, and one of the branches is
	                     * held whole here: fork.from entries are not the same in the
	                     * tree of fork.to that the link showed */
	EV_COMPARED,        /* of an answer taken with FX_TAKE_PROOF: are fork.from entries? */
	EV_UNDONE,          /* what undone asked for (SIGN, ASIDE, RESUME) could not be done, or not
	                     * whole, for want of room say: it is asked for again later */
	EV_CONSENT,         /* the operator says that those who answered are all there is */
	EV_STALE,           /* a frame came late or did not fit what is held, or a head or frame
	                     * proves but contradicts it (its author forked) or could not be
	                     * stored: the link that passed it on is not at fault. Of a head
	                     * only said when its signature is good */
};

enum core_effect_type {
	FX_SEND,            /* message to link */
	FX_SEND_HEAD,       /* the seen head of log to link, with held */
	FX_SERVE,           /* entries [start, end) of log for tree_size, as a frame, to link;
	                     * fewer entries when FRAME_BYTES_MAX says so. When that tree has
	                     * another mark: a proof of its root instead, with our checkpoint */
	FX_TAKE_HEAD,       /* verify message (a head), store it; then EV_LOG or EV_REJECTED */
	FX_TAKE_FRAME,      /* verify message (a frame) against target, store it; then EV_LOG,
	                     * EV_STALE or EV_REJECTED */
	FX_SIGN,            /* sign the own log at its held size, store as proved; then EV_LOG */
	FX_ASIDE,           /* of the own log move what is not signed to the log aside, with all
	                     * that is recorded from now on, until FX_RESUME; then EV_LOG */
	FX_RESUME,          /* keep the fence at proved, append what is aside (what the log
	                     * holds already is not repeated), record there again; then EV_LOG */
	FX_COSIGN,          /* cosign the proved head of log, if it continues what was cosigned
	                     * last; keep both; then EV_LOG */
	FX_SEND_EVIDENCE,   /* what is kept of the fork of log to link */
	FX_TAKE_EVIDENCE,   /* verify message (evidence), keep it when it says more than what is
	                     * kept, freeze the log; then EV_LOG or EV_REJECTED */
	FX_PROVE,           /* to link: the tree of tree_size begins with its start entries */
	FX_TAKE_PROOF,      /* verify message (a proof). With a checkpoint: it may contradict a head
	                     * that is kept; else it is compared with what is held (EV_COMPARED),
	                     * and with keep the evidence gains that so much is common */
	FX_DIAL_ALLOWED,    /* admitted link keys or dialled members changed: core_dials() */
	FX_DROP,            /* close link, after saying code and text */
	FX_LETTER,          /* message is a letter to this node: daemon/letters.h */
	FX_TELL,            /* tell the operator: a fault sentence, once */
	FX_CALM,            /* take back all that was told that begins with the text of fault */
	FX_WAKE,            /* EV_TICK at at_ms; replaces the one before */
};

struct core_event {
	enum core_event_type type;
	int64_t now_ms;                 /* monotonic: never goes back */
	uint32_t link;                  /* LINK_*, MESSAGE, REJECTED, STALE */
	struct log_id log;              /* LOG, REJECTED, STALE */
	union {
		struct {
			uint64_t held, proved, target, seen;   /* store/heads.h */
			uint64_t target_mark, seen_mark;   /* root_mark() of these heads */
			uint64_t forked;    /* fork_level() of store/evidence.h */
			/* as in fork of EV_FORKED, while it is not known what is common */
			uint64_t split_from, split_to;
			uint64_t vouched;   /* hubs whose lines the seen head carries */
			uint64_t cosigned;  /* size that we cosigned last; 0: none */
		} state;                    /* LOG */
		struct {
			uint64_t from, to;
			bool same;          /* COMPARED */
		} fork;                     /* FORKED, COMPARED */
		struct {
			bool forked;        /* proves but contradicts what is held */
			bool early;         /* the member log as it is here does not give the
					     * key: told again when that is longer */
		};                          /* STALE */
		struct {
			uint8_t key[LINK_KEY_SIZE];   /* CURVE key that the other side proved */
			bool inbound;
		} up;                       /* LINK_UP */
		const struct gossip *message;   /* MESSAGE; borrowed for the step */
		const struct fault *fault;      /* REJECTED */
		enum core_effect_type undone;   /* UNDONE */
	};
};

struct core_effect {
	enum core_effect_type type;
	uint32_t link;
	struct log_id log;
	const struct gossip *message;   /* SEND, TAKE_*, LETTER: borrowed */
	uint64_t start, end, tree_size; /* SERVE; PROVE */
	uint64_t mark;                  /* SERVE: root_mark() that is asked for; 0: any */
	bool keep;                      /* TAKE_PROOF */
	int64_t at_ms;                  /* WAKE */
	struct fault fault;             /* DROP, TELL, CALM */
};

/* Effects of one step; grows as needed, bounded by links and logs. Reused. */
struct core_effects {
	unsigned count, room;
	struct core_effect *item;       /* owned */
};
void core_effects_clear(struct core_effects *e);

/* One step. effects is emptied first. */
void core_step(struct core *c, const struct core_event *ev, struct core_effects *effects);

/* --- for status, and for the performer --- */

struct core_link {
	uint32_t link;
	bool inbound, greeted;
	const struct member *member;    /* NULL: not known yet */
	int64_t since_ms;
	uint64_t frames_in, frames_out;
	unsigned faults;
	char last_fault[FAULT_TEXT_MAX];
};
/* The i-th open link; false when there is none. */
bool core_link(const struct core *c, unsigned i, struct core_link *out);

struct core_counts {
	unsigned links;
	uint64_t messages_in, messages_out;
	uint64_t frames_taken, frames_served, heads_taken, rejected, stale;
	uint64_t missing;               /* entries under seen heads that are not held */
	bool quarantine;                /* nothing is signed: see 6. above */
	bool forked;                    /* and never will be: a new epoch is needed */
	unsigned answers, answers_due;  /* configured addresses that answered, of how many */
	uint64_t own_known;             /* entries of our log that others know, as far as proved */
};
void core_counts(const struct core *c, struct core_counts *out);

/* Is this a hub that may vouch? Not in quarantine, nor until what it signed before, if an
 * old copy of it runs, has had time to come back from the first peer that greets. */
bool core_may_cosign(const struct core *c, int64_t now_ms);

/* The addresses of the settings have changed; between steps. */
void core_set_dials(struct core *c, const uint8_t (*key)[LINK_KEY_SIZE], unsigned count);

/* While held, the own log is not signed (no FX_SIGN): its next key waits to be named. */
void core_hold(struct core *c, bool held);

/* What of the own log may be told to others: its size under the last signature. */
uint64_t core_published(const struct core *c);

/*
 * Links over which a letter may reach that member: its own, then those of hubs, at
 * most room. Not those that never answered a letter: nodes of an older version.
 */
unsigned core_routes(const struct core *c, const char *member, uint32_t *link, unsigned room);
/* A letter was given to that link. */
void core_letter_sent(struct core *c, uint32_t link);

/* Members that this node dials by their address beside the configured addresses:
 * at most room, in order; drawn from the registry's hubs, not revoked, not self. */
unsigned core_dials(const struct core *c, const struct member **out, unsigned room);

#endif
