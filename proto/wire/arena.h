/*
 * Memory of one unpacked message: a block that holds all of it when the peer
 * is honest, a few more when it is not, a budget in any case. Used by unpack.c
 * alone.
 */
#ifndef TRAC_WIRE_ARENA_H
#define TRAC_WIRE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct chunk;

/* In front of what was allocated first, in the same block. */
struct arena {
	struct chunk *more;       /* further blocks, the newest first */
	uint8_t *at;              /* free part of the newest block */
	size_t left;              /* its size */
	size_t budget;            /* what further blocks may take */
	size_t block;             /* size of the newest block */
};

/* A first block of that size, cut to the budget of all blocks. NULL: no memory. */
struct arena *arena_create(size_t block, size_t budget);
void arena_destroy(struct arena *a);

/* Aligned for every type of a message; NULL: over the budget, or no memory. */
void *arena_alloc(struct arena *a, size_t size);

#endif
