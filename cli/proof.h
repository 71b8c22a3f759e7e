/*
 * A donor's proof: what became of the devices of one donor in one year, as a PDF
 * that a member signs and a bundle that proves it offline.
 *
 *	proof.c         trac proof: asks, writes, has it signed
 *	proof_page.c    the document, of what proto/life/donor.h collects
 *	proof_note.c    the signature behind the document's last byte
 *	proof_verify.c  trac verify FILE.pdf
 */
#ifndef TRAC_CLI_PROOF_H
#define TRAC_CLI_PROOF_H

#include "cli/looked.h"
#include "cli/verb.h"
#include "proto/life/donor.h"
#include "proto/log/attest.h"

/* donor_collect() of what was looked up. */
int proof_collect(const struct looked *looked, const char *donor, unsigned year,
		  struct donor_year *out, struct fault *f);

/* What stands in the document and not in the events. */
struct proof_frame {
	const char *network, *member, *title;   /* borrowed: who signs */
	const struct opened_bundle *proved;     /* borrowed: whose logs it names */
	uint64_t stock;                    /* B of the décret; 0: not given */
	int64_t made_ms;
	struct hash bundle;
	bool french;
};

/* The text of the QR: what to verify, in a few lines. */
void proof_code(const struct donor_year *p, const struct proof_frame *by, struct buffer *out);
/* The document, appended to out. Equal input gives equal bytes. */
int proof_page(const struct donor_year *p, const struct proof_frame *by, struct buffer *out,
	       struct fault *f);

/* Appends the note as comment lines: readers of PDF do not look behind %%EOF. */
void proof_note_add(struct buffer *pdf, struct span note);
/* Takes a file apart: the document before the note, and the note, appended to note. */
int proof_note_find(struct span file, struct span *document, struct buffer *note,
		    struct fault *f);
bool proof_is_pdf(struct span file);

/* trac verify of a PDF. bundle: its file; NULL: FILE.bundle beside FILE.pdf. */
int proof_verify(struct context *c, const char *path, struct span file, const char *bundle,
		 const struct verifier *authority, struct fault *f);

#endif
