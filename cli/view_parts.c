/* Parts in a view: what a device holds, where a part has lived, and alarms about data. */
#include <string.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/view.h"

static const struct proved_entry *entry_of(const struct view *v, const struct life_input *at)
{
	return v->entry[at - v->input];
}

static const char *reference_text(const struct view *v, const struct life_input *at,
				  char out[REFERENCE_MAX])
{
	return bundle_reference(entry_of(v, at), out);
}

static const char *when_text(const struct life_input *at, bool french, char out[TIME_TEXT])
{
	return time_text(at->event->time_ms, at->event->zone_minutes, french, out);
}

/* A member as people call it. */
static const char *title_of(const struct view *v, const char *name)
{
	const struct member *m = *name ? registry_by_name(v->bundle.registry, name) : NULL;
	if (!*name)
		return _("nobody known");
	return safe(m && *m->title ? m->title : name);
}

/* Does the query name this part? */
static bool part_is_asked(const struct view *v, const struct part_life *p)
{
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	struct ident id;
	i.kind = p->ident.kind;
	i.value = v->bundle.message->query ? v->bundle.message->query : "";
	ident_normalise(&i, &id);
	return !strcmp(id.value, p->ident.value);
}

bool view_asks_part(const struct view *v)
{
	for (unsigned i = 0; i < v->parts.count; i++) {
		if (part_is_asked(v, &v->parts.part[i]))
			return true;
	}
	return false;
}

static const struct stay *last_stay(const struct part_life *p)
{
	return &p->stay[p->stay_count - 1];
}

/* --- for people --- */

/* "disk S3Z9NB0K (SSD, 256 GB)" */
static void part_words(const struct part_life *p, bool french, FILE *out)
{
	char size[NUMBER_TEXT];
	const char *component = word_label(&trac__component__descriptor, p->component, french);
	const char *type = word_label(&trac__medium_type__descriptor, p->medium_type, french);
	fprintf(out, "%s %s", component ? component : _("part"), safe(p->said));
	if (type || p->capacity_bytes)
		fprintf(out, " (%s%s%s)", type ? type : "",
			type && p->capacity_bytes ? ", " : "",
			p->capacity_bytes ? size_text(p->capacity_bytes, french, size) : "");
}

static void print_now(const struct view *v, unsigned life, bool french, FILE *out)
{
	bool first = true;
	for (unsigned i = 0; i < v->parts.count; i++) {
		const struct part_life *p = &v->parts.part[i];
		if (last_stay(p)->device != (int)life)
			continue;
		fputs(first ? _("parts: ") : "; ", out);
		first = false;
		part_words(p, french, out);
		if (p->component == TRAC__COMPONENT__DISK)
			fprintf(out, _(": %s"), data_state_label(last_stay(p)->data, french));
	}
	if (!first)
		fputc('\n', out);
}

static void print_alarm(const struct view *v, const struct alarm *a, bool french, FILE *out)
{
	char when[TIME_TEXT], reference[REFERENCE_MAX];
	fprintf(out, a->healed ? _("alarm, settled since: %s") : _("ALARM: %s"),
		alarm_label(a->kind, french));
	fprintf(out, ", %s, %s (%s)\n",
		a->said ? safe(a->said) : _("medium not known"),
		when_text(a->at, french, when),
		safe(reference_text(v, a->at, reference)));
}

void view_parts_print(const struct view *v, unsigned life, bool french, FILE *out)
{
	print_now(v, life, french, out);
	for (unsigned i = 0; i < v->parts.alarm_count; i++) {
		if (v->parts.alarm[i].device == (int)life)
			print_alarm(v, &v->parts.alarm[i], french, out);
	}
}

/* The device by its first identifier, which is how lists sort them. */
static const char *device_text(const struct view *v, int device)
{
	if (device < 0)
		return _("in stock");
	const struct life *l = &v->lives.life[device];
	return l->ident_count ? safe(l->ident[0].value) : _("device without identifier");
}

static void stay_cells(struct table *t, const struct view *v, const struct part_life *p,
		       const struct stay *s, bool french)
{
	char when[TIME_TEXT];
	table_line(t);
	table_cell(t, "%s", device_text(v, s->device));
	table_cell(t, "%s", when_text(s->from, french, when));
	table_cell(t, "%s", s->to ? when_text(s->to, french, when) : _("now"));
	table_cell(t, "%s", title_of(v, s->holder));
	if (p->component != TRAC__COMPONENT__DISK)
		return;
	table_cell(t, "%s", data_state_label(s->data, french));
	table_cell(t, "%s", s->erased ? when_text(s->erased, french, when) : "");
}

