/* A small world of random events. */
#include "tests/unit/events_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "tests/unit/store_help.h"

#define LISTED 6
#define IDS 20

struct made {
	Trac__Identifier item[4 * LISTED];
	Trac__Identifier *list[4 * LISTED];
	char text[4 * LISTED][40];
	unsigned used;
};

const char *world_author(unsigned log)
{
	static const char *const name[WORLD_LOGS] = { "w0", "w1", "w2", "w3" };

	return name[log];
}

void world_begin(struct world *w, struct store *s, unsigned values)
{
	char origin[ORIGIN_MAX + 1];

	memset(w, 0, sizeof *w);
	w->store = s;
	w->values = values;
	struct txn *t = must_begin(s, true);
	for (unsigned i = 0; i < WORLD_LOGS; i++) {
		snprintf(origin, sizeof origin, "fne.example/%s", world_author(i));
		w->log[i] = log_open(t, origin);
	}
	/* never indexed */
	uint32_t members = log_open(t, "fne.example/members");
	struct span entry = text_span("a statement");
	assert_int_equal(log_append(t, members, &entry, 1, NULL), 0);
	must_commit(t);
}

void world_end(struct world *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		unpack_free(w->item[i].event);
		buffer_clear(&w->item[i].bytes);
	}
}

/* One of few identifiers: serials with and without maker, UUIDs, labels ... */
static Trac__Identifier *identifier(struct world *w, struct made *m)
{
	static const Trac__IdentifierKind kind[] = {
		TRAC__IDENTIFIER_KIND__SERIAL, TRAC__IDENTIFIER_KIND__SERIAL,
		TRAC__IDENTIFIER_KIND__UUID, TRAC__IDENTIFIER_KIND__LABEL,
		TRAC__IDENTIFIER_KIND__ASSET_TAG, TRAC__IDENTIFIER_KIND__MAC,
		TRAC__IDENTIFIER_KIND__GS1,
	};
	unsigned k = m->used++, v = (unsigned)dice(w->values);
	Trac__Identifier *i = &m->item[k];

	trac__identifier__init(i);
	i->has_kind = 1;
	i->kind = kind[dice(sizeof kind / sizeof *kind)];
	i->value = m->text[k];
	snprintf(m->text[k], sizeof *m->text, "K%uZ%05u", v % 7, v);
	if (i->kind == TRAC__IDENTIFIER_KIND__UUID)
		snprintf(m->text[k], sizeof *m->text, "4c4c4544-0056-1048-8057-b3c0%08x", v);
	if (i->kind == TRAC__IDENTIFIER_KIND__MAC)
		snprintf(m->text[k], sizeof *m->text, "00:1b:44:11:%02x:%02x", v >> 8 & 255,
			 v & 255);
	if (i->kind == TRAC__IDENTIFIER_KIND__SERIAL && dice(4))
		i->maker = dice(5) ? "HP" : "Dell";
	if (i->kind == TRAC__IDENTIFIER_KIND__LABEL && dice(2))
		i->scope = (char *)world_author((unsigned)dice(WORLD_LOGS));
	if (i->kind == TRAC__IDENTIFIER_KIND__ASSET_TAG && dice(2))
		i->scope = "ville-de-lyon";
	m->list[k] = i;
	return i;
}

void world_value(const struct world *w, char value[TEXT_MAX + 1])
{
	struct made m = { .used = 0 };
	struct world copy = { .values = w->values };
	struct ident id;

	ident_normalise(identifier(&copy, &m), &id);
	strcpy(value, id.value);
}

static Trac__Identifier **some(struct world *w, struct made *m, size_t *count, unsigned most)
{
	Trac__Identifier **first = &m->list[m->used];

	*count = dice(most + 1);
	for (size_t i = 0; i < *count; i++)
		identifier(w, m);
	return first;
}

