/* trac peers: the links of this node. */
#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/wire/unpack.h"

static int print_json(struct context *c, const Trac__PeersReply *r, struct fault *f)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->n_peer; i++) {
		const Trac__Peer *p = r->peer[i];
		json_array_append_new(list, json_pack(
			"{s:o, s:o, s:o, s:b, s:o, s:I, s:I, s:i, s:o}",
			"member", json_text(p->member), "address", json_text(p->address),
			"state", json_text(p->state), "inbound", (int)p->inbound,
			"since", p->has_since_ms ? json_time(p->since_ms, 0) : json_null(),
			"frames_in", (json_int_t)p->frames_in,
			"frames_out", (json_int_t)p->frames_out, "faults", (int)p->faults,
			"last_fault", json_text(p->last_fault)));
	}
	return json_print(c->out, json_pack("{s:o}", "peers", list), f);
}

static int print_table(struct context *c, const Trac__PeersReply *r, struct fault *f)
{
	struct table t;
	char since[TIME_TEXT], number[2][NUMBER_TEXT];
	table_start(&t);
	table_column(&t, _("MEMBER"), COLUMN_LEFT);
	table_column(&t, _("ADDRESS"), COLUMN_LEFT);
	table_column(&t, _("STATE"), COLUMN_LEFT);
	table_column(&t, _("SINCE"), COLUMN_LEFT);
	table_column(&t, _("FRAMES IN"), COLUMN_RIGHT);
	table_column(&t, _("OUT"), COLUMN_RIGHT);
	table_column(&t, _("FAULTS"), COLUMN_WRAP);
	for (size_t i = 0; i < r->n_peer; i++) {
		const Trac__Peer *p = r->peer[i];
		table_line(&t);
		table_cell(&t, "%s", p->member ? safe(p->member) : "?");
		table_cell(&t, "%s", p->inbound ? _("(it dialled us)") : safe(p->address));
		table_cell(&t, "%s", safe(p->state));
		since[0] = '\0';
		if (p->has_since_ms)
			time_text(p->since_ms, world_zone(p->since_ms), c->french, since);
		table_cell(&t, "%s", since);
		table_cell(&t, "%s", number_text(p->frames_in, c->french, number[0]));
		table_cell(&t, "%s", number_text(p->frames_out, c->french, number[1]));
		bool told = p->last_fault && *p->last_fault;
		table_cell(&t, "%u%s%s", (unsigned)p->faults, told ? ": " : "",
			   safe(p->last_fault));
	}
	return table_print(&t, c->out, f);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	(void)a;
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_PEERS;
	request.peers = &empty;
	Trac__Reply *r = client_ask_once(c->home, &request, TRAC__REPLY__BODY_PEERS, f);
	if (!r)
		return -1;
	int rc = c->json ? print_json(c, r->peers, f)
		: r->peers->n_peer ? print_table(c, r->peers, f)
		: (fprintf(c->out, "%s\n", _("no links")), 0);
	unpack_free(r);
	return rc;
}

const struct verb verb_peers = {
	.name = "peers", .operands = "", .summary = N_("list the links of this node"),
	.json = "{\"peers\": [{\"member\", \"address\", \"state\", \"inbound\": bool, \"since\": time,\n"
		" \"frames_in\": N, \"frames_out\": N, \"faults\": N, \"last_fault\"}]}",
	.run = run,
};
