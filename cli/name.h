/* Devices and entries as lists name them: in words, and as JSON. */
#ifndef TRAC_CLI_NAME_H
#define TRAC_CLI_NAME_H

#include <jansson.h>

#include "cli/looked.h"

#define NAME_TEXT (3 * TEXT_MAX)

/* "serial 5CD1234 (HP)", safe for a terminal. Returns out. */
const char *life_text(const struct life *l, bool french, char out[NAME_TEXT]);
const char *ident_text(const struct ident *i, bool french, char out[NAME_TEXT]);
/* {"kind", "value", "scope"}; null when there is none. */
json_t *life_json_name(const struct life *l);
json_t *ident_json(const struct ident *i);
/* bundle_reference() */
json_t *entry_json(const struct proved_entry *e);

#endif
