/* trac status: how this node is. */
#include <string.h>

#include "cli/client.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "proto/wire/unpack.h"

static const char *role_word(Trac__Role role)
{
	return role == TRAC__ROLE__AUTHORITY ? N_("authority")
		: role == TRAC__ROLE__HUB ? N_("hub")
		: role == TRAC__ROLE__WORKSHOP ? N_("workshop") : "?";
}

static int print_json(struct context *c, const Trac__StatusReply *s, struct fault *f)
{
	json_t *alert = json_array();
	for (size_t i = 0; i < s->n_alert; i++)
		json_array_append_new(alert, json_string(s->alert[i]));
	json_t *fork = json_array();
	for (size_t i = 0; i < s->n_fork; i++)
		json_array_append_new(fork, json_pack(
			"{s:o, s:I, s:I, s:I, s:I, s:o}", "log", json_text(s->fork[i]->origin), "small",
			(json_int_t)s->fork[i]->small, "large", (json_int_t)s->fork[i]->large,
			"common", (json_int_t)s->fork[i]->common, "held",
			(json_int_t)s->fork[i]->held, "shown_by", json_text(s->fork[i]->from)));
	return json_print(c->out, json_pack(
		"{s:o, s:o, s:s, s:o, s:b, s:o, s:I, s:I, s:I, s:I, s:i, s:i, s:I, s:I, s:I, s:i, "
		"s:o, s:i, s:o, s:I, s:I, s:b, s:I, s:i, s:i, s:i, s:o, s:o}",
		"network", json_text(s->network), "member", json_text(s->member),
		"role", role_word(s->role), "version", json_text(s->version),
		"admitted", (int)s->admitted, "started", json_time(s->started_ms, 0),
		"own_size", (json_int_t)s->own_size,
		"published_size", (json_int_t)s->published_size,
		"entries", (json_int_t)s->entries, "missing", (json_int_t)s->missing,
		"logs", (int)s->logs, "links", (int)s->links,
		"members_size", (json_int_t)s->members_size,
		"store_bytes", (json_int_t)s->store_bytes,
		"index_tail", (json_int_t)s->index_tail, "net_restarts", (int)s->net_restarts,
		"listen", json_text(s->listen), "http_port", (int)s->http_port,
		"link_key", json_text(s->link_key), "alarms", (json_int_t)s->alarms, "limbo",
		(json_int_t)s->limbo, "quarantine", s->recovery ? (int)s->recovery->quarantine : 0,
		"waiting", (json_int_t)(s->recovery ? s->recovery->waiting : 0),
		"epoch", (int)(s->recovery ? s->recovery->epoch : 1),
		"witness_policy", (int)s->witness_policy, "few_hubs", (int)s->few_hubs, "forks", fork,
		"alerts", alert), f);
}

static void print_count(struct context *c, const char *label, uint64_t n)
{
	char number[NUMBER_TEXT];
	fprintf(c->out, "%s%s\n", label, number_text(n, c->french, number));
}

static void print_text(struct context *c, const Trac__StatusReply *s)
{
	char since[TIME_TEXT], size[NUMBER_TEXT];
	fprintf(c->out, _("member           %s (%s) of %s\n"), safe(s->member),
		_(role_word(s->role)), safe(s->network));
	fprintf(c->out, _("admitted         %s\n"), s->admitted ? _("yes") : _("not yet"));
	fprintf(c->out, _("running since    %s, version %s\n"),
		time_text(s->started_ms, world_zone(s->started_ms), c->french, since),
		safe(s->version));
	fprintf(c->out, _("listens on       %s\n"), s->listen && *s->listen ? safe(s->listen)
		: _("nothing: it dials out"));
	if (s->http_port)
		fprintf(c->out, _("HTTP port        %u\n"), (unsigned)s->http_port);
	print_count(c, _("own entries      "), s->own_size);
	print_count(c, _("  published      "), s->published_size);
	if (s->recovery && s->recovery->quarantine)
		fprintf(c->out, _("  in quarantine  %s events wait: see trac recover\n"),
			number_text(s->recovery->waiting, c->french, size));
	print_count(c, _("entries held     "), s->entries);
	print_count(c, _("  not held yet   "), s->missing);
	if (s->index_tail)
		print_count(c, _("  to be indexed  "), s->index_tail);
	print_count(c, _("logs             "), s->logs);
	if (s->few_hubs)
		fprintf(c->out, _("  too few hubs   %s (witness_policy is %u)\n"),
			number_text(s->few_hubs, c->french, size), (unsigned)s->witness_policy);
	print_count(c, _("links            "), s->links);
	print_count(c, _("member log       "), s->members_size);
	fprintf(c->out, _("store            %s\n"), size_text(s->store_bytes, c->french, size));
	if (s->net_restarts)
		print_count(c, _("tracd-net died   "), s->net_restarts);
	if (s->limbo)
		print_count(c, _("in limbo         "), s->limbo);
	if (s->alarms) {
		print_count(c, _("alarms           "), s->alarms);
		fputs(_("alert            devices left with data on them: trac alarms lists them\n"),
		      c->out);
	}
	for (size_t i = 0; i < s->n_fork; i++)
		fprintf(c->out, _("alert            %s was signed in two histories: it is frozen; trac "
				  "evidence tells more\n"), safe(s->fork[i]->origin));
	for (size_t i = 0; i < s->n_alert; i++)
		fprintf(c->out, _("alert            %s\n"), safe(s->alert[i]));
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	(void)a;
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_STATUS;
	request.status = &empty;
	Trac__Reply *r = client_ask_once(c->home, &request, TRAC__REPLY__BODY_STATUS, f);
	if (!r)
		return -1;
	int rc = 0;
	if (c->json)
		rc = print_json(c, r->status, f);
	else
		print_text(c, r->status);
	unpack_free(r);
	return rc;
}

const struct verb verb_status = {
	.name = "status", .operands = "", .summary = N_("say how this node is"),
	.json = "{\"network\", \"member\", \"role\", \"version\", \"admitted\": bool, \"started\": time,\n"
		" \"own_size\", \"published_size\", \"entries\", \"missing\", \"logs\",\n"
		" \"links\", \"members_size\", \"store_bytes\", \"index_tail\", \"net_restarts\": N, \"listen\",\n"
		" \"http_port\": N, \"link_key\": hex, \"alarms\", \"limbo\": N,\n"
		" \"quarantine\": bool, \"waiting\", \"epoch\", \"witness_policy\", \"few_hubs\": N,\n"
		" \"forks\": [{\"log\", \"small\", \"large\", \"common\", \"held\": N, \"shown_by\"}],\n"
		" \"alerts\": [string]}",
	.run = run,
};
