/*
 * Performs the effects of daemon/core in order. A result becomes an event in a
 * short queue, stepped after the effects of the present step are done, so that
 * the core never sees its own effects half performed.
 */
#include "daemon/engine.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/epoch.h"
#include "daemon/forks.h"
#include "daemon/intake.h"
#include "daemon/letters.h"
#include "daemon/log.h"
#include "daemon/recovery.h"
#include "daemon/rekey.h"
#include "daemon/transport.h"

/* Results that wait: one per effect of a step at most, and a handful from outside. */
#define QUEUE_MAX 4096

struct engine {
	struct core_effects effects;
	struct core_event queue[QUEUE_MAX];
	struct fault fault;          /* of a queued EV_REJECTED: the latest is enough */
	unsigned first, count;
	bool stepping;
	struct event *wake;
};

static void on_wake(evutil_socket_t fd, short what, void *ctx);

int engine_create(struct node *n, struct fault *f)
{
	n->engine = calloc(1, sizeof *n->engine);
	if (n->engine)
		n->engine->wake = evtimer_new(n->base, on_wake, n);
	if (!n->engine || !n->engine->wake)
		return fault_set(f, FAULT_FULL, "no memory for the engine");
	return 0;
}

void engine_destroy(struct node *n)
{
	if (!n->engine)
		return;
	if (n->engine->wake)
		event_free(n->engine->wake);
	core_effects_clear(&n->engine->effects);
	free(n->engine);
	n->engine = NULL;
}

static void push(struct engine *e, const struct core_event *ev)
{
	if (e->count == QUEUE_MAX) {
		log_line(LOG_BUG, "engine: more than %u results in one step", QUEUE_MAX);
		return;
	}
	e->queue[(e->first + e->count++) % QUEUE_MAX] = *ev;
}

/* What is stored of a log now, as an event. */
static bool log_event(struct node *n, const struct log_id *log, struct core_event *ev)
{
	struct log_state s;

	if (intake_log_state(n, log, &s) < 0)
		return false;
	*ev = (struct core_event){ .type = EV_LOG, .log = *log };
	ev->state.held = s.held;
	ev->state.proved = s.head[HEAD_PROVED];
	ev->state.target = s.head[HEAD_TARGET];
	ev->state.seen = s.head[HEAD_SEEN];
	intake_log_vouched(n, log, &ev->state.vouched, &ev->state.cosigned);
	forks_state(n, log, ev);
	return true;
}

/* That a fork was found, when its branches can be compared with who showed it. */
static void push_forked(struct node *n, const struct core_event *from)
{
	struct core_event ev = { .type = EV_FORKED, .link = from->link, .log = from->log };

	if (forks_parted(n, &ev.log, &ev.fork.from, &ev.fork.to))
		push(n->engine, &ev);
}

/* The result of taking a head or a frame, as an event. */
static void push_taken(struct node *n, const struct core_effect *fx, enum intake_result r,
		       const struct fault *f)
{
	struct core_event ev = { .link = fx->link, .log = fx->log };

	switch (r) {
	case INTAKE_TAKEN:
		return;   /* EV_LOG comes with the commit */
	case INTAKE_STALE:
		ev.type = EV_STALE;
		break;
	case INTAKE_EARLY:
		ev.type = EV_STALE;
		ev.early = true;
		break;
	case INTAKE_FORKED:
		push_forked(n, &ev);
		ev.type = EV_STALE;
		ev.forked = true;
		break;
	case INTAKE_PARTED:
		ev.type = EV_STALE;
		ev.forked = true;
		break;
	case INTAKE_REJECTED:
		ev.type = EV_REJECTED;
		n->engine->fault = *f;
		ev.fault = &n->engine->fault;
		break;
	case INTAKE_FAILED:
		if (f->code == FAULT_IO)
			node_die(n, f);
		else
			node_alert(n, f->text);
		ev.type = EV_STALE;
		break;
	}
	push(n->engine, &ev);
}

static void take(struct node *n, const struct core_effect *fx)
{
	struct fault f = { 0 };
	enum intake_result r;

	if (fx->type == FX_TAKE_HEAD)
		r = intake_head(n, fx, &f);
	else if (fx->type == FX_TAKE_FRAME)
		r = intake_frame(n, fx, &f);
	else
		r = forks_take_evidence(n, fx, &f);
	push_taken(n, fx, r, &f);
}

static void take_proof(struct node *n, const struct core_effect *fx)
{
	struct core_event ev = { .type = EV_COMPARED, .link = fx->link, .log = fx->log };
	struct fault f = { 0 };
	enum intake_result r = forks_take_proof(n, fx, &ev.fork.same, &f);

	ev.fork.from = fx->message->proof.from;
	if (r == INTAKE_TAKEN)
		push(n->engine, &ev);
	else
		push_taken(n, fx, r, &f);
}

static void push_undone(struct node *n, const struct core_effect *fx)
{
	push(n->engine, &(struct core_event){ .type = EV_UNDONE, .undone = fx->type });
}

static void sign(struct node *n, const struct core_effect *fx)
{
	struct fault f = { 0 };

	if (intake_sign(n, &f) == 0)
		return;
	if (f.code == FAULT_IO || f.code == FAULT_BUG)
		node_die(n, &f);
	else
		node_alert(n, f.text);
	push_undone(n, fx);
}

static void cosign(struct node *n, const struct core_effect *fx)
{
	struct fault f = { 0 };

	if (intake_cosign(n, &fx->log, &f) == 0)
		return;
	if (f.code == FAULT_IO || f.code == FAULT_BUG)
		node_die(n, &f);
	else
		node_alert(n, f.text);
}

