/* A view for people: a header and a table for each device, then what may be missing. */
#include <string.h>

#include "cli/body.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/view.h"

#define WORDS_MAX 2000

/* b as text; what is over its maximum is cut with an ellipsis. */
static const char *text_of(struct buffer *b)
{
	bool cut = b->failed;
	b->failed = false;
	if (!cut && b->used < b->max) {
		write_u8(b, 0);
		return b->failed ? "" : (const char *)b->data;
	}
	return "...";
}

static const char *author_title(const struct proved_entry *e)
{
	return safe(*e->author->title ? e->author->title : e->author->name);
}

/* While its fork is open, what is contested counts nowhere; then the member log decides. */
static const char *doubt_text(const struct proved_entry *e)
{
	if (e->closed && e->counts)
		return _("IN DOUBT, but counted: the member log closed this history of its author");
	if (e->closed)
		return _("IN DOUBT, not counted: of a history that the member log did not name");
	return e->branch ? _("IN DOUBT: of the other history of its author") :
		_("IN DOUBT: its author forked");
}

static void cell_proof(struct table *t, const struct proved_entry *e, bool french)
{
	char size[NUMBER_TEXT];
	if (e->contested && e->proof != LINE_PENDING) {
		table_cell(t, "%s", doubt_text(e));
		return;
	}
	switch (e->proof) {
	case LINE_PROVED:
		table_cell(t, _("proved (of %s)"), number_text(e->tree_size, french, size));
		break;
	case LINE_PENDING:
		table_cell(t, "%s", _("pending"));
		break;
	case LINE_REVOKED:
		table_cell(t, "%s", _("author revoked"));
		break;
	case LINE_ORPHAN:
		table_cell(t, _("orphan of the closed epoch %u"), e->closed->epoch);
		break;
	}
}

static void cell_notes(struct table *t, unsigned notes)
{
	static const struct { unsigned bit; const char *text; } row[] = {
		{ NOTE_CORRECTED, N_("corrected") },
		{ NOTE_OUT_OF_ORDER, N_("out of order") },
		{ NOTE_REPEATED, N_("repeated, counted once") },
		{ NOTE_INVALID, N_("not valid") },
		{ NOTE_CLOCK_SUSPECT, N_("date doubtful") },
		{ NOTE_CUSTODY, N_("author did not hold the device") },
		{ NOTE_IMPLAUSIBLE, N_("erasure doubtful") },
		{ NOTE_SHIPMENT, N_("no shipment of it to this author") },
	};
	char text[256] = "";
	for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
		if (!(notes & row[i].bit))
			continue;
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
			 _(row[i].text));
	}
	table_cell(t, "%s", text);
}

static void print_line(struct table *t, const struct view *v, const struct life_line *line,
		       bool french)
{
	const Trac__Event *e = line->input->event;
	const struct proved_entry *p = view_entry(v, line);
	char when[TIME_TEXT], reference[REFERENCE_MAX];
	struct buffer words;
	buffer_init(&words, WORDS_MAX);
	body_words(e, french, &words);
	table_line(t);
	table_cell(t, "%s", time_text(e->time_ms, e->zone_minutes, french, when));
	table_cell(t, "%s", author_title(p));
	table_cell(t, "%s", safe(e->commune));
	table_cell(t, "%s", text_of(&words));
	table_cell(t, "%s", safe(bundle_reference(p, reference)));
	cell_proof(t, p, french);
	cell_notes(t, line->notes);
	buffer_clear(&words);
}

static int print_lines(const struct view *v, const struct life_line *line, unsigned count,
		       bool french, FILE *out, struct fault *f)
{
	struct table t;
	table_start(&t);
	table_column(&t, _("WHEN"), COLUMN_LEFT);
	table_column(&t, _("WHO"), COLUMN_WRAP);
	table_column(&t, _("COMMUNE"), COLUMN_LEFT);
	table_column(&t, _("WHAT"), COLUMN_WRAP);
	table_column(&t, _("ENTRY"), COLUMN_LEFT);
	table_column(&t, _("PROOF"), COLUMN_LEFT);
	table_column(&t, _("NOTES"), COLUMN_WRAP);
	for (unsigned i = 0; i < count; i++)
		print_line(&t, v, &line[i], french);
	return table_print(&t, out, f);
}

