/* trac lot: what was announced beside what arrived. */
#include "proto/life/lot.h"

#include <stdlib.h>
#include <string.h>

#include "cli/body.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/name.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"

#define TYPES (TRAC__DEVICE_TYPE__DEVICE_OTHER + 1)

struct report {
	const struct view *view;
	struct lot lot;
	/* by type of device; announced: as donations count them */
	uint64_t announced[TYPES], received[TYPES];
};

static const char *const match_name[] = { "arrived", "missing", "unexpected", "mismatch" };

static bool is_dead(const struct life_line *line)
{
	return line->notes & (NOTE_INVALID | NOTE_REPEATED | NOTE_CORRECTED);
}

static bool is_of_lot(const Trac__Event *e, const char *name)
{
	char lot[TEXT_MAX + 1], wanted[TEXT_MAX + 1];
	ident_scope(e->lot ? e->lot : "", lot);
	ident_scope(name, wanted);
	return !strcmp(lot, wanted);
}

/* A donation may stand in several lives: seen marks those that were counted. */
static void count_announced(struct report *r, const struct life_line *line, const char *name,
			    bool *seen)
{
	const Trac__Event *e = line->input->event;
	size_t at = (size_t)(line->input - r->view->input);
	if (e->body_case != TRAC__EVENT__BODY_DONATION_ANNOUNCED || is_dead(line) || seen[at]
	    || !is_of_lot(e, name))
		return;
	seen[at] = true;
	for (size_t i = 0; i < e->donation_announced->n_types; i++) {
		const Trac__TypeCount *t = e->donation_announced->types[i];
		if (t->type > 0 && (unsigned)t->type < TYPES)
			r->announced[t->type] += t->count;
	}
}

/* One of a life for each device that was received in the lot. */
static void count_received(struct report *r, const struct life *l, const char *name)
{
	for (unsigned i = 0; i < l->line_count; i++) {
		const Trac__Event *e = l->line[i].input->event;
		if (e->body_case != TRAC__EVENT__BODY_RECEIVED || is_dead(&l->line[i])
		    || e->received->discrepancy == TRAC__DISCREPANCY__MISSING
		    || !is_of_lot(e, name))
			continue;
		r->received[(unsigned)l->type < TYPES ? l->type : 0]++;
		return;
	}
}

static int report_make(struct report *r, const struct view *v, const char *name, struct fault *f)
{
	bool *seen = calloc(v->count + 1, sizeof *seen);
	*r = (struct report){ .view = v };
	if (!seen || lot_reconcile(v->input, v->count, name, &r->lot) < 0) {
		free(seen);
		return fault_set(f, FAULT_IO, "no memory for a lot of %u events", v->count);
	}
	for (unsigned i = 0; i < v->lives.count; i++) {
		const struct life *l = &v->lives.life[i];
		for (unsigned k = 0; k < l->line_count; k++)
			count_announced(r, &l->line[k], name, seen);
		count_received(r, l, name);
	}
	for (unsigned i = 0; i < v->lives.other_count; i++)
		count_announced(r, &v->lives.other[i], name, seen);
	free(seen);
	return 0;
}

static json_t *reference(const struct view *v, const struct life_input *at)
{
	return at ? entry_json(v->entry[at - v->input]) : json_null();
}

static json_t *types_json(const struct report *r)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < TYPES; i++) {
		if (r->announced[i] || r->received[i])
			json_array_append_new(list, json_pack(
				"{s:o, s:I, s:I}", "type",
				json_text(word_of(&trac__device_type__descriptor, (int)i, false)),
				"announced", (json_int_t)r->announced[i], "received",
				(json_int_t)r->received[i]));
	}
	return list;
}

static int print_json(struct context *c, const struct report *r, const char *name,
		      struct fault *f)
{
	json_t *rows = json_array();
	for (unsigned i = 0; i < r->lot.count; i++) {
		const struct lot_row *row = &r->lot.row[i];
		json_array_append_new(rows, json_pack(
			"{s:s, s:o, s:o, s:o, s:o, s:b}", "match", match_name[row->match],
			"announced", ident_json(&row->announced), "received",
			ident_json(&row->received), "announcement",
			reference(r->view, row->announcement), "reception",
			reference(r->view, row->reception), "said", (int)row->said));
	}
	const unsigned *n = r->lot.number;
	return json_print(c->out, json_pack(
		"{s:s, s:I, s:i, s:i, s:i, s:i, s:o, s:o, s:b}", "lot", name, "promised",
		(json_int_t)r->lot.promised, "arrived", (int)n[LOT_ARRIVED], "missing",
		(int)n[LOT_MISSING], "unexpected", (int)n[LOT_UNEXPECTED], "mismatch",
		(int)n[LOT_MISMATCH], "types", types_json(r), "rows", rows, "cut",
		(int)r->view->bundle.message->cut), f);
}

