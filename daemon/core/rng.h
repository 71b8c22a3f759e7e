/*
 * The dice of the core: xoshiro256** (Blackman, Vigna), seeded by splitmix64.
 * Same seed, same numbers. Not for secrets.
 */
#ifndef TRAC_CORE_RNG_H
#define TRAC_CORE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t s[4];
};

/* One step of splitmix64: a well mixed function of x. */
uint64_t rng_mix(uint64_t x);
void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
/* 0 to n - 1; n is not 0. */
uint64_t rng_below(struct rng *r, uint64_t n);

#endif
