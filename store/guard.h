/*
 * Rows that nothing else can judge carry eight bytes of a hash over key and value at their
 * end, for the check: what reads them in a running daemon only cuts the bytes off, but for
 * what a hub cosigned last, by which it is judged what it may sign, and for evidence of forks,
 * by which it is judged what counts.
 * Used inside store/ only.
 */
#ifndef TRAC_STORE_GUARD_H
#define TRAC_STORE_GUARD_H

#include <stdbool.h>

#include "proto/wire/bytes.h"

#define GUARD_SIZE 8

/* Writes the bytes behind value.data[value.size]; returns the value with them. */
struct span guard_put(struct span key, uint8_t *value, size_t size);
/* The value without them; an empty one when it is too short. */
struct span guard_cut(struct span value);
bool guard_is_good(struct span key, struct span value);

#endif
