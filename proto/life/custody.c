/*
 * Who has a device. A transfer has two sides: the shipment names its recipient,
 * the reception cites the shipment. Between them the sender answers for it; a
 * refusal or an absence changes nothing until somebody says that he has it.
 */
#include "proto/life/cycle.h"

#include <string.h>

const struct entry *fold_entry(const struct fold *f, unsigned line)
{
	return &f->entry[f->member[line].entry];
}

unsigned entry_tag(const struct entry *e)
{
	return e->kind ? e->kind->tag : 0;
}

bool entry_is_missing(const struct entry *e)
{
	const Trac__Event *event = e->input->event;
	if (entry_tag(e) == TRAC__EVENT__BODY_RECEIVED)
		return event->received->discrepancy == TRAC__DISCREPANCY__MISSING;
	return entry_tag(e) == TRAC__EVENT__BODY_TRANSFER_RECEIVED
	       && event->transfer_received->discrepancy == TRAC__DISCREPANCY__MISSING;
}

bool entry_is_refused(const struct entry *e)
{
	return entry_tag(e) == TRAC__EVENT__BODY_TRANSFER_RECEIVED && !entry_is_missing(e)
	       && e->input->event->transfer_received->refused;
}

bool entry_is_from_outside(const struct entry *e)
{
	if (entry_tag(e) == TRAC__EVENT__BODY_COLLECTED)
		return true;
	return entry_tag(e) == TRAC__EVENT__BODY_RECEIVED && !entry_is_missing(e)
	       && e->input->event->received->origin == TRAC__ORIGIN__EXTERNAL;
}

bool entry_is_from_network(const struct entry *e)
{
	if (entry_tag(e) == TRAC__EVENT__BODY_TRANSFER_RECEIVED)
		return !entry_is_missing(e) && !entry_is_refused(e);
	return entry_tag(e) == TRAC__EVENT__BODY_RECEIVED && !entry_is_missing(e)
	       && e->input->event->received->origin == TRAC__ORIGIN__NETWORK;
}

/* --- shipment and reception --- */

/* Lines looked through for a shipment: the largest life that a lookup answers. */
#define SHIPMENT_LOOK_MAX LOOKUP_EVENTS_MAX

/* A member's name begins with a letter and has none in capitals; what else may stand
 * there (SIREN, SIRET, RNA) names a structure, whose member we cannot tell. */
static bool may_receive(const char *author, const char *recipient)
{
	bool name = recipient && recipient[0] >= 'a' && recipient[0] <= 'z';
	return !name || strcmp(author, recipient) == 0;
}

/* May the author of e say that this shipment reached him? Also the sender may, when
 * it was refused. */
static bool is_recipient(const struct entry *e, const struct life_input *shipment,
			 bool sent_back)
{
	const char *author = e->input->author;
	if (sent_back && strcmp(author, shipment->author) == 0)
		return true;
	return may_receive(author, shipment->event->transfer_sent->recipient);
}

static bool is_shipment(const struct entry *e, const ProtobufCBinaryData *id)
{
	const Trac__Event *event = e->input->event;
	return e->counted && entry_tag(e) == TRAC__EVENT__BODY_TRANSFER_SENT && id->len > 0
	       && event->id.len == id->len && memcmp(event->id.data, id->data, id->len) == 0;
}

/* Also after the reception: two clocks differ. NULL: not one of this device. */
static const struct life_input *find_shipment(const struct fold *f,
					      const ProtobufCBinaryData *id)
{
	unsigned last = f->next < SHIPMENT_LOOK_MAX ? 0 : f->next - SHIPMENT_LOOK_MAX;
	for (unsigned i = f->next; i > last; i--) {
		if (is_shipment(fold_entry(f, i - 1), id))
			return fold_entry(f, i - 1)->input;
	}
	unsigned end = f->life->line_count - f->next < SHIPMENT_LOOK_MAX
		? f->life->line_count : f->next + SHIPMENT_LOOK_MAX;
	for (unsigned i = f->next; i < end; i++) {
		if (is_shipment(fold_entry(f, i), id))
			return fold_entry(f, i)->input;
	}
	return NULL;
}

unsigned custody_check_shipment(const struct fold *f, const struct entry *e)
{
	const struct life_input *shipment = f->shipment;
	if (entry_tag(e) == TRAC__EVENT__BODY_TRANSFER_RECEIVED) {
		shipment = find_shipment(f, &e->input->event->transfer_received->shipment);
		if (!shipment)
			return NOTE_SHIPMENT;
	} else if (!entry_is_from_network(e) || f->life->state != STATE_IN_TRANSFER) {
		return NOTE_NONE;
	}
	bool sent_back = f->sent_back && shipment == f->shipment;
	return is_recipient(e, shipment, sent_back) ? NOTE_NONE : NOTE_SHIPMENT;
}

/* --- custody --- */

/* Returns NOTE_CUSTODY when the author acts on what someone else holds. */
unsigned custody_apply(struct fold *f, const struct entry *e, const struct step *step)
{
	const struct life *l = f->life;
	const char *author = e->input->author;
	bool held = f->holder[0] != '\0' && strcmp(f->holder, author) != 0;
	if (step->custody == CUSTODY_NONE)
		return NOTE_NONE;
	if (entry_is_refused(e)) {
		f->sent_back |= l->state == STATE_IN_TRANSFER;
		return NOTE_NONE;
	}
	bool gone = l->state == STATE_DISTRIBUTED || state_is_final(l->state);
	if (step->custody == CUSTODY_HOLD && (held || gone))
		return held ? NOTE_CUSTODY : NOTE_NONE;
	f->holder = author;
	/* handed over: by the collector, or by shipment */
	bool given = l->state == STATE_COLLECTED
		     || (entry_is_from_network(e) && l->state == STATE_IN_TRANSFER);
	return held && !given ? NOTE_CUSTODY : NOTE_NONE;
}

void custody_release(struct fold *f, const struct entry *e)
{
	const struct life *l = f->life;
	bool kept = entry_tag(e) == TRAC__EVENT__BODY_INTAKE_REFUSED
		    && !e->input->event->intake_refused->sent_back;
	if (l->state == STATE_DISTRIBUTED || (state_is_final(l->state) && !kept))
		f->holder = "";
}
