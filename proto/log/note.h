/*
 * C2SP signed notes: TEXT, an empty line, signature lines. Source: signed-note
 * v1.0.0. Parsed in place, nothing is copied or re-encoded.
 */
#ifndef TRAC_LOG_NOTE_H
#define TRAC_LOG_NOTE_H

#include "proto/log/keys.h"

struct note_line {
	struct span name;          /* borrowed */
	uint8_t id[4];
	struct span base64;        /* borrowed: decodes to id and signature */
};

struct note {
	struct span text;          /* borrowed; with its final newline */
	unsigned count;
	struct note_line line[NOTE_SIGNATURES_MAX];
};

/* Refuses what is not a well-formed note of at most NOTE_BYTES_MAX bytes. */
int note_parse(struct note *n, struct span bytes, struct fault *f);

/* Is this line under the name and id of that key? And such a line, written again. */
bool note_line_is(const struct note_line *line, const struct verifier *v);
void note_line_write(const struct note_line *line, struct buffer *out);

/* Seconds in a line of a cosigner, which is not checked; false: it is of another kind. */
bool note_line_time(const struct note_line *line, uint64_t *time_s);

/*
 * Checks the line of this verifier: "ignore unknown (name, id); if known, it
 * must verify". 1 when good, 0 when there is no such line, -1 when it is there
 * and bad.
 */
int note_check(const struct note *n, const struct verifier *v, struct fault *f);

/* The same of a cosigner (KEY_COSIGNATURE); time_s: of the earliest of its lines. */
int note_cosigned(const struct note *n, const struct verifier *v, int64_t *time_s,
		  struct fault *f);

/* Appends TEXT, the empty line and one signature to out. text ends in '\n'. */
int note_sign(struct buffer *out, struct span text, const struct signer *s, struct fault *f);
/* Appends one more signature line for the text of an existing note. */
int note_add(struct buffer *out, struct span text, const struct signer *s, struct fault *f);
/* The same by a cosigner, at that time: the signed tree is the largest of its log that it
 * has seen by then. That this is true is kept by who calls it (cosign.h). */
int note_cosign(struct buffer *out, struct span text, const struct signer *s, int64_t time_s,
		struct fault *f);

#endif
