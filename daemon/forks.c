/*
 * What contradicts a log that is held here becomes evidence; nothing else does. All
 * heads in the store were opened with the key of their log when they came.
 */
#include "daemon/forks.h"

#include <stdio.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/transport.h"
#include "daemon/writer.h"
#include "store/branch.h"

/* The evidence that is kept, and which of its branches is the one that is held. */
struct sides {
	struct fork_evidence e;
	const struct evidence_branch *ours, *theirs;
};

static bool read_sides(struct txn *t, uint32_t log, struct sides *s)
{
	struct checkpoint proved;
	struct fork_row row;
	struct fault f;

	if (!fork_get(t, log, &row) || evidence_parse(&s->e, row.bytes, &f) < 0 ||
	    !head_get(t, log, HEAD_PROVED, &proved, NULL))
		return false;
	s->ours = &s->e.small;
	s->theirs = &s->e.large;
	if (proved.size != s->ours->head.size || !hash_equal(&proved.root, &s->ours->head.root)) {
		s->ours = &s->e.large;
		s->theirs = &s->e.small;
	}
	return proved.size == s->ours->head.size && hash_equal(&proved.root, &s->ours->head.root);
}

void forks_state(struct node *n, const struct log_id *log, struct core_event *ev)
{
	const struct verifier *v;
	struct checkpoint c;
	const char *origin;
	uint32_t number;
	struct sides s;
	struct fault f;
	struct txn *t;

	t = intake_log(n, log, &origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	number = t ? log_find(t, origin) : 0;
	if (number && head_get(t, number, HEAD_TARGET, &c, NULL))
		ev->state.target_mark = root_mark(c.root.b);
	if (number && head_get(t, number, HEAD_SEEN, &c, NULL))
		ev->state.seen_mark = root_mark(c.root.b);
	if (number)
		ev->state.forked = fork_level(t, number);
	if (ev->state.forked == 1 && read_sides(t, number, &s)) {
		ev->state.split_from = s.e.small.head.size;
		ev->state.split_to = s.theirs->head.size;
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
	is = true;
out:
	buffer_clear(&bytes);
	return is;
}

static bool read_branch(struct txn *t, uint32_t log, enum head_kind kind,
			struct evidence_branch *out)
{
	return head_get(t, log, kind, &out->head, &out->note);
}

/* --- finding --- */

/* A head of that size that is kept, of another root. Not the one that is vouched for: the
 * entries below the proved one say the same, and evidence has that. */
static bool find_other(struct txn *t, uint32_t log, uint64_t size, const struct hash *root,
		       struct evidence_branch *out)
{
	for (int kind = 0; kind <= HEAD_SEEN; kind++) {
		if (read_branch(t, log, (enum head_kind)kind, out) && out->head.size == size &&
		    !hash_equal(&out->head.root, root))
			return true;
	}
	return false;
}

bool forks_head(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx,
		const struct checkpoint *c)
{
	const struct evidence_branch theirs = { *c, fx->message->head.checkpoint };
	struct evidence_branch ours;
	struct tree_reader tree;
	struct fork_evidence e;
	struct log_tree lt;

	if (fork_level(t, log))
		return true;
	if (find_other(t, log, c->size, &c->root, &ours)) {
		evidence_of_prefix(&e, &ours, &theirs, NULL, NULL);
		return keep(n, t, log, fx, &e);
	}
	/* above what is signed of it a tail may differ that nobody has seen */
	if (!read_branch(t, log, HEAD_PROVED, &ours) || ours.head.size < c->size)
		return false;
	log_tree(&lt, &tree, t, log);
	return evidence_of_tree(&e, &ours, &tree, &theirs) == 0 && keep(n, t, log, fx, &e);
}

bool forks_frame(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx,
		 const struct range_taken *r)
{
	struct evidence_branch ours, theirs;
	struct fork_evidence e;
	struct hash prefix;
	struct proof proof;

	if (fork_level(t, log)) {
		turn(n, t, &fx->log, log, false);
		return false;
	}
	if (!read_branch(t, log, HEAD_PROVED, &ours) || ours.head.size != r->start ||
	    !read_branch(t, log, HEAD_TARGET, &theirs) || theirs.head.size != r->size ||
	    evidence_of_range(r, &prefix, &proof) < 0)
		return false;
	evidence_of_prefix(&e, &ours, &theirs, &prefix, &proof);
	return keep(n, t, log, fx, &e);
}

bool forks_parted(struct node *n, const struct log_id *log, uint64_t *from, uint64_t *to)
{
	const struct verifier *v;
	const char *origin;
	struct sides s;
	struct fault f;
	struct txn *t;

	t = intake_log(n, log, &origin, &v) ? writer_txn(n, &f) : NULL;
	if (!t || !read_sides(t, log_find(t, origin), &s) || s.e.common > 0)
		return false;
	*from = s.e.small.head.size;
	*to = s.theirs->head.size;
	return true;
}

/* --- taking --- */

enum intake_result forks_take_evidence(struct node *n, const struct core_effect *fx,
				       struct fault *f)
{
	const struct verifier *v;
	struct fork_evidence e;
	const char *origin;
	uint32_t log;
	struct txn *t;

	if (!intake_log(n, &fx->log, &origin, &v))
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
	if (e.common + 1 <= fork_level(t, log) || !forks_accuses(n, t, log, &e))
		return INTAKE_STALE;
	return keep(n, t, log, fx, &e) ? INTAKE_TAKEN : INTAKE_FAILED;
}

static void proof_of(const struct gossip *g, struct hash *root, struct proof *out)
{
	memcpy(root->b, g->proof.root, HASH_SIZE);
	out->count = g->proof.proof_count;
	if (out->count > 0)
		memcpy(out->hash, g->proof.proof, (size_t)out->count * HASH_SIZE);
}

/* The peer has another tree of a size that we asked for. */
static enum intake_result take_refutation(struct node *n, struct txn *t, uint32_t log,
					  const struct core_effect *fx, struct fault *f)
{
	const struct gossip *g = fx->message;
	struct evidence_branch ours, theirs = { .note = g->proof.checkpoint };
	struct fork_evidence e;
	enum intake_result r;
	struct verifier v;
	struct proof proof;
	struct hash root;

	r = intake_open_head(n, &fx->log, theirs.note, &theirs.head, &v, f);
	if (r != INTAKE_TAKEN)
		return r;
	proof_of(g, &root, &proof);
	if (theirs.head.size != g->proof.to ||
	    consistency_verify(g->proof.from, g->proof.to, &root, &theirs.head.root, &proof)) {
		fault_set(f, FAULT_UNPROVED, "proof: how %s begins with %llu of %llu entries does not "
			  "prove against its signed head", theirs.head.origin,
			  (unsigned long long)g->proof.from, (unsigned long long)g->proof.to);
		return INTAKE_REJECTED;
	}
	/* that branch is had elsewhere */
	if (branch_is(t, log))
		return INTAKE_STALE;
	if (fork_level(t, log)) {
		turn(n, t, &fx->log, log, true);
		return INTAKE_STALE;
	}
	if (!find_other(t, log, g->proof.from, &root, &ours))
		return INTAKE_STALE;
	evidence_of_prefix(&e, &ours, &theirs, &root, &proof);
	return keep(n, t, log, fx, &e) ? INTAKE_FORKED : INTAKE_STALE;
}

/* How the other branch begins. */
static enum intake_result take_answer(struct node *n, struct txn *t, uint32_t log,
				      const struct core_effect *fx, bool *same)
{
	const struct gossip *g = fx->message;
	struct tree_reader tree;
	struct proof proof;
	struct log_tree lt;
	struct sides s;
	struct hash root, ours;

	if (!read_sides(t, log, &s) || s.theirs->head.size != g->proof.to ||
	    g->proof.from > s.ours->head.size)
		return INTAKE_STALE;
	proof_of(g, &root, &proof);
	/* another tree by now: nobody is at fault */
	if (consistency_verify(g->proof.from, g->proof.to, &root, &s.theirs->head.root, &proof))
		return INTAKE_STALE;
	log_tree(&lt, &tree, t, log);
	if (tree_root(&tree, g->proof.from, &ours))
		return INTAKE_STALE;
	*same = hash_equal(&root, &ours);
	if (!fx->keep || !*same || g->proof.from <= s.e.common)
		return INTAKE_TAKEN;
	s.e.common = g->proof.from;
	s.e.common_root = root;
	*(s.theirs == &s.e.small ? &s.e.common_small : &s.e.common_large) = proof;
	if (tree_consistency(&tree, g->proof.from, s.ours->head.size, s.ours == &s.e.small ?
			     &s.e.common_small : &s.e.common_large) == 0)
		keep(n, t, log, fx, &s.e);
	return INTAKE_TAKEN;
}

enum intake_result forks_take_proof(struct node *n, const struct core_effect *fx, bool *same,
				    struct fault *f)
{
	const struct verifier *v;
	const char *origin;
	uint32_t log;
	struct txn *t;

	if (!intake_log(n, &fx->log, &origin, &v))
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
	const char *origin;
	uint32_t log;
	struct fault f;
	struct txn *t;

	t = intake_log(n, &fx->log, &origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	log = t ? log_find(t, origin) : 0;
	if (log && fork_get(t, log, &row)) {
		g.evidence.log = fx->log;
		g.evidence.bytes = row.bytes;
		transport_send(n, fx->link, &g);
	}
	txn_abort(t);
}

static void send_proof(struct node *n, const struct core_effect *fx, struct txn *t, uint32_t log,
		       uint64_t from, struct evidence_branch *head, uint64_t to)
{
	struct gossip g = { .type = GOSSIP_PROOF };
	struct tree_reader tree;
	struct log_tree lt;
	struct proof proof;
	struct hash root;

	log_tree(&lt, &tree, t, log);
	if (tree_root(&tree, from, &root) || tree_consistency(&tree, from, to, &proof))
		return;
	g.proof.log = fx->log;
	g.proof.from = from;
	g.proof.to = to;
	memcpy(g.proof.root, root.b, HASH_SIZE);
	if (head)
		g.proof.checkpoint = head->note;
	g.proof.proof_count = proof.count;
	g.proof.proof = proof.hash[0].b;
	transport_send(n, fx->link, &g);
}

void forks_prove(struct node *n, const struct core_effect *fx)
{
	const struct verifier *v;
	const char *origin;
	uint32_t log;
	struct fault f;
	struct txn *t;

	t = intake_log(n, &fx->log, &origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	log = t ? log_find(t, origin) : 0;
	if (log && log_size(t, log) >= fx->tree_size)
		send_proof(n, fx, t, log, fx->start, NULL, fx->tree_size);
	txn_abort(t);
}

/* Has it the tree that is asked for? */
static bool has_tree(struct txn *t, uint32_t log, const struct core_effect *fx)
{
	struct tree_reader tree;
	struct log_tree lt;
	struct hash root;

	if (!log || log_size(t, log) < fx->tree_size)
		return false;
	log_tree(&lt, &tree, t, log);
	return tree_root(&tree, fx->tree_size, &root) == 0 &&
	       (fx->mark == 0 || root_mark(root.b) == fx->mark);
}

/* Has it another one, signed? Then it says so. */
static bool refute(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx)
{
	struct evidence_branch ours;

	if (!log || !read_branch(t, log, HEAD_PROVED, &ours) || ours.head.size < fx->tree_size)
		return false;
	send_proof(n, fx, t, log, fx->tree_size, &ours, ours.head.size);
	return true;
}

uint32_t forks_serves(struct node *n, struct txn *t, uint32_t log, const struct core_effect *fx)
{
	const uint32_t main = branch_is(t, log) ? branch_beside(t, log) : log;
	uint32_t branch;

	if (has_tree(t, main, fx))
		return main;
	branch = branch_find(t, main);
	if (has_tree(t, branch, fx))
		return branch;
	if (!refute(n, t, main, fx))
		refute(n, t, branch, fx);
	return 0;
}
