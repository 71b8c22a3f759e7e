/*
 * Between the core's effects and the store. "Nothing received is stored before
 * it is proved against its author's signed checkpoint."
 */
#include "daemon/intake.h"

#include <stdio.h>
#include <string.h>

#include "daemon/cosigner.h"
#include "daemon/derive.h"
#include "daemon/fence.h"
#include "daemon/forks.h"
#include "daemon/log.h"
#include "daemon/transport.h"
#include "daemon/writer.h"
#include "store/branch.h"
#include "store/whole.h"

static bool find_log(const struct node *n, const struct log_id *log, const char **origin,
		     const struct verifier **v)
{
	const struct closed_log *closed;
	const struct member *m;

	if (!memcmp(log, registry_log(n->registry), sizeof *log)) {
		*v = registry_verifier(n->registry);
		*origin = (*v)->name;
		return true;
	}
	if (!memcmp(log, &n->log, sizeof *log)) {
		*v = signer_verifier(n->signer);
		*origin = n->origin;
		return true;
	}
	m = registry_author(n->registry, log, &closed);
	if (!m)
		return false;
	*v = closed ? &closed->key : &m->key;
	*origin = closed ? closed->origin : m->origin;
	return true;
}

bool intake_log(const struct node *n, const struct log_id *log, char origin[ORIGIN_MAX + 1],
		const struct verifier **v)
{
	const char *name;
	struct log_id main;

	if (find_log(n, log, &name, v)) {
		snprintf(origin, ORIGIN_MAX + 1, "%s", name);
		return true;
	}
	evidence_branch_id(log, &main);
	if (!find_log(n, &main, &name, v))
		return false;
	branch_origin(name, origin);
	return true;
}

enum intake_result intake_open_head(const struct node *n, const struct log_id *log,
				    struct span note, struct checkpoint *c, struct verifier *v,
				    struct fault *f)
{
	struct log_id main;
	int rc;

	evidence_branch_id(log, &main);
	if (!registry_key(n->registry, log, 0) && registry_key(n->registry, &main, 0))
		log = &main;
	*v = *signer_verifier(n->signer);
	rc = registry_key(n->registry, log, 0) ? registry_open(n->registry, log, note, c, v, f) :
		checkpoint_open(c, note, v, f);
	if (rc == 0)
		return INTAKE_TAKEN;
	return registry_lacks_key(n->registry, log, note, signer_verifier(n->signer)) ?
		INTAKE_EARLY : INTAKE_REJECTED;
}

const struct verifier *intake_key(const struct node *n, const struct log_id *log, uint64_t size)
{
	const struct verifier *v = registry_key(n->registry, log, size);

	return v ? v : memcmp(log, &n->log, sizeof *log) ? NULL : signer_verifier(n->signer);
}

int intake_log_state(struct node *n, const struct log_id *log, struct log_state *out)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	struct fault f;
	struct txn *t;
	uint32_t number;

	memset(out, 0, sizeof *out);
	if (!intake_log(n, log, origin, &v))
		return -1;
	t = txn_begin(n->store, false, &f);
	if (!t)
		return -1;
	number = log_find(t, origin);
	if (number)
		log_state(t, number, out);
	txn_abort(t);
	return 0;
}

void intake_log_vouched(struct node *n, const struct log_id *log, uint64_t *vouched,
			uint64_t *cosigned)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	struct fault f;
	struct txn *t;

	*vouched = *cosigned = 0;
	t = intake_log(n, log, origin, &v) ? txn_begin(n->store, false, &f) : NULL;
	if (t)
		cosigner_state(n, t, log_find(t, origin), origin, vouched, cosigned);
	txn_abort(t);
}

int intake_cosign(struct node *n, const struct log_id *log, struct fault *f)
{
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];

	return intake_log(n, log, origin, &v) ? cosigner_sign(n, log, origin, f) : 0;
}

