/* The figures as a table, as JSON and as CSV. */
#include "cli/indicators.h"

#include <string.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/world.h"
#include "proto/life/event.h"

/* How a unit is written: numerator / (denominator * per), with decimals. */
static const struct {
	unsigned per, decimals;
	const char *sign;              /* N_() */
} unit_row[UNIT_COUNT_OF_UNITS] = {
	[UNIT_COUNT] = { 1, 0, "" },
	[UNIT_PERCENT] = { 1, 1, "" },
	[UNIT_EUROS] = { 100, 2, N_(" EUR") },
	[UNIT_DAYS] = { 1, 1, N_(" d") },
	[UNIT_MINUTES] = { 1, 1, N_(" min") },
	[UNIT_HOURS] = { 60, 1, N_(" h") },
	[UNIT_SCORE] = { 1, 2, "" },
	[UNIT_KG] = { 1000, 3, N_(" kg") },
};

/* 53.00, 49.0, 80: without sign, "-" when there is nothing to divide by. */
static const char *plain_text(const struct shown *s, bool french, char out[NUMBER_TEXT])
{
	uint64_t under = s->divided ? s->denominator : 1;
	unsigned decimals = unit_row[s->unit].decimals;
	if (s->unit == UNIT_PERCENT) {
		/* progress towards millions needs its decimals, a share of hundreds does not */
		percent_text(s->numerator, under, s->towards_target ? 4 : decimals, french, out);
		return out;
	}
	if (s->unit == UNIT_DAYS && under == 1)
		decimals = 0;
	if (under > UINT64_MAX / unit_row[s->unit].per)
		under = 0;
	return ratio_text(s->numerator, under * unit_row[s->unit].per, decimals, french, out);
}

static const char *value_text(const struct shown *s, bool french, char out[NUMBER_TEXT])
{
	plain_text(s, french, out);
	size_t used = strlen(out);
	if (*unit_row[s->unit].sign && strcmp(out, "-") != 0)
		snprintf(out + used, NUMBER_TEXT - used, "%s", _(unit_row[s->unit].sign));
	return out;
}

/* As machines read it: a decimal point, no sign. */
static const char *machine_text(const struct shown *s, char out[NUMBER_TEXT])
{
	size_t kept = 0;
	plain_text(s, false, out);
	for (const char *c = out; *c; c++) {
		if (*c != ',' && *c != '%')
			out[kept++] = *c;
	}
	out[kept] = '\0';
	if (!strcmp(out, "-"))
		out[0] = '\0';
	return out;
}

/* What a value is a part of; "" for plain sums, and for days, whose middle is no part. */
static const char *parts_text(const struct shown *s, bool french, char out[2 * NUMBER_TEXT])
{
	char n[2][NUMBER_TEXT];
	struct shown sum = *s;
	out[0] = '\0';
	if (!s->divided || s->unit == UNIT_DAYS)
		return out;
	sum.divided = false;
	if (s->unit == UNIT_PERCENT || s->unit == UNIT_SCORE)
		sum.unit = UNIT_COUNT;
	snprintf(out, 2 * NUMBER_TEXT, "%s / %s", value_text(&sum, french, n[0]),
		 number_text(s->denominator, french, n[1]));
	return out;
}

static void print_horizon(struct context *c, const struct indicators *a)
{
	const Trac__IndicatorReply *r = a->reply;
	char n[3][NUMBER_TEXT], when[TIME_TEXT];
	fprintf(c->out, _("\ncomputed %s; entries: %s; logs: %s\n"),
		time_text(r->computed_ms, world_zone(r->computed_ms), c->french, when),
		number_text(a->entries, c->french, n[0]), number_text(a->logs, c->french, n[1]));
	if (a->missing)
		fprintf(c->out, _("not counted, known but not held here: %s\n"),
			number_text(a->missing, c->french, n[2]));
	fprintf(c->out, _("coverage: members that have recorded something: %u of %u\n"),
		(unsigned)r->reporting, (unsigned)r->known);
}

