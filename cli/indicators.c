/* trac indicators: the figures of the network, with what they were computed from. */
#include <string.h>

#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/life/event.h"
#include "proto/life/figure.h"
#include "proto/wire/unpack.h"

/* AAAA-MM: the counters are kept by month. */
static int month_check(const char *text, const char *option, struct fault *f)
{
	int year, month;
	char more;

	if (strlen(text) != 7 || sscanf(text, "%4d-%2d%c", &year, &month, &more) != 2 ||
	    year < 2000 || year > 2999 || month < 1 || month > 12)
		return fault_set(f, FAULT_USAGE, "--%s \"%s\" is not a month: write it as 2026-03",
				 option, text);
	return 0;
}

/* What the printers share. */
struct answer {
	const Trac__IndicatorReply *r;
	uint64_t logs, entries, missing;   /* the horizon, summed */
};

static void answer_sum(struct answer *a, const Trac__IndicatorReply *r)
{
	*a = (struct answer){ .r = r, .logs = r->n_horizon };
	for (size_t i = 0; i < r->n_horizon; i++) {
		const Trac__KnownHead *h = r->horizon[i];
		a->entries += h->held;
		a->missing += h->size > h->held ? h->size - h->held : 0;
	}
}

static const struct figure *definition(const Trac__Figure *figure)
{
	for (const struct figure *d = figures; d->id; d++) {
		if (figure->id && !strcmp(d->id, figure->id))
			return d;
	}
	return NULL;
}

static uint64_t denominator(const Trac__Figure *figure, const struct figure *d)
{
	if (figure->has_denominator)
		return figure->denominator;
	return d ? d->target : 0;
}

/* Progress towards millions needs its decimals, a share of hundreds does not. */
static unsigned decimals(const struct figure *d)
{
	return d->target ? 4 : 1;
}

static const char *value_text(const Trac__Figure *figure, const struct figure *d, bool french,
			      char out[NUMBER_TEXT])
{
	if (!d || !d->percent)
		return number_text(figure->numerator, french, out);
	return percent_text(figure->numerator, denominator(figure, d), decimals(d), french, out);
}

