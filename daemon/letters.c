/* The side that wants a file: asks, takes pieces, gives up with a sentence. */
#include "daemon/letters.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/answers.h"
#include "daemon/attachments.h"
#include "daemon/clock.h"
#include "daemon/dice.h"
#include "daemon/letters_inside.h"
#include "daemon/log.h"
#include "daemon/seal.h"
#include "daemon/transport.h"
#include "proto/log/letter.h"
#include "proto/wire/unpack.h"

/* --- start and end --- */

static void on_turn(evutil_socket_t fd, short what, void *ctx);

int letters_create(struct node *n, struct fault *f)
{
	struct letters *l = calloc(1, sizeof *l);

	if (!l)
		return fault_set(f, FAULT_FULL, "no memory for letters");
	n->letters = l;
	l->turn = evtimer_new(n->base, on_turn, n);
	if (!l->turn)
		return fault_set(f, FAULT_FULL, "no memory for letters");
	return 0;
}

void letters_destroy(struct node *n)
{
	struct letters *l = n->letters;

	if (!l)
		return;
	if (l->turn)
		event_free(l->turn);
	free(l);
	n->letters = NULL;
}

static void turn_in(struct node *n, int64_t wait_ms)
{
	const struct timeval tv = { wait_ms / 1000, wait_ms % 1000 * 1000 };

	evtimer_add(n->letters->turn, &tv);
}

/* --- asking --- */

static void give_up(struct fetch *f, const char *sentence, const char *member)
{
	fault_set(&f->refusal, FAULT_UNAVAILABLE, sentence, member);
}

static void give_up_routes(struct fetch *f)
{
	if (f->no_route)
		give_up(f, "no hub that this node is linked to is linked to %s: it is off or uses "
			"another hub; ask again when it is on, or link both to one hub", f->member);
	else if (f->tries > 0)
		give_up(f, "%s did not answer: its tracd is stopped, or older than this one",
			f->member);
	else
		give_up(f, "this node has no link to %s nor to a hub now: see trac peers",
			f->member);
}

/* Asks for the next piece over the route in hand, or the next one. */
static void ask(struct node *n, struct fetch *f)
{
	struct gossip g = { .type = GOSSIP_LETTER };
	uint32_t route[ROUTES_MAX];
	unsigned routes = core_routes(n->core, f->member, route, ROUTES_MAX);

	if (routes == 0 && f->next > 0 && f->tries < TRIES_MAX) {
		f->tries++;          /* it was on its way: a hub may be starting again */
		f->asked_ms = clock_mono_ms();
		return;
	}
	if (routes == 0 || f->tries >= TRIES_MAX * routes) {
		give_up_routes(f);
		return;
	}
	f->link = route[f->route % routes];
	f->asked_ms = clock_mono_ms();
	f->tries++;
	g.letter.kind = LETTER_REQUEST;
	snprintf(g.letter.to, sizeof g.letter.to, "%s", f->member);
	memcpy(g.letter.sha256, f->name.b, HASH_SIZE);
	g.letter.nonce = f->nonce;
	g.letter.offset = f->next;
	letters_send(n, f->link, &g);
}

/* Pieces that did not come are asked again, over another route; what nobody waits for
 * is forgotten. */
static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	struct node *n = ctx;
	const int64_t now_ms = clock_mono_ms();
	bool busy = false;

	(void)fd;
	(void)what;
	for (unsigned i = 0; i < FETCHES_MAX; i++) {
		struct fetch *f = &n->letters->fetch[i];

		if (!f->used)
			continue;
		if (now_ms - f->polled_ms > FORGET_MS) {
			f->used = false;
			continue;
		}
		busy = true;
		if (!f->refusal.code && now_ms - f->asked_ms >= LETTER_WAIT_MS) {
			f->route++;
			ask(n, f);
		}
	}
	if (busy)
		turn_in(n, LETTER_TURN_MS);
}

/* --- what comes --- */

static struct fetch *find_fetch(struct letters *l, const struct gossip *g)
{
	for (unsigned i = 0; i < FETCHES_MAX; i++) {
		struct fetch *f = &l->fetch[i];

		if (f->used && !f->refusal.code && f->nonce == g->letter.nonce &&
		    f->next == g->letter.offset &&
		    !memcmp(f->name.b, g->letter.sha256, HASH_SIZE))
			return f;
	}
	return NULL;
}

static int store_piece(struct node *n, struct fetch *f, const struct gossip *g)
{
	const struct span sealed = g->letter.body;
	const size_t size = sealed.size > SEAL_BYTES ? sealed.size - SEAL_BYTES : 0;
	uint8_t *piece = n->letters->piece;

	if (size == 0 || transport_unseal(n, sealed, piece) < 0)
		return fault_set(&f->refusal, FAULT_PROTOCOL, "%s sent a piece that is not sealed to "
				 "this node's link key: was the key changed?", f->member);
	return attachments_add(n, &f->name, g->letter.total, g->letter.offset,
			       (struct span){ piece, size }, &f->refusal);
}

