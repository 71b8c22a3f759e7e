/* Performs the effects of a node's core on its logs and its links. */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void node_result(struct node *n, enum core_event_type type, uint32_t link, unsigned log,
		   const struct fault *f)
{
	if (!n->up)
		return;   /* it died in the middle of an effect */
	n->pending = ram_grow(n->pending, n->pending_count, &n->pending_room, sizeof *n->pending);
	n->pending[n->pending_count] = (struct pending){ .type = type, .link = link, .log = log };
	if (f)
		n->pending[n->pending_count].fault = *f;
	n->pending_count++;
}

/* --- signatures, real or cheap --- */

static void fake_signature(const struct verifier *v, struct span text,
			   uint8_t out[4 + SIGNATURE_SIZE])
{
	struct buffer b;
	struct hash h;

	buffer_init(&b, NOTE_BYTES_MAX);
	write_bytes(&b, v->key, KEY_SIZE);
	write_bytes(&b, text.data, text.size);
	hash_bytes(b.data, b.used, &h);
	buffer_clear(&b);
	memcpy(out, v->id, 4);
	memcpy(out + 4, h.b, HASH_SIZE);
	memcpy(out + 4 + HASH_SIZE, h.b, HASH_SIZE);
}

static int fake_sign(const struct checkpoint *c, const struct signer *s, struct buffer *out)
{
	uint8_t signature[4 + SIGNATURE_SIZE];
	char text[4 * ((sizeof signature + 2) / 3) + 1];

	checkpoint_write(c, out);
	fake_signature(signer_verifier(s), (struct span){ out->data, out->used }, signature);
	base64_write(text, signature, sizeof signature);
	write_format(out, "\n\xe2\x80\x94 %s %s\n", c->origin, text);
	return out->failed ? -1 : 0;
}

static int fake_open(struct checkpoint *c, struct span bytes, const struct verifier *v,
		     struct fault *f)
{
	uint8_t want[4 + SIGNATURE_SIZE], got[4 + SIGNATURE_SIZE];
	struct note note;

	if (note_parse(&note, bytes, f) || checkpoint_parse(c, note.text, f))
		return -1;
	fake_signature(v, note.text, want);
	if (base64_read(got, sizeof got, (const char *)note.line[0].base64.data,
			note.line[0].base64.size) != sizeof got
	    || memcmp(want, got, sizeof got) != 0 || strcmp(c->origin, v->name) != 0)
		return fault_set(f, FAULT_UNPROVED, "the fake signature does not verify");
	return 0;
}

const struct verifier *node_verifier(const struct node *n, unsigned log)
{
	const struct member *m;

	log = world_main(n->world, log);
	if (log == MEMBERS_LOG)
		return registry_verifier(n->registry);
	if (log == n->own)
		return signer_verifier(n->signer);
	m = registry_by_log(n->registry, &n->world->log_id[log]);
	return m ? &m->key : NULL;
}

int node_open_head(struct node *n, unsigned log, struct checkpoint *c, struct span bytes,
		     struct fault *f)
{
	const struct verifier *v = node_verifier(n, log);

	if (!v)
		return fault_set(f, FAULT_BUG, "a head of a log that is in no member log");
	if (n->world->fake && world_main(n->world, log) != MEMBERS_LOG)
		return fake_open(c, bytes, v, f);
	return checkpoint_open(c, bytes, v, f);
}

/* --- effects --- */

static void do_sign(struct node *n, const struct core_effect *x)
{
	struct ram_log *l = &n->log[n->own];
	struct checkpoint c = { .size = l->count };
	struct buffer note;
	struct fault f = { .code = FAULT_NONE };

	(void)x;
	if (n->in_aside)
		world_fail(n->world, n, "signs in quarantine");
	if (l->head[RAM_SEEN].size > l->head[RAM_PROVED].size)
		world_fail(n->world, n, "signs %" PRIu64 " while it knows a head of its own of %" PRIu64,
			   c.size, l->head[RAM_SEEN].size);
	snprintf(c.origin, sizeof c.origin, "%s", signer_verifier(n->signer)->name);
	frontier_root(&l->frontier, &c.root);
	if (!aside_sign(n, &c))
		return;
	check_signed(n, n->own, &c);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	if (n->world->fake ? fake_sign(&c, n->signer, &note) :
	    checkpoint_sign(&c, n->signer, &note, &f))
		world_fail(n->world, n, "cannot sign: %.100s", f.text);
	for (int kind = RAM_PROVED; kind < RAM_HEADS; kind++)
		ram_head_set(l, kind, &c, (struct span){ note.data, note.used });
	buffer_clear(&note);
	world_say(n->world, n, "signs %" PRIu64, c.size);
	node_result(n, EV_LOG, 0, n->own, NULL);
}

