/*
 * The text of dmidecode: blocks that begin with "Handle 0x...", a title, then
 * "Key: value" one step in. What stands further in belongs to a list, not to us.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/bench/findings.h"
#include "cli/bench/rows.h"
#include "proto/life/reflect.h"

/* The one block that is being read. */
struct block {
	char title[64];
	size_t indent;                /* of its keys; 0: none seen yet */
	char product[FOUND_TEXT], version[FOUND_TEXT];
	char serial[FOUND_TEXT], maker[FOUND_TEXT], part[FOUND_TEXT], name[FOUND_TEXT];
	char chassis[FOUND_TEXT], uuid[FOUND_TEXT], asset[FOUND_TEXT];
	uint64_t size;
};

struct dmi {
	struct block block;
	struct findings *out;
	char chassis[FOUND_TEXT];
	bool system, board;           /* seen: the first of each is the machine's */
};

/* "4096 MB", "1 GB": dmidecode means powers of 1024. 0 for "No Module Installed". */
static uint64_t memory_size(const char *text)
{
	char *end;
	if (*text < '0' || *text > '9')
		return 0;
	uint64_t n = strtoull(text, &end, 10);
	end += strspn(end, " ");
	unsigned shift = *end == 'k' || *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30
		: *end == 'T' ? 40 : 0;
	return n < 1 << 20 ? n << shift : 0;
}

static void take_key(struct block *b, const char *row)
{
	const struct { const char *key; char *to; } keys[] = {
		{ "Manufacturer", b->maker }, { "Product Name", b->product },
		{ "Version", b->version }, { "Serial Number", b->serial },
		{ "SBDS Serial Number", b->serial }, { "UUID", b->uuid },
		{ "Asset Tag", b->asset }, { "Type", b->chassis }, { "Name", b->name },
		{ "Part Number", b->part },
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *value = value_of(row, keys[i].key, ':');
		if (value)
			found_words(keys[i].to, value, strlen(value));
	}
	const char *size = value_of(row, "Size", ':');
	if (size)
		b->size = memory_size(size);
}

static void ident_copy(char to[FOUND_TEXT], Trac__IdentifierKind kind, const char *from)
{
	found_ident(to, kind, from, strlen(from));
}

static void end_system(struct dmi *d)
{
	const struct block *b = &d->block;
	struct found_device *m = &d->out->device;
	if (d->system)
		return;
	d->system = d->out->has_device = true;
	memcpy(m->maker, b->maker, sizeof m->maker);
	ident_copy(m->serial, TRAC__IDENTIFIER_KIND__SERIAL, b->serial);
	ident_copy(m->uuid, TRAC__IDENTIFIER_KIND__UUID, b->uuid);
	found_model(m, b->product, b->version);
}

static void end_board(struct dmi *d)
{
	struct found_device *m = &d->out->device;
	if (d->board)
		return;
	d->board = true;
	memcpy(m->board_maker, d->block.maker, sizeof m->board_maker);
	ident_copy(m->board_serial, TRAC__IDENTIFIER_KIND__BOARD_SERIAL, d->block.serial);
}

static void end_chassis(struct dmi *d)
{
	struct found_device *m = &d->out->device;
	if (d->chassis[0])
		return;
	memcpy(d->chassis, d->block.chassis, sizeof d->chassis);
	ident_copy(m->chassis_serial, TRAC__IDENTIFIER_KIND__CHASSIS_SERIAL, d->block.serial);
	ident_copy(m->asset_tag, TRAC__IDENTIFIER_KIND__ASSET_TAG, d->block.asset);
}

static int end_memory(struct dmi *d, struct fault *f)
{
	const struct block *b = &d->block;
	char serial[FOUND_TEXT];
	d->out->device.memory_bytes += b->size;
	ident_copy(serial, TRAC__IDENTIFIER_KIND__PART_SERIAL, b->serial);
	if (!b->size || !serial[0])
		return 0;
	struct found_part *p = findings_part(d->out, f);
	if (!p)
		return -1;
	p->component = TRAC__COMPONENT__RAM;
	p->capacity_bytes = b->size;
	memcpy(p->serial, serial, sizeof serial);
	memcpy(p->maker, b->maker, sizeof p->maker);
	memcpy(p->model, b->part, sizeof p->model);
	return 0;
}

static int end_battery(struct dmi *d, struct fault *f)
{
	const struct block *b = &d->block;
	char serial[FOUND_TEXT];
	ident_copy(serial, TRAC__IDENTIFIER_KIND__PART_SERIAL, b->serial);
	if (!serial[0])
		return 0;
	struct found_part *p = findings_part(d->out, f);
	if (!p)
		return -1;
	p->component = TRAC__COMPONENT__BATTERY_PACK;
	memcpy(p->serial, serial, sizeof serial);
	memcpy(p->maker, b->maker, sizeof p->maker);
	memcpy(p->model, b->name, sizeof p->model);
	return 0;
}

static int end_block(struct dmi *d, struct fault *f)
{
	const char *title = d->block.title;
	int rc = 0;
	if (!strcmp(title, "System Information"))
		end_system(d);
	else if (!strcmp(title, "Base Board Information"))
		end_board(d);
	else if (!strcmp(title, "Chassis Information"))
		end_chassis(d);
	else if (!strcmp(title, "Processor Information") && !d->out->device.cpu[0])
		memcpy(d->out->device.cpu, d->block.version, FOUND_TEXT);
	else if (!strcmp(title, "Memory Device"))
		rc = end_memory(d, f);
	else if (!strcmp(title, "Portable Battery"))
		rc = end_battery(d, f);
	d->block = (struct block){ .indent = 0 };
	return rc;
}

static int take_row(struct dmi *d, const char *row, struct fault *f)
{
	struct block *b = &d->block;
	size_t indent = strspn(row, " \t");
	if (after(row, "Handle 0x"))
		return end_block(d, f);
	if (!row[indent])
		return 0;
	if (indent == 0) {
		size_t size = strlen(row);
		if (size < sizeof b->title)
			memcpy(b->title, row, size + 1);
		return 0;
	}
	if (!b->indent)
		b->indent = indent;
	if (indent == b->indent)
		take_key(b, row);
	return 0;
}

int dmidecode_read(struct span bytes, struct findings *out, struct fault *f)
{
	struct dmi *d = calloc(1, sizeof *d);
	struct rows *rows = malloc(sizeof *rows);
	int rc = d && rows ? 0 : fault_set(f, FAULT_IO, "no memory");
	if (rc == 0) {
		d->out = out;
		rows_init(rows, bytes);
		while (rc == 0 && rows_next(rows))
			rc = take_row(d, rows->row, f);
		if (rc == 0)
			rc = end_block(d, f);
		if (rc == 0 && !d->system)
			rc = fault_set(f, FAULT_INPUT, "no block \"System Information\": the whole "
				       "output of dmidecode, run as root, is accepted");
		out->device.type = found_type(d->chassis, out->device.model);
	}
	free(rows);
	free(d);
	return rc;
}
