/* Lists of disks: nvme list -o json, and lsblk -J with the columns of -O. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench/tree.h"

static int take_nvme(struct findings *out, const json_t *j, struct fault *f)
{
	struct found_medium *m = findings_medium(out, f);
	if (!m)
		return -1;
	tree_ident(m->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, j, "SerialNumber");
	tree_words(m->model, j, "ModelNumber");
	m->capacity_bytes = tree_number(j, "PhysicalSize");
	m->type = TRAC__MEDIUM_TYPE__NVME;
	m->interface = TRAC__MEDIUM_INTERFACE__PCIE;
	if (!m->serial[0])
		findings_drop_medium(out);
	return 0;
}

/* "238.5G" of lsblk: powers of 1024, rounded; a number alone is exact. */
static void take_size(struct found_medium *m, const json_t *j)
{
	static const char units[] = "KMGTP";
	char *end;
	const char *text = tree_text(j, "size");
	m->capacity_bytes = tree_number(j, "size");
	if (!*text || *text < '0' || *text > '9')
		return;
	double size = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end) : NULL;
	if (!unit || size > 100000)
		return;
	for (const char *u = units; u <= unit; u++)
		size *= 1024;
	m->capacity_bytes = (uint64_t)size;
	m->capacity_rough = true;
}

static void take_transport(struct found_medium *m, const json_t *j)
{
	const char *transport = tree_text(j, "tran");
	int turns = tree_yes(j, "rota");
	if (!strcmp(transport, "nvme")) {
		m->type = TRAC__MEDIUM_TYPE__NVME;
		m->interface = TRAC__MEDIUM_INTERFACE__PCIE;
		return;
	}
	/* what hangs on USB says "rotational" whatever it is */
	if (strcmp(transport, "usb") && turns >= 0)
		m->type = turns ? TRAC__MEDIUM_TYPE__HDD : TRAC__MEDIUM_TYPE__SSD;
	if (!strcmp(transport, "sata"))
		m->interface = TRAC__MEDIUM_INTERFACE__SATA;
	else if (!strcmp(transport, "sas"))
		m->interface = TRAC__MEDIUM_INTERFACE__SAS;
	else if (!strcmp(transport, "mmc"))
		m->interface = TRAC__MEDIUM_INTERFACE__MMC;
}

static int take_block(struct findings *out, const json_t *j, struct fault *f)
{
	if (strcmp(tree_text(j, "type"), "disk"))
		return 0;
	struct found_medium *m = findings_medium(out, f);
	if (!m)
		return -1;
	tree_ident(m->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, j, "serial");
	tree_words(m->model, j, "model");
	found_wwn(m->wwn, tree_text(j, "wwn"));
	take_size(m, j);
	take_transport(m, j);
	if (!m->serial[0] && !m->wwn[0])
		findings_drop_medium(out);
	return 0;
}

static int read_list(struct span bytes, const char *name, struct findings *out,
		     int (*take)(struct findings *out, const json_t *j, struct fault *f),
		     struct fault *f)
{
	json_t *j = tree_load(bytes, f);
	if (!j)
		return -1;
	json_t *list = tree_at(j, name);
	int rc = json_is_array(list) ? 0
		: fault_set(f, FAULT_INPUT, "\"%s\" is no list of disks", name);
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		rc = take(out, json_array_get(list, i), f);
	if (rc == 0 && !out->medium_count)
		rc = fault_set(f, FAULT_INPUT, "\"%s\" holds no disk with a serial: run it as root, "
			       "lsblk with -J -O", name);
	json_decref(j);
	return rc;
}

int nvme_list_read(struct span bytes, struct findings *out, struct fault *f)
{
	return read_list(bytes, "Devices", out, take_nvme, f);
}

int lsblk_read(struct span bytes, struct findings *out, struct fault *f)
{
	return read_list(bytes, "blockdevices", out, take_block, f);
}