static void do_send_head(struct node *n, const struct core_effect *x)
{
	const unsigned log = world_log(n->world, &x->log);
	const struct ram_log *l = &n->log[log];
	const struct ram_head *h = &l->head[RAM_SEEN];
	struct gossip g = { .type = GOSSIP_HEAD };

	if (!h->note) {
		world_fail(n->world, n, "is to send a head that it has not");
		return;
	}
	g.head.log = x->log;
	g.head.held = log == n->own ? l->head[RAM_PROVED].size :
		l->count < h->size ? l->count : h->size;
	g.head.checkpoint = (struct span){ h->note, h->note_size };
	net_send(n, x->link, &g);
}

static void do_serve(struct node *n, const struct core_effect *x)
{
	const unsigned most = n->world->frame_entries;
	struct gossip g = { .type = GOSSIP_FRAME };
	struct tree_reader reader;
	uint64_t end = x->end;
	const struct ram_log *l;
	struct proof proof;
	unsigned log;

	if (!fork_serves(n, x, &log))
		return;
	l = &n->log[log];
	reader = ram_reader(l);
	if (most && end - x->start > most)
		end = x->start + most;
	if (x->start >= x->end || x->end > x->tree_size || x->tree_size > l->count
	    || (log == n->own && x->tree_size > l->head[RAM_PROVED].size)
	    || tree_range(&reader, x->start, end, x->tree_size, &proof)) {
		world_fail(n->world, n, "is to serve [%" PRIu64 ", %" PRIu64 ") of %" PRIu64 " of %s",
			   x->start, x->end, x->tree_size, world_log_name(n->world, log));
		return;
	}
	g.frame.log = x->log;
	g.frame.start = x->start;
	g.frame.tree_size = x->tree_size;
	g.frame.count = (uint32_t)(end - x->start);
	g.frame.entry = l->entry + x->start;
	g.frame.proof_count = proof.count;
	g.frame.proof = proof.hash[0].b;
	net_send(n, x->link, &g);
}

static void take_head(struct node *n, const struct core_effect *x, const struct checkpoint *c,
		      struct span note)
{
	const unsigned log = world_log(n->world, &x->log);
	struct ram_log *l = &n->log[log];
	const uint64_t seen = l->head[RAM_SEEN].size;

	if (log != n->own)
		check_shown(n, log, c);
	if (fork_level(l)) {
		node_result(n, EV_STALE, x->link, log, NULL);
		return;
	}
	if (ram_head_take(l, c, note)) {
		world_say(n->world, n, "%s has forked", world_log_name(n->world, log));
		fork_of_head(n, x, log, c);
		return;
	}
	if (l->head[RAM_SEEN].size > seen)
		world_say(n->world, n, "head of %s grew %" PRIu64 " -> %" PRIu64 ", wants %" PRIu64,
			  world_log_name(n->world, log), seen, c->size,
			  c->size > l->count ? c->size - l->count : 0);
	cosign_taken(n, log, c, note);
	node_result(n, EV_LOG, 0, log, NULL);
}

static void do_take_head(struct node *n, const struct core_effect *x)
{
	const unsigned log = world_log(n->world, &x->log);
	struct checkpoint c;
	struct buffer kept;
	struct fault f;

	buffer_init(&kept, NOTE_BYTES_MAX);
	if (node_open_head(n, log, &c, x->message->head.checkpoint, &f) ||
	    (!n->world->fake && cosign_kept(n, log, &c, x->message->head.checkpoint, &kept, &f)))
		node_result(n, EV_REJECTED, x->link, log, &f);
	else if (n->world->fake)
		take_head(n, x, &c, x->message->head.checkpoint);
	else
		take_head(n, x, &c, (struct span){ kept.data, kept.used });
	buffer_clear(&kept);
}

/* 0; -1: the frame does not prove by itself; 1: it does not continue what is held. */
static int prove(const struct ram_log *l, const struct gossip *g,
		 struct hash leaf[FRAME_ENTRIES_MAX])
{
	struct proof proof = { .count = g->frame.proof_count };
	const struct hash *root = &l->head[RAM_TARGET].root;
	struct frontier before;

	for (uint32_t i = 0; i < g->frame.count; i++)
		hash_leaf(g->frame.entry[i].data, g->frame.entry[i].size, &leaf[i]);
	if (proof.count > 0)
		memcpy(proof.hash, g->frame.proof, proof.count * sizeof(struct hash));
	if (range_verify(g->frame.start, g->frame.count, g->frame.tree_size, leaf, &proof, root,
			 NULL))
		return -1;
	frontier_init(&before);
	if (l->count > 0)
		before = l->frontier;
	return range_verify(g->frame.start, g->frame.count, g->frame.tree_size, leaf, &proof, root,
			    &before) ? 1 : 0;
}

static void frame_forks(struct node *n, const struct core_effect *x, unsigned log,
			const struct hash *leaf)
{
	const struct gossip *g = x->message;
	struct proof proof = { .count = g->frame.proof_count };
	const struct range_taken r = { g->frame.start, g->frame.count, g->frame.tree_size, leaf,
				       &proof };

	if (proof.count > 0)
		memcpy(proof.hash, g->frame.proof, proof.count * sizeof(struct hash));
	fork_of_frame(n, x, log, &r);
}

