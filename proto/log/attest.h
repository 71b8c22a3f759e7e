/*
 * The signature under a donor's proof: a C2SP signed note by the key of the
 * member's log over a text that no checkpoint can be mistaken for, since its
 * first line holds spaces and an origin does not:
 *
 *	tracd proof of reuse v1
 *	<network>/<member>
 *	donor <SIRET, RNA or name>
 *	year <AAAA>
 *	document sha256:<hex of the PDF before this note>
 *	bundle sha256:<hex of the bundle>
 *	made <RFC 3339, UTC: 2026-03-02T10:04:11Z>
 */
#ifndef TRAC_LOG_ATTEST_H
#define TRAC_LOG_ATTEST_H

#include "proto/log/keys.h"
#include "proto/log/tree.h"
#include "proto/wire/limits.h"

struct attest {
	char origin[ORIGIN_MAX + 1];
	char donor[TEXT_MAX + 1];
	unsigned year;
	struct hash document, bundle;
	char made[30];
};

/* The text to sign, appended to out. FAULT_INPUT when a part is malformed. */
int attest_write(const struct attest *a, struct buffer *out, struct fault *f);
/* Whose note it says it is, unproved: so that the verifier of that member can be found.
 * FAULT_INPUT when it is no such note. */
int attest_claim(struct span note, struct attest *out, struct fault *f);
/* Reads a note and its text; the signature is checked against the key of the member
 * by the caller's verifier (note.h). FAULT_INPUT, FAULT_UNPROVED. */
int attest_open(struct span note, const struct verifier *v, struct attest *out,
		struct fault *f);

#endif
