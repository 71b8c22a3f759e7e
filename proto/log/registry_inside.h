/*
 * The registry from inside: its tables, shared by registry.c, which changes them, and
 * registry_change.c, which says what a statement does.
 */
#ifndef TRAC_LOG_REGISTRY_INSIDE_H
#define TRAC_LOG_REGISTRY_INSIDE_H

#include "proto/log/registry.h"

enum order {
	BY_NAME,
	BY_LOG,
	BY_LINK_KEY,
	BY_SIGN_KEY,
	ORDER_COUNT,
};

struct registry {
	char network[NETWORK_MAX + 1];
	struct verifier verifier;       /* of the member log */
	struct log_id log;              /* of the member log */
	uint64_t size;
	unsigned count, room;
	struct member *member;          /* owned; room of them */
	unsigned closed_count, closed_room;
	struct closed_log *closed;      /* owned */
	unsigned cosigners;
	uint16_t cosigner[COSIGNERS_MAX];
	uint16_t sorted[ORDER_COUNT][MEMBERS_MAX];
};

/* What a statement does: a new member (target NULL) or new fields of one. */
struct change {
	struct member *target;          /* borrowed from the registry */
	struct member member;           /* as it will be */
	bool closes;                    /* its log; then: */
	struct closed_log closed;
};

/* The member of that order and key; NULL. */
struct member *registry_find(const struct registry *r, enum order order, const void *key);

/* What the statement would do; reads only. */
int registry_change(const struct registry *r, struct span statement, struct change *c,
		    struct fault *f);

#endif
