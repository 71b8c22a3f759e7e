/* What is asked at the bench: kinds, their questions in order, defaults, checks. */
#include "cli/scan.h"

#include <string.h>

#include "proto/life/check.h"
#include "proto/life/data.h"
#include "proto/life/reflect.h"
#include "proto/wire/unpack.h"

/* The order of a bench; those about no device are not recorded by scanning one. */
static const char *const kind_name[] = {
	"received", "identified", "audited", "data_erased", "tested", "refurbished_declared",
	"stocked", "made_available", "transfer_sent", "transfer_received", "repaired",
	"upgraded", "os_installed", "graded", "medium_removed", "medium_destroyed", "reserved",
	"returned", "intake_refused", "dismantled", "weee_handed_over", "lost",
	"training_given", "cost_recorded",
};

/*
 * Rows of a kind stand together, in the order in which they are asked. "failed" is no
 * field of tested: it is asked instead of grid, version, count and results.
 */
static const struct scan_step step[] = {
	{ "received", "origin", "external", false, NULL },
	{ "received", "donor_type", "company", false, "origin=external" },
	{ "received", "donor", NULL, true, "origin=external" },
	{ "received", "device_type", "laptop", false, NULL },
	{ "identified", "device_type", "laptop", false, NULL },
	{ "identified", "brand", NULL, true, NULL },
	{ "identified", "model", NULL, true, NULL },
	{ "identified", "medium.serial", NULL, true, NULL },
	{ "identified", "medium.type", "ssd", false, "medium.serial" },
	{ "identified", "medium.capacity_bytes", NULL, true, "medium.serial" },
	{ "audited", "decision", "reuse", false, NULL },
	{ "audited", "defect", NULL, true, NULL },
	{ "data_erased", "medium.serial", NULL, true, NULL },
	{ "data_erased", "medium.type", "ssd", false, NULL },
	{ "data_erased", "level", "clear", false, NULL },
	{ "data_erased", "technique", "overwrite", false, NULL },
	{ "data_erased", "tool", "nwipe", false, NULL },
	{ "data_erased", "verification", "full", false, NULL },
	{ "data_erased", "result", "success", false, NULL },
	{ "tested", "failed", NULL, true, NULL },
	{ "refurbished_declared", "warranty_months", "6", true, NULL },
	{ "stocked", "place", "storeroom", false, NULL },
	{ "made_available", "mode", "donation", false, NULL },
	{ "made_available", "price_cents", NULL, false, "mode=solidarity_sale" },
	{ "made_available", "price_cents", NULL, false, "mode=market_sale" },
	{ "made_available", "recipient_type", "final_user", false, NULL },
	{ "made_available", "public", "low_income", false, NULL },
	{ "made_available", "department", NULL, false, NULL },
	{ "transfer_sent", "recipient", NULL, false, NULL },
	{ "transfer_sent", "nature", "ownership", false, NULL },
	{ "transfer_received", "shipment", NULL, false, NULL },
	{ "repaired", "operation", NULL, false, NULL },
	{ "repaired", "result", "success", false, NULL },
	{ "repaired", "minutes", NULL, true, NULL },
	{ "upgraded", "component", "ram", false, NULL },
	{ "upgraded", "before_bytes", NULL, false, "component=ram" },
	{ "upgraded", "before_bytes", NULL, false, "component=disk" },
	{ "upgraded", "after_bytes", NULL, false, "component=ram" },
	{ "upgraded", "after_bytes", NULL, false, "component=disk" },
	{ "upgraded", "medium.serial", NULL, true, "component=disk" },
	{ "upgraded", "medium.type", "ssd", false, "medium.serial" },
	{ "os_installed", "system", "Debian", false, NULL },
	{ "os_installed", "version", "12", false, NULL },
	{ "os_installed", "licence", "free_software", false, NULL },
	{ "graded", "grade", "b", false, NULL },
	{ "medium_removed", "medium.serial", NULL, true, NULL },
	{ "medium_removed", "medium.type", "ssd", false, NULL },
	{ "medium_removed", "destination", "to_destruction", true, NULL },
	{ "medium_destroyed", "medium.serial", NULL, true, NULL },
	{ "medium_destroyed", "medium.type", "ssd", false, NULL },
	{ "medium_destroyed", "method", "shredding", false, NULL },
	{ "medium_destroyed", "result", "success", false, NULL },
	{ "reserved", "need", NULL, false, NULL },
	{ "returned", "reason", "after_sales", false, NULL },
	{ "intake_refused", "reason", "too_old", false, NULL },
	{ "dismantled", "part", "ram,disk", false, NULL },
	{ "weee_handed_over", "recipient", NULL, false, NULL },
	{ "weee_handed_over", "waste_code", "16 02 14", false, NULL },
	{ "weee_handed_over", "weight_grams", NULL, false, NULL },
	{ "lost", "nature", "loss", false, NULL },
	{ "training_given", "people", "1", false, NULL },
	{ "training_given", "minutes", "60", false, NULL },
	{ "training_given", "type", "first_steps", false, NULL },
	{ "training_given", "frame", "at_delivery", false, NULL },
	{ "cost_recorded", "item", "part", false, NULL },
	{ "cost_recorded", "amount_cents", NULL, false, NULL },
	{ "cost_recorded", "tax_included", "no", false, NULL },
};

