/* From a device to the devices that had its disks. */
#include "store/closure.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/reflect.h"
#include "proto/wire/unpack.h"

/* Media of one closure that are followed: a server has 24. */
#define MEDIA_MAX 32

struct media {
	unsigned count;
	struct ident ident[MEDIA_MAX];
};

struct teller {
	void (*tell)(void *ctx, const struct ident *id);
	void *ctx;
};

static bool is_medium(const Trac__Identifier *i)
{
	return i->kind == TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL ||
	       i->kind == TRAC__IDENTIFIER_KIND__WWN;
}

static void tell_identifier(const struct teller *w, const Trac__Identifier *i)
{
	struct ident id;

	if (!is_medium(i))
		return;
	ident_normalise(i, &id);
	if (!id.junk)
		w->tell(w->ctx, &id);
}

static void tell_medium(const struct teller *w, const Trac__Medium *m)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;

	i.has_kind = true;
	i.kind = TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL;
	i.value = m->serial;
	tell_identifier(w, &i);
	i.kind = TRAC__IDENTIFIER_KIND__WWN;
	i.value = m->wwn;
	tell_identifier(w, &i);
}

void event_media(const Trac__Event *e, void (*tell)(void *ctx, const struct ident *id),
		 void *ctx)
{
	const struct teller w = { tell, ctx };
	const struct kind *k;

	for (size_t i = 0; i < e->n_device && i < EVENT_IDENTIFIERS_MAX; i++)
		tell_identifier(&w, e->device[i]);
	const ProtobufCMessage *body = event_body(e, &k);
	for (unsigned n = 0; body && n < body->descriptor->n_fields; n++) {
		const ProtobufCFieldDescriptor *f = &body->descriptor->fields[n];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		for (size_t i = 0; i < field_count(body, f); i++) {
			const void *m = field_message(body, f, i);
			if (f->descriptor == &trac__identifier__descriptor)
				tell_identifier(&w, m);
			if (f->descriptor == &trac__medium__descriptor)
				tell_medium(&w, m);
		}
	}
}

static void media_take(void *ctx, const struct ident *id)
{
	struct media *m = ctx;

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
			event_media(e, media_take, m);
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
