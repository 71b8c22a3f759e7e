/*
 * nwipe's log. Its lines tell which disks there are and what was done to them;
 * how it ended is told by the tables at the end alone, not by "[SUCCESS]" nor by
 * the last line. A log file is appended to: it may hold several runs.
 */
#include "cli/bench/nwipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct nwipe_disk *nwipe_disk(struct nwipe_run *r, const char *name, size_t size)
{
	if (size == 0 || size >= sizeof r->disk[0].name)
		return NULL;
	for (unsigned i = 0; i < r->count; i++) {
		struct nwipe_disk *d = &r->disk[i];
		if (strlen(d->name) == size && !memcmp(d->name, name, size))
			return d;
	}
	if (r->count == NWIPE_DISKS_MAX)
		return NULL;
	struct nwipe_disk *d = &r->disk[r->count++];
	memset(d, 0, sizeof *d);
	memcpy(d->name, name, size);
	return d;
}

/* The name behind "/dev/" at `at`: letters and digits, and what mapper names hold. */
static size_t name_size(const char *at)
{
	size_t size = 0;
	while ((at[size] >= 'a' && at[size] <= 'z') || (at[size] >= 'A' && at[size] <= 'Z')
	       || (at[size] >= '0' && at[size] <= '9') || at[size] == '_' || at[size] == '-')
		size++;
	return size;
}

/* The disk that a message is about: the last "/dev/NAME" in it. */
static struct nwipe_disk *disk_named(struct nwipe_run *r, const char *text)
{
	const char *last = NULL;
	for (const char *at = strstr(text, "/dev/"); at; at = strstr(at + 5, "/dev/"))
		last = at + 5;
	return last ? nwipe_disk(r, last, name_size(last)) : NULL;
}

/* "[2026/11/22 22:51:11]  notice: text": the text. Lines without a time are whole. */
static const char *message_of(struct nwipe_run *r, const char *row)
{
	static const char *const levels[] = {
		"debug: ", "info: ", "notice: ", "warning: ", "error: ", "fatal: ", "sanity: ",
	};
	struct civil at;
	const char *end = strchr(row, ']');
	if (row[0] != '[' || !end || !found_civil(row + 1, (size_t)(end - row - 1), &at))
		return row;
	r->now = (struct found_time){ .known = true, .at = at };
	row = end + 1 + strspn(end + 1, " ");
	const char *past = after(row, "nwipe: ");   /* of old versions */
	row = past ? past : row;
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		if ((past = after(row, levels[i])))
			return past;
	}
	return row;
}

static void take_bus(struct nwipe_run *r, struct nwipe_disk *d, const char *bus)
{
	if (!strncmp(bus, "NVME", 4)) {
		d->type = TRAC__MEDIUM_TYPE__NVME;
		d->interface = TRAC__MEDIUM_INTERFACE__PCIE;
	} else if (strstr(bus, "-SSD") || r->solid) {
		d->type = TRAC__MEDIUM_TYPE__SSD;
	} else if (!strncmp(bus, "MMC", 3)) {
		d->type = TRAC__MEDIUM_TYPE__EMMC;
		d->interface = TRAC__MEDIUM_INTERFACE__MMC;
	} else if (r->turning || (!strncmp(bus, "ATA", 3) && !after(r->version, "0.3"))) {
		/* from 0.35 on "ATA" alone means platters; before, it meant any */
		d->type = TRAC__MEDIUM_TYPE__HDD;
	}
	r->solid = r->turning = false;
}

/* "/dev/sda,  ATA, SAMSUNG MZ7LN256,  67 MB, S/N=S21HNXAG512345X" */
static int take_found(struct nwipe_run *r, const char *text, struct fault *f)
{
	const char *name = text + 5, *bus, *model, *serial, *end;
	size_t size = name_size(name);
	struct nwipe_disk *d = nwipe_disk(r, name, size);
	/* a disk is found once in a run: this is the next one, and the last broke off */
	if (d && d->started) {
		if (nwipe_run_end(r, f) < 0)
			return -1;
		d = nwipe_disk(r, name, size);
	}
	bus = strchr(name, ',');
	serial = strstr(text, "S/N=");
	if (!d || !bus || !serial)
		return 0;
	bus += 1 + strspn(bus + 1, " ");
	take_bus(r, d, bus);
	found_ident(d->serial, TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL, serial + 4,
		    strlen(serial + 4));
	if (!strncmp(serial, "S/N=(S/N", 8))
		d->serial[0] = '\0';
	model = strchr(bus, ',');
	if (!model || model > serial)
		return 0;
	/* up to the comma before the size; a model may hold commas itself */
	for (end = serial - 1; end > model && *end != ','; end--)
		;
	for (end--; end > model && *end != ','; end--)
		;
	if (end > model)
		found_words(d->model, model + 1, (size_t)(end - model - 1));
	return 0;
}

static void take_host(struct nwipe_run *r, const char *m)
{
	struct found_device *d = &r->out->device;
	const char *v;
	if ((v = value_of(m, "system-manufacturer", '=')))
		found_words(d->maker, v, strlen(v));
	else if ((v = value_of(m, "system-product-name", '=')))
		found_words(d->model, v, strlen(v));
	else if ((v = value_of(m, "system-version", '=')))
		found_model(d, d->model, v);
	else if ((v = value_of(m, "system-serial-number", '=')))
		found_ident(d->serial, TRAC__IDENTIFIER_KIND__SERIAL, v, strlen(v));
	else if ((v = value_of(m, "system-uuid", '=')))
		found_ident(d->uuid, TRAC__IDENTIFIER_KIND__UUID, v, strlen(v));
	else if ((v = value_of(m, "baseboard-serial-number", '=')))
		found_ident(d->board_serial, TRAC__IDENTIFIER_KIND__BOARD_SERIAL, v, strlen(v));
	else if ((v = value_of(m, "baseboard-manufacturer", '=')))
		found_words(d->board_maker, v, strlen(v));
	else if ((v = value_of(m, "chassis-type", '=')))
		d->type = found_type(v, d->model);
	else
		return;
	r->out->has_device = true;
}

