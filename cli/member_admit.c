/* trac member admit: the authority takes in the members that asked for it; a hub has it take
 * in those of its region. */
#include <string.h>

#include "cli/client.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/member_hub.h"
#include "cli/statement.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/request.h"

/* A request, or a hub's petition: then p->hub is set, and tracd checks what the hub may. */
static int request_read(const char *path, const char *network, struct petition *p, struct fault *f)
{
	static const char petition[] = PETITION_FIRST_LINE "\n";
	char asked[NETWORK_MAX + 1];
	struct buffer note;
	memset(p, 0, sizeof *p);
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = file_read(path, &note, f);
	const struct span bytes = { note.data, note.used };
	bool by_hub = note.used >= sizeof petition &&
		      !memcmp(note.data, petition, sizeof petition - 1);
	if (rc == 0 && (by_hub ? petition_open(bytes, asked, p, f) :
			request_open(bytes, asked, &p->member, f)) < 0)
		rc = fault_prefix(f, "%s: not a request for admission", path);
	if (rc == 0 && strcmp(asked, network)) {
		rc = fault_set(f, FAULT_REFUSED, "%s: asks to join the network %s, this is %s",
			       path, asked, network);
	}
	if (rc == 0 && statement_names_check(&p->member, f) < 0)
		rc = fault_prefix(f, "%s", path);
	buffer_clear(&note);
	return rc;
}

static int admit(struct context *c, const char *path, const char *network, json_t *done,
		 struct fault *f)
{
	struct petition p;
	const struct member *m = &p.member;
	struct buffer statement;
	if (request_read(path, network, &p, f) < 0)
		return -1;
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = p.hub[0] ? petition_admit(&statement, &p, world_now_ms(), f) :
		admit_write(&statement, m, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&statement);
	if (rc < 0)
		return fault_prefix(f, "%s", path);
	char vkey[VKEY_TEXT_MAX];
	verifier_format(&m->key, vkey);
	json_array_append_new(done, json_pack("{s:s, s:s, s:o}", "name", m->name, "sign_vkey", vkey,
					      "file", json_path(path)));
	if (!c->json && !c->quiet)
		fprintf(c->out, _("admitted: %s (%s) with key %s\n"), m->name, safe(m->title), vkey);
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct verifier authority;
	char network[NETWORK_MAX + 1];
	struct home h;
	struct fault none;
	const char *name = given(a, "withdraw");
	if (home_authority(c->home, &authority, network, f) < 0)
		return -1;
	if (name && a->count > 0)
		return fault_set(f, FAULT_USAGE, "--withdraw takes no requests");
	if (!name && a->count == 0)
		return fault_set(f, FAULT_USAGE, "give the requests to be admitted");
	if (name)
		return hub_withdraw(c, name, f);
	if (home_read(c->home, &h, &none) == 0 && h.self.role == TRAC__ROLE__HUB)
		return hub_admit(c, &h, a, f);
	json_t *done = json_array();
	int rc = done ? 0 : fault_set(f, FAULT_IO, "no memory");
	for (int i = 0; rc == 0 && i < a->count; i++)
		rc = admit(c, a->operand[i], network, done, f);
	if (!c->json) {
		json_decref(done);
		return rc;
	}
	/* those admitted before a refusal are admitted: they are told */
	struct fault print = { 0 };
	if (json_print(c->out, json_pack("{s:o}", "admitted", done), &print) < 0 && rc == 0)
		rc = fault_copy(f, print.code, print.text);
	return rc;
}

static const struct option_row option[] = {
	{ "withdraw", 'w', "NAME", false, N_("at a hub: ask for that workshop no longer") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_member_admit = {
	.name = "member admit", .operands = "[FILE...]",
	.summary = N_("admit members by their requests (authority, and hubs for their regions)"),
	.manual = N_("Check the name and the key with whoever sent the request before admitting it.\n"
		     "The first request refused ends the command; those before it are admitted.\n"
		     "At a hub that was delegated a region, tracd asks the authority's node, which "
		     "admits workshops of that region without asking further. While that is off they "
		     "wait and are asked for again; trac status says so, until they are withdrawn."),
	.json = "{\"admitted\": [{\"name\", \"sign_vkey\", \"file\"}]; at a hub also\n"
		" \"waiting\": [{\"name\", \"file\", \"why\": string or null}]}; or {\"withdrawn\": NAME}",
	.option = option, .most = OPERANDS_ANY, .run = run,
};
