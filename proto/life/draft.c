/*
 * An event under construction. Everything is set through the descriptors of
 * event.proto: the envelope and the bodies are not listed here a second time.
 */
#include "proto/life/event.h"

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

struct draft {
	const struct kind *kind;
	Trac__Event event;
	ProtobufCMessage *body;
	int default_zone;
	char *maker, *scope;          /* for the identifiers that have none */
	struct chunk *memory;
	size_t used;                  /* what all chunks hold */
};

/* Nothing that becomes an entry needs more. */
#define DRAFT_BYTES_MAX (16 * ENTRY_SIZE_MAX)

static void *draft_alloc(struct draft *d, size_t size, struct fault *f)
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

static char *draft_text(struct draft *d, const char *from, size_t size, struct fault *f)
{
	char *copy = draft_alloc(d, size + 1, f);
	if (copy)
		memcpy(copy, from, size);
	return copy;
}

static ProtobufCMessage *draft_message(struct draft *d,
				       const ProtobufCMessageDescriptor *type, struct fault *f)
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

/* --- one value --- */

static int set_message(struct draft *d, const char *name, ProtobufCMessage *m,
		       const char *text, struct fault *f);

static int make_bytes(struct draft *d, const char *name, const struct field_rule *rule,
		      const char *text, ProtobufCBinaryData *out, struct fault *f)
{
	size_t size = rule ? rule->most : EVENT_ID_SIZE;
	out->len = size;
	out->data = draft_alloc(d, size, f);
	if (!out->data)
		return -1;
	if (hex_read(out->data, size, text) == 0)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": give %zu hexadecimal digits", name,
			 quote_text(text).text, 2 * size);
}

static int make_u32(const char *name, const char *text, uint32_t *out, struct fault *f)
{
	uint64_t v;
	if (value_number(name, text, &v, f) < 0)
		return -1;
	if (v > UINT32_MAX)
		return fault_set(f, FAULT_INPUT, "%s is \"%s\": that is too large", name,
				 quote_text(text).text);
	*out = (uint32_t)v;
	return 0;
}

static int make_bool(const char *name, const char *text, protobuf_c_boolean *out,
		     struct fault *f)
{
	bool yes;
	if (value_yes(name, text, &yes, f) < 0)
		return -1;
	*out = yes;
	return 0;
}

/* Where a value goes and how the person called it. */
struct target {
	const char *name;
	const ProtobufCFieldDescriptor *field;
	const struct field_rule *rule;
	void *to;
};

