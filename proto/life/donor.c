/* Which devices are of a donor's year, and the figures of it. */
#include "proto/life/donor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/life/reflect.h"
#include "proto/life/verdict_judge.h"

struct donor_match {
	const char *donor;
	unsigned lot_count;
	const char *lot[DONOR_LOTS_MAX];     /* borrowed from events */
};

static bool is_siren(const char *text)
{
	return strlen(text) == 9 && strspn(text, "0123456789") == 9;
}

/* As donors are indexed (keys.c); a SIREN stands for all its establishments. */
static bool donor_is(const char *said, const char *donor)
{
	char one[TEXT_MAX + 1], other[TEXT_MAX + 1];
	if (!said)
		return false;
	ident_scope(said, one);
	ident_scope(donor, other);
	if (is_siren(other) && strlen(one) == 14 && strncmp(one, other, 9) == 0)
		return true;
	return one[0] != '\0' && strcmp(one, other) == 0;
}

static bool is_announced_lot(const struct donor_match *m, const char *lot)
{
	for (unsigned i = 0; lot && i < m->lot_count; i++) {
		if (word_is(m->lot[i], lot))
			return true;
	}
	return false;
}

/* One announcement stands in the life of each device that it announces. The bundle is cut,
 * and no proof is made of it, when there are more lots. */
static void take_lot(struct donor_match *m, const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	if (e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED && e->lot && line_counts(line)
	    && donor_is(e->donation_announced->donor, m->donor)
	    && m->lot_count < DONOR_LOTS_MAX && !is_announced_lot(m, e->lot))
		m->lot[m->lot_count++] = e->lot;
}

static void find_lots(struct donor_match *m, const struct lives *l)
{
	for (unsigned i = 0; i < l->other_count; i++)
		take_lot(m, &l->other[i]);
	for (unsigned i = 0; i < l->count; i++) {
		for (unsigned k = 0; k < l->life[i].line_count; k++)
			take_lot(m, &l->life[i].line[k]);
	}
}

/* Does the line say that the device came from the donor? */
static bool is_from(const struct donor_match *m, const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	const char *donor = NULL;
	if (!line_counts(line))
		return false;
	if (e->body_case == TRAC__EVENT__BODY_COLLECTED)
		donor = e->collected->donor;
	else if (e->body_case == TRAC__EVENT__BODY_RECEIVED
		 && e->received->origin != TRAC__ORIGIN__NETWORK)
		donor = e->received->donor;
	else
		return false;
	return donor ? donor_is(donor, m->donor) : is_announced_lot(m, e->lot);
}

void line_month(const struct life_line *line, unsigned *year, unsigned *month)
{
	struct civil t;
	civil_from_ms(line->input->event->time_ms, line->input->event->zone_minutes, &t);
	*year = (unsigned)t.year;
	*month = (unsigned)t.month;
}

static bool is_in_year(const struct life_line *line, unsigned want)
{
	unsigned year, month;
	line_month(line, &year, &month);
	return year == want;
}

/* "AAAA-MM-JJ" of that year. */
static bool date_in_year(const char *date, unsigned want)
{
	return date && strtoul(date, NULL, 10) == want;
}

static const char *retired_on(const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	if (e->body_case == TRAC__EVENT__BODY_RECEIVED)
		return e->received->retired_on;
	return e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED
		? e->donation_announced->retired_on : NULL;
}

const Trac__Medium *erasure_medium(const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	if (!line_counts(line))
		return NULL;
	if (e->body_case == TRAC__EVENT__BODY_DATA_ERASED)
		return e->data_erased->medium;
	return e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED ? e->medium_destroyed->medium
								   : NULL;
}

/* When reuse was settled: declared refurbished, or handed over; the first of both. */
static const struct life_line *orientation(const struct life *l, const struct cycle *c)
{
	int at = c->refurbished ? c->refurbished_at : -1;
	if (c->distributed && c->distributed_at >= 0 && (at < 0 || c->distributed_at < at))
		at = c->distributed_at;
	return at >= 0 ? &l->line[at] : NULL;
}

