/* trac reload and trac stop: two words to tracd. */
#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/verb.h"
#include "proto/wire/unpack.h"

static int tell(struct context *c, Trac__Request__BodyCase what, const char *word,
		const char *sentence, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = what;
	/* a oneof: all its Empty members share one pointer */
	request.reload = &empty;
	Trac__Reply *r = client_ask_once(c->home, &request, TRAC__REPLY__BODY_DONE, f);
	if (!r)
		return -1;
	unpack_free(r);
	if (c->json)
		return json_print(c->out, json_pack("{s:s}", "done", word), f);
	if (!c->quiet)
		fprintf(c->out, "%s\n", sentence);
	return 0;
}

static int run_reload(struct context *c, const struct arguments *a, struct fault *f)
{
	(void)a;
	return tell(c, TRAC__REQUEST__BODY_RELOAD, "reload", _("the settings were read again"), f);
}

static int run_stop(struct context *c, const struct arguments *a, struct fault *f)
{
	(void)a;
	return tell(c, TRAC__REQUEST__BODY_STOP, "stop", _("tracd is stopping"), f);
}

const struct verb verb_reload = {
	.name = "reload", .operands = "", .summary = N_("make tracd read its settings again"),
	.json = "{\"done\": \"reload\"}", .run = run_reload,
};

const struct verb verb_stop = {
	.name = "stop", .operands = "", .summary = N_("stop tracd cleanly"),
	.json = "{\"done\": \"stop\"}", .run = run_stop,
};
