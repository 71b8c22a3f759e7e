/*
 * The life of one device: its lines in order, through the table of states, with
 * the cycles that the figures count. Source: domain page, section 4.
 *
 * A cycle opens at the first collection or external reception, and ends when a
 * final user has the device for good, or when it is refused, dismantled, waste
 * or lost. A return reopens it and takes the distribution back.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/fold.h"

struct fold {
	struct life *life;
	const struct entry *const *entry;
	struct cycle *now;            /* NULL before the first event that counts */
	bool closed;                  /* now has ended */
	bool identified;              /* life->type was seen, not only told */
	enum life_state before_transfer;
	struct media media;
};

static bool is_arrived(enum life_state s)
{
	return s != STATE_UNKNOWN && s != STATE_ANNOUNCED && s != STATE_COLLECTED;
}

/* The tag of the line's kind, 0 for kinds of a newer version. */
static unsigned tag_of(const struct entry *e)
{
	return e->kind ? e->kind->tag : 0;
}

static bool is_from_outside(const struct entry *e)
{
	if (tag_of(e) == TRAC__EVENT__BODY_COLLECTED)
		return true;
	return tag_of(e) == TRAC__EVENT__BODY_RECEIVED
	       && e->input->event->received->origin == TRAC__ORIGIN__EXTERNAL;
}

static bool is_from_network(const struct entry *e)
{
	if (tag_of(e) == TRAC__EVENT__BODY_TRANSFER_RECEIVED)
		return true;
	return tag_of(e) == TRAC__EVENT__BODY_RECEIVED
	       && e->input->event->received->origin == TRAC__ORIGIN__NETWORK;
}

static bool is_donated_back(const struct entry *e)
{
	return tag_of(e) == TRAC__EVENT__BODY_RETURNED
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
	if (!away || !is_from_outside(e))
		return;
	open_cycle(f);
	media_used(&f->media);
	l->state = STATE_UNKNOWN;
	l->holder[0] = '\0';
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
	enum data_state data = media_worst(&f->media);
	return data == DATA_TO_ERASE || data == DATA_FAILED;
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
		media_used(&f->media);
		return;
	}
	if (!away)
		return;
	if (e->input->event->returned->reason != TRAC__RETURN_REASON__DELIVERY_ERROR)
		media_used(&f->media);
	f->closed = false;
	f->now->ended_at = -1;
	f->now->distributed = false;
	f->now->distributed_at = -1;
}

/* Returns notes. */
static unsigned apply_kind(struct fold *f, int at, const struct entry *e)
{
	const Trac__Event *event = e->input->event;
	unsigned tag = tag_of(e);
	media_apply(&f->media, event);
	apply_type(f, event);
	if (is_from_outside(e))
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
	if (is_from_network(e)) {
		if (s == STATE_IN_TRANSFER)
			return f->before_transfer;
		return is_arrived(s) ? s : STATE_RECEIVED;
	}
	if (tag_of(e) == TRAC__EVENT__BODY_RESERVED && e->input->event->reserved->cancelled)
		return s == STATE_RESERVED ? STATE_STOCKED : s;
	if (step->next == STATE_UNKNOWN || (step->keep & 1u << s))
		return s;
	return step->next;
}

static bool is_foreseen(const struct fold *f, const struct entry *e, const struct step *step)
{
	enum life_state s = f->life->state;
	unsigned tag = tag_of(e);
	if (is_from_network(e) && s == STATE_IN_TRANSFER)
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

/* --- custody --- */

/* Returns NOTE_CUSTODY when the author acts on what someone else holds. */
static unsigned apply_custody(struct fold *f, const struct entry *e, const struct step *step)
{
	struct life *l = f->life;
	const char *author = e->input->author;
	bool held = l->holder[0] != '\0' && strcmp(l->holder, author) != 0;
	if (step->custody == CUSTODY_NONE)
		return NOTE_NONE;
	if (tag_of(e) == TRAC__EVENT__BODY_TRANSFER_RECEIVED
	    && e->input->event->transfer_received->refused)
		return NOTE_NONE;
	bool gone = l->state == STATE_DISTRIBUTED || state_is_final(l->state);
	if (step->custody == CUSTODY_HOLD && (held || gone))
		return held ? NOTE_CUSTODY : NOTE_NONE;
	strncpy(l->holder, author, MEMBER_NAME_MAX);
	/* handed over: by the collector, or by shipment */
	bool given = l->state == STATE_COLLECTED
		     || (is_from_network(e) && l->state == STATE_IN_TRANSFER);
	return held && !given ? NOTE_CUSTODY : NOTE_NONE;
}

static void release_custody(struct life *l, const struct entry *e)
{
	bool kept = tag_of(e) == TRAC__EVENT__BODY_INTAKE_REFUSED
		    && !e->input->event->intake_refused->sent_back;
	if (l->state == STATE_DISTRIBUTED || (state_is_final(l->state) && !kept))
		memset(l->holder, 0, sizeof l->holder);
}

/* --- the fold --- */

static void fold_line(struct fold *f, unsigned at)
{
	struct life *l = f->life;
	struct life_line *line = &l->line[at];
	const struct entry *e = f->entry[at];
	begin_cycle(f, e);
	const struct step *step = state_step(e->kind);
	bool foreseen = is_foreseen(f, e, step);
	enum life_state next = next_state(f, e, step);
	bool moved = next != l->state && is_moved(f, foreseen, next);
	line->notes |= apply_custody(f, e, step);
	line->notes |= apply_kind(f, (int)at, e);
	if (!foreseen)
		line->notes |= NOTE_OUT_OF_ORDER;
	if (moved) {
		if (next == STATE_IN_TRANSFER)
			f->before_transfer = l->state;
		l->state = next;
		if (state_is_final(next))
			end_cycle(f, (int)at, next);
		release_custody(l, e);
	}
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
static unsigned cycles_max(const struct life *l, const struct entry *const *entry)
{
	unsigned max = 1;
	for (unsigned i = 0; i < l->line_count; i++)
		max += is_from_outside(entry[i]) || is_donated_back(entry[i]);
	return max;
}

int cycles_fold(struct life *l, const struct entry *const *entry)
{
	struct fold f = { .life = l, .entry = entry };
	media_init(&f.media);
	l->cycle = calloc(cycles_max(l, entry), sizeof *l->cycle);
	if (!l->cycle)
		return -1;
	for (unsigned i = 0; i < l->line_count; i++) {
		l->line[i].notes = entry[i]->notes;
		if (entry[i]->counted)
			fold_line(&f, i);
		l->line[i].state = l->state;
		l->line[i].cycle = l->cycle_count ? l->cycle_count - 1 : 0;
	}
	assert(l->cycle_count <= cycles_max(l, entry));
	if (f.now && !f.closed)
		f.now->fate = l->state;
	l->data = media_worst(&f.media);
	judge_fne(l);
	return 0;
}
