/*
 * C2SP checkpoints: origin, size, root, in a signed note. Source:
 * tlog-checkpoint v1.0.0. A log never signs a checkpoint inconsistent with an
 * earlier one: that rule is kept by who calls checkpoint_sign().
 */
#ifndef TRAC_LOG_CHECKPOINT_H
#define TRAC_LOG_CHECKPOINT_H

#include "proto/log/keys.h"
#include "proto/log/note.h"
#include "proto/log/tree.h"
#include "proto/wire/gossip.h"

struct checkpoint {
	char origin[ORIGIN_MAX + 1];
	uint64_t size;
	struct hash root;
};

/* Parses the text of a note. Extension lines are accepted and not kept. */
int checkpoint_parse(struct checkpoint *c, struct span text, struct fault *f);
/* The same, and of size 0 any root is taken: for a witness, who answers that otherwise. */
int checkpoint_read(struct checkpoint *c, struct span text, struct fault *f);
/* A size as checkpoints have it: decimal, no leading zeroes. -1: it is none. */
int checkpoint_size_read(struct span s, uint64_t *out);
/* The text, with its final newline, appended to out. */
void checkpoint_write(const struct checkpoint *c, struct buffer *out);
/* The signed note, appended to out. */
int checkpoint_sign(const struct checkpoint *c, const struct signer *s,
		    struct buffer *out, struct fault *f);
/*
 * Opens a signed checkpoint: a well-formed note, origin equal to v's name, and
 * v's signature present and good. FAULT_UNPROVED when not.
 */
int checkpoint_open(struct checkpoint *c, struct span note,
		    const struct verifier *v, struct fault *f);

/* SHA-256(origin), cut to 16 bytes. */
void log_id_of(const char *origin, struct log_id *out);

#endif
