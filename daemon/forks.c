/*
 * What contradicts a log that is held here becomes evidence; nothing else does. All
 * heads in the store were opened with the key of their log when they came.
 */
#include "daemon/forks.h"

#include <stdio.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/derive.h"
#include "daemon/log.h"
#include "daemon/transport.h"
#include "daemon/writer.h"
#include "store/branch.h"

_Static_assert((int)FORK_PROVED == HEAD_PROVED && (int)FORK_TARGET == HEAD_TARGET &&
	       (int)FORK_SEEN == HEAD_SEEN, "the heads of a view are those of the store");

/* What is held of a log, to be judged; borrowed until the transaction writes. */
struct held {
	struct fork_view view;
	struct fork_evidence known;
	struct log_tree tree;
};

static void read_heads(struct txn *t, uint32_t log, struct held *h)
{
	h->view = (struct fork_view){ .held = log_size(t, log) };
	log_tree(&h->tree, &h->view.tree, t, log);
	for (int kind = 0; kind < FORK_HEADS; kind++)
		head_get(t, log, (enum head_kind)kind, &h->view.head[kind].head,
			 &h->view.head[kind].note);
}

static void read_held(struct node *n, struct txn *t, uint32_t log, struct held *h)
{
	struct fork_row row;
	struct fault f;

	read_heads(t, log, h);
	h->view.own = log == n->own;
	h->view.branch = branch_is(t, log);
	if (fork_get(t, log, &row) && evidence_parse(&h->known, row.bytes, &f) == 0)
		h->view.known = &h->known;
}

/* 0: there is none. */
static uint64_t mark_of(const struct checkpoint *c)
{
	return c->size > 0 ? root_mark(c->root.b) : 0;
}

void forks_state(struct node *n, const struct log_id *log, struct core_event *ev)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	uint32_t number;
	struct held h;
	struct fault f;
	struct txn *t;

	t = intake_log(n, log, origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	number = t ? log_find(t, origin) : 0;
	if (number) {
		read_held(n, t, number, &h);
		ev->state.target_mark = mark_of(&h.view.head[FORK_TARGET].head);
		ev->state.seen_mark = mark_of(&h.view.head[FORK_SEEN].head);
		ev->state.forked = fork_level(t, number);
		fork_is_parted(&h.view, &ev->state.split_from, &ev->state.split_to);
	}
	txn_abort(t);
}

/* --- keeping --- */

/* Another head of it is looked for. */
static void turn(struct node *n, struct txn *t, const struct log_id *id, uint32_t log, bool again)
{
	fork_turn(t, log, again);
	branch_follow(t, log);
	writer_changed(n, id, log, 0, 0, 0);
}

static void peer_name(struct node *n, uint32_t link, char name[MEMBER_NAME_MAX + 1])
{
	struct core_link l;

	name[0] = '\0';
	for (unsigned i = 0; core_link(n->core, i, &l); i++) {
		if (l.link == link && l.member)
			snprintf(name, MEMBER_NAME_MAX + 1, "%s", l.member->name);
	}
}

/* Evidence that proves nothing is not kept. */
static bool keep(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx,
		 const struct fork_evidence *e)
{
	struct fork_row row = { .found_ms = clock_wall_ms() }, before;
	const bool first = !fork_get(t, log, &before);
	struct buffer bytes;
	struct fault f;
	bool is = false;

	if (!forks_accuses(n, t, log, e))
		return false;
	buffer_init(&bytes, EVIDENCE_BYTES_MAX);
	if (evidence_write(e, &bytes, &f) < 0) {
		log_line(LOG_NOTE, "no evidence of a fork: %s", f.text);
		goto out;
	}
	row.bytes = (struct span){ bytes.data, bytes.used };
	if (first)
		peer_name(n, fx->link, row.from);
	else
		snprintf(row.from, sizeof row.from, "%s", before.from);
	if (first)
		log_line(LOG_ALERT, "fork: %s has been signed in two histories, of %llu and of %llu "
			 "entries; %s showed it: trac evidence writes the proof", e->small.head.origin,
			 (unsigned long long)e->small.head.size,
			 (unsigned long long)e->large.head.size, row.from[0] ? row.from : "a peer");
	fork_put(t, log, &row);
	if (log == n->own)   /* what is not ours to continue is not fetched */
		head_freeze(t, log);
	branch_follow(t, log);
	writer_changed(n, &fx->log, log, 0, 0, bytes.used);
	derive_figures(n);
	is = true;
out:
	buffer_clear(&bytes);
	return is;
}

