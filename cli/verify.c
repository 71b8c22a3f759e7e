/* trac verify: a bundle, offline, with nothing but the authority's public key. */
#include <string.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/proof.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/verify_evidence.h"
#include "cli/verify_foreign.h"
#include "cli/verify_say.h"
#include "cli/view.h"
#include "proto/log/bundle_said.h"

/* --authority as text or file; without it the key of the home. */
static int authority_of(struct context *c, const struct arguments *a, struct verifier *v,
			char network[NETWORK_MAX + 1], struct fault *f)
{
	const char *key = given(a, "authority");
	if (!key && home_authority(c->home, v, network, f) < 0)
		return fault_prefix(f, "give the authority's public key with --authority; without");
	if (!key)
		return 0;
	return access(key, R_OK) == 0 ? authority_read(key, v, network, f)
		: authority_parse(key, v, network, f);
}

static int print(struct context *c, const struct view *v, const struct verifier *authority,
		 struct fault *f)
{
	if (c->json)
		return json_print(c->out, view_json(v), f);
	verify_say_proved(c, v, authority);
	verify_say_unproved(c, v);
	fputc('\n', c->out);
	return view_print(v, c->french, c->out, f);
}

/* With keys given FILE is of any log of anyone, but for evidence, which has its own words. */
static int verify_with_keys(struct context *c, const struct arguments *a, struct fault *f)
{
	struct buffer file;
	struct fault ignored;
	int rc;
	buffer_init(&file, EVIDENCE_BYTES_MAX);
	bool is = file_read(a->operand[0], &file, &ignored) == 0 &&
		  verify_is_evidence((struct span){ file.data, file.used });
	if (is)
		rc = verify_evidence(c, a, (struct span){ file.data, file.used }, NULL, f);
	else
		rc = verify_foreign(c, a, f);
	buffer_clear(&file);
	return rc;
}

/* What was proved before, by one of --known; *left_out grows. */
static int check_known(struct context *c, const char *path, const struct view *v,
		       const struct verifier *authority, unsigned *left_out, struct fault *f)
{
	const struct proved_entry *first;
	char reference[REFERENCE_MAX];
	struct opened_bundle known;
	struct buffer b;
	buffer_init(&b, BUNDLE_WIDE_BYTES_MAX);
	int rc = file_read(path, &b, f);
	if (rc == 0)
		rc = bundle_open(&known, (struct span){ b.data, b.used }, authority->key, f);
	buffer_clear(&b);
	if (rc < 0)
		return fault_prefix(f, "%s", path);
	rc = bundle_follows(&v->bundle, &known, f);
	if (rc == 0 && !c->json)
		fprintf(c->out, _("proved: no log in it is older than in %s\n"), safe(path));
	unsigned count = rc == 0 ? bundle_left_out(&v->bundle, &known, &first) : 0;
	if (count && !c->json)
		fprintf(c->out, _("LEFT OUT: entries that %s proves of the same question: %u; the first "
				  "is %s\n"), safe(path), count,
			safe(bundle_reference(first, reference)));
	*left_out += count;
	bundle_clear(&known);
	return rc;
}

/* --known: is anything hidden that was proved before? */
static int check_all_known(struct context *c, const struct arguments *a, const struct view *v,
			   const struct verifier *authority, unsigned *left_out, struct fault *f)
{
	for (unsigned i = 0; given_at(a, "known", i); i++) {
		if (check_known(c, given_at(a, "known", i), v, authority, left_out, f) < 0)
			return fault_prefix(f, "%s", a->operand[0]);
	}
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct verifier authority;
	char network[NETWORK_MAX + 1];
	struct buffer bundle;
	struct view v = { 0 };
	unsigned left_out = 0;
	if (given(a, "vkey"))
		return verify_with_keys(c, a, f);
	if (authority_of(c, a, &authority, network, f) < 0)
		return -1;
	buffer_init(&bundle, BUNDLE_WIDE_BYTES_MAX);
	int rc = file_read(a->operand[0], &bundle, f);
	struct span bytes = { bundle.data, bundle.used };
	if (rc == 0 && proof_is_pdf(bytes)) {
		rc = proof_verify(c, a->operand[0], bytes, given(a, "bundle"), &authority, f);
		buffer_clear(&bundle);
		return rc;
	}
	if (rc == 0 && verify_is_evidence(bytes)) {
		rc = verify_evidence(c, a, bytes, &authority, f);
		buffer_clear(&bundle);
		return rc;
	}
	if (rc == 0 && view_open(&v, bytes, authority.key, f) < 0)
		rc = fault_prefix(f, "%s", a->operand[0]);
	if (rc == 0)
		rc = home_policy(c->home, &v.need, f);
	if (rc == 0)
		rc = check_all_known(c, a, &v, &authority, &left_out, f);
	if (rc == 0)
		rc = print(c, &v, &authority, f);
	if (rc == 0)
		rc = verify_doubts(&v, a->operand[0], f);
	if (rc == 0 && left_out)
		rc = fault_set(f, FAULT_UNPROVED, "%s: it leaves out %u entries that are known to answer "
			       "the same question: ask for a new bundle, at a hub", a->operand[0],
			       left_out);
	view_clear(&v);
	buffer_clear(&bundle);
	return rc;
}

static const struct option_row option[] = {
	{ "authority", 'a', "VKEY", false,
	  N_("the authority's public key, or a file with it (else that of the home)") },
	{ "bundle", 'b', "FILE", false, N_("of a PDF (else FILE.bundle beside FILE.pdf)") },
	{ "known", 'n', "FILE", true,
	  N_("a bundle that was verified before: FILE may not be older, or of another history") },
	{ "vkey", 'k', "VKEY", true,
	  N_("instead: FILE is of any log, and this key, or the file with it, must have signed") },
	{ "entry", 'e', "FILE", false, N_("of a tlog-proof (else FILE.entry beside it)") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_verify = {
	.name = "verify", .operands = "FILE",
	.summary = N_("verify a bundle or a donor's proof offline"),
	.manual = N_("FILE was written by trac show --proof, or by trac proof: then it is a PDF, and its\n"
		     "bundle is needed too. Needs no daemon, no network and no trust in\n"
		     "whoever made the file: only the authority's public key. Exit code 0: every line\n"
		     "is proved; 2: at least one is not, or is void or in doubt; 65: it is no bundle.\n"
		     "FILE may also be evidence of a fork, as trac evidence writes it: then the key of\n"
		     "the log comes from --vkey, or stands in the bundle given with --bundle.\n"
		     "With --vkey FILE is a C2SP signed note, a checkpoint with its cosignatures, a\n"
		     "tlog-proof, or a folder of tlog-tiles, of any log of anyone: every key given must\n"
		     "have signed. A folder is proved whole: every checkpoint, tile and entry."),
	.json = VIEW_JSON,
	.option = option, .least = 1, .most = 1, .run = run,
};
