/* trac review: what an import could not decide, and a person's word on it. */
#include <stdlib.h>
#include <string.h>

#include "cli/attach.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/import.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/world.h"

/* Words and not sentences: they are counted, and say nothing about people. */
static const char *const reasons[] = { "duplicate", "not_ours", "test", "unusable", "other" };

static json_t *item_json(const struct review_item *i)
{
	return json_pack("{s:I, s:s, s:s, s:o, s:s, s:I, s:s, s:s, s:o, s:o}",
			 "number", (json_int_t)i->number, "state", review_state_name(i->state),
			 "file", i->file, "sha256",
			 json_hex((struct span){ i->hash.b, sizeof i->hash.b }),
			 "format", i->format, "line", (json_int_t)i->line, "what", i->what,
			 "why", i->why, "reason", json_text(i->reason),
			 "at", json_time(i->at_ms, world_zone(i->at_ms)));
}

static bool is_listed(const struct review_item *i, bool all)
{
	return all || i->state == REVIEW_WAITS;
}

static int list_json(struct context *c, const struct review *r, bool all, struct fault *f)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < r->count; i++) {
		if (is_listed(&r->item[i], all))
			json_array_append_new(list, item_json(&r->item[i]));
	}
	return json_print(c->out, json_pack("{s:o, s:I}", "items", list, "waiting",
					    (json_int_t)review_waiting(r)), f);
}

static int list_people(struct context *c, const struct review *r, bool all, struct fault *f)
{
	struct table t;
	if (!review_waiting(r) && !all) {
		fprintf(c->out, _("nothing waits\n"));
		return 0;
	}
	table_start(&t);
	table_column(&t, _("No."), COLUMN_RIGHT);
	table_column(&t, _("File"), COLUMN_LEFT);
	table_column(&t, _("What"), COLUMN_WRAP);
	table_column(&t, _("Why"), COLUMN_WRAP);
	for (unsigned i = 0; i < r->count; i++) {
		const struct review_item *item = &r->item[i];
		const char *name = strrchr(item->file, '/');
		char hash[9];
		if (!is_listed(item, all))
			continue;
		hex_write(hash, item->hash.b, 4);
		table_line(&t);
		table_cell(&t, "%u", item->number);
		table_cell(&t, "%s (%s)", safe(name ? name + 1 : item->file), hash);
		table_cell(&t, "%s%s%s", safe(item->format), *item->what ? ": " : "",
			   safe(item->what));
		table_cell(&t, "%s", item->state == REVIEW_WAITS ? safe(item->why)
			   : item->reason ? safe(item->reason) : review_state_name(item->state));
	}
	return table_print(&t, c->out, f);
}

static int list(struct context *c, bool all, struct fault *f)
{
	struct review r;
	int rc = review_open(&r, c->home, false, f);
	if (rc == 0)
		rc = c->json ? list_json(c, &r, all, f) : list_people(c, &r, all, f);
	review_close(&r);
	return rc;
}

static struct review_item *item_given(struct review *r, const char *number, struct fault *f)
{
	char *end;
	unsigned long n = strtoul(number, &end, 10);
	struct review_item *i = *end || !*number || n > UINT_MAX ? NULL
		: review_number(r, (unsigned)n);
	if (i && i->state == REVIEW_WAITS)
		return i;
	fault_set(f, FAULT_ABSENT, i ? "item %.20s is decided already" : "no item %.20s waits: "
		  "trac review lists what does", number);
	return NULL;
}

static int check_reason(const char *reason, struct fault *f)
{
	for (size_t i = 0; reason && i < sizeof reasons / sizeof *reasons; i++) {
		if (!strcmp(reasons[i], reason))
			return 0;
	}
	return fault_set(f, FAULT_USAGE, "--reason is one of duplicate, not_ours, test, unusable, "
			 "other");
}

static int dismiss(struct context *c, const struct arguments *a, struct fault *f)
{
	struct review r;
	const char *reason = given(a, "reason");
	if (check_reason(reason, f) < 0)
		return -1;
	int rc = review_open(&r, c->home, true, f);
	struct review_item *i = rc == 0 ? item_given(&r, given(a, "dismiss"), f) : NULL;
	if (!i)
		rc = -1;
	if (rc == 0) {
		i->state = REVIEW_DISMISSED;
		i->reason = strdup(reason);
		r.changed = true;
		rc = review_save(&r, f);
	}
	if (rc == 0 && !c->quiet && !c->json)
		fprintf(c->out, _("dismissed: %s\n"), safe(i->file));
	if (rc == 0 && c->json)
		rc = json_print(c->out, item_json(i), f);
	review_close(&r);
	return rc;
}

/* --- accepting --- */

