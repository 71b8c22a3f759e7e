/*
 * Checking any message by its rules (kind.h) and its descriptor: each field is
 * there when it must be, and each value within its bounds.
 */
#include "proto/life/check.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/life/reflect.h"
#include "proto/wire/limits.h"

struct quote quote_text(const char *text)
{
	struct quote q = { .text = "" };
	size_t size = strlen(text), max = 40;
	if (size <= max) {
		memcpy(q.text, text, size);
		return q;
	}
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	memcpy(q.text, text, max);
	memcpy(q.text + max, "...", sizeof "...");
	return q;
}

struct choices word_choices(const ProtobufCEnumDescriptor *e)
{
	struct choices c = { .text = "" };
	size_t used = 0;
	for (int v = 1; word_of(e, v, false); v++) {
		const char *word = word_of(e, v, false);
		/* room for this one and for ", ..." after it */
		if (used + strlen(word) + 2 * sizeof ", ..." > sizeof c.text) {
			snprintf(c.text + used, sizeof c.text - used, ", ...");
			break;
		}
		used += (size_t)snprintf(c.text + used, sizeof c.text - used, "%s%s",
					 used ? ", " : "", word);
	}
	return c;
}

/* A value under examination. Its path, "tested.results.measure", is written only
 * for a refusal: most events are good. */
struct place {
	const struct place *outer;        /* NULL: where says it */
	const char *where;
	const struct field_rule *rule;
	const ProtobufCFieldDescriptor *field;
};

struct path {
	char text[160];
};

static struct path path_of(const struct place *p)
{
	struct path outer = { .text = "" }, path;
	if (p->outer)
		outer = path_of(p->outer);
	snprintf(path.text, sizeof path.text, "%.80s.%.70s", p->outer ? outer.text : p->where,
		 p->field->name);
	return path;
}

static int check_number(const struct place *p, uint64_t v, struct fault *f)
{
	const struct field_rule *r = p->rule;
	if (v == 0 && r->may_be_zero)
		return 0;
	bool bounded = r->least != 0 || r->most != 0;
	if (bounded ? v >= r->least && v <= r->most : v != 0)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s is %llu: it must be %llu to %llu", path_of(p).text,
			 (unsigned long long)v,
			 (unsigned long long)(r->may_be_zero ? 0 : r->least),
			 (unsigned long long)(bounded ? r->most : UINT64_MAX));
}

static int check_word(const struct place *p, int v, struct fault *f)
{
	const ProtobufCEnumDescriptor *e = p->field->descriptor;
	/* values run from 0, which has no word, without a gap: word.c lists them so */
	if (v >= 1 && (unsigned)v < e->n_values)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s has the unknown value %d: it must be one of %s",
			 path_of(p).text, v, word_choices(e).text);
}

static int check_text(const struct place *p, const char *text, struct fault *f)
{
	const char *why = text_refusal(p->field->name, text);
	if (!why)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s \"%s\" %s", path_of(p).text,
			 quote_text(text).text, why);
}

static int check_bytes(const struct place *p, const ProtobufCBinaryData *v, struct fault *f)
{
	if (v->len >= p->rule->least && v->len <= p->rule->most)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s has %zu bytes: it must have %llu",
			 path_of(p).text, v->len, (unsigned long long)p->rule->most);
}

static int check_fields(const ProtobufCMessage *m, const struct field_rule *rules,
			struct place *p, struct fault *f);

static int check_value(const struct place *p, const void *value, struct fault *f)
{
	/* in event.proto signed numbers are measures and times: their bounds are the caller's */
	switch (p->field->type) {
	case PROTOBUF_C_TYPE_ENUM:
		return check_word(p, *(const int *)value, f);
	case PROTOBUF_C_TYPE_STRING:
		return check_text(p, *(const char *const *)value, f);
	case PROTOBUF_C_TYPE_BYTES:
		return check_bytes(p, value, f);
	case PROTOBUF_C_TYPE_UINT32:
		return check_number(p, *(const uint32_t *)value, f);
	case PROTOBUF_C_TYPE_UINT64:
		return check_number(p, *(const uint64_t *)value, f);
	case PROTOBUF_C_TYPE_MESSAGE: {
		const ProtobufCMessage *m = *(const ProtobufCMessage *const *)value;
		struct place inner = { .outer = p };
		return check_fields(m, message_rules(m->descriptor), &inner, f);
	}
	case PROTOBUF_C_TYPE_BOOL:
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 0;
	}
	return 0;
}

static int check_field(const ProtobufCMessage *m, const struct place *p, struct fault *f)
{
	size_t count = field_count(m, p->field);
	bool list = p->field->label == PROTOBUF_C_LABEL_REPEATED;
	if (count == 0 && p->rule->required) {
		if (p->field->type != PROTOBUF_C_TYPE_ENUM)
			return fault_set(f, FAULT_INPUT, "%s is missing: it is required", path_of(p).text);
		return fault_set(f, FAULT_INPUT, "%s is missing: it must be one of %s", path_of(p).text,
				 word_choices(p->field->descriptor).text);
	}
	if (list && count > EVENT_LIST_MAX)
		return fault_set(f, FAULT_INPUT, "%s lists %zu values: at most %d fit", path_of(p).text,
				 count, EVENT_LIST_MAX);
	if (count == 0)
		return 0;
	if (!list)
		return check_value(p, (const uint8_t *)m + p->field->offset, f);
	for (size_t i = 0; i < count; i++) {
		if (check_value(p, field_value(m, p->field, i), f) < 0)
			return -1;
	}
	return 0;
}

/* What people write on stickers. */
static int check_label(const Trac__Identifier *i, const struct place *p, struct fault *f)
{
	bool label = i->kind == TRAC__IDENTIFIER_KIND__LABEL ||
		     i->kind == TRAC__IDENTIFIER_KIND__ASSET_TAG;
	const char *why = label && i->value ? label_refusal(i->value) : NULL;
	if (!why)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s \"%s\" %s", path_of(p).text,
			 quote_text(i->value).text, why);
}

static int check_fields(const ProtobufCMessage *m, const struct field_rule *rules,
			struct place *p, struct fault *f)
{
	assert(rules);
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		p->rule = &rules[i];
		p->field = &m->descriptor->fields[i];
		assert(p->rule->name);
		if (check_field(m, p, f) < 0)
			return -1;
	}
	if (m->descriptor == &trac__identifier__descriptor)
		return check_label((const Trac__Identifier *)m, p, f);
	return 0;
}

int message_check(const ProtobufCMessage *m, const struct field_rule *rules,
		  const char *where, struct fault *f)
{
	struct place p = { .where = where };
	return check_fields(m, rules, &p, f);
}
