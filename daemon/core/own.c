/*
 * What others know of our own log. A claim to know more than we have signed may
 * be a lie: it delays a signature, once. A head under our own signature is no
 * lie: it stops all signing, since another history may stand behind it.
 */
#include <inttypes.h>

#include "daemon/core/state.h"

/* Each link once, and each member ever more rarely: who only claims and links
 * again and again does not hold us up. A proof of who was shunned is not heard. */
static bool may_delay(struct core *c, struct link *l)
{
	struct log_row *peer = core_peer_row(c, l);

	if (l->claimed)
		return false;
	l->claimed = true;
	if (!peer)
		return true;   /* an address of our settings */
	if (peer->shun_ms > c->now_ms || peer->claim_ms > c->now_ms)
		return false;
	log_claim(peer, c->now_ms);
	return true;
}

void own_claim(struct core *c, struct link *l, uint64_t size)
{
	/* others can know only what we signed: entries not yet published are no answer */
	if (size <= c->logs.row[ROW_OWN].proved || c->quarantine || !may_delay(c, l))
		return;
	if (c->sign_after_ms < c->now_ms + SIGN_FIRST_MS)
		c->sign_after_ms = c->now_ms + SIGN_FIRST_MS;
}

bool own_is_news(const struct core *c, uint64_t size)
{
	return size > c->logs.row[ROW_OWN].seen && !(c->quarantine && size <= c->known_size);
}

void own_weigh(struct core *c, uint64_t size)
{
	c->weighing++;
	c->weighed_size = size;
}

/* A head of ours of that size is proved by our signature. */
static void enter(struct core *c, uint32_t link, uint64_t size)
{
	struct fault f;

	if (c->quarantine && size <= c->known_size)
		return;
	c->known_size = size;
	if (c->quarantine)
		return;   /* the operator knows */
	c->quarantine = true;
	fault_set(&f, FAULT_REFUSED, "own log: others know %" PRIu64 " entries of it under our "
		  "signature, this node has signed %" PRIu64 ": an old copy of the store is "
		  "running, or a second node under this name; nothing is published until the log "
		  "is restored", size, c->logs.row[ROW_OWN].proved);
	core_tell(c, link, &f);
}

void own_changed(struct core *c)
{
	const struct log_row *own = &c->logs.row[ROW_OWN];

	c->weighing = 0;
	if (own->seen > own->proved)
		enter(c, 0, own->seen);
	else if (c->quarantine && own->proved >= c->known_size)
		c->quarantine = false;
}

void own_forked(struct core *c, uint32_t link)
{
	if (c->weighing == 0)
		return;
	c->weighing--;
	enter(c, link, c->weighed_size);
}

void own_rejected(struct core *c)
{
	if (c->weighing > 0)
		c->weighing--;
}
