/* What check and repair of a store tell while they work: sentences and progress. */
#ifndef TRAC_CLI_STORE_TOLD_H
#define TRAC_CLI_STORE_TOLD_H

#include <jansson.h>

#include "cli/progress.h"
#include "cli/verb.h"

struct store_told {
	struct context *c;
	struct progress progress;
	json_t *sentence;              /* array; ended by json_decref() */
	uint64_t count;                /* also of those that are not printed */
};

void store_told_start(struct store_told *k, struct context *c, const char *what);
/* For struct check_report and struct repair; ctx is the store_told. */
void store_told_sentence(void *ctx, const char *sentence);
void store_told_progress(void *ctx, uint64_t entries);

#endif