static void do_take_frame(struct node *n, const struct core_effect *x)
{
	const struct gossip *g = x->message;
	const unsigned log = world_log(n->world, &x->log);
	struct ram_log *l = &n->log[log];
	struct hash leaf[FRAME_ENTRIES_MAX];
	struct fault f;
	int rc = 1;

	const bool is_branch = world_main(n->world, log) != log;
	const bool proves = g->frame.start == l->count &&
			    g->frame.tree_size == l->head[RAM_TARGET].size;

	if (proves)
		rc = prove(l, g, leaf);
	if (rc > 0) {
		world_say(n->world, n, "a frame of %s does not fit", world_log_name(n->world, log));
		if (proves)
			frame_forks(n, x, log, leaf);
		else
			node_result(n, EV_STALE, x->link, log, NULL);
		return;
	}
	if (rc < 0 && (fork_level(l) || is_branch)) {
		node_result(n, EV_STALE, x->link, log, NULL);
		return;
	}
	if (rc < 0) {
		fault_set(&f, FAULT_UNPROVED, "entries [%" PRIu64 ", %" PRIu64 ") of %s do not prove "
			  "against its head of %" PRIu64, g->frame.start,
			  g->frame.start + g->frame.count, world_log_name(n->world, log),
			  g->frame.tree_size);
		node_result(n, EV_REJECTED, x->link, log, &f);
		return;
	}
	for (uint32_t i = 0; i < g->frame.count; i++)
		ram_append(l, g->frame.entry[i]);
	world_say(n->world, n, "%s [%" PRIu64 ", %" PRIu64 ") is proved, holds %" PRIu64 " of %" PRIu64,
		  world_log_name(n->world, log), g->frame.start, l->count, l->count,
		  l->head[RAM_SEEN].size);
	ram_head_advance(l);
	node_result(n, EV_LOG, 0, log, NULL);
	fork_follow(n, log);
	if (log == MEMBERS_LOG && node_members(n)) {
		world_say(n->world, n, "knows %u members", registry_count(n->registry));
		node_result(n, EV_MEMBERS, 0, log, NULL);
	}
}

static void do_dials(struct node *n)
{
	const struct member *m[DIALS_MAX];
	const unsigned count = core_dials(n->core, m, DIALS_MAX);

	for (unsigned i = 0; i < count; i++) {
		const unsigned log = world_log(n->world, &m[i]->log);

		net_dial(n->world, n->id, log - 1, 0);
	}
}

static void ring(struct world *w, struct sim_event *e)
{
	struct node *n = &w->node[e->a];
	const struct core_event ev = { .type = EV_TICK, .now_ms = w->now };

	if (n->up && n->wake == e->c)
		node_step(n, &ev);
}

static void perform_one(struct node *n, const struct core_effect *x)
{
	struct world *w = n->world;

	switch (x->type) {
	case FX_SEND:
		net_send(n, x->link, x->message);
		return;
	case FX_SEND_HEAD:
		do_send_head(n, x);
		return;
	case FX_SERVE:
		do_serve(n, x);
		return;
	case FX_TAKE_HEAD:
		do_take_head(n, x);
		return;
	case FX_TAKE_FRAME:
		do_take_frame(n, x);
		return;
	case FX_SIGN:
		do_sign(n, x);
		return;
	case FX_ASIDE:
	case FX_RESUME:
		if (x->type == FX_ASIDE ? aside_begin(n) : aside_end(n))
			node_result(n, EV_LOG, 0, n->own, NULL);
		return;
	case FX_COSIGN:
		cosign_perform(n, x);
		return;
	case FX_SEND_EVIDENCE:
		do_send_evidence(n, x);
		return;
	case FX_TAKE_EVIDENCE:
		do_take_evidence(n, x);
		return;
	case FX_PROVE:
		do_prove(n, x);
		return;
	case FX_TAKE_PROOF:
		do_take_proof(n, x);
		return;
	case FX_DIAL_ALLOWED:
		do_dials(n);
		return;
	case FX_DROP:
		world_say(w, n, "drops %s: %s", w->node[net_other(w, x->link)].name, x->fault.text);
		net_drop(n, x->link, &x->fault);
		return;
	case FX_LETTER:
		world_say(w, n, "takes a letter of %s", x->message->letter.from);
		return;
	case FX_TELL:
	case FX_CALM:
		world_say(w, n, "%s: %s", x->type == FX_TELL ? "tells" : "takes back", x->fault.text);
		return;
	case FX_WAKE:
		world_at(w, x->at_ms, ring, n->id, 0, ++n->wake, (struct span){ NULL, 0 });
		return;
	}
}

void perform(struct node *n)
{
	for (unsigned i = 0; i < n->effects.count; i++) {
		const struct core_effect *x = &n->effects.item[i];

		if (n->crash_in > 0 && --n->crash_in == 0) {
			node_stop(n->world, n->id);
			return;
		}
		world_mix(n->world, (uint64_t)x->type << 40 ^ (uint64_t)x->link << 8
			  ^ get_u64(x->log.b) ^ x->start << 16 ^ x->end);
		perform_one(n, x);
		if (!n->up)
			return;
	}
}
