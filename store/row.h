/*
 * Keys of rows: big-endian, so that the rows of a log lie together in order.
 * A log takes 3 bytes and an index 5: four thousand members with a million
 * million events each, in a key of 8 bytes. Used inside store/ only.
 */
#ifndef TRAC_STORE_ROW_H
#define TRAC_STORE_ROW_H

#include <stdint.h>

#include "proto/wire/bytes.h"

#define LOG_NUMBER_MAX 0xffffffu
#define ENTRY_INDEX_MAX (((uint64_t)1 << 40) - 1)

#define ENTRY_KEY_SIZE 8

static inline void put_u24(uint8_t *to, uint32_t v)
{
	to[0] = (uint8_t)(v >> 16);
	to[1] = (uint8_t)(v >> 8);
	to[2] = (uint8_t)v;
}

static inline uint32_t get_u24(const uint8_t *from)
{
	return (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
}

static inline void put_u40(uint8_t *to, uint64_t v)
{
	to[0] = (uint8_t)(v >> 32);
	put_u32(to + 1, (uint32_t)v);
}

static inline uint64_t get_u40(const uint8_t *from)
{
	return (uint64_t)from[0] << 32 | get_u32(from + 1);
}

static inline void entry_key(uint8_t to[ENTRY_KEY_SIZE], uint32_t log, uint64_t index)
{
	put_u24(to, log);
	put_u40(to + 3, index);
}

/* A letter and a log: 'n' of TABLE_LOGS, 'i', 'g' and 'c' (reach.h) of TABLE_META. */
static inline struct span log_key(uint8_t to[4], char letter, uint32_t log)
{
	to[0] = (uint8_t)letter;
	put_u24(to + 1, log);
	return (struct span){ to, 4 };
}

#endif
