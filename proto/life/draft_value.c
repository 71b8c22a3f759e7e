/*
 * Texts as values of a draft, by the type that event.proto gives each field.
 */
#include "proto/life/draft.h"

#include <string.h>

#include "proto/life/check.h"
#include "proto/life/reflect.h"
#include "proto/life/value.h"

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

void *draft_list_room(struct draft *d, ProtobufCMessage *m,
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

void draft_list_commit(ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
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

int draft_single(struct draft *d, const char *name, ProtobufCMessage *m,
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
		t.to = one ? draft_list_room(d, m, field, f) : NULL;
		if (!t.to || make_value(d, &t, one, f) < 0)
			return -1;
		draft_list_commit(m, field);
		if (text[size] == '\0')
			return 0;
		text += size + 1;
	}
}

int draft_field(struct draft *d, const char *name, ProtobufCMessage *m,
		     const ProtobufCFieldDescriptor *field, const char *text, struct fault *f)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return set_list(d, name, m, field, text, f);
	return draft_single(d, name, m, field, text, f);
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
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		if (size > 0 && draft_field(d, field->name, m, field, one, f) < 0)
			return fault_prefix(f, "%s", name);
		if (text[size] == '\0')
			return 0;
		text += size + 1;
	}
	return 0;
}
