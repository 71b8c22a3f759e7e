/*
 * The fence: what this node last signed, kept in a small file outside the store
 * and outside backups. It is written, durably, before a signed head leaves, and
 * never shrinks: a store that is behind its fence is an old copy.
 *
 *	tracd fence v1
 *	<origin>
 *	<size>
 *	<base64 root>
 *	store <32 hex digits of the store's id>
 *
 * A virtual machine's snapshot takes the fence back too: only the greeting of a
 * peer finds that out (daemon/core/own.c).
 */
#ifndef TRAC_LOG_FENCE_H
#define TRAC_LOG_FENCE_H

#include "proto/log/checkpoint.h"

#define FENCE_STORE_SIZE 16
#define FENCE_BYTES_MAX (ORIGIN_MAX + 160)

struct fence {
	char origin[ORIGIN_MAX + 1];
	uint64_t size;
	struct hash root;
	uint8_t store[FENCE_STORE_SIZE];
};

/* The folder of the fence files of that home; setting: the one of tracd.conf, or "". */
void fence_folder(char *out, size_t room, const char *home, const char *setting);

void fence_write(const struct fence *e, struct buffer *out);
/* FAULT_INPUT. */
int fence_parse(struct fence *e, struct span bytes, struct fault *f);

/* What the store says of the own log. */
struct fence_store {
	const char *origin;            /* of the own log; borrowed */
	uint8_t store[FENCE_STORE_SIZE];
	uint64_t signed_size;          /* of the largest head that it has signed; 0: none */
	uint64_t held;                 /* entries */
	/* The root of the first size entries, with those that wait aside behind those
	 * held; -1: not so many. */
	int (*root)(void *ctx, uint64_t size, struct hash *out);
	void *ctx;
};

enum fence_word {
	FENCE_FRESH,       /* nothing was ever signed: no fence is right */
	FENCE_GOOD,        /* the store is where the fence is, or ahead of it, on one history;
			    * or what waits aside brings it there */
	FENCE_MISSING,     /* the store has signed, and the fence is gone: a moved folder */
	FENCE_BEHIND,      /* the store is behind its fence: an old copy */
	FENCE_FOREIGN,     /* the fence is of another store or log: a copied folder */
	FENCE_CONTRADICTS, /* the store holds another history than the one that was signed */
};

/* fence: NULL when there is none. All but FRESH and GOOD: record on, publish nothing,
 * ask the peers (quarantine). */
enum fence_word fence_judge(const struct fence *e, const struct fence_store *s);

/* What the operator is told: a sentence that begins with "own log"; "" for FRESH and GOOD. */
const char *fence_sentence(enum fence_word w);

#endif