struct found {
	bool from_donor, retired, opened;      /* the last two: in the year */
	bool retired_said;
};

static void look_at(const struct donor_match *m, const struct life *l, unsigned cycle,
		    unsigned year, struct found *out)
{
	*out = (struct found){ false, false, false, false };
	for (unsigned i = 0; i < l->line_count; i++) {
		const struct life_line *line = &l->line[i];
		if (line->cycle != cycle || !line_counts(line))
			continue;
		if (is_from(m, line)) {
			out->opened |= is_in_year(line, year);
			out->from_donor = true;
		}
		out->retired_said |= retired_on(line) != NULL;
		out->retired |= date_in_year(retired_on(line), year);
	}
}

static void tally(struct donor_year *p, const struct donor_device *d)
{
	const struct life *l = &p->lives->life[d->life];
	const struct cycle *c = &l->cycle[d->cycle];
	p->reused += d->oriented && d->verdict[RULE_REUSE_TARGET].truth == TRUE_;
	p->public_donor |= d->verdict[RULE_REUSE_TARGET].truth != NOT_APPLICABLE;
	p->distributed += c->distributed;
	p->refurbished += c->refurbished;
	p->by_state[c->fate]++;
	for (unsigned i = 0; i < l->line_count; i++) {
		const Trac__Event *e = l->line[i].input->event;
		if (l->line[i].cycle != d->cycle || !erasure_medium(&l->line[i]))
			continue;
		bool destroyed = e->body_case == TRAC__EVENT__BODY_MEDIUM_DESTROYED;
		bool good = destroyed ? e->medium_destroyed->result == TRAC__OUTCOME__SUCCESS
				      : erasure_succeeded(e->data_erased);
		p->destroyed += destroyed && good;
		p->erased += !destroyed && good;
		p->failed += !good;
	}
}

/* Room for one more, or NULL. */
static struct donor_device *device_add(struct donor_year *p)
{
	if ((p->count & (p->count - 1)) == 0) {
		size_t room = p->count ? 2 * (size_t)p->count : 1;
		struct donor_device *more = realloc(p->device, room * sizeof *more);
		if (!more)
			return NULL;
		p->device = more;
	}
	return &p->device[p->count];
}

static int take_cycle(struct donor_year *p, const struct donor_match *m, unsigned at,
		      unsigned cycle)
{
	const struct life *l = &p->lives->life[at];
	const struct life_line *oriented = orientation(l, &l->cycle[cycle]);
	struct found is;
	look_at(m, l, cycle, p->year, &is);
	if (!is.from_donor)
		return 0;
	if (oriented && !is_in_year(oriented, p->year))
		oriented = NULL;
	if (!oriented && !(is.retired_said ? is.retired : is.opened))
		return 0;
	struct donor_device *d = device_add(p);
	if (!d)
		return -1;
	*d = (struct donor_device){ .life = at, .cycle = cycle, .oriented = oriented };
	verdicts_judge(p->lives, p->parts, at, cycle, d->verdict);
	p->count++;
	tally(p, d);
	return 0;
}

int donor_collect(const struct lives *lives, const struct parts *parts, const char *donor,
		  unsigned year, struct donor_year *out)
{
	struct donor_match m = { .donor = out->donor };
	*out = (struct donor_year){ .lives = lives, .parts = parts, .year = year };
	snprintf(out->donor, sizeof out->donor, "%s", donor);
	find_lots(&m, lives);
	for (unsigned i = 0; i < lives->count; i++) {
		for (unsigned c = 0; c < lives->life[i].cycle_count; c++) {
			if (take_cycle(out, &m, i, c) < 0)
				return -1;
		}
	}
	return 0;
}

void donor_clear(struct donor_year *d)
{
	free(d->device);
	*d = (struct donor_year){ 0 };
}
