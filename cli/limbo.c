/* trac limbo: devices that were sent and never arrived. */
#include <string.h>

#include "cli/body.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/name.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/life/watch.h"

static const char *recipient_of(const struct life_line *line)
{
	return line->input->event->transfer_sent->recipient;
}

static json_t *row_json(const struct view *v, const struct life *l, const struct life_line *line,
			bool refused)
{
	const Trac__Event *e = line->input->event;
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:b}", "device", life_json_name(l),
			 "reference", entry_json(view_entry(v, line)), "time",
			 json_time(e->time_ms, e->zone_minutes), "from", line->input->author, "to",
			 json_text(recipient_of(line)), "refused", (int)refused);
}

static int print_json(struct context *c, const struct view *v, struct fault *f)
{
	json_t *list = json_array();
	bool refused;
	for (unsigned i = 0; i < v->lives.count; i++) {
		const struct life_line *line = life_limbo(&v->lives.life[i], &refused);
		if (line)
			json_array_append_new(list, row_json(v, &v->lives.life[i], line, refused));
	}
	return json_print(c->out, json_pack("{s:o, s:b}", "limbo", list, "cut",
					    (int)v->bundle.message->cut), f);
}

static const char *title_of(const struct view *v, const char *name)
{
	const struct member *m = name ? registry_by_name(v->bundle.registry, name) : NULL;
	return safe(m && *m->title ? m->title : name);
}

static void print_row(struct table *t, const struct view *v, const struct life *l,
		      const struct life_line *line, bool refused, bool french)
{
	const struct proved_entry *p = view_entry(v, line);
	const Trac__Event *e = line->input->event;
	char when[TIME_TEXT], name[NAME_TEXT], reference[REFERENCE_MAX];
	table_line(t);
	table_cell(t, "%s", life_text(l, french, name));
	table_cell(t, "%s", time_text(e->time_ms, e->zone_minutes, french, when));
	table_cell(t, "%s", title_of(v, line->input->author));
	table_cell(t, "%s", title_of(v, recipient_of(line)));
	table_cell(t, "%s", refused ? _("refused, not back yet") : _("not arrived"));
	table_cell(t, "%s", safe(bundle_reference(p, reference)));
}

static int print_text(struct context *c, const struct view *v, struct fault *f)
{
	struct table t;
	bool refused, any = false;
	for (unsigned i = 0; i < v->lives.count && !any; i++)
		any = life_limbo(&v->lives.life[i], &refused) != NULL;
	if (!any) {
		fprintf(c->out, "%s\n", _("all that was sent has arrived, as far as is known here"));
		return 0;
	}
	table_start(&t);
	table_column(&t, _("DEVICE"), COLUMN_LEFT);
	table_column(&t, _("SENT"), COLUMN_LEFT);
	table_column(&t, _("BY"), COLUMN_WRAP);
	table_column(&t, _("TO"), COLUMN_WRAP);
	table_column(&t, _("STATE"), COLUMN_LEFT);
	table_column(&t, _("ENTRY"), COLUMN_LEFT);
	for (unsigned i = 0; i < v->lives.count; i++) {
		const struct life_line *line = life_limbo(&v->lives.life[i], &refused);
		if (line)
			print_row(&t, v, &v->lives.life[i], line, refused, c->french);
	}
	int rc = table_print(&t, c->out, f);
	if (rc == 0 && v->bundle.message->cut)
		fprintf(c->out, "%s\n", _("Not all are shown: the newest are."));
	return rc;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct looked k;
	(void)a;
	int rc = looked_ask(&k, c->home, watch_name(WATCH_LIMBO),
			    TRAC__LOOKUP_SCOPE__LOOKUP_WATCH, f);
	if (rc == 0)
		rc = c->json ? print_json(c, &k.view, f) : print_text(c, &k.view, f);
	looked_clear(&k);
	return rc;
}

const struct verb verb_limbo = {
	.name = "limbo", .operands = "",
	.summary = N_("list devices that were sent and never arrived"),
	.manual = N_("Each was sent by one member and neither received nor refused by the other, as far\n"
		     "as is known here; or refused, and not back with the sender. Every event behind it\n"
		     "was proved here."),
	.json = "{\"limbo\": [{\"device\": {\"kind\", \"value\", \"scope\"}, \"reference\",\n"
		" \"time\", \"from\", \"to\", \"refused\": bool}], \"cut\": bool}",
	.run = run,
};
