/*
 * trac import of a bench's files, in order: machines first, so that tracd knows
 * whose disks they are; then erasures; then events as lines; the rest waits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/attach.h"
#include "cli/import.h"
#include "cli/lang.h"
#include "cli/progress.h"
#include "cli/world.h"

int import_attach(struct import *i, struct bench_file *file, struct fault *f)
{
	struct hash now;
	uint64_t size;
	if (file->attached)
		return 0;
	if (attach_file(&i->batch.client, file->path, now.b, &size, f) < 0)
		return fault_prefix(f, "%s", file->path);
	if (!hash_equal(&now, &file->hash))
		return fault_set(f, FAULT_INPUT, "%s changed while it was read: import it again",
				 file->path);
	file->attached = true;
	return 0;
}

int import_send(struct import *i, struct bench_file *file, const struct fields *l,
		const uint8_t id[EVENT_ID_SIZE], struct fault *f)
{
	struct defaults d = { .commune = i->commune, .now_ms = world_now_ms(),
			      .date_needed = true };
	struct batch *b = &i->batch;
	uint64_t recorded = b->recorded;
	memcpy(d.id, id, EVENT_ID_SIZE);
	if (batch_add(b, l, &d, 0, f) < 0 || batch_send(b, f) < 0)
		return -1;
	if (b->recorded > recorded)
		file->recorded++;
	else
		file->known++;
	if (file->state == FILE_UNREAD || file->state == FILE_KNOWN)
		file->state = file->recorded ? FILE_RECORDED : FILE_KNOWN;
	return 0;
}

int import_wait(struct import *i, struct bench_file *file, unsigned line, const char *what,
		struct fault *f)
{
	struct review_item like = {
		.hash = file->hash, .line = line, .file = file->path,
		.format = (char *)bench_name(file->format), .what = (char *)what,
		.why = file->fault.text, .at_ms = world_now_ms(),
	};
	/* what nobody can read needs no keeping: it lies where it lies */
	if (file->format != BENCH_UNKNOWN && file->format != BENCH_EMPTY
	    && import_attach(i, file, f) < 0 && i->batch.client.fd < 0)
		return -1;
	struct review_item *item = review_add(&i->review, &like, f);
	if (!item)
		return -1;
	if (item->state == REVIEW_WAITS)
		file->state = FILE_WAITS;
	else if (file->state == FILE_UNREAD)
		file->state = FILE_SETTLED;
	return 0;
}

/* The date of what says none: as --date wants it. False: it waits. */
static bool date_given(const struct import *i, const struct bench_file *file, char out[40])
{
	if (!i->date)
		return false;
	if (!strcmp(i->date, "mtime"))
		civil_format(file->mtime_ms, world_zone(file->mtime_ms), out);
	else
		snprintf(out, 40, "%.39s", i->date);
	return true;
}

static int date_field(const struct import *i, const struct found_time *t,
		      const struct bench_file *file, struct fields *l, struct fault *f)
{
	char date[40];
	if (t->known)
		found_date(t, date);
	else if (!date_given(i, file, date))
		return fault_set(f, FAULT_INPUT, "says no date: import it with --date mtime, the "
				 "time of the file, or with --date AAAA-MM-JJ");
	return fields_add(l, "date", date, f);
}

/* --- machines --- */

/* The event cites at most 16 files; more of them need more events of the same. */
static int machine_send(struct import *i, const struct machine *m, unsigned from,
			struct fault *f)
{
	struct hash hash[EVENT_ATTACHMENTS_MAX];
	struct fields l = { 0 };
	uint8_t id[EVENT_ID_SIZE];
	unsigned count = 0;
	struct bench_file *first = &i->files.at[m->file[from]];
	int rc = identified_fields(&m->all, &l, f);
	if (rc == 0)
		rc = device_fields(&m->all.device, &l, f);
	if (rc == 0)
		rc = date_field(i, &m->all.time, first, &l, f);
	for (; rc == 0 && count < EVENT_ATTACHMENTS_MAX && from + count < m->file_count; count++) {
		struct bench_file *file = &i->files.at[m->file[from + count]];
		hash[count] = file->hash;
		rc = import_attach(i, file, f);
		if (rc == 0)
			rc = attachment_field(file, &l, f);
	}
	import_id(i->batch.member, "identified", hash, count, &m->all.time, id);
	if (rc == 0)
		rc = import_send(i, first, &l, id, f);
	fields_clear(&l);
	return rc;
}

static int machine_wait(struct import *i, const struct machine *m, const struct fault *why,
			struct fault *f)
{
	char what[200];
	device_words(&m->all.device, what);
	for (unsigned k = 0; k < m->file_count; k++) {
		struct bench_file *file = &i->files.at[m->file[k]];
		file->fault = *why;
		if (import_wait(i, file, 0, what, f) < 0)
			return -1;
	}
	return 0;
}

