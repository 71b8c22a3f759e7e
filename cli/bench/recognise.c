/* Which tool wrote a file, told by its content: names lie and change. */
#include <string.h>

#include "cli/bench/rows.h"
#include "cli/bench/tree.h"

static const struct {
	const char *name;
	int (*read)(struct span bytes, struct findings *out, struct fault *f);
} formats[BENCH_FORMAT_COUNT] = {
	[BENCH_UNKNOWN] = { "unknown", NULL },
	[BENCH_EMPTY] = { "empty", NULL },
	[BENCH_DMIDECODE] = { "dmidecode", dmidecode_read },
	[BENCH_GLPI_JSON] = { "GLPI JSON", glpi_json_read },
	[BENCH_GLPI_XML] = { "GLPI XML", glpi_xml_read },
	[BENCH_LSHW] = { "lshw", lshw_read },
	[BENCH_SMARTCTL] = { "smartctl", smartctl_read },
	[BENCH_NVME_LIST] = { "nvme list", nvme_list_read },
	[BENCH_HDPARM] = { "hdparm", hdparm_read },
	[BENCH_LSBLK] = { "lsblk", lsblk_read },
	[BENCH_NWIPE] = { "nwipe", nwipe_read },
	[BENCH_CSV] = { "CSV", NULL },
	[BENCH_JSON_LINES] = { "JSON lines", NULL },
	[BENCH_PDF] = { "PDF", NULL },
	[BENCH_ERASE_TEXT] = { "erase command", NULL },
};

const char *bench_name(enum bench_format format)
{
	return formats[format].name;
}

bool bench_is_inventory(enum bench_format format)
{
	return format == BENCH_GLPI_JSON || format == BENCH_GLPI_XML || format == BENCH_LSHW;
}

static bool holds(struct span bytes, const char *words)
{
	return memmem(bytes.data, bytes.size, words, strlen(words)) != NULL;
}

/* {"kind": ...} whole on the first line: events, one a line. */
static bool is_json_lines(struct span bytes)
{
	const uint8_t *end = memchr(bytes.data, '\n', bytes.size);
	json_error_t e;
	size_t size = end ? (size_t)(end - bytes.data) : bytes.size;
	json_t *j = json_loadb((const char *)bytes.data, size, 0, &e);
	bool found = json_is_string(json_object_get(j, "kind"));
	json_decref(j);
	return found;
}

static enum bench_format recognise_json(struct span bytes)
{
	json_error_t e;
	enum bench_format format = BENCH_UNKNOWN;
	if (bytes.size > BENCH_JSON_MAX)
		return BENCH_UNKNOWN;
	json_t *j = json_loadb((const char *)bytes.data, bytes.size, 0, &e);
	const json_t *first = json_is_array(j) ? json_array_get(j, 0) : j;
	if (json_is_string(tree_at(first, "class")) && json_is_string(tree_at(first, "id")))
		format = BENCH_LSHW;
	else if (tree_at(j, "smartctl") || tree_at(j, "device.protocol"))
		format = BENCH_SMARTCTL;
	else if (json_is_array(tree_at(j, "blockdevices")))
		format = BENCH_LSBLK;
	else if (json_is_array(tree_at(j, "Devices")))
		format = BENCH_NVME_LIST;
	else if (json_is_object(tree_at(j, "content")))
		format = BENCH_GLPI_JSON;
	json_decref(j);
	return format;
}

/* A header row with the two columns that every file of events has. */
static bool is_csv(struct span bytes)
{
	struct rows r;
	rows_init(&r, bytes);
	return rows_next(&r) && strpbrk(r.row, ",;") && has_word(r.row, "kind")
	       && has_word(r.row, "date");
}

static enum bench_format recognise_text(struct span bytes)
{
	if (holds(bytes, " Drive Status ***") || holds(bytes, "= nwipe 0.")
	    || (bytes.data[0] == '[' && holds(bytes, "nwipe")))
		return BENCH_NWIPE;
	if (holds(bytes, "\nHandle 0x") && (holds(bytes, "SMBIOS") || holds(bytes, "dmidecode")))
		return BENCH_DMIDECODE;
	if (holds(bytes, "Disc Erasure by NWIPE version"))
		return BENCH_PDF;
	if (holds(bytes, "ATA device, with") && holds(bytes, "Model Number:"))
		return BENCH_HDPARM;
	if (holds(bytes, "shred: /dev/") || holds(bytes, "Success formatting namespace")
	    || holds(bytes, "Zero-filled ") || holds(bytes, "SECURITY_ERASE"))
		return BENCH_ERASE_TEXT;
	return is_csv(bytes) ? BENCH_CSV : BENCH_UNKNOWN;
}

enum bench_format bench_recognise(struct span bytes)
{
	if (bytes.size >= 3 && !memcmp(bytes.data, "\xef\xbb\xbf", 3)) {
		bytes.data += 3;
		bytes.size -= 3;
	}
	while (bytes.size && strchr(" \t\r\n", bytes.data[0]) && bytes.data[0]) {
		bytes.data++;
		bytes.size--;
	}
	if (!bytes.size)
		return BENCH_EMPTY;
	if (holds((struct span){ bytes.data, bytes.size < 8 ? bytes.size : 8 }, "%PDF-"))
		return BENCH_PDF;
	if (bytes.data[0] == '{' && is_json_lines(bytes))
		return BENCH_JSON_LINES;
	if (bytes.data[0] == '{' || (bytes.data[0] == '[' && !holds(bytes, "nwipe")))
		return recognise_json(bytes);
	if (bytes.data[0] == '<')
		return holds(bytes, "<REQUEST") ? BENCH_GLPI_XML : BENCH_UNKNOWN;
	return recognise_text(bytes);
}

int bench_read(enum bench_format format, struct span bytes, struct findings *out,
	       struct fault *f)
{
	*out = (struct findings){ .format = format };
	if (formats[format].read)
		return formats[format].read(bytes, out, f);
	if (format == BENCH_EMPTY)
		return fault_set(f, FAULT_INPUT, "the file is empty");
	if (format == BENCH_PDF)
		return fault_set(f, FAULT_INPUT, "a certificate is kept, not read: import the log that was "
				 "written beside it, or say which erasure it proves");
	if (format == BENCH_ERASE_TEXT)
		return fault_set(f, FAULT_INPUT, "the output of an erasing command names no disk by "
				 "its serial: say it by hand (kind=data_erased medium.serial=... ...)");
	if (holds(bytes, "=== START OF INFORMATION SECTION ==="))
		return fault_set(f, FAULT_INPUT, "the text of smartctl is not read: run it with -j");
	if (bytes.size > 1 && (!memcmp(bytes.data, "\xff\xfe", 2)
			       || !memcmp(bytes.data, "\xfe\xff", 2)))
		return fault_set(f, FAULT_INPUT, "UTF-16: save the file as UTF-8");
	return fault_set(f, FAULT_INPUT, "nobody knows this format: accepted are nwipe logs, "
			 "smartctl -j, lshw -json, dmidecode, GLPI inventories, hdparm -I, nvme list "
			 "and lsblk as JSON, CSV and JSON lines of events");
}
