/* Hubs that cosign in the virtual world, and the memory of all that they ever signed. */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One cosignature that was made. Kept outside of the nodes: no backup takes it back. */
struct sim_vouch {
	unsigned log;
	uint64_t size;
	struct hash root;
	int64_t time_s;
};

void node_cosigns(struct world *w, unsigned id)
{
	struct node *n = &w->node[id];
	uint8_t seed[KEY_SEED_SIZE] = { 2 };
	struct fault f;

	put_u32(seed + 4, id);
	n->cosigner = signer_create(signer_verifier(n->signer)->name, KEY_COSIGNATURE, seed, &f);
	if (!n->cosigner)
		world_fail(w, n, "%.100s", f.text);
}

void node_cosign_key(const struct node *n, struct member *m)
{
	if (!n->cosigner)
		return;
	m->cosigns = true;
	memcpy(m->cosign_key, signer_verifier(n->cosigner)->key, KEY_SIZE);
}

/* --- what must hold --- */

/* Whoever has two cosignatures of this hub finds one history in them: the entries it
 * holds now bear out all that it ever signed, and it never goes back. */
static void check_cosigned(struct node *n, unsigned log, const struct checkpoint *c,
			   int64_t time_s)
{
	const struct tree_reader tree = ram_reader(&n->log[log]);

	for (uint64_t i = 0; i < n->vouch_count; i++) {
		const struct sim_vouch *v = &n->vouch[i];
		struct hash root;

		if (v->log != log)
			continue;
		if (v->size > c->size)
			world_fail(n->world, n, "cosigns %s at %" PRIu64 " after %" PRIu64,
				   world_log_name(n->world, log), c->size, v->size);
		else if (tree_root(&tree, v->size, &root) || !hash_equal(&root, &v->root))
			world_fail(n->world, n, "gives %s a second cosignature", world_log_name(n->world, log));
		else if (v->size == c->size && v->time_s != time_s)
			world_fail(n->world, n, "cosigns %s twice at %" PRIu64,
				   world_log_name(n->world, log), c->size);
	}
	n->vouch = ram_grow(n->vouch, n->vouch_count, &n->vouch_room, sizeof *n->vouch);
	n->vouch[n->vouch_count++] = (struct sim_vouch){ log, c->size, c->root, time_s };
}

/* --- heads --- */

static struct span note_of(const struct ram_head *h)
{
	return (struct span){ h->note, h->note_size };
}

/* The lines of note go onto the heads of that size and root. */
static void set_lines(struct ram_log *l, const struct checkpoint *c, struct span note)
{
	for (int kind = RAM_PROVED; kind < RAM_HEADS; kind++) {
		const struct ram_head *h = &l->head[kind];

		if (h->note && h->size == c->size && hash_equal(&h->root, &c->root))
			ram_head_set(l, kind, c, note);
	}
}

int cosign_kept(struct node *n, unsigned log, const struct checkpoint *c, struct span bytes,
		struct buffer *kept, struct fault *f)
{
	struct ram_log *l = &n->log[log];
	const struct ram_head *seen = &l->head[RAM_SEEN];
	struct vouches ignored;
	struct note head, there;
	int64_t time_s;
	bool known;

	if (note_parse(&head, bytes, f) || cosign_read(&ignored, &head, n->registry, f))
		return -1;
	known = seen->note && seen->size == c->size && hash_equal(&seen->root, &c->root) &&
		note_parse(&there, note_of(seen), f) == 0;
	cosign_merge(kept, known ? &there : NULL, &head, node_verifier(n, log), n->registry);
	/* ours, which an old copy does not know */
	if (n->cosigner && note_cosigned(&head, signer_verifier(n->cosigner), &time_s, f) > 0 &&
	    cosign_recall(&l->cosigned, c) == COSIGN_NEW) {
		world_say(n->world, n, "learns that it cosigned %s at %" PRIu64,
			  world_log_name(n->world, log), c->size);
		l->cosigned = (struct cosigned){ true, c->size, c->root, time_s };
	}
	return 0;
}

