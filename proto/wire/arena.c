/* Memory of one unpacked message, freed in one call. */
#include "proto/wire/arena.h"

#include <stdbool.h>
#include <stdlib.h>

#define ALIGNMENT sizeof(uint64_t)

struct chunk {
	struct chunk *next;       /* older, larger ones last */
};

static size_t arena_round(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

struct arena *arena_create(size_t block, size_t budget)
{
	block = arena_round(block);
	if (block > budget)
		block = budget;
	struct arena *a = malloc(sizeof *a + block);
	if (!a)
		return NULL;
	*a = (struct arena){
		.at = (uint8_t *)(a + 1),
		.left = block,
		.budget = budget - block,
		.block = block,
	};
	return a;
}

static bool arena_extend(struct arena *a, size_t size)
{
	size_t block = 2 * a->block;
	if (block < size)
		block = size;
	if (block > a->budget)
		block = a->budget;
	if (block < size)
		return false;
	struct chunk *c = malloc(sizeof *c + block);
	if (!c)
		return false;
	c->next = a->more;
	a->more = c;
	a->at = (uint8_t *)(c + 1);
	a->left = block;
	a->block = block;
	a->budget -= block;
	return true;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size = arena_round(size);
	if (size > a->left && !arena_extend(a, size))
		return NULL;
	void *at = a->at;
	a->at += size;
	a->left -= size;
	return at;
}

void arena_destroy(struct arena *a)
{
	struct chunk *c = a->more;
	while (c) {
		struct chunk *next = c->next;
		free(c);
		c = next;
	}
	free(a);
}
