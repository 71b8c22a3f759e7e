/*
 * What a simulated node remembers of one log: entries, tree and heads in
 * memory, by the rules of store/log.h and store/heads.h. It outlives the crash
 * of its node.
 */
#ifndef TRAC_SIM_DISK_H
#define TRAC_SIM_DISK_H

#include "proto/log/cosign.h"
#include "proto/log/evidence.h"

enum ram_head_kind { RAM_PROVED, RAM_TARGET, RAM_SEEN, RAM_HEADS };

#define RAM_LEVELS 40

struct ram_head {
	uint64_t size;
	struct hash root;
	uint8_t *note;                 /* owned */
	size_t note_size;
};

struct ram_level {
	struct hash *hash;             /* owned */
	uint64_t count, room;
};

struct ram_log {
	uint64_t count, room;
	struct span *entry;            /* owned, and the bytes */
	struct ram_level level[RAM_LEVELS];
	struct frontier frontier;
	struct ram_head head[RAM_HEADS];
	struct cosigned cosigned;      /* by this node */
	struct span evidence;          /* owned; that it is forked; empty: not known */
};

/* A zeroed ram_log is empty. Memory that runs out ends the program. */
void ram_append(struct ram_log *l, struct span entry);
void ram_clear(struct ram_log *l);
/* log_cut() of store/log.h; heads stay. */
void ram_cut(struct ram_log *l, uint64_t size);
/* Is an entry of these bytes in it? */
bool ram_has(const struct ram_log *l, struct span entry);
/* A deep copy: a backup. */
void ram_copy(struct ram_log *to, const struct ram_log *from);
struct tree_reader ram_reader(const struct ram_log *l);
void ram_head_set(struct ram_log *l, enum ram_head_kind kind, const struct checkpoint *c,
		  struct span note);
/* head_take() of store/heads.h: 0, or -1 for a fork. */
int ram_head_take(struct ram_log *l, const struct checkpoint *c, struct span note);
/* fork_put() of store/evidence.h; and head_freeze() of store/heads.h. */
void ram_accuse(struct ram_log *l, struct span evidence);
void ram_freeze(struct ram_log *l);
/* fork_turn() of store/evidence.h; at the first: tried is NULL. */
void ram_look_for(struct ram_log *l, const struct hash *tried, bool again);
/* head_advance() of store/heads.h. */
void ram_head_advance(struct ram_log *l);
void *ram_grow(void *old, uint64_t count, uint64_t *room, size_t size);

#endif
