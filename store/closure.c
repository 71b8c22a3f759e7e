/* Following identifiers and ids from event to event. */
#include "store/closure.h"

#include <stdlib.h>
#include <string.h>

#include "proto/wire/unpack.h"
#include "store/branch.h"

#define ROOM_FIRST 64

static const uint8_t no_id[EVENT_ID_SIZE];

/* --- the set of events --- */

int closure_init(struct closure *c)
{
	*c = (struct closure){
		.wanted = malloc(LOOKUP_IDENTIFIERS_MAX * sizeof *c->wanted),
		.looks = CLOSURE_LOOKS_MAX,
	};
	return c->wanted ? 0 : -1;
}

void closure_clear(struct closure *c)
{
	free(c->tied);
	free(c->slot);
	free(c->wanted);
	*c = (struct closure){ 0 };
}

void closure_reset(struct closure *c)
{
	if (c->count > 0)
		memset(c->slot, 0, c->slots * sizeof *c->slot);
	c->count = c->wanted_count = c->own = c->own_wanted = 0;
	c->large.value[0] = '\0';
	c->cut = c->failed = false;
	c->looks = CLOSURE_LOOKS_MAX;
}

static uint32_t *slot_of(const struct closure *c, struct position at)
{
	uint64_t h = (at.index << 24 ^ at.log) * UINT64_C(0x9e3779b97f4a7c15);
	unsigned i = (unsigned)(h >> 40) & (c->slots - 1);

	while (c->slot[i] && position_compare(&c->tied[c->slot[i] - 1].at, &at) != 0)
		i = (i + 1) & (c->slots - 1);
	return &c->slot[i];
}

static struct tied *tied_at(const struct closure *c, struct position at)
{
	uint32_t number = c->slots > 0 ? *slot_of(c, at) : 0;

	return number ? &c->tied[number - 1] : NULL;
}

static bool closure_grow(struct closure *c)
{
	unsigned room = c->room ? 2 * c->room : ROOM_FIRST;
	struct tied *tied = realloc(c->tied, room * sizeof *tied);
	uint32_t *slot = calloc(2 * (size_t)room, sizeof *slot);

	if (tied)
		c->tied = tied;
	if (!tied || !slot) {
		free(slot);
		c->failed = true;
		return false;
	}
	free(c->slot);
	c->slot = slot;
	c->slots = 2 * room;
	c->room = room;
	for (unsigned i = 0; i < c->count; i++)
		*slot_of(c, c->tied[i].at) = i + 1;
	return true;
}

/* --- identifiers --- */

static bool is_wanted(const struct ident *id, const struct ident *want)
{
	if (id->kind != want->kind || strcmp(id->value, want->value) != 0)
		return false;
	return id->kind == TRAC__IDENTIFIER_KIND__SERIAL ||
	       strcmp(id->scope, want->scope) == 0;
}

_Static_assert(LOOKUP_IDENTIFIERS_MAX <= 64, "numbers of wanted are bits");

/* Two of these tie; the serial without its maker does alone. */
static bool is_medium(const struct ident *id)
{
	return id->strength == MEDIUM && id->kind != TRAC__IDENTIFIER_KIND__SERIAL;
}

/* Its bit; 0: it is not wanted. */
static uint64_t wanted_bit(const struct closure *c, const struct ident *id)
{
	for (unsigned n = 0; n < c->wanted_count; n++) {
		if (is_wanted(id, &c->wanted[n].ident))
			return UINT64_C(1) << n;
	}
	return 0;
}

/* Adds an identifier, whose events closure_run() will add. */
static void closure_want(struct closure *c, const struct ident *id, bool joins)
{
	for (unsigned n = 0; n < c->wanted_count; n++) {
		struct wanted *w = &c->wanted[n];
		if (is_wanted(id, &w->ident)) {
			w->joins = w->joins || joins;
			return;
		}
	}
	if (c->wanted_count == LOOKUP_IDENTIFIERS_MAX)
		c->cut = true;
	else
		c->wanted[c->wanted_count++] = (struct wanted){ .ident = *id, .joins = joins };
}

/* Each two of them are in one event. */
static void closure_pair(struct closure *c, uint64_t mediums)
{
	for (unsigned n = 0; n < c->wanted_count; n++) {
		if (mediums >> n & 1)
			c->wanted[n].pairs |= mediums & ~(UINT64_C(1) << n);
	}
}

