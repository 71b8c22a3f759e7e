/* trac member epoch: the log of a member that cannot continue it is begun anew. */
#include <string.h>

#include "cli/client.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/request.h"
#include "proto/wire/unpack.h"

/* The request is signed by the key that the member log names, or nobody asked. */
static int check(const char *home, struct span note, const struct epoch_request *q, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_MEMBERS;
	request.members = &empty;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_MEMBERS, f);
	const uint8_t *key = NULL;
	for (size_t i = 0; r && i < r->members->n_member; i++) {
		const Trac__Member *m = r->members->member[i]->member;
		if (m && m->name && !strcmp(m->name, q->name) && m->sign_key.len == KEY_SIZE)
			key = m->sign_key.data;
	}
	int rc = !r ? -1 : key ? epoch_request_check(note, q, key, f) :
		fault_set(f, FAULT_ABSENT, "no member is named \"%s\": trac members lists them",
			  q->name);
	unpack_free(r);
	return rc;
}

static int state(struct context *c, const struct epoch_request *q, struct fault *f)
{
	struct buffer statement;
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = epoch_write(&statement, q, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&statement);
	if (rc < 0)
		return -1;
	if (c->json) {
		return json_print(c->out, json_pack("{s:s, s:i, s:I, s:s}", "member", q->name, "epoch",
						    (int)q->epoch, "ends_at", (json_int_t)q->size,
						    "reason", q->reason), f);
	}
	if (!c->quiet)
		fprintf(c->out, _("%s: epoch %u; the one before ends at %llu entries (%s)\n"), q->name,
			q->epoch, (unsigned long long)q->size, q->reason);
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	struct epoch_request q;
	struct buffer note;
	struct home h;
	if (home_read(c->home, &h, f) < 0)
		return -1;
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = file_read(a->operand[0], &note, f);
	if (rc == 0 && epoch_request_open((struct span){ note.data, note.used }, &q, f) < 0)
		rc = fault_prefix(f, "%s", a->operand[0]);
	if (rc == 0 && strcmp(q.network, h.network))
		rc = fault_set(f, FAULT_REFUSED, "%s: is of the network %s, this is %s", a->operand[0],
			       q.network, h.network);
	if (rc == 0)
		rc = check(c->home, (struct span){ note.data, note.used }, &q, f);
	buffer_clear(&note);
	return rc < 0 ? -1 : state(c, &q, f);
}

const struct verb verb_member_epoch = {
	.name = "member epoch", .operands = "FILE",
	.summary = N_("begin the log of a member anew (authority only)"),
	.manual = N_("FILE is written by trac recover --new-epoch at that member. Ask its people first: "
		     "what they signed and you do not hold becomes an orphan."),
	.json = "{\"member\": NAME, \"epoch\", \"ends_at\": N, \"reason\": WORD}",
	.least = 1, .most = 1, .run = run,
};
