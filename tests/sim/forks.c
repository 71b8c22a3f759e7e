/* Performs what the core decides about forked logs, on logs in memory, as daemon/forks.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

static struct evidence_branch branch_of(const struct node *n, unsigned log,
					const struct ram_head *h)
{
	struct evidence_branch b = {
		.head = { .size = h->size, .root = h->root },
		.note = { h->note, h->note_size },
	};

	snprintf(b.head.origin, sizeof b.head.origin, "%s", node_verifier(n, log)->name);
	return b;
}

static bool find_other(const struct node *n, unsigned log, uint64_t size,
		       const struct hash *root, struct evidence_branch *out)
{
	for (unsigned kind = 0; kind < RAM_HEADS; kind++) {
		const struct ram_head *h = &n->log[log].head[kind];

		if (!h->note || h->size != size || hash_equal(&h->root, root))
			continue;
		*out = branch_of(n, log, h);
		return true;
	}
	return false;
}

bool fork_of_head(struct node *n, unsigned log, const struct checkpoint *c, struct span note)
{
	const struct ram_log *l = &n->log[log];
	const struct tree_reader tree = ram_reader(l);
	const struct evidence_branch theirs = { *c, note };
	struct evidence_branch ours;
	struct fork_evidence e;

	if (fork_level(l))
		return true;
	if (find_other(n, log, c->size, &c->root, &ours)) {
		evidence_of_prefix(&e, &ours, &theirs, NULL, NULL);
		return keep(n, log, &e);
	}
	if (!l->head[RAM_PROVED].note || l->head[RAM_PROVED].size < c->size)
		return false;
	ours = branch_of(n, log, &l->head[RAM_PROVED]);
	return !evidence_of_tree(&e, &ours, &tree, &theirs) && keep(n, log, &e);
}

bool fork_of_frame(struct node *n, unsigned log, const struct range_taken *r)
{
	const struct ram_head *h = n->log[log].head;
	struct evidence_branch ours, theirs;
	struct fork_evidence e;
	struct hash prefix;
	struct proof proof;

	if (fork_level(&n->log[log])) {
		const struct hash tried = h[RAM_TARGET].root;

		ram_look_for(&n->log[log], &tried, false);
		node_result(n, EV_LOG, 0, log, NULL);
		fork_follow(n, log);
		return false;
	}
	if (!h[RAM_PROVED].note || h[RAM_PROVED].size != r->start ||
	    h[RAM_TARGET].size != r->size || evidence_of_range(r, &prefix, &proof))
		return false;
	ours = branch_of(n, log, &h[RAM_PROVED]);
	theirs = branch_of(n, log, &h[RAM_TARGET]);
	evidence_of_prefix(&e, &ours, &theirs, &prefix, &proof);
	return keep(n, log, &e);
}

struct sides {
	struct fork_evidence e;
	const struct evidence_branch *ours, *theirs;
};

static bool read_sides(const struct ram_log *l, struct sides *s)
{
	const struct ram_head *h = &l->head[RAM_PROVED];
	struct fault f;

	if (!l->evidence.data || !h->note || evidence_parse(&s->e, l->evidence, &f))
		return false;
	s->ours = &s->e.small;
	s->theirs = &s->e.large;
	if (!hash_equal(&h->root, &s->ours->head.root)) {
		s->ours = &s->e.large;
		s->theirs = &s->e.small;
	}
	return hash_equal(&h->root, &s->ours->head.root);
}

void fork_split(const struct ram_log *l, struct core_event *ev)
{
	struct sides s;

	if (!read_sides(l, &s) || s.e.common > 0)
		return;
	ev->state.split_from = s.e.small.head.size;
	ev->state.split_to = s.theirs->head.size;
}

void fork_tell(struct node *n, uint32_t link, unsigned log)
{
	struct sides s;

	if (read_sides(&n->log[log], &s) && s.e.common == 0) {
		node_result(n, EV_FORKED, link, log, NULL);
		n->pending[n->pending_count - 1].from = s.e.small.head.size;
		n->pending[n->pending_count - 1].to = s.theirs->head.size;
	}
	node_result(n, EV_STALE, link, log, NULL);
	n->pending[n->pending_count - 1].forked = true;
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

	if (evidence_parse(&e, x->message->evidence.bytes, &f) || check_evidence(n, log, &e, &f)) {
		node_result(n, EV_REJECTED, x->link, log, &f);
		return;
	}
	if (e.common + 1 > fork_level(&n->log[log]))
		keep(n, log, &e);
}

/* with: instead of a frame, with the checkpoint of that log. */
static void send_proof(struct node *n, const struct core_effect *x, uint64_t from, uint64_t to,
		       const struct ram_log *with)
{
	const struct ram_head *head = with ? &with->head[RAM_PROVED] : NULL;
	const struct tree_reader tree = ram_reader(with ? with :
						   &n->log[world_log(n->world, &x->log)]);
	struct gossip g = { .type = GOSSIP_PROOF };
	struct proof proof;
	struct hash root;

	if (tree_root(&tree, from, &root) || tree_consistency(&tree, from, to, &proof))
		return;
	g.proof.log = x->log;
	g.proof.from = from;
	g.proof.to = to;
	memcpy(g.proof.root, root.b, HASH_SIZE);
	if (head)
		g.proof.checkpoint = (struct span){ head->note, head->note_size };
	g.proof.proof_count = proof.count;
	g.proof.proof = proof.hash[0].b;
	net_send(n, x->link, &g);
}

