/* What must not be forgotten: shipments that did not arrive, and alarms. */
#include "proto/life/watch.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/fold.h"

static const char *const names[WATCH_KINDS] = {
	[WATCH_LIMBO] = "limbo", [WATCH_ALARM] = "alarm",
};

const char *watch_name(enum watch_kind k)
{
	return k < WATCH_KINDS ? names[k] : NULL;
}

enum watch_kind watch_by_name(const char *name)
{
	for (int k = 1; k < WATCH_KINDS; k++) {
		if (strcmp(names[k], name) == 0)
			return (enum watch_kind)k;
	}
	return 0;
}

static bool line_counts(const struct life_line *line)
{
	return !(line->notes & (NOTE_INVALID | NOTE_REPEATED | NOTE_CORRECTED));
}

const struct life_line *life_limbo(const struct life *l, bool *refused)
{
	*refused = false;
	if (l->state != STATE_IN_TRANSFER)
		return NULL;
	for (unsigned i = l->line_count; i-- > 0;) {
		const struct life_line *line = &l->line[i];
		const Trac__Event *e = line->input->event;
		if (!line_counts(line))
			continue;
		if (e->body_case == TRAC__EVENT__BODY_TRANSFER_SENT)
			return line;
		if (e->body_case == TRAC__EVENT__BODY_TRANSFER_RECEIVED)
			*refused |= e->transfer_received->refused
				    && e->transfer_received->discrepancy
					       != TRAC__DISCREPANCY__MISSING;
	}
	return NULL;
}

static int compare_watches(const void *left, const void *right)
{
	const struct watch *a = left, *b = right;
	int c = order_compare(a->at, b->at);
	if (c == 0)
		c = (a->device > b->device) - (a->device < b->device);
	return c ? c : (a->kind > b->kind) - (a->kind < b->kind);
}

int lives_watch(const struct lives *l, const struct parts *p, struct watch **out)
{
	unsigned count = 0, kept = 0;
	struct watch *list = calloc((size_t)l->count + p->alarm_count + 1, sizeof *list);
	*out = list;
	if (!list)
		return -1;
	for (unsigned i = 0; i < l->count; i++) {
		bool refused;
		const struct life_line *line = life_limbo(&l->life[i], &refused);
		if (line)
			list[count++] = (struct watch){ WATCH_LIMBO, (int)i, line->input };
	}
	for (unsigned i = 0; i < p->alarm_count; i++) {
		const struct alarm *a = &p->alarm[i];
		if (!a->healed)
			list[count++] = (struct watch){ WATCH_ALARM, a->device, a->at };
	}
	qsort(list, count, sizeof *list, compare_watches);
	/* one for all disks of a device */
	for (unsigned i = 0; i < count; i++) {
		if (kept == 0 || compare_watches(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	}
	return (int)kept;
}
