/*
 * What this node has cosigned last of each log, its own network's or another's, by
 * origin: the memory of a witness. Written in the transaction that the signature waits
 * for, and never taken back: it is truth that no peer can tell again.
 */
#ifndef TRAC_STORE_COSIGNED_H
#define TRAC_STORE_COSIGNED_H

#include "proto/log/cosign.h"
#include "store/db.h"

/* The origin of a row is found by its SHA-256, which is how witnesses are asked. */
struct cosigned_row {
	struct cosigned last;
	char origin[ORIGIN_MAX + 1];
	struct span note;              /* borrowed: the text, its log's line, and ours */
};

/* What was cosigned last; known is false when nothing was. -1: the row is damaged, nothing may
 * be cosigned of that log; t goes on. FAULT_UNPROVED. */
int cosigned_get(struct txn *t, const char *origin, struct cosigned *out, struct fault *f);
/* The same by SHA-256(origin), whole. 1: found, 0: nothing, -1: damaged. */
int cosigned_find(struct txn *t, const struct hash *origin, struct cosigned_row *out,
		  struct fault *f);
/*
 * Keeps c, cosigned at that time. It is larger than what is there, or the same tree:
 * asserted, since who calls it has judged it (cosign_judge(), witness_judge()). A damaged
 * row is not written over: the transaction fails.
 */
void cosigned_put(struct txn *t, const struct checkpoint *c, int64_t time_s, struct span note);

#endif
