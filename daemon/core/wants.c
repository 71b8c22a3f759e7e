/*
 * Fetching and serving entries. A log is fetched from one link at a time, in
 * order, by frames that follow one another; the places in flight of a link go
 * around among the logs that it serves, the member log always first.
 */
#include "daemon/core/state.h"

#include <assert.h>

#include "proto/log/evidence.h"

static uint32_t row_of(const struct core *c, const struct log_row *g)
{
	return (uint32_t)(g - c->logs.row);
}

/* --- what is in flight --- */

static void slot_die(struct core *c, struct want_slot *s)
{
	struct log_row *g = &c->logs.row[s->row];

	if (s->used && s->live) {
		assert(g->live > 0);
		g->live--;
	}
	s->live = false;
}

static void slot_free(struct core *c, struct want_slot *s)
{
	slot_die(c, s);
	s->used = false;
	c->plan_due = true;
}

bool wants_refused(struct core *c, struct link *l, uint32_t row, uint64_t size)
{
	struct want_slot *first = NULL;
	bool live;

	for (unsigned k = 0; k < WANTS_MAX; k++) {
		struct want_slot *s = &l->slot[k];

		if (s->used && s->row == row && s->tree_size == size
		    && (!first || s->turn < first->turn))
			first = s;
	}
	if (!first)
		return false;
	live = first->live;
	slot_free(c, first);
	return live;
}

void wants_forget(struct core *c, uint32_t row)
{
	struct log_row *g = &c->logs.row[row];

	for (unsigned i = 0; i < c->links.count && g->live > 0; i++) {
		struct link *l = c->links.item[i];

		for (unsigned k = 0; k < WANTS_MAX; k++) {
			if (l->slot[k].used && l->slot[k].row == row)
				slot_die(c, &l->slot[k]);
		}
	}
	log_rewind(g);
}

void wants_release(struct core *c, struct link *l)
{
	for (unsigned k = 0; k < WANTS_MAX; k++) {
		if (l->slot[k].used)
			slot_free(c, &l->slot[k]);
	}
	for (uint32_t row = 0; row < c->logs.count; row++) {
		struct log_row *g = &c->logs.row[row];

		if (!g->sourced || g->source != l->id)
			continue;
		log_rewind(g);
		g->avoids = true;
		g->avoid = l->id;
		c->plan_due = true;
	}
}

void wants_expire(struct core *c, struct link *l)
{
	unsigned failed = 0;
	struct fault f;

	for (unsigned k = 0; k < WANTS_MAX; k++) {
		struct want_slot *s = &l->slot[k];

		if (!s->used || link_slot_due(l, s) > c->now_ms)
			continue;
		l->late++;
		if (s->live) {
			const uint32_t row = s->row;

			failed++;
			wants_forget(c, row);
			c->logs.row[row].avoids = true;
			c->logs.row[row].avoid = l->id;
		}
		slot_free(c, s);
	}
	if (failed == 0 || ++l->silent % SILENT_MAX != 0)
		return;
	fault_set(&f, FAULT_UNAVAILABLE, "link: %s says it holds entries and did not send them "
		  "within %d s, %u times in a row: others are asked first", core_name(c, l),
		  WANT_MS / 1000, l->silent);
	core_fault(c, l, &f);
}

/* --- asking --- */

/* A proof for target needs all entries below it. Of a forked log it may be the branch that
 * they hold first: the mark says which is meant. */
static bool has_target(const struct core *c, const struct link *l, const struct log_row *g)
{
	if (l->gone || !l->greeted)
		return false;
	return link_known(l, row_of(c, g)).held >= g->target ||
	       (g->partner != ROW_NONE && link_known(l, g->partner).held >= g->target);
}

/* Who does not say that it holds two branches may have but the one that is held here. */
static bool is_doubtful(const struct core *c, const struct link *l, const struct log_row *g)
{
	return g->is_branch && link_known(l, row_of(c, g)).held < g->target;
}

/* Until when the other side is not asked: it lied. */
static int64_t shunned_until(struct core *c, const struct link *l)
{
	const struct log_row *peer = core_peer_row(c, l);

	return peer ? peer->shun_ms : 0;
}

/* Lower is better: those that deliver, not the one that just failed, the least busy. */
static unsigned burden(const struct core *c, const struct link *l, const struct log_row *g)
{
	const bool avoided = g->avoids && g->avoid == l->id;
	const bool preferred = g->prefers && g->prefer == l->id;

	return l->silent * 16 + (avoided ? 8 : 0) + (g->prefers && !preferred ? 8 : 0) +
	       (is_doubtful(c, l, g) ? 8 : 0) + link_slots_used(l);
}

