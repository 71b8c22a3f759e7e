/* Handing a statement of the authority to its tracd. */
#ifndef TRAC_CLI_STATEMENT_H
#define TRAC_CLI_STATEMENT_H

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* statement: a packed Statement of member.proto. */
int statement_state(const char *home, const struct buffer *statement, struct fault *f);

#endif
