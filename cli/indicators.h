/* What `trac indicators` prints: figures of the reply and what follows from a budget. */
#ifndef TRAC_CLI_INDICATORS_H
#define TRAC_CLI_INDICATORS_H

#include "cli/verb.h"
#include "proto/life/figure.h"
#include "proto/wire/control.pb-c.h"

/* One line. All borrowed. */
struct shown {
	const char *id, *label, *label_fr;
	const char *group;             /* NULL: figures are not grouped */
	enum unit unit;
	uint64_t numerator, denominator;
	bool divided;                  /* it has a denominator, may be 0 */
	bool towards_target;           /* of millions: needs more decimals */
};

struct indicators {
	const Trac__IndicatorReply *reply;
	uint64_t logs, entries, missing;   /* the horizon, summed */
	bool grouped;
	unsigned count;
	struct shown *shown;               /* borrowed */
};

int indicators_table(struct context *c, const struct indicators *a, struct fault *f);
int indicators_json(struct context *c, const struct indicators *a, struct fault *f);
int indicators_csv(struct context *c, const struct indicators *a);

#endif
