/* trac member delegate: a hub may ask for workshops of a region; petition: it asks. */
#include <string.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/log_held.h"
#include "cli/statement.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/life/data.h"
#include "proto/log/request.h"

static size_t departments(const char *region, char *out[DEPARTMENTS_MAX])
{
	size_t count = 0;
	for (unsigned i = 0; i < data_regions.count && count < DEPARTMENTS_MAX; i++) {
		const char *const *cell = data_regions.row[i].cell;
		if (!strncmp(cell[1], region, strlen(region)) && cell[1][strlen(region)] == ' ')
			out[count++] = (char *)cell[0];
	}
	return count;
}

static int run_delegate(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *hub = a->operand[0], *region = a->operand[1];
	char *list[DEPARTMENTS_MAX];
	struct buffer statement;
	size_t count = 0;
	if (!strcmp(region, "none"))
		region = "";
	else
		count = departments(region, list);
	if (*region && count == 0)
		return fault_set(f, FAULT_USAGE, "\"%s\" is not the INSEE code of a region (for example "
				 "44), nor none", region);
	buffer_init(&statement, ENTRY_SIZE_MAX);
	int rc = delegate_write(&statement, hub, region, count, list, world_now_ms(), f);
	if (rc == 0)
		rc = statement_state(c->home, &statement, f);
	buffer_clear(&statement);
	if (rc < 0)
		return -1;
	if (c->json)
		return json_print(c->out, json_pack("{s:s, s:s, s:I}", "hub", hub, "region", region,
						    "departments", (json_int_t)count), f);
	if (!c->quiet && *region)
		fprintf(c->out, _("%s may ask for workshops of region %s (%d départements)\n"), safe(hub),
			region, (int)count);
	else if (!c->quiet)
		fprintf(c->out, _("%s may ask for no workshops any more\n"), safe(hub));
	return 0;
}

const struct verb verb_member_delegate = {
	.name = "member delegate", .operands = "HUB REGION",
	.summary = N_("let a hub ask for the workshops of a region (authority only)"),
	.manual = N_("REGION is an INSEE code, or none to end it. The hub then admits workshops there "
		     "with trac member admit, 24 a day; the authority's node asks no further."),
	.json = "{\"hub\": NAME, \"region\": CODE, \"departments\": N}",
	.least = 2, .most = 2, .run = run_delegate,
};

static int petition(struct context *c, const struct home *h, struct span request,
		    struct buffer *note, struct fault *f)
{
	char network[NETWORK_MAX + 1];
	struct member m;
	struct held held;
	struct signer *s;
	if (request_open(request, network, &m, f) < 0)
		return -1;
	if (strcmp(network, h->network))
		return fault_set(f, FAULT_REFUSED, "asks to join the network %s, this is %s", network,
				 h->network);
	s = home_signer(c->home, h, f);
	int rc = s ? held_open(&held, c->home, f) : -1;
	if (rc == 0) {
		const struct member *hub = registry_by_name(held.registry, h->self.name);
		rc = hub ? petition_write(note, network, hub, &m, s, f) :
			fault_set(f, FAULT_REFUSED, "this node is no member yet");
	}
	if (s)
		held_close(&held);
	signer_destroy(s);
	return rc;
}

static int run_petition(struct context *c, const struct arguments *a, struct fault *f)
{
	struct buffer request, note;
	struct home h;
	if (home_read(c->home, &h, f) < 0)
		return -1;
	buffer_init(&request, NOTE_BYTES_MAX);
	buffer_init(&note, NOTE_BYTES_MAX);
	int rc = file_read(a->operand[0], &request, f);
	if (rc == 0 && petition(c, &h, (struct span){ request.data, request.used }, &note, f) < 0)
		rc = fault_prefix(f, "%s", a->operand[0]);
	if (rc == 0)
		rc = statement_deliver(c, given(a, "output"), &note, "trac member admit", f);
	buffer_clear(&request);
	buffer_clear(&note);
	return rc;
}

static const struct option_row option[] = {
	{ "output", 'o', "FILE", false, N_("write it there instead of standard output") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_member_petition = {
	.name = "member petition", .operands = "FILE",
	.summary = N_("as a hub without a link, write what admits a workshop of its region"),
	.manual = N_("FILE is the workshop's request. Check its name and key with who sent it: the "
		     "authority relies on that. Anyone may carry the petition to the authority's "
		     "node."),
	.json = "{\"file\": string or null, \"note\": string}",
	.option = option, .least = 1, .most = 1, .run = run_petition,
};
