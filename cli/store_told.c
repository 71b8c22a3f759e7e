/* Sentences of a check or repair, as they come. */
#include "cli/store_told.h"

#include "cli/text.h"

/* Sentences that are printed; all are counted. */
#define TOLD_MAX 100

void store_told_start(struct store_told *k, struct context *c, const char *what)
{
	*k = (struct store_told){ .c = c, .sentence = json_array() };
	progress_start(&k->progress, what, !c->quiet && !c->json);
}

void store_told_sentence(void *ctx, const char *sentence)
{
	struct store_told *k = ctx;
	if (k->count++ >= TOLD_MAX)
		return;
	if (k->c->json) {
		json_array_append_new(k->sentence, json_string(sentence));
		return;
	}
	progress_end(&k->progress);
	fprintf(k->c->out, "%s\n", safe(sentence));
}

void store_told_progress(void *ctx, uint64_t entries)
{
	struct store_told *k = ctx;
	progress_update(&k->progress, 0, 0, entries);
}
