/*
 * Public donations: their origin, the price at which they are sold on, their age
 * and whether they count as reused; and the fate of any device. Source: domain
 * page, 3.3, 3.4 and 3.5.
 */
#include <stdio.h>
#include <string.h>

#include "proto/life/verdict_judge.h"

/* --- who gave it --- */

void judge_public_donation(const struct judged *j, struct verdict *v)
{
	struct origin o;
	origin_find(j, &o);
	verdict_cite(v, o.type_at);
	if (!o.type_at) {
		verdict_say(v, UNDETERMINED, "no event of this cycle says who gave it",
			    "aucun événement de ce cycle ne dit qui l'a donné");
		return;
	}
	if (o.conflict) {
		verdict_cite(v, o.other_at);
		verdict_say(v, UNDETERMINED, "some events say a public donor, others not",
			    "des événements disent un donateur public, d'autres non");
		return;
	}
	if (o.type == TRAC__DONOR_TYPE__REFURBISHER) {
		verdict_say(v, UNDETERMINED, "it came from a refurbisher: who gave it to him is "
			    "not known", "il vient d'un reconditionneur : qui le lui a donné "
			    "n'est pas connu");
		return;
	}
	const ProtobufCEnumDescriptor *words = &trac__donor_type__descriptor;
	const char *en = word_label(words, (int)o.type, false);
	const char *fr = word_label(words, (int)o.type, true);
	v->truth = !en ? UNDETERMINED : donor_is_public(o.type) ? TRUE_ : FALSE_;
	verdict_reason(v, false, "its donor is: %s", en ? en : "of a newer version");
	verdict_reason(v, true, "son donateur est : %s", fr ? fr : "d'une version plus récente");
}

/* --- at which price it was sold on --- */

struct cap {
	int64_t cents;             /* -1: none for the type, or on the day */
	int64_t larger_cents;      /* of a machine that the type may be: a printer; else 0 */
	bool in_force;
	const char *source;
};

static struct cap cap_of(Trac__DeviceType type, int day)
{
	char name[40];
	struct cap c = { -1, 0, false, NULL };
	const char *word = word_of(&trac__device_type__descriptor, (int)type, false);
	c.in_force = law_value("price_cap_laptop", day, &c.source) >= 0;
	if (!word)
		return c;
	snprintf(name, sizeof name, "price_cap_%s", word);
	c.cents = law_value(name, day, NULL);
	/* events do not tell a printer from one that also scans and copies */
	if (type == TRAC__DEVICE_TYPE__PRINTER)
		c.larger_cents = law_value("price_cap_multifunction", day, NULL);
	return c;
}

static void say_price(struct verdict *v, enum truth t, int64_t cents, int64_t cap)
{
	v->truth = t;
	verdict_reason(v, false, "sold at %lld.%02lld EUR, the cap is %lld.%02lld EUR",
		       (long long)cents / 100, (long long)cents % 100, (long long)cap / 100,
		       (long long)cap % 100);
	verdict_reason(v, true, "vendu %lld,%02lld €, le plafond est de %lld,%02lld €",
		       (long long)cents / 100, (long long)cents % 100, (long long)cap / 100,
		       (long long)cap % 100);
}

static void judge_sale(const struct judged *j, const struct life_input *sale,
		       struct verdict *v)
{
	const Trac__MadeAvailable *b = sale->event->made_available;
	struct cap c = cap_of(j->life->type, event_day(sale->event));
	int64_t cents = b->price_cents;
	verdict_cite(v, sale);
	if (c.source)
		v->source = c.source;
	if (!c.in_force)
		verdict_say(v, NOT_APPLICABLE, "no cap was in force on the day of the sale",
			    "aucun plafond n'était en vigueur le jour de la vente");
	else if (c.cents < 0)
		verdict_say(v, UNDETERMINED, "there is no cap for its type",
			    "aucun plafond pour ce type d'appareil");
	else if (!b->has_price_cents)
		verdict_say(v, UNDETERMINED, "the price is not said", "le prix n'est pas dit");
	else if (cents <= c.cents)
		say_price(v, TRUE_, cents, c.cents);
	else if (cents <= c.larger_cents)
		verdict_say(v, UNDETERMINED, "over the cap of a printer, within that of one that "
			    "also scans and copies", "au-dessus du plafond d'une imprimante, sous "
			    "celui d'un appareil multifonctions");
	else
		say_price(v, FALSE_, cents, c.cents);
}

