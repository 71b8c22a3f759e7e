/* trac store repair: what is damaged is set aside, what is proved goes on. */
#include <inttypes.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/store_told.h"
#include "cli/verb.h"
#include "store/repair.h"

/* What was signed last, as the fence beside the home says; it may be missing. */
static bool read_fence(const struct context *c, struct fence *out)
{
	char folder[PATH_MAX], path[PATH_MAX];
	struct buffer b;
	struct fault ignored;
	buffer_init(&b, FENCE_BYTES_MAX);
	home_fence(c->home, folder);
	bool read = home_path(folder, "head", path) && file_read(path, &b, &ignored) == 0 &&
		fence_parse(out, (struct span){ b.data, b.used }, &ignored) == 0;
	buffer_clear(&b);
	return read;
}

static int print_json(struct store_told *k, const struct repair *r, struct fault *f)
{
	return json_print(k->c->out, json_pack(
		"{s:I, s:b, s:I, s:I, s:I, s:I, s:o, s:O}", "bad", (json_int_t)r->bad, "done",
		(int)(r->confirmed && r->bad > 0), "kept", (json_int_t)r->kept, "fetched",
		(json_int_t)r->fetched, "aside", (json_int_t)r->aside, "lost",
		(json_int_t)r->lost, "old_file", json_text(r->old), "told", k->sentence), f);
}

static void print_text(const struct store_told *k, const struct repair *r)
{
	const struct context *c = k->c;
	char n[4][NUMBER_TEXT];
	if (!r->bad) {
		fprintf(c->out, "%s\n", _("the store is as it should be: nothing to repair"));
		return;
	}
	fprintf(c->out, r->confirmed
		? _("%s entries are kept, %s come back from peers, %s wait aside, %s are lost\n")
		: _("%s entries would be kept, %s come back from peers, %s wait aside, %s be lost\n"),
		number_text(r->kept, c->french, n[0]), number_text(r->fetched, c->french, n[1]),
		number_text(r->aside, c->french, n[2]), number_text(r->lost, c->french, n[3]));
	if (r->confirmed)
		fprintf(c->out, _("the damaged file is kept as %s/store/aside/%s; start tracd now\n"),
			c->home, r->old);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct store_told k;
	struct fence fence;
	struct home h;
	char path[PATH_MAX];
	if (!home_path(c->home, "store", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", c->home);
	if (home_read(c->home, &h, f) < 0)
		return -1;
	struct repair r = {
		.store = path, .authority = &h.authority, .own = &h.self.key,
		.fence = read_fence(c, &fence) ? &fence : NULL, .confirmed = given(a, "yes"),
		.tell = store_told_sentence, .progress = store_told_progress, .ctx = &k,
	};
	store_guard();
	store_told_start(&k, c, _("repairing"));
	int rc = store_repair(&r, f);
	progress_end(&k.progress);
	if (rc == 0 && c->json)
		rc = print_json(&k, &r, f);
	else if (rc == 0 && !c->quiet)
		print_text(&k, &r);
	if (rc == 0 && r.bad && !r.confirmed)
		rc = fault_set(f, FAULT_UNPROVED, "%s: nothing was changed yet: say --yes to do it",
			       path);
	json_decref(k.sentence);
	return rc;
}

static const struct option_row option[] = {
	{ "yes", 'y', NULL, false, N_("do it; without it only say what would be done") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_store_repair = {
	.name = "store repair", .operands = "",
	.summary = N_("set damaged entries aside, and let peers fill the gaps"),
	.manual = N_("tracd must not run. What is proved is copied into a new store, which takes the\n"
		     "place of the damaged one; that one is kept in store/aside. Exit code 2 when\n"
		     "there is something to repair and --yes was not given."),
	.json = "{\"bad\": N, \"done\": bool, \"kept\", \"fetched\", \"aside\", \"lost\": N,\n"
		" \"old_file\": string or null, \"told\": [string]}",
	.option = option, .run = run,
};