/* What a judgement means for who handed it over; e: evidence that goes with it. */
static enum intake_result settle(struct node *n, struct txn *t, uint32_t log,
				 const struct core_effect *fx, enum fork_word word,
				 const struct fork_evidence *e)
{
	switch (word) {
	case FORK_NOTHING:
		break;
	case FORK_OWN:
		return INTAKE_PARTED;
	case FORK_TURN:
	case FORK_TURN_AGAIN:
		turn(n, t, &fx->log, log, word == FORK_TURN_AGAIN);
		break;
	case FORK_FOUND:
		return keep(n, t, log, fx, e) ? INTAKE_FORKED : INTAKE_STALE;
	case FORK_SHARED:
		keep(n, t, log, fx, e);
		return INTAKE_TAKEN;
	case FORK_SAME:
	case FORK_OTHER:
		return INTAKE_TAKEN;
	case FORK_UNPROVED:
		return INTAKE_REJECTED;
	}
	return INTAKE_STALE;
}

/* --- finding --- */

enum intake_result forks_head(struct node *n, struct txn *t, uint32_t log,
			      const struct core_effect *fx, const struct checkpoint *c)
{
	const struct evidence_branch theirs = { *c, fx->message->head.checkpoint };
	struct fork_evidence e;
	struct held h;

	read_held(n, t, log, &h);
	if (c->size <= h.view.held && c->size > h.view.head[FORK_PROVED].head.size &&
	    forks_strands(n, t, log, theirs.note))
		return INTAKE_STALE;
	return settle(n, t, log, fx, fork_judge_head(&h.view, &theirs, &e), &e);
}

enum intake_result forks_frame(struct node *n, struct txn *t, uint32_t log,
			       const struct core_effect *fx, const struct range_taken *r)
{
	struct fork_evidence e;
	struct held h;

	read_held(n, t, log, &h);
	if (forks_strands(n, t, log, h.view.head[FORK_TARGET].note))
		return INTAKE_STALE;
	return settle(n, t, log, fx, fork_judge_frame(&h.view, r, &e), &e);
}

bool forks_parted(struct node *n, const struct log_id *log, uint64_t *from, uint64_t *to)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	uint32_t number;
	struct held h;
	struct fault f;
	struct txn *t;

	t = intake_log(n, log, origin, &v) ? writer_txn(n, &f) : NULL;
	number = t ? log_find(t, origin) : 0;
	if (!number)
		return false;
	read_held(n, t, number, &h);
	return fork_is_parted(&h.view, from, to);
}

/* --- taking --- */

enum intake_result forks_take_evidence(struct node *n, const struct core_effect *fx,
				       struct fault *f)
{
	const struct verifier *v;
	struct fork_evidence e;
	char origin[ORIGIN_MAX + 1];
	struct held h;
	uint32_t log;
	struct txn *t;

	if (!intake_log(n, &fx->log, origin, &v))
		return INTAKE_STALE;
	if (evidence_parse(&e, fx->message->evidence.bytes, f) < 0)
		return INTAKE_REJECTED;
	if ((registry_key(n->registry, &fx->log, 0) ? evidence_check_in(&e, n->registry, f) :
	     evidence_check(&e, v, f)) < 0)
		return evidence_is_settled(&e, n->registry) ||
		       registry_lacks_key(n->registry, &fx->log, e.small.note, v) ||
		       registry_lacks_key(n->registry, &fx->log, e.large.note, v) ?
			INTAKE_EARLY : INTAKE_REJECTED;
	if (strcmp(e.small.head.origin, origin)) {
		fault_set(f, FAULT_UNPROVED, "evidence: it is against \"%.80s\" and was sent for "
			  "\"%.80s\": update that node", e.small.head.origin, origin);
		return INTAKE_REJECTED;
	}
	t = writer_txn(n, f);
	log = t ? log_open(t, origin) : 0;
	if (!log)
		return INTAKE_FAILED;
	read_held(n, t, log, &h);
	if (!fork_adds(&h.view, &e) || !forks_accuses(n, t, log, &e))
		return INTAKE_STALE;
	return keep(n, t, log, fx, &e) ? INTAKE_TAKEN : INTAKE_FAILED;
}

