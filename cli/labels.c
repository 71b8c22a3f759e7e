/* What people call the fields of events. A test holds this table complete. */
#include "cli/body.h"

#include <stdlib.h>
#include <string.h>

#include "cli/lang.h"

struct label {
	const char *name, *label;
};

/* by name */
static const struct label label[] = {
	{ "a", N_("identifier") },
	{ "after_bytes", N_("after") },
	{ "amount_cents", N_("amount") },
	{ "announced", N_("announced") },
	{ "answers", N_("answers") },
	{ "b", N_("and identifier") },
	{ "battery_percent", N_("battery") },
	{ "before_bytes", N_("before") },
	{ "brand", N_("brand") },
	{ "cancelled", N_("cancelled") },
	{ "carrier", N_("carrier") },
	{ "certificate_sha256", N_("certificate") },
	{ "charter_signed", N_("charter signed") },
	{ "commitment", N_("commitment") },
	{ "component", N_("component") },
	{ "confidence_percent", N_("confidence") },
	{ "consignment_note", N_("consignment note") },
	{ "cost_cents", N_("cost") },
	{ "count", N_("count") },
	{ "cpu", N_("processor") },
	{ "decision", N_("decision") },
	{ "defect", N_("defects") },
	{ "department", N_("department") },
	{ "destination", N_("destination") },
	{ "device_type", N_("type") },
	{ "direction", N_("direction") },
	{ "discrepancy", N_("discrepancy") },
	{ "disk_hours", N_("disk hours") },
	{ "distance_metres", N_("distance") },
	{ "donor", N_("donor") },
	{ "donor_type", N_("donor type") },
	{ "duration_seconds", N_("duration") },
	{ "erased_bytes", N_("erased") },
	{ "evidence", N_("evidence") },
	{ "expires_on", N_("expires on") },
	{ "flow", N_("flow") },
	{ "frame", N_("frame") },
	{ "functions_expected", N_("functions expected") },
	{ "grade", N_("grade") },
	{ "grid", N_("grid") },
	{ "grid_version", N_("grid version") },
	{ "hidden_areas", N_("hidden areas") },
	{ "in_france", N_("in France") },
	{ "in_service_on", N_("in service on") },
	{ "item", N_("item") },
	{ "language", N_("language") },
	{ "level", N_("level") },
	{ "licence", N_("licence") },
	{ "medium", N_("medium") },
	{ "memory_bytes", N_("memory") },
	{ "method", N_("method") },
	{ "minutes", N_("time spent") },
	{ "mode", N_("mode") },
	{ "model", N_("model") },
	{ "nature", N_("nature") },
	{ "need", N_("need") },
	{ "no_medium", N_("no medium") },
	{ "operation", N_("operation") },
	{ "origin", N_("origin") },
	{ "origin_commune", N_("from commune") },
	{ "part", N_("part") },
	{ "particle_micrometres", N_("particles") },
	{ "passes", N_("passes") },
	{ "people", N_("people") },
	{ "place", N_("place") },
	{ "prescriber_type", N_("prescriber") },
	{ "price_category", N_("price category") },
	{ "price_cents", N_("price") },
	{ "priority_district", N_("priority district") },
	{ "public", N_("public") },
	{ "reason", N_("reason") },
	{ "recipient", N_("recipient") },
	{ "recipient_type", N_("recipient type") },
	{ "reference", N_("references") },
	{ "refused", N_("refused") },
	{ "replacement", N_("replaced by") },
	{ "result", N_("result") },
	{ "results", N_("results") },
	{ "retired_on", N_("retired on") },
	{ "score", N_("score") },
	{ "seen", N_("seen") },
	{ "sensitivity", N_("sensitivity") },
	{ "sent_back", N_("sent back") },
	{ "shipment", N_("shipment") },
	{ "smart_passed", N_("SMART passed") },
	{ "system", N_("system") },
	{ "target", N_("target") },
	{ "tax_included", N_("tax included") },
	{ "technique", N_("technique") },
	{ "theme", N_("theme") },
	{ "tool", N_("tool") },
	{ "tool_version", N_("tool version") },
	{ "type", N_("type") },
	{ "types", N_("types") },
	{ "unit_value_cents", N_("unit value") },
	{ "urgent", N_("urgent") },
	{ "verification", N_("verification") },
	{ "verification_result", N_("verification result") },
	{ "verified_percent", N_("verified") },
	{ "version", N_("version") },
	{ "warranty_months", N_("warranty") },
	{ "waste_code", N_("waste code") },
	{ "waste_status", N_("waste status") },
	{ "weight_grams", N_("weight") },
	{ "witness_role", N_("witness") },
	{ "year", N_("year") },
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct label *)row)->name);
}

const char *field_label(const char *name)
{
	const struct label *found = bsearch(name, label, sizeof label / sizeof *label,
					    sizeof *label, compare);
	return found ? _(found->label) : name;
}
