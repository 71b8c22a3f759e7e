/* trac recover: how far the own log may be continued, and what the operator says of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/client.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/verb.h"
#include "proto/log/request.h"
#include "proto/wire/unpack.h"

static Trac__Reply *ask(const char *home, bool consent, struct fault *f)
{
	Trac__RecoverRequest q = TRAC__RECOVER_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_RECOVER;
	request.recover = &q;
	q.has_consent = q.consent = consent;
	return client_ask_once(home, &request, TRAC__REPLY__BODY_RECOVER, f);
}

/* A word that nobody types by habit: the name of the node. */
static int confirm(const struct context *c, const struct arguments *a, const char *warning,
		   struct fault *f)
{
	char name[MEMBER_NAME_MAX + 2] = "";
	struct home h;
	if (given(a, "yes"))
		return 0;
	if (home_read(c->home, &h, f) < 0)
		return -1;
	if (!isatty(STDIN_FILENO))
		return fault_set(f, FAULT_USAGE, "nobody is there to confirm it: say --yes");
	fprintf(stderr, "%s\n", warning);
	fprintf(stderr, _("Type the name of this node, %s, to go on: "), h.self.name);
	if (!fgets(name, sizeof name, stdin))
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	if (strcmp(name, h.self.name))
		return fault_set(f, FAULT_REFUSED, "not confirmed: nothing was changed");
	return 0;
}

static void print_text(struct context *c, const Trac__Recovery *r)
{
	if (!r->quarantine && r->keys_wait) {
		fprintf(c->out, _("Nothing is published because of the keys of this node, %" PRIu64
				  " entries are signed: see trac status\n"), r->signed_size);
		return;
	}
	if (!r->quarantine) {
		fprintf(c->out, _("The own log is well: epoch %u, %" PRIu64 " entries signed.\n"), r->epoch,
			r->signed_size);
		return;
	}
	fprintf(c->out, _("Nothing is published: %" PRIu64 " entries signed here, %" PRIu64
			  " known to be, %" PRIu64 " events wait.\n"), r->signed_size, r->known,
		r->waiting);
	fprintf(c->out, _("%u of %u configured addresses have answered since the start.\n"), r->answers,
		r->answers_due);
	if (r->forked)
		fputs(_("The log was signed in two histories and cannot be continued. Stop the other "
			"node that runs with these keys, then: trac recover --new-epoch\n"), c->out);
	else if (r->known > r->signed_size)
		fputs(_("The entries that are missing come back when a peer that holds them is "
			"linked; when none is left: trac recover --new-epoch\n"), c->out);
	else
		fputs(_("It ends when all have answered; when some never will: trac recover "
			"--consent\n"), c->out);
}

static int print(struct context *c, const Trac__Recovery *r, struct fault *f)
{
	if (c->json) {
		return json_print(c->out, json_pack(
			"{s:b, s:b, s:b, s:I, s:I, s:I, s:i, s:i, s:i}", "quarantine",
			(int)r->quarantine, "keys_wait", (int)r->keys_wait,
			"forked", (int)r->forked, "signed_size", (json_int_t)r->signed_size, "known",
			(json_int_t)r->known, "waiting", (json_int_t)r->waiting, "answers",
			(int)r->answers, "answers_due", (int)r->answers_due, "epoch",
			(int)r->epoch), f);
	}
	if (!c->quiet)
		print_text(c, r);
	return 0;
}

static int run_consent(struct context *c, const struct arguments *a, struct fault *f)
{
	if (confirm(c, a, _("Those peers that have answered are held to be all there are. If another "
			    "one holds entries of this log, it forks."), f) < 0)
		return -1;
	Trac__Reply *r = ask(c->home, true, f);
	int rc = r ? print(c, r->recover, f) : -1;
	unpack_free(r);
	return rc;
}

