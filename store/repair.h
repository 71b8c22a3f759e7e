/*
 * Repairs a store by copying what can be proved into a new one; never in place. The damaged
 * file is kept whole in aside/ beside it.
 *
 * Of each log the entries up to the first damaged one are copied; hashes and what is derived
 * are computed anew. What is missing of another member's log is fetched again by gossip. Of
 * the own log what was signed comes back from the peers: until then the node is in
 * quarantine, and what is whole of its tail waits in the log aside (aside.h). An own entry
 * that was never signed and is damaged is lost: it is named, and its bytes are kept.
 */
#ifndef TRAC_STORE_REPAIR_H
#define TRAC_STORE_REPAIR_H

#include "proto/log/fence.h"
#include "proto/log/keys.h"
#include "store/db.h"

struct repair {
	const char *store;                   /* its folder; tracd must not run */
	const struct verifier *authority;    /* NULL: signatures are not looked at */
	const struct verifier *own;          /* named by the own log; NULL: none is own */
	const struct fence *fence;           /* what was signed last; NULL: not known */
	bool confirmed;                      /* false: only tell what would be done */
	void (*tell)(void *ctx, const char *sentence);
	void (*progress)(void *ctx, uint64_t entries);   /* may be NULL */
	void *ctx;

	/* out */
	uint64_t bad;                        /* differences; 0: there was nothing to do */
	uint64_t kept, fetched, aside, lost; /* entries: in place, to be fetched again ... */
	char old[32];                        /* the name of the damaged file in aside/ */
};

/* Builds the new store beside the old one, checks it, and puts it in place when confirmed:
 * needs as much room as the store has. FAULT_BUSY when the store is open. */
int store_repair(struct repair *r, struct fault *f);

#endif
