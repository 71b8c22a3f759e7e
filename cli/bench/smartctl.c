/* smartctl -j: one disk, as ATA, NVMe or SCSI. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/bench/tree.h"

/* Above it the counter is broken: no disk is 100 years old. */
#define HOURS_MAX 900000

/* NAA 5: 4 bits, then 24 of the maker, then 36. */
static void take_wwn(struct found_medium *m, const json_t *j)
{
	char text[24];
	uint64_t naa = tree_number(j, "wwn.naa"), oui = tree_number(j, "wwn.oui");
	uint64_t id = tree_number(j, "wwn.id");
	if (!naa || naa > 15 || oui >> 24 || id >> 36)
		return;
	snprintf(text, sizeof text, "%016" PRIx64, naa << 60 | oui << 36 | id);
	found_wwn(m->wwn, text);
}

static void take_type(struct found_medium *m, const json_t *j)
{
	const char *protocol = tree_text(j, "device.protocol");
	const json_t *rate = tree_at(j, "rotation_rate");
	if (!strcmp(protocol, "NVMe")) {
		m->type = TRAC__MEDIUM_TYPE__NVME;
		m->interface = TRAC__MEDIUM_INTERFACE__PCIE;
		return;
	}
	if (json_is_integer(rate))
		m->type = json_integer_value(rate) ? TRAC__MEDIUM_TYPE__HDD
			: TRAC__MEDIUM_TYPE__SSD;
	if (!strcmp(protocol, "ATA") && tree_at(j, "sata_version"))
		m->interface = TRAC__MEDIUM_INTERFACE__SATA;
	if (strstr(tree_text(j, "scsi_transport_protocol.name"), "SAS"))
		m->interface = TRAC__MEDIUM_INTERFACE__SAS;
}

static void take_model(struct found_medium *m, const json_t *j)
{
	char vendor[FOUND_TEXT], product[FOUND_TEXT];
	tree_words(m->model, j, "model_name");
	if (!m->model[0])
		tree_words(m->model, j, "scsi_model_name");
	if (m->model[0])
		return;
	tree_words(vendor, j, "vendor");
	tree_words(product, j, "product");
	if (strlen(vendor) + strlen(product) < TEXT_MAX)
		snprintf(m->model, sizeof m->model, "%.60s%s%.60s", vendor, *vendor ? " " : "",
			 product);
}

/* "smartctl could not read /dev/sdd: Unknown USB bridge ..." */
static void take_messages(struct findings *out, json_t *j)
{
	json_t *list = tree_at(j, "smartctl.messages");
	for (size_t i = 0; json_is_array(list) && i < json_array_size(list); i++) {
		char text[FOUND_TEXT];
		const json_t *message = json_array_get(list, i);
		const char *said = tree_text(message, "string");
		found_text(text, said, strlen(said));
		if (text[0] && !out->remark[0])
			snprintf(out->remark, sizeof out->remark, "smartctl says: %s", text);
	}
}

static void take_smart(struct found_medium *m, const json_t *j)
{
	int passed = tree_yes(j, "smart_status.passed");
	uint64_t hours = tree_number(j, "power_on_time.hours");
	m->has_smart = passed >= 0;
	m->smart_passed = passed > 0;
	m->has_hours = tree_at(j, "power_on_time.hours") && hours <= HOURS_MAX;
	m->hours = m->has_hours ? (uint32_t)hours : 0;
}

static int take_disk(struct findings *out, json_t *j, struct fault *f)
{
	struct found_medium *m = findings_medium(out, f);
	if (!m)
		return -1;
	uint64_t time = tree_number(j, "local_time.time_t");
	if (time && time < UINT64_C(1) << 36) {
		out->time.known = out->time.zoned = true;
		civil_from_ms((int64_t)time * 1000, 0, &out->time.at);
	}
	take_messages(out, j);
	tree_ident(m->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, j, "serial_number");
	const char *name = tree_text(j, "device.name");
	snprintf(m->name, sizeof m->name, "%.60s", !strncmp(name, "/dev/", 5) ? name + 5 : name);
	m->capacity_bytes = tree_number(j, "user_capacity.bytes");
	if (!m->capacity_bytes)
		m->capacity_bytes = tree_number(j, "nvme_total_capacity");
	take_model(m, j);
	take_type(m, j);
	take_wwn(m, j);
	take_smart(m, j);
	if (m->serial[0] || m->wwn[0])
		return 0;
	findings_drop_medium(out);
	return fault_set(f, FAULT_INPUT, "serial_number is \"%.40s\"%s%s: a report of a disk that "
			 "smartctl could read, with its serial, is accepted",
			 tree_text(j, "serial_number"), *out->remark ? "; " : "", out->remark);
}

int smartctl_read(struct span bytes, struct findings *out, struct fault *f)
{
	json_t *j = tree_load(bytes, f);
	if (!j)
		return -1;
	int rc = take_disk(out, j, f);
	json_decref(j);
	return rc;
}
