/*
 * All devices of a lot, of a donor, or under a watch: the events that name it
 * are the seeds, and each leads to the closure of its device. The newest first,
 * so that a limit cuts off the oldest.
 */
#include "store/index.h"

#include <stdlib.h>
#include <string.h>

#include "proto/wire/unpack.h"
#include "store/branch.h"
#include "store/closure.h"
#include "store/watch.h"

/* Entries read for one answer: four for each that is in it. At 3 us each: 0.8 s. */
#define WIDE_LOOKS_MAX (4 * LOOKUP_WIDE_EVENTS_MAX)
/* Events that name one lot or donor; a device is named three times. */
#define SEEDS_MAX LOOKUP_WIDE_EVENTS_MAX
/* An entry in a bundle: index, lengths, and for each level of its tree a hash. */
#define ENTRY_COST 48
#define LEVEL_COST 34

struct wide {
	struct index *index;         /* borrowed, as are these */
	struct txn *txn;
	const struct wide_query *query;
	unsigned seed_count, seed_room;
	struct watch_seed *seed;     /* owned */
	unsigned slots;              /* power of two, twice SEEDS_MAX */
	uint64_t *slot;              /* owned; packed positions of what was found; 0: free */
	struct closure closure;
	unsigned looks;              /* entries that may still be read */
	size_t bytes;                /* of what was found, in a bundle */
	uint32_t log;                /* whose levels are: */
	unsigned levels;
	struct found *out;
	bool failed;                 /* no memory */
};

static uint64_t packed(struct position at)
{
	return (uint64_t)at.log << 40 | at.index;
}

