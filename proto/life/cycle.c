/*
 * The life of a device: its lines in order, through the table of states, with
 * the cycles that the figures count. Source: domain page, section 4.
 *
 * A cycle opens at the first collection or external reception, and ends when a
 * final user has the device for good, or when it is refused, dismantled, waste
 * or lost. A return reopens it and takes the distribution back.
 */
#include "proto/life/cycle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_arrived(enum life_state s)
{
	return s != STATE_UNKNOWN && s != STATE_ANNOUNCED && s != STATE_COLLECTED;
}

static bool is_donated_back(const struct entry *e)
{
	return entry_tag(e) == TRAC__EVENT__BODY_RETURNED
	       && e->input->event->returned->reason == TRAC__RETURN_REASON__DONATED_BACK;
}

/* --- cycles --- */

static void open_cycle(struct fold *f)
{
	struct life *l = f->life;
	if (f->now && !f->closed)
		f->now->fate = l->state;
	f->now = &l->cycle[l->cycle_count++];
	*f->now = (struct cycle){
		.collected_at = -1, .refurbished_at = -1, .distributed_at = -1, .ended_at = -1,
	};
	f->closed = false;
}

static void end_cycle(struct fold *f, int at, enum life_state fate)
{
	if (f->closed)
		return;
	f->closed = true;
	f->now->ended_at = at;
	f->now->fate = fate;
}

static void collect(struct fold *f, int at)
{
	if (f->now->collected || f->closed)
		return;
	f->now->collected = true;
	f->now->collected_at = at;
}

/* Before the line is judged: does it begin another cycle? */
static void begin_cycle(struct fold *f, const struct entry *e)
{
	struct life *l = f->life;
	if (!f->now) {
		open_cycle(f);
		return;
	}
	bool away = f->closed || l->state == STATE_DISTRIBUTED;
	if (!away || !entry_is_from_outside(e))
		return;
	open_cycle(f);
	shelf_used(f->shelf, f->number);
	l->state = STATE_UNKNOWN;
	f->holder = "";
}

/* --- what single kinds do --- */

static void apply_type(struct fold *f, const Trac__Event *e)
{
	struct life *l = f->life;
	if (e->body_case == TRAC__EVENT__BODY_IDENTIFIED && e->identified->has_device_type) {
		l->type = e->identified->device_type;
		f->identified = true;
	}
	if (e->body_case == TRAC__EVENT__BODY_RECEIVED && e->received->has_device_type
	    && !f->identified)
		l->type = e->received->device_type;
}

/* Unknown media do not block: many workshops list none. */
static bool data_are_left(const struct fold *f)
{
	return data_is_left(shelf_worst(f->shelf, f->number));
}

static unsigned declare_refurbished(struct fold *f, int at)
{
	if (f->closed || data_are_left(f))
		return NOTE_OUT_OF_ORDER;
	f->now->refurbished = true;
	f->now->refurbished_at = at;
	return NOTE_NONE;
}

/* "no later failing event": a device that failed is not refurbished any more. */
static void take_back_refurbished(struct fold *f)
{
	if (f->closed)
		return;
	f->now->refurbished = false;
	f->now->refurbished_at = -1;
}

static bool is_failed_test(const Trac__Tested *b)
{
	for (size_t i = 0; i < b->n_results; i++) {
		if (b->results[i]->result == TRAC__OUTCOME__FAILURE)
			return true;
	}
	return false;
}

static bool is_failed_audit(const Trac__Audited *b)
{
	return b->decision == TRAC__AUDIT_DECISION__PARTS
	       || b->decision == TRAC__AUDIT_DECISION__WEEE;
}

static void make_available(struct fold *f, int at, const Trac__MadeAvailable *b)
{
	if (f->closed || b->recipient_type != TRAC__RECIPIENT_TYPE__FINAL_USER)
		return;
	f->now->distributed = true;
	f->now->distributed_at = at;
	/* what is lent comes back */
	if (b->mode != TRAC__MODE__LOAN && b->mode != TRAC__MODE__RENTAL)
		end_cycle(f, at, STATE_DISTRIBUTED);
}

static void take_back(struct fold *f, int at, const struct entry *e)
{
	bool away = f->life->state == STATE_DISTRIBUTED;
	if (away && is_donated_back(e)) {
		open_cycle(f);
		collect(f, at);
		shelf_used(f->shelf, f->number);
		return;
	}
	if (!away)
		return;
	if (e->input->event->returned->reason != TRAC__RETURN_REASON__DELIVERY_ERROR)
		shelf_used(f->shelf, f->number);
	f->closed = false;
	f->now->ended_at = -1;
	f->now->distributed = false;
	f->now->distributed_at = -1;
}

