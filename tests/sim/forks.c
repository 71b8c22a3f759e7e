/*
 * Performs what the core decides about forked logs, on logs in memory, as daemon/forks.c. What
 * is judged is judged by proto/log/fork.h in both.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/log/fork.h"
#include "tests/sim/world.h"

uint64_t fork_level(const struct ram_log *l)
{
	struct fork_evidence e;
	struct fault f;

	if (!l->evidence.data)
		return 0;
	return evidence_parse(&e, l->evidence, &f) ? 0 : e.common + 1;
}

/* Evidence that proves nothing is not kept. */
static bool keep(struct node *n, unsigned log, const struct fork_evidence *e)
{
	struct ram_log *l = &n->log[log];
	struct buffer b;
	struct fault f;

	buffer_init(&b, EVIDENCE_BYTES_MAX);
	if (evidence_write(e, &b, &f)) {
		buffer_clear(&b);
		return false;
	}
	check_accused(n, log);
	ram_accuse(l, (struct span){ b.data, b.used });
	if (log == n->own)
		ram_freeze(l);
	buffer_clear(&b);
	world_say(n->world, n, "knows that %s is forked below %" PRIu64 ", %" PRIu64 " are common",
		  world_log_name(n->world, log), e->small.head.size, e->common);
	node_result(n, EV_LOG, 0, log, NULL);
	fork_follow(n, log);
	return true;
}

/* The branch that is held beside a log is looked for once it is known which it is. */
void fork_follow(struct node *n, unsigned log)
{
	const struct ram_log *l = &n->log[log];
	const struct tree_reader tree = ram_reader(l);
	const struct ram_head *h = l->head;
	const struct evidence_branch *other;
	struct fork_evidence e;
	struct ram_log *branch;
	struct fault f;

	if (!fork_level(l) || evidence_parse(&e, l->evidence, &f))
		return;
	branch = &n->log[world_branch(n->world, log)];
	other = evidence_other(&e, l->count, &tree, h[RAM_PROVED].size > 0 &&
			       h[RAM_TARGET].size == h[RAM_PROVED].size);
	if (!other || branch->count > 0)
		return;
	ram_head_set(branch, RAM_TARGET, &other->head, other->note);
	ram_head_set(branch, RAM_SEEN, &other->head, other->note);
	node_result(n, EV_LOG, 0, world_branch(n->world, log), NULL);
}

/* What is held of a log, to be judged; borrowed until that changes. */
struct held {
	struct fork_view view;
	struct fork_evidence known;
};

static void read_held(const struct node *n, unsigned log, struct held *h)
{
	const struct ram_log *l = &n->log[log];
	struct fork_view *v = &h->view;
	struct fault f;

	*v = (struct fork_view){ .held = l->count, .tree = ram_reader(l), .own = log == n->own,
				 .branch = world_main(n->world, log) != log };
	for (unsigned kind = 0; kind < FORK_HEADS; kind++) {
		const struct ram_head *head = &l->head[kind];

		v->head[kind] = (struct evidence_branch){
			{ .size = head->size, .root = head->root }, { head->note, head->note_size },
		};
		if (head->note)
			snprintf(v->head[kind].head.origin, sizeof v->head[kind].head.origin, "%s",
				 node_verifier(n, log)->name);
	}
	if (l->evidence.data && !evidence_parse(&h->known, l->evidence, &f))
		v->known = &h->known;
}

static void stale(struct node *n, uint32_t link, unsigned log, bool contradicts)
{
	node_result(n, EV_STALE, link, log, NULL);
	n->pending[n->pending_count - 1].forked = contradicts;
}

/* That a fork was found, when its branches can be compared with who showed it. */
static void tell_found(struct node *n, uint32_t link, unsigned log)
{
	uint64_t from, to;
	struct held h;

	read_held(n, log, &h);
	if (fork_is_parted(&h.view, &from, &to)) {
		node_result(n, EV_FORKED, link, log, NULL);
		n->pending[n->pending_count - 1].from = from;
		n->pending[n->pending_count - 1].to = to;
	}
	stale(n, link, log, true);
}

static void turn(struct node *n, unsigned log, bool again)
{
	const struct hash tried = n->log[log].head[RAM_TARGET].root;

	ram_look_for(&n->log[log], &tried, again);
	node_result(n, EV_LOG, 0, log, NULL);
	fork_follow(n, log);
}

/* As daemon/forks.c and engine.c: what is told to the core. */
static void settle(struct node *n, const struct core_effect *x, unsigned log, enum fork_word word,
		   const struct fork_evidence *e, const struct fault *f)
{
	switch (word) {
	case FORK_NOTHING:
		stale(n, x->link, log, false);
		return;
	case FORK_OWN:
		stale(n, x->link, log, true);
		return;
	case FORK_TURN:
	case FORK_TURN_AGAIN:
		turn(n, log, word == FORK_TURN_AGAIN);
		stale(n, x->link, log, false);
		return;
	case FORK_FOUND:
		if (keep(n, log, e))
			tell_found(n, x->link, log);
		else
			stale(n, x->link, log, false);
		return;
	case FORK_SHARED:
		keep(n, log, e);
		break;
	case FORK_SAME:
	case FORK_OTHER:
		break;
	case FORK_UNPROVED:
		node_result(n, EV_REJECTED, x->link, log, f);
		return;
	}
	node_result(n, EV_COMPARED, x->link, log, NULL);
	n->pending[n->pending_count - 1].from = x->message->proof.from;
	n->pending[n->pending_count - 1].same = word != FORK_OTHER;
}

