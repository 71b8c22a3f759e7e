/*
 * One value of a protobuf field as it lies on the wire, and in the memory of
 * protobuf-c's structs. Used by unpack.c alone.
 */
#ifndef TRAC_WIRE_VALUE_H
#define TRAC_WIRE_VALUE_H

#include <protobuf-c/protobuf-c.h>

#include "proto/wire/bytes.h"

enum wire_type { WIRE_VARINT, WIRE_64 = 1, WIRE_SIZED = 2, WIRE_32 = 5 };

#define VARINT_SIZE_MAX 10
#define VALUE_TYPES (PROTOBUF_C_TYPE_MESSAGE + 1)

/* By ProtobufCType: how it travels, and its bytes in memory. */
extern const uint8_t value_wire[VALUE_TYPES];
extern const uint8_t value_size[VALUE_TYPES];

/* Borrowed from the input. */
struct value {
	unsigned number;          /* of the field */
	unsigned wire;            /* an enum wire_type */
	const uint8_t *raw;       /* all that follows the tag */
	struct span bytes;        /* content, unless a varint */
	uint64_t varint;
};

/* A tag and what it announces. False: not protobuf, v is not to be used. */
bool value_read(struct reader *r, struct value *v);

/* A varint of at most max bytes; r fails when it is longer, or cut. */
uint64_t value_varint(struct reader *r, unsigned max);

/* A number as its type is held in memory, value_size[type] bytes. */
void value_store_varint(ProtobufCType type, uint64_t v, void *to);

#endif