/* All sales count: a dear one is not undone by a cheap one after it. */
static bool judge_sales(const struct judged *j, struct verdict *v)
{
	struct verdict worst = *v;
	bool any = false;
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const struct life_input *input = j->life->line[i].input;
		struct verdict part = *v;
		if (input->event->body_case != TRAC__EVENT__BODY_MADE_AVAILABLE
		    || input->event->made_available->mode != TRAC__MODE__SOLIDARITY_SALE)
			continue;
		judge_sale(j, input, &part);
		if (!any || part.truth == FALSE_ || worst.truth == NOT_APPLICABLE)
			worst = part;
		any = true;
		if (worst.truth == FALSE_)
			break;
	}
	*v = worst;
	return any;
}

void judge_price_cap(const struct judged *j, const struct verdict *public_donation,
		     struct verdict *v)
{
	if (!judge_sales(j, v)) {
		verdict_say(v, NOT_APPLICABLE, "it was not sold at a solidarity price",
			    "il n'a pas été vendu à un prix solidaire");
		return;
	}
	if (public_donation->truth == FALSE_)
		verdict_say(v, NOT_APPLICABLE, "caps are for what a public body gave",
			    "les plafonds portent sur les dons de personnes publiques");
	else if (public_donation->truth == UNDETERMINED && v->truth == FALSE_)
		verdict_say(v, UNDETERMINED, "over the cap, but it is not known whether a public "
			    "body gave it", "au-dessus du plafond, mais on ignore si une personne "
			    "publique l'a donné");
	else if (public_donation->truth == UNDETERMINED && v->truth == TRUE_)
		v->truth = UNDETERMINED;
	for (unsigned i = 0; i < public_donation->count && i < VERDICT_EVENTS_MAX; i++)
		verdict_cite(v, public_donation->event[i]);
}

/* --- how old it was --- */

void judge_over_ten_years(const struct judged *j, struct verdict *v)
{
	struct origin o;
	origin_find(j, &o);
	verdict_cite(v, o.service_at);
	verdict_cite(v, o.retired_at);
	if (!o.service_at || !o.retired_at) {
		verdict_say(v, UNDETERMINED, "no event says when it was put in service or retired",
			    "aucun événement ne dit quand il a été mis en service ou réformé");
		return;
	}
	int64_t years = law_value("age_max", o.retired, &v->source);
	if (years < 0) {
		verdict_say(v, NOT_APPLICABLE, "no rule was in force on the day it was retired",
			    "aucune règle n'était en vigueur le jour de sa réforme");
		return;
	}
	/* "more than ten years": on its tenth birthday it is ten years old, not more */
	int first = o.service_first + (int)years * 10000;
	int last = o.service_last + (int)years * 10000;
	enum truth t = o.retired > last ? TRUE_ : o.retired <= first ? FALSE_ : UNDETERMINED;
	const char *en = o.retired_said ? "in service in %d, retired on %04d-%02d-%02d"
					: "in service in %d, came on %04d-%02d-%02d";
	const char *fr = o.retired_said ? "en service en %d, réformé le %04d-%02d-%02d"
					: "en service en %d, arrivé le %04d-%02d-%02d";
	verdict_say(v, t, en, fr, o.service_first / 10000,
		    o.retired / 10000, o.retired / 100 % 100, o.retired % 100);
}

/* --- what became of it --- */

/* Who works on it after its end, without a return, says that it is there still. */
static int seen_after_end(const struct judged *j)
{
	const struct cycle *c = judged_cycle(j);
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const struct life_line *line = &j->life->line[i];
		unsigned tag = line->input->event->body_case;
		/* disks and costs may be of what was already taken apart */
		bool work = tag >= TRAC__EVENT__BODY_COLLECTED
			    && tag <= TRAC__EVENT__BODY_TRANSFER_RECEIVED
			    && tag != TRAC__EVENT__BODY_DATA_ERASED
			    && tag != TRAC__EVENT__BODY_MEDIUM_REMOVED
			    && tag != TRAC__EVENT__BODY_MEDIUM_DESTROYED;
		if (c->ended_at >= 0 && (int)i > c->ended_at && work
		    && line->notes & NOTE_OUT_OF_ORDER)
			return (int)i;
	}
	return -1;
}

static int last_line(const struct judged *j)
{
	int last = -1;
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1))
		last = (int)i;
	return last;
}

