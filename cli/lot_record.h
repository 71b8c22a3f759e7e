/* One event for each device of a lot: trac record KIND --lot LOT. */
#ifndef TRAC_CLI_LOT_RECORD_H
#define TRAC_CLI_LOT_RECORD_H

#include "cli/verb.h"

/*
 * Takes --lot, --except, --dry-run and the FIELD=VALUE operands of a. All events are checked
 * before the first one is recorded; their ids follow from what they say and the day, so that
 * a repeated command completes one that was cut short and records nothing twice.
 */
int lot_record(struct context *c, const char *kind, const struct arguments *a,
	       struct fault *f);

#endif
