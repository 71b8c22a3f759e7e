/*
 * What others say they know of our own log. To know more than we have signed may
 * be a lie, so it only holds up the next signature. A configured address is one
 * that the operator chose: it is waited for until it proves what it says, takes it
 * back, or the operator consents. Another member is waited for a little, and ever
 * more rarely.
 */
#include <inttypes.h>
#include <string.h>

#include "daemon/core/state.h"

struct dial *core_dial(struct core *c, const uint8_t key[LINK_KEY_SIZE])
{
	for (unsigned i = 0; i < c->dial_count; i++) {
		if (memcmp(c->dial[i].key, key, LINK_KEY_SIZE) == 0)
			return &c->dial[i];
	}
	return NULL;
}

void core_set_dials(struct core *c, const uint8_t (*key)[LINK_KEY_SIZE], unsigned count)
{
	struct dial fresh[DIALS_MAX];
	unsigned used = 0;

	for (unsigned i = 0; i < count && used < DIALS_MAX; i++) {
		const struct dial *old = core_dial(c, key[i]);

		fresh[used] = old ? *old : (struct dial){ .answered = false };
		memcpy(fresh[used++].key, key[i], LINK_KEY_SIZE);
	}
	memcpy(c->dial, fresh, used * sizeof *fresh);
	c->dial_count = used;
}

/* --- claims --- */

/* A proof of who was shunned is not heard. */
static bool may_hold_up(struct core *c, const struct link *l)
{
	struct log_row *peer = core_peer_row(c, l);

	if (!peer)
		return false;   /* no member: nobody we would publish to */
	if (peer->shun_ms > c->now_ms || peer->claim_ms > c->now_ms)
		return false;
	log_claim(peer, c->now_ms);
	return true;
}

void own_claim(struct core *c, struct link *l, uint64_t size)
{
	const uint64_t before = l->claim;
	struct dial *d = core_dial(c, l->key);

	l->claim = size;
	if (d) {
		if (size > c->logs.row[ROW_OWN].proved && d->claim != size)
			d->since_ms = c->now_ms;
		d->claim = size;
	}
	/* others can know only what we signed: entries not yet published are no answer */
	if (d || c->quarantine || size <= c->logs.row[ROW_OWN].proved ||
	    before > c->logs.row[ROW_OWN].proved)
		return;
	if (may_hold_up(c, l) && c->sign_after_ms < c->now_ms + PROVE_MS)
		c->sign_after_ms = c->now_ms + PROVE_MS;
}

void own_disclaim(struct core *c, struct link *l)
{
	struct dial *d = core_dial(c, l->key);

	l->claim = 0;
	if (!d)
		return;
	d->claim = 0;
	d->answered = false;
}

#define TWIN "own log: linked twice: "
#define CLAIM "own log: not shown: "

/* After a power cut the link of before stands at the other side until it is missed. */
static void tell_twin(struct core *c, const struct link *l)
{
	struct fault f;

	if (l->twin == TWIN_BEFORE)
		fault_set(&f, FAULT_REFUSED, TWIN "%s has an earlier link under this name and key, so "
			  "nothing is published: when it is one of this node, from before it was "
			  "started again, it ends by itself within %d s; otherwise another node "
			  "runs with these keys: stop one of the two", core_name(c, l),
			  DEAD_MS / 1000);
	else
		fault_set(&f, FAULT_REFUSED, TWIN "%s has a later link under this name and key: another "
			  "node runs with these keys; stop one of the two", core_name(c, l));
	core_tell_about(c, l->id, TWIN, &f);
	c->twin_told = true;
}

void own_greeted(struct core *c, struct link *l, const struct gossip *g)
{
	struct dial *d = core_dial(c, l->key);

	l->instance = g->greeting.instance;
	l->twin = g->greeting.twin;
	if (l->twin != TWIN_NONE)
		tell_twin(c, l);
	if (d) {
		d->answered = true;
		d->members = g->greeting.members_size;
	}
	if (c->answer_ms == NEVER_MS && (d || core_member(c, l)))
		c->answer_ms = c->now_ms;
	own_claim(c, l, g->greeting.your_size);
}

