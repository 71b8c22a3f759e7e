/* JSON that trac prints: one document on one call, made by jansson. */
#ifndef TRAC_CLI_JSON_H
#define TRAC_CLI_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* Prints the document and a newline; steals j. NULL is FAULT_IO: no memory. */
int json_print(FILE *out, json_t *j, struct fault *f);
/* {"fault":"INPUT","exit":65,"text":"..."} on one line. */
void json_fault(FILE *out, const struct fault *f);

/* Hexadecimal of bytes; NULL: no memory. */
json_t *json_hex(struct span bytes);
/* RFC 3339 in that zone. */
json_t *json_time(int64_t ms, int zone_minutes);
/* A string, or null for NULL and "". */
json_t *json_text(const char *text);
/* A path as it is; one that is not UTF-8 in the form in which people see it. */
json_t *json_path(const char *path);

#endif
