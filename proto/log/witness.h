/*
 * The witness protocol, add-checkpoint: anyone who publishes a log asks for a
 * cosignature. Source: C2SP tlog-witness. Pure: a request and what was cosigned
 * last give the status. Who answers checks and keeps in one transaction, before the
 * answer leaves (daemon/witness.h).
 *
 *	old <size>
 *	<base64 hash>              none to 63: consistency from old to the checkpoint
 *	                           (an empty line)
 *	<checkpoint>
 */
#ifndef TRAC_LOG_WITNESS_H
#define TRAC_LOG_WITNESS_H

#include "proto/log/cosign.h"

#define WITNESS_HASHES_MAX 63
/* The line of the old size, the hashes, and a note. */
#define WITNESS_BYTES_MAX (64 + 45 * WITNESS_HASHES_MAX + NOTE_BYTES_MAX)
#define WITNESS_SIZE_TYPE "text/x.tlog.size"

struct witness_request {
	uint64_t old;
	struct proof proof;
	struct note note;              /* borrows from the body */
	struct checkpoint head;
};

/* FAULT_INPUT: status 400. */
int witness_parse(struct witness_request *q, struct span body, struct fault *f);

/*
 * The status of that request. log: the key that is trusted for the origin, NULL when
 * there is none. 200: to be cosigned and kept. 409: the body is last->size (0 when
 * nothing is known) and a newline, of type WITNESS_SIZE_TYPE; else f says why.
 */
unsigned witness_judge(const struct witness_request *q, const struct verifier *log,
		       const struct cosigned *last, struct fault *f);

#endif
