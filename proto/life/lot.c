/*
 * Reconciling a lot: serials that were announced beside devices that came. A
 * device is its whole life, so that one that was received under a label and
 * identified later is found by the serial that was announced.
 */
#include "proto/life/lot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/fold.h"

/* A serial that was promised. */
struct promise {
	struct ident ident;
	const struct life_input *at;
	bool done, said;
};

/* A device that was received in the lot, or of which it was said that it is missing. */
struct arrival {
	const struct life *life;
	const struct life_input *at;
	bool is_missing, done;
};

/* One identifier of an arrival, by what it is compared with. */
struct way {
	const struct ident *ident;
	char seen[TEXT_MAX + 1];
	unsigned arrival;
};

/* Ways that one promise is compared with: a lot has a handful that look alike. */
#define LOOKS_MAX 256

struct work {
	char name[TEXT_MAX + 1];
	unsigned promise_count, promise_room;
	struct promise *promise;   /* owned; sorted by value */
	unsigned arrival_count;
	struct arrival *arrival;   /* owned */
	unsigned way_count;
	struct way *way;           /* owned; sorted by value */
	struct lot *out;
};

static bool is_of(const struct work *w, const Trac__Event *e)
{
	char scope[TEXT_MAX + 1];

	if (!e->lot || e->lot[0] == '\0')
		return false;
	ident_scope(e->lot, scope);
	return strcmp(scope, w->name) == 0;
}

/* --- what was announced --- */

static int promise_add(struct work *w, const Trac__Identifier *i, const struct life_input *at)
{
	struct promise p = { .at = at };

	ident_normalise(i, &p.ident);
	if (p.ident.junk)
		return 0;
	if (w->promise_count == w->promise_room) {
		unsigned room = w->promise_room ? 2 * w->promise_room : 64;
		struct promise *grown = realloc(w->promise, room * sizeof *grown);
		if (!grown)
			return -1;
		w->promise = grown;
		w->promise_room = room;
	}
	w->promise[w->promise_count++] = p;
	return 0;
}

/* By serial; of the same, the first announcement first. */
static int promise_compare(const void *left, const void *right)
{
	const struct promise *a = left, *b = right;
	int c = strcmp(a->ident.value, b->ident.value);

	if (c == 0)
		c = (int)a->ident.kind - (int)b->ident.kind;
	if (c == 0)
		c = strcmp(a->ident.scope, b->ident.scope);
	return c ? c : order_compare(a->at, b->at);
}

/* Each serial once, however often its donor announced it. */
static void promises_sort(struct work *w)
{
	unsigned kept = 0;

	if (w->promise_count > 1)
		qsort(w->promise, w->promise_count, sizeof *w->promise, promise_compare);
	for (unsigned i = 0; i < w->promise_count; i++) {
		if (kept == 0 || !ident_same(&w->promise[kept - 1].ident, &w->promise[i].ident))
			w->promise[kept++] = w->promise[i];
	}
	w->promise_count = kept;
}

static int promises_find(struct work *w, const struct life_input *input, unsigned count)
{
	struct entry *entry = NULL;
	unsigned entries = 0;
	int rc = count > 0 ? order_entries(input, count, &entry, &entries) : 0;

	for (unsigned i = 0; !rc && i < entries; i++) {
		const Trac__Event *e = entry[i].input->event;
		if (!entry[i].counted || !is_of(w, e) ||
		    e->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED)
			continue;
		const Trac__DonationAnnounced *d = e->donation_announced;
		w->out->promised += d->has_count ? d->count : 0;
		for (size_t k = 0; !rc && k < d->n_announced && k < EVENT_LIST_MAX; k++)
			rc = promise_add(w, d->announced[k], entry[i].input);
	}
	free(entry);
	promises_sort(w);
	return rc;
}

/* --- what came --- */

/* The first reception of a life in this lot; one that says that it is missing counts only
 * when there is no other. */
static void arrival_find(struct work *w, const struct life *l)
{
	struct arrival a = { .life = l };

	for (unsigned i = 0; i < l->line_count; i++) {
		const struct life_line *line = &l->line[i];
		const Trac__Event *e = line->input->event;
		if (line->notes & (NOTE_INVALID | NOTE_REPEATED | NOTE_CORRECTED) ||
		    e->body_case != TRAC__EVENT__BODY_RECEIVED || !is_of(w, e))
			continue;
		bool is_missing = e->received->has_discrepancy &&
			e->received->discrepancy == TRAC__DISCREPANCY__MISSING;
		if (!a.at || (a.is_missing && !is_missing)) {
			a.at = line->input;
			a.is_missing = is_missing;
		}
	}
	if (a.at)
		w->arrival[w->arrival_count++] = a;
}