/* Are two of them in one event of the closure? */
static bool closure_has_pair(const struct closure *c, uint64_t mediums)
{
	for (unsigned n = 0; n < c->wanted_count; n++) {
		if ((mediums >> n & 1) && (mediums & c->wanted[n].pairs))
			return true;
	}
	return false;
}

/* Pairs that it was not looked up for; the other half of each has a higher number. */
static bool has_new_pairs(const struct closure *c, unsigned n)
{
	const struct wanted *w = &c->wanted[n];

	return (w->pairs & ~w->pairs_done) >> n > 1;
}

struct taking {
	struct closure *closure;
	bool alone;
	uint64_t mediums;
};

static void take_tie(void *ctx, const struct ident *id, enum tie tie)
{
	struct taking *w = ctx;
	bool joins = tie == TIE_LINKED || id->strength == STRONG ||
		     id->kind == TRAC__IDENTIFIER_KIND__SERIAL;

	/* the list of a whole donation ties nothing */
	if (tie == TIE_ANNOUNCED)
		return;
	w->alone = w->alone && !joins;
	closure_want(w->closure, id, joins);
	if (tie == TIE_DEVICE && is_medium(id))
		w->mediums |= wanted_bit(w->closure, id);
}

static void id_copy(uint8_t to[EVENT_ID_SIZE], bool has, const ProtobufCBinaryData *id)
{
	memset(to, 0, EVENT_ID_SIZE);
	if (has && id->len == EVENT_ID_SIZE)
		memcpy(to, id->data, EVENT_ID_SIZE);
}

static struct tied *add_event(struct closure *c, struct position at, const Trac__Event *e)
{
	if (c->count == LOOKUP_EVENTS_MAX) {
		c->cut = true;
		return NULL;
	}
	if (c->count == c->room && !closure_grow(c))
		return NULL;
	struct tied *d = &c->tied[c->count];
	*d = (struct tied){ .at = at, .shown = true };
	id_copy(d->id, e->has_id, &e->id);
	if (e->body_case == TRAC__EVENT__BODY_CORRECTED)
		id_copy(d->target, e->corrected->has_target, &e->corrected->target);
	*slot_of(c, at) = ++c->count;
	return d;
}

void closure_add(struct closure *c, struct txn *t, struct position at, const Trac__Event *e)
{
	struct tied *d = tied_at(c, at);
	struct taking w = { .closure = c, .alone = true };

	if (!d)
		d = add_event(c, at, e);
	if (!d || !d->shown)
		return;
	d->shown = false;
	event_ties(e, t, at.log, take_tie, &w);
	closure_pair(c, w.mediums);
	d->alone = w.alone;
}

void closure_show(struct closure *c, struct position at, const Trac__Event *e)
{
	if (!tied_at(c, at))
		add_event(c, at, e);
}

/* --- following --- */

/* Which events filed under a key are wanted. */
struct seek {
	const struct ident *ident;   /* NULL: all that have the key */
	bool links_only;
	bool show_only;              /* followed from an event that is only shown */
	bool tied, announced;        /* what the event at hand is */
	const struct closure *closure;
	uint64_t mediums;            /* that it has, of those wanted */
};

static void match_tie(void *ctx, const struct ident *id, enum tie tie)
{
	struct seek *k = ctx;

	if (k->links_only && tie == TIE_DEVICE && is_medium(id))
		k->mediums |= wanted_bit(k->closure, id);
	if ((k->links_only && tie != TIE_LINKED) || !is_wanted(id, k->ident))
		return;
	if (tie == TIE_ANNOUNCED)
		k->announced = true;
	else
		k->tied = true;
}

static void follow_one(struct closure *c, struct txn *t, struct position at,
		       const Trac__Event *e, const struct seek *k)
{
	if (k->tied && !k->show_only)
		closure_add(c, t, at, e);
	else if (k->tied || k->announced)
		closure_show(c, at, e);
}

static bool is_left_out(const struct closure *c, struct txn *t, struct position at)
{
	if (c->contest && !contest_counts(c->contest, t, at))
		return true;
	return c->without_repeats && branch_repeats(t, at.log, at.index);
}