/* Returns notes. */
static unsigned apply_kind(struct fold *f, int at, const struct entry *e)
{
	const Trac__Event *event = e->input->event;
	unsigned tag = entry_tag(e);
	shelf_event(f->shelf, event, f->number);
	apply_type(f, event);
	if (entry_is_from_outside(e))
		collect(f, at);
	if (tag == TRAC__EVENT__BODY_REFURBISHED_DECLARED)
		return declare_refurbished(f, at);
	if (tag == TRAC__EVENT__BODY_OS_INSTALLED && data_are_left(f))
		return NOTE_OUT_OF_ORDER;
	if ((tag == TRAC__EVENT__BODY_TESTED && is_failed_test(event->tested))
	    || (tag == TRAC__EVENT__BODY_AUDITED && is_failed_audit(event->audited)))
		take_back_refurbished(f);
	if (tag == TRAC__EVENT__BODY_MADE_AVAILABLE)
		make_available(f, at, event->made_available);
	if (tag == TRAC__EVENT__BODY_RETURNED)
		take_back(f, at, e);
	return NOTE_NONE;
}

/* --- state --- */

/* Special cases of the table in state.c; everything else is as it says. */
static enum life_state next_state(const struct fold *f, const struct entry *e,
				  const struct step *step)
{
	enum life_state s = f->life->state;
	if (entry_is_refused(e))
		return s;         /* it is on its way back: in transfer still */
	if (entry_is_from_network(e)) {
		if (s == STATE_IN_TRANSFER)
			return f->before_transfer;
		return is_arrived(s) ? s : STATE_RECEIVED;
	}
	if (entry_tag(e) == TRAC__EVENT__BODY_RESERVED && e->input->event->reserved->cancelled)
		return s == STATE_RESERVED ? STATE_STOCKED : s;
	if (step->next == STATE_UNKNOWN || (step->keep & 1u << s))
		return s;
	return step->next;
}

static bool is_foreseen(const struct fold *f, const struct entry *e, const struct step *step)
{
	enum life_state s = f->life->state;
	unsigned tag = entry_tag(e);
	if (entry_is_from_network(e) && s == STATE_IN_TRANSFER)
		return true;
	if (tag == TRAC__EVENT__BODY_RESERVED && e->input->event->reserved->cancelled)
		return s == STATE_RESERVED;
	/* a loan that becomes a gift; an intermediary on the network who passes on */
	if (tag == TRAC__EVENT__BODY_MADE_AVAILABLE && s == STATE_DISTRIBUTED && !f->closed)
		return true;
	return (step->from & 1u << s) != 0;
}

/*
 * What was not foreseen is a fact all the same and moves the device, with two
 * exceptions: nothing but a return moves one that has left, and none goes back
 * to before its arrival.
 */
static bool is_moved(const struct fold *f, bool foreseen, enum life_state next)
{
	enum life_state s = f->life->state;
	if (foreseen)
		return true;
	if (s == STATE_DISTRIBUTED || state_is_final(s))
		return false;
	return next > STATE_IDENTIFIED || next > s;
}

/* --- the fold --- */

static void move(struct fold *f, unsigned at, const struct entry *e, enum life_state next)
{
	struct life *l = f->life;
	if (next == STATE_IN_TRANSFER) {
		f->before_transfer = l->state;
		f->shipment = e->input;
		f->sent_back = false;
	}
	l->state = next;
	if (state_is_final(next))
		end_cycle(f, (int)at, next);
	custody_release(f, e);
}

static void fold_line(struct fold *f, unsigned at, const struct entry *e)
{
	struct life *l = f->life;
	struct life_line *line = &l->line[at];
	begin_cycle(f, e);
	line->notes |= custody_check_shipment(f, e);
	if (entry_is_missing(e))
		return;           /* it says what did not happen */
	const struct step *step = state_step(e->kind);
	bool foreseen = is_foreseen(f, e, step);
	enum life_state next = next_state(f, e, step);
	bool moved = next != l->state && is_moved(f, foreseen, next);
	line->notes |= custody_apply(f, e, step);
	line->notes |= apply_kind(f, (int)at, e);
	if (!foreseen)
		line->notes |= NOTE_OUT_OF_ORDER;
	if (moved)
		move(f, at, e, next);
}

static bool is_fne_mode(Trac__Mode m)
{
	return m == TRAC__MODE__DONATION || m == TRAC__MODE__SOLIDARITY_SALE
	       || m == TRAC__MODE__LOAN || m == TRAC__MODE__RENTAL;
}

static bool is_fne_public(Trac__Public p)
{
	return p == TRAC__PUBLIC__LOW_INCOME || p == TRAC__PUBLIC__PRECARIOUS;
}

static bool is_fne_type(Trac__DeviceType t)
{
	return t == TRAC__DEVICE_TYPE__DESKTOP || t == TRAC__DEVICE_TYPE__LAPTOP
	       || t == TRAC__DEVICE_TYPE__TABLET || t == TRAC__DEVICE_TYPE__SMARTPHONE;
}

