/* The progress bar. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/world.h"

#define BAR_CELLS 30
#define DRAW_EVERY_MS 100

void progress_start(struct progress *p, const char *what, bool wanted)
{
	*p = (struct progress){ .what = what, .started_ms = world_steady_ms() };
	p->shown = wanted && isatty(STDERR_FILENO);
}

void progress_update(struct progress *p, uint64_t done, uint64_t total, uint64_t count)
{
	int64_t now = world_steady_ms();
	if (!p->shown || now - p->drawn_ms < DRAW_EVERY_MS)
		return;
	p->drawn_ms = now;
	uint64_t spent = (uint64_t)(now - p->started_ms) + 1;
	fprintf(stderr, "\r%s ", p->what);
	if (total) {
		unsigned cells = (unsigned)(done * BAR_CELLS / total);
		fputc('[', stderr);
		for (unsigned i = 0; i < BAR_CELLS; i++)
			fputc(i < cells ? '#' : '.', stderr);
		fprintf(stderr, "] %3u%% ", (unsigned)(done * 100 / total));
	}
	fprintf(stderr, "%" PRIu64 " (%" PRIu64 "/s)\033[K", count, count * 1000 / spent);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown && p->drawn_ms)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
