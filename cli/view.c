/* Opening and folding a bundle. */
#include "cli/view.h"

#include <stdlib.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/life/verdict.h"
#include "proto/log/policy.h"
#include "proto/wire/unpack.h"

static int view_alloc(struct view *v, struct fault *f)
{
	size_t room = v->bundle.count + 1;
	v->event = calloc(room, sizeof *v->event);
	v->input = calloc(room, sizeof *v->input);
	v->entry = calloc(room, sizeof *v->entry);
	if (v->event && v->input && v->entry)
		return 0;
	return fault_set(f, FAULT_IO, "no memory for %u events", v->bundle.count);
}

static void view_take(struct view *v, const struct proved_entry *e)
{
	struct fault ignored;
	Trac__Event *event = event_open(e->bytes, &ignored);
	v->proved += e->proof == LINE_PROVED;
	v->pending += e->proof == LINE_PENDING;
	v->revoked += e->proof == LINE_REVOKED;
	v->orphans += e->proof == LINE_ORPHAN;
	v->contested += e->contested;
	if (!event) {
		v->unreadable++;
		return;
	}
	v->input[v->count] = (struct life_input){
		event, e->author->name, e->index, e->counts,
		bundle_epoch(e),
	};
	v->entry[v->count] = e;
	v->event[v->count++] = event;
}

/* One of the readings of what was typed. */
static bool life_has(const struct life *l, char (*value)[TEXT_MAX + 1], unsigned count)
{
	for (unsigned i = 0; i < l->ident_count; i++) {
		for (unsigned k = 0; k < count; k++) {
			if (!strcmp(l->ident[i].value, value[k]))
				return true;
		}
	}
	return false;
}

/*
 * Which devices were asked for: those that bear the identifier. Without one (an
 * event's reference, the serial of a disk) all that the events are about.
 */
static int view_ask(struct view *v, struct fault *f)
{
	char value[IDENT_READINGS_MAX][TEXT_MAX + 1];
	v->asked = calloc(v->lives.count + 1, sizeof *v->asked);
	if (!v->asked)
		return fault_set(f, FAULT_IO, "no memory");
	const char *query = v->bundle.message->query;
	unsigned count = ident_readings(query ? query : "", value);
	for (unsigned i = 0; i < v->lives.count; i++) {
		v->asked[i] = life_has(&v->lives.life[i], value, count);
		v->asked_count += v->asked[i];
	}
	if (!v->asked_count) {
		memset(v->asked, true, v->lives.count * sizeof *v->asked);
		v->asked_count = v->lives.count;
	}
	return 0;
}

int view_open(struct view *v, struct span bundle, const uint8_t authority_key[KEY_SIZE],
	      struct fault *f)
{
	*v = (struct view){ .need = POLICY_DEFAULT };
	if (bundle_open(&v->bundle, bundle, authority_key, f) < 0) {
		v->bundle = (struct opened_bundle){ 0 };
		return -1;
	}
	if (view_alloc(v, f) < 0)
		return -1;
	for (unsigned i = 0; i < v->bundle.count; i++)
		view_take(v, &v->bundle.entry[i]);
	if (lives_fold(v->input, v->count, &v->lives) < 0) {
		v->lives = (struct lives){ 0 };
		return fault_set(f, FAULT_IO, "no memory to fold %u events", v->count);
	}
	if (lives_mark_implausible(&v->lives) < 0)
		return fault_set(f, FAULT_IO, "no memory to check %u events", v->count);
	if (parts_fold(&v->lives, &v->parts) < 0)
		return fault_set(f, FAULT_IO, "no memory to follow the parts of %u events",
				 v->count);
	return view_ask(v, f);
}

void view_clear(struct view *v)
{
	parts_clear(&v->parts);
	lives_clear(&v->lives);
	for (unsigned i = 0; i < v->count; i++)
		unpack_free(v->event[i]);
	free(v->event);
	free(v->input);
	free(v->entry);
	free(v->asked);
	bundle_clear(&v->bundle);
	*v = (struct view){ 0 };
}

const struct proved_entry *view_entry(const struct view *v, const struct life_line *line)
{
	return v->entry[line->input - v->input];
}

uint64_t view_missing(const struct view *v)
{
	uint64_t missing = 0;
	for (size_t i = 0; i < v->bundle.message->n_known; i++) {
		const Trac__KnownHead *k = v->bundle.message->known[i];
		if (k->size > k->held)
			missing += k->size - k->held;
	}
	return missing;
}