/* The peer has another tree of a size that we asked for. */
static enum intake_result take_refutation(struct node *n, struct txn *t, uint32_t log,
					  const struct core_effect *fx, struct fault *f)
{
	struct evidence_branch theirs = { .note = fx->message->proof.checkpoint };
	struct fork_evidence e;
	enum intake_result r;
	struct fork_proof p;
	struct verifier v;
	struct held h;

	r = intake_open_head(n, &fx->log, theirs.note, &theirs.head, &v, f);
	if (r != INTAKE_TAKEN)
		return r;
	fork_proof_read(fx->message, &p);
	read_held(n, t, log, &h);
	return settle(n, t, log, fx, fork_judge_refutation(&h.view, &theirs, &p, &e, f), &e);
}

/* How the other branch begins. */
static enum intake_result take_answer(struct node *n, struct txn *t, uint32_t log,
				      const struct core_effect *fx, bool *same)
{
	struct fork_evidence e;
	enum fork_word word;
	struct fork_proof p;
	struct held h;

	fork_proof_read(fx->message, &p);
	read_held(n, t, log, &h);
	word = fork_judge_answer(&h.view, &p, fx->keep, &e);
	*same = word != FORK_OTHER;
	return settle(n, t, log, fx, word, &e);
}

enum intake_result forks_take_proof(struct node *n, const struct core_effect *fx, bool *same,
				    struct fault *f)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	uint32_t log;
	struct txn *t;

	if (!intake_log(n, &fx->log, origin, &v))
		return INTAKE_STALE;
	t = writer_txn(n, f);
	log = t ? log_open(t, origin) : 0;
	if (!log)
		return INTAKE_FAILED;
	if (fx->message->proof.checkpoint.size > 0)
		return take_refutation(n, t, log, fx, f);
	return take_answer(n, t, log, fx, same);
}

/* --- telling --- */

void forks_send(struct node *n, const struct core_effect *fx)
{
	struct gossip g = { .type = GOSSIP_EVIDENCE };
	const struct verifier *v;
	struct fork_row row;
	char origin[ORIGIN_MAX + 1];
	uint32_t log;
	struct fault f;
	struct txn *t;

	t = intake_log(n, &fx->log, origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	log = t ? log_find(t, origin) : 0;
	if (log && fork_get(t, log, &row)) {
		g.evidence.log = fx->log;
		g.evidence.bytes = row.bytes;
		transport_send(n, fx->link, &g);
	}
	txn_abort(t);
}

/* head: in place of a frame, with our signed head. */
static void send_proof(struct node *n, const struct core_effect *fx, const struct fork_view *v,
		       uint64_t from, uint64_t to, bool head)
{
	struct gossip g = { .type = GOSSIP_PROOF };
	struct fork_proof p;

	if (fork_proof_make(&v->tree, from, to, &p) < 0)
		return;
	g.proof.log = fx->log;
	if (head)
		g.proof.checkpoint = v->head[FORK_PROVED].note;
	fork_proof_write(&p, &g);
	transport_send(n, fx->link, &g);
}

void forks_prove(struct node *n, const struct core_effect *fx)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	uint32_t log;
	struct held h;
	struct fault f;
	struct txn *t;

	t = intake_log(n, &fx->log, origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	log = t ? log_find(t, origin) : 0;
	if (log) {
		read_heads(t, log, &h);
		if (fork_has(&h.view, fx->tree_size, 0))
			send_proof(n, fx, &h.view, fx->start, fx->tree_size, false);
	}
	txn_abort(t);
}

/* Has that log the tree that is asked for? refutes: has it another one, signed? */
static bool serves(struct txn *t, uint32_t log, const struct core_effect *fx, struct held *h,
		   bool *refutes)
{
	*refutes = false;
	if (!log)
		return false;
	read_heads(t, log, h);
	*refutes = fork_can_refute(&h->view, fx->tree_size);
	return fork_has(&h->view, fx->tree_size, fx->mark);
}

uint32_t forks_serves(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx)
{
	const uint32_t main = branch_is(t, log) ? branch_beside(t, log) : log;
	const uint32_t branch = branch_find(t, main);
	struct held ours, other;
	bool refutes, other_refutes;

	if (serves(t, main, fx, &ours, &refutes))
		return main;
	if (serves(t, branch, fx, &other, &other_refutes))
		return branch;
	if (refutes || other_refutes)
		send_proof(n, fx, refutes ? &ours.view : &other.view, fx->tree_size,
			   (refutes ? &ours : &other)->view.head[FORK_PROVED].head.size, true);
	return 0;
}
