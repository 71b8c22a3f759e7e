/* What happens to nodes: they start, die, record, are admitted and revoked. */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/log/member.h"
#include "proto/log/request.h"

/* --- steps --- */

static void step(struct node *n, const struct core_event *ev)
{
	struct world *w = n->world;

	w->steps++;
	world_mix(w, (uint64_t)w->now << 20 ^ (uint64_t)n->id << 5 ^ ev->type);
	core_step(n->core, ev, &n->effects);
	perform(n);
	if (n->up)
		check_node(n);
}

static void step_pending(struct node *n)
{
	const struct pending p = n->pending[0];
	struct core_event ev = { .type = p.type, .now_ms = n->world->now, .link = p.link };

	memmove(n->pending, n->pending + 1, --n->pending_count * sizeof *n->pending);
	if (p.type == EV_LOG) {
		ev = node_log_event(n, p.log);
	} else if (p.type == EV_STALE) {
		ev.log = n->world->log_id[p.log];
		ev.forked = p.forked;
	} else if (p.type == EV_FORKED || p.type == EV_COMPARED) {
		ev.log = n->world->log_id[p.log];
		ev.fork.from = p.from;
		ev.fork.to = p.to;
		ev.fork.same = p.same;
	} else {
		ev.log = n->world->log_id[p.log];
		ev.fault = &p.fault;
	}
	step(n, &ev);
}

void node_step(struct node *n, const struct core_event *ev)
{
	if (!n->up)
		return;
	step(n, ev);
	while (n->up && n->pending_count > 0 && !n->world->failure[0])
		step_pending(n);
}

static uint64_t mark_of(const struct ram_head *h)
{
	return h->note ? root_mark(h->root.b) : 0;
}

struct core_event node_log_event(const struct node *n, unsigned log)
{
	const struct ram_log *l = &n->log[log];

	struct core_event ev = {
		.type = EV_LOG,
		.now_ms = n->world->now,
		.log = n->world->log_id[log],
		.state = {
			.held = l->count,
			.proved = l->head[RAM_PROVED].size,
			.target = l->head[RAM_TARGET].size,
			.seen = l->head[RAM_SEEN].size,
			.target_mark = mark_of(&l->head[RAM_TARGET]),
			.seen_mark = mark_of(&l->head[RAM_SEEN]),
			.forked = fork_level(l),
		},
	};

	cosign_state(n, log, &ev);
	fork_split(n, log, &ev);
	return ev;
}

/* --- members --- */

bool node_members(struct node *n)
{
	const struct ram_log *l = &n->log[MEMBERS_LOG];
	const uint64_t before = registry_size(n->registry);
	struct fault f;

	for (uint64_t i = before; i < l->count; i++) {
		if (registry_apply(n->registry, i, l->entry[i], &f)) {
			world_fail(n->world, n, "the member log is refused: %.100s", f.text);
			return false;
		}
	}
	return l->count > before;
}

bool node_admits(const struct node *n, unsigned id)
{
	const struct member *m = registry_by_link_key(n->registry, n->world->node[id].link_key);

	if (registry_count(n->registry) > 0)
		return m && member_may_link(m);
	for (unsigned i = 0; i < n->dial_count; i++) {
		if (n->dial[i] == id)
			return true;
	}
	return id == AUTHORITY;
}

/* The authority appends a statement and signs. */
static void state(struct world *w, struct buffer *b)
{
	struct node *n = &w->node[AUTHORITY];
	struct ram_log *l = &n->log[MEMBERS_LOG];
	struct buffer note;
	struct checkpoint c = { .origin = NETWORK "/members" };
	struct core_event ev;
	struct fault f;

	ram_append(l, (struct span){ b->data, b->used });
	buffer_clear(b);
	c.size = l->count;
	frontier_root(&l->frontier, &c.root);
	check_signed(n, MEMBERS_LOG, &c);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	if (checkpoint_sign(&c, n->members_signer, &note, &f))
		world_fail(w, n, "%.100s", f.text);
	for (int kind = RAM_PROVED; kind < RAM_HEADS; kind++)
		ram_head_set(l, kind, &c, (struct span){ note.data, note.used });
	buffer_clear(&note);
	if (!n->up)
		return;
	node_members(n);
	ev = node_log_event(n, MEMBERS_LOG);
	node_step(n, &ev);
	ev = (struct core_event){ .type = EV_MEMBERS, .now_ms = w->now };
	node_step(n, &ev);
}

