/* Links: who is at the other end, how much it may send, what waits for it. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/net/net.h"

/* The first byte of a frame in protobuf: field 5, of bytes. */
#define FRAME_TAG 0x2a
/* A peer that never answers keeps no larger right to send frames than that. */
#define FRAMES_DUE_MAX 64

struct waiting {
	struct waiting *next;
	size_t size;
	uint8_t data[];
};

/* --- by number, routing id, descriptor --- */

struct link *link_by_id(const struct net *n, uint32_t id)
{
	struct link *l = n->link[id % LINK_SLOTS];
	return l && l->id == id ? l : NULL;
}

struct link *link_by_routing_id(const struct net *n, const uint8_t *id, size_t size)
{
	for (unsigned i = 0; i < LINK_SLOTS; i++) {
		struct link *l = n->link[i];
		if (l && l->inbound && l->routing_id_size == size &&
		    memcmp(l->routing_id, id, size) == 0)
			return l;
	}
	return NULL;
}

struct link *link_by_fd(const struct net *n, int fd)
{
	for (unsigned i = 0; i < LINK_SLOTS; i++) {
		if (n->link[i] && n->link[i]->inbound && n->link[i]->fd == fd)
			return n->link[i];
	}
	return NULL;
}

/* Inbound links of one key that are up: one that is half dead beside its reconnect, or two
 * nodes that run under one key, which tracd must see to tell them (daemon/core). */
#define UP_PER_KEY 2

/* The oldest of the other inbound links of the same key, up or not as asked, when there
 * are at least so many. */
static struct link *link_twin(const struct link *l, bool is_up, unsigned least)
{
	struct link *oldest = NULL;
	unsigned count = 0;
	for (unsigned i = 0; i < LINK_SLOTS; i++) {
		struct link *twin = l->net->link[i];
		if (!twin || twin == l || !twin->inbound || twin->is_up != is_up ||
		    memcmp(twin->key, l->key, KEY_BYTES) != 0)
			continue;
		count++;
		/* numbers rise, and start anew after four thousand million */
		if (!oldest || (int32_t)(twin->id - oldest->id) < 0)
			oldest = twin;
	}
	return count >= least ? oldest : NULL;
}

/* --- from birth to death --- */

/* A number that was not given lately, whose slot is free; 0: none. */
static uint32_t free_id(struct net *n)
{
	for (unsigned tries = 0; tries < LINK_SLOTS; tries++) {
		uint32_t id = ++n->link_turn;
		if (id != 0 && !n->link[id % LINK_SLOTS])
			return id;
	}
	return 0;
}

struct link *link_create(struct net *n, bool inbound, const uint8_t key[KEY_BYTES])
{
	if (inbound && n->inbound_count >= LINKS_MAX)
		return NULL;
	uint32_t id = free_id(n);
	struct link *l = id ? calloc(1, sizeof *l) : NULL;
	if (!l)
		return NULL;
	*l = (struct link){ .id = id, .net = n, .inbound = inbound, .fd = -1 };
	l->last = &l->first;
	memcpy(l->key, key, KEY_BYTES);
	rate_init(&l->rate, PEER_RATE, PEER_BURST, clock_mono_ms());
	n->link[id % LINK_SLOTS] = l;
	n->inbound_count += inbound;
	/* one connection that has said nothing yet is enough for a key */
	struct link *twin = inbound ? link_twin(l, false, 1) : NULL;
	if (twin)
		link_drop(twin, "its key connected again", true);
	return l;
}

void link_up(struct link *l)
{
	struct link *twin = l->inbound ? link_twin(l, true, UP_PER_KEY) : NULL;
	if (twin)
		link_drop(twin, "its key connected again", true);
	l->is_up = true;
	report_up(l->net, l);
}

void link_release(struct link *l, const char *why)
{
	struct net *n = l->net;
	if (l->is_up)
		report_down(n, l, why);
	while (l->first) {
		struct waiting *w = l->first;
		l->first = w->next;
		free(w);
	}
	n->waiting_bytes -= l->waiting_bytes;
	n->inbound_count -= l->inbound;
	n->link[l->id % LINK_SLOTS] = NULL;
	if (l->dial)
		l->dial->link = NULL;
	free(l);
}

void link_drop(struct link *l, const char *why, bool at_once)
{
	struct net *n = l->net;
	struct dial *d = l->dial;
	int fd = l->fd;
	bool inbound = l->inbound;
	link_release(l, why);
	if (inbound)
		connection_doom(n, fd, at_once);
	else
		dial_lost(d, why);
}

void link_check_all(struct net *n)
{
	for (unsigned i = 0; i < LINK_SLOTS; i++) {
		if (n->link[i] && !zap_is_allowed(n, n->link[i]->key))
			link_drop(n->link[i], "its key is no longer a member's", true);
	}
}

/* --- receiving --- */

