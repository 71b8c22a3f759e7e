/*
 * The counters: new entries are folded with all that is about their device.
 * How far each log is folded stands in TABLE_META ('g' log) and changes with
 * the counters.
 */
#include "store/figures.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/check.h"
#include "store/contest.h"
#include "store/device.h"
#include "store/reach.h"
#include "store/whole.h"

/* Events of touched devices that an entry has for its one; most devices have ten. */
#define WORK_OF_ONE 16
/* Positions that are remembered as done: 1 MiB. */
#define DONE_MAX 65536
/* Devices that are folded again because one that shared a disk with them changed. */
#define NEIGHBOURS_MAX 16

struct figures {
	struct store *store;           /* borrowed */
	struct index *index;           /* borrowed */
	struct figures_rules rules;
	struct closure closure;
	struct contest contest;        /* what counts of forked logs, while it is known */
	bool contest_known;
	unsigned slots, done_count;    /* slots: a power of two */
	uint64_t *done;                /* owned; positions counted since there was anything new */
	uint64_t told;                 /* entries that there were then */
	unsigned work;           /* entries read for the present one */
};

struct figures *figures_create(struct store *s, struct index *x, struct figures_rules rules)
{
	struct figures *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->store = s;
	g->index = x;
	g->rules = rules;
	if (closure_init(&g->closure)) {
		free(g);
		return NULL;
	}
	return g;
}

void figures_destroy(struct figures *g)
{
	if (!g)
		return;
	closure_clear(&g->closure);
	contest_clear(&g->contest);
	free(g->done);
	free(g);
}

/* --- what was counted since there was anything new: a device is folded once --- */

static uint64_t packed(struct position at)
{
	return (uint64_t)at.log << 40 | at.index;
}

static uint64_t *done_slot(const struct figures *g, uint64_t at)
{
	unsigned i = (unsigned)(at * UINT64_C(0x9e3779b97f4a7c15) >> 40) & (g->slots - 1);

	while (g->done[i] && g->done[i] != at)
		i = (i + 1) & (g->slots - 1);
	return &g->done[i];
}

static int done_grow(struct figures *g)
{
	uint64_t *old = g->done;
	unsigned old_slots = g->slots;

	g->slots = old_slots ? 2 * old_slots : 4096;
	g->done = calloc(g->slots, sizeof *g->done);
	if (!g->done) {
		g->done = old;
		g->slots = old_slots;
		return -1;
	}
	for (unsigned i = 0; i < old_slots; i++) {
		if (old[i])
			*done_slot(g, old[i]) = old[i];
	}
	free(old);
	return 0;
}

static bool is_done(const struct figures *g, uint64_t what)
{
	return g->slots > 0 && *done_slot(g, what) != 0;
}

static int done_add(struct figures *g, uint64_t what)
{
	if (2 * g->done_count >= g->slots && done_grow(g))
		return -1;
	uint64_t *slot = done_slot(g, what);
	g->done_count += *slot == 0;
	*slot = what;
	return 0;
}

static void done_reset(struct figures *g)
{
	free(g->done);
	g->done = NULL;
	g->slots = g->done_count = 0;
}

/* What was done is to be done again when there is anything new. */
static bool done_check(struct figures *g, struct txn *t)
{
	uint64_t told = 0;

	for (uint32_t log = 1, last = log_last(t); log <= last; log++)
		told += index_told(g->index, log);
	const bool is_new = told != g->told;
	if (is_new || g->done_count > DONE_MAX)
		done_reset(g);
	g->told = told;
	return is_new;
}

/* --- counting --- */

static bool stop_at_large(void *ctx, const struct ident *id, struct position at)
{
	return device_is_large(ctx, id, at);
}

static bool has_events(const struct closure *c)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (!c->tied[i].shown)
			return true;
	}
	return false;
}

