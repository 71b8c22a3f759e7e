/*
 * Quarantine of the own log. A head under our own signature that we do not hold is
 * no lie: another history may stand behind it. So nothing more is signed, what is
 * not signed goes aside, and the log is fetched back; then the rest goes on behind
 * it. The rules stand in core.h, 6; why they are so, in doc/protocol.md.
 */
#include <inttypes.h>

#include "daemon/core/state.h"

bool own_is_news(const struct core *c, uint64_t size)
{
	if (c->forked)
		return false;
	/* in doubt each head tells whether its history is ours, whatever its size; one that
	 * contradicted the tail comes again once the tail is aside */
	if (c->quarantine)
		return c->aside;
	return size > c->logs.row[ROW_OWN].seen;
}

void own_weigh(struct core *c, struct link *l, uint64_t size)
{
	c->weighing++;
	c->weighed_size = size;
	l->weighed = size;
}

/* What was handed over is taken: it is of the history that is held. */
static void note_shown(struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];
		struct dial *d = core_dial(c, l->key);

		if (l->weighed > l->shown)
			l->shown = l->weighed;
		if (d && d->shown < l->shown)
			d->shown = l->shown;
		l->weighed = 0;
	}
}

static void forget_shown(struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++)
		c->links.item[i]->shown = c->links.item[i]->weighed = 0;
	for (unsigned i = 0; i < c->dial_count; i++)
		c->dial[i].shown = 0;
}

static void weighed(struct core *c)
{
	if (c->weighing > 0)
		c->weighing--;
}

/* --- in --- */

static void enter(struct core *c)
{
	c->quarantine = true;
	c->aside = false;
	c->aside_ms = NEVER_MS;
	c->consent = false;
	c->logs.own_hidden = c->logs.dirty = true;
	core_effect(c, FX_ASIDE, 0);
}

void own_undone(struct core *c, enum core_effect_type effect)
{
	const int64_t again_ms = c->now_ms + UNDONE_MS;

	if (effect == FX_SIGN && c->sign_after_ms < again_ms)
		c->sign_after_ms = again_ms;
	if (effect != FX_ASIDE && effect != FX_RESUME)
		return;
	/* a part of it may stand in the own log: all goes aside again first, and who
	 * was content is asked again */
	c->quarantine = true;
	c->aside = false;
	c->aside_ms = again_ms;
	c->logs.own_hidden = c->logs.dirty = true;
}

/* Asks again for what could not be done. Returns when. */
static int64_t put_aside(struct core *c)
{
	if (!c->quarantine || c->aside || c->aside_ms > c->now_ms)
		return c->aside_ms;
	if (!core_effect(c, FX_ASIDE, 0))
		return c->now_ms + SIGN_MS;
	c->aside_ms = NEVER_MS;
	return NEVER_MS;
}

/* It has signed in this run, so it is no old copy: who signed behind that runs beside it.
 * Told apart from the quarantine, which ends before anyone has looked. */
static void tell_second(struct core *c, uint32_t link)
{
	struct fault f;

	fault_set(&f, FAULT_REFUSED, "second node: entries of this node's log were signed elsewhere "
		  "while it ran: another node runs with its keys, and both will sign two histories "
		  "sooner or later; find it and stop it");
	core_tell(c, link, &f);
}

/* A head of ours of that size is proved by our signature. */
static void learn(struct core *c, uint32_t link, uint64_t size)
{
	struct fault f;

	if (c->known_size < size)
		c->known_size = size;
	if (c->quarantine)
		return;   /* the operator knows */
	enter(c);
	fault_set(&f, FAULT_REFUSED, "own log: others know %" PRIu64 " entries of it under our "
		  "signature, this node has signed %" PRIu64 ": an old copy of the store is "
		  "running, or a second node under this name; nothing is published until the log "
		  "is restored", size, c->logs.row[ROW_OWN].proved);
	core_tell(c, link, &f);
	if (c->signed_once)
		tell_second(c, link);
}

void own_start(struct core *c)
{
	if (c->quarantine)
		core_effect(c, FX_ASIDE, 0);
}

