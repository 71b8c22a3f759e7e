/* trac member succession and succeed: the authority's key is replaced by its guardians. */
#include <string.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/home_next.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/log_held.h"
#include "cli/statement.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/note.h"
#include "proto/log/request.h"

static int check_role(const struct home *h, struct fault *f)
{
	return h->self.role == TRAC__ROLE__AUTHORITY ? 0 :
		fault_set(f, FAULT_REFUSED, "only the home of the authority can do that");
}

/* The text, signed by the next key: that shows possession, and a note has a signature. */
static int write_note(const struct home *h, const struct next_keys *next, uint64_t members,
		      struct buffer *note, struct fault *f)
{
	struct succession q = { .from = members, .own = next->size };
	struct buffer text;
	memcpy(q.sign_key, signer_verifier(next->signer)->key, KEY_SIZE);
	memcpy(q.link_key, next->link_key, LINK_KEY_SIZE);
	buffer_init(&text, NOTE_BYTES_MAX);
	succession_text(h->network, &q, &text);
	int rc = note_sign(note, (struct span){ text.data, text.used }, next->signer, f);
	buffer_clear(&text);
	return rc;
}

static int run_succession(struct context *c, const struct arguments *a, struct fault *f)
{
	struct next_keys next;
	struct buffer note;
	struct held held;
	struct home h;
	if (home_read(c->home, &h, f) < 0 || check_role(&h, f) < 0 ||
	    home_next_make(c->home, &h, &next, f) < 0)
		return -1;
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = held_open(&held, c->home, f);
	if (rc == 0)
		rc = write_note(&h, &next, registry_size(held.registry), &note, f);
	held_close(&held);
	if (rc == 0)
		rc = statement_deliver(c, given(a, "output"), &note, "trac member succeed", f);
	buffer_clear(&note);
	home_next_clear(&next);
	return rc;
}

static const struct option_row option[] = {
	{ "output", 'o', "FILE", false, N_("write it there instead of standard output") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_member_succession = {
	.name = "member succession", .operands = "",
	.summary = N_("make the next key of the authority, for its guardians to sign (authority only)"),
	.manual = N_("State nothing more until it is in force (trac member succeed): it is for the next "
		     "statement alone."),
	.json = "{\"file\": string or null, \"note\": string}",
	.option = option, .run = run_succession,
};

static int collect(const char *home, struct span note, struct succession *q, struct fault *f)
{
	char network[NETWORK_MAX + 1];
	struct held h;
	if (succession_open(note, network, q, f) < 0)
		return -1;
	int rc = held_open(&h, home, f);
	if (rc == 0 && strcmp(network, h.network))
		rc = fault_set(f, FAULT_REFUSED, "is of the network %s, this is %s", network, h.network);
	if (rc == 0)
		rc = succession_collect(note, network, registry_guardians(h.registry), q, f);
	held_close(&h);
	return rc;
}

static int run_succeed(struct context *c, const struct arguments *a, struct fault *f)
{
	struct buffer note, statement;
	struct succession q;
	struct home h;
	if (home_read(c->home, &h, f) < 0 || check_role(&h, f) < 0)
		return -1;
	buffer_init(&note, NOTE_BYTES_MAX);
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = file_read(a->operand[0], &note, f);
	if (rc == 0)
		rc = collect(c->home, (struct span){ note.data, note.used }, &q, f);
	if (rc == 0)
		rc = succeed_write(&statement, &q, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&note);
	buffer_clear(&statement);
	if (rc < 0)
		return fault_prefix(f, "%s", a->operand[0]);
	if (c->json)
		return json_print(c->out, json_pack("{s:I}", "from", (json_int_t)q.from), f);
	if (!c->quiet)
		fputs(_("the authority has a new key; nodes that know the old one follow by themselves\n"),
		      c->out);
	return 0;
}

const struct verb verb_member_succeed = {
	.name = "member succeed", .operands = "FILE",
	.summary = N_("put the next key of the authority in force (authority only)"),
	.manual = N_("FILE is signed by as many guardians as are needed (trac guardian sign)."),
	.json = "{\"from\": N}",
	.least = 1, .most = 1, .run = run_succeed,
};
