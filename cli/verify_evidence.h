/*
 * What trac verify does with the evidence of a fork: says what it proves, and what not.
 */
#ifndef TRAC_CLI_VERIFY_EVIDENCE_H
#define TRAC_CLI_VERIFY_EVIDENCE_H

#include "cli/verb.h"
#include "proto/log/evidence.h"

bool verify_is_evidence(struct span file);
/* The key comes from --vkey, or from the bundle of --bundle, which authority (else NULL)
 * proves. */
int verify_evidence(struct context *c, const struct arguments *a, struct span file,
		    const struct verifier *authority, struct fault *f);

#endif
