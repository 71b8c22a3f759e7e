/*
 * One core on a bench: single steps, and a look at the effects of the last one.
 * No cryptography: the core looks at none.
 */
#ifndef TRAC_SIM_BENCH_H
#define TRAC_SIM_BENCH_H

#include "daemon/core/core.h"

#define NET "fne.example"

/* Member 0 is the authority, 1 is us, the first hubs after us are hubs. */
struct bench {
	struct registry *registry;
	struct core *core;
	struct core_effects fx;
	int64_t now;
	uint8_t authority[KEY_SIZE];
};

struct bench *bench_begin(unsigned members, unsigned hubs);
void bench_end(struct bench *b);
void step(struct bench *b, struct core_event ev);
void add_member(struct bench *b, unsigned i, bool hub);
/* Applies the statement and clears it. */
void apply(struct bench *b, struct buffer *statement);
/* Keys of a member, by kind: 1 signs, 9 is of its links. */
void key_of(unsigned i, uint8_t key[32], uint8_t kind);
struct log_id log_of(unsigned i);
void link_up(struct bench *b, uint32_t link, unsigned member, bool inbound);
struct gossip greeting_of(unsigned member);
/* An inbound link that has greeted. */
void greet(struct bench *b, uint32_t link, unsigned member);
void hear(struct bench *b, uint32_t link, const struct gossip *g);
/* A head of that size; its signature is junk, which the core does not look at. */
void hear_head(struct bench *b, uint32_t link, unsigned member, uint64_t size);
struct gossip frame_of(unsigned member, uint64_t start, uint32_t entries, uint64_t size);
/* EV_LOG. */
void log_is(struct bench *b, unsigned member, uint64_t held, uint64_t proved,
		   uint64_t target, uint64_t seen);
/* Of the last step: how many effects of that type, the first, a message that is sent. */
unsigned count(const struct bench *b, enum core_effect_type type);
const struct gossip *sent(const struct bench *b, enum gossip_type type);
const struct core_effect *effect(const struct bench *b, enum core_effect_type type);

#endif
