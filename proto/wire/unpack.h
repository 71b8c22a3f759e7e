/*
 * Unpacking foreign protobuf safely. protobuf-c 1.4.1 takes 72 times the input
 * in memory when fed with hostile bytes, accepts invalid UTF-8 and embedded
 * NULs, and keeps unknown fields: all of it is refused or bounded here.
 *
 * All of an unpacked message lies in one arena, freed in one call.
 */
#ifndef TRAC_WIRE_UNPACK_H
#define TRAC_WIRE_UNPACK_H

#include <protobuf-c/protobuf-c.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

enum unpack_flags {
	UNPACK_STRICT = 0,         /* unknown fields are refused */
	UNPACK_KEEP_UNKNOWN = 1,   /* events of a newer version: unknown fields are allowed */
};

/*
 * Unpacks bytes into a message of that type, within UNPACK_BUDGET(bytes.size)
 * of memory. Every string has passed text_is_clean(); lengths of fields and
 * ranges of enums are its caller's to check. Two values of a field that has
 * room for one, or of one oneof, are refused: other readers could pick the
 * other; so is a value of another wire type than its field's. Nothing is
 * borrowed from bytes. Returns the message, freed with
 * unpack_free(), or NULL with FAULT_INPUT.
 */
void *unpack(const ProtobufCMessageDescriptor *type, struct span bytes,
	     int flags, struct fault *f);
void unpack_free(void *message);   /* NULL is harmless */

/* Packs a message that we built into b. */
void pack(const void *message, struct buffer *b);

#endif