static const char *match_text(const struct lot_row *row)
{
	switch (row->match) {
	case LOT_ARRIVED:
		return _("arrived");
	case LOT_MISSING:
		return row->said ? _("missing, as its workshop says") : _("missing");
	case LOT_UNEXPECTED:
		return _("unexpected");
	case LOT_MISMATCH:
		return _("misread: the two look alike");
	}
	return "?";
}

static int print_rows(struct context *c, const struct report *r, bool all, struct fault *f)
{
	struct table t;
	char name[2][NAME_TEXT];
	table_start(&t);
	table_column(&t, _("ANNOUNCED"), COLUMN_LEFT);
	table_column(&t, _("RECEIVED"), COLUMN_LEFT);
	table_column(&t, _("WHAT"), COLUMN_WRAP);
	for (unsigned i = 0; i < r->lot.count; i++) {
		const struct lot_row *row = &r->lot.row[i];
		if (row->match == LOT_ARRIVED && !all)
			continue;
		table_line(&t);
		table_cell(&t, "%s", *row->announced.value
			   ? ident_text(&row->announced, c->french, name[0]) : "-");
		table_cell(&t, "%s", *row->received.value
			   ? ident_text(&row->received, c->french, name[1]) : "-");
		table_cell(&t, "%s", match_text(row));
	}
	return table_print(&t, c->out, f);
}

static void print_types(struct context *c, const struct report *r)
{
	char number[2][NUMBER_TEXT];
	for (unsigned i = 0; i < TYPES; i++) {
		const char *type = i ? word_label(&trac__device_type__descriptor, (int)i, c->french)
			: _("type not known");
		if (r->announced[i] || r->received[i])
			fprintf(c->out, _("  %s: %s announced, %s received\n"), type ? type : "?",
				number_text(r->announced[i], c->french, number[0]),
				number_text(r->received[i], c->french, number[1]));
	}
}

static int print_text(struct context *c, const struct report *r, const char *name, bool all,
		      struct fault *f)
{
	const unsigned *n = r->lot.number;
	char number[NUMBER_TEXT];
	fprintf(c->out, _("lot %s: %s promised; by serial: %u arrived, %u missing, %u unexpected, "
			  "%u misread\n"), safe(name),
		number_text(r->lot.promised, c->french, number), n[LOT_ARRIVED], n[LOT_MISSING],
		n[LOT_UNEXPECTED], n[LOT_MISMATCH]);
	print_types(c, r);
	if (r->lot.count > (all ? 0 : n[LOT_ARRIVED]) && print_rows(c, r, all, f) < 0)
		return -1;
	if (r->view->bundle.message->cut)
		fprintf(c->out, "%s\n", _("Not all are shown: the newest are."));
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *name = a->operand[0];
	struct report r = { .view = NULL };
	struct looked k;
	int rc = looked_ask(&k, c->home, name, TRAC__LOOKUP_SCOPE__LOOKUP_LOT, f);
	if (rc == 0 && k.view.count == 0)
		rc = fault_set(f, FAULT_ABSENT, "no event held here is of lot \"%s\": check its "
			       "name, or ask at a hub", name);
	if (rc == 0)
		rc = report_make(&r, &k.view, name, f);
	if (rc == 0)
		rc = c->json ? print_json(c, &r, name, f)
			: print_text(c, &r, name, given(a, "all"), f);
	lot_clear(&r.lot);
	looked_clear(&k);
	return rc;
}

static const struct option_row option[] = {
	{ "all", 'a', NULL, false, N_("those that arrived as announced, too") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_lot = {
	.name = "lot", .operands = "LOT",
	.summary = N_("compare what was announced in a lot with what arrived"),
	.manual = N_("Lists serials that are missing or unexpected, and pairs of which one was misread.\n"
		     "A device is found by any of its identifiers. Every event was proved here."),
	.json = "{\"lot\", \"promised\": N, \"arrived\", \"missing\", \"unexpected\", \"mismatch\": N,\n"
		" \"types\": [{\"type\", \"announced\": N, \"received\": N}],\n"
		" \"rows\": [{\"match\", \"announced\": IDENT or null, \"received\": IDENT or null,\n"
		"   \"announcement\", \"reception\": reference or null, \"said\": bool}], \"cut\": bool}\n"
		"IDENT: {\"kind\", \"value\", \"scope\"}. said: its workshop recorded that it is missing.",
	.option = option, .least = 1, .most = 1, .run = run,
};