static enum intake_result take_head(struct node *n, struct txn *t, const struct core_effect *fx,
				    const struct checkpoint *c, const struct verifier *v,
				    struct buffer *kept, struct fault *f)
{
	const uint32_t log = log_open(t, c->origin);
	const struct gossip *g = fx->message;
	struct span note;

	/* first, since nothing may be written of a head that is refused */
	if (cosigner_merge(n, t, c, log, g->head.checkpoint, v, kept, f) < 0)
		return f->code == FAULT_FULL ? INTAKE_FAILED : INTAKE_REJECTED;
	note = (struct span){ kept->data, kept->used };
	/* what a forked log still takes are the branches of the evidence */
	if (fork_level(t, log) && !forks_end(n, t, log, c, v, note))
		return INTAKE_STALE;
	if (c->size > log_size(t, log)) {
		if (forks_passes(n, t, log, note))
			return INTAKE_EARLY;
		forks_aim(n, t, log, c, note);
	}
	if (head_take(t, log, c, note, f) < 0) {
		if (txn_failed(t))
			return INTAKE_FAILED;
		/* the author signed it: who hands it on is not at fault */
		/* a replaced key signs what it likes: that neither accuses nor delays */
		if (log == n->members && registry_key(n->registry, &g->head.log, c->size) !=
		    registry_verifier(n->registry))
			return INTAKE_EARLY;
		return forks_head(n, t, log, fx, c);
	}
	head_lines(t, log, c, note);
	cosigner_vouched(n, t, log);
	writer_changed(n, &g->head.log, log, 0, 0, note.size);
	return INTAKE_TAKEN;
}

enum intake_result intake_head(struct node *n, const struct core_effect *fx, struct fault *f)
{
	const struct gossip *g = fx->message;
	const struct verifier *ignored;
	enum intake_result r;
	struct checkpoint c;
	struct verifier v;
	struct buffer kept;
	char origin[ORIGIN_MAX + 1];
	struct txn *t;

	if (!intake_log(n, &g->head.log, origin, &ignored))
		return INTAKE_STALE;
	r = intake_open_head(n, &g->head.log, g->head.checkpoint, &c, &v, f);
	if (r != INTAKE_TAKEN)
		return r;
	t = writer_txn(n, f);
	if (!t)
		return INTAKE_FAILED;
	buffer_init(&kept, NOTE_BYTES_MAX);
	r = take_head(n, t, fx, &c, &v, &kept, f);
	buffer_clear(&kept);
	return r;
}

/* Proves the frame against the target head and what is held; leaf: of its entries. */
static enum intake_result prove_frame(struct node *n, struct txn *t, uint32_t log,
				      const struct core_effect *fx,
				      struct hash leaf[FRAME_ENTRIES_MAX], struct fault *f)
{
	const struct gossip *g = fx->message;
	struct proof proof = { .count = g->frame.proof_count };
	const struct range_taken range = { g->frame.start, g->frame.count, g->frame.tree_size, leaf,
					   &proof };
	struct frontier before;
	struct checkpoint c;

