/* The forked logs behind what is shown. */
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/view.h"

/* One sentence; from: who showed it, may be "". */
static void fork_print(const char *origin, const struct fork_evidence *e, const char *from,
		       bool french, FILE *out)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT];
	fprintf(out, _("  %s: two histories, of %s and of %s entries, both signed"),
		safe_log(origin), number_text(e->small.head.size, french, a),
		number_text(e->large.head.size, french, b));
	if (e->common)
		fprintf(out, _("; the first %s are in both"), number_text(e->common, french, a));
	else
		fputs(_("; how many are in both nobody could tell yet"), out);
	if (*from)
		fprintf(out, _("; the other one was shown by %s"), safe(from));
	fputc('\n', out);
}

/* What of it counts. */
static void print_counted(const struct opened_bundle *b, const struct proved_fork *fork,
			  bool french, FILE *out)
{
	const struct closed_log *closed = NULL;
	char size[NUMBER_TEXT];
	struct log_id id;
	log_id_of(fork->origin, &id);
	if (!fork->author)
		return;
	registry_author(b->registry, &id, &closed);
	if (closed)
		fprintf(out, _("    counted: what both have, and the first %s of the history at whose head "
			       "the member log closed it\n"), number_text(closed->size, french, size));
	else
		fputs(_("    counted: what both have, until the member log closes one of them\n"), out);
}

void view_forks_print(const struct view *v, bool french, FILE *out)
{
	const struct opened_bundle *b = &v->bundle;
	if (!b->fork_count)
		return;
	fprintf(out, "\n%s\n", _("FORKED, and proved to be: entries that only one history is known to "
				 "have are in doubt."));
	for (unsigned i = 0; i < b->fork_count; i++) {
		fork_print(b->fork[i].origin, &b->fork[i].evidence, b->fork[i].from, french, out);
		print_counted(b, &b->fork[i], french, out);
	}
}

json_t *view_forks_json(const struct view *v)
{
	const struct opened_bundle *b = &v->bundle;
	json_t *list = json_array();
	for (unsigned i = 0; i < b->fork_count; i++) {
		const struct fork_evidence *e = &b->fork[i].evidence;
		json_array_append_new(list, json_pack(
			"{s:o, s:I, s:I, s:I, s:o}", "log", json_text(b->fork[i].origin),
			"small", (json_int_t)e->small.head.size, "large",
			(json_int_t)e->large.head.size, "common", (json_int_t)e->common,
			"shown_by", json_text(*b->fork[i].from ? b->fork[i].from : NULL)));
	}
	return list;
}
