/*
 * Forked logs. Who holds evidence of a fork tells it to every link, once, and to those
 * that come later; a log known to be forked takes no more heads, except by who has
 * none of it. One of the member log that proves a later key ends its fork. Who found a
 * fork asks the link that showed it where the two histories part, by halves, so that the
 * evidence says what is beyond doubt.
 */
#include "daemon/core/state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proto/log/evidence.h"

/* What a node takes of the fork of one log while it runs: the author can make such
 * evidence without end, and each is told to all. */
#define FORK_NEWS_MAX 8

/* --- telling --- */

static int reserve(struct core *c, struct link *l)
{
	uint64_t *more;

	if (l->fork_rows >= c->logs.count)
		return 0;
	more = realloc(l->fork, c->logs.count * sizeof *more);
	if (!more) {
		c->starved++;
		return -1;
	}
	memset(&more[l->fork_rows], 0, (c->logs.count - l->fork_rows) * sizeof *more);
	l->fork = more;
	l->fork_rows = c->logs.count;
	return 0;
}

/* The level of the evidence that the other side has. */
static uint64_t known_level(const struct link *l, uint32_t row)
{
	return row < l->fork_rows ? l->fork[row] : 0;
}

void fork_learn(struct core *c, struct link *l, uint32_t row, uint64_t level)
{
	if (level <= known_level(l, row) || reserve(c, l))
		return;
	l->fork[row] = level;
}

void fork_forget(struct link *l)
{
	l->fork_heard = true;
	if (l->fork_rows > 0)
		memset(l->fork, 0, l->fork_rows * sizeof *l->fork);
}

void fork_learn_all(struct core *c, struct link *l)
{
	l->fork_heard = true;
	for (uint32_t row = 0; c->forks > 0 && row < c->logs.count; row++)
		fork_learn(c, l, row, c->logs.row[row].forked);
}

bool fork_push(struct core *c, struct link *l)
{
	if (c->forks == 0 || !l->fork_heard || l->gone || !l->greeted)
		return true;
	for (uint32_t row = 0; row < c->logs.count; row++) {
		const struct log_row *g = &c->logs.row[row];
		struct core_effect *x;

		if (g->forked <= known_level(l, row))
			continue;
		if (!link_take(&l->heads_left, &l->heads_ms, c->now_ms, HEADS_RATE, HEADS_BURST))
			return false;
		x = core_effect(c, FX_SEND_EVIDENCE, l->id);
		if (!x)
			return false;
		x->log = g->id;
		c->messages_out++;
		fork_learn(c, l, row, g->forked);
	}
	return true;
}

/* The member log goes on: its key was replaced. */
static void ended(struct core *c, uint32_t row)
{
	struct log_row *g = &c->logs.row[row];

	c->forks--;
	g->forked = 0;
	g->parting = false;
	wants_forget(c, row);
	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];

		if (row < l->fork_rows)
			l->fork[row] = 0;
	}
	if (g->partner == ROW_NONE)
		return;
	wants_forget(c, g->partner);
	logs_end_branch(&c->logs, g->partner);
}

void fork_changed(struct core *c, uint32_t row, uint64_t level)
{
	struct log_row *g = &c->logs.row[row];

	if (level == 0 && g->forked > 0)
		ended(c, row);
	if (level <= g->forked)
		return;
	c->forks += g->forked == 0;
	g->forked = level;
	g->fork_news++;
	/* rows move */
	if (logs_branch(&c->logs, row))
		c->starved++;
	wants_forget(c, row);
	if (row == ROW_OWN)
		own_ended(c);
	for (unsigned i = 0; c->started && i < c->links.count; i++) {
		if (!fork_push(c, c->links.item[i]) && c->lazy_ms == NEVER_MS)
			c->lazy_ms = c->now_ms + LAZY_MS;
	}
}

/* --- hearing --- */

void fork_hear(struct core *c, const struct link *l, uint32_t row, uint64_t held)
{
	struct log_row *g = &c->logs.row[row];

	if (!g->is_branch || held < g->target || g->held >= g->target)
		return;
	g->prefers = true;
	g->prefer = l->id;
	g->avoids = false;
	g->stale = 0;
	g->retry_ms = c->now_ms;
}

static void refuse(struct core *c, struct link *l, struct fault *f)
{
	core_fault(c, l, f);
	core_drop(c, l, f);
}