static int count_closure(struct figures *g, struct txn *t, struct fault *f)
{
	g->closure.stop = stop_at_large;
	g->closure.without_announced = true;
	g->closure.contest = &g->contest;
	g->closure.stop_ctx = t;
	closure_run(&g->closure, g->index, t);
	if (!g->closure.cut)
		closure_add_media(&g->closure, g->index, t);
	g->work += CLOSURE_LOOKS_MAX - g->closure.looks;
	if (!g->closure.cut && !has_events(&g->closure))
		return 0;
	return device_count(&g->closure, t, &g->rules, f);
}

static int mark_done(struct figures *g, struct fault *f)
{
	for (unsigned i = 0; i < closure_own(&g->closure); i++) {
		const struct tied *d = &g->closure.tied[i];
		/* what was cut off may be found from another event */
		if (!d->shown && !g->closure.cut && done_add(g, packed(d->at)))
			return fault_set(f, FAULT_LIMIT, "no memory to count devices");
	}
	return 0;
}

/* --- devices that had the same disks: what is new may change what they are under --- */

struct neighbours {
	unsigned count;
	struct neighbour {
		struct position at;
		bool counted;
	} *event;                  /* owned; sorted */
};

static int neighbours_find(struct neighbours *n, const struct closure *c)
{
	unsigned own = closure_own(c);

	*n = (struct neighbours){ 0 };
	if (c->cut || c->count == own)
		return 0;
	n->event = calloc(c->count - own, sizeof *n->event);
	if (!n->event)
		return -1;
	for (unsigned i = own; i < c->count; i++) {
		if (!c->tied[i].shown)
			n->event[n->count++].at = c->tied[i].at;
	}
	qsort(n->event, n->count, sizeof *n->event, position_compare);
	return 0;
}

static void neighbours_mark(struct neighbours *n, const struct closure *c)
{
	for (unsigned i = 0; i < closure_own(c); i++) {
		struct neighbour *e = bsearch(&c->tied[i].at, n->event, n->count,
					      sizeof *n->event, position_compare);
		if (e)
			e->counted = true;
	}
}

static int neighbours_count(struct figures *g, struct txn *t, struct neighbours *n,
			    struct fault *f)
{
	unsigned left = NEIGHBOURS_MAX;
	int rc = 0;

	for (unsigned i = 0; !rc && i < n->count && left > 0; i++) {
		Trac__Event *e;
		if (n->event[i].counted || is_done(g, packed(n->event[i].at)))
			continue;
		left--;
		e = event_at(t, n->event[i].at);
		closure_reset(&g->closure);
		if (e)
			closure_add(&g->closure, t, n->event[i].at, e);
		unpack_free(e);
		rc = count_closure(g, t, f);
		neighbours_mark(n, &g->closure);
	}
	return rc;
}

static int count_device(struct figures *g, struct txn *t, struct position at,
			const Trac__Event *e, struct fault *f)
{
	struct neighbours n;

	closure_reset(&g->closure);
	closure_add(&g->closure, t, at, e);
	if (count_closure(g, t, f) || mark_done(g, f))
		return -1;
	if (neighbours_find(&n, &g->closure))
		return fault_set(f, FAULT_LIMIT, "no memory to count devices");
	int rc = neighbours_count(g, t, &n, f);
	free(n.event);
	return rc;
}

static int count_entry(struct figures *g, struct txn *t, struct position at, struct span entry,
		       struct fault *f)
{
	struct fault ignored;
	int rc = 0;

	Trac__Event *e = event_open(entry, &ignored);
	if (!e)
		return 0;
	/* a promise counts nowhere; left out here, it cannot make devices ambiguous either */
	if (e->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED && !is_done(g, packed(at)))
		rc = count_device(g, t, at, e, f);
	unpack_free(e);
	return rc;
}

/* --- catching up --- */

/* An entry costs one, and more when it touches long lives, which must not hold up the
 * node. */
static void spend(struct figures *g, unsigned *budget)
{
	unsigned cost = 1 + g->work / WORK_OF_ONE;

	*budget -= cost < *budget ? cost : *budget;
	g->work = 0;
}

