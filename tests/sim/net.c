/*
 * Links as TCP makes them: in order, nothing lost while they last, everything
 * lost when they break. Messages travel in their protobuf encoding.
 */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#define REDIAL_MS 1000

/* Link of that side of a connection; sides are 0, who dialled, and 1. */
static uint32_t link_of(uint64_t conn, unsigned side)
{
	return (uint32_t)(2 * conn + side + 1);
}

static struct conn *conn_of(const struct world *w, uint32_t link, unsigned *side)
{
	*side = (link - 1) % 2;
	return &w->conn[(link - 1) / 2];
}

unsigned net_other(const struct world *w, uint32_t link)
{
	unsigned side;
	const struct conn *c = conn_of(w, link, &side);

	return c->node[1 - side];
}

static int64_t delay(struct world *w)
{
	return w->delay_min + (int64_t)rng_below(&w->rng,
						 (uint64_t)(w->delay_max - w->delay_min + 1));
}

/* Arrival at that side: never before what was sent earlier. */
static int64_t arrival(struct world *w, struct conn *c, unsigned side)
{
	const int64_t at = w->now + delay(w);

	c->last[side] = at > c->last[side] ? at : c->last[side];
	return c->last[side];
}

/* --- dialling --- */

static void link_up(struct world *w, struct sim_event *e)
{
	const unsigned side = e->b;
	const struct conn *c = &w->conn[e->c];
	struct node *n = &w->node[c->node[side]];
	struct core_event ev = { .type = EV_LINK_UP, .now_ms = w->now };

	if (!c->open || !n->up)
		return;
	ev.link = link_of(e->c, side);
	ev.up.inbound = side == 1;
	memcpy(ev.up.key, w->node[c->node[1 - side]].link_key, LINK_KEY_SIZE);
	world_say(w, n, "link %s %s", side ? "from" : "to", w->node[c->node[1 - side]].name);
	node_step(n, &ev);
}

static bool is_linked(const struct world *w, unsigned from, unsigned to)
{
	for (uint64_t i = w->conn_count; i-- > 0;) {
		const struct conn *c = &w->conn[i];

		if (c->open && c->node[0] == from && c->node[1] == to)
			return true;
	}
	return false;
}

static void connect(struct world *w, unsigned from, unsigned to)
{
	const uint64_t i = w->conn_count++;

	w->conn = ram_grow(w->conn, i, &w->conn_room, sizeof *w->conn);
	w->conn[i] = (struct conn){ .open = true, .node = { from, to } };
	for (unsigned side = 0; side < 2; side++)
		world_at(w, arrival(w, &w->conn[i], side), link_up, 0, side, i,
			 (struct span){ NULL, 0 });
}

static bool still_dials(const struct node *n, unsigned to)
{
	const struct member *m[DIALS_MAX];
	const unsigned count = core_dials(n->core, m, DIALS_MAX);

	for (unsigned i = 0; i < n->dial_count; i++) {
		if (n->dial[i] == to)
			return true;
	}
	for (unsigned i = 0; i < count; i++) {
		if (world_log(n->world, &m[i]->log) == to + 1)
			return true;
	}
	return false;
}

static void dial(struct world *w, struct sim_event *e)
{
	const struct node *from = &w->node[e->a], *to = &w->node[e->b];

	w->dialling[from->id * w->count + to->id] = 0;
	if (!from->up || !still_dials(from, to->id) || is_linked(w, from->id, to->id))
		return;
	if (to->up && from->group == to->group && node_admits(to, from->id))
		connect(w, from->id, to->id);
	else
		net_dial(w, from->id, to->id, REDIAL_MS);
}

void net_dial(struct world *w, unsigned from, unsigned to, int64_t in_ms)
{
	uint8_t *due = &w->dialling[from * w->count + to];

	if (*due)
		return;
	*due = 1;
	world_at(w, w->now + in_ms, dial, from, to, 0, (struct span){ NULL, 0 });
}

void net_dial_all(struct world *w, unsigned from)
{
	const struct node *n = &w->node[from];

	for (unsigned i = 0; i < n->dial_count; i++)
		net_dial(w, from, n->dial[i], 0);
}

/* --- messages --- */

