/* A CSV file that is imported alone: one event a row, and the first bad row ends it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/csv.h"
#include "cli/home.h"
#include "cli/import.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/world.h"

struct single {
	struct batch batch;
	struct csv csv;
	unsigned order[CSV_COLUMNS_MAX];   /* columns by the name of their field */
	char commune[COMMUNE_SIZE + 1];
	uint64_t rows;
};

/* Ids begin with a time, as those of trac record do: neighbours in a file are then
 * neighbours in the index. A date that is not one is refused later. */
static void id_time(uint8_t id[EVENT_ID_SIZE], const char *date)
{
	uint8_t ms[8];
	struct civil c;

	if (civil_parse(date, 0, &c) < 0)
		return;
	put_u64(ms, (uint64_t)civil_to_ms(&c));
	memcpy(id, ms + 2, 6);
}

/*
 * The same row gives the same event id, in whatever file and order of columns it
 * stands: so a repeated import records nothing twice, and a stopped one goes on.
 * SHA-256 over the member's name and "field=value" of each filled cell, by name,
 * each followed by a NUL; its first 6 bytes give way to the date.
 */
static int row_id(struct single *i, uint8_t id[EVENT_ID_SIZE], struct fault *f)
{
	struct buffer b;
	struct hash h;
	buffer_init(&b, 2 * CSV_ROW_MAX);
	write_format(&b, "%s", i->batch.member);
	write_u8(&b, 0);
	for (unsigned n = 0; n < i->csv.columns; n++) {
		unsigned at = i->order[n];
		const char *value = i->csv.cell[at];
		if (!*value)
			continue;
		write_bytes(&b, i->csv.header[at], strlen(i->csv.header[at]));
		write_u8(&b, '=');
		write_bytes(&b, value, strlen(value) + 1);
	}
	bool failed = b.failed;
	if (!failed) {
		hash_bytes(b.data, b.used, &h);
		memcpy(id, h.b, EVENT_ID_SIZE);
		for (unsigned n = 0; n < i->csv.columns; n++) {
			if (!strcmp(i->csv.header[n], "date"))
				id_time(id, i->csv.cell[n]);
		}
	}
	buffer_clear(&b);
	return failed ? fault_set(f, FAULT_IO, "no memory") : 0;
}

static void order_columns(struct single *i)
{
	for (unsigned n = 0; n < i->csv.columns; n++) {
		const char *const *header = i->csv.header;
		unsigned at = n;
		for (; at > 0 && strcmp(header[i->order[at - 1]], header[n]) > 0; at--)
			i->order[at] = i->order[at - 1];
		i->order[at] = n;
	}
}

static int read_row(struct single *i, struct fault *f)
{
	struct fields l = { 0 };
	struct defaults d = { .commune = i->commune, .now_ms = world_now_ms(),
			      .date_needed = true };
	int rc = row_id(i, d.id, f);
	for (unsigned n = 0; rc == 0 && n < i->csv.columns; n++) {
		if (*i->csv.cell[n])
			rc = fields_add(&l, i->csv.header[n], i->csv.cell[n], f);
	}
	if (rc == 0)
		rc = batch_add(&i->batch, &l, &d, i->csv.row_line, f);
	fields_clear(&l);
	return rc;
}

static int read_rows(struct single *i, struct context *c, uint64_t size, struct fault *f)
{
	struct progress p;
	int rc;
	progress_start(&p, _("importing"), !c->quiet && !c->json);
	while ((rc = csv_next(&i->csv, f)) > 0) {
		if (read_row(i, f) < 0) {
			rc = -1;
			break;
		}
		i->rows++;
		progress_update(&p, i->csv.bytes, size, i->rows);
	}
	/* good lines before a broken one are recorded */
	struct fault later = { 0 };
	if (i->batch.client.fd >= 0 && batch_send(&i->batch, &later) < 0 && rc == 0)
		rc = fault_copy(f, later.code, later.text);
	progress_end(&p);
	return rc;
}

