/* trac record: one event from the command line, or one a line from a stream. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/attach.h"
#include "cli/batch.h"
#include "cli/beneficiary.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/lines.h"
#include "cli/lot_record.h"
#include "cli/refs.h"
#include "cli/verb.h"
#include "cli/world.h"

struct recording {
	struct context *c;
	struct batch batch;
	char commune[COMMUNE_SIZE + 1];
	json_t *told;             /* with --json: one object per event */
	json_t *tokens;           /* with --json: one text per new beneficiary */
};

static void tell(void *ctx, const uint8_t id[EVENT_ID_SIZE], uint64_t index, bool is_new)
{
	struct recording *r = ctx;
	struct context *c = r->c;
	char reference[REFERENCE_MAX];
	member_reference(r->batch.member, r->batch.epoch, index, reference);
	if (c->json) {
		if (json_array_size(r->told) < BATCH_EVENTS)
			json_array_append_new(r->told, json_pack(
				"{s:s, s:o, s:b}", "reference", reference, "id",
				json_hex((struct span){ id, EVENT_ID_SIZE }), "new", (int)is_new));
	} else if (!c->quiet) {
		fprintf(c->out, is_new ? _("recorded: %s\n") : _("was recorded: %s\n"), reference);
	}
}

/* A token is shown once, here: tracd keeps none. */
static void tell_token(struct recording *r, const struct beneficiary *b)
{
	if (!b->is_new)
		return;
	if (r->c->json)
		json_array_append_new(r->tokens, json_text(b->token));
	else
		fprintf(r->c->out, _("beneficiary: %s (keep it in your own papers: it is shown only "
				     "now)\n"), b->token);
}

static int add_fields(struct recording *r, struct fields *l, unsigned line, struct fault *f)
{
	struct defaults d = { .commune = r->commune, .now_ms = world_now_ms() };
	struct client *client = &r->batch.client;
	struct beneficiary b;
	world_event_id(d.now_ms, d.id);
	if (refs_fields(r->c->home, l, f) < 0 || attach_fields(client, l, f) < 0 ||
	    beneficiary_fields(client, l, d.id, &b, f) < 0)
		return line ? fault_prefix(f, "line %u", line) : -1;
	if (batch_add(&r->batch, l, &d, line, f) < 0) {
		beneficiary_undo(client, &b);
		return -1;
	}
	tell_token(r, &b);
	return 0;
}

/* FIELD=VALUE words. */
static int record_words(struct recording *r, const char *kind, const struct arguments *a,
			struct fault *f)
{
	struct fields l = { 0 };
	int rc = fields_add(&l, "kind", kind, f);
	for (int i = 0; rc == 0 && i < a->count; i++) {
		char *equals = strchr(a->operand[i], '=');
		if (!equals) {
			rc = fault_set(f, FAULT_USAGE, "\"%s\" is not FIELD=VALUE", a->operand[i]);
			break;
		}
		*equals = '\0';
		rc = fields_add(&l, a->operand[i], equals + 1, f);
	}
	if (rc == 0)
		rc = add_fields(r, &l, 0, f);
	fields_clear(&l);
	return rc;
}

static int record_line(struct recording *r, const char *text, size_t size, unsigned line,
		       struct fault *f)
{
	struct fields l = { 0 };
	while (size && strchr("\r \t", text[size - 1]) && text[size - 1])
		size--;
	if (!size)
		return 0;
	int rc = fields_from_json(&l, text, size, f);
	if (rc < 0)
		fault_prefix(f, "line %u", line);
	else
		rc = add_fields(r, &l, line, f);
	fields_clear(&l);
	return rc;
}

/* A program that writes an event and waits for its answer gets it at once. */
static int record_stream(struct recording *r, int fd, struct fault *f)
{
	struct lines l;
	char *text;
	size_t size;
	int rc = lines_open(&l, fd, f);
	while (rc == 0) {
		if (lines_would_wait(&l)) {
			if (batch_send(&r->batch, f) < 0) {
				rc = -1;
				break;
			}
			fflush(r->c->out);
		}
		int got = lines_next(&l, &text, &size, f);
		if (got <= 0) {
			rc = got;
			break;
		}
		rc = record_line(r, text, size, l.number, f);
	}
	lines_close(&l);
	return rc;
}

