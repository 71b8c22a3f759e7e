/* trac import: the events of a CSV file, or whatever a bench wrote. */
#include "cli/import.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/home.h"
#include "cli/lang.h"


/* A single file that is no bench tool's is a CSV file, also when it is a bad one. */
static bool is_single_csv(const struct arguments *a)
{
	struct stat s;
	const char *path = a->operand[0];
	if (a->count != 1)
		return false;
	if (!strcmp(path, "-") || stat(path, &s) < 0)
		return true;
	if (S_ISDIR(s.st_mode))
		return false;
	if (!S_ISREG(s.st_mode) || s.st_size > IMPORT_BYTES_MAX)
		return true;
	FILE *in = fopen(path, "re");
	uint8_t *text = malloc((size_t)s.st_size + 1);
	size_t size = in && text ? fread(text, 1, (size_t)s.st_size, in) : 0;
	enum bench_format format = size ? bench_recognise((struct span){ text, size })
		: BENCH_UNKNOWN;
	free(text);
	if (in)
		fclose(in);
	return format == BENCH_CSV || format == BENCH_UNKNOWN || format == BENCH_EMPTY;
}

static int check_date(const char *date, struct fault *f)
{
	struct civil c;
	if (!date || !strcmp(date, "mtime") || civil_parse(date, 0, &c) == 0)
		return 0;
	return fault_set(f, FAULT_USAGE, "--date is \"%.40s\": write mtime, for the time of the "
			 "file, or 2026-03-02, or 2026-03-02T10:04:11+01:00", date);
}

static void import_close(struct import *i)
{
	batch_close(&i->batch);
	review_close(&i->review);
	machines_clear(&i->machines);
	files_clear(&i->files);
	free(i);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	if (is_single_csv(a))
		return import_csv(c, a->operand[0], f);
	if (check_date(given(a, "date"), f) < 0)
		return -1;
	struct import *i = calloc(1, sizeof *i);
	if (!i)
		return fault_set(f, FAULT_IO, "no memory");
	i->c = c;
	i->batch.client.fd = -1;
	i->review.lock = -1;
	i->date = given(a, "date");
	i->own_disks = given(a, "own-disks") != NULL;
	home_commune(c->home, i->commune);
	int rc = import_bench(i, a, f);
	import_close(i);
	return rc;
}

static const struct option_row option[] = {
	{ "date", 0, "DATE", false,
	  N_("when it was, for files that do not say: a date, or mtime for the file's time") },
	{ "own-disks", 0, NULL, false,
	  N_("disks in an nwipe log that nobody knows are of the machine that wrote it") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_import = {
	.name = "import", .operands = "PATH...",
	.summary = N_("record what a bench wrote: logs, inventories, CSV files"),
	.manual = N_("Files and folders, in any mix, known by their content: nwipe logs, smartctl -j,\n"
		     "lshw -json, dmidecode, GLPI inventories (JSON, XML), hdparm -I, nvme list, lsblk,\n"
		     "CSV and JSON lines of events. Files of one folder are joined by the serials in\n"
		     "them. What fits no device waits: trac review. Importing again is harmless.\n"
		     "A CSV file alone: UTF-8, separated by , or ;. The first row names the fields: kind\n"
		     "and date, then serial, maker, commune and the fields that trac record --help KIND\n"
		     "lists. The first bad line ends its import; those before it stay recorded. Two\n"
		     "equal rows are one event: give them different ids if they are not."),
	.json = "{\"files\": [{\"file\", \"sha256\", \"format\", \"state\", \"recorded\": N, \"known\": N,\n"
		"  \"why\"}], \"recorded\": N, \"known_before\": N, \"waiting\": N}\n"
		"of a CSV file alone:\n"
		"{\"file\", \"rows\": N, \"recorded\": N, \"known_before\": N, \"repeated\": N}",
	.option = option, .least = 1, .most = OPERANDS_ANY, .run = run,
};