void letters_take_part(struct node *n, uint32_t link, const struct gossip *g)
{
	struct fetch *f = find_fetch(n->letters, g);

	if (!f || strcmp(f->member, g->letter.from) != 0)
		return;   /* late, or not asked for */
	if (store_piece(n, f, g) < 0)
		return;
	f->size = g->letter.total;
	f->next = g->letter.offset + g->letter.body.size - SEAL_BYTES;
	f->tries = 0;
	f->no_route = false;
	if (f->next < f->size && link == f->link)
		ask(n, f);
	else if (f->next < f->size)
		f->asked_ms = 0;   /* the old route answered late: the turn asks anew */
}

void letters_take_refusal(struct node *n, const struct gossip *g)
{
	struct fetch *f = find_fetch(n->letters, g);
	const bool of_owner = f && !strcmp(f->member, g->letter.from);

	if (!f)
		return;
	if (!of_owner) {   /* a hub: another one may have a link */
		f->no_route = true;
		f->route++;
		ask(n, f);
	} else if (g->letter.code == LETTER_NOT_SHARED) {
		fault_set(&f->refusal, FAULT_REFUSED, "%s does not share this file with %s: ask for it "
			  "there (trac attach --share HASH %s)", f->member, n->settings.member,
			  n->settings.member);
	} else if (g->letter.code == LETTER_ABSENT) {
		fault_set(&f->refusal, FAULT_ABSENT, "%s no longer has this file", f->member);
	} else {
		fault_set(&f->refusal, FAULT_BUSY, "%s cannot send it now: ask again later",
			  f->member);
	}
}

/* --- the local socket --- */

static struct fetch *begin(struct node *n, const struct hash *name, const char *member,
			   struct fault *f)
{
	const struct member *m = registry_by_name(n->registry, member);
	struct fetch *free_slot = NULL;

	for (unsigned i = 0; i < FETCHES_MAX && !free_slot; i++) {
		if (!n->letters->fetch[i].used)
			free_slot = &n->letters->fetch[i];
	}
	if (!m || !member_may_link(m)) {
		fault_set(f, FAULT_ABSENT, "\"%s\" is not a member of this network: trac members lists "
			  "them", member_name_is_valid(member) ? member : "?");
		return NULL;
	}
	if (!strcmp(member, n->settings.member)) {
		fault_set(f, FAULT_ABSENT, "this file is not here, and %s is this node", member);
		return NULL;
	}
	if (!free_slot) {
		fault_set(f, FAULT_BUSY, "%d files are being fetched at once: try again later",
			  FETCHES_MAX);
		return NULL;
	}
	*free_slot = (struct fetch){ .used = true, .name = *name };
	snprintf(free_slot->member, sizeof free_slot->member, "%s", member);
	if (dice_fill(&free_slot->nonce, sizeof free_slot->nonce, f) < 0) {
		free_slot->used = false;
		return NULL;
	}
	free_slot->polled_ms = clock_mono_ms();
	ask(n, free_slot);
	turn_in(n, LETTER_TURN_MS);
	return free_slot;
}

static struct fetch *find_asked(struct letters *l, const struct hash *name, const char *member)
{
	for (unsigned i = 0; i < FETCHES_MAX; i++) {
		struct fetch *f = &l->fetch[i];

		if (f->used && hash_equal(&f->name, name) && !strcmp(f->member, member))
			return f;
	}
	return NULL;
}

static void write_progress(struct fetch *f, int64_t whole, struct buffer *b)
{
	Trac__Reply reply = TRAC__REPLY__INIT;
	Trac__FetchReply body = TRAC__FETCH_REPLY__INIT;

	body.has_size_bytes = body.has_held = true;
	body.size_bytes = whole >= 0 ? (uint64_t)whole : f->size;
	body.held = whole >= 0 ? (uint64_t)whole : f->next;
	if (whole < 0 && f->refusal.code)
		body.refusal = f->refusal.text;
	reply.body_case = TRAC__REPLY__BODY_FETCH;
	reply.fetch = &body;
	buffer_reset(b);
	pack(&reply, b);
}

void answer_fetch(struct node *n, const Trac__FetchRequest *q, struct buffer *b)
{
	const char *member = q->member ? q->member : "";
	struct fault fault = { 0 };
	struct fetch *f = NULL;
	struct hash name;
	int64_t whole;

	if (!q->has_sha256 || q->sha256.len != HASH_SIZE) {
		fault_set(&fault, FAULT_INPUT, "fetch: a file is named by its SHA-256, 32 bytes");
		answer_refusal(&fault, b);
		return;
	}
	memcpy(name.b, q->sha256.data, HASH_SIZE);
	whole = attachments_size(n, &name);
	f = find_asked(n->letters, &name, member);
	if (whole < 0 && !f)
		f = begin(n, &name, member, &fault);
	if (whole < 0 && !f) {
		answer_refusal(&fault, b);
		return;
	}
	write_progress(f, whole, b);
	if (!f)
		return;
	f->polled_ms = clock_mono_ms();
	if (whole >= 0 || f->refusal.code)
		f->used = false;   /* told: the next request begins anew */
}