void do_prove(struct node *n, const struct core_effect *x)
{
	if (n->log[world_log(n->world, &x->log)].count < x->tree_size)
		world_fail(n->world, n, "is to prove more than it holds");
	else
		send_proof(n, x, x->start, x->tree_size, NULL);
}

bool fork_has(const struct ram_log *l, const struct core_effect *x)
{
	const struct tree_reader tree = ram_reader(l);
	struct hash root;

	return x->tree_size <= l->count && !tree_root(&tree, x->tree_size, &root) &&
	       (!x->mark || root_mark(root.b) == x->mark);
}

/* The branch that has the tree; else one that refutes it. */
unsigned fork_serves(const struct node *n, const struct core_effect *x)
{
	const unsigned log = world_main(n->world, world_log(n->world, &x->log));
	const unsigned branch = world_branch(n->world, log);

	if (fork_has(&n->log[branch], x) || n->log[log].count < x->tree_size)
		return branch;
	return log;
}

void do_refute(struct node *n, const struct core_effect *x, const struct ram_log *l)
{
	if (l->head[RAM_PROVED].size >= x->tree_size)
		send_proof(n, x, x->tree_size, l->head[RAM_PROVED].size, l);
}

static void proof_of(const struct gossip *g, struct hash *root, struct proof *out)
{
	memcpy(root->b, g->proof.root, HASH_SIZE);
	out->count = g->proof.proof_count;
	for (unsigned i = 0; i < out->count; i++)
		memcpy(out->hash[i].b, g->proof.proof + (size_t)i * HASH_SIZE, HASH_SIZE);
}

static void take_refutation(struct node *n, const struct core_effect *x, unsigned log)
{
	const struct gossip *g = x->message;
	struct evidence_branch ours, theirs = { .note = g->proof.checkpoint };
	struct fork_evidence e;
	struct proof proof;
	struct hash root;
	struct fault f;

	proof_of(g, &root, &proof);
	if (node_open_head(n, log, &theirs.head, theirs.note, &f) ||
	    theirs.head.size != g->proof.to ||
	    consistency_verify(g->proof.from, g->proof.to, &root, &theirs.head.root, &proof)) {
		fault_set(&f, FAULT_UNPROVED, "a proof of %s does not prove",
			  world_log_name(n->world, log));
		node_result(n, EV_REJECTED, x->link, log, &f);
		return;
	}
	if (world_main(n->world, log) != log)
		return;   /* that branch is had elsewhere */
	if (fork_level(&n->log[log])) {
		const struct hash tried = n->log[log].head[RAM_TARGET].root;

		ram_look_for(&n->log[log], &tried, true);
		node_result(n, EV_LOG, 0, log, NULL);
		fork_follow(n, log);
		return;
	}
	if (!find_other(n, log, g->proof.from, &root, &ours))
		return;
	evidence_of_prefix(&e, &ours, &theirs, &root, &proof);
	if (keep(n, log, &e))
		fork_tell(n, x->link, log);
}

static void take_answer(struct node *n, const struct core_effect *x, unsigned log)
{
	const struct tree_reader tree = ram_reader(&n->log[log]);
	const struct gossip *g = x->message;
	struct proof proof;
	struct sides s;
	struct hash root, ours;

	proof_of(g, &root, &proof);
	if (!read_sides(&n->log[log], &s) || s.theirs->head.size != g->proof.to ||
	    consistency_verify(g->proof.from, g->proof.to, &root, &s.theirs->head.root, &proof) ||
	    tree_root(&tree, g->proof.from, &ours))
		return;
	const bool same = hash_equal(&root, &ours);
	if (x->keep && same && g->proof.from > s.e.common) {
		s.e.common = g->proof.from;
		s.e.common_root = root;
		*(s.theirs == &s.e.small ? &s.e.common_small : &s.e.common_large) = proof;
		if (!tree_consistency(&tree, g->proof.from, s.ours->head.size,
				      s.ours == &s.e.small ? &s.e.common_small : &s.e.common_large))
			keep(n, log, &s.e);
	}
	node_result(n, EV_COMPARED, x->link, log, NULL);
	n->pending[n->pending_count - 1].from = g->proof.from;
	n->pending[n->pending_count - 1].same = same;
}

void do_take_proof(struct node *n, const struct core_effect *x)
{
	const unsigned log = world_log(n->world, &x->log);

	if (x->message->proof.checkpoint.size > 0)
		take_refutation(n, x, log);
	else
		take_answer(n, x, log);
}
