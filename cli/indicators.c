/* trac indicators: the figures of the network, with what they were computed from. */
#include "cli/indicators.h"

#include <stdlib.h>
#include <string.h>

#include "cli/client.h"
#include "cli/lang.h"
#include "proto/life/event.h"
#include "proto/life/value.h"
#include "proto/wire/unpack.h"

/* Rows that follow from what was asked: of a budget, of a target. */
#define MORE_ROWS 4
/* Agreements of services of general economic interest pay so much of the budget at once,
 * and the rest when the cost is known. */
#define ADVANCE_PERCENT 40

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

static int by_read(const char *text, Trac__IndicatorRequest *q, struct fault *f)
{
	static const struct {
		const char *word;
		Trac__GroupBy by;
	} row[] = {
		{ "month", TRAC__GROUP_BY__BY_MONTH },
		{ "department", TRAC__GROUP_BY__BY_DEPARTMENT },
		{ "region", TRAC__GROUP_BY__BY_REGION },
		{ "structure", TRAC__GROUP_BY__BY_STRUCTURE },
		{ "type", TRAC__GROUP_BY__BY_TYPE },
		{ "party", TRAC__GROUP_BY__BY_PARTY },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		if (strcmp(text, row[i].word) != 0)
			continue;
		q->has_by = 1;
		q->by = row[i].by;
		return 0;
	}
	return fault_set(f, FAULT_USAGE, "--by \"%.40s\": figures are grouped by month, department, "
			 "region, structure, type or party", text);
}

static int request_fill(Trac__IndicatorRequest *q, const struct arguments *a, struct fault *f)
{
	const char *from = given(a, "from"), *to = given(a, "to"), *by = given(a, "by");
	if (from && month_check(from, "from", f) < 0)
		return -1;
	if (to && month_check(to, "to", f) < 0)
		return -1;
	if (from && to && strcmp(from, to) > 0)
		return fault_set(f, FAULT_USAGE, "--from %s is after --to %s", from, to);
	if (by && by_read(by, q, f) < 0)
		return -1;
	if (by && (given(a, "budget") || given(a, "target")))
		return fault_set(f, FAULT_USAGE, "--budget and --target are of everything: leave "
				 "out --by, or ask with --member or --department");
	q->from = (char *)from;
	q->to = (char *)to;
	q->territory = (char *)given(a, "department");
	q->structure = (char *)given(a, "member");
	return 0;
}

/* 150000 or 150000.50 */
static int budget_read(const char *text, uint64_t *cents, struct fault *f)
{
	char euros[40];
	if (snprintf(euros, sizeof euros, "%s%s", text, strpbrk(text, ".,") ? "" : ".00")
	    >= (int)sizeof euros || value_number("budget_cents", euros, cents, f) < 0 ||
	    *cents > AMOUNT_COUNTED_MAX)
		return fault_set(f, FAULT_USAGE, "--budget \"%.40s\" is no amount of euros: write "
				 "150000 or 150000.50", text);
	return 0;
}

static int target_read(const char *text, uint64_t *target, struct fault *f)
{
	if (value_number("target", text, target, f) < 0 || *target == 0 ||
	    *target > AMOUNT_COUNTED_MAX)
		return fault_set(f, FAULT_USAGE, "--target \"%.40s\" is no number of devices: write "
				 "1000", text);
	return 0;
}

static const struct figure *definition(const Trac__Figure *figure)
{
	for (const struct figure *d = figures; d->id; d++) {
		if (figure->id && !strcmp(d->id, figure->id))
			return d;
	}
	return NULL;
}

/* A figure of a newer node is shown by its id, as the count that it may be. */
static void add_figure(struct indicators *a, const Trac__Figure *figure)
{
	const struct figure *d = definition(figure);
	a->shown[a->count++] = (struct shown){
		.id = d ? d->id : "?",
		.label = d ? d->label : "?",
		.label_fr = d ? d->label_fr : "?",
		.group = figure->group,
		.unit = d ? d->unit : UNIT_COUNT,
		.numerator = figure->numerator,
		.denominator = figure->denominator,
		.divided = d && (d->denominator || d->target),
		.towards_target = d && d->target,
	};
}

static void add_euros(struct indicators *a, const char *id, const char *label,
		      const char *label_fr, uint64_t cents)
{
	a->shown[a->count++] = (struct shown){
		.id = id, .label = label, .label_fr = label_fr, .unit = UNIT_EUROS,
		.numerator = cents,
	};
}

static uint64_t numerator_of(const struct indicators *a, const char *id)
{
	for (unsigned i = 0; i < a->count; i++) {
		if (!strcmp(a->shown[i].id, id))
			return a->shown[i].numerator;
	}
	return 0;
}

