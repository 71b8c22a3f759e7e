/*
 * The one door. core_step() looks the event up in a table, and afterwards, once
 * for all events: signs, asks for what is missing, says when to be woken.
 */
#include "daemon/core/core.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/state.h"

struct core *core_create(const struct core_config *cfg, const struct registry *r)
{
	struct core *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	assert(strlen(cfg->member) <= MEMBER_NAME_MAX && strlen(cfg->network) <= NETWORK_MAX);
	snprintf(c->member, sizeof c->member, "%s", cfg->member);
	snprintf(c->network, sizeof c->network, "%s", cfg->network);
	c->scope = cfg->scope;
	if (cfg->dial_key)
		core_set_dials(c, cfg->dial_key, cfg->dial_count);
	c->dial_members = cfg->dial_members;
	c->seed = cfg->seed;
	c->instance = rng_mix(cfg->seed) | 1;
	c->registry = r;
	c->authority = cfg->authority;
	c->quarantine = cfg->doubt;
	c->known_size = cfg->fence_size;
	c->known_members = cfg->fence_members;
	c->cosigns = cfg->cosigns;
	c->cosign_ms = NEVER_MS;
	c->first_greeting_ms = c->wake_ms = c->lazy_ms = c->answer_ms = NEVER_MS;
	c->entropy_ms = c->retry_ms = c->aside_ms = NEVER_MS;
	rng_seed(&c->rng, cfg->seed);
	if (logs_init(&c->logs, r, c->member)) {
		core_destroy(c);
		return NULL;
	}
	c->logs.own_hidden = c->quarantine;
	return c;
}

void core_destroy(struct core *c)
{
	if (!c)
		return;
	links_clear(&c->links);
	logs_clear(&c->logs);
	outbox_clear(&c->outbox);
	free(c);
}

/* --- making effects --- */

struct core_effect *core_effect(struct core *c, enum core_effect_type type, uint32_t link)
{
	struct core_effect *x = effects_add(c->fx, type);

	if (x)
		x->link = link;
	else
		c->starved++;
	return x;
}

struct gossip *core_send(struct core *c, struct link *l, enum gossip_type type)
{
	struct gossip *g = outbox_add(&c->outbox);
	struct core_effect *x;

	if (!g) {
		c->starved++;
		return NULL;
	}
	x = core_effect(c, FX_SEND, l->id);
	if (!x)
		return NULL;
	g->type = type;
	x->message = g;
	c->messages_out++;
	return g;
}

void core_drop(struct core *c, struct link *l, const struct fault *f)
{
	struct core_effect *x = core_effect(c, FX_DROP, l->id);

	assert(!l->gone);
	if (x)
		x->fault = *f;
	wants_release(c, l);
	l->gone = true;
	greet_twins(c, l->key);
}

/* --- who --- */

const struct member *core_member(const struct core *c, const struct link *l)
{
	return registry_by_link_key(c->registry, l->key);
}

const char *core_name(const struct core *c, const struct link *l)
{
	const struct member *m = core_member(c, l);

	if (m)
		return m->name;
	return l->name[0] ? l->name : "a peer that has not greeted";
}

struct log_row *core_peer_row(struct core *c, const struct link *l)
{
	const struct member *m = core_member(c, l);
	const uint32_t row = m ? logs_find(&c->logs, &m->log) : ROW_NONE;

	return row == ROW_NONE ? NULL : &c->logs.row[row];
}

/* --- events: one handler each --- */

static void on_start(struct core *c, const struct core_event *ev)
{
	(void)ev;
	c->started = true;
	own_start(c);
	core_effect(c, FX_DIAL_ALLOWED, 0);
	timers_start(c);
}

static void on_tick(struct core *c, const struct core_event *ev)
{
	(void)ev;
	c->wake_ms = NEVER_MS;   /* that one has rung */
	timers_tick(c);
}

static void on_log(struct core *c, const struct core_event *ev)
{
	const uint32_t row = logs_find(&c->logs, &ev->log);
	struct log_row *g;
	bool grown, vouched;

	if (row == ROW_NONE) {
		c->ignored++;
		return;
	}
	g = &c->logs.row[row];
	grown = ev->state.proved > g->proved;
	vouched = ev->state.seen == g->seen && (ev->state.vouched & ~g->vouched) != 0;
	if (ev->state.held > g->held)
		g->stale = 0;
	if (ev->state.target != g->target)
		g->unheld = false;
	/* frozen, or put aside: what is in flight is of a tree that is not looked for any more */
	if (ev->state.target < g->target || ev->state.target_mark != g->target_mark)
		wants_forget(c, row);
	g->target_mark = ev->state.target_mark;
	g->mark = ev->state.seen_mark;
	g->held = ev->state.held;
	g->proved = ev->state.proved;
	g->target = ev->state.target;
	g->seen = ev->state.seen;
	g->vouched = ev->state.vouched;
	g->cosigned = ev->state.cosigned;
	if (g->next < g->held)
		g->next = g->held;
	g->split_from = ev->state.split_from;
	g->split_to = ev->state.split_to;
	fork_changed(c, row, ev->state.forked);
	if (row == ROW_OWN)
		own_changed(c);
	c->logs.dirty = true;
	if (grown && c->started)
		push_log(c, row);
	else if (vouched && c->started)
		push_lines(c, row);
	cosign_log(c, row);
	c->plan_due = true;
}

