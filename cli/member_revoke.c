/* trac member revoke: from an index on, a member's entries count no more. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/request.h"
#include "proto/wire/unpack.h"

static int reason_parse(const char *word, unsigned *reason, struct fault *f)
{
	static const char *const name[] = {
		[TRAC__REVOKE_REASON__RETIRED] = "retired",
		[TRAC__REVOKE_REASON__KEY_COMPROMISED] = "key_compromised",
		[TRAC__REVOKE_REASON__MISBEHAVED] = "misbehaved",
	};
	for (unsigned i = 1; word && i < sizeof name / sizeof *name; i++) {
		if (!strcmp(word, name[i])) {
			*reason = i;
			return 0;
		}
	}
	return fault_set(f, FAULT_USAGE, "--reason %s: retired, key_compromised or misbehaved",
			 word ? word : "is missing");
}

/* What the authority's node has seen of the member's log: all of it stays valid. */
static int head_size(const char *home, const char *name, uint64_t *size, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_MEMBERS;
	request.members = &empty;
	Trac__Reply *r = client_ask_once(home, &request, TRAC__REPLY__BODY_MEMBERS, f);
	if (!r)
		return -1;
	int rc = -1;
	for (size_t i = 0; i < r->members->n_member; i++) {
		const Trac__MemberRow *row = r->members->member[i];
		if (row->member && row->member->name && !strcmp(row->member->name, name)) {
			*size = row->head_size;
			rc = 0;
		}
	}
	unpack_free(r);
	return rc < 0 ? fault_set(f, FAULT_ABSENT, "no member is named \"%s\": trac members "
				  "lists them", name) : 0;
}

static int from_index(const struct context *c, const struct arguments *a, uint64_t *from,
		      struct fault *f)
{
	const char *text = given(a, "from");
	if (!text)
		return head_size(c->home, a->operand[0], from, f);
	char *end;
	errno = 0;
	*from = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9')
		return fault_set(f, FAULT_USAGE, "--from \"%s\" is no index", text);
	return 0;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *name = a->operand[0];
	unsigned reason = 0;
	uint64_t from = 0;
	if (reason_parse(given(a, "reason"), &reason, f) < 0 || from_index(c, a, &from, f) < 0)
		return -1;
	struct buffer statement;
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = revoke_write(&statement, name, from, reason, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&statement);
	if (rc < 0)
		return -1;
	if (c->json) {
		return json_print(c->out, json_pack("{s:s, s:I}", "revoked", name, "from",
						    (json_int_t)from), f);
	}
	if (!c->quiet)
		fprintf(c->out, _("revoked: %s; its entries from %" PRIu64 " on count no more\n"),
			name, from);
	return 0;
}

static const struct option_row option[] = {
	{ "from", 0, "N", false, N_("entries from this index on are void (else: those not seen yet)") },
	{ "reason", 0, "REASON", false, N_("retired, key_compromised or misbehaved") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_member_revoke = {
	.name = "member revoke", .operands = "NAME",
	.summary = N_("revoke a member (authority only)"),
	.manual = N_("Nobody links to it any more. Entries below the index stay proved."),
	.json = "{\"revoked\": NAME, \"from\": N}",
	.option = option, .least = 1, .most = 1, .run = run,
};
