/* lshw -json: a tree of nodes; the machine is its root, disks and memory are leaves. */
#include <stdio.h>
#include <string.h>

#include "cli/bench/tree.h"
#include "proto/life/reflect.h"

static bool is_class(const json_t *node, const char *name)
{
	return !strcmp(tree_text(node, "class"), name);
}

/* "nvme", "nvme:0", "bank:1": the name before the colon. */
static bool is_id(const json_t *node, const char *name)
{
	const char *id = tree_text(node, "id");
	size_t size = strlen(name);
	return !strncmp(id, name, size) && (!id[size] || id[size] == ':');
}

/* "HP EliteBook 840 G3 (T9X55EA#ABF)" without what stands in brackets. */
static void take_product(struct found_device *d, const json_t *root)
{
	char product[FOUND_TEXT];
	tree_words(product, root, "product");
	char *bracket = strstr(product, " (");
	if (bracket)
		*bracket = '\0';
	found_model(d, product, tree_text(root, "version"));
}

static void take_machine(struct findings *out, const json_t *root)
{
	struct found_device *d = &out->device;
	out->has_device = true;
	tree_words(d->maker, root, "vendor");
	tree_ident(d->serial, TRAC__IDENTIFIER_KIND__SERIAL, root, "serial");
	tree_ident(d->uuid, TRAC__IDENTIFIER_KIND__UUID, root, "configuration.uuid");
	take_product(d, root);
	const char *chassis = tree_text(root, "configuration.chassis");
	d->type = found_type(*chassis ? chassis : tree_text(root, "description"), d->model);
}

/* The size of the namespace below an NVMe controller. */
static uint64_t size_below(const json_t *node)
{
	json_t *list = tree_at(node, "children");
	uint64_t size = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *child = json_array_get(list, i);
		if (is_class(child, "disk"))
			size += tree_number(child, "size");
	}
	return size;
}

static int take_disk(struct findings *out, const json_t *node, struct fault *f)
{
	bool nvme = is_class(node, "storage");
	char serial[FOUND_TEXT];
	tree_ident(serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, node, "serial");
	if (!serial[0])
		return 0;
	struct found_medium *m = findings_medium(out, f);
	if (!m)
		return -1;
	memcpy(m->serial, serial, sizeof serial);
	tree_words(m->model, node, "product");
	const char *name = tree_text(node, "logicalname");
	snprintf(m->name, sizeof m->name, "%.60s", !strncmp(name, "/dev/", 5) ? name + 5 : name);
	m->capacity_bytes = nvme ? size_below(node) : tree_number(node, "size");
	if (nvme) {
		m->type = TRAC__MEDIUM_TYPE__NVME;
		m->interface = TRAC__MEDIUM_INTERFACE__PCIE;
	}
	return 0;
}

static int take_bank(struct findings *out, const json_t *node, struct fault *f)
{
	char serial[FOUND_TEXT];
	tree_ident(serial, TRAC__IDENTIFIER_KIND__PART_SERIAL, node, "serial");
	if (!serial[0] || !tree_number(node, "size"))
		return 0;
	struct found_part *p = findings_part(out, f);
	if (!p)
		return -1;
	p->component = TRAC__COMPONENT__RAM;
	memcpy(p->serial, serial, sizeof serial);
	p->capacity_bytes = tree_number(node, "size");
	tree_words(p->maker, node, "vendor");
	tree_words(p->model, node, "product");
	return 0;
}

static int take_battery(struct findings *out, const json_t *node, struct fault *f)
{
	char serial[FOUND_TEXT];
	tree_ident(serial, TRAC__IDENTIFIER_KIND__PART_SERIAL, node, "serial");
	if (!serial[0])
		return 0;
	struct found_part *p = findings_part(out, f);
	if (!p)
		return -1;
	p->component = TRAC__COMPONENT__BATTERY_PACK;
	memcpy(p->serial, serial, sizeof serial);
	tree_words(p->maker, node, "vendor");
	tree_words(p->model, node, "product");
	return 0;
}

static int take_node(struct findings *out, const json_t *node, struct fault *f)
{
	struct found_device *d = &out->device;
	if (is_class(node, "bus") && is_id(node, "core") && !d->board_serial[0]) {
		tree_ident(d->board_serial, TRAC__IDENTIFIER_KIND__BOARD_SERIAL, node, "serial");
		tree_words(d->board_maker, node, "vendor");
	} else if (is_class(node, "processor") && !d->cpu[0]) {
		tree_words(d->cpu, node, "product");
	} else if (is_class(node, "memory") && is_id(node, "memory")) {
		d->memory_bytes += tree_number(node, "size");
	} else if (is_class(node, "memory") && is_id(node, "bank")) {
		return take_bank(out, node, f);
	} else if (is_class(node, "power") && is_id(node, "battery")) {
		return take_battery(out, node, f);
	} else if ((is_class(node, "disk") && !is_id(node, "cdrom"))
		   || (is_class(node, "storage") && is_id(node, "nvme"))) {
		return take_disk(out, node, f);
	}
	return 0;
}

static int walk(struct findings *out, const json_t *node, unsigned depth, struct fault *f)
{
	json_t *list = tree_at(node, "children");
	if (depth > BENCH_DEPTH_MAX)
		return fault_set(f, FAULT_INPUT, "\"children\" is nested deeper than %d",
				 BENCH_DEPTH_MAX);
	if (take_node(out, node, f) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (walk(out, json_array_get(list, i), depth + 1, f) < 0)
			return -1;
	}
	return 0;
}

int lshw_read(struct span bytes, struct findings *out, struct fault *f)
{
	json_t *j = tree_load(bytes, f);
	if (!j)
		return -1;
	int rc;
	/* newer ones write a list of one */
	const json_t *root = json_is_array(j) ? json_array_get(j, 0) : j;
	if (!is_class(root, "system"))
		rc = fault_set(f, FAULT_INPUT, "\"class\" is \"%.40s\", not \"system\": the whole "
			       "output of lshw -json, run as root, is accepted",
			       tree_text(root, "class"));
	else {
		take_machine(out, root);
		rc = walk(out, root, 0, f);
	}
	json_decref(j);
	return rc;
}