static void on_members(struct core *c, const struct core_event *ev)
{
	(void)ev;
	if (logs_grow(&c->logs, c->registry))
		c->starved++;
	cosign_logs(c);
	if (!c->started)
		return;
	for (unsigned i = 0; i < c->links.count; i++) {
		struct link *l = c->links.item[i];

		greet_recheck(c, l);
		/* it spoke of logs that we did not know: it may again */
		if (!l->gone && l->greeted && l->deaf)
			sync_tell(c, l);
	}
	/* after the last words: it cuts whose key is no longer a member's */
	core_effect(c, FX_DIAL_ALLOWED, 0);
}

static void on_link_up(struct core *c, const struct core_event *ev)
{
	struct link *l, *oldest;
	struct fault f;

	if (links_find(&c->links, ev->link)) {
		c->ignored++;
		return;
	}
	if (links_of_key(&c->links, ev->up.key, &oldest) >= LINKS_PER_KEY) {
		fault_set(&f, FAULT_LIMIT, "link: more than %d links of one member: the oldest "
			  "one is closed", LINKS_PER_KEY);
		core_drop(c, oldest, &f);
		links_sweep(&c->links);
	}
	l = c->links.count < LINKS_MAX ? links_add(&c->links, ev->link, c->now_ms) : NULL;
	if (!l) {
		struct core_effect *x = core_effect(c, FX_DROP, ev->link);

		fault_set(&f, FAULT_LIMIT, "link: this node has %u links, at most %d are taken: "
			  "dial another hub", c->links.count, LINKS_MAX);
		if (x)
			x->fault = f;
		core_tell(c, ev->link, &f);
		return;
	}
	l->inbound = ev->up.inbound;
	memcpy(l->key, ev->up.key, LINK_KEY_SIZE);
	greet_recheck(c, l);
	if (!l->gone && !l->inbound)
		greet_send(c, l);
}

static void on_link_down(struct core *c, const struct core_event *ev)
{
	struct link *l = links_find(&c->links, ev->link);
	uint8_t key[LINK_KEY_SIZE];

	if (!l) {
		c->ignored++;
		return;
	}
	memcpy(key, l->key, sizeof key);
	wants_release(c, l);
	links_remove(&c->links, ev->link);
	greet_twins(c, key);
}

static void on_consent(struct core *c, const struct core_event *ev)
{
	(void)ev;
	own_consent(c);
}

static void on_undone(struct core *c, const struct core_event *ev)
{
	own_undone(c, ev->undone);
}

static void on_pong_due(struct core *c, struct link *l, const struct gossip *g)
{
	struct gossip *pong = core_send(c, l, GOSSIP_PONG);

	if (pong)
		pong->ping.nonce = g->ping.nonce;
}

static void on_bye(struct core *c, struct link *l, const struct gossip *g)
{
	struct fault f;

	if (g->bye.code == FAULT_UNAVAILABLE)
		return;   /* it comes again by itself: nobody is at fault */
	fault_copy(&f, g->bye.code, g->bye.text);
	fault_prefix(&f, "link: %s closes", core_name(c, l));
	core_fault(c, l, &f);
}

/* Before the greeting only the greeting is heard, and a goodbye. */
static bool is_early(const struct link *l, enum gossip_type type)
{
	return !l->greeted && type != GOSSIP_GREETING && type != GOSSIP_BYE;
}