/* The balance is paid for what it really cost, up to the budget. */
static void add_budget(struct indicators *a, uint64_t budget)
{
	uint64_t advance = budget * ADVANCE_PERCENT / 100, real = numerator_of(a, "I30");
	uint64_t paid = real < budget ? real : budget;
	add_euros(a, "I30a", "Advance: 40 % of the budget", "Acompte : 40 % du budget", advance);
	add_euros(a, "I30b", "Balance", "Solde", paid > advance ? paid - advance : 0);
	if (paid < advance)
		add_euros(a, "I30r", "To be paid back", "À rembourser", advance - paid);
}

static void add_target(struct indicators *a, uint64_t target)
{
	a->shown[a->count++] = (struct shown){
		.id = "I04t", .label = "Progress towards the target given",
		.label_fr = "Avancement vers l'objectif donné", .unit = UNIT_PERCENT,
		.numerator = numerator_of(a, "I03"), .denominator = target, .divided = true,
	};
}

static void sum_horizon(struct indicators *a)
{
	const Trac__IndicatorReply *r = a->reply;
	a->logs = r->n_horizon;
	for (size_t i = 0; i < r->n_horizon; i++) {
		const Trac__KnownHead *h = r->horizon[i];
		a->entries += h->held;
		a->missing += h->size > h->held ? h->size - h->held : 0;
	}
}

/* What figures are held against. */
struct goals {
	bool has_budget;
	uint64_t budget;         /* cents */
	uint64_t target;         /* devices; 0: none */
};

static int goals_read(const struct arguments *a, struct goals *g, struct fault *f)
{
	const char *budget = given(a, "budget"), *target = given(a, "target");
	*g = (struct goals){ .has_budget = budget != NULL };
	if (budget && budget_read(budget, &g->budget, f) < 0)
		return -1;
	return target ? target_read(target, &g->target, f) : 0;
}

static int print(struct context *c, const struct arguments *given_arguments,
		 const Trac__IndicatorReply *r, const struct goals *goals, struct fault *f)
{
	struct indicators a = { .reply = r, .grouped = given(given_arguments, "by") != NULL };
	a.shown = calloc(r->n_figure + MORE_ROWS, sizeof *a.shown);
	if (!a.shown)
		return fault_set(f, FAULT_IO, "no memory");
	sum_horizon(&a);
	for (size_t i = 0; i < r->n_figure; i++)
		add_figure(&a, r->figure[i]);
	if (goals->has_budget)
		add_budget(&a, goals->budget);
	if (goals->target)
		add_target(&a, goals->target);
	int rc = c->json ? indicators_json(c, &a, f)
		: given(given_arguments, "csv") ? indicators_csv(c, &a)
		: indicators_table(c, &a, f);
	free(a.shown);
	return rc;
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
	struct goals goals;
	request.body_case = TRAC__REQUEST__BODY_INDICATORS;
	request.indicators = &q;
	if (request_fill(&q, a, f) < 0 || goals_read(a, &goals, f) < 0)
		return -1;
	Trac__Reply *r = ask(c, &request, f);
	if (!r)
		return -1;
	int rc = print(c, a, r->indicators, &goals, f);
	unpack_free(r);
	return rc;
}

static const struct option_row option[] = {
	{ "from", 0, "AAAA-MM", false, N_("from this month on, included") },
	{ "to", 0, "AAAA-MM", false, N_("to this month, included") },
	{ "department", 0, "D", false, N_("events in this department only: 31, 2A, 974") },
	{ "member", 0, "NAME", false, N_("what is attributed to this member only") },
	{ "by", 0, "GROUP", false,
	  N_("a row for each month, department, region, structure, type or party") },
	{ "budget", 0, "EUROS", false,
	  N_("agreed for the period: also print the advance (40 %) and the balance") },
	{ "target", 0, "N", false,
	  N_("devices for low-income households: also print how far that is reached") },
	{ "csv", 0, NULL, false, N_("print CSV: UTF-8, commas, CRLF, decimal points") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_indicators = {
	.name = "indicators", .operands = "",
	.summary = N_("print the figures of the network"),
	.manual = N_("I01 collected, I02 refurbished, I03 given to low-income households, I04 progress\n"
		     "to 2,000,000, I05 solidarity rate, I06 and I07 reuse rates, I08 fates, I09 same\n"
		     "department, I11 and I12 costs, I13 delay, I14 minutes, I15 to I17 people, I18\n"
		     "satisfaction, I21 waste, I24 donors and prescribers, I25 price, I30 eligible cost.\n"
		     "A party is the donor of what was collected or refurbished, the prescriber of what\n"
		     "was made available, who took the waste. Costs are as stated, taxes are not\n"
		     "converted; subsidies are no costs. Computed from the entries held by this node: a\n"
		     "hub holds all. Two hubs with the same logs print the same figures."),
	.json = "{\"figures\": [{\"id\", \"label\", \"group\": string or null, \"unit\",\n"
		"   \"value\": string or null, \"numerator\": N, \"denominator\": N or null,\n"
		"   \"percent\": string where it is one}], \"computed\": time, \"entries\": N, \"missing\": N,\n"
		" \"reporting\": N, \"known\": N, \"horizon\": [{\"log\", \"known\": N, \"held\": N}]}",
	.option = option, .run = run,
};
