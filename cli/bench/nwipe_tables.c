/*
 * The tables at the end of an nwipe log, and what follows from them. A success is
 * said only when everything agrees: the status, no error in any table, all bytes
 * erased, no hidden sectors left, verified, and a serial to say which disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/bench/nwipe.h"
#include "proto/life/ident.h"

#define CELLS_MAX 6

/* "!   sdc | 4 | 0 | 0" parted at the strokes, spaces around taken off. */
static unsigned cells_of(const char *row, char cell[CELLS_MAX][FOUND_TEXT])
{
	unsigned n = 0;
	row += *row == '!';
	while (n < CELLS_MAX) {
		size_t size = strcspn(row, "|");
		/* the last takes what is left: a model may hold a stroke */
		if (n == CELLS_MAX - 1)
			size = strlen(row);
		found_text(cell[n++], row, size);
		if (!row[size])
			break;
		row += size + 1;
	}
	return n;
}

/*
 * The disk of a row. Old versions cut long names at the left ("vme0n1"): one disk
 * that ends so is meant.
 */
static struct nwipe_disk *row_disk(struct nwipe_run *r, const char *name)
{
	struct nwipe_disk *found = NULL;
	size_t size = strlen(name);
	for (unsigned i = 0; i < r->count; i++) {
		size_t full = strlen(r->disk[i].name);
		if (!strcmp(r->disk[i].name, name))
			return &r->disk[i];
		if (size >= 5 && full > size && !strcmp(r->disk[i].name + full - size, name)) {
			if (found)
				return nwipe_disk(r, name, size);
			found = &r->disk[i];
		}
	}
	return found ? found : nwipe_disk(r, name, size);
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* "SAMSUNG MZ7LN256/S21HNXAG512345X", by the serial that the log gave before. */
static void take_label(struct nwipe_disk *d, const char *label)
{
	char serial[FOUND_TEXT];
	const char *slash = strrchr(label, '/');
	size_t size = strlen(label), known = strlen(d->serial);
	if (known && size > known && label[size - known - 1] == '/'
	    && !strcmp(label + size - known, d->serial))
		slash = label + size - known - 1;
	else if ((slash = strstr(label, "/(S/N")) == NULL)
		slash = strrchr(label, '/');
	if (!slash)
		return;
	found_ident(serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, slash + 1, strlen(slash + 1));
	if (slash[1] == '(')
		serial[0] = '\0';
	if (!d->model[0])
		found_words(d->model, label, (size_t)(slash - label));
	d->serials_differ = strcmp(serial, d->serial) && (known || d->started);
	memcpy(d->serial, serial, sizeof serial);
}

static void take_status(struct nwipe_disk *d, char cell[CELLS_MAX][FOUND_TEXT], unsigned line)
{
	unsigned h, m, s;
	d->status_line = line;
	snprintf(d->status, sizeof d->status, "%.15s", *cell[1] ? cell[1] : "?");
	if (sscanf(cell[3], "%6u:%2u:%2u", &h, &m, &s) == 3 && h < 10000)
		d->duration_seconds = h * 3600 + m * 60 + s;
	take_label(d, cell[4]);
}

static void take_row(struct nwipe_run *r, const struct rows *rows)
{
	char cell[CELLS_MAX][FOUND_TEXT];
	unsigned count = cells_of(rows->row, cell);
	struct nwipe_disk *d = row_disk(r, cell[0]);
	if (!d) {
		r->overflow = true;
		return;
	}
	if (rows->row[0] == '!')
		d->flagged = true;
	if (r->table == TABLE_ERRORS && count >= 4) {
		d->has_errors = is_number(cell[1]) && is_number(cell[2]) && is_number(cell[3]);
		d->pass_errors = strtoull(cell[1], NULL, 10);
		d->verify_errors = strtoull(cell[2], NULL, 10);
		d->sync_errors = strtoull(cell[3], NULL, 10);
	} else if (r->table == TABLE_BYTES && count >= 3) {
		d->has_bytes = is_number(cell[1]) && is_number(cell[2]);
		d->erased_bytes = strtoull(cell[1], NULL, 10);
		d->total_bytes = strtoull(cell[2], NULL, 10);
	} else if (r->table == TABLE_STATUS && count >= 5) {
		take_status(d, cell, rows->number);
	}
}

/* "[...] Total Throughput 708 MB/s, Fill With Zeros, 1R+B+VA" */
static void take_total(struct nwipe_run *r, const char *row)
{
	const char *end = strrchr(row, '+');
	if (!end)
		return;
	if (!strcmp(end, "+NV"))
		r->verify = VERIFY_NONE;
	else if (!strcmp(end, "+VL"))
		r->verify = VERIFY_LAST;
	else if (!strcmp(end, "+VA"))
		r->verify = VERIFY_ALL;
}

int nwipe_table_row(struct nwipe_run *r, const struct rows *rows, struct fault *f)
{
	const char *row = rows->row;
	if (row[0] == '*' && strstr(row, " Summary **")) {
		r->table = strstr(row, "Error") ? TABLE_ERRORS : TABLE_BYTES;
		return 1;
	}
	if (row[0] == '*' && strstr(row, " Drive Status ")) {
		r->table = TABLE_STATUS;
		return 1;
	}
	if (r->table == TABLE_NONE)
		return 0;
	if (strstr(row, "Total Throughput")) {
		take_total(r, row);
		return 1;
	}
	if (row[0] == '*') {
		bool last = r->table == TABLE_STATUS;
		r->table = TABLE_NONE;
		return last && nwipe_run_end(r, f) < 0 ? -1 : 1;
	}
	if (row[0] == '[')
		return 0;
	if (strchr(row, '|') && !strstr(row, "Device |"))
		take_row(r, rows);
	return 1;
}

/* Why a disk that nwipe calls erased is no success; NULL when it is one. */
static const char *doubt_of(const struct nwipe_run *r, const struct nwipe_disk *d,
			    const struct found_erasure *e)
{
	if (!d->has_errors)
		return "the Error Summary table has no row of it";
	if (d->pass_errors || d->verify_errors || d->sync_errors || d->flagged)
		return "a table at the end of the log marks it with errors";
	if (d->hidden == TRAC__HIDDEN_AREAS__HIDDEN_LEFT)
		return "hidden sectors are left";
	if (e->has_bytes && d->total_bytes && e->erased_bytes < d->total_bytes)
		return "fewer bytes were erased than the disk has";
	if (r->verify == VERIFY_NONE || r->verify == VERIFY_UNKNOWN || d->skipped)
		return "it was not verified";
	if (!d->serial[0])
		return "the disk has no serial: nobody can tell which one it was";
	if (d->serials_differ)
		return "the log gives two serials for it";
	return NULL;
}

static void judge(const struct nwipe_run *r, const struct nwipe_disk *d, struct found_erasure *e)
{
	const char *doubt = NULL;
	if (!d->status[0]) {
		e->result = TRAC__OUTCOME__FAILURE;
		doubt = "the log ends before its Drive Status table: it was stopped";
	} else if (strcmp(d->status, "Erased")) {
		e->result = TRAC__OUTCOME__FAILURE;
	} else {
		doubt = doubt_of(r, d, e);
		e->result = doubt ? TRAC__OUTCOME__PARTIAL : TRAC__OUTCOME__SUCCESS;
	}
	if (doubt)
		snprintf(e->doubt, sizeof e->doubt, "%s", doubt);
	else if (e->result == TRAC__OUTCOME__FAILURE)
		snprintf(e->doubt, sizeof e->doubt, "Drive Status says \"%s\"", d->status);
}

static void judge_verified(const struct nwipe_run *r, const struct nwipe_disk *d,
			   struct found_erasure *e)
{
	bool none = r->verify == VERIFY_NONE || r->verify == VERIFY_UNKNOWN || d->skipped
		    || !d->status[0] || d->status[0] == 'U';
	e->verification = none ? TRAC__VERIFICATION_TYPE__NO_VERIFICATION
		: TRAC__VERIFICATION_TYPE__FULL;
	if (!none && d->has_errors)
		e->verified = d->verify_errors ? TRAC__OUTCOME__FAILURE : TRAC__OUTCOME__SUCCESS;
}

static void take_medium(const struct nwipe_disk *d, struct found_medium *m)
{
	memcpy(m->serial, d->serial, sizeof m->serial);
	memcpy(m->model, d->model, sizeof m->model);
	memcpy(m->name, d->name, sizeof d->name);
	m->capacity_bytes = d->total_bytes;
	m->type = d->type;
	m->interface = d->interface;
}

static int end_disk(struct nwipe_run *r, const struct nwipe_disk *d, const struct hash *lines,
		    struct fault *f)
{
	struct found_erasure *e = findings_erasure(r->out, f);
	if (!e)
		return -1;
	e->run = *lines;
	take_medium(d, &e->medium);
	memcpy(e->method, d->method[0] ? d->method : r->method, sizeof e->method);
	memcpy(e->version, r->version, sizeof e->version);
	/* "Verify Zeros", "Verify Ones": they read, and call the disk erased */
	e->is_erasure = strncasecmp(e->method, "Verify", 6) != 0;
	e->hidden = d->hidden;
	if (!e->hidden && d->type != TRAC__MEDIUM_TYPE__NVME)
		e->hidden = TRAC__HIDDEN_AREAS__HIDDEN_UNKNOWN;
	e->passes = d->passes * (d->rounds ? d->rounds : 1);
	e->duration_seconds = d->duration_seconds;
	e->has_bytes = d->has_bytes || d->has_written;
	e->erased_bytes = d->has_bytes ? d->erased_bytes : d->written_bytes;
	e->ended = d->last.known ? d->last : r->now;
	e->line = d->status_line ? d->status_line : d->last_line;
	judge(r, d, e);
	judge_verified(r, d, e);
	return 0;
}

int nwipe_run_end(struct nwipe_run *r, struct fault *f)
{
	struct findings *out = r->out;
	struct found_time now = r->now;
	struct hash lines;
	if (r->overflow)
		return fault_set(f, FAULT_INPUT, "a table has a row without a disk, or more than "
				 "the %d disks accepted in one run", NWIPE_DISKS_MAX);
	digest_end(&r->lines, &lines);
	for (unsigned i = 0; i < r->count; i++) {
		const struct nwipe_disk *d = &r->disk[i];
		if ((d->started || d->status[0]) && end_disk(r, d, &lines, f) < 0)
			return -1;
	}
	memset(r, 0, sizeof *r);
	digest_init(&r->lines);
	r->out = out;
	r->now = now;
	return 0;
}