static void follow(struct closure *c, struct index *x, struct txn *t, enum event_key type,
		   const void *key, size_t size, struct seek *k)
{
	struct candidates found;
	struct position at;

	candidates_begin(&found, x, t, type, key_prefix(index_store(x), type, key, size), 0);
	while (!c->failed && c->looks > 0 && candidates_next(&found, &at)) {
		const struct tied *d = tied_at(c, at);
		if (d && !d->shown)
			continue;
		c->looks--;
		if (is_left_out(c, t, at))
			continue;
		Trac__Event *e = event_at(t, at);
		if (e && c->without_announced &&
		    e->body_case == TRAC__EVENT__BODY_DONATION_ANNOUNCED) {
			unpack_free(e);
			continue;
		}
		k->tied = e && !k->ident && event_has_key(e, type, key, size);
		k->announced = false;
		k->mediums = 0;
		if (e && k->ident)
			event_ties(e, t, at.log, match_tie, k);
		k->tied = k->tied || closure_has_pair(c, k->mediums);
		follow_one(c, t, at, e, k);
		unpack_free(e);
	}
	c->cut = c->cut || found.cut || c->looks == 0;
	candidates_end(&found);
}

static void follow_value(struct closure *c, struct index *x, struct txn *t, const char *value,
			 struct seek *k)
{
	follow(c, x, t, KEY_VALUE, value, strlen(value), k);
	if (!c->without_announced)
		follow(c, x, t, KEY_ANNOUNCED, value, strlen(value), k);
}

void closure_add_value(struct closure *c, struct index *x, struct txn *t, const char *value)
{
	struct seek k = { .ident = NULL };

	follow_value(c, x, t, value, &k);
}

static void follow_ident(struct closure *c, struct index *x, struct txn *t, unsigned n)
{
	struct wanted *w = &c->wanted[n];
	struct seek k = { .ident = &w->ident, .links_only = !w->joins, .closure = c };

	w->done = true;
	w->pairs_done = w->pairs;
	w->joined = w->joins;
	follow_value(c, x, t, w->ident.value, &k);
}

/* Repetitions, corrections, and what is corrected. */
static void follow_ids(struct closure *c, struct index *x, struct txn *t, unsigned n)
{
	const struct tied d = c->tied[n];
	struct seek k = { .show_only = d.shown };

	if (memcmp(d.id, no_id, EVENT_ID_SIZE) != 0) {
		follow(c, x, t, KEY_EVENT, d.id, EVENT_ID_SIZE, &k);
		follow(c, x, t, KEY_TARGET, d.id, EVENT_ID_SIZE, &k);
	}
	if (memcmp(d.target, no_id, EVENT_ID_SIZE) != 0)
		follow(c, x, t, KEY_EVENT, d.target, EVENT_ID_SIZE, &k);
	c->tied[n].followed = true;
	c->tied[n].followed_shown = d.shown;
}

static bool is_stopped(struct closure *c, const struct ident *id, struct position at)
{
	bool stop = c->stop && c->stop(c->stop_ctx, id, at);

	c->cut = c->cut || stop;
	return stop;
}

/* Each identifier once, and again when a link made it join or an event brought a pair.
 * false: stopped. */
static bool follow_idents(struct closure *c, struct index *x, struct txn *t, bool *more)
{
	for (unsigned n = 0; n < c->wanted_count; n++) {
		const struct wanted *w = &c->wanted[n];
		if (w->done && (w->joined || (!w->joins && !has_new_pairs(c, n))))
			continue;
		if (w->joins && is_stopped(c, &w->ident, (struct position){ 0 }))
			return false;
		follow_ident(c, x, t, n);
		*more = true;
	}
	return true;
}

/* Each event once, and again when it is found to be more than shown. */
static bool follow_events(struct closure *c, struct index *x, struct txn *t, bool *more)
{
	for (unsigned n = 0; n < c->count; n++) {
		const struct tied *d = &c->tied[n];
		if (d->followed && (d->shown || !d->followed_shown))
			continue;
		if (d->alone && !d->shown && is_stopped(c, NULL, d->at))
			return false;
		follow_ids(c, x, t, n);
		*more = true;
	}
	return true;
}

void closure_run(struct closure *c, struct index *x, struct txn *t)
{
	bool more = true;

	while (more && c->looks > 0 && !c->failed && !txn_failed(t)) {
		more = false;
		if (!follow_idents(c, x, t, &more) || !follow_events(c, x, t, &more))
			return;
	}
}