void node_admit(struct world *w, unsigned id)
{
	struct node *n = &w->node[id];
	struct member m = { .role = n->role };
	struct buffer b;
	struct fault f;
	int rc;

	snprintf(m.name, sizeof m.name, "%s", n->name);
	snprintf(m.commune, sizeof m.commune, "67482");
	snprintf(m.structure, sizeof m.structure, "%014u", id + 1);
	snprintf(m.title, sizeof m.title, "Atelier %u", id);
	if (n->role != TRAC__ROLE__WORKSHOP) {
		snprintf(m.address[0], sizeof m.address[0], "tcp://%s.example:7465", n->name);
		m.address_count = 1;
	}
	memcpy(m.link_key, n->link_key, LINK_KEY_SIZE);
	node_cosign_key(n, &m);
	buffer_init(&b, ENTRY_SIZE_MAX);
	rc = member_complete(&m, NETWORK, signer_verifier(n->signer)->key, &f);
	if (rc == 0)
		rc = id == AUTHORITY ? found_write(&b, NETWORK, &m, w->now, &f) :
			admit_write(&b, &m, w->now, &f);
	if (rc) {
		world_fail(w, n, "cannot be admitted: %.100s", f.text);
		return;
	}
	world_say(w, &w->node[AUTHORITY], "admits %s", n->name);
	state(w, &b);
}

void node_revoke(struct world *w, unsigned id)
{
	struct buffer b;
	struct fault f;

	buffer_init(&b, ENTRY_SIZE_MAX);
	if (revoke_write(&b, w->node[id].name, w->truth[id + 1].count,
			 TRAC__REVOKE_REASON__MISBEHAVED, w->now, &f)) {
		world_fail(w, NULL, "%.100s", f.text);
		return;
	}
	world_say(w, &w->node[AUTHORITY], "revokes %s", w->node[id].name);
	state(w, &b);
}

/* --- life --- */

static struct core *make_core(struct node *n)
{
	const enum fence_word word = node_fence(n);
	uint8_t key[DIALS_ROOM][LINK_KEY_SIZE];
	const struct core_config config = {
		.member = n->name,
		.network = NETWORK,
		.scope = 3,
		.dial_count = n->dial_count,
		.dial_key = key,
		.dial_members = n->dial_members,
		.seed = rng_next(&n->world->rng),
		.doubt = n->doubt || (word != FENCE_FRESH && word != FENCE_GOOD),
		/* what it proves is here, if only aside */
		.fence_size = word == FENCE_GOOD ? 0 : n->fence.size,
		.authority = n->id == AUTHORITY,
		.cosigns = n->cosigner != NULL,
	};

	for (unsigned i = 0; i < n->dial_count; i++)
		memcpy(key[i], n->world->node[n->dial[i]].link_key, LINK_KEY_SIZE);
	n->in_aside = config.doubt;

	return core_create(&config, n->registry);
}

void node_start(struct world *w, unsigned id)
{
	struct node *n = &w->node[id];
	struct core_event ev;

	if (n->up)
		return;
	n->registry = registry_create(NETWORK,
				      signer_verifier(w->node[AUTHORITY].members_signer)->key);
	node_members(n);
	n->core = make_core(n);
	n->up = true;
	world_say(w, n, n->born ? "starts again" : "starts");
	n->born = true;
	for (unsigned log = 0; log < world_logs(w); log++) {
		ev = node_log_event(n, log);
		if (ev.state.held > 0 || ev.state.seen > 0)
			node_step(n, &ev);
	}
	ev = (struct core_event){ .type = EV_START, .now_ms = w->now };
	node_step(n, &ev);
	net_dial_all(w, id);
}

void node_stop(struct world *w, unsigned id)
{
	struct node *n = &w->node[id];

	if (!n->up)
		return;
	world_say(w, n, "dies");
	n->up = false;
	n->crash_in = 0;
	n->pending_count = 0;
	n->wake++;
	core_destroy(n->core);
	n->core = NULL;
	registry_destroy(n->registry);
	n->registry = NULL;
	net_down(w, id);
}

void node_dials(struct world *w, unsigned id, unsigned to)
{
	struct node *n = &w->node[id];

	(void)w;
	if (n->dial_count < DIALS_ROOM)
		n->dial[n->dial_count++] = to;
}

void node_record(struct world *w, unsigned id, unsigned count)
{
	struct node *n = &w->node[id];
	struct ram_log *l = n->in_aside ? &n->aside : &n->log[n->own];
	struct core_event ev;

	if (!n->up)
		return;
	for (unsigned i = 0; i < count; i++) {
		char text[120];
		const int size = snprintf(text, sizeof text, "%s recorded %" PRIu64 " %016" PRIx64,
					  n->name, l->count, rng_next(&w->rng));

		ram_append(l, (struct span){ (uint8_t *)text, (size_t)size });
		ram_append(&w->said[id], (struct span){ (uint8_t *)text, (size_t)size });
	}
	n->recorded += count;
	world_say(w, n, "records %u, holds %" PRIu64 "%s", count, l->count,
		  n->in_aside ? " aside" : "");
	ev = node_log_event(n, n->own);
	node_step(n, &ev);
}

void node_consent(struct world *w, unsigned id)
{
	const struct core_event ev = { .type = EV_CONSENT, .now_ms = w->now };

	world_say(w, &w->node[id], "has the operator's consent");
	node_step(&w->node[id], &ev);
}
