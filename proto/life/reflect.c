/* Reading any message of event.proto by its descriptor. */
#include "proto/life/reflect.h"

#include <assert.h>
#include <stdint.h>

static const void *at(const ProtobufCMessage *m, unsigned offset)
{
	return (const uint8_t *)m + offset;
}

static bool is_pointer(const ProtobufCFieldDescriptor *f)
{
	return f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE;
}

size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)at(m, f->quantifier_offset);
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)at(m, f->quantifier_offset) == f->id;
	if (is_pointer(f))
		return *(const void *const *)at(m, f->offset) != NULL;
	return *(const protobuf_c_boolean *)at(m, f->quantifier_offset) != 0;
}

size_t field_value_size(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	}
	assert(false && "a type that protobuf-c does not have");
	return 0;
}

const void *field_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
			size_t i)
{
	assert(i < field_count(m, f));
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return at(m, f->offset);
	const uint8_t *list = *(const uint8_t *const *)at(m, f->offset);
	return list + i * field_value_size(f);
}

const char *field_text(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	assert(f->type == PROTOBUF_C_TYPE_STRING);
	return *(const char *const *)field_value(m, f, i);
}

const ProtobufCMessage *field_message(const ProtobufCMessage *m,
				      const ProtobufCFieldDescriptor *f, size_t i)
{
	assert(f->type == PROTOBUF_C_TYPE_MESSAGE);
	return *(const ProtobufCMessage *const *)field_value(m, f, i);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool word_is(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}
