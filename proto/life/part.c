/*
 * The lives of parts: a second walk over all lives in canonical order, with the
 * same shelf as the fold, that writes down where each part was.
 */
#include "proto/life/part.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/part_work.h"

/* A line and the life it belongs to; IN_STOCK: none. */
struct place {
	const struct life_line *line;
	uint32_t life;
};

static bool line_counts(const struct life_line *line)
{
	return !(line->notes & (NOTE_INVALID | NOTE_REPEATED | NOTE_CORRECTED));
}

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int c = order_compare(a->line->input, b->line->input);
	return c ? c : (a->life > b->life) - (a->life < b->life);
}

static size_t add_places(struct place *to, const struct life_line *line, unsigned count,
			 uint32_t life)
{
	size_t used = 0;
	for (unsigned i = 0; i < count; i++) {
		if (line_counts(&line[i]))
			to[used++] = (struct place){ &line[i], life };
	}
	return used;
}

/* All lines that count, in order. NULL: no memory. */
static struct place *find_places(const struct lives *l, size_t *count)
{
	size_t room = l->other_count, used = 0;
	for (unsigned i = 0; i < l->count; i++)
		room += l->life[i].line_count;
	struct place *p = calloc(room + 1, sizeof *p);
	if (!p)
		return NULL;
	for (unsigned i = 0; i < l->count; i++)
		used += add_places(p + used, l->life[i].line, l->life[i].line_count, i);
	used += add_places(p + used, l->other, l->other_count, IN_STOCK);
	qsort(p, used, sizeof *p, compare_places);
	*count = used;
	return p;
}

/* --- stays --- */

static const char *holder_of(const struct part_work *w, const struct track *t, int device)
{
	return device < 0 ? t->keeper : w->device[device].holder;
}

static struct stay *last_stay(const struct track *t)
{
	return t->part.stay_count ? &t->part.stay[t->part.stay_count - 1] : NULL;
}

static void end_stay(const struct part_work *w, struct track *t, enum data_state data)
{
	struct stay *s = last_stay(t);
	if (!s)
		return;
	s->data = t->part.component == TRAC__COMPONENT__DISK ? data : DATA_UNKNOWN;
	strncpy(s->holder, holder_of(w, t, s->device), MEMBER_NAME_MAX);
}

/* From now on it is in device, -1: in stock. data: before the event. */
static void place_part(struct part_work *w, struct track *t, int device,
		       const struct life_input *at, enum data_state data)
{
	struct part_life *p = &t->part;
	struct stay *last = last_stay(t);
	if (last && last->device == device)
		return;
	/* a power of two, or none, means that it is full */
	if ((p->stay_count & (p->stay_count - 1)) == 0) {
		size_t room = p->stay_count ? 2 * (size_t)p->stay_count : 1;
		struct stay *more = realloc(p->stay, room * sizeof *more);
		if (!more) {
			w->failed = true;
			return;
		}
		p->stay = more;
	}
	end_stay(w, t, data);
	if (p->stay_count)
		p->stay[p->stay_count - 1].to = at;
	p->stay[p->stay_count++] = (struct stay){ .device = device, .from = at };
}

/* --- what is known of a part --- */

static void describe_part(struct track *t, const struct item *i, const struct fact *f)
{
	struct part_life *p = &t->part;
	const Trac__Medium *m = f->medium;
	const Trac__Part *part = f->part;
	p->ident = i->ident;
	p->said = i->said;
	p->component = i->medium ? TRAC__COMPONENT__DISK : part->component;
	if (m && m->has_type && p->medium_type == TRAC__MEDIUM_TYPE__MEDIUM_UNSPECIFIED)
		p->medium_type = m->type;
	if (p->capacity_bytes == 0)
		p->capacity_bytes = m ? m->capacity_bytes : part ? part->capacity_bytes : 0;
	if (!p->model)
		p->model = m ? m->model : part ? part->model : NULL;
}

static void keep_part(struct track *t, const struct life_input *at)
{
	const Trac__Event *e = at->event;
	bool back = e->body_case == TRAC__EVENT__BODY_MEDIUM_REMOVED
		    && e->medium_removed->destination
			       == TRAC__MEDIUM_DESTINATION__BACK_TO_DONOR;
	t->keeper = back ? "" : at->author;
}

/* Where an event about that device, or about none, leaves the part. */
static int new_place(const struct track *t, uint32_t life, const struct fact *f)
{
	const struct stay *last = t->part.stay_count ? last_stay(t) : NULL;
	if (f->kind == FACT_TAKEN)
		return -1;
	if (life != IN_STOCK)
		return (int)life;
	return last ? last->device : -1;
}

static void follow_part(struct part_work *w, uint32_t item, uint32_t life, const struct fact *f,
			const struct life_input *at, enum data_state before)
{
	struct track *t = &w->track[item];
	if (w->shelf.item[item].ident.value[0] == '\0')
		return;
	if (!t->first) {
		t->first = at;
		t->keeper = at->author;
	}
	describe_part(t, &w->shelf.item[item], f);
	if (f->kind == FACT_TAKEN && life != IN_STOCK)
		place_part(w, t, (int)life, at, before);   /* it was there, said or not */
	place_part(w, t, new_place(t, life, f), at, before);
	keep_part(t, at);
	struct stay *s = last_stay(t);
	if (s && (f->kind == FACT_ERASED || f->kind == FACT_DESTROYED))
		s->erased = at;
}

