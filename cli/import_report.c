/* What became of each file of an import. */
#include <string.h>

#include "cli/import.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"

static const struct {
	const char *name, *label;
} states[] = {
	[FILE_UNREAD] = { "unread", N_("not read") },
	[FILE_RECORDED] = { "recorded", N_("recorded") },
	[FILE_KNOWN] = { "known", N_("nothing new") },
	[FILE_WAITS] = { "waits", N_("waits") },
	[FILE_SETTLED] = { "settled", N_("decided before") },
	[FILE_REFUSED] = { "refused", N_("refused") },
};

struct counts {
	unsigned waiting, refused;
};

static json_t *file_json(const struct bench_file *file)
{
	char hash[2 * HASH_SIZE + 1] = "";
	if (file->state != FILE_REFUSED)
		hex_write(hash, file->hash.b, HASH_SIZE);
	return json_pack("{s:o, s:o, s:s, s:s, s:I, s:I, s:o}", "file", json_path(file->path),
			 "sha256", json_text(hash), "format", bench_name(file->format),
			 "state", states[file->state].name,
			 "recorded", (json_int_t)file->recorded, "known", (json_int_t)file->known,
			 "why", json_text(safe(file->fault.text)));
}

static int print_json(const struct import *i, const struct counts *n, struct fault *f)
{
	json_t *list = json_array();
	for (unsigned k = 0; k < i->files.count; k++)
		json_array_append_new(list, file_json(&i->files.at[k]));
	return json_print(i->c->out, json_pack(
		"{s:o, s:I, s:I, s:I}", "files", list, "recorded", (json_int_t)i->batch.recorded,
		"known_before", (json_int_t)(i->batch.known_before + i->batch.repeated),
		"waiting", (json_int_t)n->waiting), f);
}

/* The last two steps of a path tell files of one import apart. */
static const char *short_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	while (slash && slash > path && slash[-1] != '/')
		slash--;
	return slash && slash > path ? slash : path;
}

static int print_table(const struct import *i, struct fault *f)
{
	struct table t;
	table_start(&t);
	table_column(&t, _("State"), COLUMN_LEFT);
	table_column(&t, _("File"), COLUMN_LEFT);
	table_column(&t, _("Format"), COLUMN_LEFT);
	table_column(&t, _("Events"), COLUMN_RIGHT);
	table_column(&t, _("Why"), COLUMN_WRAP);
	for (unsigned k = 0; k < i->files.count; k++) {
		const struct bench_file *file = &i->files.at[k];
		table_line(&t);
		table_cell(&t, "%s", _(states[file->state].label));
		table_cell(&t, "%s", safe(short_path(file->path)));
		table_cell(&t, "%s", bench_name(file->format));
		table_cell(&t, "%u", file->recorded + file->known);
		table_cell(&t, "%s", file->state == FILE_WAITS || file->state == FILE_REFUSED
			   ? safe(file->fault.text) : "");
	}
	return table_print(&t, i->c->out, f);
}

static int print_people(const struct import *i, const struct counts *n, struct fault *f)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT], d[NUMBER_TEXT], e[NUMBER_TEXT];
	bool french = i->c->french;
	if (i->c->quiet)
		return 0;
	if (print_table(i, f) < 0)
		return -1;
	fprintf(i->c->out, _("files: %s, events recorded: %s, recorded before: %s, files that "
			     "wait: %s\n"), number_text(i->files.count, french, a),
		number_text(i->batch.recorded, french, b),
		number_text(i->batch.known_before + i->batch.repeated, french, d),
		number_text(n->waiting, french, e));
	return 0;
}

int import_report(const struct import *i, struct fault *f)
{
	struct counts n = { 0, 0 };
	for (unsigned k = 0; k < i->files.count; k++) {
		n.waiting += i->files.at[k].state == FILE_WAITS;
		n.refused += i->files.at[k].state == FILE_REFUSED;
	}
	int rc = i->c->json ? print_json(i, &n, f) : print_people(i, &n, f);
	if (rc < 0)
		return -1;
	for (unsigned k = 0; k < i->files.count; k++) {
		const struct bench_file *file = &i->files.at[k];
		if (file->state == FILE_REFUSED)
			return fault_set(f, file->fault.code, "%s: %s (%u of %u files refused)",
					 safe(file->path), file->fault.text, n.refused,
					 i->files.count);
	}
	if (n.waiting)
		return fault_set(f, FAULT_INPUT, "%u of %u files wait for a decision: trac review "
				 "lists them", n.waiting, i->files.count);
	return 0;
}