static const char *holder_title(const struct view *v, const char *name)
{
	const struct member *m = *name ? registry_by_name(v->bundle.registry, name) : NULL;
	if (!*name)
		return _("nobody known");
	return safe(m && *m->title ? m->title : name);
}

static void print_header(const struct view *v, const struct life *l, bool french, FILE *out)
{
	const char *type = word_label(&trac__device_type__descriptor, l->type, french);
	fputs(_("device: "), out);
	for (unsigned i = 0; i < l->ident_count; i++) {
		struct buffer words;
		buffer_init(&words, WORDS_MAX);
		identifier_words(word_label(&trac__identifier_kind__descriptor, l->ident[i].kind,
					 french), l->ident[i].value, l->ident[i].scope, &words);
		fprintf(out, "%s%s", i ? ", " : "", text_of(&words));
		buffer_clear(&words);
	}
	fprintf(out, _("\ntype: %s; state: %s; data: %s; held by: %s\n"), type ? type : "?",
		life_state_label(l->state, french), data_state_label(l->data, french),
		holder_title(v, l->holder));
}

/* What was said, by a signed head, to exist, and was not at hand. */
static void print_missing(const struct view *v, bool french, FILE *out)
{
	char number[NUMBER_TEXT];
	if (v->bundle.message->cut)
		fprintf(out, "\n%s\n", _("Not all is shown: there are more events than one answer "
					 "holds. Ask for a more precise identifier."));
	if (!view_missing(v))
		return;
	fprintf(out, "\n%s\n", _("What may be missing:"));
	for (size_t i = 0; i < v->bundle.message->n_known; i++) {
		const Trac__KnownHead *k = v->bundle.message->known[i];
		if (k->size <= k->held)
			continue;
		fprintf(out, dngettext("trac", "  %s: %s entry known, not held here\n",
				       "  %s: %s entries known, not held here\n", k->size - k->held),
			safe_log(k->origin),
			number_text(k->size - k->held, french, number));
	}
}

int view_print(const struct view *v, bool french, FILE *out, struct fault *f)
{
	if (v->asked_count > 1 && !view_asks_part(v))
		fprintf(out, _("ambiguous: %u devices answer to it\n\n"), v->asked_count);
	bool first = true;
	for (unsigned i = 0; i < v->lives.count; i++) {
		const struct life *l = &v->lives.life[i];
		if (!v->asked[i])
			continue;
		if (!first)
			fputc('\n', out);
		first = false;
		print_header(v, l, french, out);
		view_why_print(v, l, french, out);
		if (print_lines(v, l->line, l->line_count, french, out, f) < 0)
			return -1;
		view_parts_print(v, i, french, out);
		if (view_verdicts_print(v, i, french, out, f) < 0)
			return -1;
	}
	if (v->lives.other_count) {
		fprintf(out, "%s%s\n", first ? "" : "\n", _("about a lot or no single device:"));
		if (print_lines(v, v->lives.other, v->lives.other_count, french, out, f) < 0)
			return -1;
	}
	if (view_stays_print(v, french, out, f) < 0)
		return -1;
	if (v->lives.count > v->asked_count)
		fprintf(out, _("\nother devices named in these events: %u\n"),
			v->lives.count - v->asked_count);
	if (v->unreadable)
		fprintf(out, _("\nentries that cannot be read, of a newer version: %u\n"),
			v->unreadable);
	view_vouched_print(v, french, out);
	view_forks_print(v, french, out);
	print_missing(v, french, out);
	return 0;
}
