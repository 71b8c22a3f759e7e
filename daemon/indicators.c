/*
 * The answer to `trac indicators`: sums of counters beside the horizon (the
 * vector of heads) that they were computed from.
 */
#include "daemon/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/derive.h"
#include "proto/wire/unpack.h"


/* "2026-03" as year * 12 + month - 1; 0 when absent. -1: malformed. */
static int read_month(const char *text, const char *what, uint16_t *month, struct fault *f)
{
	unsigned year, m;
	char end;

	*month = 0;
	if (!text || !text[0])
		return 0;
	if (strlen(text) != 7 || sscanf(text, "%4u-%2u%c", &year, &m, &end) != 2 ||
	    year < 2000 || year > 2999 || m < 1 || m > 12)
		return fault_set(f, FAULT_INPUT, "%s: '%.32s' is not a month: write it as 2026-03",
				 what, text);
	*month = (uint16_t)(year * 12 + m - 1);
	return 0;
}

static int read_query(const Trac__IndicatorRequest *q, struct figures_query *out, struct fault *f)
{
	memset(out, 0, sizeof *out);
	if (read_month(q->from, "from", &out->from_month, f) < 0 ||
	    read_month(q->to, "to", &out->to_month, f) < 0)
		return -1;
	if (q->territory && strlen(q->territory) >= sizeof out->department)
		return fault_set(f, FAULT_INPUT, "department: '%.32s' is none: write 31, 2A or 974",
				 q->territory);
	if (q->structure && !member_name_is_valid(q->structure))
		return fault_set(f, FAULT_INPUT, "member: '%.64s' is not a member's name", q->structure);
	if (q->has_by && (q->by < TRAC__GROUP_BY__BY_MONTH || q->by > TRAC__GROUP_BY__BY_REGION))
		return fault_set(f, FAULT_INPUT, "by: %d is no way to group figures", (int)q->by);
	if (q->territory)
		snprintf(out->department, sizeof out->department, "%s", q->territory);
	if (q->structure)
		snprintf(out->structure, sizeof out->structure, "%s", q->structure);
	return 0;
}

/* The rows of an answer: a figure of a group each. */
struct rows {
	unsigned count;
	Trac__Figure row[FIGURE_ROWS_MAX];
	Trac__Figure *pointer[FIGURE_ROWS_MAX];
};

static uint64_t denominator(const struct figure *g, const uint64_t *measure)
{
	return g->target ? g->target : measure[g->denominator];
}

/* Of many groups, only what there is something to say of; a target is the network's. */
static bool is_told(const struct figure *g, const uint64_t *measure, bool grouped)
{
	if (!grouped)
		return true;
	return !g->target && (measure[g->numerator] || measure[g->denominator]);
}

static int add_row(struct rows *r, const struct figure *g, const struct figure_group *group,
		   bool grouped, struct fault *f)
{
	if (r->count == FIGURE_ROWS_MAX)
		return fault_set(f, FAULT_LIMIT, "figures: more than %d rows: ask for less with "
				 "--from, --to, --department or --member", FIGURE_ROWS_MAX);
	Trac__Figure *row = r->pointer[r->count] = &r->row[r->count];
	r->count++;
	trac__figure__init(row);
	row->id = (char *)g->id;
	row->has_numerator = true;
	row->numerator = group->measure[g->numerator];
	row->has_denominator = true;
	row->denominator = denominator(g, group->measure);
	row->group = grouped ? (char *)group->name : NULL;
	return 0;
}

static int fill_figures(struct rows *r, const struct figure_group *group, unsigned count,
			bool grouped, struct fault *f)
{
	for (const struct figure *g = figures; g->id; g++) {
		for (unsigned i = 0; i < count; i++) {
			if (is_told(g, group[i].measure, grouped) &&
			    add_row(r, g, &group[i], grouped, f) < 0)
				return -1;
		}
	}
	return 0;
}

static unsigned fill_horizon(const struct horizon *h, unsigned count, Trac__KnownHead *row,
			     Trac__KnownHead **pointer)
{
	for (unsigned i = 0; i < count; i++) {
		pointer[i] = &row[i];
		trac__known_head__init(&row[i]);
		row[i].origin = (char *)h[i].origin;
		row[i].has_size = row[i].has_held = true;
		row[i].size = h[i].seen;
		row[i].held = h[i].held;
	}
	return count;
}

static void write_answer(struct node *n, struct txn *t, const struct rows *rows,
			 struct buffer *b)
{
	unsigned logs = horizon_read(n, t, NULL, 0);
	struct horizon *h = calloc(logs + 1, sizeof *h);
	Trac__KnownHead *row = calloc(logs + 1, sizeof *row);
	Trac__KnownHead **pointer = calloc(logs + 1, sizeof *pointer);
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__IndicatorReply i = TRAC__INDICATOR_REPLY__INIT;
	struct fault f;

	if (!h || !row || !pointer) {
		fault_set(&f, FAULT_FULL, "no memory for the horizon");
		answer_refusal(&f, b);
		goto out;
	}
	i.n_figure = rows->count;
	i.figure = (Trac__Figure **)rows->pointer;
	horizon_read(n, t, h, logs);
	i.n_horizon = fill_horizon(h, logs, row, pointer);
	i.horizon = pointer;
	i.has_computed_ms = i.has_reporting = i.has_known = true;
	i.computed_ms = clock_wall_ms();
	i.known = registry_count(n->registry);
	for (unsigned k = 0; k < logs; k++)
		i.reporting += h[k].held > 0;
	r.body_case = TRAC__REPLY__BODY_INDICATORS;
	r.indicators = &i;
	pack(&r, b);
out:
	free(h);
	free(row);
	free(pointer);
}

/* Sums, and answers from one look at the store. */
static int answer_sums(struct node *n, const struct figures_query *query, Trac__GroupBy by,
		       struct buffer *b, struct fault *f)
{
	struct figure_sum *sum = figure_sum_create(by);
	struct rows *rows = malloc(sizeof *rows);
	struct txn *t = txn_begin(n->store, false, f);
	const struct figure_group *group;
	unsigned count;
	int rc = -1;

	if (!t)
		goto out;
	if (!sum || !rows) {
		fault_set(f, FAULT_FULL, "no memory for the figures");
		goto out;
	}
	rows->count = 0;
	if (figures_sum(t, query, sum) < 0) {
		fault_set(f, FAULT_IO, "the counters cannot be read");
		goto out;
	}
	group = figure_sum_finish(sum, &count, f);
	if (!group || fill_figures(rows, group, count, by != 0, f) < 0)
		goto out;
	write_answer(n, t, rows, b);
	rc = 0;
out:
	txn_abort(t);
	free(rows);
	figure_sum_destroy(sum);
	return rc;
}

void answer_indicators(struct node *n, const Trac__IndicatorRequest *q, struct buffer *b)
{
	struct figures_query query;
	struct fault f = { 0 };

	if (read_query(q, &query, &f) < 0 || derive_now(n, &f) < 0)
		goto refuse;
	if (answer_sums(n, &query, q->has_by ? q->by : 0, b, &f) == 0)
		return;
refuse:
	answer_refusal(&f, b);
}
