/*
 * The answer to `trac indicators`: sums of counters beside the horizon (the
 * vector of heads) that they were computed from.
 */
#include "daemon/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/writer.h"
#include "proto/wire/unpack.h"

/* Entries folded for one request: half a second at most. The asker asks again. */
#define CATCH_UP_MAX 16384

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
	if (q->territory)
		snprintf(out->department, sizeof out->department, "%s", q->territory);
	if (q->structure)
		snprintf(out->structure, sizeof out->structure, "%s", q->structure);
	return 0;
}

static unsigned fill_figures(const uint64_t *sum, Trac__Figure *row, Trac__Figure **pointer)
{
	unsigned count = 0;

	for (const struct figure *g = figures; g->id; g++, count++) {
		Trac__Figure *r = pointer[count] = &row[count];

		trac__figure__init(r);
		r->id = (char *)g->id;
		r->has_numerator = true;
		r->numerator = sum[g->numerator];
		r->has_denominator = g->denominator || g->target;
		r->denominator = g->target ? g->target : sum[g->denominator];
	}
	return count;
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

static void write_answer(struct node *n, struct txn *t, const uint64_t *sum, struct buffer *b)
{
	unsigned logs = horizon_read(n, t, NULL, 0);
	struct horizon *h = calloc(logs + 1, sizeof *h);
	Trac__KnownHead *row = calloc(logs + 1, sizeof *row);
	Trac__KnownHead **pointer = calloc(logs + 1, sizeof *pointer);
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__IndicatorReply i = TRAC__INDICATOR_REPLY__INIT;
	Trac__Figure figure[16], *figures_out[16];
	struct fault f;

	if (!h || !row || !pointer) {
		fault_set(&f, FAULT_FULL, "no memory for the horizon");
		answer_refusal(&f, b);
		goto out;
	}
	i.n_figure = fill_figures(sum, figure, figures_out);
	i.figure = figures_out;
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

void answer_indicators(struct node *n, const Trac__IndicatorRequest *q, struct buffer *b)
{
	struct figures_query query;
	uint64_t sum[8] = { 0 };
	struct fault f = { 0 };
	struct txn *t = NULL;
	int64_t left;

	if (read_query(q, &query, &f) < 0)
		goto refuse;
	writer_settle(n);
	left = figures_catch_up(n->figures, CATCH_UP_MAX, &f);
	if (left > 0)
		fault_set(&f, FAULT_BUSY, "the figures are being computed, %lld entries are left: "
			  "ask again in a moment", (long long)left);
	if (left != 0)
		goto refuse;
	t = txn_begin(n->store, false, &f);
	if (!t || figures_sum(n->figures, t, &query, sum) < 0)
		goto refuse;
	write_answer(n, t, sum, b);
	txn_abort(t);
	return;
refuse:
	txn_abort(t);
	if (!f.code)
		fault_set(&f, FAULT_IO, "the counters cannot be read");
	answer_refusal(&f, b);
}
