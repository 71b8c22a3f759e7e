/* From a device to the devices that had its disks. */
#include "store/closure.h"

#include <stdlib.h>
#include <string.h>

#include "proto/wire/unpack.h"

/* Media of one closure that are followed: a server has 24. */
#define MEDIA_MAX 32

struct media {
	unsigned count;
	struct ident ident[MEDIA_MAX];
};

static void media_take(void *ctx, const struct ident *id)
{
	struct media *m = ctx;

	if (id->kind != TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL &&
	    id->kind != TRAC__IDENTIFIER_KIND__WWN)
		return;
	for (unsigned i = 0; i < m->count; i++) {
		if (strcmp(m->ident[i].value, id->value) == 0)
			return;
	}
	if (m->count < MEDIA_MAX)
		m->ident[m->count++] = *id;
}

void closure_add_media(struct closure *c, struct index *x, struct txn *t)
{
	struct media *m = calloc(1, sizeof *m);
	const struct position none = { 0 };

	c->own = c->count;
	c->own_wanted = c->wanted_count;
	if (!m) {
		c->failed = true;
		return;
	}
	for (unsigned i = 0; i < c->count; i++) {
		if (c->tied[i].shown)
			continue;
		Trac__Event *e = event_at(t, c->tied[i].at);
		if (e)
			event_idents(e, media_take, m);
		unpack_free(e);
	}
	for (unsigned i = 0; i < m->count && !c->cut && !c->failed; i++) {
		if (c->stop && c->stop(c->stop_ctx, &m->ident[i], none))
			continue;
		closure_add_value(c, x, t, m->ident[i].value);
		closure_run(c, x, t);
		if (c->cut)
			c->large = m->ident[i];
	}
	c->cut = false;
	free(m);
}

unsigned closure_own(const struct closure *c)
{
	return c->own > 0 ? c->own : c->count;
}
