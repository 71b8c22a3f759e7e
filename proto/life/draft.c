/*
 * An event under construction. Everything is set through the descriptors of
 * event.proto: the envelope and the bodies are not listed here a second time.
 * What a text means as a value is in draft_value.c.
 */
#include "proto/life/draft.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/check.h"
#include "proto/life/reflect.h"
#include "proto/life/value.h"
#include "proto/wire/unpack.h"

/* Memory of a draft: freed with it, never piece by piece. */
struct chunk {
	struct chunk *next;
	_Alignas(16) uint8_t bytes[];
};

/* Nothing that becomes an entry needs more. */
#define DRAFT_BYTES_MAX (16 * ENTRY_SIZE_MAX)

void *draft_alloc(struct draft *d, size_t size, struct fault *f)
{
	struct chunk *c = NULL;
	if (size <= DRAFT_BYTES_MAX - d->used)
		c = calloc(1, sizeof *c + size);
	if (!c) {
		fault_set(f, FAULT_LIMIT, "event is too long: an entry holds %d bytes",
			  ENTRY_SIZE_MAX);
		return NULL;
	}
	c->next = d->memory;
	d->memory = c;
	d->used += size;
	return c->bytes;
}

char *draft_text(struct draft *d, const char *from, size_t size, struct fault *f)
{
	char *copy = draft_alloc(d, size + 1, f);
	if (copy)
		memcpy(copy, from, size);
	return copy;
}

ProtobufCMessage *draft_message(struct draft *d, const ProtobufCMessageDescriptor *type,
				struct fault *f)
{
	ProtobufCMessage *m = draft_alloc(d, type->sizeof_message, f);
	if (m)
		protobuf_c_message_init(type, m);
	return m;
}

struct draft *draft_create(const struct kind *k)
{
	struct fault f;
	struct draft *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->kind = k;
	trac__event__init(&d->event);
	d->body = draft_message(d, kind_body_type(k), &f);
	if (!d->body) {
		draft_destroy(d);
		return NULL;
	}
	/* all members of the oneof are pointers in one place */
	d->event.body_case = (Trac__Event__BodyCase)k->tag;
	d->event.collected = (void *)d->body;
	return d;
}

void draft_destroy(struct draft *d)
{
	if (!d)
		return;
	while (d->memory) {
		struct chunk *c = d->memory;
		d->memory = c->next;
		free(c);
	}
	free(d);
}

/* --- names --- */

/* The nested message that "medium." means; of a list the last, or a new one when
 * its field `inner` is taken. */
static ProtobufCMessage *nested_message(struct draft *d, const ProtobufCFieldDescriptor *field,
					const char *inner, struct fault *f)
{
	size_t count = field_count(d->body, field);
	bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
	if (count > 0) {
		ProtobufCMessage *last =
			*(ProtobufCMessage *const *)field_value(d->body, field, count - 1);
		const ProtobufCFieldDescriptor *in =
			protobuf_c_message_descriptor_get_field_by_name(last->descriptor, inner);
		if (!list || !in || field_count(last, in) == 0)
			return last;
	}
	ProtobufCMessage *m = draft_message(d, field->descriptor, f);
	ProtobufCMessage **to = list ? draft_list_room(d, d->body, field, f)
				     : (void *)((uint8_t *)d->body + field->offset);
	if (!m || !to)
		return NULL;
	*to = m;
	if (list)
		draft_list_commit(d->body, field);
	return m;
}

static int unknown_field(const struct draft *d, const char *name, struct fault *f)
{
	char known[300] = "";
	size_t used = 0;
	for (const struct field_rule *r = d->kind->field; r->name; r++) {
		size_t size = strlen(r->name);
		if (used + size + 3 > sizeof known)
			break;
		memcpy(known + used, " ", 1);
		memcpy(known + used + 1, r->name, size + 1);
		used += size + 1;
	}
	return fault_set(f, FAULT_INPUT, "%s has no field \"%s\": it has date, commune, serial, "
			 "maker, imei, uuid, label, lot, operator,%s", d->kind->name,
			 quote_text(name).text, known);
}

static int set_body(struct draft *d, const char *name, const char *value, struct fault *f)
{
	char outer[64];
	size_t size = strcspn(name, ".");
	if (size >= sizeof outer)
		return unknown_field(d, name, f);
	memcpy(outer, name, size);
	outer[size] = '\0';
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(d->body->descriptor, outer);
	if (!field)
		return unknown_field(d, name, f);
	if (name[size] == '\0')
		return draft_field(d, name, d->body, field, value, f);
	if (field->type != PROTOBUF_C_TYPE_MESSAGE)
		return unknown_field(d, name, f);
	const char *inner = name + size + 1;
	const ProtobufCFieldDescriptor *in =
		protobuf_c_message_descriptor_get_field_by_name(field->descriptor, inner);
	if (!in)
		return unknown_field(d, name, f);
	ProtobufCMessage *m = nested_message(d, field, inner, f);
	return m ? draft_field(d, name, m, in, value, f) : -1;
}

/* --- the envelope --- */

/* "maker" is of the serials, "scope" of the labels, in whatever order they come. */
static void complete_identifiers(struct draft *d)
{
	for (size_t i = 0; i < d->event.n_device; i++) {
		Trac__Identifier *id = d->event.device[i];
		bool serial = id->kind == TRAC__IDENTIFIER_KIND__SERIAL
			      || id->kind == TRAC__IDENTIFIER_KIND__BOARD_SERIAL
			      || id->kind == TRAC__IDENTIFIER_KIND__CHASSIS_SERIAL;
		bool label = id->kind == TRAC__IDENTIFIER_KIND__LABEL
			     || id->kind == TRAC__IDENTIFIER_KIND__ASSET_TAG;
		if (serial && d->maker)
			id->maker = d->maker;
		if (label && d->scope)
			id->scope = d->scope;
	}
}

