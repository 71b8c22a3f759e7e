/* What is due by time alone, and when the next of it is. */
#include "daemon/core/state.h"

void timers_start(struct core *c)
{
	/* nodes that start together do not greet together */
	c->entropy_ms = c->now_ms + 1 + (int64_t)rng_below(&c->rng, ANTI_ENTROPY_MS);
}

static void ping(struct core *c, struct link *l)
{
	struct gossip *g = core_send(c, l, GOSSIP_PING);

	if (g)
		g->ping.nonce = rng_next(&c->rng);
	l->pinged = true;
}

static void drop_silent(struct core *c, struct link *l)
{
	struct fault f;

	if (l->greeted)
		fault_set(&f, FAULT_UNAVAILABLE, "link: nothing was heard of %s for %d s: it is "
			  "closed", core_name(c, l), DEAD_MS / 1000);
	else
		fault_set(&f, FAULT_PROTOCOL, "link: %s did not greet within %d s: it is closed",
			  core_name(c, l), GREETING_MS / 1000);
	core_drop(c, l, &f);
}

/* When this link is too silent for us. */
static int64_t dead_ms(const struct link *l)
{
	return l->greeted ? l->heard_ms + DEAD_MS : l->since_ms + GREETING_MS;
}

static void tick_link(struct core *c, struct link *l)
{
	if (c->now_ms >= dead_ms(l)) {
		drop_silent(c, l);
		return;
	}
	if (l->greeted && !l->pinged && c->now_ms >= l->heard_ms + PING_MS)
		ping(c, l);
	wants_expire(c, l);
	if (l->summary_due && c->now_ms >= l->summaries_ms + SUMMARY_MS)
		sync_tell(c, l);
}

/* Greets one link again, drawn at random: what was lost on the way is found. */
static void tick_entropy(struct core *c)
{
	const unsigned count = c->links.count;
	const uint64_t first = count ? rng_below(&c->rng, count) : 0;

	c->entropy_ms = c->now_ms + ANTI_ENTROPY_MS;
	for (unsigned i = 0; i < count; i++) {
		struct link *l = c->links.item[(first + i) % count];

		if (l->gone || !l->greeted)
			continue;
		greet_send(c, l);
		fork_retry(c, l);
		return;
	}
}

static void tick_lazy(struct core *c)
{
	c->lazy_ms = NEVER_MS;
	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];

		if (!l->gone && l->greeted && (l->owed_count > 0 || c->forks > 0))
			push_owed(c, l);
	}
}

void timers_tick(struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		if (!c->links.item[i]->gone)
			tick_link(c, c->links.item[i]);
	}
	if (c->now_ms >= c->lazy_ms)
		tick_lazy(c);
	if (c->now_ms >= c->entropy_ms)
		tick_entropy(c);
	if (c->now_ms >= c->retry_ms)
		c->plan_due = true;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t link_next(const struct link *l)
{
	int64_t at_ms = dead_ms(l);

	if (l->greeted && !l->pinged)
		at_ms = earlier(at_ms, l->heard_ms + PING_MS);
	if (l->summary_due)
		at_ms = earlier(at_ms, l->summaries_ms + SUMMARY_MS);
	for (unsigned k = 0; k < WANTS_MAX; k++) {
		if (l->slot[k].used)
			at_ms = earlier(at_ms, link_slot_due(l, &l->slot[k]));
	}
	return at_ms;
}

int64_t timers_next(const struct core *c)
{
	int64_t at_ms = earlier(c->lazy_ms, c->entropy_ms);

	at_ms = earlier(at_ms, c->retry_ms);
	for (unsigned i = 0; i < c->links.count; i++)
		at_ms = earlier(at_ms, link_next(c->links.item[i]));
	return at_ms;
}
