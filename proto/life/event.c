/* The judge of what is recorded here, and the door by which foreign events come in. */
#include "proto/life/event.h"

#include <string.h>

#include "proto/life/check.h"
#include "proto/life/ident.h"
#include "proto/wire/unpack.h"

#define ZONE_MAX 840

Trac__Event *event_open(struct span bytes, struct fault *f)
{
	if (bytes.size > ENTRY_SIZE_MAX) {
		fault_set(f, FAULT_INPUT, "event has %zu bytes: at most %d fit into an entry",
			  bytes.size, ENTRY_SIZE_MAX);
		return NULL;
	}
	return unpack(&trac__event__descriptor, bytes, UNPACK_KEEP_UNKNOWN, f);
}

/* One moment: after 2020, and not in the future of our clock. */
static int check_moment(const char *name, int64_t ms, int64_t now_ms, struct fault *f)
{
	char text[30], now[30];
	bool early = ms < EVENT_TIME_MIN_MS;
	if (!early && (ms <= now_ms || ms - now_ms <= EVENT_FUTURE_MAX_MS))
		return 0;
	civil_format(ms, 0, text);
	civil_format(now_ms, 0, now);
	if (early)
		return fault_set(f, FAULT_INPUT, "%s is %s, before 2020: is the clock of this "
				 "machine, or the year, right?", name, text);
	return fault_set(f, FAULT_INPUT, "%s is %s, in the future (here it is %s): "
			 "give the date on which it happened", name, text, now);
}

static int check_times(const Trac__Event *e, int64_t now_ms, struct fault *f)
{
	if (!e->has_time_ms)
		return fault_set(f, FAULT_INPUT, "date is missing: say when it happened");
	if (!e->has_recorded_ms)
		return fault_set(f, FAULT_INPUT, "recorded_ms is missing: the date of recording");
	if (!e->has_zone_minutes || e->zone_minutes < -ZONE_MAX || e->zone_minutes > ZONE_MAX)
		return fault_set(f, FAULT_INPUT, "zone_minutes is %d: it must be there and be "
				 "-%d to %d, local time minus UTC",
				 e->zone_minutes, ZONE_MAX, ZONE_MAX);
	if (check_moment("date", e->time_ms, now_ms, f) < 0)
		return -1;
	return check_moment("recorded_ms", e->recorded_ms, now_ms, f);
}

/* Texts and attachments of the envelope. */
static int check_envelope(const Trac__Event *e, struct fault *f)
{
	const struct {
		const char *name, *text;
	} texts[] = {
		{ "commune", e->commune },
		{ "operator", e->operator_ },
		{ "lot", e->lot },
		{ "agreement", e->agreement },
	};
	if (!e->commune)
		return fault_set(f, FAULT_INPUT, "commune is missing: the INSEE code of the place");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!texts[i].text)
			continue;
		const char *why = text_refusal(texts[i].name, texts[i].text);
		if (why)
			return fault_set(f, FAULT_INPUT, "%s \"%s\" %s", texts[i].name,
					 quote_text(texts[i].text).text, why);
	}
	if (e->n_attachment > EVENT_ATTACHMENTS_MAX)
		return fault_set(f, FAULT_INPUT, "attachment lists %zu files: at most %d fit",
				 e->n_attachment, EVENT_ATTACHMENTS_MAX);
	for (size_t i = 0; i < e->n_attachment; i++) {
		const ProtobufCMessage *m = &e->attachment[i]->base;
		if (message_check(m, message_rules(m->descriptor), "attachment", f) < 0)
			return -1;
	}
	return 0;
}

/* An identifier that is to say which device: well formed, no junk, and scoped. */
static int check_identifier(const Trac__Identifier *i, const char *where, struct fault *f)
{
	if (message_check(&i->base, message_rules(i->base.descriptor), where, f) < 0)
		return -1;
	const char *word = word_of(&trac__identifier_kind__descriptor, i->kind, false);
	struct ident id;
	ident_normalise(i, &id);
	if (id.junk)
		return fault_set(f, FAULT_INPUT, "%s %s \"%s\" identifies nothing (makers leave "
				 "such values, or it is malformed): leave it out and give another, "
				 "such as a label of your own", where, word,
				 quote_text(i->value).text);
	if (i->kind == TRAC__IDENTIFIER_KIND__ASSET_TAG && !i->scope)
		return fault_set(f, FAULT_INPUT, "%s asset_tag \"%s\" needs scope: the donor whose "
				 "inventory number it is", where, quote_text(i->value).text);
	return 0;
}

static int check_device(const Trac__Event *e, const struct kind *k, struct fault *f)
{
	if (k->needs_device && e->n_device == 0)
		return fault_set(f, FAULT_INPUT, "%s needs a device: give its serial, imei, uuid, "
				 "label or another identifier", k->name);
	if (e->n_device > EVENT_IDENTIFIERS_MAX)
		return fault_set(f, FAULT_INPUT, "device has %zu identifiers: at most %d fit",
				 e->n_device, EVENT_IDENTIFIERS_MAX);
	for (size_t i = 0; i < e->n_device; i++) {
		if (check_identifier(e->device[i], "device", f) < 0)
			return -1;
	}
	if (k->tag != TRAC__EVENT__BODY_IDENTITY_LINKED)
		return 0;
	if (check_identifier(e->identity_linked->a, "identity_linked.a", f) < 0)
		return -1;
	return check_identifier(e->identity_linked->b, "identity_linked.b", f);
}

static int check_opened(const Trac__Event *e, int64_t now_ms, struct fault *f)
{
	if (!e->has_id || e->id.len != EVENT_ID_SIZE)
		return fault_set(f, FAULT_INPUT, "id has %zu bytes: it must have %d",
				 e->has_id ? e->id.len : 0, EVENT_ID_SIZE);
	const struct kind *k;
	const ProtobufCMessage *body = event_body(e, &k);
	if (!body)
		return fault_set(f, FAULT_INPUT, "event has no kind that is known here: "
				 "say what happened (collected, received, audited, ...)");
	if (check_times(e, now_ms, f) < 0 || check_envelope(e, f) < 0)
		return -1;
	if (message_check(body, k->field, k->name, f) < 0 || kind_check(e, k, f) < 0)
		return -1;
	return check_device(e, k, f);
}

int event_check(struct span bytes, int64_t now_ms, struct fault *f)
{
	if (bytes.size > ENTRY_SIZE_MAX)
		return fault_set(f, FAULT_INPUT, "event has %zu bytes: at most %d fit into an "
				 "entry", bytes.size, ENTRY_SIZE_MAX);
	Trac__Event *e = unpack(&trac__event__descriptor, bytes, UNPACK_STRICT, f);
	if (!e)
		return fault_prefix(f, "event");
	int rc = check_opened(e, now_ms, f);
	unpack_free(e);
	return rc;
}
