/* trac member admit at a hub: asks its tracd, and waits a while for what the authority says. */
#include "cli/member_hub.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/client.h"
#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/text.h"
#include "cli/world.h"
#include "proto/log/request.h"
#include "proto/wire/unpack.h"

/* A round trip over one hub, and the answer asked for once more. */
#define WAIT_MS 10000
#define ASK_MS 100

struct state {
	bool admitted;
	char why[FAULT_TEXT_MAX];       /* it waits; "": nothing is wrong yet */
};

static int ask(struct client *client, const struct buffer *request, bool again,
	       struct state *state, struct fault *f)
{
	Trac__PetitionRequest q = TRAC__PETITION_REQUEST__INIT;
	Trac__Request message = TRAC__REQUEST__INIT;
	q.has_request = q.has_again = true;
	q.request = (ProtobufCBinaryData){ request->used, request->data };
	q.again = again;
	message.body_case = TRAC__REQUEST__BODY_PETITION;
	message.petition = &q;
	Trac__Reply *r = client_ask(client, &message, f);
	int rc = r && !reply_refused(r, TRAC__REPLY__BODY_PETITION, f) ? 0 : -1;
	if (rc == 0) {
		state->admitted = r->petition->admitted;
		snprintf(state->why, sizeof state->why, "%s",
			 r->petition->waits ? r->petition->waits : "");
	}
	unpack_free(r);
	return rc;
}

static int wait_for_it(struct context *c, const struct buffer *request, struct state *state,
		       struct fault *f)
{
	struct client client;
	if (client_open(&client, c->home, f) < 0)
		return -1;
	const int64_t until_ms = world_steady_ms() + WAIT_MS;
	int rc = ask(&client, request, false, state, f);
	/* a reason is not waited out: a person is to read it */
	while (rc == 0 && !state->admitted && !state->why[0] && world_steady_ms() < until_ms) {
		poll(NULL, 0, ASK_MS);
		rc = ask(&client, request, true, state, f);
	}
	client_close(&client);
	return rc;
}

static void tell(struct context *c, const struct member *m, const char *path,
		 const struct state *state, json_t *admitted, json_t *waiting)
{
	char vkey[VKEY_TEXT_MAX];
	verifier_format(&m->key, vkey);
	if (state->admitted)
		json_array_append_new(admitted, json_pack("{s:s, s:s, s:o}", "name", m->name,
							  "sign_vkey", vkey, "file",
							  json_path(path)));
	else
		json_array_append_new(waiting, json_pack("{s:s, s:o, s:o}", "name", m->name,
							 "file", json_path(path), "why",
							 state->why[0] ? json_text(state->why) :
							 json_null()));
	if (c->json || c->quiet)
		return;
	if (state->admitted)
		fprintf(c->out, _("admitted: %s (%s) with key %s\n"), m->name, safe(m->title), vkey);
	else if (state->why[0])
		fprintf(c->out, _("%s waits for the authority: %s\nIt is asked again until it answers; "
				  "trac status tells\n"), m->name, safe(state->why));
	else
		fprintf(c->out, _("%s waits for the authority, which has not answered yet: it is asked "
				  "again until it does; trac status tells\n"), m->name);
}

static int admit(struct context *c, const struct home *h, const char *path, json_t *admitted,
		 json_t *waiting, struct fault *f)
{
	char network[NETWORK_MAX + 1];
	struct state state = { 0 };
	struct buffer request;
	struct member m;
	buffer_init(&request, PETITION_BYTES_MAX);
	int rc = file_read(path, &request, f);
	if (rc == 0)
		rc = request_open((struct span){ request.data, request.used }, network, &m, f);
	if (rc == 0 && strcmp(network, h->network))
		rc = fault_set(f, FAULT_REFUSED, "asks to join the network %s, this is %s", network,
			       h->network);
	if (rc == 0)
		rc = statement_names_check(&m, f);
	if (rc == 0)
		rc = wait_for_it(c, &request, &state, f);
	if (rc == 0)
		tell(c, &m, path, &state, admitted, waiting);
	buffer_clear(&request);
	return rc < 0 ? fault_prefix(f, "%s", path) : 0;
}

int hub_admit(struct context *c, const struct home *h, const struct arguments *a, struct fault *f)
{
	json_t *admitted = json_array(), *waiting = json_array();
	int rc = admitted && waiting ? 0 : fault_set(f, FAULT_IO, "no memory");
	for (int i = 0; rc == 0 && i < a->count; i++)
		rc = admit(c, h, a->operand[i], admitted, waiting, f);
	if (!c->json) {
		json_decref(admitted);
		json_decref(waiting);
		return rc;
	}
	struct fault print = { 0 };
	if (json_print(c->out, json_pack("{s:o, s:o}", "admitted", admitted, "waiting", waiting),
		       &print) < 0 && rc == 0)
		rc = fault_copy(f, print.code, print.text);
	return rc;
}

int hub_withdraw(struct context *c, const char *name, struct fault *f)
{
	Trac__PetitionRequest q = TRAC__PETITION_REQUEST__INIT;
	Trac__Request message = TRAC__REQUEST__INIT;
	q.withdraw = (char *)name;
	message.body_case = TRAC__REQUEST__BODY_PETITION;
	message.petition = &q;
	Trac__Reply *r = client_ask_once(c->home, &message, TRAC__REPLY__BODY_DONE, f);
	if (!r)
		return -1;
	unpack_free(r);
	if (c->json)
		return json_print(c->out, json_pack("{s:s}", "withdrawn", name), f);
	if (!c->quiet)
		fprintf(c->out, _("%s is not asked for any more\n"), safe(name));
	return 0;
}