static void old_id(const struct world *w, uint8_t id[EVENT_ID_SIZE])
{
	memset(id, 0, EVENT_ID_SIZE);
	put_u64(id + 8, dice(1 << 20));
	put_u64(id, dice(200));
	if (w->count > 0) {
		const Trac__Event *e = w->item[dice(w->count)].event;
		if (e && e->id.len == EVENT_ID_SIZE)
			memcpy(id, e->id.data, EVENT_ID_SIZE);
	}
}

union bodies {
	Trac__DonationAnnounced announced;
	Trac__Collected collected;
	Trac__Received received;
	Trac__Identified identified;
	Trac__Tested tested;
	Trac__RefurbishedDeclared refurbished;
	Trac__MadeAvailable available;
	Trac__IdentityLinked linked;
	Trac__Corrected corrected;
	Trac__Dismantled dismantled;
	Trac__Returned returned;
	Trac__CostRecorded cost;
	Trac__WeeeHandedOver weee;
};

/* What counts by event, also without a device. */
static void fill_amount(Trac__Event *e, union bodies *b)
{
	if (dice(2)) {
		trac__cost_recorded__init(&b->cost);
		b->cost.has_item = b->cost.has_amount_cents = 1;
		b->cost.item = TRAC__COST_ITEM__COLLECTION + (int)dice(7);
		/* equal cells of different amounts */
		b->cost.amount_cents = dice(3) * 1000;
		e->body_case = TRAC__EVENT__BODY_COST_RECORDED;
		e->cost_recorded = &b->cost;
		return;
	}
	trac__weee_handed_over__init(&b->weee);
	b->weee.recipient = dice(2) ? "ecologic" : "ecosystem";
	b->weee.has_weight_grams = 1;
	b->weee.weight_grams = 100 + (uint32_t)dice(5);
	e->body_case = TRAC__EVENT__BODY_WEEE_HANDED_OVER;
	e->weee_handed_over = &b->weee;
}

static void fill_life(Trac__Event *e, union bodies *b)
{
	switch (dice(8)) {
	case 0:
		trac__received__init(&b->received);
		b->received.has_origin = 1;
		b->received.origin = TRAC__ORIGIN__EXTERNAL;
		b->received.has_device_type = 1;
		b->received.device_type = TRAC__DEVICE_TYPE__LAPTOP;
		e->body_case = TRAC__EVENT__BODY_RECEIVED;
		e->received = &b->received;
		return;
	case 1:
		trac__collected__init(&b->collected);
		e->body_case = TRAC__EVENT__BODY_COLLECTED;
		e->collected = &b->collected;
		return;
	case 2:
		trac__refurbished_declared__init(&b->refurbished);
		e->body_case = TRAC__EVENT__BODY_REFURBISHED_DECLARED;
		e->refurbished_declared = &b->refurbished;
		return;
	case 3:
	case 4:
		trac__made_available__init(&b->available);
		b->available.has_mode = b->available.has_public_ = 1;
		b->available.mode = TRAC__MODE__DONATION;
		b->available.public_ = TRAC__PUBLIC__LOW_INCOME;
		b->available.has_recipient_type = 1;
		b->available.recipient_type = TRAC__RECIPIENT_TYPE__FINAL_USER;
		e->body_case = TRAC__EVENT__BODY_MADE_AVAILABLE;
		e->made_available = &b->available;
		return;
	case 5:
	case 6:
		fill_amount(e, b);
		return;
	default:
		trac__dismantled__init(&b->dismantled);
		e->body_case = TRAC__EVENT__BODY_DISMANTLED;
		e->dismantled = &b->dismantled;
	}
}