static void print_horizon(struct context *c, const struct answer *a)
{
	const Trac__IndicatorReply *r = a->r;
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

static int print_table(struct context *c, const struct answer *a, struct fault *f)
{
	struct table t;
	char n[3][NUMBER_TEXT];
	table_start(&t);
	table_column(&t, _("ID"), COLUMN_LEFT);
	table_column(&t, _("INDICATOR"), COLUMN_WRAP);
	table_column(&t, _("VALUE"), COLUMN_RIGHT);
	table_column(&t, _("OUT OF"), COLUMN_RIGHT);
	for (size_t i = 0; i < a->r->n_figure; i++) {
		const Trac__Figure *figure = a->r->figure[i];
		const struct figure *d = definition(figure);
		table_line(&t);
		table_cell(&t, "%s", safe(figure->id));
		table_cell(&t, "%s", d ? c->french ? d->label_fr : d->label : "?");
		table_cell(&t, "%s", value_text(figure, d, c->french, n[0]));
		if (d && d->percent)
			table_cell(&t, "%s / %s", number_text(figure->numerator, c->french, n[1]),
				   number_text(denominator(figure, d), c->french, n[2]));
		else
			table_cell(&t, "%s", "");
	}
	if (table_print(&t, c->out, f) < 0)
		return -1;
	print_horizon(c, a);
	return 0;
}

static json_t *figure_json(const Trac__Figure *figure)
{
	const struct figure *d = definition(figure);
	char percent[NUMBER_TEXT];
	json_t *j = json_pack("{s:o, s:o, s:I, s:o}", "id", json_text(figure->id), "label",
			      json_text(d ? d->label : NULL), "numerator",
			      (json_int_t)figure->numerator, "denominator", json_null());
	if (j && denominator(figure, d))
		json_object_set_new(j, "denominator",
				    json_integer((json_int_t)denominator(figure, d)));
	if (j && d && d->percent) {
		value_text(figure, d, false, percent);
		percent[strcspn(percent, "%")] = '\0';
		json_object_set_new(j, "percent", json_string(percent));
	}
	return j;
}

static int print_json(struct context *c, const struct answer *a, struct fault *f)
{
	const Trac__IndicatorReply *r = a->r;
	json_t *list = json_array(), *horizon = json_array();
	for (size_t i = 0; i < r->n_figure; i++)
		json_array_append_new(list, figure_json(r->figure[i]));
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

/* Names and labels are ours: no cell needs quotes but labels, which get them. */
static int print_csv(struct context *c, const struct answer *a)
{
	char when[30];
	civil_format(a->r->computed_ms, 0, when);
	fputs("id,label,value,numerator,denominator,computed,logs,entries,missing,reporting,known"
	      "\r\n", c->out);
	for (size_t i = 0; i < a->r->n_figure; i++) {
		const Trac__Figure *figure = a->r->figure[i];
		const struct figure *d = definition(figure);
		char value[NUMBER_TEXT], under[NUMBER_TEXT] = "";
		if (d && d->percent) {
			value_text(figure, d, false, value);
			value[strcspn(value, "%")] = '\0';
		} else {
			snprintf(value, sizeof value, "%llu",
				 (unsigned long long)figure->numerator);
		}
		if (denominator(figure, d))
			snprintf(under, sizeof under, "%llu",
				 (unsigned long long)denominator(figure, d));
		fprintf(c->out, "%s,\"%s\",%s,%llu,%s,%s,%llu,%llu,%llu,%u,%u\r\n",
			d ? d->id : "", d ? d->label : "", value,
			(unsigned long long)figure->numerator, under, when,
			(unsigned long long)a->logs, (unsigned long long)a->entries,
			(unsigned long long)a->missing, (unsigned)a->r->reporting,
			(unsigned)a->r->known);
	}
	return 0;
}

static int request_fill(Trac__IndicatorRequest *q, const struct arguments *a, struct fault *f)
{
	const char *from = given(a, "from"), *to = given(a, "to");
	if (from && month_check(from, "from", f) < 0)
		return -1;
	if (to && month_check(to, "to", f) < 0)
		return -1;
	if (from && to && strcmp(from, to) > 0)
		return fault_set(f, FAULT_USAGE, "--from %s is after --to %s", from, to);
	q->from = (char *)from;
	q->to = (char *)to;
	q->territory = (char *)given(a, "department");
	q->structure = (char *)given(a, "member");
	return 0;
}

/* A node that has not counted for long asks to be asked again: each time it gets further. */
#define ASK_MAX 1000

static Trac__Reply *ask(struct context *c, const Trac__Request *request, struct fault *f)
{
	Trac__Reply *r = NULL;

	for (unsigned i = 0; i < ASK_MAX && !r; i++) {
		r = client_ask_once(c->home, request, TRAC__REPLY__BODY_INDICATORS, f);
		if (!r && f->code != FAULT_BUSY)
			break;
	}
	return r;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	Trac__IndicatorRequest q = TRAC__INDICATOR_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_INDICATORS;
	request.indicators = &q;
	if (request_fill(&q, a, f) < 0)
		return -1;
	Trac__Reply *r = ask(c, &request, f);
	if (!r)
		return -1;
	struct answer answer;
	answer_sum(&answer, r->indicators);
	int rc = c->json ? print_json(c, &answer, f)
		: given(a, "csv") ? print_csv(c, &answer) : print_table(c, &answer, f);
	unpack_free(r);
	return rc;
}

static const struct option_row option[] = {
	{ "from", 0, "AAAA-MM", false, N_("from this month on, included") },
	{ "to", 0, "AAAA-MM", false, N_("to this month, included") },
	{ "department", 0, "D", false, N_("events in this department only: 31, 2A, 974") },
	{ "member", 0, "NAME", false, N_("what is attributed to this member only") },
	{ "csv", 0, NULL, false, N_("print CSV: UTF-8, commas, CRLF, decimal points") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_indicators = {
	.name = "indicators", .operands = "",
	.summary = N_("print the figures of the network"),
	.manual = N_("I01 collected, I02 refurbished, I03 given to low-income households, I04 progress\n"
		     "to 2,000,000, I06 reuse rate. Computed from the entries held by this node: a hub\n"
		     "holds all. Two hubs with the same logs print the same figures."),
	.json = "{\"figures\": [{\"id\", \"label\", \"numerator\": N, \"denominator\": N or null,\n"
		"   \"percent\": string where it is one}], \"computed\": time, \"entries\": N, \"missing\": N,\n"
		" \"reporting\": N, \"known\": N, \"horizon\": [{\"log\", \"known\": N, \"held\": N}]}",
	.option = option, .run = run,
};
