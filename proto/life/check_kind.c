/*
 * What a kind asks beyond its table: fields that are required because of what
 * another field says.
 */
#include "proto/life/check.h"

static int missing(const char *field, const char *when, struct fault *f)
{
	return fault_set(f, FAULT_INPUT, "%s is missing: it is required %s", field, when);
}

/* Whoever receives from the network knows the shipment, not always the donor. */
static int check_received(const Trac__Event *e, struct fault *f)
{
	const Trac__Received *b = e->received;
	if (b->origin == TRAC__ORIGIN__EXTERNAL && !b->has_donor_type)
		return missing("received.donor_type", "when the origin is external", f);
	return 0;
}

static int check_identified(const Trac__Event *e, struct fault *f)
{
	const Trac__Identified *b = e->identified;
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

static int check_made_available(const Trac__Event *e, struct fault *f)
{
	const Trac__MadeAvailable *b = e->made_available;
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

/* Waste leaves by the pallet: then the lot says which. */
static int check_weee_handed_over(const Trac__Event *e, struct fault *f)
{
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

static const struct {
	Trac__Event__BodyCase tag;
	int (*check)(const Trac__Event *e, struct fault *f);
} checks[] = {
	{ TRAC__EVENT__BODY_RECEIVED, check_received },
	{ TRAC__EVENT__BODY_IDENTIFIED, check_identified },
	{ TRAC__EVENT__BODY_DATA_ERASED, check_data_erased },
	{ TRAC__EVENT__BODY_UPGRADED, check_upgraded },
	{ TRAC__EVENT__BODY_TESTED, check_tested },
	{ TRAC__EVENT__BODY_MADE_AVAILABLE, check_made_available },
	{ TRAC__EVENT__BODY_WEEE_HANDED_OVER, check_weee_handed_over },
	{ TRAC__EVENT__BODY_IDENTITY_LINKED, check_identity_linked },
};

int kind_check(const Trac__Event *e, const struct kind *k, struct fault *f)
{
	for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (checks[i].tag == k->tag)
			return checks[i].check(e, f);
	}
	return 0;
}
