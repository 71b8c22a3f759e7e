/* Bodies of events, shown by their descriptors: no field is listed here twice. */
#include "cli/body.h"

#include <string.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "proto/life/reflect.h"

/* Values of a list that are shown; the rest is counted. */
#define SHOWN_MAX 4
#define HEX_SHOWN 4

static bool ends_in(const char *name, const char *end)
{
	size_t size = strlen(name), tail = strlen(end);
	return size >= tail && !strcmp(name + size - tail, end);
}

/* The unit that a field's name ends in, as printed after the number. */
static const char *unit_of(const char *name)
{
	static const struct { const char *end, *unit; } unit[] = {
		{ "_grams", N_("g") }, { "_metres", N_("m") }, { "_seconds", N_("s") },
		{ "_percent", N_("%") }, { "_micrometres", N_("µm") }, { "minutes", N_("min") },
		{ "_hours", N_("h") }, { "_months", N_("months") },
	};
	for (unsigned i = 0; i < sizeof unit / sizeof *unit; i++) {
		if (ends_in(name, unit[i].end))
			return unit[i].unit;
	}
	return NULL;
}

static void number_words(const char *name, uint64_t n, bool french, struct buffer *out)
{
	char text[NUMBER_TEXT];
	const char *unit = unit_of(name);
	if (ends_in(name, "_cents"))
		euros_text(n, french, text);
	else if (ends_in(name, "_bytes"))
		size_text(n, french, text);
	else if (!strcmp(name, "year"))
		snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	else
		number_text(n, french, text);
	write_format(out, "%s%s%s", text, unit ? " " : "", unit ? _(unit) : "");
}

static void hex_words(const ProtobufCBinaryData *b, struct buffer *out)
{
	char hex[2 * HEX_SHOWN + 1];
	size_t size = b->len < HEX_SHOWN ? b->len : HEX_SHOWN;
	hex_write(hex, b->data, size);
	write_format(out, "%s%s", hex, b->len > size ? "..." : "");
}

static void message_words(const ProtobufCMessage *m, bool french, struct buffer *out);

static void value_words(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *d, size_t i,
			bool french, struct buffer *out)
{
	const void *v = field_value(m, d, i);
	const char *word;
	switch (d->type) {
	case PROTOBUF_C_TYPE_ENUM:
		word = word_label(d->descriptor, *(const int *)v, french);
		write_format(out, "%s", word ? word : "?");
		break;
	case PROTOBUF_C_TYPE_STRING:
		write_format(out, "%s", safe(field_text(m, d, i)));
		break;
	case PROTOBUF_C_TYPE_BYTES:
		hex_words(v, out);
		break;
	case PROTOBUF_C_TYPE_MESSAGE:
		message_words(field_message(m, d, i), french, out);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		write_format(out, "%s", *(const protobuf_c_boolean *)v ? _("yes") : _("no"));
		break;
	case PROTOBUF_C_TYPE_UINT32:
		number_words(d->name, *(const uint32_t *)v, french, out);
		break;
	case PROTOBUF_C_TYPE_UINT64:
		number_words(d->name, *(const uint64_t *)v, french, out);
		break;
	case PROTOBUF_C_TYPE_SINT64:
		write_format(out, "%lld", (long long)*(const int64_t *)v);
		break;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		write_format(out, "?");   /* no body has one */
		break;
	}
}

/* A nested message: its values side by side, without names. */
static void message_words(const ProtobufCMessage *m, bool french, struct buffer *out)
{
	bool first = true;
	for (unsigned k = 0; k < m->descriptor->n_fields; k++) {
		const ProtobufCFieldDescriptor *d = &m->descriptor->fields[k];
		if (!field_count(m, d))
			continue;
		if (!first)
			write_u8(out, ' ');
		first = false;
		value_words(m, d, 0, french, out);
	}
}

static void field_words(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *d,
			bool french, struct buffer *out)
{
	size_t count = field_count(m, d);
	write_format(out, "%s%s", field_label(d->name), french ? " : " : ": ");
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++) {
		if (i)
			write_format(out, " / ");
		value_words(m, d, i, french, out);
	}
	if (count > SHOWN_MAX)
		write_format(out, _(" and %zu more"), count - SHOWN_MAX);
}

void body_words(const Trac__Event *e, bool french, struct buffer *out)
{
	const struct kind *k;
	const ProtobufCMessage *m = event_body(e, &k);
	if (!m) {
		write_format(out, "%s", _("a kind of event that this version does not know"));
		return;
	}
	write_format(out, "%s", french ? k->label_fr : k->label);
	bool first = true;
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *d = &m->descriptor->fields[i];
		if (!field_count(m, d))
			continue;
		write_format(out, "%s", first ? french ? " : " : ": " : ", ");
		first = false;
		field_words(m, d, french, out);
	}
	if (!e->n_attachment)
		return;
	write_format(out, ", ");
	field_words(&e->base, protobuf_c_message_descriptor_get_field_by_name(
			e->base.descriptor, "attachment"), french, out);
}

void identifier_words(const char *kind, const char *value, const char *scope,
		      struct buffer *out)
{
	write_format(out, "%s %s", kind ? kind : "?", safe(value));
	if (scope && *scope)
		write_format(out, " (%s)", safe(scope));
}

static json_t *message_json(const ProtobufCMessage *m);

static json_t *value_json(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *d, size_t i)
{
	const void *v = field_value(m, d, i);
	const ProtobufCBinaryData *b = v;
	const char *word;
	switch (d->type) {
	case PROTOBUF_C_TYPE_ENUM:
		word = word_of(d->descriptor, *(const int *)v, false);
		return word ? json_string(word) : json_integer(*(const int *)v);
	case PROTOBUF_C_TYPE_STRING:
		return json_string(field_text(m, d, i));
	case PROTOBUF_C_TYPE_BYTES:
		return json_hex((struct span){ b->data, b->len });
	case PROTOBUF_C_TYPE_MESSAGE:
		return message_json(field_message(m, d, i));
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)v);
	case PROTOBUF_C_TYPE_UINT32:
		return json_integer(*(const uint32_t *)v);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_SINT64:
		return json_integer(*(const json_int_t *)v);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		break;
	}
	return json_null();
}

static json_t *message_json(const ProtobufCMessage *m)
{
	json_t *j = json_object();
	for (unsigned k = 0; k < m->descriptor->n_fields; k++) {
		const ProtobufCFieldDescriptor *d = &m->descriptor->fields[k];
		size_t count = field_count(m, d);
		if (!count)
			continue;
		if (d->label != PROTOBUF_C_LABEL_REPEATED) {
			json_object_set_new(j, d->name, value_json(m, d, 0));
			continue;
		}
		json_t *list = json_array();
		for (size_t i = 0; i < count; i++)
			json_array_append_new(list, value_json(m, d, i));
		json_object_set_new(j, d->name, list);
	}
	return j;
}

json_t *attachments_json(const Trac__Event *e)
{
	json_t *list = json_array();
	for (size_t i = 0; i < e->n_attachment; i++)
		json_array_append_new(list, message_json(&e->attachment[i]->base));
	return list;
}

json_t *body_json(const Trac__Event *e)
{
	const struct kind *k;
	const ProtobufCMessage *m = event_body(e, &k);
	return m ? message_json(m) : NULL;
}
