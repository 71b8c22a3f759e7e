/*
 * The policy of who asks: how many hubs must vouch for a log. Since when that many do
 * is said by their own clocks: the time of the last of the first k, so that fewer than
 * k wrong clocks cannot make it earlier.
 */
#ifndef TRAC_LOG_POLICY_H
#define TRAC_LOG_POLICY_H

#include "proto/log/cosign.h"

/* Hubs that a policy may want: above, no network would satisfy it. */
#define POLICY_MAX 16
/* What is wanted where nobody says how many. */
#define POLICY_DEFAULT 1

struct policy_word {
	unsigned count;            /* hubs that vouch */
	unsigned of;               /* hubs that could */
	unsigned need;             /* k */
	bool enough;
	int64_t since_s;           /* of the k-th, or of the last when fewer; 0: none vouches */
};

/* k as the settings have it, a number up to POLICY_MAX in digits alone. false: it is not. */
bool policy_read(const char *text, unsigned *need);

/* What the vouches for the log of that origin come to; need: k, 0 asks for none. */
void policy_judge(struct policy_word *out, const struct vouches *v, const struct registry *r,
		  const char *origin, unsigned need);

#endif
