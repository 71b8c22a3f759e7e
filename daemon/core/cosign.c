/*
 * Cosigning: a hub vouches for the largest proved head of each log of others, soon
 * after it has proved it, and all pass on which hubs vouch. What may be signed is
 * judged again by the performer, against what was signed last (proto/log/cosign.h).
 */
#include "proto/log/cosign.h"

#include "daemon/core/state.h"

/* Our bit among the cosigners of the registry; 0: we are none. */
static uint64_t own_mark(const struct core *c)
{
	const struct member *self = registry_by_name(c->registry, c->member);

	for (unsigned i = 0; self && i < registry_cosigners(c->registry); i++) {
		if (registry_cosigner(c->registry, i) == self)
			return c->logs.marks & UINT64_C(1) << i;
	}
	return 0;
}

static bool is_live(const struct core *c, uint32_t row)
{
	const struct member *m = registry_by_log(c->registry, &c->logs.row[row].id);

	return row == ROW_MEMBERS || (m && member_may_link(m));
}

/* In quarantine an old copy may be running: it does not know what it has signed. */
static bool is_wanted(const struct core *c, uint32_t row)
{
	const struct log_row *g = &c->logs.row[row];
	const uint64_t mark = own_mark(c);

	if (!c->cosigns || c->quarantine || row == ROW_OWN || g->proved == 0 || mark == 0)
		return false;
	if (g->proved < g->cosigned || g->forked || !is_live(c, row))
		return false;
	/* signed already, in answer to a witness request: the line belongs on the head too */
	if (g->proved == g->cosigned)
		return g->seen == g->proved && !(g->vouched & mark);
	return true;
}

void cosign_log(struct core *c, uint32_t row)
{
	struct log_row *g = &c->logs.row[row];

	if (!c->cosigns || !is_wanted(c, row)) {
		g->cosign_ms = 0;
		return;
	}
	if (g->cosign_ms == 0)
		g->cosign_ms = c->now_ms + COSIGN_MS;
	if (g->cosign_ms < c->cosign_ms)
		c->cosign_ms = g->cosign_ms;
}

/* Those that may have waited for a registry that lists us, or for the end of quarantine. */
void cosign_logs(struct core *c)
{
	for (uint32_t row = 0; c->cosigns && row < c->logs.count; row++)
		cosign_log(c, row);
}

static void cosign(struct core *c, uint32_t row)
{
	struct log_row *g = &c->logs.row[row];
	struct core_effect *x;

	if (!is_wanted(c, row)) {
		g->cosign_ms = 0;
		return;
	}
	x = core_effect(c, FX_COSIGN, 0);
	if (x)
		x->log = g->id;
	/* EV_LOG says how it went; when that is not well, later again */
	g->cosign_ms = c->now_ms + COSIGN_RETRY_MS;
}

/* Nobody has greeted: what we signed before may stand on a head that comes now. */
static int64_t first_ms(const struct core *c)
{
	return c->first_greeting_ms == NEVER_MS ? NEVER_MS : c->first_greeting_ms + COSIGN_MS;
}

bool core_may_cosign(const struct core *c, int64_t now_ms)
{
	return c->cosigns && !c->quarantine && now_ms >= first_ms(c);
}

int64_t cosign_plan(struct core *c)
{
	if (c->cosign_waits && !c->quarantine)
		cosign_logs(c);
	c->cosign_waits = c->quarantine;
	if (c->now_ms < c->cosign_ms)
		return c->cosign_ms;
	if (c->now_ms < first_ms(c))
		return first_ms(c);
	c->cosign_ms = NEVER_MS;
	for (uint32_t row = 0; row < c->logs.count; row++) {
		struct log_row *g = &c->logs.row[row];

		if (g->cosign_ms > 0 && g->cosign_ms <= c->now_ms)
			cosign(c, row);
		if (g->cosign_ms > 0 && g->cosign_ms < c->cosign_ms)
			c->cosign_ms = g->cosign_ms;
	}
	return c->cosign_ms;
}
