/* What the core tells of itself, and whom it would dial. Nothing changes here. */
#include "daemon/core/core.h"

#include <assert.h>
#include <string.h>

#include "daemon/core/state.h"

bool core_link(const struct core *c, unsigned i, struct core_link *out)
{
	const struct link *l;

	if (i >= c->links.count)
		return false;
	l = c->links.item[i];
	*out = (struct core_link){
		.link = l->id,
		.inbound = l->inbound,
		.greeted = l->greeted,
		.member = core_member(c, l),
		.since_ms = l->since_ms,
		.frames_in = l->frames_in,
		.frames_out = l->frames_out,
		.faults = l->faults,
	};
	memcpy(out->last_fault, l->last_fault, sizeof out->last_fault);
	return true;
}

void core_counts(const struct core *c, struct core_counts *out)
{
	*out = (struct core_counts){
		.links = c->links.count,
		.messages_in = c->messages_in,
		.messages_out = c->messages_out,
		.frames_taken = c->frames_taken,
		.frames_served = c->frames_served,
		.heads_taken = c->heads_taken,
		.rejected = c->rejected,
		.stale = c->stale,
		.missing = logs_missing(&c->logs),
		.quarantine = c->quarantine,
		.forked = c->forked,
		.answers_due = c->dial_count,
		.own_known = c->known_size > c->logs.row[ROW_OWN].seen ? c->known_size :
			     c->logs.row[ROW_OWN].seen,
	};
	for (unsigned i = 0; i < c->dial_count; i++)
		out->answers += c->dial[i].answered;
}

uint64_t core_published(const struct core *c)
{
	return c->logs.row[ROW_OWN].proved;
}

/* A hub's place in our dialling order: every node draws another one, which
 * stays the same when hubs come and go. */
static uint64_t draw(const struct core *c, const struct member *m)
{
	return rng_mix(c->seed ^ get_u64(m->log.b));
}

static bool may_dial(const struct core *c, const struct member *m)
{
	return m->role == TRAC__ROLE__HUB && m->address_count > 0 && member_may_link(m)
		&& strcmp(m->name, c->member) != 0;
}

unsigned core_dials(const struct core *c, const struct member **out, unsigned room)
{
	const unsigned most = room < c->dial_members ? room : c->dial_members;
	unsigned n = 0;

	for (unsigned i = 0; i < registry_count(c->registry); i++) {
		const struct member *m = registry_member(c->registry, i);
		unsigned at;

		if (!may_dial(c, m))
			continue;
		/* keep the best, highest draw first */
		for (at = n; at > 0 && draw(c, out[at - 1]) < draw(c, m); at--) {
			if (at < most)
				out[at] = out[at - 1];
		}
		if (at < most)
			out[at] = m;
		if (n < most)
			n++;
	}
	return n;
}
