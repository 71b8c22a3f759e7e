/*
 * What a kind asks beyond its table: fields that are required because of what
 * another field says.
 */
#include "proto/life/check.h"

#include <string.h>

#include "proto/life/data.h"
#include "proto/life/event.h"

static int missing(const char *field, const char *when, struct fault *f)
{
	return fault_set(f, FAULT_INPUT, "%s is missing: it is required %s", field, when);
}

/* "2019" or "2019-09-01" beside another date, as far as both say. */
static bool is_after(const char *day, const char *other)
{
	size_t size = strlen(day) < strlen(other) ? strlen(day) : strlen(other);
	return strncmp(day, other, size) > 0;
}

static int check_service(const char *kind, const char *in_service, const char *retired,
			 struct fault *f)
{
	if (in_service && retired && is_after(in_service, retired))
		return fault_set(f, FAULT_INPUT, "%s.in_service_on is %s, after %s.retired_on, %s: "
				 "correct one of them", kind, in_service, kind, retired);
	return 0;
}

static int check_donation_announced(const Trac__Event *e, struct fault *f)
{
	const Trac__DonationAnnounced *b = e->donation_announced;
	uint64_t sum = 0;
	for (size_t i = 0; i < b->n_types; i++)
		sum += b->types[i]->count;
	if (sum > b->count)
		return fault_set(f, FAULT_INPUT, "donation_announced.types are %llu devices together, "
				 "but donation_announced.count is %u: correct one of them",
				 (unsigned long long)sum, b->count);
	return check_service("donation_announced", b->in_service_on, b->retired_on, f);
}

/* Whoever receives from the network knows the shipment, not always the donor. */
static int check_received(const Trac__Event *e, struct fault *f)
{
	const Trac__Received *b = e->received;
	if (b->origin == TRAC__ORIGIN__EXTERNAL && !b->has_donor_type)
		return missing("received.donor_type", "when the origin is external", f);
	return check_service("received", b->in_service_on, b->retired_on, f);
}

static int check_identified(const Trac__Event *e, struct fault *f)
{
	const Trac__Identified *b = e->identified;
	struct civil now;
	civil_from_ms(e->time_ms, e->zone_minutes, &now);
	/* models are sold before the year that they are named after */
	if (b->has_year && b->year > (uint32_t)now.year + 1)
		return fault_set(f, FAULT_INPUT, "identified.year is %u: the device was not made "
				 "after the event, which is of %d", b->year, now.year);
	if (b->has_no_medium && b->no_medium && b->n_medium > 0)
		return fault_set(f, FAULT_INPUT, "identified.no_medium says that there is no "
				 "storage medium, but identified.medium lists %zu: leave one out",
				 b->n_medium);
	return 0;
}

static int check_upgraded(const Trac__Event *e, struct fault *f)
{
	const Trac__Upgraded *b = e->upgraded;
	bool sized = b->component == TRAC__COMPONENT__RAM
		     || b->component == TRAC__COMPONENT__DISK;
	if (sized && !b->has_before_bytes)
		return missing("upgraded.before_bytes", "for memory and disks (0: there was none)",
			       f);
	if (sized && !b->has_after_bytes)
		return missing("upgraded.after_bytes", "for memory and disks", f);
	return 0;
}

static int check_tested(const Trac__Event *e, struct fault *f)
{
	const Trac__Tested *b = e->tested;
	if (b->n_results > b->functions_expected)
		return fault_set(f, FAULT_INPUT, "tested.results lists %zu functions, but the grid "
				 "expects %u: correct tested.functions_expected",
				 b->n_results, b->functions_expected);
	return 0;
}

/* Letters in a row that an id may have, but for hexadecimal digits: a prefix, no name. */
#define NEED_LETTERS_MAX 4

/*
 * A need is a person's: its id is drawn at random and tells nothing. Words are refused as
 * far as a program can tell: more than a few letters in a row, or no digit at all.
 */
