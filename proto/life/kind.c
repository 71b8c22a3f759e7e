/*
 * The 30 kinds of events and the fields of each. Source: domain page, 2.2,
 * column "mandatory payload". Rules that tie two fields together ("a sale has
 * a price") stand in check_kind.c.
 */
#include "proto/life/kind.h"

#include <assert.h>

#include "proto/life/reflect.h"
#include "proto/wire/limits.h"

/* Required, optional; _IN with bounds; _ZERO: 0 is a value too; LIST may be empty. */
#define NEED(n) { .name = #n, .required = true }
#define MAY(n) { .name = #n }
#define NEED_IN(n, lo, hi) { .name = #n, .required = true, .least = (lo), .most = (hi) }
#define MAY_IN(n, lo, hi) { .name = #n, .least = (lo), .most = (hi) }
#define NEED_ZERO(n, hi) { .name = #n, .required = true, .may_be_zero = true, .most = (hi) }
#define MAY_ZERO(n, hi) { .name = #n, .may_be_zero = true, .most = (hi) }
#define LIST(n) { .name = #n, .may_be_zero = true }
#define LIST_IN(n, lo, hi) { .name = #n, .may_be_zero = true, .least = (lo), .most = (hi) }
#define END { .name = NULL }

/* Sizes in bytes of what is not a number. */
#define SHA256_SIZE 32

/* Bounds: beyond them a unit was mistaken. */
#define COUNT_MAX 1000000
#define CENTS_MAX 100000000           /* a million euros for one device */
#define AMOUNT_MAX 100000000000       /* a billion euros for one cost */
#define GRAMS_MAX 1000000000          /* 1,000 t */
#define METRES_MAX 50000000           /* around the earth, and some */
#define MINUTES_MAX 10000000
#define STORAGE_MAX 1000000000000000  /* 1 PB */
#define YEAR_MIN 1970
#define YEAR_MAX 2100
#define MONTHS_MAX 240

