/* What the authority states for ever: is it fit for that, and handing it to its tracd. */
#ifndef TRAC_CLI_STATEMENT_H
#define TRAC_CLI_STATEMENT_H

#include "proto/log/registry.h"
#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* statement: a packed Statement of member.proto. */
int statement_state(const char *home, const struct buffer *statement, struct fault *f);
/* Writes a note to path, or to standard output, and says how the authority takes it. */
struct context;
int statement_deliver(struct context *c, const char *path, const struct buffer *note,
		      const char *command, struct fault *f);

/* May the title and the structure of a member stand in the log of the authority? They are
 * those of a structure, never of a person. */
int statement_names_check(const struct member *m, struct fault *f);

#endif