void cosign_taken(struct node *n, unsigned log, const struct checkpoint *c, struct span kept)
{
	set_lines(&n->log[log], c, kept);
}

void cosign_state(const struct node *n, unsigned log, struct core_event *ev)
{
	const struct ram_log *l = &n->log[log];
	struct note note;
	struct fault f;

	if (l->head[RAM_SEEN].note && note_parse(&note, note_of(&l->head[RAM_SEEN]), &f) == 0)
		ev->state.vouched = cosign_marks(&note, n->registry);
	ev->state.cosigned = l->cosigned.size;
}

/* --- signing --- */

static void put_line(struct node *n, unsigned log, const struct checkpoint *c, int64_t time_s)
{
	struct ram_log *l = &n->log[log];
	struct buffer b, kept;
	struct note head, more;
	struct fault f = { .text = "" };

	buffer_init(&b, NOTE_BYTES_MAX);
	buffer_init(&kept, NOTE_BYTES_MAX);
	if (note_parse(&head, note_of(&l->head[RAM_PROVED]), &f) ||
	    cosign_sign(&b, &head, node_verifier(n, log), n->cosigner, time_s, &f) ||
	    note_parse(&more, (struct span){ b.data, b.used }, &f))
		world_fail(n->world, n, "cannot cosign: %.100s", f.text);
	else
		cosign_merge(&kept, &head, &more, node_verifier(n, log), n->registry);
	check_cosigned(n, log, c, time_s);
	l->cosigned = (struct cosigned){ true, c->size, c->root, time_s };
	set_lines(l, c, (struct span){ kept.data, kept.used });
	buffer_clear(&b);
	buffer_clear(&kept);
}

void cosign_perform(struct node *n, const struct core_effect *x)
{
	const unsigned log = world_log(n->world, &x->log);
	struct ram_log *l = &n->log[log];
	const struct ram_head *h = &l->head[RAM_PROVED];
	const struct checkpoint c = { .size = h->size, .root = h->root };
	const struct tree_reader tree = ram_reader(l);
	int64_t time_s = n->world->now / 1000;

	if (!n->cosigner || !h->note || log == n->own) {
		world_fail(n->world, n, "is to cosign what it cannot");
		return;
	}
	switch (cosign_judge(&l->cosigned, &c, &tree)) {
	case COSIGN_SMALLER:
		return;
	case COSIGN_FORKED:
		world_say(n->world, n, "does not cosign %s at %" PRIu64, world_log_name(n->world, log),
			  c.size);
		return;
	case COSIGN_SAME:
		time_s = l->cosigned.time_s;
		break;
	case COSIGN_NEW:
		break;
	}
	world_say(n->world, n, "cosigns %s at %" PRIu64, world_log_name(n->world, log), c.size);
	put_line(n, log, &c, time_s);
	node_result(n, EV_LOG, 0, log, NULL);
}

void cosign_clear(struct node *n)
{
	signer_destroy(n->cosigner);
	free(n->vouch);
}

/* --- the end --- */

static bool check_head(const struct node *n, unsigned log, char *why, size_t room)
{
	const struct ram_head *h = &n->log[log].head[RAM_SEEN];
	const struct world *w = n->world;
	unsigned could = 0;
	struct vouches v;
	struct note note;
	struct fault f = { .text = "no head" };

	for (unsigned i = 0; i < w->count; i++)
		could += w->node[i].cosigner && w->node[i].up && log != w->node[i].own;
	if (!h->note || note_parse(&note, note_of(h), &f) ||
	    cosign_read(&v, &note, n->registry, &f)) {
		snprintf(why, room, "%s, head of %s: %.200s", n->name, world_log_name(w, log), f.text);
		return false;
	}
	if (v.count >= could)
		return true;
	snprintf(why, room, "%s knows %u of %u hubs that vouch for %s at %" PRIu64, n->name, v.count,
		 could, world_log_name(w, log), h->size);
	return false;
}

bool check_vouched(struct world *w, unsigned log, char *why, size_t room)
{
	for (unsigned i = 0; i < w->count; i++) {
		if (w->node[i].up && !check_head(&w->node[i], log, why, room))
			return false;
	}
	return true;
}
