/* Values of protobuf fields, read from the wire. */
#include "proto/wire/value.h"

#include <assert.h>
#include <string.h>

#define FIELD_NUMBER_MAX ((1u << 29) - 1)
#define TAG_SIZE_MAX 5
#define LENGTH_SIZE_MAX 5

#define TYPES(X) \
	X(INT32, WIRE_VARINT, uint32_t) \
	X(SINT32, WIRE_VARINT, uint32_t) \
	X(UINT32, WIRE_VARINT, uint32_t) \
	X(INT64, WIRE_VARINT, uint64_t) \
	X(SINT64, WIRE_VARINT, uint64_t) \
	X(UINT64, WIRE_VARINT, uint64_t) \
	X(BOOL, WIRE_VARINT, protobuf_c_boolean) \
	X(ENUM, WIRE_VARINT, uint32_t) \
	X(FIXED32, WIRE_32, uint32_t) \
	X(SFIXED32, WIRE_32, uint32_t) \
	X(FLOAT, WIRE_32, uint32_t) \
	X(FIXED64, WIRE_64, uint64_t) \
	X(SFIXED64, WIRE_64, uint64_t) \
	X(DOUBLE, WIRE_64, uint64_t) \
	X(STRING, WIRE_SIZED, char *) \
	X(BYTES, WIRE_SIZED, ProtobufCBinaryData) \
	X(MESSAGE, WIRE_SIZED, ProtobufCMessage *)

const uint8_t value_wire[VALUE_TYPES] = {
#define X(type, wire, held) [PROTOBUF_C_TYPE_##type] = wire,
	TYPES(X)
#undef X
};

const uint8_t value_size[VALUE_TYPES] = {
#define X(type, wire, held) [PROTOBUF_C_TYPE_##type] = sizeof(held),
	TYPES(X)
#undef X
};

static inline uint64_t take_varint(struct reader *r, unsigned max)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < max && r->left > 0; i++) {
		uint8_t byte = *r->data++;
		r->left--;
		v |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80)
			return v;
	}
	r->failed = true;
	return 0;
}

uint64_t value_varint(struct reader *r, unsigned max)
{
	assert(max <= VARINT_SIZE_MAX);
	return take_varint(r, max);
}

bool value_read(struct reader *r, struct value *v)
{
	uint64_t tag = take_varint(r, TAG_SIZE_MAX);
	uint64_t number = tag >> 3;
	size_t size = 0;

	v->raw = r->data;
	v->wire = tag & 7;
	switch (v->wire) {
	case WIRE_VARINT:
		v->varint = take_varint(r, VARINT_SIZE_MAX);
		break;
	case WIRE_64:
		size = 8;
		break;
	case WIRE_32:
		size = 4;
		break;
	case WIRE_SIZED:
		size = take_varint(r, LENGTH_SIZE_MAX);
		break;
	default:
		r->failed = true;
	}
	if (r->failed || size > r->left || number == 0 || number > FIELD_NUMBER_MAX)
		return false;
	v->number = (unsigned)number;
	v->bytes = (struct span){ r->data, size };
	r->data += size;
	r->left -= size;
	return true;
}

/* Numbers wider than their field lose their upper bits, as everywhere in protobuf. */
void value_store_varint(ProtobufCType type, uint64_t v, void *to)
{
	if (type == PROTOBUF_C_TYPE_SINT32)
		v = (uint32_t)v >> 1 ^ (0 - (v & 1));
	if (type == PROTOBUF_C_TYPE_SINT64)
		v = v >> 1 ^ (0 - (v & 1));
	if (type == PROTOBUF_C_TYPE_BOOL) {
		*(protobuf_c_boolean *)to = v != 0;
	} else if (value_size[type] == sizeof(uint32_t)) {
		uint32_t low = (uint32_t)v;
		memcpy(to, &low, sizeof low);
	} else {
		memcpy(to, &v, sizeof v);
	}
}
