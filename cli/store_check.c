/* trac store check: recompute every hash of the store, or rebuild what is derived. */
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/store_told.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "store/check.h"
#include "store/check_keys.h"

struct checking {
	struct store_told told;        /* first: it is what the callbacks of a report take */
	struct home home;
	struct check_keys *keys;       /* NULL: signatures are not looked at */
};

static int is_signed(void *ctx, const char *origin, struct span note, struct fault *f)
{
	const struct checking *k = ctx;
	return check_keys_signed(k->keys, origin, note, f);
}

/* A home without its keys can still be checked, but for who signed. */
static void read_keys(struct checking *k, struct store *s)
{
	const struct context *c = k->told.c;
	struct fault f;
	bool whole = home_read(c->home, &k->home, &f) == 0;
	if (!whole && home_authority(c->home, &k->home.authority, k->home.network, &f) < 0) {
		if (!c->quiet)
			fprintf(c->err, _("signatures are not looked at: %s\n"), safe(f.text));
		return;
	}
	k->keys = check_keys_create(s, &k->home.authority, whole ? &k->home.self.key : NULL, &f);
}

static int print_report(struct checking *k, const struct check_report *r, uint64_t lost,
			struct fault *f)
{
	struct context *c = k->told.c;
	char n[5][NUMBER_TEXT];
	if (c->json) {
		return json_print(c->out, json_pack(
			"{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O}", "logs", (json_int_t)r->logs,
			"entries", (json_int_t)r->entries, "hashes", (json_int_t)r->hashes, "heads",
			(json_int_t)r->heads, "keys", (json_int_t)r->keys, "bad",
			(json_int_t)r->bad, "lost_pages", (json_int_t)lost, "differences",
			k->told.sentence), f);
	}
	if (!c->quiet)
		fprintf(c->out, _("examined: %s entries in %s logs, %s hashes, %s heads, %s keys\n"),
			number_text(r->entries, c->french, n[0]),
			number_text(r->logs, c->french, n[1]),
			number_text(r->hashes, c->french, n[2]),
			number_text(r->heads, c->french, n[3]),
			number_text(r->keys, c->french, n[4]));
	if (!c->quiet && lost)
		fprintf(c->out, _("%s pages of the file are of no use, which is harmless\n"),
			number_text(lost, c->french, n[0]));
	if (!c->quiet && !r->bad)
		fprintf(c->out, "%s\n", _("the store is as it should be"));
	return 0;
}

static int check(struct context *c, struct store *s, const char *path, struct fault *f)
{
	struct checking k = { .keys = NULL };
	struct check_report r = { .tell = store_told_sentence, .progress = store_told_progress,
				  .ctx = &k };
	store_told_start(&k.told, c, _("checking"));
	read_keys(&k, s);
	if (k.keys)
		r.is_signed = is_signed;
	int rc = store_check(s, &r, f);
	progress_end(&k.told.progress);
	if (rc == 0)
		rc = print_report(&k, &r, store_lost(s), f);
	if (rc == 0 && r.bad)
		rc = fault_set(f, FAULT_UNPROVED, "%s: %llu differences: a derived one goes with "
			       "trac store check --rebuild; for a damaged entry, hash or head stop "
			       "tracd and run trac store repair", path, (unsigned long long)r.bad);
	json_decref(k.told.sentence);
	check_keys_destroy(k.keys);
	return rc;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	bool rebuild = given(a, "rebuild");
	char path[PATH_MAX];
	if (!home_path(c->home, "store", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", c->home);
	store_guard();
	struct store *s = store_open(path, rebuild ? STORE_WRITE : STORE_DOUBTED, f);
	if (!s)
		return -1;
	int rc = rebuild ? store_rebuild(s, f) : 0;
	if (rc == 0)
		rc = check(c, s, path, f);
	store_close(s);
	return rc;
}

static const struct option_row option[] = {
	{ "rebuild", 0, NULL, false, N_("first drop and rebuild what is derived; tracd must not run") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_store_check = {
	.name = "store check", .operands = "",
	.summary = N_("recompute every hash of the store"),
	.manual = N_("Works beside a running tracd. Names the first bad entry of each log. Exit code 2\n"
		     "when something is not as it should be."),
	.json = "{\"logs\", \"entries\", \"hashes\", \"heads\", \"keys\", \"bad\",\n"
		" \"lost_pages\": N, \"differences\": [string]}",
	.option = option, .run = run,
};
