/*
 * Reading any message of event.proto by its descriptor, so that the table of
 * kind.h is enough for checking, drafting and showing, and no field is listed
 * twice.
 */
#ifndef TRAC_LIFE_REFLECT_H
#define TRAC_LIFE_REFLECT_H

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

/* Values of a field: 0 or 1, or the length of its list. */
size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);

/*
 * The i-th value, i < field_count(): a pointer to what the generated struct
 * holds (int for enumerations, uint32_t, char *, ProtobufCBinaryData, ...).
 */
const void *field_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
			size_t i);

/* The same, for the types that are pointers. */
const char *field_text(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
const ProtobufCMessage *field_message(const ProtobufCMessage *m,
				      const ProtobufCFieldDescriptor *f, size_t i);

/* Bytes of one value in memory. */
size_t field_value_size(const ProtobufCFieldDescriptor *f);

/* Equal but for the case of ASCII letters; the locale has no say. */
bool word_is(const char *a, const char *b);

#endif
