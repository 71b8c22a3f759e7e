/*
 * An inventory of a GLPI agent. Only what identifies the machine and its parts
 * is read: never host, user, address or software. Sizes are in megabytes, of
 * 1000 for disks and of 1024 for memory.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/bench/tree.h"
#include "proto/life/reflect.h"

#define MB 1000000
#define MIB (UINT64_C(1) << 20)
/* Beyond it the number is wrong: 1 PB. */
#define MEGABYTES_MAX 1000000000

static uint64_t megabytes(const json_t *j, const char *path, uint64_t unit)
{
	uint64_t n = tree_number(j, path);
	return n <= MEGABYTES_MAX ? n * unit : 0;
}

static Trac__DeviceType item_type(const char *item, const char *chassis, const char *model)
{
	if (!strcasecmp(item, "Phone"))
		return TRAC__DEVICE_TYPE__SMARTPHONE;
	if (!strcasecmp(item, "Printer"))
		return TRAC__DEVICE_TYPE__PRINTER;
	if (!strcasecmp(item, "Monitor"))
		return TRAC__DEVICE_TYPE__SCREEN;
	if (!strcasecmp(item, "NetworkEquipment"))
		return TRAC__DEVICE_TYPE__NETWORK_DEVICE;
	return found_type(chassis, model);
}

static void take_bios(struct found_device *d, const json_t *bios)
{
	tree_ident(d->serial, TRAC__IDENTIFIER_KIND__SERIAL, bios, "ssn");
	tree_words(d->maker, bios, "smanufacturer");
	tree_words(d->model, bios, "smodel");
	tree_ident(d->board_serial, TRAC__IDENTIFIER_KIND__BOARD_SERIAL, bios, "msn");
	tree_words(d->board_maker, bios, "mmanufacturer");
	tree_ident(d->asset_tag, TRAC__IDENTIFIER_KIND__ASSET_TAG, bios, "assettag");
}

/* What was found over the network says it here. */
static void take_network_device(struct found_device *d, const json_t *n)
{
	if (!d->serial[0])
		tree_ident(d->serial, TRAC__IDENTIFIER_KIND__SERIAL, n, "serial");
	if (!d->maker[0])
		tree_words(d->maker, n, "manufacturer");
	if (!d->model[0])
		tree_words(d->model, n, "model");
}

static void take_interface(struct found_medium *m, const char *word)
{
	if (!strcasecmp(word, "NVME")) {
		m->type = TRAC__MEDIUM_TYPE__NVME;
		m->interface = TRAC__MEDIUM_INTERFACE__PCIE;
	} else if (!strcasecmp(word, "SATA")) {
		m->interface = TRAC__MEDIUM_INTERFACE__SATA;
	} else if (!strcasecmp(word, "SAS")) {
		m->interface = TRAC__MEDIUM_INTERFACE__SAS;
	} else if (!strcasecmp(word, "IDE")) {
		m->interface = TRAC__MEDIUM_INTERFACE__ATA_PARALLEL;
	}
}

static bool is_disk(const json_t *j)
{
	static const char *const others[] = {
		"cd", "dvd", "removable", "tape", "floppy", "virtual",
	};
	const char *type = tree_text(j, "type"), *model = tree_text(j, "model");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (strcasestr(type, others[i]))
			return false;
	}
	return !strcasestr(model, "DVD") && !strcasestr(model, "CD-ROM");
}

static int take_storage(struct findings *out, const json_t *j, struct fault *f)
{
	if (!is_disk(j))
		return 0;
	struct found_medium *m = findings_medium(out, f);
	if (!m)
		return -1;
	/* older agents call it otherwise */
	tree_ident(m->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, j, "serial");
	if (!m->serial[0])
		tree_ident(m->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, j, "serialnumber");
	tree_words(m->model, j, "model");
	found_wwn(m->wwn, tree_text(j, "wwn"));
	m->capacity_bytes = megabytes(j, "disksize", MB);
	m->capacity_rough = true;
	take_interface(m, tree_text(j, "description"));
	take_interface(m, tree_text(j, "interface"));
	if (strcasestr(tree_text(j, "type"), "ssd"))
		m->type = TRAC__MEDIUM_TYPE__SSD;
	else if (strcasestr(tree_text(j, "type"), "hdd"))
		m->type = TRAC__MEDIUM_TYPE__HDD;
	if (strcasestr(m->model, "NVMe"))
		take_interface(m, "NVME");
	if (!m->serial[0] && !m->wwn[0] && !m->capacity_bytes)
		findings_drop_medium(out);
	return 0;
}

