/*
 * Values as people and files write them, by the type of the field they are
 * for. Each refuses with a sentence that names the field and what is accepted.
 */
#ifndef TRAC_LIFE_VALUE_H
#define TRAC_LIFE_VALUE_H

#include "proto/life/kind.h"

/* name: of the field, as the person wrote it. Units follow from its ending:
 * _bytes accepts "16 GiB", _cents accepts "12,34". */
int value_number(const char *name, const char *text, uint64_t *out, struct fault *f);
int value_signed(const char *name, const char *text, int64_t *out, struct fault *f);
int value_yes(const char *name, const char *text, bool *out, struct fault *f);
int value_word(const char *name, const ProtobufCEnumDescriptor *e, const char *text, int *out,
	       struct fault *f);
/* "+01:00", "Z" or minutes. */
int value_zone(const char *text, int *minutes, struct fault *f);

#endif
