/* The event that is being made at the bench: answers, defaults, and its end. */
#include "cli/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/life/reflect.h"
#include "proto/life/value.h"

void scan_fields_cut(struct fields *l, unsigned count)
{
	while (l->count > count) {
		l->count--;
		free(l->at[l->count].name);
		free(l->at[l->count].value);
	}
}

bool scan_fields_copy(struct fields *to, const struct fields *from)
{
	struct fault ignored;
	for (unsigned i = 0; i < from->count; i++) {
		if (fields_add(to, from->at[i].name, from->at[i].value, &ignored) < 0)
			return false;
	}
	return true;
}

/* --- answers --- */

void scan_remember(struct scan *s, const char *name, const char *value)
{
	struct fault ignored;
	for (unsigned i = 0; i < s->last.count; i++) {
		if (strcmp(s->last.at[i].name, name))
			continue;
		char *copy = strdup(value);
		if (copy) {
			free(s->last.at[i].value);
			s->last.at[i].value = copy;
		}
		return;
	}
	fields_add(&s->last, name, value, &ignored);   /* full: a default less */
}

static void last_name(const struct scan *s, const char *field, char out[128])
{
	snprintf(out, 128, "%s.%s", s->kind->name, field);
}

const char *scan_default(const struct scan *s, const struct scan_step *step)
{
	char name[128];
	const char *word = NULL;
	if (!strcmp(step->field, "medium.serial"))
		return *s->known.medium ? s->known.medium : NULL;
	if (!strcmp(step->field, "shipment"))
		return *s->known.shipment ? s->known.shipment : NULL;
	if (!strcmp(step->field, "medium.type") && *s->known.medium)
		word = word_of(&trac__medium_type__descriptor, s->known.medium_type, false);
	if (!strcmp(step->field, "device_type"))
		word = word_of(&trac__device_type__descriptor, s->known.type, false);
	if (word)
		return word;
	last_name(s, step->field, name);
	word = fields_value(&s->last, name);
	return word ? word : step->value;
}

/* "3" as a word of the enumeration; what is no number of it as it is. */
static const char *word_numbered(const ProtobufCEnumDescriptor *e, const char *text)
{
	char *end;
	long v = strtol(text, &end, 10);
	const char *word = *text && !*end && v > 0 && v < 1000
		? word_of(e, (int)v, false) : NULL;
	return word ? word : text;
}

/* "2, keyboard" as "display,keyboard". */
static void words_numbered(const ProtobufCEnumDescriptor *e, const char *line, char *out,
			   size_t room)
{
	char one[128];
	size_t used = 0;
	out[0] = '\0';
	while (*line && used + sizeof one < room) {
		size_t size = strcspn(line, ",");
		const char *from = line;
		line += size + (line[size] != '\0');
		while (size && *from == ' ') {
			from++;
			size--;
		}
		while (size && from[size - 1] == ' ')
			size--;
		snprintf(one, sizeof one, "%.*s", (int)size, from);
		used += (size_t)snprintf(out + used, room - used, "%s%s", used ? "," : "",
					 word_numbered(e, one));
	}
}

/* The grid of the type, with what fails: the four fields of a test. */
static int add_test(struct scan *s, const char *failed, struct fault *f)
{
	char results[1024] = "", count[12];
	unsigned n = 0;
	bool bad[64] = { false };
	char list[SCAN_LINE_MAX + 1];
	snprintf(list, sizeof list, "%s", failed);
	for (char *at = list, *word; (word = strsep(&at, ",")) != NULL;) {
		int v = 0;
		if (*word && value_word("results", &trac__function__descriptor, word, &v, f) < 0)
			return -1;
		bad[v & 63] = true;
	}
	for (int v = 1; word_of(&trac__function__descriptor, v, false) && v < 64; v++) {
		const char *word = word_of(&trac__function__descriptor, v, false), *in;
		bool tested = bad[v];
		for (unsigned i = 0; (in = scan_grid_at(s->known.type, i)); i++)
			tested |= !strcmp(in, word);
		if (!tested)
			continue;
		size_t used = strlen(results);
		snprintf(results + used, sizeof results - used, "%s%s:%s", n++ ? "," : "", word,
			 bad[v] ? "failure" : "success");
	}
	snprintf(count, sizeof count, "%u", n);
	if (!n)
		return fault_set(f, FAULT_INPUT, "what this device is is not known: record "
				 "\"identified\" first");
	if (fields_add(&s->event, "grid", "standard", f) < 0
	    || fields_add(&s->event, "grid_version", "1", f) < 0
	    || fields_add(&s->event, "functions_expected", count, f) < 0)
		return -1;
	return fields_add(&s->event, "results", results, f);
}