static const struct field_rule donation_announced_fields[] = {
	NEED(donor_type), MAY(donor), NEED_IN(count, 1, COUNT_MAX), LIST(types),
	LIST(announced), MAY(retired_on), MAY(in_service_on), MAY(sensitivity),
	MAY_ZERO(unit_value_cents, CENTS_MAX), END
};
static const struct field_rule collected_fields[] = {
	NEED(donor_type), NEED(origin_commune), NEED_IN(count, 1, COUNT_MAX),
	NEED(waste_status), MAY(donor), MAY_IN(weight_grams, 1, GRAMS_MAX),
	MAY_ZERO(distance_metres, METRES_MAX), END
};
static const struct field_rule received_fields[] = {
	NEED(origin), MAY(donor_type), MAY(discrepancy), MAY(donor), MAY(device_type),
	MAY(origin_commune), MAY(in_service_on), MAY(retired_on), MAY(sensitivity), END
};
static const struct field_rule identified_fields[] = {
	NEED(device_type), LIST(seen), MAY(brand), MAY(model), MAY_IN(year, YEAR_MIN, YEAR_MAX),
	MAY(cpu), MAY_IN(memory_bytes, 1, STORAGE_MAX), LIST(medium), MAY(no_medium),
	LIST(part), END
};
static const struct field_rule intake_refused_fields[] = {
	NEED(reason), MAY(sent_back), END
};
static const struct field_rule audited_fields[] = {
	NEED(decision), LIST(defect), MAY_ZERO(battery_percent, 100),
	MAY_ZERO(disk_hours, COUNT_MAX), MAY(smart_passed), END
};
static const struct field_rule data_erased_fields[] = {
	NEED(medium), NEED(level), NEED(technique), NEED(tool), MAY(tool_version),
	NEED(verification), MAY_ZERO(verified_percent, 100), MAY(verification_result),
	NEED(result), MAY(hidden_areas), MAY_ZERO(passes, 100),
	MAY_ZERO(duration_seconds, 100000000), MAY_ZERO(erased_bytes, STORAGE_MAX),
	MAY_IN(certificate_sha256, SHA256_SIZE, SHA256_SIZE), END
};
static const struct field_rule medium_removed_fields[] = {
	NEED(medium), MAY(destination), END
};
static const struct field_rule medium_destroyed_fields[] = {
	NEED(medium), NEED(method), NEED(result),
	MAY_IN(particle_micrometres, 1, COUNT_MAX), MAY(witness_role), END
};
static const struct field_rule repaired_fields[] = {
	NEED(operation), NEED(result), MAY(part), MAY_ZERO(minutes, MINUTES_MAX),
	MAY_ZERO(cost_cents, CENTS_MAX), MAY(installed), MAY(removed), END
};
static const struct field_rule upgraded_fields[] = {
	NEED(component), MAY_ZERO(before_bytes, STORAGE_MAX), MAY_IN(after_bytes, 1, STORAGE_MAX),
	MAY(medium), MAY_ZERO(cost_cents, CENTS_MAX), MAY(part), MAY(installed), MAY(removed), END
};
static const struct field_rule os_installed_fields[] = {
	NEED(system), NEED(version), NEED(licence), MAY(language), END
};
static const struct field_rule tested_fields[] = {
	NEED(grid), NEED(grid_version), NEED_IN(functions_expected, 1, EVENT_LIST_MAX),
	NEED(results), END
};
static const struct field_rule graded_fields[] = {
	NEED(grade), MAY(price_category), END
};
static const struct field_rule refurbished_declared_fields[] = {
	LIST_IN(reference, EVENT_ID_SIZE, EVENT_ID_SIZE), MAY(in_france),
	MAY_ZERO(warranty_months, MONTHS_MAX), END
};
static const struct field_rule stocked_fields[] = {
	NEED(place), END
};
static const struct field_rule transfer_sent_fields[] = {
	NEED(recipient), NEED(nature), MAY(carrier), END
};
static const struct field_rule transfer_received_fields[] = {
	NEED_IN(shipment, EVENT_ID_SIZE, EVENT_ID_SIZE), MAY(discrepancy), MAY(refused), END
};
static const struct field_rule need_requested_fields[] = {
	NEED(need), NEED(device_type), NEED(public), MAY(urgent), END
};
static const struct field_rule reserved_fields[] = {
	NEED(need), MAY(cancelled), MAY(expires_on), END
};
static const struct field_rule made_available_fields[] = {
	NEED(mode), NEED(recipient_type), NEED(public), MAY_ZERO(price_cents, CENTS_MAX),
	NEED(department), MAY_IN(commitment, SHA256_SIZE, SHA256_SIZE), MAY(prescriber_type),
	MAY(priority_district), MAY(need), MAY_ZERO(warranty_months, MONTHS_MAX),
	MAY(charter_signed), MAY(prescriber), END
};
static const struct field_rule returned_fields[] = {
	NEED(reason), END
};
static const struct field_rule training_given_fields[] = {
	NEED_IN(people, 1, COUNT_MAX), NEED_IN(minutes, 1, MINUTES_MAX), NEED(type), NEED(frame),
	MAY_IN(commitment, SHA256_SIZE, SHA256_SIZE), END
};
static const struct field_rule satisfaction_recorded_fields[] = {
	NEED_IN(score, 1, 5), NEED_IN(answers, 1, COUNT_MAX), NEED(grid), MAY(theme), END
};
static const struct field_rule dismantled_fields[] = {
	NEED(part), MAY_IN(weight_grams, 1, GRAMS_MAX), LIST(recovered), LIST(medium), END
};
static const struct field_rule weee_handed_over_fields[] = {
	NEED(recipient), NEED(waste_code), NEED_IN(weight_grams, 1, GRAMS_MAX),
	MAY(consignment_note), MAY(flow), END
};
static const struct field_rule lost_fields[] = {
	NEED(nature), END
};
static const struct field_rule identity_linked_fields[] = {
	NEED(a), NEED(b), LIST_IN(evidence, EVENT_ID_SIZE, EVENT_ID_SIZE), NEED(direction),
	MAY_ZERO(confidence_percent, 100), END
};
static const struct field_rule corrected_fields[] = {
	NEED_IN(target, EVENT_ID_SIZE, EVENT_ID_SIZE), NEED(reason),
	MAY_IN(replacement, EVENT_ID_SIZE, EVENT_ID_SIZE), END
};
static const struct field_rule cost_recorded_fields[] = {
	NEED(item), NEED_ZERO(amount_cents, AMOUNT_MAX), NEED(tax_included),
	MAY_ZERO(minutes, MINUTES_MAX), END
};

/* Messages inside a body or the envelope. */
static const struct field_rule identifier_fields[] = {
	NEED(kind), NEED(value), MAY(maker), MAY(scope), END
};
static const struct field_rule attachment_fields[] = {
	NEED_IN(sha256, SHA256_SIZE, SHA256_SIZE), MAY_ZERO(size_bytes, STORAGE_MAX),
	MAY(media_type), END
};
static const struct field_rule medium_fields[] = {
	MAY(serial), NEED(type), MAY_IN(capacity_bytes, 1, STORAGE_MAX), MAY(model), MAY(wwn),
	MAY(interface), END
};
static const struct field_rule part_fields[] = {
	NEED(component), MAY(serial), MAY(maker), MAY(model),
	MAY_IN(capacity_bytes, 1, STORAGE_MAX), MAY_ZERO(health_percent, 200), END
};
static const struct field_rule type_count_fields[] = {
	NEED(type), NEED_IN(count, 1, COUNT_MAX), END
};
static const struct field_rule function_result_fields[] = {
	NEED(function), NEED(result), MAY(measure), END
};