static int machine_record(struct import *i, const struct machine *m, struct fault *f)
{
	const struct bench_file *first = &i->files.at[m->file[0]];
	for (unsigned from = 0; from < m->file_count; from += EVENT_ATTACHMENTS_MAX) {
		if (machine_send(i, m, from, f) == 0)
			continue;
		if (i->batch.client.fd < 0)
			return -1;
		struct fault why = *f;
		return machine_wait(i, m, &why, f);
	}
	for (unsigned k = 0; k < m->file_count; k++) {
		struct bench_file *file = &i->files.at[m->file[k]];
		file->state = first->state;
		review_done(&i->review, &file->hash, 0);
	}
	return 0;
}

/* --- erasures --- */

/* Certificates are named after the serial: those beside the log go with it. */
static int certificates(struct import *i, const struct bench_file *log,
			const struct found_erasure *e, struct fields *l, struct fault *f)
{
	unsigned left = EVENT_ATTACHMENTS_MAX - 1;
	for (unsigned k = 0; k < i->files.count && left; k++) {
		struct bench_file *file = &i->files.at[k];
		const char *name = file->path ? strrchr(file->path, '/') : NULL;
		if (file->format != BENCH_PDF || file->folder != log->folder || !name
		    || strlen(e->medium.serial) < 6 || !strcasestr(name, e->medium.serial)
		    || file->state == FILE_SETTLED)
			continue;
		if (import_attach(i, file, f) < 0 || attachment_field(file, l, f) < 0)
			return -1;
		file->state = FILE_RECORDED;
		review_done(&i->review, &file->hash, 0);
		left--;
	}
	return 0;
}

/* Whose disk? Adds its identity to l; *medium: what is known of the disk. 0: nobody's, f
 * says so. */
static int erasure_owner(struct import *i, const struct bench_file *file,
			 const struct found_erasure *e, struct fields *l,
			 struct found_medium *medium, struct fault *f)
{
	bool several;
	const struct found_medium *known = NULL;
	const struct machine *m = machine_with(&i->machines, file->folder, &e->medium, &several,
					       &known);
	*medium = e->medium;
	if (several)
		return fault_set(f, FAULT_INPUT, "several machines of the folder have the disk %s",
				 e->medium.serial);
	if (m) {
		*medium = *known;
		return device_fields(&m->all.device, l, f);
	}
	struct asked asked;
	int rc = import_ask(&i->batch.client, &e->medium, &asked, f);
	if (rc == 0 && asked.count == 1) {
		if (asked.medium_type)
			medium->type = asked.medium_type;
		for (unsigned k = 0; rc == 0 && k < asked.identity.count; k++)
			rc = fields_add(l, asked.identity.at[k].name,
					asked.identity.at[k].value, f);
		fields_clear(&asked.identity);
		return rc;
	}
	fields_clear(&asked.identity);
	if (rc < 0)
		return -1;
	if (asked.count > 1)
		return fault_set(f, FAULT_INPUT, "the disk %s is in %u devices: say which one",
				 e->medium.serial, asked.count);
	if (i->own_disks && device_is_named(&file->found.device))
		return device_fields(&file->found.device, l, f);
	char host[200];
	device_words(&file->found.device, host);
	return fault_set(f, FAULT_INPUT, "nobody knows which device has the disk %s: import an "
			 "inventory of it, or say it%s%s", e->medium.serial,
			 file->found.has_device ? "; it was wiped by " : "",
			 file->found.has_device ? host : "");
}

/* What must be right before anybody is asked. */
static int erasure_check(const struct found_erasure *e, struct fault *f)
{
	if (!e->is_erasure)
		return fault_set(f, FAULT_INPUT, "line %u: method \"%s\" only reads: it is no erasure",
				 e->line, e->method);
	if (!e->medium.serial[0])
		return fault_set(f, FAULT_INPUT, "line %u: disk %s has no serial: the wipe cannot be "
				 "credited to any disk, and is never a success", e->line,
				 e->medium.name);
	return 0;
}

static int erasure_send(struct import *i, struct bench_file *file,
			const struct found_erasure *e, struct fault *f)
{
	struct fields l = { 0 };
	struct found_medium medium;
	uint8_t id[EVENT_ID_SIZE];
	char hex[2 * HASH_SIZE + 1];
	hex_write(hex, file->hash.b, HASH_SIZE);
	erasure_id(i->batch.member, e, id);
	int rc = erasure_check(e, f);
	if (rc == 0)
		rc = erasure_owner(i, file, e, &l, &medium, f);
	if (rc == 0)
		rc = erasure_fields(e, &medium, &l, f);
	if (rc == 0)
		rc = date_field(i, &e->ended, file, &l, f);
	if (rc == 0)
		rc = fields_add(&l, "certificate_sha256", hex, f);
	if (rc == 0)
		rc = import_attach(i, file, f);
	if (rc == 0)
		rc = attachment_field(file, &l, f);
	if (rc == 0)
		rc = certificates(i, file, e, &l, f);
	if (rc == 0)
		rc = import_send(i, file, &l, id, f);
	fields_clear(&l);
	return rc;
}

