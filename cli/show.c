/* trac show: the life of a device across all workshops. */
#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/looked.h"
#include "cli/suggest.h"
#include "cli/verb.h"

static int print(struct context *c, const struct view *v, const char *query, struct fault *f)
{
	bool found = v->lives.count || v->lives.other_count;
	json_t *json = c->json ? view_json(v) : NULL;
	if (c->json && !found)
		suggest_json(c, query, json);
	int rc = c->json ? json_print(c->out, json, f) : view_print(v, c->french, c->out, f);
	if (rc == 0 && !found && !c->json)
		suggest_print(c, query);
	if (rc < 0 || found)
		return rc;
	return fault_set(f, FAULT_ABSENT, "no event held here names \"%s\"%s", query,
			 view_missing(v) ? ", but not all that is known is held here"
			 : ": check the identifier, or ask at a hub");
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *query = a->operand[0], *file = given(a, "proof");
	struct looked k;
	int rc = looked_ask(&k, c->home, query, TRAC__LOOKUP_SCOPE__LOOKUP_DEVICE, f);
	if (rc == 0)
		rc = print(c, &k.view, query, f);
	if (rc == 0 && file)
		rc = file_write(file, (struct span){ k.bytes.data, k.bytes.used }, 0644, FILE_KEEP,
				f);
	if (rc == 0 && file && !c->json && !c->quiet)
		fprintf(c->out, _("\n%s: written; anyone verifies it with: trac verify %s "
				  "--authority VKEY\n"), file, file);
	looked_clear(&k);
	return rc;
}

static const struct option_row option[] = {
	{ "proof", 'p', "FILE", false, N_("write the bundle that proves it") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_show = {
	.name = "show", .operands = "IDENT",
	.summary = N_("show the life of a device, proved"),
	.manual = N_("IDENT: a serial, IMEI, label ... as typed or scanned, or the reference of an\n"
		     "event, member/index. Every line was checked here against the signed log of its\n"
		     "author and the authority's key, whoever answered. \"pending\": recorded, but not\n"
		     "under a signed checkpoint yet."),
	.json = VIEW_JSON "\nWhen nothing is found: \"look_alikes\", \"begin_so\": [string]",
	.option = option, .least = 1, .most = 1, .run = run,
};
