/* Verdicts in a view: what may be said of a device, why, and by which events. */
#include <string.h>

#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/view.h"
#include "proto/life/verdict.h"

/* References that a line of the table names; JSON names all that a verdict holds. */
#define SHOWN_EVENTS 4
/* Cycles that JSON judges, the last ones: a device that was given more often than that
 * is a sign of a junk identifier, and judging each reads all of its life. */
#define SHOWN_CYCLES 16

static const struct proved_entry *entry_of(const struct view *v, const struct life_input *at)
{
	return v->entry[at - v->input];
}

static unsigned kept_events(const struct verdict *d)
{
	return d->count < VERDICT_EVENTS_MAX ? d->count : VERDICT_EVENTS_MAX;
}

/* "envie/3, envie/5 +2" */
static void cell_events(struct table *t, const struct view *v, const struct verdict *d)
{
	char text[SHOWN_EVENTS * (REFERENCE_MAX + 2) + 16] = "", reference[REFERENCE_MAX];
	size_t used = 0;
	unsigned shown = kept_events(d) < SHOWN_EVENTS ? kept_events(d) : SHOWN_EVENTS;
	for (unsigned i = 0; i < shown; i++) {
		const struct proved_entry *e = entry_of(v, d->event[i]);
		int size = snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
				    safe(bundle_reference(e, reference)));
		if (size < 0 || (size_t)size >= sizeof text - used)
			break;
		used += (size_t)size;
	}
	if (d->count > shown)
		snprintf(text + used, sizeof text - used, " +%u", d->count - shown);
	table_cell(t, "%s", text);
}

int view_verdicts_print(const struct view *v, unsigned life, bool french, FILE *out,
			struct fault *f)
{
	struct verdict all[RULE_COUNT];
	struct table t;
	const struct life *l = &v->lives.life[life];
	if (!l->cycle_count)
		return 0;
	verdicts_judge(&v->lives, &v->parts, life, l->cycle_count - 1, all);
	table_start(&t);
	table_column(&t, _("RULE"), COLUMN_WRAP);
	table_column(&t, _("VERDICT"), COLUMN_LEFT);
	table_column(&t, _("WHY"), COLUMN_WRAP);
	table_column(&t, _("BY"), COLUMN_WRAP);
	for (int r = 0; r < RULE_COUNT; r++) {
		if (all[r].truth == NOT_APPLICABLE)
			continue;
		table_line(&t);
		table_cell(&t, "%s", rule_label((enum rule)r, french));
		table_cell(&t, "%s", truth_label(all[r].truth, french));
		table_cell(&t, "%s", safe(french ? all[r].reason_fr : all[r].reason));
		cell_events(&t, v, &all[r]);
	}
	fputc('\n', out);
	return table_print(&t, out, f);
}

static json_t *verdict_json(const struct view *v, unsigned cycle, const struct verdict *d)
{
	json_t *events = json_array();
	char reference[REFERENCE_MAX];
	for (unsigned i = 0; i < kept_events(d); i++)
		json_array_append_new(events, json_string(bundle_reference(
			entry_of(v, d->event[i]), reference)));
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:o}", "cycle", (int)cycle, "rule",
			 rule_name(d->rule), "verdict", truth_name(d->truth), "reason",
			 d->reason, "source", d->source, "decided_by", (int)d->count, "events",
			 events);
}

json_t *view_verdicts_json(const struct view *v, unsigned life)
{
	struct verdict all[RULE_COUNT];
	json_t *list = json_array();
	unsigned count = v->lives.life[life].cycle_count;
	for (unsigned c = count > SHOWN_CYCLES ? count - SHOWN_CYCLES : 0; c < count; c++) {
		verdicts_judge(&v->lives, &v->parts, life, c, all);
		for (int r = 0; r < RULE_COUNT; r++)
			json_array_append_new(list, verdict_json(v, c, &all[r]));
	}
	return list;
}
