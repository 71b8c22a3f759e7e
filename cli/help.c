/* trac help, and --help of every verb, from the table. */
#include <string.h>

#include "cli/lang.h"
#include "cli/verb.h"

static void print_rows(struct context *c, const struct option_row *row)
{
	for (; row && row->name; row++) {
		char left[48];
		snprintf(left, sizeof left, "%c%c%s --%s%s%s", row->letter ? '-' : ' ',
			 row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name,
			 row->value ? " " : "", row->value ? row->value : "");
		fprintf(c->out, "  %-26s %s\n", left, _(row->help));
	}
}

static void print_exits(struct context *c)
{
	fprintf(c->out, "\n%s\n", _("Exit codes:"));
	for (unsigned i = 0; i < FAULT_COUNT; i++) {
		fprintf(c->out, "  %3d  %s\n", fault_exit((enum fault_code)i),
			_(fault_meaning((enum fault_code)i)));
	}
}

void help_all(struct context *c)
{
	fprintf(c->out, "%s\n\n%s\n", _("trac: the life of refurbished devices, proved."),
		_("usage: trac [OPTIONS] VERB ..."));
	const struct verb *v;
	for (unsigned i = 0; (v = verb_at(i)); i++)
		fprintf(c->out, "  %-15s %s\n", v->name, _(v->summary));
	fprintf(c->out, "\n%s\n", _("Options of every verb:"));
	print_rows(c, global_options);
	print_exits(c);
	fprintf(c->out, "\n%s\n", _("trac help VERB explains one of them."));
}

void help_verb(struct context *c, const struct verb *v)
{
	fprintf(c->out, _("usage: trac %s"), v->name);
	fprintf(c->out, "%s%s%s\n\n%s\n", v->option ? " [OPTIONS]" : "", *v->operands ? " " : "",
		v->operands, _(v->summary));
	if (v->manual)
		fprintf(c->out, "\n%s\n", _(v->manual));
	if (v->option)
		fprintf(c->out, "\n%s\n", _("Options:"));
	print_rows(c, v->option);
	fprintf(c->out, "\n%s\n", _("Options of every verb:"));
	print_rows(c, global_options);
	if (v->json)
		fprintf(c->out, "\n%s\n%s\n", _("With --json:"), v->json);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	if (!a->count) {
		help_all(c);
		return 0;
	}
	int words;
	const struct verb *v = verb_find(a->count, a->operand, &words);
	/* "trac help member": every verb of that family */
	bool family = false;
	for (unsigned i = 0; !v && verb_at(i); i++) {
		size_t size = strlen(a->operand[0]);
		if (strncmp(verb_at(i)->name, a->operand[0], size) || verb_at(i)->name[size] != ' ')
			continue;
		fprintf(c->out, "  %-15s %s\n", verb_at(i)->name, _(verb_at(i)->summary));
		family = true;
	}
	if (!v && !family) {
		return fault_set(f, FAULT_USAGE, "unknown verb \"%s\": trac help lists them",
				 a->operand[0]);
	}
	if (v && v->explain)
		return v->explain(c, a->count > words ? a->operand[words] : NULL, f);
	if (v)
		help_verb(c, v);
	return 0;
}

const struct verb verb_help = {
	.name = "help", .operands = "[VERB]", .summary = N_("explain trac or one of its verbs"),
	.least = 0, .most = 3, .run = run,
};