bool scan_step_at(const struct kind *k, unsigned i, struct scan_step *out)
{
	for (unsigned at = 0; at < sizeof step / sizeof *step; at++) {
		if (!strcmp(step[at].kind, k->name) && i-- == 0) {
			*out = step[at];
			return true;
		}
	}
	return false;
}

const struct kind *scan_kind_at(unsigned i)
{
	return i < sizeof kind_name / sizeof *kind_name ? kind_by_name(kind_name[i]) : NULL;
}

const struct kind *scan_kind_after(enum life_state state)
{
	static const char *const next[] = {
		[STATE_UNKNOWN] = "received", [STATE_ANNOUNCED] = "received",
		[STATE_COLLECTED] = "received", [STATE_RECEIVED] = "identified",
		[STATE_IDENTIFIED] = "audited", [STATE_AUDITED] = "data_erased",
		[STATE_IN_WORK] = "tested", [STATE_REFURBISHED] = "stocked",
		[STATE_STOCKED] = "made_available", [STATE_RESERVED] = "made_available",
		[STATE_IN_TRANSFER] = "transfer_received", [STATE_DISTRIBUTED] = "returned",
		[STATE_RETURNED] = "audited", [STATE_REFUSED] = "weee_handed_over",
		[STATE_DISMANTLED] = "weee_handed_over", [STATE_WEEE] = "received",
		[STATE_LOST] = "received",
	};
	return kind_by_name(next[state]);
}

const char *scan_grid_at(Trac__DeviceType type, unsigned i)
{
	const char *word = word_of(&trac__device_type__descriptor, type, false);
	for (unsigned at = 0; word && at < data_grids.count; at++) {
		const char *const *cell = data_grids.row[at].cell;
		if (!strcmp(cell[0], "standard") && !strcmp(cell[2], word)
		    && !strcmp(cell[4], "yes") && i-- == 0)
			return cell[3];
	}
	return NULL;
}

/* "medium.type": the message "medium" of a body type, or NULL when name is plain. */
static const ProtobufCFieldDescriptor *outer_field(const struct kind *k, const char *name,
						   const char **inner)
{
	char outer[64];
	size_t size = strcspn(name, ".");
	if (size >= sizeof outer)
		return NULL;
	memcpy(outer, name, size);
	outer[size] = '\0';
	*inner = name[size] ? name + size + 1 : NULL;
	return protobuf_c_message_descriptor_get_field_by_name(kind_body_type(k), outer);
}

const ProtobufCFieldDescriptor *scan_field(const struct kind *k, const char *name)
{
	const char *inner;
	const ProtobufCFieldDescriptor *d = outer_field(k, name, &inner);
	if (!d || !inner)
		return d;
	if (d->type != PROTOBUF_C_TYPE_MESSAGE)
		return NULL;
	return protobuf_c_message_descriptor_get_field_by_name(d->descriptor, inner);
}

static bool is_of_time(const char *name)
{
	return !strcmp(name, "kind") || !strcmp(name, "date") || !strcmp(name, "zone")
	       || !strcmp(name, "id");
}

/* All of l and the new value, packed. */
static int draft_of(const struct kind *k, const struct fields *l, const char *name,
		    const char *value, struct buffer *out, struct fault *f)
{
	struct draft *d = draft_create(k);
	int rc = d ? 0 : fault_set(f, FAULT_IO, "no memory");
	for (unsigned i = 0; rc == 0 && i < l->count; i++) {
		if (!is_of_time(l->at[i].name))
			rc = draft_set(d, l->at[i].name, l->at[i].value, f);
	}
	if (rc == 0)
		rc = draft_set(d, name, value, f);
	if (rc == 0)
		draft_write(d, out);
	draft_destroy(d);
	return rc;
}

#define RULES_MAX 40

/* The message by its rules, but nothing is required yet. */
static int check_relaxed(const ProtobufCMessage *m, const char *where, struct fault *f)
{
	struct field_rule rule[RULES_MAX];
	unsigned n = 0;
	for (const struct field_rule *r = message_rules(m->descriptor); r && r->name
	     && n < RULES_MAX - 1; r++) {
		rule[n] = *r;
		rule[n++].required = false;
	}
	rule[n].name = NULL;
	return message_check(m, rule, where, f);
}

int scan_check(const struct fields *l, const char *name, const char *value, struct fault *f)
{
	const struct kind *k = kind_by_name(fields_value(l, "kind"));
	const char *inner = NULL;
	const ProtobufCFieldDescriptor *outer = outer_field(k, name, &inner);
	struct buffer b;
	Trac__Event *e = NULL;
	buffer_init(&b, ENTRY_SIZE_MAX);
	int rc = draft_of(k, l, name, value, &b, f);
	if (rc == 0 && outer) {
		e = event_open((struct span){ b.data, b.used }, f);
		const ProtobufCMessage *m = e ? event_body(e, &k) : NULL;
		size_t count = m && inner ? field_count(m, outer) : 0;
		if (count)
			m = field_message(m, outer, count - 1);
		rc = m ? check_relaxed(m, inner ? outer->name : k->name, f) : -1;
	}
	unpack_free(e);
	buffer_clear(&b);
	return rc;
}
