/* trac evidence: the logs that were signed in two histories, and the file that proves it. */
#include <string.h>

#include "cli/client.h"
#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/wire/unpack.h"

static json_t *row_json(const Trac__Fork *k)
{
	return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "log",
			 json_text(k->origin),
			 "small", (json_int_t)k->small, "large", (json_int_t)k->large, "common",
			 (json_int_t)k->common, "held", (json_int_t)k->held, "branch",
			 (json_int_t)k->branch_size, "branch_held", (json_int_t)k->branch_held,
			 "shown_by",
			 json_text(k->from && *k->from ? k->from : NULL), "found",
			 json_time(k->found_ms, 0), "evidence",
			 json_stringn((const char *)k->evidence.data, k->evidence.len));
}

static int print_json(struct context *c, const Trac__EvidenceReply *r, struct fault *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_fork; i++)
		json_array_append_new(list, row_json(r->fork[i]));
	return json_print(c->out, json_pack("{s:o}", "forks", list), f);
}

static int print_text(struct context *c, const Trac__EvidenceReply *r, struct fault *f)
{
	struct table t;
	char when[TIME_TEXT], number[NUMBER_TEXT], of[NUMBER_TEXT];
	if (r->n_fork == 0) {
		fputs(_("no log is known to be forked\n"), c->out);
		return 0;
	}
	table_start(&t);
	table_column(&t, _("LOG"), COLUMN_LEFT);
	table_column(&t, _("SIGNED AT"), COLUMN_RIGHT);
	table_column(&t, _("AND AT"), COLUMN_RIGHT);
	table_column(&t, _("IN BOTH"), COLUMN_RIGHT);
	table_column(&t, _("HELD HERE"), COLUMN_RIGHT);
	table_column(&t, _("OTHER BRANCH"), COLUMN_RIGHT);
	table_column(&t, _("SHOWN BY"), COLUMN_LEFT);
	table_column(&t, _("FOUND"), COLUMN_LEFT);
	for (size_t i = 0; i < r->n_fork; i++) {
		const Trac__Fork *k = r->fork[i];
		table_line(&t);
		table_cell(&t, "%s", safe(k->origin));
		table_cell(&t, "%s", number_text(k->small, c->french, number));
		table_cell(&t, "%s", number_text(k->large, c->french, number));
		table_cell(&t, "%s", k->common ? number_text(k->common, c->french, number) : "?");
		table_cell(&t, "%s", number_text(k->held, c->french, number));
		if (k->branch_size)
			table_cell(&t, _("%s of %s"), number_text(k->branch_held, c->french, number),
				   number_text(k->branch_size, c->french, of));
		else
			table_cell(&t, "?");
		table_cell(&t, "%s", k->from && *k->from ? safe(k->from) : "?");
		time_text(k->found_ms, world_zone(k->found_ms), c->french, when);
		table_cell(&t, "%s", when);
	}
	return table_print(&t, c->out, f);
}

/* By origin, or the part of it behind the network. */
static const Trac__Fork *find(const Trac__EvidenceReply *r, const char *name)
{
	for (size_t i = 0; i < r->n_fork; i++) {
		const char *slash = strchr(r->fork[i]->origin, '/');
		if (!strcmp(r->fork[i]->origin, name) || (slash && !strcmp(slash + 1, name)))
			return r->fork[i];
	}
	return NULL;
}

static int write_one(struct context *c, const Trac__EvidenceReply *r, const char *name,
		     const char *file, struct fault *f)
{
	const Trac__Fork *k = name ? find(r, name) : r->n_fork == 1 ? r->fork[0] : NULL;
	if (!name && r->n_fork > 1)
		return fault_set(f, FAULT_USAGE, "%zu logs are forked: name the one whose evidence is "
				 "to be written, see trac evidence", r->n_fork);
	if (!k)
		return fault_set(f, FAULT_ABSENT, "no evidence is here that \"%s\" is forked",
				 name ? name : "any log");
	if (file_write(file, (struct span){ k->evidence.data, k->evidence.len }, 0644, FILE_KEEP,
		       f) < 0)
		return -1;
	if (!c->quiet && !c->json)
		fprintf(c->out, _("%s: written; anyone verifies it with: trac verify --bundle BUNDLE "
				  "%s, where BUNDLE is any of trac show --proof\n"), safe(file),
			safe(file));
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	const char *file = given(a, "output"), *name = a->count ? a->operand[0] : NULL;
	if (name && !file)
		return fault_set(f, FAULT_USAGE, "say where to write: trac evidence %.80s -o FILE", name);
	request.body_case = TRAC__REQUEST__BODY_EVIDENCE;
	request.evidence = &empty;
	Trac__Reply *r = client_ask_once(c->home, &request, TRAC__REPLY__BODY_EVIDENCE, f);
	if (!r)
		return -1;
	int rc;
	if (file)
		rc = write_one(c, r->evidence, name, file, f);
	else if (c->json)
		rc = print_json(c, r->evidence, f);
	else
		rc = print_text(c, r->evidence, f);
	unpack_free(r);
	return rc;
}

static const struct option_row option[] = {
	{ "output", 'o', "FILE", false, N_("write the evidence against that log") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_evidence = {
	.name = "evidence", .operands = "[MEMBER]",
	.summary = N_("list the logs that were signed in two histories, and write the proof"),
	.manual = N_("A log is forked when its key signed two histories: after a restored copy that\n"
		     "was not noticed, by a cloned machine, or on purpose. Such a log is frozen on\n"
		     "every node, and its member goes on in a new epoch (trac recover). Each node keeps\n"
		     "the other branch too: trac show tells what only it has, in doubt. The evidence\n"
		     "is a small file that anyone checks who knows the key, with trac verify."),
	.json = "{\"forks\": [{\"log\", \"small\": N, \"large\": N, \"common\": N, \"held\": N,\n"
		"   \"branch\": N, \"branch_held\": N, \"shown_by\": string or null,\n"
		"   \"found\": time, \"evidence\": text}]}",
	.option = option, .least = 0, .most = 1, .run = run,
};
