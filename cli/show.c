/* trac show: the life of a device across all workshops. */
#include <string.h>

#include "cli/client.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/suggest.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/view.h"
#include "proto/wire/unpack.h"

/* The bundle as tracd gave it, appended to out. */
static int ask(const char *home, const char *query, struct buffer *out, struct fault *f)
{
	Trac__LookupRequest lookup = TRAC__LOOKUP_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	lookup.query = (char *)query;
	request.body_case = TRAC__REQUEST__BODY_LOOKUP;
	request.lookup = &lookup;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_BUNDLE, f);
	if (!r)
		return -1;
	pack(r->bundle, out);
	unpack_free(r);
	return out->failed ? fault_set(f, FAULT_IO, "no memory for the answer") : 0;
}

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
	struct verifier authority;
	char network[NETWORK_MAX + 1];
	const char *query = a->operand[0], *file = given(a, "proof");
	struct buffer bundle;
	struct view v = { 0 };
	if (!text_is_clean(query, strlen(query)) || strlen(query) > TEXT_MAX)
		return fault_set(f, FAULT_USAGE, "an identifier is text of at most %d bytes",
				 TEXT_MAX);
	if (home_authority(c->home, &authority, network, f) < 0)
		return -1;
	buffer_init(&bundle, BUNDLE_BYTES_MAX);
	int rc = ask(c->home, query, &bundle, f);
	struct span bytes = { bundle.data, bundle.used };
	if (rc == 0)
		rc = view_open(&v, bytes, authority.key, f);
	v.need = home_policy(c->home);
	if (rc == 0)
		rc = print(c, &v, query, f);
	if (rc == 0 && file)
		rc = file_write(file, bytes, 0644, FILE_KEEP, f);
	if (rc == 0 && file && !c->json && !c->quiet)
		fprintf(c->out, _("\n%s: written; anyone verifies it with: trac verify %s "
				  "--authority VKEY\n"), file, file);
	view_clear(&v);
	buffer_clear(&bundle);
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