static int erasures_record(struct import *i, struct bench_file *file, struct fault *f)
{
	for (unsigned k = 0; k < file->found.erasure_count; k++) {
		const struct found_erasure *e = &file->found.erasure[k];
		const struct review_item *before = review_find(&i->review, &file->hash, e->line);
		char what[200];
		/* a person decided: not asked again */
		if (before && before->state != REVIEW_WAITS) {
			if (file->state == FILE_UNREAD)
				file->state = FILE_SETTLED;
			continue;
		}
		if (erasure_send(i, file, e, f) == 0) {
			review_done(&i->review, &file->hash, e->line);
			continue;
		}
		if (i->batch.client.fd < 0)
			return -1;
		file->fault = *f;
		erasure_words(e, what);
		if (import_wait(i, file, e->line, what, f) < 0)
			return -1;
	}
	return 0;
}

/* --- the rest --- */

/* A report of disks that tracd knows already says nothing new about them. */
static int disks_known(struct import *i, struct bench_file *file, struct fault *f)
{
	unsigned known = 0;
	for (unsigned k = 0; k < file->found.medium_count; k++) {
		struct asked asked;
		int rc = import_ask(&i->batch.client, &file->found.medium[k], &asked, f);
		known += rc == 0 && asked.count == 1;
		fields_clear(&asked.identity);
		if (rc < 0)
			return -1;
	}
	if (known == file->found.medium_count)
		return 1;
	if (!file->fault.text[0])
		fault_set(&file->fault, FAULT_INPUT, "nobody knows which device has the disk %s: "
			  "import an inventory of it with this file, or say it",
			  file->found.medium[0].serial);
	return 0;
}

static void disks_words(const struct bench_file *file, char out[200])
{
	const struct findings *found = &file->found;
	if (found->has_device)
		device_words(&found->device, out);
	else if (found->medium_count)
		snprintf(out, 200, "disk %.60s %.60s", found->medium[0].model,
			 found->medium[0].serial);
	else
		out[0] = '\0';
}

static int rest_record(struct import *i, struct bench_file *file, struct fault *f)
{
	const struct review_item *before = review_find(&i->review, &file->hash, 0);
	char what[200];
	if (before && before->state != REVIEW_WAITS) {
		file->state = FILE_SETTLED;
		return 0;
	}
	if (file->good && !file->found.has_device && file->found.medium_count) {
		int known = disks_known(i, file, f);
		if (known < 0)
			return -1;
		if (known) {
			file->state = FILE_KNOWN;
			review_done(&i->review, &file->hash, 0);
			return 0;
		}
	}
	disks_words(file, what);
	return import_wait(i, file, 0, what, f);
}

/* A second copy of a file says what the first one said. */
static void mark_copies(struct files *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		for (unsigned k = 0; k < i && l->at[i].state == FILE_UNREAD; k++) {
			if (l->at[k].state == FILE_UNREAD
			    && hash_equal(&l->at[k].hash, &l->at[i].hash))
				l->at[i].state = FILE_KNOWN;
		}
	}
}

static int record_all(struct import *i, struct fault *f)
{
	struct files *l = &i->files;
	struct progress p;
	int rc = 0;
	progress_start(&p, _("importing"), !i->c->quiet && !i->c->json);
	for (unsigned k = 0; rc == 0 && k < i->machines.count; k++)
		rc = machine_record(i, &i->machines.at[k], f);
	for (unsigned k = 0; rc == 0 && k < l->count; k++) {
		struct bench_file *file = &l->at[k];
		if (file->state == FILE_UNREAD && file->good && file->format == BENCH_NWIPE)
			rc = erasures_record(i, file, f);
		progress_update(&p, k, l->count, k);
	}
	for (unsigned k = 0; rc == 0 && k < l->count; k++) {
		struct bench_file *file = &l->at[k];
		if (file->state == FILE_UNREAD && file->good
		    && (file->format == BENCH_CSV || file->format == BENCH_JSON_LINES))
			rc = import_rows(i, file, f);
		if (rc == 0 && file->state == FILE_UNREAD)
			rc = rest_record(i, file, f);
	}
	progress_end(&p);
	return rc;
}

static int read_all(struct import *i, const struct arguments *a, struct fault *f)
{
	for (int k = 0; k < a->count; k++) {
		if (files_add(&i->files, a->operand[k], f) < 0)
			return -1;
	}
	if (!i->files.count)
		return fault_set(f, FAULT_INPUT, "%s: holds no file", a->operand[0]);
	mark_copies(&i->files);
	return machines_find(&i->files, &i->machines, f);
}

int import_bench(struct import *i, const struct arguments *a, struct fault *f)
{
	struct fault later = { 0 };
	int rc = batch_open(&i->batch, i->c->home, f);
	if (rc == 0)
		rc = review_open(&i->review, i->c->home, true, f);
	if (rc == 0)
		rc = read_all(i, a, f);
	if (rc < 0)
		return -1;
	rc = record_all(i, f);
	/* what was decided on the way is kept, also when tracd went away */
	if (review_save(&i->review, &later) < 0 && rc == 0)
		rc = fault_copy(f, later.code, later.text);
	return rc < 0 ? -1 : import_report(i, f);
}
