/* Union-find with path halving. */
#include "proto/life/forest.h"

#include <stdlib.h>

uint32_t *forest_create(size_t count)
{
	uint32_t *parent = calloc(count + 1, sizeof *parent);
	for (size_t i = 0; parent && i < count; i++)
		parent[i] = (uint32_t)i;
	return parent;
}

uint32_t forest_root(uint32_t *parent, uint32_t at)
{
	while (parent[at] != at) {
		parent[at] = parent[parent[at]];
		at = parent[at];
	}
	return at;
}

void forest_unite(uint32_t *parent, uint32_t a, uint32_t b)
{
	uint32_t x = forest_root(parent, a), y = forest_root(parent, b);
	if (x < y)
		parent[y] = x;
	else
		parent[x] = y;
}
