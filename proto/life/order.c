/*
 * Canonical order: by the time of the event, so that a life reads as it was
 * lived, and by what never changes after that, so that every node that holds
 * the same entries sees the same order.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/fold.h"

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_ids(const Trac__Event *a, const Trac__Event *b)
{
	size_t a_size = a->has_id ? a->id.len : 0;
	size_t b_size = b->has_id ? b->id.len : 0;
	if (a_size != b_size)
		return a_size < b_size ? -1 : 1;
	return a_size ? memcmp(a->id.data, b->id.data, a_size) : 0;
}

int order_compare(const struct life_input *a, const struct life_input *b)
{
	int c = compare_numbers(a->event->time_ms, b->event->time_ms);
	if (c == 0)
		c = compare_numbers(a->event->recorded_ms, b->event->recorded_ms);
	/* one author's order is that of his log: events that bear a date alone, and came in
	 * within a millisecond, have no other */
	if (c == 0)
		c = strcmp(a->author, b->author);
	if (c == 0)
		c = compare_numbers(a->epoch, b->epoch);
	if (c == 0)
		c = (a->index > b->index) - (a->index < b->index);
	if (c == 0)
		c = compare_ids(a->event, b->event);
	return c;
}

static int compare_entries(const void *left, const void *right)
{
	return order_compare(((const struct entry *)left)->input,
			     ((const struct entry *)right)->input);
}

static bool clock_is_suspect(const Trac__Event *e)
{
	if (e->time_ms < EVENT_TIME_MIN_MS)
		return true;
	/* time_ms is positive here: no overflow */
	return e->has_recorded_ms && e->time_ms - EVENT_FUTURE_MAX_MS > e->recorded_ms;
}

static void entry_init(struct entry *e, const struct life_input *input)
{
	e->input = input;
	e->kind = kind_by_tag(input->event->body_case);
	e->target = NO_ENTRY;
	e->notes = NOTE_NONE;
	if (!input->valid)
		e->notes |= NOTE_INVALID;
	if (clock_is_suspect(input->event))
		e->notes |= NOTE_CLOCK_SUSPECT;
}

static unsigned drop_same_position(struct entry *e, unsigned count)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < count; i++) {
		if (kept == 0 || compare_entries(&e[kept - 1], &e[i]) != 0)
			e[kept++] = e[i];
	}
	return kept;
}

/* --- by event id --- */

struct by_id {
	const struct entry *entry;   /* borrowed, in canonical order */
	uint32_t at;
};

/* By id and author: equal when one repeats the other. */
static int compare_origin(const struct by_id *a, const struct by_id *b)
{
	int c = compare_ids(a->entry->input->event, b->entry->input->event);

	return c ? c : strcmp(a->entry->input->author, b->entry->input->author);
}

static int compare_by_id(const void *left, const void *right)
{
	const struct by_id *a = left, *b = right;
	int c = compare_origin(a, b);

	return c ? c : (a->at > b->at) - (a->at < b->at);
}

static bool has_good_id(const Trac__Event *e)
{
	return e->has_id && e->id.len == EVENT_ID_SIZE;
}

/* Of several entries of one author with one event id the first valid one counts. Ids
 * are chosen freely: a member that copies another's must not hide the other's event. */
static void mark_repeated(struct entry *e, const struct by_id *ids, unsigned count)
{
	for (unsigned i = 0, end; i < count; i = end) {
		unsigned best = i;
		for (end = i + 1; end < count; end++) {
			if (compare_origin(&ids[i], &ids[end]))
				break;
			if (!ids[best].entry->input->valid && ids[end].entry->input->valid)
				best = end;
		}
		if (!has_good_id(ids[i].entry->input->event))
			continue;
		for (unsigned k = i; k < end; k++) {
			if (k != best)
				e[ids[k].at].notes |= NOTE_REPEATED;
		}
	}
}

/* First position of an id, by that author or (NULL) by anybody; count: there is none. */
static unsigned find_id(const struct by_id *ids, unsigned count, const ProtobufCBinaryData *id,
			const char *author)
{
	unsigned low = 0, high = count;
	Trac__Event wanted = TRAC__EVENT__INIT;
	const struct life_input input = { .event = &wanted, .author = author };
	const struct entry entry = { .input = &input };
	const struct by_id sought = { .entry = &entry };
	wanted.has_id = 1;
	wanted.id = *id;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		int c = author ? compare_origin(&ids[middle], &sought)
			       : compare_ids(ids[middle].entry->input->event, &wanted);
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || compare_ids(ids[low].entry->input->event, &wanted) != 0)
		return count;
	return author && strcmp(ids[low].entry->input->author, author) != 0 ? count : low;
}

/* --- corrections --- */

static bool is_correction(const struct entry *e)
{
	return e->kind && e->kind->tag == TRAC__EVENT__BODY_CORRECTED;
}

/* Sets the target: among entries of that id one of the same author, if there is one. */
static void find_target(struct entry *e, const struct by_id *ids, unsigned count)
{
	const Trac__Corrected *body = e->input->event->corrected;
	if (!body->has_target || body->target.len != EVENT_ID_SIZE)
		return;
	unsigned at = find_id(ids, count, &body->target, e->input->author);
	if (at == count)
		at = find_id(ids, count, &body->target, NULL);
	if (at < count)
		e->target = ids[at].at;
}

/* A correction is of its author's own events; it counts unless a later one corrects it. */
static void apply_correction(struct entry *all, unsigned at)
{
	struct entry *e = &all[at];
	if (!is_correction(e) || e->target == NO_ENTRY)
		return;
	struct entry *target = &all[e->target];
	if (strcmp(target->input->author, e->input->author) != 0) {
		e->notes |= NOTE_OUT_OF_ORDER;
		return;
	}
	if (e->notes & (NOTE_INVALID | NOTE_REPEATED | NOTE_CORRECTED))
		return;
	if (is_correction(target) && e->target >= at) {
		e->notes |= NOTE_OUT_OF_ORDER;
		return;
	}
	target->notes |= NOTE_CORRECTED;
}

static int mark_entries(struct entry *e, unsigned count)
{
	struct by_id *ids = calloc(count, sizeof *ids);
	if (!ids)
		return -1;
	for (unsigned i = 0; i < count; i++)
		ids[i] = (struct by_id){ &e[i], i };
	qsort(ids, count, sizeof *ids, compare_by_id);
	mark_repeated(e, ids, count);
	for (unsigned i = 0; i < count; i++) {
		if (is_correction(&e[i]))
			find_target(&e[i], ids, count);
	}
	free(ids);
	/* the last first: it decides whether an earlier correction still counts */
	for (unsigned i = count; i-- > 0;)
		apply_correction(e, i);
	for (unsigned i = 0; i < count; i++)
		e[i].counted = !(e[i].notes & (NOTE_INVALID | NOTE_REPEATED | NOTE_CORRECTED));
	return 0;
}

int order_entries(const struct life_input *input, unsigned count, struct entry **out,
		  unsigned *out_count)
{
	*out = NULL;
	*out_count = 0;
	if (count == 0)
		return 0;
	struct entry *e = calloc(count, sizeof *e);
	if (!e)
		return -1;
	for (unsigned i = 0; i < count; i++) {
		assert(input[i].event && input[i].author);
		entry_init(&e[i], &input[i]);
	}
	qsort(e, count, sizeof *e, compare_entries);
	count = drop_same_position(e, count);
	if (mark_entries(e, count) < 0) {
		free(e);
		return -1;
	}
	*out = e;
	*out_count = count;
	return 0;
}
