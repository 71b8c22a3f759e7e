/*
 * Where a cycle began: who gave the device, how sensitive its data were, when
 * it was put in service and retired. Said by its own events, or by those about
 * the lot it came in, when both name the same lot and the same author or donor.
 */
#include <string.h>

#include "proto/life/verdict_judge.h"

/* What one event says, of any kind. */
struct told {
	bool has_type, has_sensitivity;
	Trac__DonorType type;
	Trac__Sensitivity sensitivity;
	const char *donor, *in_service, *retired;
	bool arrived;                  /* the device came in by it */
};

static struct told told_by(const Trac__Event *e)
{
	struct told t = { 0 };
	if (e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED) {
		const Trac__DonationAnnounced *b = e->donation_announced;
		t = (struct told){ b->has_donor_type, b->has_sensitivity, b->donor_type,
			b->sensitivity, b->donor, b->in_service_on, b->retired_on, false };
	} else if (e->body_case == TRAC__EVENT__BODY_COLLECTED) {
		const Trac__Collected *b = e->collected;
		t = (struct told){ .has_type = b->has_donor_type, .type = b->donor_type,
			.donor = b->donor, .arrived = true };
	} else if (e->body_case == TRAC__EVENT__BODY_RECEIVED) {
		const Trac__Received *b = e->received;
		/* on the network the giver is a workshop, not the donor */
		bool external = b->origin == TRAC__ORIGIN__EXTERNAL;
		t = (struct told){ b->has_donor_type && external, b->has_sensitivity,
			b->donor_type, b->sensitivity, b->donor, b->in_service_on,
			b->retired_on, external };
	} else if (e->body_case == TRAC__EVENT__BODY_RETURNED
		   && e->returned->reason == TRAC__RETURN_REASON__DONATED_BACK) {
		t = (struct told){ .has_type = true, .arrived = true,
			.type = TRAC__DONOR_TYPE__INDIVIDUAL };
	}
	return t;
}

bool donor_is_public(Trac__DonorType t)
{
	return t == TRAC__DONOR_TYPE__STATE || t == TRAC__DONOR_TYPE__LOCAL_AUTHORITY
	       || t == TRAC__DONOR_TYPE__SCHOOL || t == TRAC__DONOR_TYPE__SOCIAL_BODY
	       || t == TRAC__DONOR_TYPE__HOSPITAL;
}

/* "2016" is some day of it. Foreign text: what is no date says nothing. */
static bool read_days(const char *text, int *first, int *last)
{
	struct civil c;
	if (!text)
		return false;
	if (strlen(text) == 4 && strspn(text, "0123456789") == 4) {
		int year = 0;
		for (int i = 0; i < 4; i++)
			year = year * 10 + (text[i] - '0');
		*first = year * 10000 + 101;
		*last = year * 10000 + 1231;
		return true;
	}
	if (civil_parse(text, 0, &c) < 0)
		return false;
	*first = *last = c.year * 10000 + c.month * 100 + c.day;
	return true;
}

static void take_type(struct origin *o, const struct told *t, const struct life_input *i)
{
	if (!t->has_type)
		return;
	if (o->type_at && donor_is_public(o->type) != donor_is_public(t->type)) {
		o->conflict = true;
		o->other_at = o->type_at;
	}
	o->type = t->type;
	o->type_at = i;
}

static void take(struct origin *o, const struct life_input *i)
{
	struct told t = told_by(i->event);
	int first, last;
	take_type(o, &t, i);
	if (t.has_sensitivity && t.sensitivity > o->sensitivity) {
		o->sensitivity = t.sensitivity;
		o->sensitivity_at = i;
	}
	if (read_days(t.in_service, &first, &last)) {
		o->service_first = first;
		o->service_last = last;
		o->service_at = i;
	}
	if (read_days(t.retired, &first, &last) && first == last) {
		o->retired = first;
		o->retired_said = true;
		o->retired_at = i;
	}
}

/* The ways it came in; a device comes in twice at most, by collection and reception. */
#define ARRIVALS_MAX 4

struct arrivals {
	unsigned count;
	const struct life_input *at[ARRIVALS_MAX];
};

static void find_arrivals(const struct judged *j, struct arrivals *a)
{
	a->count = 0;
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const struct life_input *input = j->life->line[i].input;
		if (a->count < ARRIVALS_MAX && told_by(input->event).arrived)
			a->at[a->count++] = input;
	}
}

/* Of the lot it came in, and said by whoever took it in or of the same donor. */
static bool is_of_lot(const struct arrivals *a, const struct life_input *lot)
{
	const char *donor = told_by(lot->event).donor;
	for (unsigned i = 0; i < a->count; i++) {
		const struct life_input *own = a->at[i];
		const char *own_donor = told_by(own->event).donor;
		if (!own->event->lot || strcmp(own->event->lot, lot->event->lot) != 0)
			continue;
		if (strcmp(own->author, lot->author) == 0)
			return true;
		if (donor && own_donor && strcmp(donor, own_donor) == 0)
			return true;
	}
	return false;
}

static void take_lots(const struct judged *j, const struct arrivals *a, struct origin *o)
{
	for (unsigned i = 0; i < j->lives->other_count; i++) {
		const struct life_line *line = &j->lives->other[i];
		const Trac__Event *e = line->input->event;
		if (e->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED
		    && e->body_case != TRAC__EVENT__BODY_COLLECTED)
			continue;
		if (line_counts(line) && e->lot && is_of_lot(a, line->input))
			take(o, line->input);
	}
}

/* The year on its label, when nobody said when it was put in service. */
static void take_year(const struct judged *j, struct origin *o)
{
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const Trac__Event *e = j->life->line[i].input->event;
		if (e->body_case != TRAC__EVENT__BODY_IDENTIFIED || !e->identified->has_year)
			continue;
		if (e->identified->year < 1900 || e->identified->year > 9999)
			continue;
		int year = (int)e->identified->year;
		o->service_first = year * 10000 + 101;
		o->service_last = year * 10000 + 1231;
		o->service_at = j->life->line[i].input;
	}
}

void origin_find(const struct judged *j, struct origin *out)
{
	struct arrivals a;
	*out = (struct origin){ 0 };
	find_arrivals(j, &a);
	take_lots(j, &a, out);
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1))
		take(out, j->life->line[i].input);
	if (!out->service_at)
		take_year(j, out);
	if (!out->retired_at && a.count) {
		out->retired = event_day(a.at[0]->event);
		out->retired_at = a.at[0];
	}
}