/* Sends what waits: good events before a bad one are recorded. Keeps the first refusal. */
static int finish(struct recording *r, int rc, struct fault *f)
{
	struct fault later = { 0 };
	struct batch *b = &r->batch;
	if (b->client.fd >= 0 && batch_send(b, &later) < 0 && rc == 0)
		rc = fault_copy(f, later.code, later.text);
	if (!r->c->json || !b->member[0])
		return rc;
	json_t *j = json_pack("{s:I, s:I, s:O, s:O}", "recorded", (json_int_t)b->recorded,
			      "repeated", (json_int_t)(b->known_before + b->repeated), "events",
			      r->told, "beneficiaries", r->tokens);
	if (json_print(r->c->out, j, &later) < 0 && rc == 0)
		rc = fault_copy(f, later.code, later.text);
	return rc;
}

/* `record KIND FIELD=VALUE` is understood too. */
static const char *kind_given(struct arguments *a)
{
	const char *kind = given(a, "kind");
	if (kind || !a->count || strchr(a->operand[0], '=') || !strcmp(a->operand[0], "-"))
		return kind;
	a->count--;
	return *a->operand++;
}

static int run(struct context *c, const struct arguments *given_arguments, struct fault *f)
{
	struct arguments a = *given_arguments;
	const char *kind = kind_given(&a);
	bool stream = a.count == 1 && !strcmp(a.operand[0], "-");
	if (!kind && !a.count && isatty(STDIN_FILENO))
		return verb_scan.run(c, &a, f);
	if (kind && given(&a, "lot"))
		return lot_record(c, kind, &a, f);
	if (stream == (kind != NULL))
		return fault_set(f, FAULT_USAGE, "say what happened: trac record --kind KIND "
				 "FIELD=VALUE ..., or JSON lines on standard input: trac record -");
	struct recording *r = calloc(1, sizeof *r);
	if (!r)
		return fault_set(f, FAULT_IO, "no memory");
	r->c = c;
	r->told = json_array();
	r->tokens = json_array();
	home_commune(c->home, r->commune);
	int rc = batch_open(&r->batch, c->home, f);
	r->batch.tell = tell;
	r->batch.ctx = r;
	if (rc == 0)
		rc = stream ? record_stream(r, STDIN_FILENO, f) : record_words(r, kind, &a, f);
	rc = finish(r, rc, f);
	batch_close(&r->batch);
	json_decref(r->told);
	json_decref(r->tokens);
	free(r);
	return rc;
}

static const struct option_row option[] = {
	{ "kind", 'k', "KIND", false, N_("what happened: one of the kinds that --help lists") },
	{ "lot", 'l', "LOT", false, N_("one event for each device of that lot") },
	{ "except", 0, "IDENT", true, N_("but not for that one") },
	{ "dry-run", 'n', NULL, false, N_("record nothing, say what would be") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_record = {
	.name = "record", .operands = "FIELD=VALUE... | -",
	.summary = N_("record what happened to a device"),
	.manual = N_("Examples:\n"
		     "  trac record --kind received serial=5CD1234XYZ maker=HP origin=external \\\n"
		     "    donor_type=company\n"
		     "  trac record - < events.jsonl\n"
		     "With -, each line of standard input is one JSON object: {\"kind\": \"audited\",\n"
		     "\"serial\": \"5CD1234XYZ\", \"decision\": \"reuse\"}. The date is now and the commune is\n"
		     "the node's own unless given. What was acknowledged is on disk.\n"
		     "attachment=FILE keeps a file and cites its hash; beneficiary=new draws a token\n"
		     "for a person, beneficiary=TOKEN ties one more event to it.\n"
		     "trac record --help KIND explains the fields of a kind, --help all those of all."),
	.json = "{\"recorded\": N, \"repeated\": N,\n"
		" \"events\": [{\"reference\": \"member/index\", \"id\": hex, \"new\": bool}],\n"
		" \"beneficiaries\": [token that was drawn]}\n"
		"events: at most the first 1,000.",
	.option = option, .most = OPERANDS_ANY, .run = run, .explain = explain_kind,
};