/* I03: decided at the end, because the type may be learned late. */
static void judge_fne(struct life *l)
{
	for (unsigned i = 0; i < l->cycle_count; i++) {
		struct cycle *c = &l->cycle[i];
		if (!c->distributed || !c->refurbished || !is_fne_type(l->type))
			continue;
		const struct life_input *input = l->line[c->distributed_at].input;
		const Trac__MadeAvailable *b = input->event->made_available;
		c->fne = is_fne_mode(b->mode) && is_fne_public(b->public_);
	}
}

/* Cycles that there can be at most: the first, and one for each way to open another. */
static unsigned cycles_max(const struct fold *f)
{
	unsigned max = 1;
	for (unsigned i = 0; i < f->life->line_count; i++) {
		const struct entry *e = fold_entry(f, i);
		max += entry_is_from_outside(e) || is_donated_back(e);
	}
	return max;
}

static int fold_begin(struct fold *f)
{
	struct life *l = f->life;
	l->cycle = calloc(cycles_max(f), sizeof *l->cycle);
	return l->cycle ? 0 : -1;
}

static void fold_end(struct fold *f)
{
	struct life *l = f->life;
	assert(f->next == l->line_count && l->cycle_count <= cycles_max(f));
	if (f->now && !f->closed)
		f->now->fate = l->state;
	l->data = shelf_worst(f->shelf, f->number);
	strncpy(l->holder, f->holder, MEMBER_NAME_MAX);
	judge_fne(l);
}

/* The next line of a life, which is about this entry. */
static void fold_next(struct fold *f, const struct entry *e)
{
	struct life *l = f->life;
	unsigned at = f->next++;
	l->line[at].notes = e->notes;
	if (e->counted)
		fold_line(f, at, e);
	l->line[at].state = l->state;
	l->line[at].holder = f->holder;
	l->line[at].cycle = l->cycle_count ? l->cycle_count - 1 : 0;
}

/* What one call holds, so that one label frees it. */
struct work {
	struct fold *fold;         /* of each life */
	struct shelf shelf;
	uint32_t *first;           /* of each entry, its first in about */
	uint32_t *about;           /* numbers of lives, by entry */
};

/* Turns the members, which are sorted by life, round: the lives of each entry. */
static int find_lives(struct work *w, unsigned entry_count, const struct groups *g)
{
	w->first = calloc((size_t)entry_count + 2, sizeof *w->first);
	w->about = calloc(g->member_count + 1, sizeof *w->about);
	if (!w->first || !w->about)
		return -1;
	for (size_t i = 0; i < g->member_count; i++)
		w->first[g->member[i].entry + 2]++;
	for (unsigned e = 2; e < entry_count + 2; e++)
		w->first[e] += w->first[e - 1];
	for (size_t i = 0; i < g->member_count; i++)
		w->about[w->first[g->member[i].entry + 1]++] = g->member[i].group;
	return 0;
}

static int folds_begin(struct work *w, struct lives *l, const struct entry *entry,
		       const struct groups *g)
{
	size_t member = 0;
	w->fold = calloc((size_t)l->count + 1, sizeof *w->fold);
	if (!w->fold || shelf_init(&w->shelf, l->count) < 0)
		return -1;
	for (uint32_t i = 0; i < l->count; i++) {
		w->fold[i] = (struct fold){
			.life = &l->life[i], .number = i, .shelf = &w->shelf, .entry = entry,
			.member = g->member + member, .holder = "",
		};
		member += l->life[i].line_count;
		if (fold_begin(&w->fold[i]) < 0)
			return -1;
	}
	return 0;
}

static void fold_entries(struct work *w, const struct entry *entry, unsigned count)
{
	for (unsigned e = 0; e < count; e++) {
		for (uint32_t i = w->first[e]; i < w->first[e + 1]; i++)
			fold_next(&w->fold[w->about[i]], &entry[e]);
		/* a disk out of its device */
		if (entry[e].counted && w->first[e] == w->first[e + 1])
			shelf_event(&w->shelf, entry[e].input->event, IN_STOCK);
	}
}

int cycles_fold(struct lives *l, const struct entry *entry, unsigned entry_count,
		const struct groups *g)
{
	struct work w = { .fold = NULL };
	int rc = -1;
	if (find_lives(&w, entry_count, g) < 0 || folds_begin(&w, l, entry, g) < 0)
		goto out;
	for (unsigned e = 0; e < entry_count; e++) {
		if (entry[e].counted)
			shelf_name(&w.shelf, entry[e].input->event);
	}
	fold_entries(&w, entry, entry_count);
	if (w.shelf.failed)
		goto out;
	for (uint32_t i = 0; i < l->count; i++)
		fold_end(&w.fold[i]);
	rc = 0;
out:
	free(w.fold);
	free(w.first);
	free(w.about);
	shelf_clear(&w.shelf);
	return rc;
}
