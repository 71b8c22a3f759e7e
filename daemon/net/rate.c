/* How much one peer may send. */
#include "daemon/net/rate.h"

void rate_init(struct rate *r, unsigned per_second, unsigned burst, int64_t now_ms)
{
	*r = (struct rate){ .per_second = per_second, .burst = burst,
			    .thousandths = (uint64_t)burst * 1000, .at_ms = now_ms };
}

bool rate_take(struct rate *r, int64_t now_ms)
{
	const uint64_t full = (uint64_t)r->burst * 1000;
	if (now_ms > r->at_ms) {
		/* a bucket that is empty for burst seconds is full in any case */
		uint64_t passed = (uint64_t)(now_ms - r->at_ms);
		if (passed > full)
			passed = full;
		r->thousandths += passed * r->per_second;
		if (r->thousandths > full)
			r->thousandths = full;
		r->at_ms = now_ms;
	}
	if (r->thousandths < 1000) {
		r->over++;
		return false;
	}
	r->thousandths -= 1000;
	if (r->over > 0)
		r->over--;
	return true;
}

bool rate_is_flooded(const struct rate *r)
{
	return r->over > r->burst;
}