/* Nobody says where the disks went of a device that has none any more. */
static void follow_empty(struct part_work *w, uint32_t life, const struct life_input *at)
{
	const struct fact gone = { .kind = FACT_TAKEN };
	uint32_t item = life == IN_STOCK ? NO_ITEM : w->shelf.rack[life].first;
	for (; item != NO_ITEM; item = w->shelf.item[item].next)
		follow_part(w, item, life, &gone, at, w->shelf.item[item].state);
}

/* As many tracks as the shelf has room. */
static bool grow_tracks(struct part_work *w)
{
	if (w->track_room >= w->shelf.count)
		return true;
	struct track *more = realloc(w->track, w->shelf.room * sizeof *more);
	if (!more) {
		w->failed = true;
		return false;
	}
	for (uint32_t i = w->track_room; i < w->shelf.room; i++)
		more[i] = (struct track){ .alarm = NO_ALARM };
	w->track = more;
	w->track_room = w->shelf.room;
	return true;
}

static void follow_fact(struct part_work *w, uint32_t life, const struct fact *f,
			const struct life_input *at)
{
	if (f->kind == FACT_EMPTY)
		follow_empty(w, life, at);
	uint32_t item = shelf_find(&w->shelf, life, f);
	if (w->shelf.failed || (item != NO_ITEM && !grow_tracks(w)))
		return;
	enum data_state before = item == NO_ITEM ? DATA_UNKNOWN : w->shelf.item[item].state;
	if (item != NO_ITEM && (f->kind == FACT_SEEN || f->kind == FACT_NEW))
		alarm_reuse(w, item, life, at);
	shelf_apply(&w->shelf, life, f, item);
	if (item != NO_ITEM)
		follow_part(w, item, life, f, at, before);
	alarm_heal(w, item, life, f);
}

/* --- the walk --- */

/* As cycle.c has it: in another cycle, or back from somebody who had it. */
static bool was_used(const struct device_track *d, const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	if (line->cycle != d->cycle)
		return true;
	return e->body_case == TRAC__EVENT__BODY_RETURNED && d->state == STATE_DISTRIBUTED
	       && e->returned->reason != TRAC__RETURN_REASON__DELIVERY_ERROR;
}

static void walk(struct part_work *w, const struct place *p)
{
	struct fact fact[FACTS_MAX];
	const struct life_input *at = p->line->input;
	unsigned count = event_facts(at->event, fact);
	if (p->life != IN_STOCK && was_used(&w->device[p->life], p->line))
		shelf_used(&w->shelf, p->life);
	for (unsigned i = 0; i < count; i++)
		follow_fact(w, p->life, &fact[i], at);
	if (p->life == IN_STOCK)
		return;
	struct device_track *d = &w->device[p->life];
	alarm_custody(w, p->life, at);
	d->holder = p->line->holder;
	d->state = p->line->state;
	d->cycle = p->line->cycle;
}

/* --- the result --- */

static int compare_tracks(const void *left, const void *right)
{
	const struct track *a = left, *b = right;
	int c = order_compare(a->first, b->first);
	if (c == 0)
		c = (a->part.ident.kind > b->part.ident.kind)
		    - (a->part.ident.kind < b->part.ident.kind);
	return c ? c : strcmp(a->part.ident.value, b->part.ident.value);
}

static int finish_parts(struct part_work *w, struct parts *out)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < w->track_room; i++) {
		if (!w->track[i].first)
			continue;
		end_stay(w, &w->track[i], w->shelf.item[i].state);
		w->track[kept] = w->track[i];
		if (kept++ != i)
			w->track[i].part.stay = NULL;
	}
	out->part = calloc((size_t)kept + 1, sizeof *out->part);
	if (kept > 0)
		qsort(w->track, kept, sizeof *w->track, compare_tracks);
	for (uint32_t i = 0; out->part && i < kept; i++) {
		out->part[out->count++] = w->track[i].part;
		w->track[i].part.stay = NULL;
	}
	return out->part ? 0 : -1;
}

static int work_begin(struct part_work *w, const struct place *p, size_t count)
{
	if (shelf_init(&w->shelf, w->lives->count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		shelf_name(&w->shelf, p[i].line->input->event);
	w->device = calloc((size_t)w->lives->count + 1, sizeof *w->device);
	if (w->shelf.failed || !w->device)
		return -1;
	for (uint32_t i = 0; i < w->lives->count; i++)
		w->device[i] = (struct device_track){ .holder = "", .alarm = NO_ALARM };
	return 0;
}

static void work_clear(struct part_work *w)
{
	for (uint32_t i = 0; i < w->track_room; i++)
		free(w->track[i].part.stay);
	free(w->track);
	free(w->device);
	free(w->alarm);
	shelf_clear(&w->shelf);
}

int parts_fold(const struct lives *l, struct parts *out)
{
	struct part_work w = { .lives = l };
	size_t count = 0;
	int rc = -1;
	*out = (struct parts){ 0 };
	struct place *p = find_places(l, &count);
	if (!p || work_begin(&w, p, count) < 0)
		goto out;
	for (size_t i = 0; i < count; i++)
		walk(&w, &p[i]);
	if (w.failed || w.shelf.failed || finish_parts(&w, out) < 0)
		goto out;
	alarms_finish(&w, out);
	rc = w.failed ? -1 : 0;
out:
	if (rc < 0)
		parts_clear(out);
	work_clear(&w);
	free(p);
	return rc;
}

void parts_clear(struct parts *p)
{
	for (unsigned i = 0; i < p->count; i++)
		free(p->part[i].stay);
	free(p->part);
	free(p->alarm);
	*p = (struct parts){ 0 };
}
