/* Alarms: data that left the hands that answered for them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/part_work.h"

static void raise_alarm(struct part_work *w, enum alarm_kind kind, uint32_t life,
			const struct life_input *at, uint32_t item, bool unknown)
{
	if (w->alarm_count == ALARMS_MAX || w->failed)
		return;
	if (w->alarm_count == w->alarm_room) {
		uint32_t room = w->alarm_room ? 2 * w->alarm_room : 8;
		struct raised *more = realloc(w->alarm, room * sizeof *more);
		if (!more) {
			w->failed = true;
			return;
		}
		w->alarm = more;
		w->alarm_room = room;
	}
	bool named = item != NO_ITEM && w->shelf.item[item].ident.value[0] != '\0';
	uint32_t *chain = named ? &w->track[item].alarm : &w->device[life].alarm;
	struct raised *r = &w->alarm[w->alarm_count];
	*r = (struct raised){
		.alarm = { .kind = kind, .device = (int)life, .at = at },
		.before = *chain, .unknown = unknown,
	};
	if (named) {
		r->alarm.medium = w->shelf.item[item].ident;
		r->alarm.said = w->shelf.item[item].said;
	}
	*chain = w->alarm_count++;
}

/* Which alarm a change of custody is, when data are left; 0: it is none. Loans too: the
 * borrower reads what is on the disk. What was stolen is in the worst hands of all. */
static enum alarm_kind custody_alarm(const Trac__Event *e)
{
	if (e->body_case == TRAC__EVENT__BODY_TRANSFER_SENT)
		return e->transfer_sent->nature == TRAC__TRANSFER_NATURE__POSSESSION
			? ALARM_MOVED : ALARM_LEFT;
	if (e->body_case == TRAC__EVENT__BODY_MADE_AVAILABLE
	    || e->body_case == TRAC__EVENT__BODY_WEEE_HANDED_OVER
	    || e->body_case == TRAC__EVENT__BODY_LOST)
		return ALARM_LEFT;
	return 0;
}

static bool has_medium_by_nature(Trac__DeviceType type)
{
	return type == TRAC__DEVICE_TYPE__DESKTOP || type == TRAC__DEVICE_TYPE__LAPTOP
	       || type == TRAC__DEVICE_TYPE__TABLET || type == TRAC__DEVICE_TYPE__SMARTPHONE
	       || type == TRAC__DEVICE_TYPE__SERVER || type == TRAC__DEVICE_TYPE__CONSOLE;
}

void alarm_custody(struct part_work *w, uint32_t life, const struct life_input *at)
{
	const struct rack *r = &w->shelf.rack[life];
	enum alarm_kind kind = custody_alarm(at->event);
	if (!kind)
		return;
	bool unnamed = r->overflow;
	for (uint32_t i = r->first; i != NO_ITEM; i = w->shelf.item[i].next) {
		const struct item *item = &w->shelf.item[i];
		if (!data_is_left(item->state))
			continue;
		if (item->ident.value[0] != '\0')
			raise_alarm(w, kind, life, at, i, false);
		else
			unnamed = true;
	}
	bool unknown = r->count == 0 && !r->none && !r->overflow;
	if (unnamed || (unknown && has_medium_by_nature(w->lives->life[life].type)))
		raise_alarm(w, kind, life, at, NO_ITEM, unknown);
}

void alarm_reuse(struct part_work *w, uint32_t item, uint32_t life, const struct life_input *at)
{
	const struct track *t = &w->track[item];
	/* memory and batteries hold nobody's data */
	if (life == IN_STOCK || !t->first || !w->shelf.item[item].medium
	    || !data_is_left(w->shelf.item[item].state) || strcmp(t->keeper, at->author) == 0)
		return;
	/* the device that it was in last */
	for (unsigned i = t->part.stay_count; i-- > 0;) {
		int device = t->part.stay[i].device;
		if (device < 0)
			continue;
		if (device != (int)life)
			raise_alarm(w, ALARM_REUSED, life, at, item, false);
		return;
	}
}

static void heal(struct part_work *w, uint32_t *chain, bool unknown_only)
{
	for (uint32_t i = *chain; i != NO_ALARM; i = w->alarm[i].before) {
		if (!unknown_only || w->alarm[i].unknown)
			w->alarm[i].alarm.healed = true;
	}
	if (!unknown_only)
		*chain = NO_ALARM;
}

void alarm_heal(struct part_work *w, uint32_t item, uint32_t life, const struct fact *f)
{
	if (item != NO_ITEM && (f->kind == FACT_ERASED || f->kind == FACT_DESTROYED))
		heal(w, &w->track[item].alarm, false);
	if (life == IN_STOCK || w->device[life].alarm == NO_ALARM)
		return;
	enum data_state worst = shelf_worst(&w->shelf, life);
	if (worst == DATA_ERASED || worst == DATA_DESTROYED)
		heal(w, &w->device[life].alarm, false);
	else if (f->kind == FACT_EMPTY)
		heal(w, &w->device[life].alarm, true);
}

static int compare_raised(const void *left, const void *right)
{
	const struct alarm *a = &((const struct raised *)left)->alarm;
	const struct alarm *b = &((const struct raised *)right)->alarm;
	int c = order_compare(a->at, b->at);
	if (c == 0)
		c = strcmp(a->medium.value, b->medium.value);
	if (c == 0)
		c = (a->device > b->device) - (a->device < b->device);
	return c ? c : (a->kind > b->kind) - (a->kind < b->kind);
}

void alarms_finish(struct part_work *w, struct parts *out)
{
	out->alarm = calloc((size_t)w->alarm_count + 1, sizeof *out->alarm);
	if (!out->alarm) {
		w->failed = true;
		return;
	}
	if (w->alarm_count > 0)
		qsort(w->alarm, w->alarm_count, sizeof *w->alarm, compare_raised);
	for (uint32_t i = 0; i < w->alarm_count; i++)
		out->alarm[out->alarm_count++] = w->alarm[i].alarm;
}

static const struct {
	const char *name, *label, *label_fr;
} names[] = {
	[ALARM_LEFT] = { "left", "left with data on it", "parti avec des données" },
	[ALARM_MOVED] = { "moved", "passed on with data on it",
			  "confié à un autre avec des données" },
	[ALARM_REUSED] = { "reused", "reused with data on it", "réemployé avec des données" },
};

const char *alarm_name(enum alarm_kind k)
{
	assert(k >= ALARM_LEFT && k <= ALARM_REUSED);
	return names[k].name;
}

const char *alarm_label(enum alarm_kind k, bool fr)
{
	assert(k >= ALARM_LEFT && k <= ALARM_REUSED);
	return fr ? names[k].label_fr : names[k].label;
}