static void retry_at(struct core *c, int64_t at_ms)
{
	if (at_ms < c->retry_ms)
		c->retry_ms = at_ms;
}

/* NULL: nobody can now. */
static struct link *choose(struct core *c, struct log_row *g)
{
	const unsigned count = c->links.count;
	const uint64_t first = count ? rng_below(&c->rng, count) : 0;
	struct link *best = NULL;
	bool held = false;

	for (unsigned i = 0; i < count; i++) {
		struct link *l = c->links.item[(first + i) % count];

		if (!has_target(c, l, g))
			continue;
		held = true;
		if (shunned_until(c, l) > c->now_ms)
			retry_at(c, shunned_until(c, l));
		else if (link_free_slot(l) && (!best || burden(c, l, g) < burden(c, best, g)))
			best = l;
	}
	g->unheld = !held;
	return best;
}

static struct link *source_of(struct core *c, struct log_row *g)
{
	struct link *l = g->sourced ? links_find(&c->links, g->source) : NULL;

	/* frames in flight: go on there, so that the next ones come in order */
	if (l && (g->live > 0 || (link_free_slot(l) && has_target(c, l, g))))
		return l;
	/* entries are on their way to the store: ask on where they were asked */
	l = choose(c, g);
	if (l) {
		g->sourced = true;
		g->source = l->id;
	}
	return l;
}

static bool ask(struct core *c, struct link *l, struct log_row *g)
{
	struct want_slot *s = link_free_slot(l);
	const uint64_t left = g->target - g->next;
	struct gossip *want;

	want = s ? core_send(c, l, GOSSIP_WANT) : NULL;
	if (!want)
		return false;
	*s = (struct want_slot){
		.used = true,
		.live = true,
		.row = row_of(c, g),
		.start = g->next,
		.end = g->next + (left < g->span ? left : g->span),
		.tree_size = g->target,
		.turn = l->turns++,
		.asked_ms = c->now_ms,
	};
	want->want.log = g->id;
	want->want.start = s->start;
	want->want.end = s->end;
	want->want.tree_size = s->tree_size;
	want->want.mark = g->target_mark;
	g->next = s->end;
	g->live++;
	return true;
}

/* Can more of this log be asked for now? */
static bool is_wanted(struct core *c, struct log_row *g)
{
	if (g->held >= g->target || (row_of(c, g) == ROW_OWN && !own_may_fetch(c)))
		return false;
	if (g->retry_ms > c->now_ms) {
		retry_at(c, g->retry_ms);
		return false;
	}
	if (g->next >= g->target && g->live == 0) {
		/* all has come, and is not yet known to be stored */
		if (g->taken_ms + TAKE_MS > c->now_ms) {
			retry_at(c, g->taken_ms + TAKE_MS);
			return false;
		}
		log_rewind(g);
	}
	return g->next < g->target && !g->unheld;
}

static bool plan_row(struct core *c, struct log_row *g)
{
	struct link *l;

	if (!is_wanted(c, g))
		return false;
	l = source_of(c, g);
	return l && ask(c, l, g);
}

/* One frame for each log in turn, until nothing more can be asked. */
static void plan_turns(struct core *c)
{
	const uint32_t others = c->logs.count - 1;
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = 0; i < others; i++) {
			const uint32_t row = 1 + (c->plan_first + i) % others;

			if (plan_row(c, &c->logs.row[row]))
				again = true;
		}
	}
	c->plan_first = (c->plan_first + 1) % others;
}

void wants_plan(struct core *c)
{
	c->plan_due = false;
	c->retry_ms = NEVER_MS;
	/* the member log says which others there are */
	while (plan_row(c, &c->logs.row[ROW_MEMBERS]))
		;
	plan_turns(c);
}

/* --- frames --- */

static struct want_slot *slot_of(const struct core *c, struct link *l, const struct gossip *g)
{
	const uint32_t row = logs_find(&c->logs, &g->frame.log);
	struct want_slot *first = NULL;

	for (unsigned k = 0; k < WANTS_MAX && row != ROW_NONE; k++) {
		struct want_slot *s = &l->slot[k];

		if (s->used && s->row == row && s->start == g->frame.start
		    && s->tree_size == g->frame.tree_size && (!first || s->turn < first->turn))
			first = s;
	}
	return first;
}

