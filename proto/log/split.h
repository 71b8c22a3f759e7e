/* The split of RFC 6962, which producers and verifiers share. */
#ifndef TRAC_LOG_SPLIT_H
#define TRAC_LOG_SPLIT_H

#include <assert.h>
#include <stdint.h>

/* RFC 6962 2.1: "let k be the largest power of two smaller than n"; n > 1. */
static inline uint64_t split_of(uint64_t n)
{
	assert(n > 1);
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

#endif