void judge_final_fate(const struct judged *j, struct verdict *v)
{
	const struct cycle *c = judged_cycle(j);
	int again = seen_after_end(j);
	bool stocked = c->fate == STATE_STOCKED || c->fate == STATE_RESERVED;
	bool lent = c->fate == STATE_DISTRIBUTED && c->distributed_at >= 0;
	const char *en = life_state_label(c->fate, false), *fr = life_state_label(c->fate, true);
	if (again >= 0) {
		v->truth = FALSE_;
		verdict_reason(v, false, "it was said to be gone (%s) and was seen again", en);
		verdict_reason(v, true, "il a été dit parti (%s), puis revu", fr);
		verdict_cite_line(v, j, c->ended_at);
		verdict_cite_line(v, j, again);
		return;
	}
	v->truth = c->ended_at >= 0 || stocked || lent ? TRUE_ : UNDETERMINED;
	verdict_reason(v, false, v->truth == TRUE_ ? "its fate: %s" : "on its way: %s", en);
	verdict_reason(v, true, v->truth == TRUE_ ? "son issue : %s" : "en cours : %s", fr);
	if (c->ended_at >= 0)
		verdict_cite_line(v, j, c->ended_at);
	else
		verdict_cite_line(v, j, lent ? c->distributed_at : last_line(j));
}

/* --- does it count as reused? --- */

/* The first proof: a declaration that still holds, or that somebody got it. */
static int reuse_proof(const struct judged *j)
{
	const struct cycle *c = judged_cycle(j);
	for (unsigned i = line_next(j, 0); i < j->life->line_count; i = line_next(j, i + 1)) {
		const Trac__Event *e = j->life->line[i].input->event;
		bool declared = e->body_case == TRAC__EVENT__BODY_REFURBISHED_DECLARED
				&& c->refurbished && (int)i == c->refurbished_at;
		if (declared || e->body_case == TRAC__EVENT__BODY_MADE_AVAILABLE)
			return (int)i;
	}
	return -1;
}

static bool is_waste(const struct cycle *c)
{
	return c->ended_at >= 0 && c->fate != STATE_DISTRIBUTED;
}

static void judge_proof(const struct judged *j, struct verdict *v)
{
	const struct cycle *c = judged_cycle(j);
	int proof = reuse_proof(j);
	if (is_waste(c)) {
		v->truth = FALSE_;
		verdict_reason(v, false, "it was not reused: %s",
			       life_state_label(c->fate, false));
		verdict_reason(v, true, "il n'a pas été réemployé : %s",
			       life_state_label(c->fate, true));
		verdict_cite_line(v, j, c->ended_at);
		return;
	}
	if (proof < 0) {
		verdict_say(v, UNDETERMINED, "it is neither declared refurbished nor made available",
			    "il n'est ni déclaré reconditionné ni mis à disposition");
		return;
	}
	int day = event_day(j->life->line[proof].input->event);
	int64_t target = law_value("reuse_target", day, &v->source);
	verdict_cite_line(v, j, proof);
	if (target < 0)
		verdict_say(v, NOT_APPLICABLE, "no target was in force in %d",
			    "aucun objectif n'était en vigueur en %d", day / 10000);
	else
		verdict_say(v, TRUE_, "it counts in %d, for a target of %lld %%",
			    "il compte en %d, pour un objectif de %lld %%", day / 10000,
			    (long long)target);
}

void judge_reuse_target(const struct judged *j, const struct verdict done[RULE_COUNT],
			struct verdict *v)
{
	const struct verdict *donation = &done[RULE_PUBLIC_DONATION];
	const struct verdict *old = &done[RULE_OVER_TEN_YEARS];
	struct origin o;
	origin_find(j, &o);
	if (donation->truth == FALSE_) {
		verdict_say(v, NOT_APPLICABLE, "its donor is no public body",
			    "son donateur n'est pas une personne publique");
		verdict_cite(v, o.type_at);
		return;
	}
	if (old->truth == TRUE_ || o.sensitivity >= TRAC__SENSITIVITY__RESTRICTED) {
		verdict_say(v, FALSE_, "left out: more than ten years old, or under obligations of "
			    "security", "exclu : plus de dix ans, ou sous obligations de sécurité");
		verdict_cite(v, old->truth == TRUE_ ? o.service_at : o.sensitivity_at);
		return;
	}
	judge_proof(j, v);
	verdict_cite(v, o.type_at);
	if (v->truth != TRUE_)
		return;
	if (donation->truth != TRUE_)
		verdict_say(v, UNDETERMINED, "reused, but who gave it is not known for certain",
			    "réemployé, mais qui l'a donné n'est pas certain");
	else if (old->truth == UNDETERMINED)
		verdict_say(v, UNDETERMINED, "reused, but its age when retired is not known",
			    "réemployé, mais son âge à la réforme n'est pas connu");
}