	if (!head_get(t, log, HEAD_TARGET, &c, NULL) || c.size != g->frame.tree_size ||
	    g->frame.start != log_size(t, log))
		return INTAKE_STALE;
	if (g->frame.start + g->frame.count > c.size || !log_frontier(t, log, &before)) {
		fault_set(f, FAULT_UNPROVED, "frame: entries %llu to %llu are outside the tree of %llu",
			  (unsigned long long)g->frame.start,
			  (unsigned long long)(g->frame.start + g->frame.count),
			  (unsigned long long)c.size);
		return INTAKE_REJECTED;
	}
	for (uint32_t i = 0; i < g->frame.count; i++)
		hash_leaf(g->frame.entry[i].data, g->frame.entry[i].size, &leaf[i]);
	memcpy(proof.hash, g->frame.proof, (size_t)proof.count * HASH_SIZE);
	if (range_verify(g->frame.start, g->frame.count, c.size, leaf, &proof, &c.root,
			 &before) == 0)
		return INTAKE_TAKEN;
	if (range_verify(g->frame.start, g->frame.count, c.size, leaf, &proof, &c.root,
			 NULL) < 0) {
		/* of the other branch, asked for before that one was looked for */
		if (fork_level(t, log) || branch_is(t, log))
			return INTAKE_STALE;
		fault_set(f, FAULT_UNPROVED, "frame: entries %llu to %llu of %s do not prove against "
			  "its signed head of %llu entries", (unsigned long long)g->frame.start,
			  (unsigned long long)(g->frame.start + g->frame.count), c.origin,
			  (unsigned long long)c.size);
		return INTAKE_REJECTED;
	}
	return forks_frame(n, t, log, fx, &range);
}

enum intake_result intake_frame(struct node *n, const struct core_effect *fx, struct fault *f)
{
	const struct gossip *g = fx->message;
	struct hash leaf[FRAME_ENTRIES_MAX];
	const struct verifier *v;
	enum intake_result r;
	char origin[ORIGIN_MAX + 1];
	size_t bytes = 0;
	struct txn *t;
	uint32_t log;

	if (!intake_log(n, &g->frame.log, origin, &v))
		return INTAKE_STALE;
	if (!derive_ready(n)) {
		fault_set(f, FAULT_FULL, "the index cannot be written, so nothing is taken from "
			  "peers: make room on the disk of %s", n->settings.home);
		return INTAKE_FAILED;
	}
	t = writer_txn(n, f);
	if (!t)
		return INTAKE_FAILED;
	log = log_open(t, origin);
	if (!log)
		return INTAKE_FAILED;
	r = prove_frame(n, t, log, fx, leaf, f);
	if (r != INTAKE_TAKEN)
		return r;
	if (log_append_hashed(t, log, g->frame.entry, leaf, g->frame.count, NULL) == 0) {
		head_advance(t, log);
		cosigner_vouched(n, t, log);
	}
	/* now it may be known which branch of a forked log that is */
	branch_follow(t, log);
	for (uint32_t i = 0; i < g->frame.count; i++)
		bytes += g->frame.entry[i].size;
	writer_changed(n, &g->frame.log, log, g->frame.start, g->frame.count, bytes);
	return INTAKE_TAKEN;
}

static uint64_t proved_size(struct txn *t, uint32_t log)
{
	struct log_state s;

	log_state(t, log, &s);
	return s.head[HEAD_PROVED];
}

/* The member log may have grown in this very commit: a head that nobody takes is not kept as
 * published. */
static bool may_sign(const struct node *n, uint64_t size, struct fault *f)
{
	const struct verifier *v = registry_key(n->registry, &n->log, size);

	if (!v || !memcmp(v->key, signer_verifier(n->signer)->key, KEY_SIZE))
		return true;
	fault_set(f, FAULT_REFUSED, "keys/sign.key is not the key that the member log names for "
		  "%llu entries of this node: nothing is signed with it", (unsigned long long)size);
	return false;
}

int intake_sign(struct node *n, struct fault *f)
{
	struct checkpoint c = { 0 };
	struct frontier at;
	struct buffer note;
	struct txn *t;
	int rc = -1;

	t = writer_txn(n, f);
	if (!t)
		return -1;
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	snprintf(c.origin, sizeof c.origin, "%s", n->origin);
	if (txn_failed(t)) {
		fault_set(f, FAULT_FULL, "sign: the open commit has failed: trying again");
		goto out;
	}
	if (!log_frontier(t, n->own, &at) || at.size == 0) {
		fault_set(f, FAULT_BUG, "sign: the own log is empty");
		goto out;
	}
	c.size = at.size;
	frontier_root(&at, &c.root);
	if (!may_sign(n, c.size, f))
		goto out;
	/* signed over a damaged entry, the log could never be handed to anybody */
	if (whole_log(t, n->own, proved_size(t, n->own), f) < 0)
		goto out;
	/* the entries are durable already, so the fence may go first: then no copy of the store
	 * holds a signature that the fence does not know of */
	if (fence_sign(n, &c, f) < 0 || checkpoint_sign(&c, n->signer, &note, f) < 0)
		goto out;
	rc = head_take(t, n->own, &c, (struct span){ note.data, note.used }, f);
	if (rc == 0)
		writer_changed(n, &n->log, n->own, 0, 0, note.used);
out:
	buffer_clear(&note);
	return rc;
}

