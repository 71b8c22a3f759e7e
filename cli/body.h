/* What an event says, beyond its envelope: in words for people, as JSON for programs. */
#ifndef TRAC_CLI_BODY_H
#define TRAC_CLI_BODY_H

#include <jansson.h>

#include "proto/life/kind.h"

/* "Data erased: medium: WD-123 SSD 256 GB, result: success", appended to out. Foreign text
 * in it is safe for a terminal. */
void body_words(const Trac__Event *e, bool french, struct buffer *out);
/* The fields as an object, named as in JSON lines that are recorded. NULL: unknown kind. */
json_t *body_json(const Trac__Event *e);
/* The files that the event cites. */
json_t *attachments_json(const Trac__Event *e);

/* "serial 5CD1234 (HP)" */
void identifier_words(const char *kind, const char *value, const char *scope,
		      struct buffer *out);
/* The label of a field of a body, translated. */
const char *field_label(const char *name);

#endif
