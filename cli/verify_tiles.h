/*
 * A folder of tiles being verified: what its parts share. Tiles are proved from
 * the signed root down, each against its parent, so that a damaged one is named;
 * of each level above the lowest the hashes are kept, 1/256 of those below.
 */
#ifndef TRAC_CLI_VERIFY_TILES_H
#define TRAC_CLI_VERIFY_TILES_H

#include <limits.h>

#include "cli/progress.h"
#include "cli/verify_foreign.h"
#include "proto/log/tile.h"

/* Of a log of 2^32 entries the level above the lowest takes 512 MiB: what a machine has. */
#define TILED_SIZE_MAX (UINT64_C(1) << 32)
#define TILED_LEVELS 5
/* A head a minute for a month. */
#define TILED_HEADS_MAX 50000

/* A checkpoint of the folder, whose signature has been checked. */
struct tiled_head {
	char name[NAME_MAX + 1];
	struct checkpoint checkpoint;
};

struct tiled {
	struct context *c;
	const char *dir;
	const struct vkeys *keys;
	unsigned count;
	struct tiled_head *head;            /* owned; by size once all are read */
	uint64_t size;                      /* of the largest */
	struct buffer level[TILED_LEVELS];  /* proved hashes; level[0]: of one tile only */
	struct buffer bytes;                /* of the file at hand */
	struct progress progress;
	bool has_entries;
	struct frontier now;                /* of the leaves met so far */
	unsigned next;                      /* the first head beyond them */
	uint64_t tiles, bundles, others, beyond;  /* proved, proved, proved, of no head */
};

/* A file below dir into t->bytes; 1: there is none. */
int tiled_read(struct tiled *t, const char *name, struct fault *f);
/* The hashes of a tile of the largest head; borrowed until the next file is read. */
int tiled_hashes(struct tiled *t, const struct tile *tile, struct span *out, struct fault *f);
/* Is the bundle in t->bytes made of the leaves hash[0..tile->width)? */
int tiled_check_bundle(struct tiled *t, const struct tile *tile, const uint8_t *hash,
		       struct fault *f);

/* --- verify_folder.c --- */

/* Reads all checkpoints: signed, one log. FAULT_UNPROVED. */
int tiled_read_heads(struct tiled *t, struct fault *f);
/* Every file below tile/ that no head needs: older widths must agree with what is proved, the
 * others are counted as beyond or refused. */
int tiled_check_others(struct tiled *t, struct fault *f);

#endif
