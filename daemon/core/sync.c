/*
 * What each side knows. An exchange begins with a greeting of either side; in
 * it each sends its summary at most once: the one that sees a difference first,
 * the other in answer. Then each owes the other the heads it has not seen.
 */
#include <string.h>

#include "daemon/core/state.h"
#include "proto/log/cosign.h"

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

		link_learn(l, row, (struct known){ s.seen, s.held, s.vouched });
		link_owe(l, row, false);
		c->logs.row[row].unheld = false;
	}
	fork_learn_all(c, l);
	c->plan_due = true;
}

/* Another head of the size of ours: they know less than ours, and we less than theirs. */
static struct known known_of(const struct log_size *ours, const struct log_size *theirs)
{
	struct known k = { theirs->seen, theirs->held, theirs->vouched };

	if (k.seen == 0 || k.seen != ours->seen || ours->forked || !ours->mark || !theirs->mark ||
	    ours->mark == theirs->mark)
		return k;
	k.seen--;
	k.vouched = 0;
	if (k.held > k.seen)
		k.held = k.seen;
	return k;
}

/* It may have what nobody had: of a forked log under either name. */
static void look_again(struct core *c, uint32_t row)
{
	const uint32_t partner = c->logs.row[row].partner;

	c->logs.row[row].unheld = false;
	if (partner != ROW_NONE)
		c->logs.row[partner].unheld = false;
	c->plan_due = true;
}

/* What they said they know, less what of it we could not use. */
static void learn_summary(struct core *c, struct link *l, const struct gossip *g)
{
	memset(l->known, 0, l->rows * sizeof *l->known);
	fork_forget(l);
	for (uint32_t i = 0; i < g->summary.count; i++) {
		const struct log_size *s = &g->summary.item[i];
		const uint32_t row = logs_find(&c->logs, &s->log);

		if (row == ROW_NONE) {
			l->deaf = true;
			continue;
		}
		if (row == ROW_OWN)
			own_claim(c, l, s->seen);   /* absent: the greeting has said it */
		const struct log_size ours = logs_told(&c->logs, row);
		link_learn(l, row, known_of(&ours, s));
		fork_learn(c, l, row, s->forked);
		look_again(c, row);
	}
}

/* Guardians have replaced the key of the member log: a larger head that they saw may be one by
 * the key before, which ours ends. */
static bool may_be_ended(const struct core *c, uint32_t row, uint64_t seen, uint64_t ours)
{
	return row == ROW_MEMBERS && seen > ours &&
	       registry_past_key(c->registry, registry_log(c->registry), 0);
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
		link_owe(l, row, k.seen < ours.seen || link_lacks_lines(&k, &ours) ||
			 may_be_ended(c, row, k.seen, ours.seen) ||
			 (l->owed[row] && k.held < ours.held));
	}
	if (!l->summary_sent)
		sync_tell(c, l);
	push_owed(c, l);
	c->plan_due = true;
}

/* What a head says, by hearsay. */
struct heard {
	uint64_t size, held, vouched, mark;
};

/* And that it is of the log it says. No signature is looked at. */
static int head_read(const struct core *c, const struct gossip *g, uint32_t row,
		     struct heard *out, struct fault *f)
{
	const struct log_row *log = &c->logs.row[row];
	struct checkpoint cp;
	struct note note;
	struct log_id id;

	if (note_parse(&note, g->head.checkpoint, f) || checkpoint_parse(&cp, note.text, f))
		return fault_prefix(f, "head");
	log_id_of(cp.origin, &id);
	if (log->is_branch)
		log = &c->logs.row[log->partner];
	if (memcmp(id.b, log->id.b, LOG_ID_SIZE) != 0)
		return fault_set(f, FAULT_PROTOCOL, "head: its origin \"%s\" is not that of the log "
				 "it is sent for: update that node", cp.origin);
	*out = (struct heard){ cp.size, g->head.held, cosign_marks(&note, c->registry),
			       root_mark(cp.root.b) };
	return 0;
}

/* Another root of the same size: one of the two heads is of another history. */
static bool contradicts(const struct core *c, uint32_t row, const struct heard *h)
{
	const struct log_row *g = &c->logs.row[row];

	return h->size > 0 && h->size == g->seen && g->mark && h->mark != g->mark;
}

static void learn_head(struct core *c, struct link *l, uint32_t row, const struct heard *h)
{
	const struct log_size ours = logs_told(&c->logs, row);
	struct known k = link_known(l, row);

	if (k.seen <= h->size) {
		k.vouched = h->vouched;
		k.seen = h->size;
	}
	k.held = h->held < k.seen ? h->held : k.seen;
	link_learn(l, row, k);
	if (k.seen >= ours.seen && k.held >= ours.held && !link_lacks_lines(&k, &ours))
		link_owe(l, row, false);
	look_again(c, row);
	fork_hear(c, l, row, h->held);
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
		own_weigh(c, l, size);
}

/* The same head, with lines of hubs that ours lacks. */
static bool has_more_lines(const struct core *c, uint32_t row, const struct heard *h)
{
	const struct log_size ours = logs_told(&c->logs, row);

	return h->size == ours.seen && h->size > 0 && (h->vouched & ~ours.vouched) != 0;
}

/* Guardians have settled which history of the member log goes on: whatever is known of it. */
static bool is_settling(const struct core *c, const struct gossip *g, uint32_t row,
			const struct heard *h)
{
	const struct log_row *members = &c->logs.row[ROW_MEMBERS];

	return row == ROW_MEMBERS &&
	       (members->forked || h->size != members->seen || contradicts(c, row, h)) &&
	       registry_is_succeeded(c->registry, g->head.checkpoint);
}

static bool is_news(const struct core *c, uint32_t row, const struct heard *h)
{
	return contradicts(c, row, h) || has_more_lines(c, row, h) ||
	       (row == ROW_OWN ? own_is_news(c, h->size) : h->size > c->logs.row[row].seen);
}

void sync_take_head(struct core *c, struct link *l, const struct gossip *g)
{
	const uint32_t row = logs_find(&c->logs, &g->head.log);
	struct heard h = { 0 };
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
	if (head_read(c, g, row, &h, &f)) {
		core_fault(c, l, &f);
		core_drop(c, l, &f);
		return;
	}
	if (link_reserve(l, c->logs.count)) {
		c->starved++;
		return;
	}
	learn_head(c, l, row, &h);
	if (c->logs.row[row].is_branch)
		return;
	if (is_settling(c, g, row, &h) || (!c->logs.row[row].forked && is_news(c, row, &h)))
		take_head(c, l, g, row, h.size);
}
