/* What the authority's node does with a petition that came over the network. */
#include <string.h>

#include "proto/log/request.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* The member log itself remembers, so that no restart and no crash forgets. */
static unsigned admitted_lately(const struct registry *r, const char *hub, int64_t now_ms)
{
	unsigned count = 0;

	for (unsigned i = 0; i < registry_count(r); i++) {
		const struct member *m = registry_member(r, i);

		count += !strcmp(m->by, hub) && m->admitted_ms > now_ms - DAY_MS;
	}
	return count;
}

/* Who did not hear the answer asks again. */
static bool is_done(const struct registry *r, const struct petition *p)
{
	const struct member *m = registry_by_name(r, p->member.name);

	return m && member_may_link(m) && !strcmp(m->by, p->hub) &&
	       !memcmp(m->key.key, p->member.key.key, KEY_SIZE);
}

static int judge(const struct registry *r, const struct petition *p, int64_t now_ms,
		 struct buffer *statement, struct fault *f)
{
	if (is_done(r, p))
		return 0;
	if (petition_admit(statement, p, now_ms, f) ||
	    registry_check(r, (struct span){ statement->data, statement->used }, f))
		return -1;
	if (admitted_lately(r, p->hub, now_ms) >= PETITIONS_A_DAY)
		return fault_set(f, FAULT_BUSY, "hub \"%s\" has had %d workshops admitted within 24 "
				 "hours, the most it can by itself: it is asked again later; the "
				 "authority's operator can admit more by their requests", p->hub,
				 PETITIONS_A_DAY);
	return 0;
}

int petition_judge(const struct registry *r, const char *from, struct span note, int64_t now_ms,
		   struct petition *p, struct buffer *statement, struct fault *f)
{
	char network[NETWORK_MAX + 1];

	buffer_reset(statement);
	if (petition_open(note, network, p, f))
		return -1;
	if (strcmp(network, registry_network(r)))
		return fault_set(f, FAULT_REFUSED, "the petition is for the network %s, this is %s",
				 network, registry_network(r));
	if (strcmp(p->hub, from))
		return fault_set(f, FAULT_REFUSED, "\"%s\" sent a petition of \"%s\": a hub sends its "
				 "own", from, p->hub);
	if (judge(r, p, now_ms, statement, f)) {
		buffer_reset(statement);
		return -1;
	}
	return 0;
}
