/*
 * Telling heads: at once to EAGER_LINKS links, so that news cross the network
 * in few hops; to the others after LAZY_MS, when one message may stand for
 * many. And signing, which is what makes news of the own log.
 */
#include <string.h>

#include "daemon/core/state.h"

/* Of a forked log too: the evidence does not say who holds which branch. */
static bool would_learn(const struct known *k, const struct log_size *ours)
{
	return k->seen < ours->seen || k->held < ours->held || link_lacks_lines(k, ours);
}

/* false: the limits of this link or step are reached. */
static bool tell_head(struct core *c, struct link *l, uint32_t row)
{
	const struct log_size ours = logs_told(&c->logs, row);
	struct known k = link_known(l, row);
	struct core_effect *x;

	/* in quarantine it may be of a history that was never shown to anyone */
	if (row == ROW_OWN && c->quarantine) {
		link_owe(l, row, false);
		return true;
	}
	if (c->heads_left == 0)
		return false;
	if (!link_take(&l->heads_left, &l->heads_ms, c->now_ms, HEADS_RATE, HEADS_BURST))
		return false;
	x = core_effect(c, FX_SEND_HEAD, l->id);
	if (!x)
		return false;
	c->heads_left--;
	x->log = ours.log;
	c->messages_out++;
	if (k.seen <= ours.seen) {
		k.vouched = ours.vouched | (k.seen == ours.seen ? k.vouched : 0);
		k.seen = ours.seen;
	}
	link_learn(l, row, k);
	link_owe(l, row, false);
	return true;
}

static void wake_lazy(struct core *c)
{
	if (c->lazy_ms == NEVER_MS)
		c->lazy_ms = c->now_ms + LAZY_MS;
}

void push_owed(struct core *c, struct link *l)
{
	const struct log_row *theirs = core_peer_row(c, l);
	const uint32_t first = theirs ? (uint32_t)(theirs - c->logs.row) : ROW_NONE;

	if (!fork_push(c, l))
		wake_lazy(c);
	/* before all others the head of its own log: it may be about to sign another */
	if (first < l->rows && l->owed[first] && !tell_head(c, l, first)) {
		wake_lazy(c);
		return;
	}
	for (uint32_t row = 0; row < l->rows && l->owed_count > 0; row++) {
		if (l->owed[row] && !tell_head(c, l, row)) {
			wake_lazy(c);
			return;
		}
	}
}

void push_log(struct core *c, uint32_t row)
{
	const struct log_size ours = logs_told(&c->logs, row);
	const unsigned count = c->links.count;
	unsigned eager = 0;
	uint64_t first;

	if (count == 0)
		return;
	first = rng_below(&c->rng, count);
	for (unsigned i = 0; i < count; i++) {
		struct link *l = c->links.item[(first + i) % count];
		const struct known k = link_known(l, row);

		if (l->gone || !l->greeted || !would_learn(&k, &ours))
			continue;
		if (link_reserve(l, c->logs.count)) {
			c->starved++;
			continue;
		}
		link_owe(l, row, true);
		if (eager < EAGER_LINKS && tell_head(c, l, row))
			eager++;
		else
			wake_lazy(c);
	}
}

void push_lines(struct core *c, uint32_t row)
{
	const struct log_size ours = logs_told(&c->logs, row);

	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];
		const struct known k = link_known(l, row);

		if (l->gone || !l->greeted || !would_learn(&k, &ours))
			continue;
		if (link_reserve(l, c->logs.count)) {
			c->starved++;
			continue;
		}
		link_owe(l, row, true);
		wake_lazy(c);
	}
}

/* --- signing --- */

static bool has_greeted_link(const struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		if (!c->links.item[i]->gone && c->links.item[i]->greeted)
			return true;
	}
	return false;
}

static bool has_all_dials(const struct core *c)
{
	for (unsigned i = 0; i < c->dial_count; i++) {
		if (!c->dial[i].answered)
			return false;
	}
	return true;
}

/* Others ignore the head of a log that the member log does not know. */
static bool is_admitted(const struct core *c)
{
	const struct member *m = registry_by_name(c->registry, c->member);

	/* a log that was closed takes no more: the performer begins the next one */
	return m && member_may_link(m) &&
	       memcmp(m->log.b, c->logs.row[ROW_OWN].id.b, LOG_ID_SIZE) == 0;
}

/* When the first signature after a start may be made. */
static int64_t first_sign_ms(const struct core *c)
{
	if (c->signed_once || has_all_dials(c))
		return c->now_ms;
	return c->first_greeting_ms + SIGN_FIRST_MS;
}

void core_hold(struct core *c, bool held)
{
	c->held = held;
}

int64_t push_sign(struct core *c)
{
	const struct log_row *own = &c->logs.row[ROW_OWN];
	struct core_effect *x;
	int64_t at_ms;

	if (own->held <= own->proved || c->quarantine || c->held || c->weighing > 0 ||
	    !is_admitted(c))
		return NEVER_MS;
	if (!has_greeted_link(c) || own_held_up(c) == NEVER_MS)
		return NEVER_MS;
	at_ms = first_sign_ms(c);
	if (c->signed_once && at_ms < c->sign_ms + SIGN_MS)
		at_ms = c->sign_ms + SIGN_MS;
	if (at_ms < own_held_up(c))
		at_ms = own_held_up(c);
	if (at_ms > c->now_ms)
		return at_ms;
	x = core_effect(c, FX_SIGN, 0);
	if (!x)
		return c->now_ms + SIGN_MS;
	x->log = own->id;
	c->signed_once = true;
	c->sign_ms = c->now_ms;
	/* news in the meantime are signed then */
	return c->now_ms + SIGN_MS;
}