static int words_given(const struct arguments *a, struct fields *l, struct fault *f)
{
	for (int k = 0; k < a->count; k++) {
		char *equals = strchr(a->operand[k], '=');
		if (!equals)
			return fault_set(f, FAULT_USAGE, "\"%s\" is not FIELD=VALUE",
					 a->operand[k]);
		*equals = '\0';
		if (fields_add(l, a->operand[k], equals + 1, f) < 0)
			return -1;
	}
	return 0;
}

/* What the file says, unless the person said it. A list is theirs or the file's. */
static int add_unsaid(struct fields *l, const struct fields *from, const struct fields *said,
		      struct fault *f)
{
	for (unsigned k = 0; k < from->count; k++) {
		if (!fields_value(said, from->at[k].name)
		    && fields_add(l, from->at[k].name, from->at[k].value, f) < 0)
			return -1;
	}
	return 0;
}

static const struct found_erasure *erasure_at(const struct findings *found, unsigned line)
{
	for (unsigned k = 0; k < found->erasure_count; k++) {
		if (found->erasure[k].line == line)
			return &found->erasure[k];
	}
	return NULL;
}

static bool names_device(const struct fields *l)
{
	static const char *const names[] = {
		"serial", "label", "imei", "asset_tag", "uuid", "board_serial", "gs1",
	};
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		if (fields_value(l, names[k]))
			return true;
	}
	return false;
}

/* Of a field that is given twice the last one counts: none of them may say it. */
static bool says_success(const struct fields *said)
{
	for (unsigned k = 0; k < said->count; k++) {
		if (!strcmp(said->at[k].name, "result") &&
		    word_value(&trac__outcome__descriptor, said->at[k].value) ==
			    TRAC__OUTCOME__SUCCESS)
			return true;
	}
	return false;
}

static int said_erasure(const struct bench_file *file, const struct found_erasure *e,
			const struct fields *said, struct fields *l, struct fault *f)
{
	char hex[2 * HASH_SIZE + 1];
	if (!e->is_erasure)
		return fault_set(f, FAULT_INPUT, "method \"%s\" only reads: dismiss it", e->method);
	/* a person's word does not make a success of what the log calls otherwise */
	if (e->result != TRAC__OUTCOME__SUCCESS && says_success(said))
		return fault_set(f, FAULT_REFUSED, "the log says no success: %s", e->doubt);
	hex_write(hex, file->hash.b, HASH_SIZE);
	if (erasure_fields(e, NULL, l, f) < 0)
		return -1;
	return fields_add(l, "certificate_sha256", hex, f);
}

/* The fields of the file, of the kind that it is about. */
static int file_fields(const struct bench_file *file, const struct review_item *item,
		       struct fields *l, struct found_time *t, const struct fields *said,
		       struct fault *f)
{
	const struct found_erasure *e = item->line ? erasure_at(&file->found, item->line) : NULL;
	if (e) {
		*t = e->ended;
		return said_erasure(file, e, said, l, f);
	}
	if (fields_value(said, "kind"))
		return 0;
	*t = file->found.time;
	if (!file->good || (!file->found.has_device && !file->found.medium_count))
		return fault_set(f, FAULT_USAGE, "the file says nothing that could be recorded: say "
				 "it, kind=... and its fields, or dismiss it");
	if (!names_device(said) && device_fields(&file->found.device, l, f) < 0)
		return -1;
	return identified_fields(&file->found, l, f);
}

static int accept_fields(const struct bench_file *file, const struct review_item *item,
			 const struct fields *said, struct fields *l, struct found_time *t,
			 struct fault *f)
{
	struct fields from = { 0 };
	char date[30];
	int rc = file_fields(file, item, &from, t, said, f);
	if (rc == 0 && t->known && !fields_value(said, "date")) {
		found_date(t, date);
		rc = fields_add(&from, "date", date, f);
	}
	/* what the file says stands first: a serial said for its disk must not begin another */
	if (rc == 0)
		rc = add_unsaid(l, &from, said, f);
	if (rc == 0)
		rc = add_unsaid(l, said, &(struct fields){ 0 }, f);
	if (rc == 0)
		rc = attachment_field(file, l, f);
	fields_clear(&from);
	return rc;
}

/* The file as it was: its content is what waits, not its name. What has moved or changed
 * since is asked of tracd, who kept it. */
static int file_again(struct import *i, struct bench_file *file, const struct review_item *item,
		      struct fault *f)
{
	static const uint8_t nothing[1];
	struct buffer b;
	struct fault unread = { 0 };
	struct hash h = { { 0 } };
	buffer_init(&b, IMPORT_BYTES_MAX);
	*file = (struct bench_file){ .path = strdup(item->file) };
	int rc = file->path ? 0 : fault_set(f, FAULT_IO, "no memory");
	if (rc == 0 && file_read(item->file, &b, &unread) == 0)
		hash_bytes(b.data ? b.data : nothing, b.used, &h);
	if (rc == 0 && !hash_equal(&h, &item->hash)) {
		buffer_clear(&b);
		buffer_init(&b, IMPORT_BYTES_MAX);
		file->attached = true;
		rc = attach_read(&i->batch.client, item->hash.b, &b, f);
		if (rc < 0)
			fault_prefix(f, "%s is gone or changed: import it again from where it is",
				     item->file);
	}
	if (rc == 0)
		file_take(file, (struct span){ b.data ? b.data : nothing, b.used }, &unread);
	buffer_clear(&b);
	return rc;
}