static void deliver(struct world *w, struct sim_event *e)
{
	unsigned side;
	const struct conn *c = conn_of(w, e->a, &side);
	struct node *n = &w->node[c->node[side]];
	struct core_event ev = { .type = EV_MESSAGE, .now_ms = w->now, .link = e->a };
	struct gossip_box box;
	struct fault f;

	if (!c->open || !n->up)
		return;
	if (gossip_unpack(&box, e->bytes, &f)) {
		world_fail(w, n, "cannot decode: %.100s", f.text);
		return;
	}
	ev.message = &box.msg;
	node_step(n, &ev);
	gossip_box_clear(&box);
}

static void post(struct world *w, struct conn *c, uint32_t to, unsigned side,
		 const struct buffer *b)
{
	uint8_t *copy = malloc(b->used + 1);

	if (!copy)
		abort();
	memcpy(copy, b->data, b->used);
	w->messages++;
	world_at(w, arrival(w, c, side), deliver, to, 0, 0, (struct span){ copy, b->used });
}

void net_send(struct node *n, uint32_t link, const struct gossip *g)
{
	struct world *w = n->world;
	struct gossip bent = *g;
	struct buffer b, room;
	unsigned side;
	struct conn *c = conn_of(w, link, &side);
	struct fault f;

	if (!c->open || c->hung)
		return;
	buffer_init(&b, GOSSIP_BYTES_MAX);
	buffer_init(&room, GOSSIP_BYTES_MAX);
	if (!n->lies || liar_bend(n, &bent, &room)) {
		if (gossip_pack(&bent, &b, &f))
			world_fail(w, n, "cannot encode: %.100s", f.text);
		else
			post(w, c, link_of((link - 1) / 2, 1 - side), 1 - side, &b);
		if (w->double_in && b.used > 0 && rng_below(&w->rng, w->double_in) == 0)
			post(w, c, link_of((link - 1) / 2, 1 - side), 1 - side, &b);
	}
	buffer_clear(&room);
	buffer_clear(&b);
}

/* --- ends --- */

static void link_down(struct world *w, struct sim_event *e)
{
	unsigned side;
	const struct conn *c = conn_of(w, e->a, &side);
	struct node *n = &w->node[c->node[side]];
	const struct core_event ev = { .type = EV_LINK_DOWN, .now_ms = w->now, .link = e->a };

	if (n->up) {
		world_say(w, n, "link with %s is down", w->node[c->node[1 - side]].name);
		node_step(n, &ev);
	}
	if (side == 0)
		net_dial(w, n->id, c->node[1], REDIAL_MS);
}

/* The goodbye has been read: the connection ends. */
static void hang_up(struct world *w, struct sim_event *e)
{
	unsigned side;
	struct conn *c = conn_of(w, e->a, &side);

	if (!c->open)
		return;
	c->open = false;
	link_down(w, e);
	if (side == 1)   /* who dialled has closed: it dials again */
		net_dial(w, c->node[0], c->node[1], REDIAL_MS);
}

void net_drop(struct node *n, uint32_t link, const struct fault *f)
{
	struct gossip g = { .type = GOSSIP_BYE };
	unsigned side;
	struct conn *c = conn_of(n->world, link, &side);

	g.bye.code = f->code;
	memcpy(g.bye.text, f->text, sizeof g.bye.text);
	net_send(n, link, &g);
	world_at(n->world, arrival(n->world, c, 1 - side), hang_up,
		 link_of((link - 1) / 2, 1 - side), 0, 0, (struct span){ NULL, 0 });
}

void net_break(struct world *w, uint64_t conn)
{
	struct conn *c = &w->conn[conn];

	if (!c->open)
		return;
	c->open = false;
	for (unsigned side = 0; side < 2; side++)
		world_at(w, w->now + delay(w), link_down, link_of(conn, side), 0, 0,
			 (struct span){ NULL, 0 });
}

void net_hang(struct world *w, uint64_t conn)
{
	w->conn[conn].hung = true;
}

void net_down(struct world *w, unsigned id)
{
	for (uint64_t i = 0; i < w->conn_count; i++) {
		if (w->conn[i].node[0] == id || w->conn[i].node[1] == id)
			net_break(w, i);
	}
}

void net_partition(struct world *w)
{
	for (uint64_t i = 0; i < w->conn_count; i++) {
		const struct conn *c = &w->conn[i];

		if (w->node[c->node[0]].group != w->node[c->node[1]].group)
			net_break(w, i);
	}
}