static int check_need(const char *field, const char *need, struct fault *f)
{
	unsigned letters = 0, longest = 0, digits = 0;
	bool hex = true, good = strlen(need) >= 4 && strlen(need) <= 64;
	for (const char *at = need; *at != '\0'; at++) {
		bool digit = *at >= '0' && *at <= '9';
		bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
		good = good && (digit || letter || *at == '-');
		digits += digit;
		letters = letter ? letters + 1 : 0;
		hex = letters == 0 || (hex && strchr("abcdefABCDEF", *at));
		if (!hex && letters > longest)
			longest = letters;
	}
	if (good && digits > 0 && longest <= NEED_LETTERS_MAX)
		return 0;
	return fault_set(f, FAULT_INPUT, "%s is \"%s\": give an id drawn at random, 4 to 64 of a-z, "
			 "0-9 and '-', such as n-7f3a9c21: no name and no word", field,
			 quote_text(need).text);
}

static int check_need_requested(const Trac__Event *e, struct fault *f)
{
	return check_need("need_requested.need", e->need_requested->need, f);
}

#define HALF_DAY_MS 43200000

static int check_reserved(const Trac__Event *e, struct fault *f)
{
	const Trac__Reserved *b = e->reserved;
	struct civil day;
	if (check_need("reserved.need", b->need, f) < 0)
		return -1;
	/* a date alone is midday: the day ends half a day later */
	if (b->expires_on && civil_parse(b->expires_on, e->zone_minutes, &day) == 0
	    && civil_to_ms(&day) + HALF_DAY_MS < e->time_ms)
		return fault_set(f, FAULT_INPUT, "reserved.expires_on is %s, before the event: give "
				 "the day of the event or a later one", b->expires_on);
	return 0;
}

static int check_made_available(const Trac__Event *e, struct fault *f)
{
	const Trac__MadeAvailable *b = e->made_available;
	if (b->need && check_need("made_available.need", b->need, f) < 0)
		return -1;
	bool sale = b->mode == TRAC__MODE__SOLIDARITY_SALE || b->mode == TRAC__MODE__MARKET_SALE;
	if (sale && !b->has_price_cents)
		return missing("made_available.price_cents", "for a sale", f);
	if (b->mode == TRAC__MODE__DONATION && b->has_price_cents && b->price_cents != 0)
		return fault_set(f, FAULT_INPUT, "made_available.price_cents is %u: a donation "
				 "has no price, choose mode solidarity_sale", b->price_cents);
	return 0;
}

/* A disk out of its device is erased too: then the disk says which. */
static int check_data_erased(const Trac__Event *e, struct fault *f)
{
	const Trac__Medium *m = e->data_erased->medium;
	if (e->n_device == 0 && !m->serial && !m->wwn)
		return missing("device", "(serial, label, imei, ...) unless medium.serial says which "
			       "disk it is", f);
	return 0;
}

static int check_medium_destroyed(const Trac__Event *e, struct fault *f)
{
	const Trac__Medium *m = e->medium_destroyed->medium;
	if (e->n_device == 0 && !m->serial && !m->wwn)
		return missing("device", "(serial, label, imei, ...) unless medium.serial says which "
			       "disk it is", f);
	return 0;
}

/* "160214", "16 02 13*" or "20.01.36", of the table. */
static bool is_waste_code(const char *text)
{
	char code[7] = "";
	size_t used = 0;
	for (; *text != '\0' && *text != '*'; text++) {
		if (*text == ' ' || *text == '.')
			continue;
		if (*text < '0' || *text > '9' || used == sizeof code - 1)
			return false;
		code[used++] = *text;
	}
	if (strcmp(text, "") != 0 && strcmp(text, "*") != 0)
		return false;
	for (unsigned i = 0; i < data_waste.count; i++) {
		const char *const *cell = data_waste.row[i].cell;
		if (strcmp(cell[0], code) == 0)
			return *text == '\0' || strcmp(cell[1], "yes") == 0;
	}
	return false;
}