static int accept_one(struct import *i, struct bench_file *file, struct review_item *item,
		      const struct arguments *a, struct fault *f)
{
	struct fields said = { 0 }, l = { 0 };
	struct found_time t = { 0 };
	uint8_t id[EVENT_ID_SIZE];
	char what[64];
	int rc = words_given(a, &said, f);
	if (rc == 0)
		rc = file_again(i, file, item, f);
	if (rc == 0)
		rc = accept_fields(file, item, &said, &l, &t, f);
	const struct found_erasure *e = item->line ? erasure_at(&file->found, item->line) : NULL;
	snprintf(what, sizeof what, "accepted %u", item->line);
	if (e)
		erasure_id(i->batch.member, e, id);
	else
		import_id(i->batch.member, what, &item->hash, 1, &t, id);
	if (rc == 0)
		rc = import_attach(i, file, f);
	if (rc == 0)
		rc = import_send(i, file, &l, id, f);
	if (rc == 0) {
		item->state = REVIEW_ACCEPTED;
		i->review.changed = true;
		rc = review_save(&i->review, f);
	}
	fields_clear(&said);
	fields_clear(&l);
	return rc;
}

static int accept(struct context *c, const struct arguments *a, struct fault *f)
{
	struct bench_file file = { .path = NULL };
	struct import *i = calloc(1, sizeof *i);
	if (!i)
		return fault_set(f, FAULT_IO, "no memory");
	i->c = c;
	i->batch.client.fd = -1;
	i->review.lock = -1;
	home_commune(c->home, i->commune);
	int rc = review_open(&i->review, c->home, true, f);
	struct review_item *item = rc == 0 ? item_given(&i->review, given(a, "accept"), f) : NULL;
	rc = item ? batch_open(&i->batch, c->home, f) : -1;
	if (rc == 0)
		rc = accept_one(i, &file, item, a, f);
	if (rc == 0 && c->json)
		rc = json_print(c->out, item_json(item), f);
	else if (rc == 0 && !c->quiet)
		fprintf(c->out, _("recorded: %s\n"), *item->what ? safe(item->what)
			: safe(item->file));
	free(file.path);
	findings_clear(&file.found);
	batch_close(&i->batch);
	review_close(&i->review);
	free(i);
	return rc;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	bool takes = given(a, "accept") != NULL, drops = given(a, "dismiss") != NULL;
	if (takes && drops)
		return fault_set(f, FAULT_USAGE, "--accept and --dismiss: choose one");
	if (a->count && !takes)
		return fault_set(f, FAULT_USAGE, "FIELD=VALUE belongs to --accept N");
	if (takes)
		return accept(c, a, f);
	return drops ? dismiss(c, a, f) : list(c, given(a, "all") != NULL, f);
}

static const struct option_row option[] = {
	{ "accept", 0, "N", false, N_("record item N, with what FIELD=VALUE says of it") },
	{ "dismiss", 0, "N", false, N_("decide that item N is not recorded") },
	{ "reason", 0, "WORD", false,
	  N_("why it is dismissed: duplicate, not_ours, test, unusable or other") },
	{ "all", 'a', NULL, false, N_("list what was decided, too") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_review = {
	.name = "review", .operands = "[FIELD=VALUE...]",
	.summary = N_("list and decide what an import could not"),
	.manual = N_("Files, and parts of files, that fit no device or leave a doubt wait here; nothing is\n"
		     "dropped. Examples:\n"
		     "  trac review --accept 3 serial=5CD1234XYZ maker=HP\n"
		     "  trac review --accept 4 kind=data_erased serial=5CD1234XYZ maker=HP ...\n"
		     "  trac review --dismiss 5 --reason duplicate\n"
		     "Accepting records what the file says, of the device and with the fields that are\n"
		     "given; an erasure of a disk with a serial needs no device."),
	.json = "{\"items\": [ITEM], \"waiting\": N}; with --accept and --dismiss: ITEM\n"
		"ITEM: {\"number\": N, \"state\": \"waits\", \"accepted\" or \"dismissed\", \"file\",\n"
		" \"sha256\", \"format\", \"line\": N, \"what\", \"why\", \"reason\", \"at\": time}",
	.option = option, .most = OPERANDS_ANY, .run = run,
};