/* All links say anew what they know: one of them showed a head that did not fit then. */
static void ask_again(struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		if (!c->links.item[i]->gone && c->links.item[i]->greeted)
			greet_send(c, c->links.item[i]);
	}
}

void own_changed(struct core *c)
{
	struct log_row *own = &c->logs.row[ROW_OWN];

	c->weighing = 0;
	note_shown(c);
	if (own->seen > own->proved)
		learn(c, 0, own->seen);
	if (!c->quarantine || c->aside || !c->started || own->held > own->proved ||
	    c->aside_ms != NEVER_MS)
		return;
	c->aside = true;
	own->unheld = false;
	forget_shown(c);
	wants_forget(c, ROW_OWN);
	ask_again(c);
}

static void end_of_log(struct core *c, uint32_t link)
{
	struct fault f;

	c->forked = true;
	fault_set(&f, FAULT_REFUSED, "own log: it was signed in two histories that part below entry %"
		  PRIu64 ", here and elsewhere: a second node ran under this name; it cannot be "
		  "continued, only begun anew: see trac recover --new-epoch",
		  c->logs.row[ROW_OWN].held + 1);
	core_tell(c, link, &f);
}

void own_stale(struct core *c, struct link *l, bool contradicts)
{
	const bool was_head = c->weighing > 0;
	const uint32_t link = l ? l->id : 0;

	weighed(c);
	if (l)
		l->weighed = 0;
	if (!contradicts || c->forked)
		return;
	/* it may only contradict what nobody has seen: once that is aside, it comes again */
	if (c->logs.row[ROW_OWN].held > c->logs.row[ROW_OWN].proved && !c->aside) {
		if (was_head)
			learn(c, link, c->weighed_size);
		return;
	}
	if (was_head && c->known_size < c->weighed_size)
		c->known_size = c->weighed_size;
	if (!c->quarantine)
		learn(c, link, c->weighed_size);
	end_of_log(c, link);
}

void own_ended(struct core *c)
{
	if (c->forked)
		return;
	if (!c->quarantine)
		enter(c);
	end_of_log(c, 0);
}

void own_rejected(struct core *c, struct link *l)
{
	weighed(c);
	if (l) {
		l->weighed = 0;
		own_disclaim(c, l);
	}
}

/* --- out --- */

bool own_may_fetch(const struct core *c)
{
	return c->quarantine && c->aside && !c->forked;
}

void own_consent(struct core *c)
{
	c->consent = c->quarantine;
	/* outside of quarantine: what was claimed and not proved does not count any more */
	for (unsigned i = 0; i < c->dial_count && !c->quarantine; i++)
		c->dial[i].claim = 0;
	c->sign_after_ms = c->now_ms;
}

/* Is everything here that was ever signed, as far as anyone could prove? */
static bool is_whole(const struct core *c)
{
	const struct log_row *own = &c->logs.row[ROW_OWN], *members = &c->logs.row[ROW_MEMBERS];

	if (own->held > own->proved || own->seen > own->proved || own->proved < c->known_size)
		return false;
	return !c->authority ||
	       (members->seen <= members->proved && members->proved >= c->known_members);
}

int64_t own_settle(struct core *c)
{
	if (!own_may_fetch(c) || c->weighing > 0 || !is_whole(c))
		return put_aside(c);
	if (!own_is_answered(c)) {
		if (c->answer_ms == NEVER_MS)
			return NEVER_MS;
		if (c->sign_after_ms > c->now_ms)
			return c->sign_after_ms;
		if (c->dial_count == 0 && c->answer_ms + ANSWER_MS > c->now_ms)
			return c->answer_ms + ANSWER_MS;
		return NEVER_MS;
	}
	if (!core_effect(c, FX_RESUME, 0))
		return c->now_ms + SIGN_MS;
	c->quarantine = c->aside = c->logs.own_hidden = false;
	c->logs.dirty = true;
	for (unsigned i = 0; i < c->dial_count; i++) {
		if (c->dial[i].claim > c->logs.row[ROW_OWN].proved)
			c->dial[i].claim = 0;   /* consented */
	}
	return NEVER_MS;
}