static void fill_tie(struct world *w, struct made *m, Trac__Event *e, union bodies *b,
		     uint8_t target[EVENT_ID_SIZE])
{
	switch (dice(5)) {
	case 0:
		trac__donation_announced__init(&b->announced);
		b->announced.announced = some(w, m, &b->announced.n_announced, LISTED);
		e->body_case = TRAC__EVENT__BODY_DONATION_ANNOUNCED;
		e->donation_announced = &b->announced;
		return;
	case 1:
	case 2:
		trac__identified__init(&b->identified);
		b->identified.seen = some(w, m, &b->identified.n_seen, 2);
		e->body_case = TRAC__EVENT__BODY_IDENTIFIED;
		e->identified = &b->identified;
		return;
	case 3:
		trac__identity_linked__init(&b->linked);
		b->linked.a = identifier(w, m);
		b->linked.b = identifier(w, m);
		b->linked.has_direction = 1;
		b->linked.direction = dice(3) ? TRAC__LINK_DIRECTION__LINK :
			TRAC__LINK_DIRECTION__SPLIT;
		e->body_case = TRAC__EVENT__BODY_IDENTITY_LINKED;
		e->identity_linked = &b->linked;
		return;
	default:
		trac__corrected__init(&b->corrected);
		old_id(w, target);
		b->corrected.has_target = 1;
		b->corrected.target = (ProtobufCBinaryData){ EVENT_ID_SIZE, target };
		b->corrected.has_reason = 1;
		b->corrected.reason = TRAC__CORRECTION_REASON__DID_NOT_OCCUR;
		e->body_case = TRAC__EVENT__BODY_CORRECTED;
		e->corrected = &b->corrected;
	}
}

/* 8 bytes of time that often collide, and 8 others; sometimes one that was. */
static void new_id(struct world *w, uint8_t id[EVENT_ID_SIZE])
{
	put_u64(id, dice(200));
	put_u64(id + 8, w->count + 1);
	if (dice(30) == 0)
		old_id(w, id);
}

static void make_event(struct world *w, struct buffer *out)
{
	static const char *const commune[] = { "31555", "2A004", "97411", "69123" };
	Trac__Event e = TRAC__EVENT__INIT;
	uint8_t id[EVENT_ID_SIZE], target[EVENT_ID_SIZE];
	struct made m = { .used = 0 };
	union bodies b;

	new_id(w, id);
	e.has_id = 1;
	e.id = (ProtobufCBinaryData){ EVENT_ID_SIZE, id };
	e.has_time_ms = e.has_zone_minutes = e.has_recorded_ms = 1;
	e.time_ms = 1700000000000 + (int64_t)dice(400) * 86400000 / 2;
	e.recorded_ms = e.time_ms + (int64_t)dice(1000);
	e.zone_minutes = 60;
	e.commune = (char *)commune[dice(4)];
	e.device = some(w, &m, &e.n_device, dice(4) ? 1 : 3);
	if (e.n_device == 0 && dice(8))
		e.device = some(w, &m, &e.n_device, 2);
	if (dice(3))
		fill_life(&e, &b);
	else
		fill_tie(w, &m, &e, &b, target);
	buffer_init(out, ENTRY_SIZE_MAX);
	pack(&e, out);
}

void world_grow(struct world *w, struct index *x, unsigned count)
{
	unsigned first = w->count;
	struct fault f;

	struct txn *t = must_begin(w->store, true);
	for (unsigned n = 0; n < count && w->count < WORLD_EVENTS; n++) {
		unsigned log = (unsigned)dice(WORLD_LOGS), k = w->count;
		make_event(w, &w->item[k].bytes);
		/* some entries are no events at all */
		if (dice(40) == 0)
			memset(w->item[k].bytes.data, 0xff, 1);
		struct span entry = { w->item[k].bytes.data, w->item[k].bytes.used };
		w->item[k].at.log = w->log[log];
		assert_int_equal(log_append(t, w->log[log], &entry, 1, &w->item[k].at.index), 0);
		w->item[k].event = event_open(entry, &f);
		strcpy(w->item[k].author, world_author(log));
		w->count++;
	}
	must_commit(t);
	for (unsigned k = first; x && k < w->count; k++) {
		struct span entry = { w->item[k].bytes.data, w->item[k].bytes.used };
		if (index_add(x, w->item[k].at, entry, &f))
			fail_msg("%s", f.text);
	}
}
