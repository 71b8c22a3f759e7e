/* The keys under which an event must be found. */
#include <string.h>

#include "proto/life/ident.h"
#include "proto/life/kind.h"
#include "proto/life/reflect.h"

#define REPORT_SIZE 32     /* SHA-256 */

/* --- identifiers --- */

struct naming {
	void (*tell)(void *ctx, const struct ident *id);
	void *ctx;
};

static void name_identifier(const struct naming *n, const Trac__Identifier *i)
{
	struct ident id;
	ident_normalise(i, &id);
	if (!id.junk)
		n->tell(n->ctx, &id);
}

static void name_value(const struct naming *n, Trac__IdentifierKind kind, char *value)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	if (!value)
		return;
	i.kind = kind;
	i.value = value;
	name_identifier(n, &i);
}

static void name_medium(const struct naming *n, const Trac__Medium *m)
{
	name_value(n, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, m->serial);
	name_value(n, TRAC__IDENTIFIER_KIND__WWN, m->wwn);
}

/* By type, so that an identifier in a new field of a body is found without a change here. */
static void name_body(const struct naming *n, const ProtobufCMessage *body)
{
	for (unsigned k = 0; k < body->descriptor->n_fields; k++) {
		const ProtobufCFieldDescriptor *f = &body->descriptor->fields[k];
		if (f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		for (size_t i = 0; i < field_count(body, f); i++) {
			const void *m = field_message(body, f, i);
			if (f->descriptor == &trac__identifier__descriptor)
				name_identifier(n, m);
			if (f->descriptor == &trac__medium__descriptor)
				name_medium(n, m);
			if (f->descriptor == &trac__part__descriptor)
				name_value(n, TRAC__IDENTIFIER_KIND__PART_SERIAL,
					   ((const Trac__Part *)m)->serial);
		}
	}
}

void event_idents(const Trac__Event *e, void (*tell)(void *ctx, const struct ident *id),
		  void *ctx)
{
	const struct naming n = { tell, ctx };
	const struct kind *k;
	for (size_t i = 0; i < e->n_device; i++)
		name_identifier(&n, e->device[i]);
	const ProtobufCMessage *body = event_body(e, &k);
	if (body)
		name_body(&n, body);
}

/* --- other keys --- */

struct teller {
	void (*tell)(void *ctx, enum event_key type, const void *key, size_t size);
	void *ctx;
	enum event_key type;       /* of identifiers */
};

static void tell_ident(void *ctx, const struct ident *id)
{
	const struct teller *t = ctx;
	t->tell(t->ctx, t->type, id->value, strlen(id->value));
}

#define SIREN_SIZE 9
#define SIRET_SIZE 14

/* A donor or a lot. */
static void tell_name(const struct teller *t, enum event_key type, const char *name)
{
	char key[TEXT_MAX + 1];
	if (!name)
		return;
	ident_scope(name, key);
	if (key[0] != '\0')
		t->tell(t->ctx, type, key, strlen(key));
}

/* The establishment that gave, and the company or body that it is one of: a SIRET begins
 * with the SIREN. */
static void tell_donor(const struct teller *t, const char *donor)
{
	char siren[SIREN_SIZE + 1] = "";
	tell_name(t, KEY_DONOR, donor);
	if (!donor || strlen(donor) != SIRET_SIZE || strspn(donor, "0123456789") != SIRET_SIZE)
		return;
	memcpy(siren, donor, SIREN_SIZE);
	tell_name(t, KEY_DONOR, siren);
}

static const char *donor_of(const Trac__Event *e)
{
	if (e->body_case == TRAC__EVENT__BODY_RECEIVED)
		return e->received->donor;
	if (e->body_case == TRAC__EVENT__BODY_COLLECTED)
		return e->collected->donor;
	if (e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED)
		return e->donation_announced->donor;
	return NULL;
}

static void tell_reports(const struct teller *t, const Trac__Event *e)
{
	const ProtobufCBinaryData *own = &e->data_erased->certificate_sha256;
	if (own->len == REPORT_SIZE)
		t->tell(t->ctx, KEY_REPORT, own->data, REPORT_SIZE);
	for (size_t i = 0; i < e->n_attachment && i < EVENT_ATTACHMENTS_MAX; i++) {
		const ProtobufCBinaryData *b = &e->attachment[i]->sha256;
		/* importers cite the report as both */
		if (b->len == REPORT_SIZE && (own->len != REPORT_SIZE
					      || memcmp(b->data, own->data, REPORT_SIZE) != 0))
			t->tell(t->ctx, KEY_REPORT, b->data, REPORT_SIZE);
	}
}

void event_keys(const Trac__Event *e,
		void (*tell)(void *ctx, enum event_key type, const void *key, size_t size),
		void *ctx)
{
	struct teller t = { tell, ctx, KEY_VALUE };
	const struct naming n = { tell_ident, &t };
	if (e->has_id && e->id.len == EVENT_ID_SIZE)
		tell(ctx, KEY_EVENT, e->id.data, EVENT_ID_SIZE);
	for (size_t i = 0; i < e->n_device; i++)
		name_identifier(&n, e->device[i]);
	tell_name(&t, KEY_LOT, e->lot);
	const struct kind *k;
	const ProtobufCMessage *body = event_body(e, &k);
	if (!body)
		return;
	if (e->body_case == TRAC__EVENT__BODY_CORRECTED
	    && e->corrected->has_target && e->corrected->target.len == EVENT_ID_SIZE)
		tell(ctx, KEY_TARGET, e->corrected->target.data, EVENT_ID_SIZE);
	tell_donor(&t, donor_of(e));
	if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED)
		tell_reports(&t, e);
	if (e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED)
		t.type = KEY_ANNOUNCED;
	name_body(&n, body);
}
