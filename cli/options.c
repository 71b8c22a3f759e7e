/* Options of trac and of each verb, read by getopt_long from the verb's rows. */
#include "cli/verb.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "cli/lang.h"

#define OPTIONS_MAX 24
#define LETTERS_MAX (2 * OPTIONS_MAX + 2)

/* Values of getopt_long: a row's place above all characters. */
enum { ROW_BASE = 256, GLOBAL_BASE = 512 };

static const struct option_row global[] = {
	{ "home", 0, "DIR", false, N_("the node's folder (or TRAC_HOME; else /var/lib/tracd)") },
	{ "json", 0, NULL, false, N_("print JSON for programs: English keys, stable shape") },
	{ "quiet", 'q', NULL, false, N_("print no progress and no advice") },
	{ "help", 'h', NULL, false, N_("explain, and do nothing") },
	{ NULL, 0, NULL, false, NULL },
};

const struct option_row *const global_options = global;

struct option_table {
	struct option option[OPTIONS_MAX + 1];
	unsigned count;
	char letters[LETTERS_MAX + 4];
};

static void table_add(struct option_table *t, const struct option_row *row, int base)
{
	for (int i = 0; row && row[i].name; i++) {
		assert(t->count < OPTIONS_MAX);
		t->option[t->count++] = (struct option){
			row[i].name, row[i].value ? required_argument : no_argument,
			NULL, base + i,
		};
		if (!row[i].letter)
			continue;
		size_t used = strlen(t->letters);
		snprintf(t->letters + used, sizeof t->letters - used, "%c%s", row[i].letter,
			 row[i].value ? ":" : "");
	}
}

static int row_of_letter(const struct option_row *row, int letter)
{
	for (int i = 0; row && row[i].name; i++) {
		if (row[i].letter == letter)
			return i;
	}
	return -1;
}

static void global_set(struct context *c, int i, const char *value, bool *help)
{
	if (i == 0)
		c->home = value;
	else if (i == 1)
		c->json = true;
	else if (i == 2)
		c->quiet = true;
	else
		*help = true;
}

static int refuse_option(int letter, const char *word, const char *verb, struct fault *f)
{
	return fault_set(f, FAULT_USAGE, "%s \"%s\": trac help %s lists the options",
			 letter == ':' ? "a value is missing after" : "unknown option",
			 word ? word : "?", verb);
}

int globals_read(struct context *c, int argc, char **argv, int *used, bool *help,
		 struct fault *f)
{
	struct option_table t = { .letters = "+:" };
	table_add(&t, global, GLOBAL_BASE);
	opterr = 0;
	optind = 0;
	for (;;) {
		int at = optind ? optind : 1;
		int got = getopt_long(argc, argv, t.letters, t.option, NULL);
		if (got == -1)
			break;
		if (got == '?' || got == ':')
			return refuse_option(got, argv[at], "", f);
		if (got < ROW_BASE)
			got = GLOBAL_BASE + row_of_letter(global, got);
		global_set(c, got - GLOBAL_BASE, optarg, help);
	}
	*used = optind;
	return 0;
}

static int given_add(struct arguments *a, const struct option_row *row, const char *value,
		     struct fault *f)
{
	if (!row->many && given(a, row->name))
		return fault_set(f, FAULT_USAGE, "--%s was given twice", row->name);
	if (a->given_count == GIVEN_MAX)
		return fault_set(f, FAULT_USAGE, "more than %d options were given", GIVEN_MAX);
	a->given[a->given_count].name = row->name;
	a->given[a->given_count++].value = value ? value : "";
	return 0;
}

int arguments_read(struct context *c, const struct verb *v, int argc, char **argv,
		   struct arguments *out, bool *help, struct fault *f)
{
	struct option_table t = { .letters = ":" };
	table_add(&t, v->option, ROW_BASE);
	table_add(&t, global, GLOBAL_BASE);
	*out = (struct arguments){ 0 };
	opterr = 0;
	optind = 0;
	for (;;) {
		int at = optind ? optind : 1;
		int got = getopt_long(argc, argv, t.letters, t.option, NULL);
		if (got == -1)
			break;
		if (got == '?' || got == ':')
			return refuse_option(got, argv[got == ':' ? optind - 1 : at], v->name, f);
		int row = got >= GLOBAL_BASE ? -1 : got >= ROW_BASE ? got - ROW_BASE
			: row_of_letter(v->option, got);
		if (row >= 0) {
			if (given_add(out, &v->option[row], optarg, f) < 0)
				return -1;
			continue;
		}
		int i = got >= GLOBAL_BASE ? got - GLOBAL_BASE : row_of_letter(global, got);
		global_set(c, i, optarg, help);
	}
	out->count = argc - optind;
	out->operand = argv + optind;
	/* a scanner ends what it reads as a keyboard does */
	for (int i = optind; i < argc; i++)
		for (size_t n = strlen(argv[i]); n && strchr("\r\n", argv[i][n - 1]); n--)
			argv[i][n - 1] = '\0';
	return 0;
}

const char *given_at(const struct arguments *a, const char *name, unsigned i)
{
	for (unsigned k = 0; k < a->given_count; k++) {
		if (!strcmp(a->given[k].name, name) && i-- == 0)
			return a->given[k].value;
	}
	return NULL;
}

const char *given(const struct arguments *a, const char *name)
{
	return given_at(a, name, 0);
}