void intake_send_head(struct node *n, uint32_t link, const struct log_id *log)
{
	struct gossip g = { .type = GOSSIP_HEAD };
	const struct verifier *v;
	char origin[ORIGIN_MAX + 1];
	struct checkpoint c;
	struct fault f;
	uint32_t number;
	struct txn *t;

	if (!intake_log(n, log, origin, &v))
		return;
	t = txn_begin(n->store, false, &f);
	if (!t)
		return;
	number = log_find(t, origin);
	if (number && head_get(t, number, HEAD_SEEN, &c, &g.head.checkpoint)) {
		struct log_state s;
		uint64_t held;

		/* in quarantine the own tail may contradict a head of ours that came back */
		log_state(t, number, &s);
		held = number == n->own ? s.head[HEAD_PROVED] : s.held;
		g.head.log = *log;
		g.head.held = held < c.size ? held : c.size;
		transport_send(n, link, &g);
	}
	txn_abort(t);
}

/* Reads the entries of a frame: as many as fit and are whole. Returns how many. */
static uint32_t read_entries(struct node *n, struct txn *t, uint32_t log,
			     const struct core_effect *fx, struct span entry[FRAME_ENTRIES_MAX])
{
	uint32_t count = 0;
	size_t bytes = 0;
	struct fault f;

	while (count < FRAME_ENTRIES_MAX && fx->start + count < fx->end) {
		/* sent, it would look to the peer as if we were lying */
		if (!whole_entry(t, log, fx->start + count, &entry[count], &f)) {
			node_alert(n, f.text);
			break;
		}
		bytes += entry[count].size;
		if (count > 0 && bytes > FRAME_BYTES_MAX)
			break;
		count++;
	}
	return count;
}

void intake_serve(struct node *n, const struct core_effect *fx)
{
	struct gossip g = { .type = GOSSIP_FRAME };
	struct span entry[FRAME_ENTRIES_MAX];
	struct tree_reader reader;
	const struct verifier *v;
	struct log_tree tree;
	struct proof proof;
	char origin[ORIGIN_MAX + 1];
	struct fault f;
	uint32_t log;
	struct txn *t;

	if (!intake_log(n, &fx->log, origin, &v))
		return;
	t = txn_begin(n->store, false, &f);
	if (!t)
		return;
	log = forks_serves(n, t, log_find(t, origin), fx);
	if (!log)
		goto out;
	g.frame.log = fx->log;
	g.frame.start = fx->start;
	g.frame.tree_size = fx->tree_size;
	g.frame.count = read_entries(n, t, log, fx, entry);
	g.frame.entry = entry;
	if (g.frame.count == 0)
		goto out;
	log_tree(&tree, &reader, t, log);
	if (tree_range(&reader, fx->start, fx->start + g.frame.count, fx->tree_size, &proof) < 0) {
		fault_set(&f, FAULT_UNPROVED, "the hashes of %s are damaged in the store: stop "
			  "tracd, then run 'trac store repair'", origin);
		node_alert(n, f.text);
		goto out;
	}
	g.frame.proof_count = proof.count;
	g.frame.proof = (const uint8_t *)proof.hash;
	transport_send(n, fx->link, &g);
out:
	txn_abort(t);
}
