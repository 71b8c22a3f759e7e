/*
 * Union-find: numbers that belong together have one root. Which of them is the
 * root depends on the numbers alone, not on the order of unions.
 */
#ifndef TRAC_LIFE_FOREST_H
#define TRAC_LIFE_FOREST_H

#include <stddef.h>
#include <stdint.h>

/* Each its own root; free() it. NULL: no memory. */
uint32_t *forest_create(size_t count);
uint32_t forest_root(uint32_t *parent, uint32_t at);
/* The smaller root becomes that of both. */
void forest_unite(uint32_t *parent, uint32_t a, uint32_t b);

#endif
