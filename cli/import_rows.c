/*
 * CSV and JSON lines that lie among other files of a bench. Unlike a CSV file that
 * is imported alone, a bad line does not end it: it is told, and the file waits in
 * the review list until it was mended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/csv.h"
#include "cli/import.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "cli/world.h"

/* Bad lines that are told one by one; the others are counted. */
#define TOLD_MAX 20

struct reading {
	struct import *i;
	struct bench_file *file;
	unsigned good, bad;
};

/*
 * The same event gives the same id, in CSV and in JSON, whatever the order of its
 * fields: SHA-256 as import_csv.c makes it, over "field=value" by name.
 */
static int row_id(const char *member, const struct fields *l, uint8_t id[EVENT_ID_SIZE],
		  struct fault *f)
{
	struct buffer b;
	struct hash h;
	const struct field **by = malloc((l->count + 1) * sizeof *by);
	buffer_init(&b, 8 * LINE_MAX_BYTES);
	write_format(&b, "%s", member);
	write_u8(&b, 0);
	for (unsigned n = 0; by && n < l->count; n++) {
		unsigned at = n;
		for (; at > 0 && strcmp(by[at - 1]->name, l->at[n].name) > 0; at--)
			by[at] = by[at - 1];
		by[at] = &l->at[n];
	}
	for (unsigned n = 0; by && n < l->count; n++) {
		write_bytes(&b, by[n]->name, strlen(by[n]->name));
		write_u8(&b, '=');
		write_bytes(&b, by[n]->value, strlen(by[n]->value) + 1);
	}
	bool failed = !by || b.failed;
	if (!failed)
		hash_bytes(b.data, b.used, &h);
	free(by);
	buffer_clear(&b);
	if (failed)
		return fault_set(f, FAULT_IO, "no memory");
	memcpy(id, h.b, EVENT_ID_SIZE);
	struct civil c;
	uint8_t ms[8];
	const char *date = fields_value(l, "date");
	if (date && civil_parse(date, 0, &c) == 0) {
		put_u64(ms, (uint64_t)civil_to_ms(&c));
		memcpy(id, ms + 2, 6);
	}
	return 0;
}

static void tell_bad(struct reading *r, unsigned line, const struct fault *f)
{
	struct context *c = r->i->c;
	if (r->bad++ == 0) {
		r->file->fault = *f;
		fault_prefix(&r->file->fault, "line %u", line);
	}
	if (r->bad <= TOLD_MAX && !c->json)
		fprintf(c->err, "%s: line %u: %s\n", safe(r->file->path), line, safe(f->text));
}

/* -1: tracd is gone, or refuses what waits. */
static int take_row(struct reading *r, const struct fields *l, unsigned line, struct fault *f)
{
	struct defaults d = { .commune = r->i->commune, .now_ms = world_now_ms(),
			      .date_needed = true };
	struct batch *b = &r->i->batch;
	unsigned waiting = b->count;
	struct fault bad = { 0 };
	if (row_id(b->member, l, d.id, &bad) == 0 && batch_add(b, l, &d, line, &bad) == 0) {
		r->good++;
		return 0;
	}
	/* refused here, before it was sent: batch_add() left what waits as it was */
	if (b->client.fd >= 0 && b->count == waiting) {
		const char *told = strstr(bad.text, ": ");
		struct fault plain = bad;
		if (told && !strncmp(bad.text, "line ", 5))
			fault_set(&plain, bad.code, "%s", told + 2);
		tell_bad(r, line, &plain);
		return 0;
	}
	*f = bad;
	return -1;
}

static int read_csv(struct reading *r, FILE *in, struct fault *f)
{
	struct csv csv;
	int got = csv_open(&csv, in, f);
	while (got == 0 && (got = csv_next(&csv, f)) > 0) {
		struct fields l = { 0 };
		int rc = 0;
		for (unsigned n = 0; rc == 0 && n < csv.columns; n++) {
			if (*csv.cell[n])
				rc = fields_add(&l, csv.header[n], csv.cell[n], f);
		}
		if (rc == 0)
			rc = take_row(r, &l, csv.row_line, f);
		fields_clear(&l);
		got = rc;
	}
	csv_close(&csv);
	return got;
}

static int take_line(struct reading *r, const char *text, size_t size, unsigned line,
		     struct fault *f)
{
	struct fields l = { 0 };
	struct fault bad;
	while (size && (text[size - 1] == '\r' || text[size - 1] == ' '))
		size--;
	if (!size)
		return 0;
	int rc = 0;
	if (fields_from_json(&l, text, size, &bad) < 0)
		tell_bad(r, line, &bad);
	else
		rc = take_row(r, &l, line, f);
	fields_clear(&l);
	return rc;
}

static int read_lines(struct reading *r, int fd, struct fault *f)
{
	struct lines l;
	char *text;
	size_t size;
	int got, rc = lines_open(&l, fd, f);
	while (rc == 0 && (got = lines_next(&l, &text, &size, f)) != 0)
		rc = got < 0 ? -1 : take_line(r, text, size, l.number, f);
	lines_close(&l);
	return rc;
}

static int read_rows(struct reading *r, struct fault *f)
{
	int rc;
	FILE *in = fopen(r->file->path, "re");
	if (!in)
		return fault_set(f, FAULT_IO, "cannot be opened");
	if (r->file->format == BENCH_CSV)
		rc = read_csv(r, in, f);
	else
		rc = read_lines(r, fileno(in), f);
	fclose(in);
	return rc;
}

int import_rows(struct import *i, struct bench_file *file, struct fault *f)
{
	struct reading r = { i, file, 0, 0 };
	struct batch *b = &i->batch;
	struct fault later = { 0 };
	uint64_t recorded = b->recorded, known = b->known_before + b->repeated;
	int rc = read_rows(&r, f);
	/* good lines before a broken one are recorded */
	if (b->client.fd >= 0 && batch_send(b, &later) < 0 && rc == 0) {
		*f = later;
		rc = -1;
	}
	file->recorded += (unsigned)(b->recorded - recorded);
	file->known += (unsigned)(b->known_before + b->repeated - known);
	i->rows += r.good + r.bad;
	if (b->client.fd < 0)
		return -1;
	if (rc < 0)
		file->fault = *f;
	else if (r.bad > 1)
		fault_prefix(&file->fault, "%u bad lines, the first", r.bad);
	if (rc == 0 && !r.bad) {
		file->state = file->recorded ? FILE_RECORDED : FILE_KNOWN;
		return 0;
	}
	return import_wait(i, file, 0, "lines that are no events", f);
}