void fork_of_head(struct node *n, const struct core_effect *x, unsigned log,
		  const struct checkpoint *c)
{
	const struct evidence_branch theirs = { *c, x->message->head.checkpoint };
	struct fork_evidence e;
	struct held h;

	read_held(n, log, &h);
	settle(n, x, log, fork_judge_head(&h.view, &theirs, &e), &e, NULL);
}

void fork_of_frame(struct node *n, const struct core_effect *x, unsigned log,
		   const struct range_taken *r)
{
	struct fork_evidence e;
	struct held h;

	read_held(n, log, &h);
	settle(n, x, log, fork_judge_frame(&h.view, r, &e), &e, NULL);
}

void fork_split(const struct node *n, unsigned log, struct core_event *ev)
{
	struct held h;

	read_held(n, log, &h);
	fork_is_parted(&h.view, &ev->state.split_from, &ev->state.split_to);
}

/* --- effects --- */

void do_send_evidence(struct node *n, const struct core_effect *x)
{
	const struct ram_log *l = &n->log[world_log(n->world, &x->log)];
	struct gossip g = { .type = GOSSIP_EVIDENCE };

	g.evidence.log = x->log;
	g.evidence.bytes = l->evidence;
	if (l->evidence.data)
		net_send(n, x->link, &g);
	else
		world_fail(n->world, n, "is to send evidence that it has not");
}

/* With cheap signatures evidence_check() cannot be asked. */
static int check_evidence(struct node *n, unsigned log, const struct fork_evidence *e,
			  struct fault *f)
{
	struct checkpoint c;

	if (!n->world->fake)
		return evidence_check(e, node_verifier(n, log), f);
	if (node_open_head(n, log, &c, e->small.note, f) ||
	    node_open_head(n, log, &c, e->large.note, f))
		return -1;
	return evidence_judge(e, f);
}

void do_take_evidence(struct node *n, const struct core_effect *x)
{
	const unsigned log = world_log(n->world, &x->log);
	struct fork_evidence e;
	struct fault f;
	struct held h;

	if (evidence_parse(&e, x->message->evidence.bytes, &f) || check_evidence(n, log, &e, &f)) {
		node_result(n, EV_REJECTED, x->link, log, &f);
		return;
	}
	read_held(n, log, &h);
	if (!fork_adds(&h.view, &e) || !keep(n, log, &e))
		stale(n, x->link, log, false);
}

static void send_proof(struct node *n, const struct core_effect *x, const struct fork_view *v,
		       uint64_t from, uint64_t to, bool head)
{
	struct gossip g = { .type = GOSSIP_PROOF };
	struct fork_proof p;

	if (fork_proof_make(&v->tree, from, to, &p))
		return;
	g.proof.log = x->log;
	if (head)
		g.proof.checkpoint = v->head[FORK_PROVED].note;
	fork_proof_write(&p, &g);
	net_send(n, x->link, &g);
}

void do_prove(struct node *n, const struct core_effect *x)
{
	struct held h;

	read_held(n, world_log(n->world, &x->log), &h);
	if (h.view.held < x->tree_size)
		world_fail(n->world, n, "is to prove more than it holds");
	else
		send_proof(n, x, &h.view, x->start, x->tree_size, false);
}

bool fork_serves(struct node *n, const struct core_effect *x, unsigned *log)
{
	const unsigned main = world_main(n->world, world_log(n->world, &x->log));
	struct held h[2];

	for (int i = 0; i < 2; i++) {
		*log = i == 0 ? main : world_branch(n->world, main);
		read_held(n, *log, &h[i]);
		if (fork_has(&h[i].view, x->tree_size, x->mark))
			return true;
	}
	if (h[0].view.held < x->tree_size && h[1].view.held < x->tree_size)
		world_fail(n->world, n, "is to serve more than it holds");
	for (int i = 0; i < 2; i++) {
		if (fork_can_refute(&h[i].view, x->tree_size)) {
			send_proof(n, x, &h[i].view, x->tree_size,
				   h[i].view.head[FORK_PROVED].head.size, true);
			break;
		}
	}
	return false;
}

static void take_refutation(struct node *n, const struct core_effect *x, unsigned log)
{
	struct evidence_branch theirs = { .note = x->message->proof.checkpoint };
	struct fork_evidence e;
	struct fork_proof p;
	struct fault f;
	struct held h;

	if (node_open_head(n, log, &theirs.head, theirs.note, &f)) {
		node_result(n, EV_REJECTED, x->link, log, &f);
		return;
	}
	fork_proof_read(x->message, &p);
	read_held(n, log, &h);
	settle(n, x, log, fork_judge_refutation(&h.view, &theirs, &p, &e, &f), &e, &f);
}

static void take_answer(struct node *n, const struct core_effect *x, unsigned log)
{
	struct fork_evidence e;
	struct fork_proof p;
	struct held h;

	fork_proof_read(x->message, &p);
	read_held(n, log, &h);
	settle(n, x, log, fork_judge_answer(&h.view, &p, x->keep, &e), &e, NULL);
}

void do_take_proof(struct node *n, const struct core_effect *x)
{
	const unsigned log = world_log(n->world, &x->log);

	if (x->message->proof.checkpoint.size > 0)
		take_refutation(n, x, log);
	else
		take_answer(n, x, log);
}
