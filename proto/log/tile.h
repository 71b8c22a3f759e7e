/*
 * Static pieces of a log as third parties read them: hash tiles, entry bundles
 * and their paths. Source: C2SP tlog-tiles v0.1.0. Pure: a tile is read through
 * a tree_reader, an entry bundle through a function of the caller.
 *
 * A tile of level L holds the roots of perfect subtrees of 256^L leaves. It is
 * full (256 hashes) or, at the right edge, partial (".p/<width>"). Tiles that
 * would be empty do not exist.
 */
#ifndef TRAC_LOG_TILE_H
#define TRAC_LOG_TILE_H

#include "proto/log/tree.h"
#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

#define TILE_WIDTH 256
/* 256^8 leaves are more than a size can say; the format knows 64. */
#define TILE_LEVEL_MAX 63
/* "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255" */
#define TILE_PATH_MAX 64
/* A full entry bundle of entries of the largest size. */
#define TILE_BYTES_MAX (TILE_WIDTH * (ENTRY_SIZE_MAX + 2))

struct tile {
	bool entries;          /* an entry bundle; its level is 0 */
	unsigned level;        /* 0 to TILE_LEVEL_MAX */
	uint64_t number;
	unsigned width;        /* 1 to TILE_WIDTH */
};

/* "tile/0/x001/x234/067", "tile/1/000.p/17", "tile/entries/000": below the log's
 * prefix, without a leading slash. FAULT_INPUT when it is none in canonical form. */
int tile_parse(const char *path, struct tile *out, struct fault *f);
void tile_path(const struct tile *t, char out[TILE_PATH_MAX]);

/* Can it be made of a log of that size? True also of partial tiles that have grown
 * since: who follows an older checkpoint asks for them. */
bool tile_exists(const struct tile *t, uint64_t size);
/* Tiles of a level at that size, the partial one included; 0: none. */
uint64_t tile_count(unsigned level, uint64_t size);
/* The i-th of them, i < tile_count(). */
void tile_at(unsigned level, bool entries, uint64_t i, uint64_t size, struct tile *out);

/* Appends the hashes of a tile that exists. -1: a node cannot be read. */
int tile_hashes(const struct tile *t, const struct tree_reader *r, struct buffer *out);
/*
 * Appends the entries of an entry bundle from its *at-th on, each behind its length in 2
 * bytes, as many as out has room for; *at: the next one, t->width when all are there.
 * entry() gives entry index, borrowed until the next call; -1: it is not there.
 */
int tile_entries(const struct tile *t, unsigned *at,
		 int (*entry)(void *ctx, uint64_t index, struct span *out), void *ctx,
		 struct buffer *out);
/* Takes an entry bundle apart: told of t->width entries. FAULT_INPUT when it holds more,
 * fewer, or is cut. */
int tile_read_entries(const struct tile *t, struct span bytes,
		      int (*tell)(void *ctx, uint64_t index, struct span entry), void *ctx,
		      struct fault *f);

#endif
