/* From names and values to a checked event. */
#include "cli/fields.h"

#include <stdlib.h>
#include <string.h>

#include "cli/world.h"

void fields_clear(struct fields *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		free(l->at[i].name);
		free(l->at[i].value);
	}
	free(l->at);
	*l = (struct fields){ 0 };
}

static int fields_grow(struct fields *l)
{
	unsigned room = l->room ? 2 * l->room : 32;
	struct field *at = realloc(l->at, room * sizeof *at);
	if (!at)
		return -1;
	l->at = at;
	l->room = room;
	return 0;
}

int fields_add(struct fields *l, const char *name, const char *value, struct fault *f)
{
	if (l->count == FIELDS_MAX)
		return fault_set(f, FAULT_INPUT, "more than %d fields: divide the event",
				 FIELDS_MAX);
	if (l->count == l->room && fields_grow(l) < 0)
		return fault_set(f, FAULT_IO, "no memory");
	struct field *at = &l->at[l->count];
	*at = (struct field){ strdup(name), strdup(value) };
	if (!at->name || !at->value) {
		free(at->name);
		free(at->value);
		return fault_set(f, FAULT_IO, "no memory");
	}
	l->count++;
	return 0;
}

const char *fields_value(const struct fields *l, const char *name)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (!strcmp(l->at[i].name, name))
			return l->at[i].value;
	}
	return NULL;
}

/* The time, in the zone written or in the local zone of that day. */
static int set_date(struct draft *d, const struct fields *l, const struct defaults *by,
		    struct fault *f)
{
	const char *date = fields_value(l, "date"), *zone = fields_value(l, "zone");
	struct civil t;
	if (!date && by->date_needed)
		return fault_set(f, FAULT_INPUT, "date is missing: say when it happened, "
				 "AAAA-MM-JJ or with a time, 2026-03-02T10:04:11+01:00");
	if (!date) {
		draft_time(d, by->now_ms, world_zone(by->now_ms));
		return 0;
	}
	if (zone) {
		return draft_set(d, "zone", zone, f) < 0 ? -1 : draft_set(d, "date", date, f);
	}
	if (civil_parse(date, 0, &t) < 0)
		return draft_set(d, "date", date, f);   /* it knows how to refuse it */
	if (strlen(date) <= 10) {                       /* a date alone: which zone that day? */
		t.zone_minutes = world_zone(civil_to_ms(&t));
	}
	draft_time(d, civil_to_ms(&t), t.zone_minutes);
	return 0;
}

static bool is_ours(const char *name)
{
	return !strcmp(name, "kind") || !strcmp(name, "date") || !strcmp(name, "zone");
}

static int set_all(struct draft *d, const struct fields *l, const struct defaults *by,
		   struct fault *f)
{
	if (by->commune && *by->commune && !fields_value(l, "commune")
	    && draft_set(d, "commune", by->commune, f) < 0)
		return -1;
	draft_id(d, by->id);
	draft_recorded(d, by->now_ms);
	for (unsigned i = 0; i < l->count; i++) {
		if (!is_ours(l->at[i].name)
		    && draft_set(d, l->at[i].name, l->at[i].value, f) < 0)
			return -1;
	}
	return set_date(d, l, by, f);
}

/* The id as the draft took it: given by the user, or the default. */
static int event_id(const struct fields *l, const struct defaults *by,
		    uint8_t id[EVENT_ID_SIZE], struct fault *f)
{
	const char *given = fields_value(l, "id");
	memcpy(id, by->id, EVENT_ID_SIZE);
	if (given && hex_read(id, EVENT_ID_SIZE, given) < 0)
		return fault_set(f, FAULT_INPUT, "id \"%.40s\" is not 32 hexadecimal digits", given);
	return 0;
}

int fields_event(const struct fields *l, const struct defaults *by, struct buffer *out,
		 uint8_t id[EVENT_ID_SIZE], struct fault *f)
{
	const char *name = fields_value(l, "kind");
	if (!name)
		return fault_set(f, FAULT_INPUT, "kind is missing: trac record --help lists them");
	const struct kind *k = kind_by_name(name);
	if (!k)
		return fault_set(f, FAULT_INPUT, "kind \"%.60s\" is unknown: trac record --help "
				 "lists them", name);
	struct draft *d = draft_create(k);
	if (!d)
		return fault_set(f, FAULT_IO, "no memory");
	size_t start = out->used;
	int rc = event_id(l, by, id, f);
	if (rc == 0)
		rc = set_all(d, l, by, f);
	if (rc == 0) {
		draft_write(d, out);
		if (out->failed)
			rc = fault_set(f, FAULT_IO, "no memory");
		else
			rc = event_check((struct span){ out->data + start, out->used - start },
					 by->now_ms, f);
	}
	draft_destroy(d);
	return rc;
}
