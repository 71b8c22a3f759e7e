/* Tokens of beneficiaries: committed to, listed, forgotten. */
#include "cli/beneficiary.h"

#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/verb.h"
#include "proto/wire/unpack.h"

#define TOKEN_SIZE 16

static int token_read(const char *text, uint8_t token[TOKEN_SIZE], struct fault *f)
{
	if (hex_read(token, TOKEN_SIZE, text) == 0)
		return 0;
	return fault_set(f, FAULT_INPUT, "the token of a beneficiary has 32 hexadecimal digits, as "
			 "trac printed it; or is \"new\" in an event, to draw one");
}

/* --- in an event --- */

/* Has the kind of these fields room for a commitment? */
static bool kind_commits(const struct fields *l)
{
	const char *name = fields_value(l, "kind");
	const struct kind *k = name ? kind_by_name(name) : NULL;
	return k && protobuf_c_message_descriptor_get_field_by_name(kind_body_type(k),
								    "commitment");
}

static int ask(struct client *c, Trac__CommitRequest *commit, struct beneficiary *out,
	       char commitment[65], struct fault *f)
{
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_COMMIT;
	request.commit = commit;
	Trac__Reply *r = client_ask(c, &request, f);
	if (!r)
		return -1;
	int rc = -1;
	if (!reply_refused(r, TRAC__REPLY__BODY_COMMIT, f)) {
		const Trac__CommitReply *a = r->commit;
		if (a->token.len == TOKEN_SIZE && a->commitment.len == 32) {
			hex_write(out->token, a->token.data, TOKEN_SIZE);
			hex_write(commitment, a->commitment.data, 32);
			rc = 0;
		} else {
			fault_set(f, FAULT_PROTOCOL, "tracd answered no token and commitment");
		}
	}
	unpack_free(r);
	return rc;
}

static int replace(struct field *at, const char *name, const char *value, struct fault *f)
{
	char *new_name = strdup(name), *new_value = strdup(value);
	if (!new_name || !new_value) {
		free(new_name);
		free(new_value);
		return fault_set(f, FAULT_IO, "no memory");
	}
	free(at->name);
	free(at->value);
	*at = (struct field){ new_name, new_value };
	return 0;
}

int beneficiary_fields(struct client *c, struct fields *l, const uint8_t default_id[EVENT_ID_SIZE],
		       struct beneficiary *out, struct fault *f)
{
	Trac__CommitRequest commit = TRAC__COMMIT_REQUEST__INIT;
	uint8_t token[TOKEN_SIZE], id[EVENT_ID_SIZE];
	char commitment[65];
	struct field *at = NULL;
	*out = (struct beneficiary){ .is_new = false };
	for (unsigned i = 0; i < l->count && !at; i++)
		at = strcmp(l->at[i].name, "beneficiary") ? NULL : &l->at[i];
	if (!at)
		return 0;
	if (!kind_commits(l))
		return fault_set(f, FAULT_INPUT, "beneficiary: this kind of event is about no person: "
				 "made_available and training_given are");
	out->is_new = !strcmp(at->value, "new");
	if (!out->is_new && token_read(at->value, token, f) < 0)
		return -1;
	const char *given_id = fields_value(l, "id");
	if (!given_id || hex_read(id, sizeof id, given_id) < 0)
		memcpy(id, default_id, sizeof id);   /* what is wrong with it is said later */
	commit.has_event = true;
	commit.event = (ProtobufCBinaryData){ sizeof id, id };
	commit.has_token = !out->is_new;
	commit.token = (ProtobufCBinaryData){ sizeof token, token };
	if (ask(c, &commit, out, commitment, f) < 0)
		return -1;
	return replace(at, "commitment", commitment, f);
}

static Trac__Reply *forget(struct client *c, uint8_t token[TOKEN_SIZE], struct fault *f)
{
	Trac__ForgetRequest q = TRAC__FORGET_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	q.has_token = true;
	q.token = (ProtobufCBinaryData){ TOKEN_SIZE, token };
	request.body_case = TRAC__REQUEST__BODY_FORGET;
	request.forget = &q;
	return client_ask(c, &request, f);
}

