/*
 * The states of a device: which kind is foreseen from which state, and where
 * it leads. Source: domain page, 2.1 and 2.2, column "allowed from", with two
 * additions that its own loops need: a device that came with its identifiers
 * may be audited or erased without a separate identification, and stock may be
 * moved from shelf to shelf.
 */
#include <assert.h>

#include "proto/life/fold.h"

#define BIT(name) (1u << STATE_##name)
#define FINAL (BIT(REFUSED) | BIT(DISMANTLED) | BIT(WEEE) | BIT(LOST))
#define ANY UINT32_MAX
/* Explicitly no effect on the state; what else it does is said in cycle.c. */
#define STAYS STATE_UNKNOWN

#define NONE CUSTODY_NONE
#define TAKE CUSTODY_TAKE
#define HOLD CUSTODY_HOLD

/* In the order of the tags. */
static const struct {
	unsigned tag;
	struct step step;
} steps[KIND_COUNT] = {
	{ TRAC__EVENT__BODY_DONATION_ANNOUNCED, {
		/* also the next donation of a device that had a life before */
		BIT(UNKNOWN) | BIT(DISTRIBUTED) | FINAL, BIT(DISTRIBUTED) | FINAL,
		STATE_ANNOUNCED, NONE } },
	{ TRAC__EVENT__BODY_COLLECTED, {
		BIT(UNKNOWN) | BIT(ANNOUNCED), 0, STATE_COLLECTED, TAKE } },
	{ TRAC__EVENT__BODY_RECEIVED, {
		BIT(UNKNOWN) | BIT(ANNOUNCED) | BIT(COLLECTED), 0, STATE_RECEIVED, TAKE } },
	{ TRAC__EVENT__BODY_IDENTIFIED, {
		BIT(RECEIVED) | BIT(ANNOUNCED), 0, STATE_IDENTIFIED, HOLD } },
	{ TRAC__EVENT__BODY_INTAKE_REFUSED, {
		BIT(RECEIVED) | BIT(IDENTIFIED), 0, STATE_REFUSED, HOLD } },
	{ TRAC__EVENT__BODY_AUDITED, {
		BIT(RECEIVED) | BIT(IDENTIFIED) | BIT(RETURNED), 0, STATE_AUDITED, HOLD } },
	{ TRAC__EVENT__BODY_DATA_ERASED, {
		BIT(RECEIVED) | BIT(IDENTIFIED) | BIT(AUDITED) | BIT(IN_WORK) | BIT(RETURNED),
		/* it may come before the audit, which is foreseen from these */
		BIT(UNKNOWN) | BIT(ANNOUNCED) | BIT(RECEIVED) | BIT(IDENTIFIED) | BIT(RETURNED),
		STATE_IN_WORK, NONE } },
	{ TRAC__EVENT__BODY_MEDIUM_REMOVED, {
		BIT(IDENTIFIED) | BIT(AUDITED) | BIT(IN_WORK), BIT(IDENTIFIED),
		STATE_IN_WORK, NONE } },
	{ TRAC__EVENT__BODY_MEDIUM_DESTROYED, { ANY, 0, STAYS, NONE } },
	{ TRAC__EVENT__BODY_REPAIRED, {
		BIT(AUDITED) | BIT(IN_WORK) | BIT(RETURNED), 0, STATE_IN_WORK, HOLD } },
	{ TRAC__EVENT__BODY_UPGRADED, {
		BIT(AUDITED) | BIT(IN_WORK), 0, STATE_IN_WORK, HOLD } },
	{ TRAC__EVENT__BODY_OS_INSTALLED, {
		BIT(AUDITED) | BIT(IN_WORK), 0, STATE_IN_WORK, HOLD } },
	{ TRAC__EVENT__BODY_TESTED, {
		BIT(AUDITED) | BIT(IN_WORK) | BIT(RETURNED), 0, STATE_IN_WORK, HOLD } },
	{ TRAC__EVENT__BODY_GRADED, {
		BIT(IN_WORK) | BIT(REFURBISHED), 0, STAYS, HOLD } },
	{ TRAC__EVENT__BODY_REFURBISHED_DECLARED, {
		BIT(AUDITED) | BIT(IN_WORK) | BIT(RETURNED), 0, STATE_REFURBISHED, HOLD } },
	{ TRAC__EVENT__BODY_STOCKED, {
		BIT(REFURBISHED) | BIT(AUDITED) | BIT(STOCKED), 0, STATE_STOCKED, HOLD } },
	{ TRAC__EVENT__BODY_TRANSFER_SENT, {
		BIT(RECEIVED) | BIT(IDENTIFIED) | BIT(AUDITED) | BIT(IN_WORK) | BIT(REFURBISHED)
		| BIT(STOCKED) | BIT(RETURNED), 0, STATE_IN_TRANSFER, HOLD } },
	/* leads back to the state before the shipment: cycle.c */
	{ TRAC__EVENT__BODY_TRANSFER_RECEIVED, { BIT(IN_TRANSFER), 0, STAYS, TAKE } },
	{ TRAC__EVENT__BODY_NEED_REQUESTED, { ANY, 0, STAYS, NONE } },
	{ TRAC__EVENT__BODY_RESERVED, {
		BIT(STOCKED) | BIT(REFURBISHED), 0, STATE_RESERVED, NONE } },
	{ TRAC__EVENT__BODY_MADE_AVAILABLE, {
		BIT(STOCKED) | BIT(RESERVED) | BIT(REFURBISHED), 0, STATE_DISTRIBUTED, HOLD } },
	{ TRAC__EVENT__BODY_RETURNED, { BIT(DISTRIBUTED), 0, STATE_RETURNED, TAKE } },
	{ TRAC__EVENT__BODY_TRAINING_GIVEN, {
		BIT(DISTRIBUTED) | BIT(UNKNOWN), 0, STAYS, NONE } },
	{ TRAC__EVENT__BODY_SATISFACTION_RECORDED, {
		BIT(DISTRIBUTED) | BIT(UNKNOWN), 0, STAYS, NONE } },
	{ TRAC__EVENT__BODY_DISMANTLED, {
		BIT(AUDITED) | BIT(RETURNED), 0, STATE_DISMANTLED, HOLD } },
	{ TRAC__EVENT__BODY_WEEE_HANDED_OVER, {
		BIT(AUDITED) | BIT(IN_WORK) | BIT(REFURBISHED) | BIT(STOCKED) | BIT(RESERVED)
		| BIT(RETURNED) | BIT(DISMANTLED), 0, STATE_WEEE, HOLD } },
	{ TRAC__EVENT__BODY_LOST, { ~FINAL, 0, STATE_LOST, HOLD } },
	{ TRAC__EVENT__BODY_IDENTITY_LINKED, { ANY, 0, STAYS, NONE } },
	{ TRAC__EVENT__BODY_CORRECTED, { ANY, 0, STAYS, NONE } },
	{ TRAC__EVENT__BODY_COST_RECORDED, { ANY, 0, STAYS, NONE } },
};

