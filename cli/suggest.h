/* What may have been meant when nothing was found: values, never devices. */
#ifndef TRAC_CLI_SUGGEST_H
#define TRAC_CLI_SUGGEST_H

#include <jansson.h>

#include "cli/verb.h"

/* One sentence for what looks alike, one for what begins so; nothing when there is nothing,
 * or when tracd is not there to ask. */
void suggest_print(struct context *c, const char *query);
/* Adds "look_alikes" and "begin_so" to an object. */
void suggest_json(struct context *c, const char *query, json_t *to);

#endif
