/*
 * Which identifiers of an event can tie it to others: as proto/life/collect.c
 * takes them.
 */
#include <string.h>

#include "store/closure.h"

struct teller {
	const Trac__Event *event;
	struct txn *txn;
	uint32_t log;
	void (*tell)(void *ctx, const struct ident *id, enum tie tie);
	void *ctx;
};

/* The member of "<network>/<member>[/<epoch>]". */
static void author_of(struct txn *t, uint32_t log, char *name, size_t room)
{
	char origin[ORIGIN_MAX + 1];

	name[0] = '\0';
	const char *from = log_origin(t, log, origin) ? strchr(origin, '/') : NULL;
	size_t size = from ? strcspn(from + 1, "/") : 0;
	if (size == 0 || size >= room)
		return;
	memcpy(name, from + 1, size);
	name[size] = '\0';
}

static void tell_one(const struct teller *w, const Trac__Identifier *i, enum tie tie)
{
	struct ident id;

	ident_normalise(i, &id);
	if (id.junk)
		return;
	/* a workshop's own label, said by that workshop */
	if (id.kind == TRAC__IDENTIFIER_KIND__LABEL && id.scope[0] == '\0') {
		author_of(w->txn, w->log, id.scope, sizeof id.scope);
		id.strength = id.scope[0] ? STRONG : id.strength;
	}
	if (id.strength != WEAK)
		w->tell(w->ctx, &id, tie);
}

static void tell_list(const struct teller *w, Trac__Identifier *const *list, size_t count,
		      size_t max, enum tie tie)
{
	for (size_t i = 0; i < count && i < max; i++)
		tell_one(w, list[i], tie);
}

void event_ties(const Trac__Event *e, struct txn *t, uint32_t log,
		void (*tell)(void *ctx, const struct ident *id, enum tie tie), void *ctx)
{
	const struct teller w = { e, t, log, tell, ctx };

	if (e->body_case == TRAC__EVENT__BODY_IDENTITY_LINKED) {
		if (e->identity_linked->a)
			tell_one(&w, e->identity_linked->a, TIE_LINKED);
		if (e->identity_linked->b)
			tell_one(&w, e->identity_linked->b, TIE_LINKED);
		return;
	}
	tell_list(&w, e->device, e->n_device, EVENT_IDENTIFIERS_MAX, TIE_DEVICE);
	if (e->body_case == TRAC__EVENT__BODY_IDENTIFIED)
		tell_list(&w, e->identified->seen, e->identified->n_seen,
			  EVENT_IDENTIFIERS_MAX, TIE_DEVICE);
	if (e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED)
		tell_list(&w, e->donation_announced->announced,
			  e->donation_announced->n_announced, EVENT_LIST_MAX, TIE_ANNOUNCED);
}
