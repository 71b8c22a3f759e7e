/*
 * One entry, proved, as a text file that third parties read: ".tlog-proof".
 * Source: C2SP tlog-proof. The entry itself is not in it.
 */
#ifndef TRAC_LOG_TLOG_PROOF_H
#define TRAC_LOG_TLOG_PROOF_H

#include "proto/log/checkpoint.h"

/* 64 hashes of 45 bytes, the largest extra line that we take, and a checkpoint. */
#define TLOG_PROOF_BYTES_MAX (64 * 45 + 8192 + NOTE_BYTES_MAX)

struct tlog_proof {
	uint64_t index;
	struct proof path;
	struct span checkpoint;    /* the signed note; borrowed from what was parsed */
};

/* Appended to out; the checkpoint verbatim. */
void tlog_proof_write(const struct tlog_proof *p, struct buffer *out);
/* FAULT_INPUT when it is none; an "extra" line is accepted and not kept. */
int tlog_proof_parse(struct tlog_proof *p, struct span bytes, struct fault *f);
/*
 * Proves the entry against the checkpoint in it, and that against v. out: what the
 * checkpoint says. FAULT_UNPROVED with the reason.
 */
int tlog_proof_check(const struct tlog_proof *p, struct span entry, const struct verifier *v,
		     struct checkpoint *out, struct fault *f);

#endif