int scan_take(struct scan *s, const struct scan_step *step, const char *line, bool skip,
	      struct fault *f)
{
	const ProtobufCFieldDescriptor *d = scan_field(s->kind, step->field);
	char value[SCAN_LINE_MAX + 1], name[128];
	const char *by = scan_default(s, step);
	if (d && d->type == PROTOBUF_C_TYPE_ENUM)
		words_numbered(d->descriptor, line, value, sizeof value);
	else
		snprintf(value, sizeof value, "%s", line);
	last_name(s, step->field, name);
	if (!strcmp(step->field, "failed")) {
		words_numbered(&trac__function__descriptor, skip ? "" : line, value,
			       sizeof value);
		scan_remember(s, name, value);
		return add_test(s, value, f);
	}
	if (skip || (!*line && !by)) {
		if (step->optional)
			return 0;
		return fault_set(f, FAULT_INPUT, "%s cannot be left out", step->field);
	}
	if (!*line)
		snprintf(value, sizeof value, "%s", by);
	if (scan_check(&s->event, step->field, value, f) < 0
	    || fields_add(&s->event, step->field, value, f) < 0)
		return -1;
	scan_remember(s, name, value);
	return 0;
}

/* --- the end of an event --- */

static uint64_t event_hash(const struct fields *l)
{
	uint64_t h = UINT64_C(14695981039346656037);   /* FNV-1a */
	for (unsigned i = 0; i < l->count; i++) {
		if (!strcmp(l->at[i].name, "id") || !strcmp(l->at[i].name, "date"))
			continue;
		for (const char *c = l->at[i].name; *c; c++)
			h = (h ^ (uint8_t)*c) * UINT64_C(1099511628211);
		for (const char *c = l->at[i].value; *c; c++)
			h = (h ^ (uint8_t)*c) * UINT64_C(1099511628211);
	}
	return h;
}

/* Was the same made a moment ago? Else it is noted. */
static bool is_repeated(struct scan *s, int64_t now_ms)
{
	const unsigned room = sizeof s->recent / sizeof *s->recent;
	uint64_t hash = event_hash(&s->event);
	for (unsigned i = 0; i < room; i++) {
		if (s->recent[i].hash == hash && now_ms - s->recent[i].ms < SCAN_REPEAT_MS)
			return true;
	}
	s->recent[s->recent_at].hash = hash;
	s->recent[s->recent_at++ % room].ms = now_ms;
	s->recent_at %= room;
	return false;
}

static int stamp(struct scan *s, const struct scan_now *now, struct fault *f)
{
	char id[2 * EVENT_ID_SIZE + 1], date[30];
	hex_write(id, now->id, EVENT_ID_SIZE);
	civil_format(now->ms, now->zone_minutes, date);
	if (!fields_value(&s->event, "date") && fields_add(&s->event, "date", date, f) < 0)
		return -1;
	if (*s->commune && !fields_value(&s->event, "commune")
	    && fields_add(&s->event, "commune", s->commune, f) < 0)
		return -1;
	return fields_add(&s->event, "id", id, f);
}

static int event_judge(struct scan *s, const struct scan_now *now, struct fault *f)
{
	struct defaults d = { .commune = s->commune, .now_ms = now->ms };
	struct buffer b;
	buffer_init(&b, ENTRY_SIZE_MAX + 1024);
	memcpy(d.id, now->id, sizeof d.id);
	int rc = fields_event(&s->event, &d, &b, d.id, f);
	buffer_clear(&b);
	return rc;
}

enum scan_end scan_end_event(struct scan *s, const struct scan_now *now, struct fault *f)
{
	if (event_judge(s, now, f) < 0)
		return EVENT_INCOMPLETE;
	if (is_repeated(s, now->ms))
		return EVENT_REPEATED;
	if (stamp(s, now, f) < 0)
		return EVENT_INCOMPLETE;
	s->pending[s->pending_count++] = s->event;
	s->event = (struct fields){ 0 };
	s->last_kind = s->kind;
	return EVENT_WAITS;
}