void beneficiary_undo(struct client *c, const struct beneficiary *b)
{
	uint8_t token[TOKEN_SIZE];
	struct fault f;
	if (b->is_new && c->fd >= 0 && hex_read(token, sizeof token, b->token) == 0)
		unpack_free(forget(c, token, &f));
}

/* --- trac forget --- */

static int run_forget(struct context *c, const struct arguments *a, struct fault *f)
{
	uint8_t token[TOKEN_SIZE];
	struct client client;
	if (token_read(a->operand[0], token, f) < 0 || client_open(&client, c->home, f) < 0)
		return -1;
	Trac__Reply *r = forget(&client, token, f);
	client_close(&client);
	if (!r || reply_refused(r, TRAC__REPLY__BODY_FORGET, f)) {
		unpack_free(r);
		return -1;
	}
	unsigned destroyed = r->forget->destroyed;
	unpack_free(r);
	if (c->json)
		return json_print(c->out, json_pack("{s:i}", "destroyed", (int)destroyed), f);
	if (!c->quiet)
		fprintf(c->out, _("forgotten: %u keys destroyed; no event can be tied to this "
				  "person any more, and every proof still verifies\n"), destroyed);
	return 0;
}

/* --- trac beneficiary --- */

static void print_tied(struct context *c, const Trac__CommitReply *a)
{
	if (a->n_event == 0)
		fprintf(c->out, _("no event is tied to this token\n"));
	for (size_t i = 0; i < a->n_event; i++) {
		const char *reference = i < a->n_reference ? a->reference[i] : "";
		fprintf(c->out, "%s\n", *reference ? reference : _("(not recorded)"));
	}
}

static json_t *tied_json(const Trac__CommitReply *a)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n_event && i < a->n_tied && i < a->n_reference; i++) {
		json_array_append_new(list, json_pack(
			"{s:o, s:o, s:o}", "reference", json_text(a->reference[i]),
			"id", json_hex((struct span){ a->event[i].data, a->event[i].len }),
			"commitment",
			json_hex((struct span){ a->tied[i].data, a->tied[i].len })));
	}
	return json_pack("{s:o}", "events", list);
}

static int run_beneficiary(struct context *c, const struct arguments *a, struct fault *f)
{
	Trac__CommitRequest q = TRAC__COMMIT_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	uint8_t token[TOKEN_SIZE];
	if (token_read(a->operand[0], token, f) < 0)
		return -1;
	q.has_token = q.has_list = q.list = true;
	q.token = (ProtobufCBinaryData){ sizeof token, token };
	request.body_case = TRAC__REQUEST__BODY_COMMIT;
	request.commit = &q;
	Trac__Reply *r = client_ask_once(c->home, &request, TRAC__REPLY__BODY_COMMIT, f);
	if (!r)
		return -1;
	int rc = 0;
	if (c->json)
		rc = json_print(c->out, tied_json(r->commit), f);
	else
		print_tied(c, r->commit);
	unpack_free(r);
	return rc;
}

const struct verb verb_forget = {
	.name = "forget", .operands = "TOKEN",
	.summary = N_("destroy the keys that tie events to a beneficiary"),
	.manual = N_("The events stay, and prove what they proved; that they are about one person\n"
		     "can never be told again. There is no way back. Keys are overwritten where they\n"
		     "lie: on flash disks and in snapshots old copies may last until they are reused."),
	.json = "{\"destroyed\": N}", .least = 1, .most = 1, .run = run_forget,
};

const struct verb verb_beneficiary = {
	.name = "beneficiary", .operands = "TOKEN",
	.summary = N_("list the events that are about a beneficiary"),
	.manual = N_("TOKEN: as printed once by trac record made_available ... beneficiary=new. It\n"
		     "stands for a person in your own papers; events hold a commitment that only this\n"
		     "node can open."),
	.json = "{\"events\": [{\"reference\", \"id\": hex, \"commitment\": hex}]}",
	.least = 1, .most = 1, .run = run_beneficiary,
};