static void take_option(struct nwipe_run *r, const char *m)
{
	const char *v;
	if ((v = value_of(m, "banner", '=')) && (v = after(v, "nwipe ")))
		snprintf(r->version, sizeof r->version, "%.*s", (int)strcspn(v, " "), v);
	else if ((v = value_of(m, "method", '=')))
		found_text(r->method, v, strlen(v));
	else if ((v = value_of(m, "verify", '=')))
		r->verify = *v == '0' ? VERIFY_NONE : *v == '1' ? VERIFY_LAST
			: *v == '2' ? VERIFY_ALL : VERIFY_UNKNOWN;
}

/* "pass 2/3, round 1/1, on": what stands behind the strokes. */
static void take_pass(struct nwipe_disk *d, const char *text)
{
	unsigned pass, passes, round, rounds;
	if (sscanf(text, "%4u/%4u, round %4u/%4u", &pass, &passes, &round, &rounds) != 4)
		return;
	d->passes = passes;
	d->rounds = rounds;
}

static void take_written(struct nwipe_disk *d, const char *text)
{
	uint64_t n = strtoull(text, NULL, 10);
	if (!d->has_written || n < d->written_bytes)
		d->written_bytes = n;
	d->has_written = true;
}

static void take_hidden(struct nwipe_disk *d, const char *m)
{
	if (strstr(m, "HIDDEN SECTORS DETECTED"))
		d->hidden = TRAC__HIDDEN_AREAS__HIDDEN_LEFT;
	else if (d->hidden == TRAC__HIDDEN_AREAS__HIDDEN_LEFT)
		return;            /* nothing later takes that back */
	else if (after(m, "No hidden sectors on"))
		d->hidden = TRAC__HIDDEN_AREAS__HIDDEN_NONE;
	else if (strstr(m, "HIDDEN SECTORS INDETERMINATE") || after(m, "[UNKNOWN]"))
		d->hidden = TRAC__HIDDEN_AREAS__HIDDEN_UNKNOWN;
}

/* A message about one disk. */
static void take_disk(struct nwipe_run *r, struct nwipe_disk *d, const char *m, unsigned line)
{
	const char *v;
	d->last = r->now;
	d->last_line = line;
	take_hidden(d, m);
	if ((v = after(m, "Invoking method '"))) {
		d->started = true;
		found_text(d->method, v, strcspn(v, "'"));
	} else if ((v = after(m, "Starting pass "))) {
		take_pass(d, v);
	} else if (strstr(m, " bytes written to /dev/")) {
		take_written(d, m);
	} else if (after(m, "Skipping verification")) {
		d->skipped = true;
	} else if ((v = strstr(m, ", sect/blk/dev "))) {
		if ((v = strrchr(v, '/')))
			d->total_bytes = strtoull(v + 1, NULL, 10);
	}
}

static int take_message(struct nwipe_run *r, const char *m, unsigned line, struct fault *f)
{
	const char *v;
	if ((v = after(m, "Found /dev/")))
		return take_found(r, v - 5, f);
	if (after(m, "nwipe 0.") || after(m, "nwipe 1.")) {
		/* the first line of a run, since 0.34; its number stands in the banner too */
		int rc = nwipe_run_end(r, f);
		snprintf(r->version, sizeof r->version, "%.*s", (int)strcspn(m + 6, " "), m + 6);
		return rc;
	}
	if ((v = after(m, "smartctl: rotation rate:"))) {
		r->solid = strcasestr(v, "solid") != NULL;
		r->turning = strstr(v, "rpm") != NULL;
		return 0;
	}
	take_host(r, m);
	take_option(r, m);
	struct nwipe_disk *d = disk_named(r, m);
	if (d)
		take_disk(r, d, m, line);
	return 0;
}

int nwipe_read(struct span bytes, struct findings *out, struct fault *f)
{
	struct nwipe_run *r = calloc(1, sizeof *r);
	struct rows *rows = malloc(sizeof *rows);
	int rc = r && rows ? 0 : fault_set(f, FAULT_IO, "no memory");
	if (rc == 0) {
		r->out = out;
		digest_init(&r->lines);
		rows_init(rows, bytes);
	}
	while (rc == 0 && rows_next(rows)) {
		const char *m = message_of(r, rows->row);
		rc = nwipe_table_row(r, rows, f);
		if (rc == 0)
			rc = take_message(r, m, rows->number, f);
		else if (rc > 0)
			rc = 0;
		/* a line that ended a run is of the next one */
		digest_add(&r->lines, rows->row, rows->size);
		digest_add(&r->lines, "\n", 1);
		if (rc < 0)
			fault_prefix(f, "line %u", rows->number);
	}
	if (rc == 0)
		rc = nwipe_run_end(r, f);
	if (rc == 0 && !out->erasure_count)
		rc = fault_set(f, FAULT_INPUT, "no wipe was started in this log: there is nothing "
			       "to record of it");
	if (rc == 0)
		out->time = out->erasure[out->erasure_count - 1].ended;
	free(rows);
	free(r);
	return rc;
}