static int make_value(struct draft *d, const struct target *t, const char *text, struct fault *f)
{
	void *to = t->to;
	switch (t->field->type) {
	case PROTOBUF_C_TYPE_ENUM:
		return value_word(t->name, t->field->descriptor, text, to, f);
	case PROTOBUF_C_TYPE_STRING:
		*(char **)to = draft_text(d, text, strlen(text), f);
		return *(char **)to ? 0 : -1;
	case PROTOBUF_C_TYPE_BYTES:
		return make_bytes(d, t->name, t->rule, text, to, f);
	case PROTOBUF_C_TYPE_UINT32:
		return make_u32(t->name, text, to, f);
	case PROTOBUF_C_TYPE_UINT64:
		return value_number(t->name, text, to, f);
	case PROTOBUF_C_TYPE_SINT64:
		return value_signed(t->name, text, to, f);
	case PROTOBUF_C_TYPE_BOOL:
		return make_bool(t->name, text, to, f);
	case PROTOBUF_C_TYPE_MESSAGE: {
		ProtobufCMessage *m = draft_message(d, t->field->descriptor, f);
		*(ProtobufCMessage **)to = m;
		return m ? set_message(d, t->name, m, text, f) : -1;
	}
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
	return fault_set(f, FAULT_BUG, "%s has a type that no body has", t->name);
}

/* --- one field --- */

static void *at(ProtobufCMessage *m, unsigned offset)
{
	return (uint8_t *)m + offset;
}

/* Room for one more value of a list; it counts only when list_commit() is called. */
static void *list_room(struct draft *d, ProtobufCMessage *m,
		       const ProtobufCFieldDescriptor *field, struct fault *f)
{
	size_t size = field_value_size(field);
	size_t count = *(size_t *)at(m, field->quantifier_offset);
	uint8_t **list = at(m, field->offset);
	if (count >= EVENT_LIST_MAX) {
		fault_set(f, FAULT_INPUT, "%s lists too many values: at most %d fit", field->name,
			  EVENT_LIST_MAX);
		return NULL;
	}
	/* a power of two means that it is full (8 to begin with) */
	if (count == 0 || (count >= 8 && (count & (count - 1)) == 0)) {
		uint8_t *more = draft_alloc(d, size * (count < 8 ? 8 : 2 * count), f);
		if (!more)
			return NULL;
		if (count > 0)
			memcpy(more, *list, count * size);
		*list = more;
	}
	return *list + count * size;
}

static void list_commit(ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	(*(size_t *)at(m, field->quantifier_offset))++;
}

static const struct field_rule *find_rule(const ProtobufCMessageDescriptor *type,
					  const char *field)
{
	for (const struct field_rule *r = message_rules(type); r && r->name; r++) {
		if (strcmp(r->name, field) == 0)
			return r;
	}
	return NULL;
}

/* A single value. A failed one leaves what was there before. */
static int set_single(struct draft *d, const char *name, ProtobufCMessage *m,
		      const ProtobufCFieldDescriptor *field, const char *text, struct fault *f)
{
	union {
		void *pointer;
		ProtobufCBinaryData bytes;
		uint64_t number;
	} value = { .number = 0 };
	struct target t = { name, field, find_rule(m->descriptor, field->name), &value };
	if (make_value(d, &t, text, f) < 0)
		return -1;
	memcpy(at(m, field->offset), &value, field_value_size(field));
	bool pointer = field->type == PROTOBUF_C_TYPE_STRING
		       || field->type == PROTOBUF_C_TYPE_MESSAGE;
	if (!pointer)
		*(protobuf_c_boolean *)at(m, field->quantifier_offset) = 1;
	return 0;
}

/* "a,b,c", added to what is there. */
static int set_list(struct draft *d, const char *name, ProtobufCMessage *m,
		    const ProtobufCFieldDescriptor *field, const char *text, struct fault *f)
{
	for (;;) {
		size_t size = strcspn(text, ",");
		char *one = draft_text(d, text, size, f);
		struct target t = { name, field, find_rule(m->descriptor, field->name), NULL };
		t.to = one ? list_room(d, m, field, f) : NULL;
		if (!t.to || make_value(d, &t, one, f) < 0)
			return -1;
		list_commit(m, field);
		if (text[size] == '\0')
			return 0;
		text += size + 1;
	}
}

static int set_field(struct draft *d, const char *name, ProtobufCMessage *m,
		     const ProtobufCFieldDescriptor *field, const char *text, struct fault *f)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return set_list(d, name, m, field, text, f);
	return set_single(d, name, m, field, text, f);
}

/* "keyboard:success:3": the fields of a nested message in their order; empty ones are absent. */
static int set_message(struct draft *d, const char *name, ProtobufCMessage *m,
		       const char *text, struct fault *f)
{
	const ProtobufCMessageDescriptor *type = m->descriptor;
	for (unsigned i = 0; i < type->n_fields; i++) {
		/* the last field takes the rest */
		size_t size = i + 1 < type->n_fields ? strcspn(text, ":") : strlen(text);
		char *one = draft_text(d, text, size, f);
		if (!one)
			return -1;
		if (size > 0 && set_field(d, type->fields[i].name, m, &type->fields[i], one, f) < 0)
			return fault_prefix(f, "%s", name);
		if (text[size] == '\0')
			return 0;
		text += size + 1;
	}
	return 0;
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
	ProtobufCMessage **to = list ? list_room(d, d->body, field, f)
				     : at(d->body, field->offset);
	if (!m || !to)
		return NULL;
	*to = m;
	if (list)
		list_commit(d->body, field);
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
		return set_field(d, name, d->body, field, value, f);
	if (field->type != PROTOBUF_C_TYPE_MESSAGE)
		return unknown_field(d, name, f);
	const char *inner = name + size + 1;
	const ProtobufCFieldDescriptor *in =
		protobuf_c_message_descriptor_get_field_by_name(field->descriptor, inner);
	if (!in)
		return unknown_field(d, name, f);
	ProtobufCMessage *m = nested_message(d, field, inner, f);
	return m ? set_field(d, name, m, in, value, f) : -1;
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
		void **to = list_room(d, event, field, f);
		if (!id || !text || !to)
			return -1;
		id->has_kind = 1;
		id->kind = (Trac__IdentifierKind)kind;
		id->value = text;
		*to = id;
		list_commit(event, field);
		if (value[size] == '\0')
			return 0;
		value += size + 1;
	}
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
		return set_single(d, name, event,
				  protobuf_c_message_descriptor_get_field_by_name(
					  event->descriptor, name), value, f);
	}
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