static int write_request(struct context *c, const struct arguments *a, const Trac__Recovery *r,
			 struct fault *f)
{
	struct epoch_request q = { .epoch = r->epoch + 1, .size = r->signed_size };
	struct buffer note;
	struct home h;
	if (r->signed_root.len != HASH_SIZE)
		return fault_set(f, FAULT_PROTOCOL, "tracd names no root: is it of another version?");
	memcpy(q.root.b, r->signed_root.data, HASH_SIZE);
	if (home_read(c->home, &h, f) < 0)
		return -1;
	snprintf(q.network, sizeof q.network, "%s", h.network);
	snprintf(q.name, sizeof q.name, "%s", h.self.name);
	if (strlen(given(a, "reason")) >= sizeof q.reason)
		return fault_set(f, FAULT_USAGE, "--reason: at most %zu characters", sizeof q.reason - 1);
	snprintf(q.reason, sizeof q.reason, "%s", given(a, "reason"));
	struct signer *s = home_signer(c->home, &h, f);
	if (!s)
		return -1;
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = epoch_request_write(&note, &q, s, f);
	if (rc == 0)
		rc = statement_deliver(c, given(a, "output"), &note, "trac member epoch", f);
	buffer_clear(&note);
	signer_destroy(s);
	return rc;
}

/* What would be published from here on until the authority states it would be lost. */
static int check_ill(const Trac__Recovery *r, struct fault *f)
{
	if (r->quarantine || r->forked)
		return 0;
	return fault_set(f, FAULT_REFUSED, "the log of this node is well: there is "
			 "nothing to begin anew; when its keys were stolen: trac member rotate");
}

/* Is the log still what it was before somebody was asked to confirm? */
static int check_same(const struct context *c, const Trac__Recovery *before, struct fault *f)
{
	Trac__Reply *r = ask(c->home, false, f);
	int rc = r ? check_ill(r->recover, f) : -1;
	if (rc == 0 && r->recover->signed_size != before->signed_size)
		rc = fault_set(f, FAULT_REFUSED, "the log of this node has changed meanwhile, from %"
			       PRIu64 " to %" PRIu64 " signed entries: nothing was written; look at "
			       "trac recover, and try again", before->signed_size,
			       r->recover->signed_size);
	unpack_free(r);
	return rc;
}

static int run_epoch(struct context *c, const struct arguments *a, struct fault *f)
{
	if (!given(a, "reason"))
		return fault_set(f, FAULT_USAGE, "--new-epoch: --reason WORD is missing: why the log cannot "
				 "be continued, for others to read");
	Trac__Reply *r = ask(c->home, false, f);
	int rc = r ? check_ill(r->recover, f) : -1;
	if (rc == 0)
		rc = confirm(c, a, _("The log of this node ends at what is signed here and goes on as a new "
				     "one. Entries that only others hold stay theirs, as orphans of the "
				     "old one."), f);
	if (rc == 0)
		rc = check_same(c, r->recover, f);
	if (rc == 0)
		rc = write_request(c, a, r->recover, f);
	unpack_free(r);
	return rc;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	if (given(a, "consent"))
		return run_consent(c, a, f);
	if (given(a, "new-epoch"))
		return run_epoch(c, a, f);
	Trac__Reply *r = ask(c->home, false, f);
	int rc = r ? print(c, r->recover, f) : -1;
	unpack_free(r);
	return rc;
}

static const struct option_row option[] = {
	{ "consent", 0, NULL, false, N_("go on with what the peers that answered hold") },
	{ "new-epoch", 0, NULL, false, N_("write the request by which the log is begun anew") },
	{ "reason", 0, "WORD", false, N_("of a new epoch: why, for others to read") },
	{ "output", 'o', "FILE", false, N_("write the request there instead of standard output") },
	{ "yes", 'y', NULL, false, N_("do not ask") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_recover = {
	.name = "recover", .operands = "",
	.summary = N_("say whether the own log may be continued, and consent to it"),
	.manual = N_("After a restore nothing is published until the peers have said what they hold of "
		     "this log. Nobody answered is never enough."),
	.json = "{\"quarantine\", \"keys_wait\", \"forked\": bool, \"signed_size\", \"known\",\n"
		" \"waiting\", \"answers\", \"answers_due\", \"epoch\": N};\n"
		"with --new-epoch: {\"file\", \"note\"}",
	.option = option, .run = run,
};
