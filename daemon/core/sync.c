/*
 * What each side knows. An exchange begins with a greeting of either side; in
 * it each sends its summary at most once: the one that sees a difference first,
 * the other in answer. Then each owes the other the heads it has not seen.
 */
#include <string.h>

#include "daemon/core/state.h"

static bool is_shunned(struct core *c, const struct link *l)
{
	const struct log_row *peer = core_peer_row(c, l);

	return peer && peer->shun_ms > c->now_ms;
}

void sync_tell(struct core *c, struct link *l)
{
	struct gossip *g;

	l->summary_due = true;
	if (!link_take(&l->summaries_left, &l->summaries_ms, c->now_ms, 1000 / SUMMARY_MS,
		       SUMMARY_BURST))
		return;
	g = core_send(c, l, GOSSIP_SUMMARY);
	if (!g)
		return;
	logs_refresh(&c->logs);
	g->summary.count = c->logs.told_count;
	g->summary.item = c->logs.told;
	l->summary_due = false;
	l->summary_sent = true;
	l->deaf = false;
}

void sync_equal(struct core *c, struct link *l)
{
	if (link_reserve(l, c->logs.count)) {
		c->starved++;
		return;
	}
	for (uint32_t row = 0; row < c->logs.count; row++) {
		const struct log_size s = logs_told(&c->logs, row);

		link_learn(l, row, (struct known){ s.seen, s.held });
		link_owe(l, row, false);
		c->logs.row[row].unheld = false;
	}
	c->plan_due = true;
}

/* What they said they know, less what of it we could not use. */
static void learn_summary(struct core *c, struct link *l, const struct gossip *g)
{
	memset(l->known, 0, l->rows * sizeof *l->known);
	for (uint32_t i = 0; i < g->summary.count; i++) {
		const struct log_size *s = &g->summary.item[i];
		const uint32_t row = logs_find(&c->logs, &s->log);

		if (row == ROW_NONE) {
			l->deaf = true;
			continue;
		}
		if (row == ROW_OWN)
			own_claim(c, l, s->seen);
		link_learn(l, row, (struct known){ s->seen, s->held });
		c->logs.row[row].unheld = false;
	}
}

void sync_take_summary(struct core *c, struct link *l, const struct gossip *g)
{
	if (link_reserve(l, c->logs.count)) {
		c->starved++;
		return;
	}
	learn_summary(c, l, g);
	for (uint32_t row = 0; row < c->logs.count; row++) {
		const struct log_size ours = logs_told(&c->logs, row);
		const struct known k = link_known(l, row);

		/* what we hold of a head that they saw stands in our summary,
		 * unless that came true after it */
		link_owe(l, row, k.seen < ours.seen || (l->owed[row] && k.held < ours.held));
	}
	if (!l->summary_sent)
		sync_tell(c, l);
	push_owed(c, l);
	c->plan_due = true;
}

/* The size in a head, and that it is of the log it says. No signature is looked at. */
static int head_size(const struct gossip *g, uint64_t *size, struct fault *f)
{
	struct checkpoint cp;
	struct note note;
	struct log_id id;

	if (note_parse(&note, g->head.checkpoint, f) || checkpoint_parse(&cp, note.text, f))
		return fault_prefix(f, "head");
	log_id_of(cp.origin, &id);
	if (memcmp(id.b, g->head.log.b, LOG_ID_SIZE) != 0)
		return fault_set(f, FAULT_PROTOCOL, "head: its origin \"%s\" is not that of the log "
				 "it is sent for: update that node", cp.origin);
	*size = cp.size;
	return 0;
}

static void learn_head(struct core *c, struct link *l, uint32_t row, uint64_t size, uint64_t held)
{
	const struct log_size ours = logs_told(&c->logs, row);
	struct known k = link_known(l, row);

	if (k.seen < size)
		k.seen = size;
	k.held = held < k.seen ? held : k.seen;
	link_learn(l, row, k);
	if (k.seen >= ours.seen && k.held >= ours.held)
		link_owe(l, row, false);
	c->logs.row[row].unheld = false;
	c->plan_due = true;
}

static void take_head(struct core *c, struct link *l, const struct gossip *g, uint32_t row,
		      uint64_t size)
{
	struct core_effect *x = core_effect(c, FX_TAKE_HEAD, l->id);

	if (!x)
		return;
	x->log = g->head.log;
	x->message = g;
	c->heads_taken++;
	if (row == ROW_OWN)
		own_weigh(c, size);
}

void sync_take_head(struct core *c, struct link *l, const struct gossip *g)
{
	const uint32_t row = logs_find(&c->logs, &g->head.log);
	uint64_t size = 0;
	struct fault f;

	if (row == ROW_NONE) {
		l->deaf = true;
		c->ignored++;
		return;
	}
	if (is_shunned(c, l)) {
		c->ignored++;
		return;
	}
	if (head_size(g, &size, &f)) {
		core_fault(c, l, &f);
		core_drop(c, l, &f);
		return;
	}
	if (link_reserve(l, c->logs.count)) {
		c->starved++;
		return;
	}
	learn_head(c, l, row, size, g->head.held);
	if (row == ROW_OWN ? own_is_news(c, size) : size > c->logs.row[row].seen)
		take_head(c, l, g, row, size);
}