/* BSD-YYYYMMDD-XXXXXXXXX, as Trackdéchets numbers its notes. */
static bool is_consignment_note(const char *text)
{
	static const char form[] = "BSD-dddddddd-xxxxxxxxx";
	size_t i = 0;
	for (; form[i] != '\0' && text[i] != '\0'; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';
		bool good = form[i] == 'd' ? digit
			    : form[i] == 'x' ? digit || (text[i] >= 'A' && text[i] <= 'Z')
					     : text[i] == form[i];
		if (!good)
			return false;
	}
	return form[i] == '\0' && text[i] == '\0';
}

/* Waste leaves by the pallet: then the lot says which. */
static int check_weee_handed_over(const Trac__Event *e, struct fault *f)
{
	const Trac__WeeeHandedOver *b = e->weee_handed_over;
	if (!is_waste_code(b->waste_code))
		return fault_set(f, FAULT_INPUT, "weee_handed_over.waste_code is \"%s\": give a code "
				 "of the list of waste for equipment, such as 16 02 13*, 16 02 14, "
				 "20 01 35* or 20 01 36", quote_text(b->waste_code).text);
	if (b->consignment_note && !is_consignment_note(b->consignment_note))
		return fault_set(f, FAULT_INPUT, "weee_handed_over.consignment_note is \"%s\": write "
				 "it as Trackdéchets does, BSD-20260317-ABCDE1234",
				 quote_text(b->consignment_note).text);
	if (e->n_device == 0 && !e->lot)
		return missing("device", "(serial, label, imei, ...) unless a lot is given", f);
	return 0;
}

static int check_identity_linked(const Trac__Event *e, struct fault *f)
{
	const Trac__IdentityLinked *b = e->identity_linked;
	const Trac__Identifier *side[2] = { b->a, b->b };
	for (int i = 0; i < 2; i++) {
		Trac__IdentifierKind kind = side[i]->kind;
		if (kind == TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL
		    || kind == TRAC__IDENTIFIER_KIND__WWN
		    || kind == TRAC__IDENTIFIER_KIND__MAC)
			return fault_set(f, FAULT_INPUT, "identity_linked.%s: a disk or a network "
					 "card is not the device: link its serial, imei or label",
					 i == 0 ? "a" : "b");
	}
	return 0;
}

static bool is_same_id(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static int check_corrected(const Trac__Event *e, struct fault *f)
{
	const Trac__Corrected *b = e->corrected;
	if (is_same_id(&b->target, &e->id))
		return fault_set(f, FAULT_INPUT, "corrected.target is this event itself: give the id "
				 "of the event that was wrong");
	if (b->has_replacement && is_same_id(&b->target, &b->replacement))
		return fault_set(f, FAULT_INPUT, "corrected.replacement is corrected.target: give the "
				 "id of the event that is right, or leave it out");
	return 0;
}

static const struct {
	Trac__Event__BodyCase tag;
	int (*check)(const Trac__Event *e, struct fault *f);
} checks[] = {
	{ TRAC__EVENT__BODY_DONATION_ANNOUNCED, check_donation_announced },
	{ TRAC__EVENT__BODY_RECEIVED, check_received },
	{ TRAC__EVENT__BODY_IDENTIFIED, check_identified },
	{ TRAC__EVENT__BODY_DATA_ERASED, check_data_erased },
	{ TRAC__EVENT__BODY_MEDIUM_DESTROYED, check_medium_destroyed },
	{ TRAC__EVENT__BODY_UPGRADED, check_upgraded },
	{ TRAC__EVENT__BODY_TESTED, check_tested },
	{ TRAC__EVENT__BODY_NEED_REQUESTED, check_need_requested },
	{ TRAC__EVENT__BODY_RESERVED, check_reserved },
	{ TRAC__EVENT__BODY_MADE_AVAILABLE, check_made_available },
	{ TRAC__EVENT__BODY_WEEE_HANDED_OVER, check_weee_handed_over },
	{ TRAC__EVENT__BODY_IDENTITY_LINKED, check_identity_linked },
	{ TRAC__EVENT__BODY_CORRECTED, check_corrected },
};

int kind_check(const Trac__Event *e, const struct kind *k, struct fault *f)
{
	for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (checks[i].tag == k->tag)
			return checks[i].check(e, f);
	}
	return 0;
}