int indicators_table(struct context *c, const struct indicators *a, struct fault *f)
{
	struct table t;
	char value[NUMBER_TEXT], parts[2 * NUMBER_TEXT];
	table_start(&t);
	table_column(&t, _("ID"), COLUMN_LEFT);
	if (a->grouped)
		table_column(&t, _("GROUP"), COLUMN_LEFT);
	table_column(&t, _("INDICATOR"), COLUMN_WRAP);
	table_column(&t, _("VALUE"), COLUMN_RIGHT);
	table_column(&t, _("OUT OF"), COLUMN_RIGHT);
	for (unsigned i = 0; i < a->count; i++) {
		const struct shown *s = &a->shown[i];
		table_line(&t);
		table_cell(&t, "%s", safe(s->id));
		if (a->grouped)
			table_cell(&t, "%s", s->group && *s->group ? safe(s->group) : "-");
		table_cell(&t, "%s", c->french ? s->label_fr : s->label);
		table_cell(&t, "%s", value_text(s, c->french, value));
		table_cell(&t, "%s", parts_text(s, c->french, parts));
	}
	if (table_print(&t, c->out, f) < 0)
		return -1;
	print_horizon(c, a);
	return 0;
}

static json_t *shown_json(const struct shown *s)
{
	char text[NUMBER_TEXT];
	json_t *j = json_pack("{s:o, s:o, s:o, s:s, s:o, s:I, s:o}", "id", json_text(s->id),
			      "label", json_text(s->label), "group", json_text(s->group),
			      "unit", unit_name(s->unit),
			      "value", json_text(machine_text(s, text)),
			      "numerator", (json_int_t)s->numerator, "denominator",
			      s->divided ? json_integer((json_int_t)s->denominator) : json_null());
	if (j && s->unit == UNIT_PERCENT)
		json_object_set_new(j, "percent", json_text(text));
	return j;
}

int indicators_json(struct context *c, const struct indicators *a, struct fault *f)
{
	const Trac__IndicatorReply *r = a->reply;
	json_t *list = json_array(), *horizon = json_array();
	for (unsigned i = 0; i < a->count; i++)
		json_array_append_new(list, shown_json(&a->shown[i]));
	for (size_t i = 0; i < r->n_horizon; i++) {
		json_array_append_new(horizon, json_pack(
			"{s:o, s:I, s:I}", "log", json_text(r->horizon[i]->origin), "known",
			(json_int_t)r->horizon[i]->size, "held", (json_int_t)r->horizon[i]->held));
	}
	return json_print(c->out, json_pack(
		"{s:o, s:o, s:I, s:I, s:i, s:i, s:o}", "figures", list, "computed",
		json_time(r->computed_ms, 0), "entries", (json_int_t)a->entries, "missing",
		(json_int_t)a->missing, "reporting", (int)r->reporting, "known", (int)r->known,
		"horizon", horizon), f);
}

/* Quotes doubled; what would be a formula in a spreadsheet begins with a quote mark. */
static void print_cell(FILE *out, const char *text)
{
	fputc('"', out);
	if (*text && strchr("=+-@\t\r", *text))
		fputc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

int indicators_csv(struct context *c, const struct indicators *a)
{
	const Trac__IndicatorReply *r = a->reply;
	char when[30], value[NUMBER_TEXT], under[NUMBER_TEXT];
	civil_format(r->computed_ms, 0, when);
	fputs("id,label,value,numerator,denominator,computed,logs,entries,missing,reporting,known,"
	      "unit,group\r\n", c->out);
	for (unsigned i = 0; i < a->count; i++) {
		const struct shown *s = &a->shown[i];
		under[0] = '\0';
		if (s->divided)
			snprintf(under, sizeof under, "%llu", (unsigned long long)s->denominator);
		fprintf(c->out, "%s,\"%s\",%s,%llu,%s,%s,%llu,%llu,%llu,%u,%u,%s,", s->id,
			s->label, machine_text(s, value), (unsigned long long)s->numerator, under,
			when, (unsigned long long)a->logs, (unsigned long long)a->entries,
			(unsigned long long)a->missing, (unsigned)r->reporting,
			(unsigned)r->known, unit_name(s->unit));
		if (s->group)
			print_cell(c->out, safe(s->group));
		fputs("\r\n", c->out);
	}
	return 0;
}