static uint64_t *slot_of(const struct wide *w, struct position at)
{
	uint64_t what = packed(at);
	unsigned i = (unsigned)(what * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (w->slots - 1);

	while (w->slot[i] && w->slot[i] != what)
		i = (i + 1) & (w->slots - 1);
	return &w->slot[i];
}

/* --- seeds --- */

static void seed_add(struct wide *w, struct position at, int64_t time_ms)
{
	if (w->seed_count == w->seed_room) {
		unsigned room = w->seed_room ? 2 * w->seed_room : 256;
		struct watch_seed *grown = realloc(w->seed, room * sizeof *grown);
		if (!grown) {
			w->failed = true;
			return;
		}
		w->seed = grown;
		w->seed_room = room;
	}
	w->seed[w->seed_count++] = (struct watch_seed){ at, time_ms };
}

/* The lots that a donor announced: who receives of one need not name the donor again. */
struct lots {
	unsigned count, room;
	char (*name)[TEXT_MAX + 1];  /* owned */
};

static void lot_add(struct wide *w, struct lots *l, const Trac__Event *e)
{
	char name[TEXT_MAX + 1];

	if (e->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED || !e->lot)
		return;
	ident_scope(e->lot, name);
	for (unsigned i = 0; i < l->count; i++) {
		if (!strcmp(l->name[i], name))
			return;
	}
	if (l->count == DONOR_LOTS_MAX) {
		w->out->cut = true;
		return;
	}
	if (l->count == l->room) {
		unsigned room = l->room ? 2 * l->room : 8;
		char (*grown)[TEXT_MAX + 1] = realloc(l->name, room * sizeof *grown);
		if (!grown) {
			w->failed = true;
			return;
		}
		l->name = grown;
		l->room = room;
	}
	memcpy(l->name[l->count++], name, sizeof name);
}

/* The events filed under a name; lots: also notes those that they announce. */
static void seeds_named(struct wide *w, enum event_key type, const char *called,
			struct lots *lots)
{
	char name[TEXT_MAX + 1];
	struct candidates c;
	struct position at;

	ident_scope(called, name);
	size_t size = strlen(name);
	candidates_begin(&c, w->index, w->txn, type,
			 key_prefix(index_store(w->index), type, name, size), 0);
	c.left = SEEDS_MAX;
	while (!w->failed && w->looks > 0 && candidates_next(&c, &at)) {
		w->looks--;
		if (branch_repeats(w->txn, at.log, at.index))
			continue;
		Trac__Event *e = event_at(w->txn, at);
		if (e && event_has_key(e, type, name, size)) {
			seed_add(w, at, e->time_ms);
			if (lots)
				lot_add(w, lots, e);
		}
		unpack_free(e);
	}
	w->out->cut = w->out->cut || c.cut || w->looks == 0;
	candidates_end(&c);
}

/* The newest first; the same for whoever holds the same. */
static int seed_compare(const void *left, const void *right)
{
	const struct watch_seed *a = left, *b = right;

	if (a->time_ms != b->time_ms)
		return a->time_ms > b->time_ms ? -1 : 1;
	return -position_compare(&a->at, &b->at);
}

static void seeds_of_donor(struct wide *w)
{
	struct lots lots = { 0 };

	seeds_named(w, KEY_DONOR, w->query->name, &lots);
	for (unsigned i = 0; i < lots.count && !w->failed; i++)
		seeds_named(w, KEY_LOT, lots.name[i], NULL);
	free(lots.name);
}

static void seeds_find(struct wide *w)
{
	switch (w->query->scope) {
	case WIDE_LOT:
		seeds_named(w, KEY_LOT, w->query->name, NULL);
		break;
	case WIDE_DONOR:
		seeds_of_donor(w);
		break;
	case WIDE_WATCH:
		w->seed_count = watch_seeds(w->txn, w->query->watch, SEEDS_MAX, &w->seed,
					    &w->out->cut, &w->failed);
		break;
	}
	if (w->seed_count > 1)
		qsort(w->seed, w->seed_count, sizeof *w->seed, seed_compare);
}

/* --- devices --- */

/* What an entry takes in a bundle, at most. */
static size_t cost_of(struct wide *w, struct position at)
{
	struct span entry = { NULL, 0 };

	if (w->log != at.log) {
		w->log = at.log;
		w->levels = 1;
		for (uint64_t size = log_size(w->txn, at.log); size > 1; size /= 2)
			w->levels++;
	}
	log_entry(w->txn, at.log, at.index, &entry);
	return entry.size + ENTRY_COST + LEVEL_COST * w->levels;
}

/* All events of a device, or none: half a life would mislead. false: no room. */
static bool device_take(struct wide *w)
{
	const struct closure *c = &w->closure;
	size_t bytes = 0;
	unsigned count = 0;

	for (unsigned i = 0; i < c->count; i++) {
		if (*slot_of(w, c->tied[i].at))
			continue;
		bytes += cost_of(w, c->tied[i].at);
		count++;
	}
	if (bytes > w->query->bytes_max - w->bytes ||
	    count > LOOKUP_WIDE_EVENTS_MAX - w->out->count)
		return false;
	for (unsigned i = 0; i < c->count; i++) {
		uint64_t *slot = slot_of(w, c->tied[i].at);
		if (*slot)
			continue;
		*slot = packed(c->tied[i].at);
		w->out->at[w->out->count++] = c->tied[i].at;
	}
	w->bytes += bytes;
	return true;
}

static void device_find(struct wide *w, struct position at)
{
	struct closure *c = &w->closure;

	closure_reset(c);
	/* what announces a lot or names a donor is a seed itself */
	c->without_announced = c->without_repeats = true;
	c->looks = c->looks < w->looks ? c->looks : w->looks;
	unsigned looks = c->looks;
	Trac__Event *e = event_at(w->txn, at);
	if (e)
		closure_add(c, w->txn, at, e);
	unpack_free(e);
	closure_run(c, w->index, w->txn);
	w->out->cut = w->out->cut || c->cut;
	if (w->query->scope == WIDE_WATCH && !c->cut)
		closure_add_media(c, w->index, w->txn);
	w->looks -= looks - c->looks;
	w->failed = w->failed || c->failed;
}

static void devices_find(struct wide *w)
{
	for (unsigned i = 0; i < w->seed_count && !w->failed; i++) {
		if (*slot_of(w, w->seed[i].at))
			continue;
		if (w->looks == 0) {
			w->out->cut = true;
			return;
		}
		device_find(w, w->seed[i].at);
		if (!device_take(w)) {
			w->out->cut = true;
			return;
		}
	}
}

static int wide_init(struct wide *w)
{
	w->slots = 2 * LOOKUP_WIDE_EVENTS_MAX;
	w->slot = calloc(w->slots, sizeof *w->slot);
	w->out->at = calloc(LOOKUP_WIDE_EVENTS_MAX, sizeof *w->out->at);
	return closure_init(&w->closure) || !w->slot || !w->out->at ? -1 : 0;
}

int index_lookup_wide(struct index *x, struct txn *t, const struct wide_query *q,
		      struct found *out, struct fault *f)
{
	struct wide w = { .index = x, .txn = t, .query = q, .looks = WIDE_LOOKS_MAX, .out = out };
	int rc = 0;

	*out = (struct found){ 0 };
	if (wide_init(&w)) {
		w.failed = true;
	} else {
		seeds_find(&w);
		devices_find(&w);
	}
	if (w.failed)
		rc = fault_set(f, FAULT_LIMIT, "no memory for a lookup");
	else if (txn_failed(t))
		rc = fault_set(f, FAULT_IO, "the lookup of '%.64s' met a damaged store: run "
			"'trac store check'", q->name);
	if (out->count > 1)
		qsort(out->at, out->count, sizeof *out->at, position_compare);
	closure_clear(&w.closure);
	free(w.slot);
	free(w.seed);
	if (rc) {
		free(out->at);
		*out = (struct found){ 0 };
	}
	return rc;
}
