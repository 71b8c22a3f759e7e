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
 *     have signed delays that a little, so that it can prove it. The proof is a
 *     head under our own signature, taken like any other (FX_TAKE_HEAD): when it
 *     is stored (EV_LOG: seen > proved) or contradicts what is held (EV_STALE),
 *     the operator is told and nothing is signed (quarantine) until proved has
 *     reached its size. The own log is not fetched: that would be restoring it.
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
	unsigned dial_count;        /* addresses of the settings, numbered from 0; the
	                             * performer knows them, the core numbers them */
	unsigned dial_members;      /* also dial up to that many hubs of the registry */
	uint64_t seed;              /* of the core's own dice */
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
	EV_STALE,           /* a frame came late or did not fit what is held, or a head or frame
	                     * proves but contradicts it (its author forked) or could not be
	                     * stored: the link that passed it on is not at fault. Of a head
	                     * only said when its signature is good */
};

struct core_event {
	enum core_event_type type;
	int64_t now_ms;                 /* monotonic: never goes back */
	uint32_t link;                  /* LINK_*, MESSAGE, REJECTED, STALE */
	struct log_id log;              /* LOG, REJECTED, STALE */
	union {
		struct {
			uint64_t held, proved, target, seen;   /* store/heads.h */
		} state;                    /* LOG */
		struct {
			uint8_t key[LINK_KEY_SIZE];   /* CURVE key that the other side proved */
			bool inbound;
		} up;                       /* LINK_UP */
		const struct gossip *message;   /* MESSAGE; borrowed for the step */
		const struct fault *fault;      /* REJECTED */
	};
};

enum core_effect_type {
	FX_SEND,            /* message to link */
	FX_SEND_HEAD,       /* the seen head of log to link, with held */
	FX_SERVE,           /* entries [start, end) of log for tree_size, as a frame, to link;
	                     * fewer entries when FRAME_BYTES_MAX says so */
	FX_TAKE_HEAD,       /* verify message (a head), store it; then EV_LOG or EV_REJECTED */
	FX_TAKE_FRAME,      /* verify message (a frame) against target, store it; then EV_LOG,
	                     * EV_STALE or EV_REJECTED */
	FX_SIGN,            /* sign the own log at its held size, store as proved; then EV_LOG */
	FX_DIAL_ALLOWED,    /* admitted link keys or dialled members changed: core_dials() */
	FX_DROP,            /* close link, after saying code and text */
	FX_LETTER,          /* message is a letter to this node: daemon/letters.h */
	FX_TELL,            /* tell the operator: a fault sentence, once */
	FX_WAKE,            /* EV_TICK at at_ms; replaces the one before */
};

struct core_effect {
	enum core_effect_type type;
	uint32_t link;
	struct log_id log;
	const struct gossip *message;   /* SEND, TAKE_*, LETTER: borrowed */
	uint64_t start, end, tree_size; /* SERVE */
	int64_t at_ms;                  /* WAKE */
	struct fault fault;             /* DROP, TELL */
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
	bool quarantine;                /* more of our log was signed than we know of */
};
void core_counts(const struct core *c, struct core_counts *out);

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