/* --- two of one name --- */

unsigned core_twin(const struct core *c, const struct link *l)
{
	unsigned twin = TWIN_NONE;

	for (unsigned i = 0; i < c->links.count; i++) {
		const struct link *o = c->links.item[i];

		if (o == l || o->gone || !o->greeted || !o->instance || !l->instance ||
		    o->instance == l->instance || memcmp(o->key, l->key, LINK_KEY_SIZE) != 0)
			continue;
		if (o->since_ms < l->since_ms || (o->since_ms == l->since_ms && o->id < l->id))
			return TWIN_BEFORE;
		twin = TWIN_AFTER;
	}
	return twin;
}

/* A member whom nobody chose might say it for ever. */
static bool is_second(const struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		const struct link *l = c->links.item[i];

		if (!l->gone && l->twin == TWIN_BEFORE && core_dial((struct core *)c, l->key))
			return true;
	}
	return false;
}

/* --- what follows --- */

int64_t own_held_up(const struct core *c)
{
	const uint64_t seen = c->logs.row[ROW_OWN].seen;

	if (is_second(c))
		return NEVER_MS;
	for (unsigned i = 0; i < c->dial_count; i++) {
		if (c->dial[i].claim > seen)
			return NEVER_MS;
	}
	return c->sign_after_ms;
}

static bool is_content(const struct core *c, const struct dial *d)
{
	/* of no history that differs from ours below what it knows */
	return d->answered && d->claim <= c->logs.row[ROW_OWN].proved && d->shown >= d->claim &&
	       (!c->authority || d->members <= c->logs.row[ROW_MEMBERS].proved);
}

/* Without addresses in the settings, somebody who came. */
static bool has_content_link(const struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		const struct link *l = c->links.item[i];

		if (!l->gone && l->greeted && l->claim <= c->logs.row[ROW_OWN].proved &&
		    l->shown >= l->claim)
			return true;
	}
	return false;
}

bool own_is_answered(const struct core *c)
{
	if (is_second(c) || c->answer_ms == NEVER_MS)
		return false;
	if (c->consent)
		return true;
	if (c->sign_after_ms > c->now_ms)
		return false;
	for (unsigned i = 0; i < c->dial_count; i++) {
		if (!is_content(c, &c->dial[i]))
			return false;
	}
	return c->dial_count > 0 ||
	       (c->now_ms >= c->answer_ms + ANSWER_MS && has_content_link(c));
}

static void tell_claim(struct core *c, const struct dial *d)
{
	const struct member *m = registry_by_link_key(c->registry, d->key);
	struct fault f;

	fault_set(&f, FAULT_UNAVAILABLE, CLAIM "%s says it knows %" PRIu64 " entries of it and does "
		  "not show them, this node has signed %" PRIu64 ": nothing is published until it "
		  "does; take it out of the settings, or see trac recover",
		  m ? m->name : "a configured address", d->claim, c->logs.row[ROW_OWN].proved);
	core_tell_about(c, 0, CLAIM, &f);
	c->claim_told = true;
}

static bool has_twin(const struct core *c)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		if (!c->links.item[i]->gone && c->links.item[i]->twin != TWIN_NONE)
			return true;
	}
	return false;
}

static void calm(struct core *c, bool claimed)
{
	if (c->twin_told && !has_twin(c)) {
		c->twin_told = false;
		core_calm(c, TWIN);
	}
	if (c->claim_told && !claimed) {
		c->claim_told = false;
		core_calm(c, CLAIM);
	}
}

int64_t own_watch(struct core *c)
{
	int64_t next_ms = NEVER_MS;
	bool claimed = false;

	for (unsigned i = 0; i < c->dial_count; i++) {
		const struct dial *d = &c->dial[i];
		const int64_t due_ms = d->since_ms + PROVE_MS;

		if (c->quarantine || d->claim <= c->logs.row[ROW_OWN].seen)
			continue;
		claimed = true;
		if (due_ms <= c->now_ms)
			tell_claim(c, d);
		else if (due_ms < next_ms)
			next_ms = due_ms;
	}
	calm(c, claimed);
	return next_ms;
}
