/* A view for programs: the shape VIEW_JSON of view.h. */
#include <stdio.h>

#include "cli/body.h"
#include "cli/json.h"
#include "cli/view.h"

static json_t *notes_json(unsigned notes)
{
	static const struct { unsigned bit; const char *name; } row[] = {
		{ NOTE_CORRECTED, "corrected" }, { NOTE_OUT_OF_ORDER, "out_of_order" },
		{ NOTE_REPEATED, "repeated" }, { NOTE_INVALID, "invalid" },
		{ NOTE_CLOCK_SUSPECT, "clock_suspect" }, { NOTE_CUSTODY, "custody" },
		{ NOTE_IMPLAUSIBLE, "implausible" },
		{ NOTE_SHIPMENT, "shipment" },
	};
	json_t *list = json_array();
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		if (notes & row[i].bit)
			json_array_append_new(list, json_string(row[i].name));
	}
	return list;
}

static const char *proof_word(enum line_proof proof)
{
	return proof == LINE_PROVED ? "proved" : proof == LINE_PENDING ? "pending" :
		proof == LINE_ORPHAN ? "orphan" : "revoked";
}

static json_t *event_json(const struct view *v, const struct life_line *line)
{
	const Trac__Event *e = line->input->event;
	const struct proved_entry *p = view_entry(v, line);
	const struct kind *k = NULL;
	char reference[REFERENCE_MAX];
	event_body(e, &k);
	json_t *body = body_json(e);
	return json_pack("{s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, "
			 "s:I, s:b, s:b, s:b, s:o, s:s, s:i}",
			 "reference", bundle_reference(p, reference),
			 "id", json_hex((struct span){ e->id.data, e->id.len }),
			 "time", json_time(e->time_ms, e->zone_minutes),
			 "recorded", json_time(e->recorded_ms, e->zone_minutes),
			 "author", p->author->name, "title", json_text(p->author->title),
			 "commune", json_text(e->commune), "kind", json_text(k ? k->name : NULL),
			 "lot", json_text(e->lot), "operator", json_text(e->operator_),
			 "agreement", json_text(e->agreement), "body", body ? body : json_null(),
			 "attachments", attachments_json(e),
			 "proof", proof_word(p->proof), "tree_size", (json_int_t)p->tree_size,
			 "contested", (int)p->contested, "branch", (int)p->branch,
			 "counted", (int)p->counts, "notes", notes_json(line->notes),
			 "state", life_state_name(line->state), "cycle", (int)line->cycle);
}

static json_t *events_json(const struct view *v, const struct life_line *line, unsigned count)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < count; i++)
		json_array_append_new(list, event_json(v, &line[i]));
	return list;
}

static json_t *life_json(const struct view *v, unsigned life)
{
	const struct life *l = &v->lives.life[life];
	json_t *list = json_array();
	for (unsigned i = 0; i < l->ident_count; i++) {
		const struct ident *id = &l->ident[i];
		json_array_append_new(list, json_pack(
			"{s:o, s:s, s:o}", "kind",
			json_text(word_of(&trac__identifier_kind__descriptor, id->kind, false)),
			"value", id->value, "scope", json_text(id->scope)));
	}
	return json_pack("{s:o, s:o, s:o, s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:o}", "identifiers",
			 list, "why_one", view_why_json(v, l), "type",
			 json_text(word_of(&trac__device_type__descriptor, l->type, false)),
			 "state", life_state_name(l->state), "data", data_state_name(l->data),
			 "holder", json_text(l->holder), "cycles", (int)l->cycle_count, "parts",
			 view_parts_json(v, life), "alarms", view_alarms_json(v, (int)life),
			 "verdicts", view_verdicts_json(v, life), "events",
			 events_json(v, l->line, l->line_count));
}

static json_t *missing_json(const struct view *v)
{
	json_t *list = json_array();
	for (size_t i = 0; i < v->bundle.message->n_known; i++) {
		const Trac__KnownHead *k = v->bundle.message->known[i];
		if (k->size > k->held)
			json_array_append_new(list, json_pack(
				"{s:o, s:I, s:I}", "log", json_text(k->origin), "known",
				(json_int_t)k->size, "held", (json_int_t)k->held));
	}
	return list;
}

json_t *view_json(const struct view *v)
{
	const Trac__Bundle *m = v->bundle.message;
	json_t *devices = json_array();
	for (unsigned i = 0; i < v->lives.count; i++) {
		if (v->asked[i])
			json_array_append_new(devices, life_json(v, i));
	}
	return json_pack("{s:o, s:o, s:o, s:b, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o, "
			 "s:o}",
			 "network", json_text(m->network), "query", json_text(m->query),
			 "made", json_time(m->made_ms, 0), "ambiguous",
			 v->asked_count > 1 && !view_asks_part(v),
			 "cut", (int)m->cut,
			 "proved", (int)v->proved, "pending", (int)v->pending,
			 "revoked", (int)v->revoked, "orphans", (int)v->orphans,
			 "contested", (int)v->contested,
			 "unreadable", (int)v->unreadable,
			 "devices", devices, "vouched", view_vouched_json(v),
			 "other", events_json(v, v->lives.other, v->lives.other_count),
			 "missing", missing_json(v), "forks", view_forks_json(v), "part", view_stays_json(v));
}