static int print_stays(const struct view *v, const struct part_life *p, bool french, FILE *out,
		       struct fault *f)
{
	struct table t;
	fputc('\n', out);
	part_words(p, french, out);
	fprintf(out, "%s\n", _(": where it has been"));
	table_start(&t);
	table_column(&t, _("DEVICE"), COLUMN_LEFT);
	table_column(&t, _("FROM"), COLUMN_LEFT);
	table_column(&t, _("UNTIL"), COLUMN_LEFT);
	table_column(&t, _("HELD BY"), COLUMN_WRAP);
	if (p->component == TRAC__COMPONENT__DISK) {
		table_column(&t, _("DATA AT THE END"), COLUMN_LEFT);
		table_column(&t, _("ERASED OR DESTROYED"), COLUMN_LEFT);
	}
	for (unsigned i = 0; i < p->stay_count; i++)
		stay_cells(&t, v, p, &p->stay[i], french);
	return table_print(&t, out, f);
}

int view_stays_print(const struct view *v, bool french, FILE *out, struct fault *f)
{
	for (unsigned i = 0; i < v->parts.count; i++) {
		const struct part_life *p = &v->parts.part[i];
		if (part_is_asked(v, p) && print_stays(v, p, french, out, f) < 0)
			return -1;
	}
	for (unsigned i = 0; i < v->parts.alarm_count; i++) {
		if (v->parts.alarm[i].device < 0)
			print_alarm(v, &v->parts.alarm[i], french, out);
	}
	return 0;
}

/* --- for programs --- */

static json_t *reference_json(const struct view *v, const struct life_input *at)
{
	char reference[REFERENCE_MAX];
	return at ? json_text(reference_text(v, at, reference)) : json_null();
}

static json_t *time_json(const struct life_input *at)
{
	return at ? json_time(at->event->time_ms, at->event->zone_minutes) : json_null();
}

static json_t *part_json(const struct part_life *p)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "kind",
			 json_text(word_of(&trac__identifier_kind__descriptor, p->ident.kind,
					   false)),
			 "value", p->said, "component",
			 json_text(word_of(&trac__component__descriptor, p->component, false)),
			 "type", json_text(word_of(&trac__medium_type__descriptor,
						   p->medium_type, false)),
			 "capacity_bytes", p->capacity_bytes
				 ? json_integer((json_int_t)p->capacity_bytes) : json_null(),
			 "model", json_text(p->model));
}

static json_t *data_json(const struct part_life *p, const struct stay *s)
{
	bool disk = p->component == TRAC__COMPONENT__DISK;
	return disk ? json_string(data_state_name(s->data)) : json_null();
}

json_t *view_parts_json(const struct view *v, unsigned life)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < v->parts.count; i++) {
		const struct part_life *p = &v->parts.part[i];
		if (last_stay(p)->device != (int)life)
			continue;
		json_t *one = part_json(p);
		json_object_set_new(one, "data", data_json(p, last_stay(p)));
		json_array_append_new(list, one);
	}
	return list;
}

json_t *view_alarms_json(const struct view *v, int life)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < v->parts.alarm_count; i++) {
		const struct alarm *a = &v->parts.alarm[i];
		if (a->device != life)
			continue;
		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:o, s:o, s:b}", "kind", alarm_name(a->kind), "medium",
			json_text(a->said), "time", time_json(a->at), "reference",
			reference_json(v, a->at), "healed", a->healed));
	}
	return list;
}

static json_t *device_json(const struct view *v, int device)
{
	bool known = device >= 0 && v->lives.life[device].ident_count;
	return known ? json_text(v->lives.life[device].ident[0].value) : json_null();
}

static json_t *stay_json(const struct view *v, const struct part_life *p, const struct stay *s)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "stock", s->device < 0,
			 "device", device_json(v, s->device), "since", time_json(s->from), "from",
			 reference_json(v, s->from), "until", time_json(s->to), "to",
			 reference_json(v, s->to), "holder", json_text(s->holder), "data",
			 data_json(p, s), "erased", reference_json(v, s->erased));
}

json_t *view_stays_json(const struct view *v)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < v->parts.count; i++) {
		const struct part_life *p = &v->parts.part[i];
		if (!part_is_asked(v, p))
			continue;
		json_t *one = part_json(p), *stays = json_array();
		for (unsigned k = 0; k < p->stay_count; k++)
			json_array_append_new(stays, stay_json(v, p, &p->stay[k]));
		json_object_set_new(one, "stays", stays);
		json_array_append_new(list, one);
	}
	return list;
}
