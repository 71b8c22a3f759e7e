/* trac member move: other addresses of a member. */
#include <string.h>

#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/log/request.h"

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	char address[MEMBER_ADDRESSES_MAX][ADDRESS_MAX + 1], *list[MEMBER_ADDRESSES_MAX];
	const size_t count = (size_t)a->count - 1;
	struct buffer statement;
	if (count > MEMBER_ADDRESSES_MAX)
		return fault_set(f, FAULT_USAGE, "%zu addresses: at most %d are kept", count,
				 MEMBER_ADDRESSES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (address_complete(a->operand[i + 1], address[i]) < 0)
			return fault_set(f, FAULT_USAGE, "\"%s\" is not HOST:PORT", a->operand[i + 1]);
		list[i] = address[i];
	}
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = move_write(&statement, a->operand[0], count, list, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&statement);
	if (rc < 0)
		return -1;
	if (c->json)
		return json_print(c->out, json_pack("{s:s, s:I}", "moved", a->operand[0], "addresses",
						    (json_int_t)count), f);
	if (!c->quiet)
		fprintf(c->out, _("moved: %s; who dials it uses the new address\n"),
			safe(a->operand[0]));
	return 0;
}

const struct verb verb_member_move = {
	.name = "member move", .operands = "NAME [ADDRESS...]",
	.summary = N_("change the addresses of a member (authority only)"),
	.manual = N_("Nodes that were given an earlier address of it dial the first of these. Without "
		     "an address nobody dials it any more."),
	.json = "{\"moved\": NAME, \"addresses\": N}",
	.least = 1, .most = OPERANDS_ANY, .run = run,
};
