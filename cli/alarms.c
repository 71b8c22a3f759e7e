/* trac alarms: disks that changed hands with data on them. */
#include <string.h>

#include "cli/body.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/name.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/life/watch.h"

static const struct proved_entry *entry_of(const struct view *v, const struct life_input *at)
{
	return v->entry[at - v->input];
}

static const struct life *device_of(const struct view *v, const struct alarm *a)
{
	return a->device >= 0 ? &v->lives.life[a->device] : NULL;
}

static json_t *row_json(const struct view *v, const struct alarm *a)
{
	const struct life *l = device_of(v, a);
	const Trac__Event *e = a->at->event;
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s}", "alarm", alarm_name(a->kind), "device",
			 l ? life_json_name(l) : json_null(), "medium", json_text(a->said),
			 "reference", entry_json(entry_of(v, a->at)), "time",
			 json_time(e->time_ms, e->zone_minutes), "author", a->at->author);
}

static int print_json(struct context *c, const struct looked *k, struct fault *f)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < k->view.parts.alarm_count; i++) {
		if (!k->view.parts.alarm[i].healed)
			json_array_append_new(list, row_json(&k->view, &k->view.parts.alarm[i]));
	}
	return json_print(c->out, json_pack("{s:o, s:b}", "alarms", list, "cut",
					    (int)k->view.bundle.message->cut), f);
}

static void print_row(struct table *t, const struct view *v, const struct alarm *a, bool french)
{
	const struct proved_entry *p = entry_of(v, a->at);
	const struct life *l = device_of(v, a);
	const Trac__Event *e = a->at->event;
	char when[TIME_TEXT], name[NAME_TEXT], reference[REFERENCE_MAX];
	table_line(t);
	table_cell(t, "%s", time_text(e->time_ms, e->zone_minutes, french, when));
	table_cell(t, "%s", l ? life_text(l, french, name) : _("a disk by itself"));
	table_cell(t, "%s", a->said ? safe(a->said) : _("not known"));
	table_cell(t, "%s", alarm_label(a->kind, french));
	table_cell(t, "%s", safe(*p->author->title ? p->author->title : p->author->name));
	table_cell(t, "%s", safe(bundle_reference(p, reference)));
}

static int print_text(struct context *c, const struct looked *k, struct fault *f)
{
	struct table t;
	bool any = false;
	for (unsigned i = 0; i < k->view.parts.alarm_count && !any; i++)
		any = !k->view.parts.alarm[i].healed;
	if (!any) {
		fprintf(c->out, "%s\n", _("no data left with a device, as far as is known here"));
		return 0;
	}
	table_start(&t);
	table_column(&t, _("WHEN"), COLUMN_LEFT);
	table_column(&t, _("DEVICE"), COLUMN_LEFT);
	table_column(&t, _("DISK"), COLUMN_LEFT);
	table_column(&t, _("WHAT"), COLUMN_WRAP);
	table_column(&t, _("WHO"), COLUMN_WRAP);
	table_column(&t, _("ENTRY"), COLUMN_LEFT);
	for (unsigned i = 0; i < k->view.parts.alarm_count; i++) {
		if (!k->view.parts.alarm[i].healed)
			print_row(&t, &k->view, &k->view.parts.alarm[i], c->french);
	}
	int rc = table_print(&t, c->out, f);
	if (rc == 0 && k->view.bundle.message->cut)
		fprintf(c->out, "%s\n", _("Not all are shown: the newest are."));
	return rc;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct looked k;
	(void)a;
	int rc = looked_ask(&k, c->home, watch_name(WATCH_ALARM),
			    TRAC__LOOKUP_SCOPE__LOOKUP_WATCH, f);
	if (rc == 0)
		rc = c->json ? print_json(c, &k, f) : print_text(c, &k, f);
	looked_clear(&k);
	return rc;
}

const struct verb verb_alarms = {
	.name = "alarms", .operands = "",
	.summary = N_("list disks that changed hands with data on them"),
	.manual = N_("A disk is listed when it left, or came into another device, with no valid erasure\n"
		     "after its last use. It goes from the list when an erasure or destruction of it is\n"
		     "recorded, or the event is corrected. Every node finds the same. Every event behind\n"
		     "it was proved here."),
	.json = "{\"alarms\": [{\"alarm\": \"left\", \"moved\" or \"reused\",\n"
		" \"device\": {\"kind\", \"value\", \"scope\"} or null, \"medium\", \"reference\", \"time\",\n"
		" \"author\"}], \"cut\": bool}",
	.run = run,
};
