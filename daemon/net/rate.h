/* A token bucket: rate a second, at most burst at once. Time is handed in. */
#ifndef TRAC_NET_RATE_H
#define TRAC_NET_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
	unsigned per_second, burst;
	uint64_t thousandths;          /* tokens, times 1,000 */
	int64_t at_ms;
	unsigned over;                 /* refused, less one for each one granted */
};

/* Starts full. */
void rate_init(struct rate *r, unsigned per_second, unsigned burst, int64_t now_ms);
/* May one more pass? */
bool rate_take(struct rate *r, int64_t now_ms);
/* A whole burst more than allowed was refused. */
bool rate_is_flooded(const struct rate *r);

#endif