#define DEVICE true
#define FREE false
#define KIND(number, body, fr, label_en, label_french, device) \
	{ .tag = (number), .name = #body, .name_fr = (fr), .label = (label_en), \
	  .label_fr = (label_french), .needs_device = (device), .field = body##_fields }

static const struct kind kinds[KIND_COUNT] = {
	KIND(101, donation_announced, "don_annonce", "donation announced", "don annoncé", FREE),
	KIND(102, collected, "collecte", "collected", "collecté", FREE),
	KIND(103, received, "reception", "received", "reçu", DEVICE),
	KIND(104, identified, "identification", "identified", "identifié", DEVICE),
	KIND(105, intake_refused, "refus_entree", "refused at intake", "refusé à l'entrée",
	     DEVICE),
	KIND(106, audited, "audit", "audited", "audité", DEVICE),
	KIND(107, data_erased, "effacement", "data erased", "données effacées", FREE),
	KIND(108, medium_removed, "retrait_support", "storage medium removed",
	     "support retiré", DEVICE),
	KIND(109, medium_destroyed, "destruction_support", "storage medium destroyed",
	     "support détruit", FREE),
	KIND(110, repaired, "reparation", "repaired", "réparé", DEVICE),
	KIND(111, upgraded, "amelioration", "upgraded", "amélioré", DEVICE),
	KIND(112, os_installed, "installation_systeme", "operating system installed",
	     "système installé", DEVICE),
	KIND(113, tested, "test_fonctionnel", "tested", "testé", DEVICE),
	KIND(114, graded, "gradation", "graded", "gradé", DEVICE),
	KIND(115, refurbished_declared, "declaration_reconditionne", "declared refurbished",
	     "déclaré reconditionné", DEVICE),
	KIND(116, stocked, "mise_en_stock", "put in stock", "mis en stock", DEVICE),
	KIND(117, transfer_sent, "transfert_expedition", "transfer sent",
	     "transfert expédié", DEVICE),
	KIND(118, transfer_received, "transfert_reception", "transfer received",
	     "transfert reçu", DEVICE),
	KIND(119, need_requested, "demande_equipement", "equipment requested",
	     "équipement demandé", FREE),
	KIND(120, reserved, "reservation", "reserved", "réservé", DEVICE),
	KIND(121, made_available, "mise_a_disposition", "made available",
	     "mis à disposition", DEVICE),
	KIND(122, returned, "retour", "returned", "retourné", DEVICE),
	KIND(123, training_given, "accompagnement", "training given",
	     "accompagnement donné", FREE),
	KIND(124, satisfaction_recorded, "satisfaction", "satisfaction recorded",
	     "satisfaction relevée", FREE),
	KIND(125, dismantled, "demontage", "dismantled for parts",
	     "démonté pour pièces", DEVICE),
	KIND(126, weee_handed_over, "remise_deee", "handed over as waste (WEEE)",
	     "remis en DEEE", FREE),
	KIND(127, lost, "perte_vol", "lost or stolen", "perdu ou volé", DEVICE),
	KIND(128, identity_linked, "lien_identite", "identities linked",
	     "identités liées", FREE),
	KIND(129, corrected, "rectification", "corrected", "rectifié", FREE),
	KIND(130, cost_recorded, "cout", "cost recorded", "coût enregistré", FREE),
};

static const struct {
	const ProtobufCMessageDescriptor *type;
	const struct field_rule *field;
} nested[] = {
	{ &trac__identifier__descriptor, identifier_fields },
	{ &trac__attachment__descriptor, attachment_fields },
	{ &trac__medium__descriptor, medium_fields },
	{ &trac__part__descriptor, part_fields },
	{ &trac__type_count__descriptor, type_count_fields },
	{ &trac__function_result__descriptor, function_result_fields },
};

#define TAG_FIRST 101

const struct kind *kind_at(unsigned i)
{
	assert(i < KIND_COUNT);
	assert(kinds[i].tag == TAG_FIRST + i);
	return &kinds[i];
}

const struct kind *kind_by_tag(unsigned tag)
{
	if (tag < TAG_FIRST || tag >= TAG_FIRST + KIND_COUNT)
		return NULL;
	return kind_at(tag - TAG_FIRST);
}

const struct kind *kind_by_name(const char *name)
{
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		if (word_is(name, kinds[i].name) || word_is(name, kinds[i].name_fr))
			return &kinds[i];
	}
	return NULL;
}

/* The member of Trac__Event that holds this kind's body. */
static const ProtobufCFieldDescriptor *body_field(const struct kind *k)
{
	const ProtobufCFieldDescriptor *f =
		protobuf_c_message_descriptor_get_field(&trac__event__descriptor, k->tag);
	assert(f && f->type == PROTOBUF_C_TYPE_MESSAGE);
	return f;
}

const ProtobufCMessageDescriptor *kind_body_type(const struct kind *k)
{
	return body_field(k)->descriptor;
}

const struct field_rule *message_rules(const ProtobufCMessageDescriptor *type)
{
	for (unsigned i = 0; i < sizeof nested / sizeof *nested; i++) {
		if (nested[i].type == type)
			return nested[i].field;
	}
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		if (kind_body_type(&kinds[i]) == type)
			return kinds[i].field;
	}
	return NULL;
}

const ProtobufCMessage *event_body(const Trac__Event *e, const struct kind **kind)
{
	*kind = kind_by_tag(e->body_case);
	if (!*kind)
		return NULL;
	return field_message(&e->base, body_field(*kind), 0);
}
