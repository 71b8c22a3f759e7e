/*
 * A bare LMDB log for the bench: entries by index, one index by serial, and,
 * when asked, the RFC 6962 tree with a signed head a commit. No checks, no
 * events of a newer version, no growth: what a C loop can do at best.
 */
#ifndef TRAC_BENCH_BARE_H
#define TRAC_BENCH_BARE_H

#include <lmdb.h>
#include <stdbool.h>

#include "tests/bench/measure.h"

#define TILE 256

struct bare {
	MDB_env *env;
	MDB_dbi log, index, tree, heads;
	uint64_t size;               /* entries */
	bool proves;                 /* tree and signature */
	struct sorted *order;        /* keys of a commit, sorted */
	uint8_t tile[TILE][32];      /* leaf hashes of the last tile */
	uint8_t edge[64][32];        /* full subtrees by level */
};

void bare_open(struct bare *b, const char *dir, bool proves);
void bare_close(struct bare *b);
/* One durable transaction. */
void bare_append(struct bare *b, const struct stored_event *event, unsigned count);
/* Copies the entries of that serial behind each other into to; how many. */
unsigned bare_lookup(struct bare *b, const char *serial, uint8_t *to, size_t room, size_t *size);
/* Reads all entries and computes the root; how many. */
uint64_t bare_scan(struct bare *b, uint8_t root[32]);
double bare_file_bytes(struct bare *b);

#endif