/* Folds up to *budget entries of a log. Returns how many are left, -1: fault. */
static int64_t count_log(struct figures *g, struct txn *t, uint32_t log, unsigned *budget,
			 struct fault *f)
{
	/* the index must know what is folded, or a device would be folded in part */
	uint64_t at = reach_get(t, REACH_FOLDED, log), end = index_told(g->index, log), first = at;
	struct span entry;

	for (; at < end && *budget > 0 && !txn_failed(t); at++, spend(g, budget)) {
		if (!contest_counts(&g->contest, t, (struct position){ log, at }))
			continue;
		if (!whole_entry(t, log, at, &entry, f))
			return -1;
		if (count_entry(g, t, (struct position){ log, at }, entry, f))
			return -1;
	}
	if (at > first)
		reach_put(t, REACH_FOLDED, log, at);
	return at < end ? (int64_t)(end - at) : 0;
}

void figures_contest_changed(struct figures *g)
{
	g->contest_known = false;
}

/* What is new. In a transaction that only reads: damage that it meets ends nothing else. */
static int look(struct figures *g, struct fault *f)
{
	struct txn *t = txn_begin(g->store, false, f);
	int rc = 0;

	if (!t)
		return -1;
	if (done_check(g, t) && g->contest.waits)
		g->contest_known = false;
	if (!g->contest_known)
		rc = contest_read(&g->contest, t, &g->rules, f);
	if (txn_failed(t)) {
		txn_commit(t, f);   /* says why */
		f->code = FAULT_UNPROVED;
		return fault_prefix(f, "figures wait");
	}
	txn_abort(t);
	g->contest_known = rc == 0;
	return rc;
}

/* Whether a log is forked, and closed, changes what was counted of it. */
static void contest_follow(struct figures *g, struct txn *t)
{
	if (reach_get(t, REACH_CONTEST, 0) == g->contest.mark)
		return;
	store_drop_figures(t);
	done_reset(g);
	reach_put(t, REACH_CONTEST, 0, g->contest.mark);
}

int64_t figures_catch_up(struct figures *g, unsigned max, struct fault *f)
{
	struct txn *t = look(g, f) ? NULL : txn_begin(g->store, true, f);
	int64_t left = 0, rest = 0;

	if (!t)
		return -1;
	contest_follow(g, t);
	for (uint32_t log = 1, last = log_last(t); rest >= 0 && log <= last; log++) {
		rest = count_log(g, t, log, &max, f);
		left += rest;
	}
	/* a damaged entry of a device stops the figures, and nothing else: it is told first */
	bool failed = txn_failed(t);
	if (rest < 0 && !failed)
		txn_abort(t);
	if ((rest < 0 && !failed) || txn_commit(t, f)) {
		done_reset(g);
		return -1;
	}
	return left;
}

int figures_drop(struct figures *g, struct fault *f)
{
	struct txn *t = txn_begin(g->store, true, f);

	if (!t)
		return -1;
	store_drop_figures(t);
	done_reset(g);
	return txn_commit(t, f);
}

/* --- sums --- */

static bool is_asked(const struct figures_query *q, const struct contribution *c)
{
	if ((q->from_month && c->month < q->from_month) ||
	    (q->to_month && c->month > q->to_month))
		return false;
	if (*q->department && strncmp(q->department, c->department, 4) != 0)
		return false;
	return !*q->structure || strcmp(q->structure, c->structure) == 0;
}

int figures_sum(struct txn *t, const struct figures_query *q, struct figure_sum *sum)
{
	struct contribution c;
	struct span key, value;
	struct walk w;

	walk_begin(&w, t, TABLE_COUNTERS, (struct span){ NULL, 0 });
	while (walk_next(&w, &key, &value)) {
		if (cell_read(key, value, &c) && is_asked(q, &c))
			figure_sum_add(sum, &c);
	}
	walk_end(&w);
	return txn_failed(t) ? -1 : 0;
}
