/* Naming devices and entries. */
#include "cli/name.h"

#include <stdio.h>
#include <string.h>

#include "cli/body.h"
#include "cli/json.h"

static const char *text_take(struct buffer *b, char out[NAME_TEXT])
{
	size_t size = b->used < NAME_TEXT ? b->used : NAME_TEXT - 1;
	memcpy(out, b->used ? (const char *)b->data : "", size);
	out[size] = '\0';
	buffer_clear(b);
	return out;
}

const char *life_text(const struct life *l, bool french, char out[NAME_TEXT])
{
	struct buffer b;
	buffer_init(&b, NAME_TEXT - 1);
	life_name(l, french, &b);
	return text_take(&b, out);
}

const char *ident_text(const struct ident *i, bool french, char out[NAME_TEXT])
{
	struct buffer b;
	buffer_init(&b, NAME_TEXT - 1);
	identifier_words(word_label(&trac__identifier_kind__descriptor, i->kind, french), i->value,
			 i->scope, &b);
	return text_take(&b, out);
}

json_t *ident_json(const struct ident *i)
{
	if (!i->value[0])
		return json_null();
	return json_pack("{s:o, s:s, s:o}", "kind",
			 json_text(word_of(&trac__identifier_kind__descriptor, i->kind, false)),
			 "value", i->value, "scope", json_text(i->scope));
}

json_t *life_json_name(const struct life *l)
{
	int at = life_ident(l);
	return at < 0 ? json_null() : ident_json(&l->ident[at]);
}

json_t *entry_json(const struct proved_entry *e)
{
	char reference[REFERENCE_MAX];
	return json_string(bundle_reference(e, reference));
}