static void unasked(struct core *c, struct link *l)
{
	struct fault f;

	c->stale++;
	if (l->late > 0) {
		l->late--;
		return;
	}
	fault_set(&f, FAULT_PROTOCOL, "frame: %s sent one that nobody asked for: update that node",
		  core_name(c, l));
	core_fault(c, l, &f);
	core_drop(c, l, &f);
}

/* The byte limit cut a frame: those asked behind it do not fit any more. */
static void cut_short(struct core *c, struct log_row *g, uint64_t end, uint32_t count)
{
	wants_forget(c, row_of(c, g));
	g->next = end;
	g->span = count;
}

static void take_frame(struct core *c, struct link *l, struct log_row *g, const struct gossip *m)
{
	struct core_effect *x = core_effect(c, FX_TAKE_FRAME, l->id);

	if (!x) {
		wants_forget(c, row_of(c, g));
		return;
	}
	x->log = g->id;
	x->message = m;
	g->taken_ms = c->now_ms;
	c->frames_taken++;
	/* of two branches it has the one that is looked for */
	if (g->partner == ROW_NONE)
		return;
	g->prefers = true;
	g->prefer = l->id;
}

void wants_take_frame(struct core *c, struct link *l, const struct gossip *m)
{
	struct want_slot *s = slot_of(c, l, m);
	const uint64_t end = m->frame.start + m->frame.count;
	struct log_row *g;
	bool live;

	if (!s || end > s->end) {
		unasked(c, l);
		return;
	}
	g = &c->logs.row[s->row];
	live = s->live;
	l->frames_in++;
	l->progress_ms = c->now_ms;
	l->silent = 0;
	slot_free(c, s);
	if (!live) {
		c->stale++;
		return;
	}
	if (end < s->end)
		cut_short(c, g, end, m->frame.count);
	else if (g->span < FRAME_ENTRIES_MAX)
		g->span = g->span + g->span / 8 + 1;
	if (g->span > FRAME_ENTRIES_MAX)
		g->span = FRAME_ENTRIES_MAX;
	take_frame(c, l, g, m);
}

/* --- serving --- */

static void refuse(struct core *c, struct link *l, const char *why)
{
	struct fault f;

	c->ignored++;
	fault_set(&f, FAULT_PROTOCOL, "want: %s asks for %s: it is not answered", core_name(c, l), why);
	core_fault(c, l, &f);
}

/* What is signed of the own log was told once, though nothing is in quarantine. */
static uint64_t servable_row(const struct core *c, uint32_t row)
{
	return row == ROW_OWN ? c->logs.row[row].proved : logs_told(&c->logs, row).held;
}

/* Of a forked log the performer takes the branch that has the mark. */
static uint64_t servable(const struct core *c, uint32_t row)
{
	const uint32_t partner = c->logs.row[row].partner;
	const uint64_t size = servable_row(c, row);
	const uint64_t other = partner != ROW_NONE ? servable_row(c, partner) : 0;

	return size > other ? size : other;
}

/* Who knows of a fork may ask before we do for what is our only branch. */
static uint32_t row_asked(const struct core *c, const struct log_id *log)
{
	const uint32_t row = logs_find(&c->logs, log);
	struct log_id main;

	if (row != ROW_NONE)
		return row;
	evidence_branch_id(log, &main);
	return logs_find(&c->logs, &main);
}

void wants_serve(struct core *c, struct link *l, const struct gossip *m)
{
	const uint32_t row = row_asked(c, &m->want.log);
	const uint64_t start = m->want.start, end = m->want.end, size = m->want.tree_size;
	struct core_effect *x;

	if (row == ROW_NONE || size > servable(c, row)) {
		refuse(c, l, "entries that this node never said to hold");
		return;
	}
	if (start >= end || end > size || end - start > FRAME_ENTRIES_MAX) {
		refuse(c, l, "a range that is empty, outside its tree or longer than a frame");
		return;
	}
	if (!link_take(&l->serves_left, &l->serves_ms, c->now_ms, SERVES_RATE, SERVES_RATE)) {
		refuse(c, l, "more frames than a link may have each second");
		return;
	}
	x = core_effect(c, FX_SERVE, l->id);
	if (!x)
		return;
	x->log = m->want.log;
	x->start = start;
	x->end = end;
	x->tree_size = size;
	x->mark = m->want.mark;
	l->frames_out++;
	c->frames_served++;
}
