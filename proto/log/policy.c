/* Policies: k of n hubs. */
#include "proto/log/policy.h"

#include <string.h>

bool policy_read(const char *text, unsigned *need)
{
	const size_t digits = strspn(text, "0123456789");
	unsigned k = 0;

	if (digits == 0 || text[digits] != '\0')
		return false;
	for (size_t i = 0; i < digits && k <= POLICY_MAX; i++)
		k = 10 * k + (unsigned)(text[i] - '0');
	if (k > POLICY_MAX)
		return false;
	*need = k;
	return true;
}

void policy_judge(struct policy_word *out, const struct vouches *v, const struct registry *r,
		  const char *origin, unsigned need)
{
	const struct span log = { (const uint8_t *)origin, strlen(origin) };
	const unsigned last = need > 0 && need < v->count ? need : v->count;

	*out = (struct policy_word){ .count = v->count, .need = need };
	for (unsigned i = 0; i < registry_cosigners(r); i++) {
		const struct member *m = registry_cosigner(r, i);

		if (member_may_link(m) && !cosign_is_author(m, log))
			out->of++;
	}
	out->enough = v->count >= need;
	if (last > 0)
		out->since_s = v->vouch[need > 0 ? last - 1 : 0].time_s;
}
