/* trac version. */
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/verb.h"

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	(void)a;
	if (c->json)
		return json_print(c->out, json_pack("{s:s}", "version", TRAC_VERSION), f);
	fprintf(c->out, "trac %s\n", TRAC_VERSION);
	return 0;
}

const struct verb verb_version = {
	.name = "version", .operands = "", .summary = N_("print the version"),
	.json = "{\"version\": \"0.1.0\"}", .run = run,
};
