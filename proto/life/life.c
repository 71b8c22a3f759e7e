/* The fold: from a set of events to devices and their lives. */
#include "proto/life/life.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/fold.h"

/* What one call holds, so that one label frees it. */
struct work {
	struct entry *entry;
	unsigned entry_count;
	struct groups groups;
	bool *placed;                   /* entry is about some device */
};

static int fill_life(struct work *w, struct life *l, const struct member *m, unsigned count)
{
	l->line = calloc(count, sizeof *l->line);
	if (!l->line)
		return -1;
	l->line_count = count;
	for (unsigned i = 0; i < count; i++) {
		const struct entry *e = &w->entry[m[i].entry];
		w->placed[m[i].entry] = true;
		l->line[i].input = e->input;
	}
	return 0;
}

static int fill_idents(struct life *l, const struct named *n, unsigned count)
{
	l->ident = calloc(count + 1, sizeof *l->ident);
	if (!l->ident)
		return -1;
	l->ident_count = count;
	for (unsigned i = 0; i < count; i++)
		l->ident[i] = n[i].ident;
	return 0;
}

static int fill_evidence(struct work *w, struct life *l, const struct reason *r, unsigned count,
			 size_t first_named)
{
	l->evidence = calloc(count + 1, sizeof *l->evidence);
	if (!l->evidence)
		return -1;
	l->evidence_count = count;
	for (unsigned i = 0; i < count; i++) {
		l->evidence[i] = (struct evidence){
			.a = (unsigned)(r[i].a - first_named),
			.b = (unsigned)(r[i].b - first_named),
			.how = r[i].how,
			.at = r[i].entry == NO_ENTRY ? NULL : w->entry[r[i].entry].input,
		};
		assert(l->evidence[i].b < l->ident_count);
	}
	return 0;
}

static int fill_lives(struct work *w, struct lives *out)
{
	const struct groups *g = &w->groups;
	size_t m = 0, n = 0, r = 0;
	out->life = calloc(g->count + 1, sizeof *out->life);
	if (!out->life)
		return -1;
	for (; out->count < g->count; out->count++) {
		struct life *l = &out->life[out->count];
		size_t first = m, first_named = n, first_reason = r;
		while (m < g->member_count && g->member[m].group == out->count)
			m++;
		while (n < g->named_count && g->named[n].group == out->count)
			n++;
		while (r < g->reason_count && g->reason[r].group == out->count)
			r++;
		assert(m > first);
		if (fill_idents(l, g->named + first_named, (unsigned)(n - first_named)) < 0
		    || fill_life(w, l, g->member + first, (unsigned)(m - first)) < 0
		    || fill_evidence(w, l, g->reason + first_reason,
				     (unsigned)(r - first_reason), first_named) < 0) {
			out->count++;     /* so that lives_clear() sees the half of it */
			return -1;
		}
	}
	return 0;
}

static int fill_other(struct work *w, struct lives *out)
{
	out->other = calloc(w->entry_count, sizeof *out->other);
	if (!out->other)
		return -1;
	for (unsigned i = 0; i < w->entry_count; i++) {
		if (w->placed[i])
			continue;
		struct life_line *line = &out->other[out->other_count++];
		line->input = w->entry[i].input;
		line->notes = w->entry[i].notes;
		line->holder = "";
	}
	return 0;
}

int lives_fold(const struct life_input *input, unsigned count, struct lives *out)
{
	struct work w = { .entry = NULL };
	int rc = -1;
	memset(out, 0, sizeof *out);
	if (count == 0)
		return 0;
	if (order_entries(input, count, &w.entry, &w.entry_count) < 0)
		goto out;
	if (groups_find(w.entry, w.entry_count, &w.groups) < 0)
		goto out;
	w.placed = calloc(w.entry_count, sizeof *w.placed);
	if (!w.placed)
		goto out;
	if (fill_lives(&w, out) < 0 || fill_other(&w, out) < 0)
		goto out;
	if (cycles_fold(out, w.entry, w.entry_count, &w.groups) < 0)
		goto out;
	rc = 0;
out:
	if (rc < 0)
		lives_clear(out);
	free(w.entry);
	groups_clear(&w.groups);
	free(w.placed);
	return rc;
}

void lives_clear(struct lives *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		free(l->life[i].evidence);
		free(l->life[i].ident);
		free(l->life[i].line);
		free(l->life[i].cycle);
	}
	free(l->life);
	free(l->other);
	memset(l, 0, sizeof *l);
}
