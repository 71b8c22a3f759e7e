/*
 * A donor's proof: what became of the devices of one donor in one year, as a PDF
 * that a member signs and a bundle that proves it offline.
 *
 *	proof.c         trac proof: asks, writes, has it signed
 *	proof_data.c    which devices, and what is said of them; computed here
 *	proof_page.c    the document
 *	proof_note.c    the signature behind the document's last byte
 *	proof_verify.c  trac verify FILE.pdf
 */
#ifndef TRAC_CLI_PROOF_H
#define TRAC_CLI_PROOF_H

#include "cli/looked.h"
#include "cli/verb.h"
#include "proto/life/verdict.h"
#include "proto/log/attest.h"

struct proof_device {
	unsigned life, cycle;              /* positions in lives */
	struct verdict verdict[RULE_COUNT];
	const struct life_line *oriented;  /* to reuse, in the year; NULL: not */
};

struct donor_proof {
	const struct looked *looked;       /* borrowed */
	char donor[TEXT_MAX + 1];
	unsigned year;
	unsigned count;
	struct proof_device *device;       /* owned; in the order of lives */
	bool public_donor;                 /* the décret is about it */
	/* devices */
	unsigned reused;                   /* A: count in the reuse of this year */
	unsigned distributed, refurbished;
	unsigned by_state[STATE_LOST + 1];
	/* storage media with an erasure or destruction on record */
	unsigned erased, destroyed, failed;
};

/*
 * Of the devices that were looked up, those whose cycle began with that donor (its SIRET,
 * RNA or name, or the SIREN that its SIRET begins with) and that were retired, received or
 * oriented to reuse in that year. Borrows looked. Cleared with proof_clear().
 */
int proof_collect(const struct looked *looked, const char *donor, unsigned year,
		  struct donor_proof *out, struct fault *f);
void proof_clear(struct donor_proof *p);

/* The civil year and month of a line, in its own zone. */
void line_month(const struct life_line *line, unsigned *year, unsigned *month);
/* Is the line an erasure or a destruction that counts? Then its medium; else NULL. */
const Trac__Medium *erasure_medium(const struct life_line *line);

/* What stands in the document and not in the events. */
struct proof_frame {
	const char *network, *member, *title;   /* borrowed: who signs */
	uint64_t stock;                    /* B of the décret; 0: not given */
	int64_t made_ms;
	struct hash bundle;
	bool french;
};

/* The text of the QR: what to verify, in a few lines. */
void proof_code(const struct donor_proof *p, const struct proof_frame *by, struct buffer *out);
/* The document, appended to out. Equal input gives equal bytes. */
int proof_page(const struct donor_proof *p, const struct proof_frame *by, struct buffer *out,
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