static const struct step nothing = { ANY, 0, STAYS, NONE };

const struct step *state_step(const struct kind *k)
{
	if (!k)
		return &nothing;
	unsigned at = k->tag - steps[0].tag;
	assert(at < KIND_COUNT && steps[at].tag == k->tag);
	return &steps[at].step;
}

bool state_is_final(enum life_state s)
{
	return (1u << s & FINAL) != 0;
}

static const struct {
	const char *name, *label, *label_fr;
} states[] = {
	[STATE_UNKNOWN] = { "unknown", "unknown", "inconnu" },
	[STATE_ANNOUNCED] = { "announced", "announced", "annoncé" },
	[STATE_COLLECTED] = { "collected", "being collected", "en collecte" },
	[STATE_RECEIVED] = { "received", "received", "reçu" },
	[STATE_IDENTIFIED] = { "identified", "identified", "identifié" },
	[STATE_AUDITED] = { "audited", "audited", "audité" },
	[STATE_IN_WORK] = { "in_work", "in work", "en travaux" },
	[STATE_REFURBISHED] = { "refurbished", "refurbished", "reconditionné" },
	[STATE_STOCKED] = { "stocked", "in stock", "en stock" },
	[STATE_RESERVED] = { "reserved", "reserved", "réservé" },
	[STATE_IN_TRANSFER] = { "in_transfer", "in transfer", "en transfert" },
	[STATE_DISTRIBUTED] = { "distributed", "made available", "mis à disposition" },
	[STATE_RETURNED] = { "returned", "returned", "retourné" },
	[STATE_REFUSED] = { "refused", "refused at intake", "refusé" },
	[STATE_DISMANTLED] = { "dismantled", "dismantled for parts", "démonté" },
	[STATE_WEEE] = { "weee", "waste (WEEE)", "DEEE" },
	[STATE_LOST] = { "lost", "lost or stolen", "perdu ou volé" },
};

const char *life_state_name(enum life_state s)
{
	assert(s < sizeof states / sizeof *states);
	return states[s].name;
}

const char *life_state_label(enum life_state s, bool fr)
{
	assert(s < sizeof states / sizeof *states);
	return fr ? states[s].label_fr : states[s].label;
}
