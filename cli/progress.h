/* A progress bar on standard error, ten times a second, on a terminal only. */
#ifndef TRAC_CLI_PROGRESS_H
#define TRAC_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool shown;
	const char *what;        /* borrowed */
	int64_t started_ms, drawn_ms;
};

/* wanted: false for --quiet and --json. */
void progress_start(struct progress *p, const char *what, bool wanted);
/* total 0: unknown, only the count is shown. */
void progress_update(struct progress *p, uint64_t done, uint64_t total, uint64_t count);
void progress_end(struct progress *p);

#endif
