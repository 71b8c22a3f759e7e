/*
 * The registry from inside: its tables, shared by registry.c, which changes them, and
 * registry_change.c, which says what a statement does, with registry_keys.c for changes of
 * keys and registry_delegate.c for delegations.
 */
#ifndef TRAC_LOG_REGISTRY_INSIDE_H
#define TRAC_LOG_REGISTRY_INSIDE_H

#include "proto/log/registry.h"
#include "proto/log/succession.h"

enum order {
	BY_NAME,
	BY_LOG,
	BY_LINK_KEY,
	BY_SIGN_KEY,
	ORDER_COUNT,
};

/* A key that was replaced: it signs checkpoints of at most up_to entries. */
struct past_key {
	struct log_id log;
	uint64_t up_to;
	struct verifier key;
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
	unsigned past_count, past_room;
	struct past_key *past;          /* owned; of one log by rising size */
	struct guardians guardians;     /* needs is 0: none */
	unsigned succession_count;
	struct succession succession[SUCCESSIONS_MAX];
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
	unsigned past_count;            /* keys that it replaces: one, of the authority two */
	struct past_key past[2];
	bool guards;                    /* names guardians; then: */
	struct guardians guardians;
	bool succeeds;                  /* names the authority's next key; then: */
	struct succession succession;
};

/* The member of that order and key; NULL. */
struct member *registry_find(const struct registry *r, enum order order, const void *key);

/* What the statement would do; reads only. */
int registry_change(const struct registry *r, struct span statement, struct change *c,
		    struct fault *f);
/* What these statements would do; registry_change() is their caller. */
int change_rotate(const struct registry *r, const Trac__Statement *s, struct change *c,
		  struct fault *f);
int change_guardians(const struct registry *r, const Trac__Statement *s, struct change *c,
		     struct fault *f);
int change_succeed(const struct registry *r, const Trac__Statement *s, struct change *c,
		   struct fault *f);
int change_delegate(const struct registry *r, const Trac__Statement *s, struct change *c,
		    struct fault *f);
/* Of an admission that a hub asked for: may it? Sets c->member.by. */
int check_petition(const struct registry *r, const Trac__Admit *admit, struct change *c,
		   struct fault *f);
/* The member that a statement changes, which must be there. */
int change_target(const struct registry *r, const char *name, struct change *c,
		  struct fault *f);
/* Has nobody that signing key, that link key, now or before? */
int check_keys_free(const struct registry *r, const struct member *m, struct fault *f);

#endif