static int take_memory(struct findings *out, const json_t *j, struct fault *f)
{
	char serial[FOUND_TEXT];
	uint64_t size = megabytes(j, "capacity", MIB);
	out->device.memory_bytes += size;
	tree_ident(serial, TRAC__IDENTIFIER_KIND__PART_SERIAL, j, "serialnumber");
	if (!serial[0] || !size)
		return 0;
	struct found_part *p = findings_part(out, f);
	if (!p)
		return -1;
	p->component = TRAC__COMPONENT__RAM;
	p->capacity_bytes = size;
	memcpy(p->serial, serial, sizeof serial);
	tree_words(p->maker, j, "manufacturer");
	tree_words(p->model, j, "model");
	return 0;
}

static int take_battery(struct findings *out, const json_t *j, struct fault *f)
{
	char serial[FOUND_TEXT];
	uint64_t designed = tree_number(j, "capacity"), real = tree_number(j, "real_capacity");
	tree_ident(serial, TRAC__IDENTIFIER_KIND__PART_SERIAL, j, "serial");
	if (!serial[0])
		return 0;
	struct found_part *p = findings_part(out, f);
	if (!p)
		return -1;
	p->component = TRAC__COMPONENT__BATTERY_PACK;
	memcpy(p->serial, serial, sizeof serial);
	tree_words(p->maker, j, "manufacturer");
	tree_words(p->model, j, "name");
	p->has_health = designed && real && real <= 2 * designed && designed < UINT32_MAX;
	if (p->has_health)
		p->health_percent = (uint32_t)(100 * real / designed);
	return 0;
}

static int take_list(struct findings *out, json_t *content, const char *name,
		     int (*take)(struct findings *out, const json_t *j, struct fault *f),
		     struct fault *f)
{
	json_t *list = tree_at(content, name), *j;
	for (size_t i = 0; (j = tree_item(list, i)); i++) {
		if (take(out, j, f) < 0)
			return fault_prefix(f, "%s", name);
	}
	return 0;
}

/* The time of the agent, in the zone that it gives: "+0200". */
static void take_time(struct findings *out, const json_t *content)
{
	const char *date = tree_text(content, "accesslog.logdate");
	const char *zone = tree_text(content, "operatingsystem.timezone.offset");
	out->time.known = found_civil(date, strlen(date), &out->time.at);
	out->time.at.zone_minutes = 0;
	if ((*zone != '+' && *zone != '-') || strspn(zone + 1, "0123456789") != 4
	    || zone[5])
		return;
	int n = (int)strtol(zone + 1, NULL, 10), minutes = n / 100 * 60 + n % 100;
	if (minutes > 840)
		return;
	out->time.zoned = true;
	out->time.at.zone_minutes = *zone == '-' ? -minutes : minutes;
}

int glpi_tree_read(json_t *request, struct findings *out, struct fault *f)
{
	struct found_device *d = &out->device;
	json_t *content = tree_at(request, "content");
	if (!json_is_object(content))
		return fault_set(f, FAULT_INPUT, "\"content\" is missing: an inventory of a GLPI "
				 "agent is accepted");
	take_bios(d, tree_at(content, "bios"));
	take_network_device(d, tree_at(content, "network_device"));
	tree_ident(d->uuid, TRAC__IDENTIFIER_KIND__UUID, content, "hardware.uuid");
	const char *chassis = tree_text(content, "hardware.chassis_type");
	d->type = item_type(tree_text(request, "itemtype"), chassis, d->model);
	tree_words(d->cpu, tree_item(tree_at(content, "cpus"), 0), "name");
	take_time(out, content);
	out->has_device = true;
	if (take_list(out, content, "storages", take_storage, f) < 0
	    || take_list(out, content, "memories", take_memory, f) < 0
	    || take_list(out, content, "batteries", take_battery, f) < 0)
		return -1;
	d->memory_rough = !d->memory_bytes;
	if (d->memory_rough)
		d->memory_bytes = megabytes(content, "hardware.memory", MIB);
	return 0;
}

int glpi_json_read(struct span bytes, struct findings *out, struct fault *f)
{
	json_t *j = tree_load(bytes, f);
	if (!j)
		return -1;
	int rc = glpi_tree_read(j, out, f);
	json_decref(j);
	return rc;
}