void fork_take_evidence(struct core *c, struct link *l, const struct gossip *g)
{
	const uint32_t row = logs_find(&c->logs, &g->evidence.log);
	const struct log_row *peer = core_peer_row(c, l);
	struct fork_evidence e;
	struct core_effect *x;
	struct fault f;

	if (row == ROW_NONE || c->logs.row[row].is_branch) {
		l->deaf = row == ROW_NONE || l->deaf;
		c->ignored++;
		return;
	}
	if (evidence_parse(&e, g->evidence.bytes, &f)) {
		fault_prefix(&f, "evidence");
		refuse(c, l, &f);
		return;
	}
	fork_learn(c, l, row, e.common + 1);
	if ((peer && peer->shun_ms > c->now_ms) || e.common + 1 <= c->logs.row[row].forked ||
	    c->logs.row[row].fork_news >= FORK_NEWS_MAX) {
		c->ignored++;
		return;
	}
	x = core_effect(c, FX_TAKE_EVIDENCE, l->id);
	if (!x)
		return;
	x->log = g->evidence.log;
	x->message = g;
}

/* --- where do the branches part? --- */

static void ask(struct core *c, struct log_row *g)
{
	struct link *l = links_find(&c->links, g->part_link);
	struct gossip *m;

	if (!l || g->part_hi <= g->part_lo) {
		g->parting = false;
		return;
	}
	/* found: once more, for the evidence */
	g->part_last = g->part_lo + 1 == g->part_hi;
	if (g->part_last && g->part_lo == 0) {
		g->parting = false;
		return;
	}
	m = core_send(c, l, GOSSIP_PROVE);
	if (!m) {
		g->parting = false;
		return;
	}
	m->prove.log = g->id;
	m->prove.from = g->part_last ? g->part_lo : g->part_lo + (g->part_hi - g->part_lo) / 2;
	m->prove.to = g->part_tree;
	g->part_asked = m->prove.from;
	g->part_ms = c->now_ms;
}

static void begin(struct core *c, struct log_row *g, uint32_t link, uint64_t from, uint64_t to)
{
	g->parting = true;
	g->part_link = link;
	g->part_lo = 0;
	g->part_hi = from;
	g->part_tree = to;
	ask(c, g);
}

void fork_retry(struct core *c, struct link *l)
{
	for (uint32_t row = 0; c->forks > 0 && row < c->logs.count; row++) {
		struct log_row *g = &c->logs.row[row];

		if (g->split_from > 0 && g->forked == 1 &&
		    (!g->parting || g->part_ms + WANT_MS < c->now_ms))
			begin(c, g, l->id, g->split_from, g->split_to);
	}
}

void fork_found(struct core *c, const struct core_event *ev)
{
	const uint32_t row = logs_find(&c->logs, &ev->log);

	if (row != ROW_NONE && ev->fork.from <= ev->fork.to)
		begin(c, &c->logs.row[row], ev->link, ev->fork.from, ev->fork.to);
}

void fork_compared(struct core *c, const struct core_event *ev)
{
	const uint32_t row = logs_find(&c->logs, &ev->log);
	struct log_row *g;

	if (row == ROW_NONE)
		return;
	g = &c->logs.row[row];
	if (!g->parting || ev->link != g->part_link || ev->fork.from != g->part_asked)
		return;
	if (g->part_last) {
		g->parting = false;   /* it is in the evidence now */
		return;
	}
	if (ev->fork.same)
		g->part_lo = ev->fork.from;
	else
		g->part_hi = ev->fork.from;
	ask(c, g);
}

void fork_serve_proof(struct core *c, struct link *l, const struct gossip *g)
{
	const uint32_t row = logs_find(&c->logs, &g->prove.log);
	struct core_effect *x;

	if (row == ROW_NONE || c->logs.row[row].is_branch ||
	    g->prove.to > logs_told(&c->logs, row).held ||
	    !link_take(&l->serves_left, &l->serves_ms, c->now_ms, SERVES_RATE, SERVES_RATE)) {
		c->ignored++;
		return;
	}
	x = core_effect(c, FX_PROVE, l->id);
	if (!x)
		return;
	x->log = g->prove.log;
	x->start = g->prove.from;
	x->tree_size = g->prove.to;
}

void fork_take_proof(struct core *c, struct link *l, const struct gossip *g)
{
	const uint32_t row = logs_find(&c->logs, &g->proof.log);
	const bool answers = g->proof.checkpoint.size == 0;
	struct log_row *log = row == ROW_NONE ? NULL : &c->logs.row[row];
	struct core_effect *x;

	if (!log || (answers ? !log->parting || log->part_link != l->id ||
			       g->proof.from != log->part_asked || g->proof.to != log->part_tree :
			       !wants_refused(c, l, row, g->proof.from))) {
		c->ignored++;
		return;
	}
	x = core_effect(c, FX_TAKE_PROOF, l->id);
	if (!x)
		return;
	x->log = g->proof.log;
	x->message = g;
	x->keep = answers && log->part_last;
	if (answers)
		return;
	wants_forget(c, row);
	/* it has another tree of that size: of a fork the branch that is looked for next,
	 * unless entries of this one have come */
	log->prefers = log->forked && log->held == log->proved;
	log->avoids = !log->prefers;
	log->avoid = log->prefer = l->id;
	log_stale(log, c->now_ms);
	c->plan_due = true;
}