/* Could a field of some kind of event have that name? A misspelt column is told at once. */
static bool is_field(const char *name)
{
	static const char *const envelope[] = {
		"kind", "date", "zone", "commune", "maker", "scope", "operator", "lot", "agreement",
		"id",
	};
	for (unsigned n = 0; n < sizeof envelope / sizeof *envelope; n++) {
		if (!strcmp(name, envelope[n]))
			return true;
	}
	if (word_value(&trac__identifier_kind__descriptor, name) > 0)
		return true;
	char outer[64];
	snprintf(outer, sizeof outer, "%.*s", (int)strcspn(name, "."), name);
	for (unsigned n = 0; n < KIND_COUNT; n++) {
		const ProtobufCMessageDescriptor *body = kind_body_type(kind_at(n));
		if (protobuf_c_message_descriptor_get_field_by_name(body, outer))
			return true;
	}
	return false;
}

static int check_columns(const struct single *i, struct fault *f)
{
	for (unsigned n = 0; n < i->csv.columns; n++) {
		if (!is_field(i->csv.header[n]))
			return fault_set(f, FAULT_INPUT, "line 1: column \"%.60s\" is no field of any "
					 "event: trac record --help KIND lists the fields",
					 i->csv.header[n]);
	}
	return 0;
}

static int needs_column(const struct single *i, const char *name, struct fault *f)
{
	for (unsigned n = 0; n < i->csv.columns; n++) {
		if (!strcmp(i->csv.header[n], name))
			return 0;
	}
	return fault_set(f, FAULT_INPUT, "line 1: the header row has no column \"%s\": its cells "
			 "are the names of fields, as trac record --help KIND lists them", name);
}

static int print_summary(struct context *c, const struct single *i, const char *path,
			 struct fault *f)
{
	const struct batch *b = &i->batch;
	char n[4][NUMBER_TEXT];
	if (c->json) {
		return json_print(c->out, json_pack(
			"{s:o, s:I, s:I, s:I, s:I}", "file", json_path(path),
			"rows", (json_int_t)i->rows,
			"recorded", (json_int_t)b->recorded, "known_before",
			(json_int_t)b->known_before, "repeated", (json_int_t)b->repeated), f);
	}
	if (c->quiet)
		return 0;
	fprintf(c->out, _("%s: rows read: %s, recorded: %s, recorded before: %s\n"), safe(path),
		number_text(i->rows, c->french, n[0]), number_text(b->recorded, c->french, n[1]),
		number_text(b->known_before, c->french, n[2]));
	if (b->repeated) {
		fprintf(c->out, _("equal rows of the file, counted once: %s (give each an id if "
				  "they are different events)\n"),
			number_text(b->repeated, c->french, n[3]));
	}
	return 0;
}

static int read_file(struct single *i, struct context *c, const char *path, struct fault *f)
{
	struct stat s;
	bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	if (!in)
		return fault_set(f, FAULT_IO, "%s: cannot be opened: %s", path, strerror(errno));
	uint64_t size = fstat(fileno(in), &s) == 0 && S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0;
	int rc = csv_open(&i->csv, in, f);
	if (rc == 0 && (check_columns(i, f) < 0 || needs_column(i, "kind", f) < 0
			|| needs_column(i, "date", f) < 0))
		rc = -1;
	if (rc == 0)
		rc = batch_open(&i->batch, c->home, f);
	if (rc == 0) {
		order_columns(i);
		rc = read_rows(i, c, size, f);
		struct fault later = { 0 };
		if (print_summary(c, i, path, &later) < 0 && rc == 0)
			rc = fault_copy(f, later.code, later.text);
	}
	if (rc < 0)
		fault_prefix(f, "%s", path);
	csv_close(&i->csv);
	if (!standard)
		fclose(in);
	return rc;
}

int import_csv(struct context *c, const char *path, struct fault *f)
{
	struct single *i = calloc(1, sizeof *i);
	if (!i)
		return fault_set(f, FAULT_IO, "no memory");
	i->batch.client.fd = -1;
	home_commune(c->home, i->commune);
	int rc = read_file(i, c, path, f);
	batch_close(&i->batch);
	free(i);
	return rc;
}