static void on_message(struct core *c, const struct core_event *ev)
{
	struct link *l = links_find(&c->links, ev->link);
	const struct gossip *g = ev->message;

	if (!l || is_early(l, g->type)) {
		c->ignored++;
		return;
	}
	c->messages_in++;
	l->heard_ms = c->now_ms;
	l->pinged = false;
	switch (g->type) {
	case GOSSIP_GREETING:
		greet_take(c, l, g);
		return;
	case GOSSIP_SUMMARY:
		sync_take_summary(c, l, g);
		return;
	case GOSSIP_HEAD:
		sync_take_head(c, l, g);
		return;
	case GOSSIP_WANT:
		wants_serve(c, l, g);
		return;
	case GOSSIP_FRAME:
		wants_take_frame(c, l, g);
		return;
	case GOSSIP_PING:
		on_pong_due(c, l, g);
		return;
	case GOSSIP_PONG:
		return;
	case GOSSIP_BYE:
		on_bye(c, l, g);
		return;
	case GOSSIP_LETTER:
		letters_take(c, l, g);
		return;
	case GOSSIP_EVIDENCE:
		fork_take_evidence(c, l, g);
		return;
	case GOSSIP_PROVE:
		fork_serve_proof(c, l, g);
		return;
	case GOSSIP_PROOF:
		fork_take_proof(c, l, g);
		return;
	}
	c->ignored++;
}

static void on_rejected(struct core *c, const struct core_event *ev)
{
	struct link *l = links_find(&c->links, ev->link);
	const uint32_t row = logs_find(&c->logs, &ev->log);
	struct log_row *peer;
	struct fault f = *ev->fault;

	c->rejected++;
	if (row != ROW_NONE) {
		wants_forget(c, row);
		c->plan_due = true;
	}
	if (row == ROW_OWN)
		own_rejected(c, l);
	if (!l)
		return;
	fault_prefix(&f, "link: %s sent what does not prove, and is closed", core_name(c, l));
	peer = core_peer_row(c, l);
	if (peer)
		log_shun(peer, c->now_ms);
	core_fault(c, l, &f);
	core_drop(c, l, &f);
}

static void on_stale(struct core *c, const struct core_event *ev)
{
	const uint32_t row = logs_find(&c->logs, &ev->log);
	struct link *l = links_find(&c->links, ev->link);

	c->stale++;
	if (row == ROW_NONE)
		return;
	if (row == ROW_OWN)
		own_stale(c, l, ev->forked);
	if (ev->early) {
		if (l)
			l->deaf = true;
		return;
	}
	wants_forget(c, row);
	log_stale(&c->logs.row[row], c->now_ms);
	c->logs.row[row].avoids = true;
	c->logs.row[row].avoid = ev->link;
	c->plan_due = true;
}

static const struct {
	void (*handle)(struct core *c, const struct core_event *ev);
	bool early;   /* also before EV_START */
} events[] = {
	[EV_START] = { on_start, true },
	[EV_TICK] = { on_tick, false },
	[EV_LOG] = { on_log, true },
	[EV_MEMBERS] = { on_members, true },
	[EV_LINK_UP] = { on_link_up, false },
	[EV_LINK_DOWN] = { on_link_down, false },
	[EV_MESSAGE] = { on_message, false },
	[EV_REJECTED] = { on_rejected, false },
	[EV_FORKED] = { fork_found, false },
	[EV_COMPARED] = { fork_compared, false },
	[EV_UNDONE] = { on_undone, false },
	[EV_CONSENT] = { on_consent, false },
	[EV_STALE] = { on_stale, false },
};

static void finish(struct core *c)
{
	int64_t own_ms = own_settle(c), sign_ms = push_sign(c), watch_ms = own_watch(c), next_ms;
	const int64_t cosign_ms = cosign_plan(c);

	if (c->plan_due)
		wants_plan(c);
	links_sweep(&c->links);
	next_ms = timers_next(c);
	if (sign_ms < next_ms)
		next_ms = sign_ms;
	if (own_ms < next_ms)
		next_ms = own_ms;
	if (watch_ms < next_ms)
		next_ms = watch_ms;
	if (cosign_ms < next_ms)
		next_ms = cosign_ms;
	/* being woken early is harmless: only an earlier time is worth an effect */
	if (next_ms < c->wake_ms) {
		struct core_effect *x = core_effect(c, FX_WAKE, 0);

		if (x)
			x->at_ms = next_ms;
		c->wake_ms = next_ms;
	}
}

void core_step(struct core *c, const struct core_event *ev, struct core_effects *effects)
{
	assert((unsigned)ev->type < sizeof events / sizeof *events);
	assert(ev->now_ms >= c->now_ms);
	effects->count = 0;
	c->fx = effects;
	c->now_ms = ev->now_ms;
	c->heads_left = HEADS_STEP_MAX;
	outbox_reset(&c->outbox);
	if (!c->started && !events[ev->type].early)
		c->ignored++;
	else if (c->started && ev->type == EV_START)
		c->ignored++;
	else
		events[ev->type].handle(c, ev);
	if (c->started)
		finish(c);
	c->fx = NULL;
}