/* Another identifier of the device: "1234" or, for several, "1234,5678". */
static int add_identifiers(struct draft *d, int kind, const char *value, struct fault *f)
{
	static const char field_name[] = "device";
	ProtobufCMessage *event = &d->event.base;
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(event->descriptor, field_name);
	for (;;) {
		size_t size = strcspn(value, ",");
		Trac__Identifier *id = (void *)draft_message(d, &trac__identifier__descriptor, f);
		char *text = draft_text(d, value, size, f);
		void **to = draft_list_room(d, event, field, f);
		if (!id || !text || !to)
			return -1;
		id->has_kind = 1;
		id->kind = (Trac__IdentifierKind)kind;
		id->value = text;
		*to = id;
		draft_list_commit(event, field);
		if (value[size] == '\0')
			return 0;
		value += size + 1;
	}
}

static int refuse_attachment(const char *value, struct fault *f)
{
	return fault_set(f, FAULT_INPUT, "attachment is \"%s\": give the SHA-256 of the file in 64 "
			 "hexadecimal digits, then, if known, its size and type: "
			 "9f86...:12345:application/pdf", quote_text(value).text);
}

/* "HEX", "HEX:SIZE" or "HEX:SIZE:TYPE" */
static int add_attachment(struct draft *d, const char *value, struct fault *f)
{
	ProtobufCMessage *event = &d->event.base;
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(event->descriptor, "attachment");
	Trac__Attachment *a = (void *)draft_message(d, &trac__attachment__descriptor, f);
	char *text = draft_text(d, value, strlen(value), f), *rest = NULL;
	void **to = a && text ? draft_list_room(d, event, field, f) : NULL;
	if (!to)
		return -1;
	const char *hex = strtok_r(text, ":", &rest), *size = strtok_r(NULL, ":", &rest);
	const size_t hash_size = hex ? strlen(hex) / 2 : 0;
	a->sha256.data = draft_alloc(d, hash_size + 1, f);
	if (!a->sha256.data)
		return -1;
	a->has_sha256 = 1;
	a->sha256.len = hash_size;
	if (hash_size != 32 || hex_read(a->sha256.data, hash_size, hex) < 0)
		return refuse_attachment(value, f);
	if (size && value_number("attachment", size, &a->size_bytes, f) < 0)
		return refuse_attachment(value, f);
	a->has_size_bytes = size != NULL;
	a->media_type = rest && *rest ? rest : NULL;
	*to = a;
	draft_list_commit(event, field);
	return 0;
}

static int set_date(struct draft *d, const char *value, struct fault *f)
{
	struct civil c;
	if (civil_parse(value, d->default_zone, &c) < 0)
		return fault_set(f, FAULT_INPUT, "date is \"%s\": write it 2026-03-02 or "
				 "2026-03-02T10:04:11+01:00", quote_text(value).text);
	draft_time(d, civil_to_ms(&c), c.zone_minutes);
	return 0;
}

static int set_named(struct draft *d, const char *name, const char *value, struct fault *f)
{
	static const char *const texts[] = { "commune", "operator", "lot", "agreement", "id" };
	if (strcmp(name, "date") == 0)
		return set_date(d, value, f);
	if (strcmp(name, "zone") == 0)
		return value_zone(value, &d->default_zone, f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strcmp(name, texts[i]) != 0)
			continue;
		ProtobufCMessage *event = &d->event.base;
		return draft_single(d, name, event,
				  protobuf_c_message_descriptor_get_field_by_name(
					  event->descriptor, name), value, f);
	}
	if (strcmp(name, "attachment") == 0)
		return add_attachment(d, value, f);
	int kind = word_value(&trac__identifier_kind__descriptor, name);
	if (kind > 0)
		return add_identifiers(d, kind, value, f);
	if (strcmp(name, "maker") == 0 || strcmp(name, "scope") == 0) {
		char *text = draft_text(d, value, strlen(value), f);
		*(name[0] == 'm' ? &d->maker : &d->scope) = text;
		return text ? 0 : -1;
	}
	return set_body(d, name, value, f);
}

int draft_set(struct draft *d, const char *name, const char *value, struct fault *f)
{
	assert(d && name && value);
	int rc = set_named(d, name, value, f);
	complete_identifiers(d);
	return rc;
}

void draft_id(struct draft *d, const uint8_t id[EVENT_ID_SIZE])
{
	struct fault f;
	uint8_t *copy = draft_alloc(d, EVENT_ID_SIZE, &f);
	if (!copy)
		return;           /* event_check() says that the id is missing */
	memcpy(copy, id, EVENT_ID_SIZE);
	d->event.has_id = 1;
	d->event.id = (ProtobufCBinaryData){ .len = EVENT_ID_SIZE, .data = copy };
}

void draft_recorded(struct draft *d, int64_t recorded_ms)
{
	d->event.has_recorded_ms = 1;
	d->event.recorded_ms = recorded_ms;
}

void draft_time(struct draft *d, int64_t time_ms, int zone_minutes)
{
	d->event.has_time_ms = 1;
	d->event.time_ms = time_ms;
	d->event.has_zone_minutes = 1;
	d->event.zone_minutes = zone_minutes;
	d->default_zone = zone_minutes;
}

bool draft_has_time(const struct draft *d)
{
	return d->event.has_time_ms;
}

void draft_write(const struct draft *d, struct buffer *out)
{
	pack(&d->event, out);
}