/* What a full disk forbids now is asked for again. Between, entries may stand in both logs,
 * and one more would get a number that is not its own: none is recorded. */
static void recover(struct node *n, const struct core_effect *fx)
{
	static const char unfinished[] = "quarantine: nothing is recorded until this is done";
	struct fault f = { 0 };
	const int rc = fx->type == FX_ASIDE ? recovery_aside(n, &f) : recovery_resume(n, &f);

	if (rc < 0 && (f.code != FAULT_FULL || !n->index || !n->figures)) {
		node_die(n, &f);
		return;
	}
	n->unfinished = rc < 0;
	if (rc < 0) {
		fault_prefix(&f, unfinished);
		node_alert(n, f.text);
		push_undone(n, fx);
	} else {
		node_calm(n, unfinished);
	}
	engine_log_changed(n, &n->log);
}

static void wake_at(struct node *n, int64_t at_ms)
{
	const int64_t left_ms = at_ms - clock_mono_ms(), in_ms = left_ms > 0 ? left_ms : 0;
	const struct timeval tv = { in_ms / 1000, in_ms % 1000 * 1000 };

	evtimer_add(n->engine->wake, &tv);
}

static void perform(struct node *n, const struct core_effect *fx)
{
	switch (fx->type) {
	case FX_SEND:
		transport_send(n, fx->link, fx->message);
		break;
	case FX_SEND_HEAD:
		intake_send_head(n, fx->link, &fx->log);
		break;
	case FX_SERVE:
		intake_serve(n, fx);
		break;
	case FX_TAKE_HEAD:
	case FX_TAKE_FRAME:
	case FX_TAKE_EVIDENCE:
		take(n, fx);
		break;
	case FX_TAKE_PROOF:
		take_proof(n, fx);
		break;
	case FX_SEND_EVIDENCE:
		forks_send(n, fx);
		break;
	case FX_PROVE:
		forks_prove(n, fx);
		break;
	case FX_SIGN:
		sign(n, fx);
		break;
	case FX_COSIGN:
		cosign(n, fx);
		break;
	case FX_ASIDE:
	case FX_RESUME:
		recover(n, fx);
		break;
	case FX_DIAL_ALLOWED:
		transport_update(n);
		break;
	case FX_DROP:
		transport_drop(n, fx->link, &fx->fault);
		break;
	case FX_LETTER:
		letters_read(n, fx->link, fx->message);
		break;
	case FX_TELL:
		node_alert(n, fx->fault.text);
		break;
	case FX_CALM:
		node_calm(n, fx->fault.text);
		break;
	case FX_WAKE:
		wake_at(n, fx->at_ms);
		break;
	}
}

/* Steps this event and all that follows from it. */
static void step(struct node *n, const struct core_event *ev)
{
	struct engine *e = n->engine;

	push(e, ev);
	if (e->stepping)
		return;
	e->stepping = true;
	while (e->count > 0 && !n->stopping) {
		struct core_event next = e->queue[e->first];

		e->first = (e->first + 1) % QUEUE_MAX;
		e->count--;
		next.now_ms = clock_mono_ms();
		core_step(n->core, &next, &e->effects);
		for (unsigned i = 0; i < e->effects.count && !n->stopping; i++)
			perform(n, &e->effects.item[i]);
	}
	e->stepping = false;
}

static void on_wake(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	step(ctx, &(struct core_event){ .type = EV_TICK });
}

void engine_start(struct node *n)
{
	const struct registry *r = n->registry;

	forks_settle(n);
	engine_log_changed(n, registry_log(r));
	engine_log_changed(n, &n->log);
	for (unsigned i = 0; i < registry_count(r); i++)
		engine_log_changed(n, &registry_member(r, i)->log);
	for (unsigned i = 0; i < registry_closed_count(r); i++)
		engine_log_changed(n, &registry_closed(r, i)->log);
	step(n, &(struct core_event){ .type = EV_START });
}

void engine_log_changed(struct node *n, const struct log_id *log)
{
	struct core_event ev;
	struct log_id branch;
	bool forked;

	if (!log_event(n, log, &ev))
		return;
	forked = ev.state.forked > 0;
	step(n, &ev);
	/* the core knows now that there is another branch; what it is told of the log may have
	 * changed that too */
	evidence_branch_id(log, &branch);
	if (forked && log_event(n, &branch, &ev))
		step(n, &ev);
}

void engine_members_changed(struct node *n)
{
	step(n, &(struct core_event){ .type = EV_MEMBERS });
	forks_settle(n);
	epoch_follow(n);
	rekey_follow(n);
}

void engine_link_up(struct node *n, uint32_t link, const uint8_t key[LINK_KEY_SIZE], bool inbound)
{
	struct core_event ev = { .type = EV_LINK_UP, .link = link };

	memcpy(ev.up.key, key, LINK_KEY_SIZE);
	ev.up.inbound = inbound;
	step(n, &ev);
}

void engine_link_down(struct node *n, uint32_t link)
{
	step(n, &(struct core_event){ .type = EV_LINK_DOWN, .link = link });
}

void engine_message(struct node *n, uint32_t link, const struct gossip *g)
{
	step(n, &(struct core_event){ .type = EV_MESSAGE, .link = link, .message = g });
}

void engine_head(struct node *n, const struct log_id *log, struct span checkpoint)
{
	const struct gossip g = {
		.type = GOSSIP_HEAD, .head = { .log = *log, .checkpoint = checkpoint },
	};

	take(n, &(struct core_effect){ .type = FX_TAKE_HEAD, .log = *log, .message = &g });
	step(n, &(struct core_event){ .type = EV_TICK });
}

void engine_consent(struct node *n)
{
	step(n, &(struct core_event){ .type = EV_CONSENT });
}
