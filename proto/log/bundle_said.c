/* Which statement of the member log says it: read again, since the registry keeps no sources. */
#include "proto/log/bundle_said.h"

#include <string.h>

#include "proto/wire/unpack.h"

static Trac__Statement *statement_at(const struct opened_bundle *b, size_t i)
{
	const ProtobufCBinaryData *bytes = &b->message->members->entry[i]->bytes;
	struct fault ignored;

	/* it was applied, so it can be read, unless memory is short */
	return unpack(&trac__statement__descriptor, (struct span){ bytes->data, bytes->len },
		      UNPACK_STRICT, &ignored);
}

/* The members of a oneof share their room: only the one that is said may be looked at. */
static const ProtobufCBinaryData *key_in(const Trac__Statement *s)
{
	if (s->body_case == TRAC__STATEMENT__BODY_FOUND)
		return &s->found->authority->sign_key;
	if (s->body_case == TRAC__STATEMENT__BODY_ADMIT)
		return &s->admit->member->sign_key;
	if (s->body_case == TRAC__STATEMENT__BODY_ROTATE)
		return &s->rotate->sign_key;
	if (s->body_case == TRAC__STATEMENT__BODY_SUCCEED)
		return &s->succeed->sign_key;
	return NULL;
}

static bool names_key(const Trac__Statement *s, const void *key)
{
	const ProtobufCBinaryData *named = key_in(s);

	return named && named->len == KEY_SIZE && memcmp(named->data, key, KEY_SIZE) == 0;
}

static bool revokes(const Trac__Statement *s, const void *name)
{
	return s->body_case == TRAC__STATEMENT__BODY_REVOKE && strcmp(s->revoke->name, name) == 0;
}

static bool is_any(const Trac__Statement *s, const void *nothing)
{
	(void)nothing;
	return s != NULL;
}

static bool said_at(const struct opened_bundle *b, size_t i,
		    bool (*is)(const Trac__Statement *, const void *), const void *what,
		    struct said *out)
{
	Trac__Statement *s = statement_at(b, i);
	const bool found = s && is(s, what);

	if (found)
		*out = (struct said){
			.index = i, .time_ms = s->time_ms,
			.reason = s->body_case == TRAC__STATEMENT__BODY_REVOKE ?
				s->revoke->reason : 0,
		};
	unpack_free(s);
	return found;
}

void bundle_last_said(const struct opened_bundle *b, struct said *out)
{
	*out = (struct said){ 0 };
	said_at(b, b->message->members->n_entry - 1, is_any, NULL, out);
}

bool bundle_key_said(const struct opened_bundle *b, const uint8_t key[KEY_SIZE],
		     struct said *out)
{
	for (size_t i = 0; i < b->message->members->n_entry; i++) {
		if (said_at(b, i, names_key, key, out))
			return true;
	}
	return false;
}

bool bundle_revoked_said(const struct opened_bundle *b, const char *name, struct said *out)
{
	for (size_t i = b->message->members->n_entry; i-- > 0;) {
		if (said_at(b, i, revokes, name, out))
			return true;
	}
	return false;
}