static int way_compare(const void *left, const void *right)
{
	const struct way *a = left, *b = right;
	int c = strcmp(a->seen, b->seen);

	if (c == 0)
		c = strcmp(a->ident->value, b->ident->value);
	return c ? c : (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

static int arrivals_find(struct work *w, const struct lives *l)
{
	size_t idents = 0;

	w->arrival = calloc(l->count + 1, sizeof *w->arrival);
	if (!w->arrival)
		return -1;
	for (unsigned i = 0; i < l->count; i++)
		arrival_find(w, &l->life[i]);
	for (unsigned i = 0; i < w->arrival_count; i++)
		idents += w->arrival[i].life->ident_count;
	w->way = calloc(idents + 1, sizeof *w->way);
	if (!w->way)
		return -1;
	for (unsigned i = 0; i < w->arrival_count; i++) {
		const struct life *life = w->arrival[i].life;
		for (unsigned k = 0; k < life->ident_count; k++) {
			struct way *way = &w->way[w->way_count++];
			way->ident = &life->ident[k];
			way->arrival = i;
			ident_confusable(way->ident->value, way->seen);
		}
	}
	if (w->way_count > 1)
		qsort(w->way, w->way_count, sizeof *w->way, way_compare);
	return 0;
}

/* The first way that is not below what is seen; value: nor below that, "" for any. */
static unsigned way_first(const struct work *w, const char *seen, const char *value)
{
	unsigned low = 0, high = w->way_count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		const struct way *way = &w->way[middle];
		int c = strcmp(way->seen, seen);
		if (c < 0 || (c == 0 && strcmp(way->ident->value, value) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- rows --- */

/* What a person calls the device: its serial, or its first identifier. */
static void name_arrival(const struct life *l, struct ident *out)
{
	for (unsigned i = 0; i < l->ident_count; i++) {
		if (i == 0 || l->ident[i].kind == TRAC__IDENTIFIER_KIND__SERIAL)
			*out = l->ident[i];
		if (l->ident[i].kind == TRAC__IDENTIFIER_KIND__SERIAL)
			return;
	}
}

static struct lot_row *row_add(struct work *w, enum lot_match match)
{
	struct lot_row *r = &w->out->row[w->out->count++];

	r->match = match;
	w->out->number[match]++;
	return r;
}

static void row_pair(struct work *w, struct promise *p, struct arrival *a,
		     const struct ident *received, enum lot_match match)
{
	struct lot_row *r = row_add(w, match);

	r->announced = p->ident;
	r->announcement = p->at;
	r->received = *received;
	r->reception = a->at;
	p->done = a->done = true;
}

/* Pairs what is the same, or looks the same. */
static void pairs_find(struct work *w, enum lot_match match)
{
	char seen[TEXT_MAX + 1];

	for (unsigned i = 0; i < w->promise_count; i++) {
		struct promise *p = &w->promise[i];
		ident_confusable(p->ident.value, seen);
		unsigned first = way_first(w, seen, match == LOT_ARRIVED ? p->ident.value : "");
		unsigned end = w->way_count - first < LOOKS_MAX ? w->way_count : first + LOOKS_MAX;
		for (unsigned k = first; !p->done && k < end; k++) {
			const struct way *way = &w->way[k];
			struct arrival *a = &w->arrival[way->arrival];
			if (strcmp(way->seen, seen) != 0)
				break;
			bool same = ident_same(way->ident, &p->ident);
			if (same && match == LOT_ARRIVED && a->is_missing)
				p->said = true;
			else if (same && match == LOT_ARRIVED && a->done)
				p->done = true;   /* announced under two identifiers */
			else if (!a->is_missing && !a->done &&
				 same == (match == LOT_ARRIVED) &&
				 way->ident->kind == p->ident.kind)
				row_pair(w, p, a, way->ident, match);
		}
	}
}

static void rest_find(struct work *w)
{
	for (unsigned i = 0; i < w->promise_count; i++) {
		const struct promise *p = &w->promise[i];
		if (p->done)
			continue;
		struct lot_row *r = row_add(w, LOT_MISSING);
		r->announced = p->ident;
		r->announcement = p->at;
		r->said = p->said;
	}
	for (unsigned i = 0; i < w->arrival_count; i++) {
		const struct arrival *a = &w->arrival[i];
		if (a->done || a->is_missing)
			continue;
		struct lot_row *r = row_add(w, LOT_UNEXPECTED);
		name_arrival(a->life, &r->received);
		r->reception = a->at;
	}
}

static const char *serial_of(const struct lot_row *r)
{
	return r->announced.value[0] ? r->announced.value : r->received.value;
}

static int row_compare(const void *left, const void *right)
{
	const struct lot_row *a = left, *b = right;

	if (a->match != b->match)
		return a->match < b->match ? -1 : 1;
	int c = strcmp(serial_of(a), serial_of(b));
	if (c == 0)
		c = strcmp(a->received.value, b->received.value);
	return c ? c : order_compare(a->reception ? a->reception : a->announcement,
				     b->reception ? b->reception : b->announcement);
}

int lot_reconcile(const struct life_input *input, unsigned count, const char *name,
		  struct lot *out)
{
	struct work w = { .out = out };
	struct lives lives = { 0 };
	int rc = -1;

	memset(out, 0, sizeof *out);
	ident_scope(name, w.name);
	if (promises_find(&w, input, count) || lives_fold(input, count, &lives) ||
	    arrivals_find(&w, &lives))
		goto out;
	out->row = calloc((size_t)w.promise_count + w.arrival_count + 1, sizeof *out->row);
	if (!out->row)
		goto out;
	pairs_find(&w, LOT_ARRIVED);
	pairs_find(&w, LOT_MISMATCH);
	rest_find(&w);
	assert(out->count <= w.promise_count + w.arrival_count);
	if (out->count > 1)
		qsort(out->row, out->count, sizeof *out->row, row_compare);
	rc = 0;
out:
	if (rc)
		lot_clear(out);
	lives_clear(&lives);
	free(w.promise);
	free(w.arrival);
	free(w.way);
	return rc;
}

void lot_clear(struct lot *l)
{
	free(l->row);
	memset(l, 0, sizeof *l);
}