static void link_ban(struct link *l, const char *why)
{
	report_note(l->net, LOG_ALERT, "the peer with key %s... %s: it is dropped for %d s",
		    key_name(l->key), why, BAN_MS / 1000);
	zap_ban(l->net, l->key);
	struct dial *d = l->dial;
	link_drop(l, why, true);
	if (d)
		dial_ban(d);
}

void link_junk(struct link *l, const char *what)
{
	if (l->junk++ == 0)
		report_note(l->net, LOG_NOTE, "the peer with key %s... sends junk, "
			    "dropped and counted from now on: %s", key_name(l->key), what);
	if (l->junk > JUNK_MAX)
		link_ban(l, "sends junk");
}

/* Frames that we asked for are as fast as the line; all else has its rate. */
static bool link_may_send(struct link *l, struct span bytes)
{
	if (l->frames_due > 0 && bytes.size > 0 && bytes.data[0] == FRAME_TAG) {
		l->frames_due--;
		return true;
	}
	if (rate_take(&l->rate, clock_mono_ms()))
		return true;
	if (!l->is_rate_noted)
		report_note(l->net, LOG_NOTE, "the peer with key %s... sends more than %u messages "
			    "a second: the rest is dropped", key_name(l->key), PEER_RATE);
	l->is_rate_noted = true;
	if (rate_is_flooded(&l->rate))
		link_ban(l, "floods");
	return false;
}

void link_receive(struct link *l, struct span bytes)
{
	struct gossip_box box;
	struct fault f;
	if (!link_may_send(l, bytes))
		return;
	if (bytes.size > GOSSIP_BYTES_MAX) {
		link_junk(l, "a message over the limit");
		return;
	}
	if (gossip_unpack(&box, bytes, &f) < 0) {
		link_junk(l, f.text);
		return;
	}
	if (!l->is_up)
		link_up(l);
	report_message(l->net, l, &box.msg);
	gossip_box_clear(&box);
}

/* --- sending --- */

/* 0: gone or dropped for good, with the link; -1: must wait. */
static int link_transmit(struct link *l, struct span bytes)
{
	int rc = l->inbound ? listen_send(l->net, l, bytes) : dial_send(l->dial, bytes);
	if (rc < 0 && errno == EAGAIN)
		return -1;
	if (rc < 0)
		link_drop(l, errno == EHOSTUNREACH ? "the connection is gone" : strerror(errno),
			  true);
	return 0;
}

static void link_wait(struct link *l, struct span bytes)
{
	struct net *n = l->net;
	bool fits = bytes.size <= LINK_QUEUE_MAX - l->waiting_bytes &&
		    bytes.size <= QUEUES_MAX - n->waiting_bytes;
	struct waiting *w = fits ? malloc(sizeof *w + bytes.size) : NULL;
	if (!w) {
		link_drop(l, "it does not read what it is sent", true);
		return;
	}
	w->next = NULL;
	w->size = bytes.size;
	memcpy(w->data, bytes.data, bytes.size);
	*l->last = w;
	l->last = &w->next;
	l->waiting_bytes += w->size;
	n->waiting_bytes += w->size;
}

void link_flush(struct link *l)
{
	struct net *n = l->net;
	uint32_t id = l->id;
	while (l->first) {
		struct waiting *w = l->first;
		if (link_transmit(l, (struct span){ w->data, w->size }) < 0)
			return;
		if (link_by_id(n, id) != l)     /* dropped, and what waited with it */
			return;
		l->first = w->next;
		if (!l->first)
			l->last = &l->first;
		l->waiting_bytes -= w->size;
		n->waiting_bytes -= w->size;
		free(w);
	}
}

void link_flush_inbound(struct net *n)
{
	if (n->waiting_bytes == 0)
		return;
	for (unsigned i = 0; i < LINK_SLOTS; i++) {
		if (n->link[i] && n->link[i]->inbound && n->link[i]->first)
			link_flush(n->link[i]);
	}
}

void link_send(struct link *l, struct span flat)
{
	struct net *n = l->net;
	struct gossip_box box;
	struct fault f;
	if (gossip_read(&box, flat, &f) < 0) {
		report_note(n, LOG_BUG, "tracd sends what is no gossip: %s", f.text);
		return;
	}
	buffer_reset(&n->out);
	int rc = gossip_pack(&box.msg, &n->out, &f);
	bool is_want = box.msg.type == GOSSIP_WANT;
	gossip_box_clear(&box);
	if (rc < 0) {
		report_note(n, LOG_BUG, "gossip cannot be encoded: %s", f.text);
		return;
	}
	if (is_want && l->frames_due < FRAMES_DUE_MAX)
		l->frames_due++;
	struct span bytes = { n->out.data, n->out.used };
	if (l->first || link_transmit(l, bytes) < 0)
		link_wait(l, bytes);
}
