/*
 * Letters: from member to member about one file or petition. A hub passes a letter on when
 * its sender is the member at the other end of the link, to the link of the
 * member it is for: one hop, so that nothing goes in circles, nothing is kept
 * for those who are away, and who floods is known. What is in it and whether it
 * is true is for the member that it is addressed to.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/core/state.h"

static bool knows_letters(const struct link *l)
{
	return l->letters || l->letters_out < LETTERS_UNANSWERED_MAX;
}

/* The open link of that member; NULL when there is none. */
static struct link *link_of(const struct core *c, const char *member)
{
	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];
		const struct member *m = l->gone || !l->greeted ? NULL : core_member(c, l);

		if (m && member_may_link(m) && !strcmp(m->name, member))
			return l;
	}
	return NULL;
}

static bool is_hub(const struct member *m)
{
	return m && member_may_link(m) &&
	       (m->role == TRAC__ROLE__HUB || m->role == TRAC__ROLE__AUTHORITY);
}

/* The sender learns at once that there is no way: nothing is queued. */
static void refuse(struct core *c, struct link *l, const struct gossip *g)
{
	struct gossip *no;

	if (g->letter.kind != LETTER_REQUEST && g->letter.kind != LETTER_PETITION)
		return;
	no = core_send(c, l, GOSSIP_LETTER);
	if (!no)
		return;
	no->letter.kind = LETTER_REFUSAL;
	no->letter.code = LETTER_NO_ROUTE;
	memcpy(no->letter.from, c->member, sizeof no->letter.from);
	memcpy(no->letter.to, g->letter.from, sizeof no->letter.to);
	memcpy(no->letter.sha256, g->letter.sha256, sizeof no->letter.sha256);
	no->letter.nonce = g->letter.nonce;
	no->letter.offset = g->letter.offset;
}

static void relay(struct core *c, struct link *l, const struct gossip *g)
{
	struct link *next = link_of(c, g->letter.to);
	struct core_effect *x;

	if (!next || next == l || !knows_letters(next)) {
		refuse(c, l, g);
		return;
	}
	x = core_effect(c, FX_SEND, next->id);
	if (!x)
		return;
	x->message = g;
	next->letters_out++;
	c->messages_out++;
}

void letters_take(struct core *c, struct link *l, const struct gossip *g)
{
	const struct member *peer = core_member(c, l);
	struct core_effect *x;

	l->letters = true;
	if (!peer || !link_take(&l->letters_left, &l->letters_ms, c->now_ms, LETTERS_RATE,
				LETTERS_RATE)) {
		c->ignored++;
		return;
	}
	if (strcmp(g->letter.to, c->member) == 0) {
		x = core_effect(c, FX_LETTER, l->id);
		if (x)
			x->message = g;
	} else if (strcmp(g->letter.from, peer->name) == 0 &&
		   is_hub(registry_by_name(c->registry, c->member))) {
		relay(c, l, g);
	} else {
		c->ignored++;
	}
}

unsigned core_routes(const struct core *c, const char *member, uint32_t *link, unsigned room)
{
	const struct link *direct = link_of(c, member);
	unsigned count = 0;

	if (direct && knows_letters(direct) && room > 0)
		link[count++] = direct->id;
	for (unsigned i = 0; i < c->links.count && count < room; i++) {
		const struct link *l = c->links.item[i];

		if (l != direct && !l->gone && l->greeted && is_hub(core_member(c, l)) &&
		    knows_letters(l))
			link[count++] = l->id;
	}
	return count;
}

void core_letter_sent(struct core *c, uint32_t link)
{
	struct link *l = links_find(&c->links, link);

	if (l)
		l->letters_out++;
}
