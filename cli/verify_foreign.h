/*
 * What trac verify does with logs and notes of anyone, for whom keys are given
 * as vkeys instead of an authority: signed notes and checkpoints, a single
 * tlog-proof, a folder of tiles.
 */
#ifndef TRAC_CLI_VERIFY_FOREIGN_H
#define TRAC_CLI_VERIFY_FOREIGN_H

#include "cli/verb.h"
#include "proto/log/checkpoint.h"

/* A log and its witnesses: notes have no more lines. */
#define VKEYS_MAX NOTE_SIGNATURES_MAX

struct vkeys {
	unsigned count;
	struct verifier key[VKEYS_MAX];
};

/* Takes operand and options of a call with --vkey. */
int verify_foreign(struct context *c, const struct arguments *a, struct fault *f);

/* The keys of --vkey, each as text or as the first line of a file. */
int verify_keys_read(const struct arguments *a, struct vkeys *keys, struct fault *f);

/* Each of the keys must have signed, of several of one name (a log that changed its key) one.
 * Says who did, unless quiet. A witness may be given by its plain key, and cosigns under the
 * other type of it. */
int verify_signatures(struct context *c, const struct note *n, const struct vkeys *keys,
		      struct fault *f);
/* The key among them whose name is the origin and that has a line on n, unchecked;
 * FAULT_UNPROVED. */
int verify_log_key(const struct vkeys *keys, const char *origin, const struct note *n,
		   const struct verifier **out, struct fault *f);

/* FILE.tlog-proof; entry: its file, NULL: FILE.entry beside it. (verify_proof.c) */
int verify_proof(struct context *c, const char *path, struct span file, const char *entry,
		 const struct vkeys *keys, struct fault *f);
/* A folder with checkpoints and tiles. (verify_tiles.c) */
int verify_tiles(struct context *c, const char *dir, const struct vkeys *keys, struct fault *f);

#endif
