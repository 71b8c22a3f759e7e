/* trac restore: the home of a node whose folder is lost, from its keys. */
#include "cli/init.h"
#include "cli/lang.h"
#include "cli/restore_backup.h"
#include "cli/verb.h"

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	if (given(a, "from"))
		return restore_backup(c, a, f);
	if (a->count == 0)
		return fault_set(f, FAULT_USAGE, "is the lost node an authority, a hub or a workshop? "
				 "with a backup, --from names its folder");
	if (!given(a, "keys"))
		return fault_set(f, FAULT_USAGE, "--keys is missing: the folder that holds the copies of "
				 "sign.key and link.key of this node");
	if (!given(a, "peer"))
		return fault_set(f, FAULT_USAGE, "--peer is missing: the log comes back from the nodes that "
				 "hold it");
	return init_home(c, a, f);
}

static const struct option_row option[] = {
	{ "from", 0, "DIR", false, N_("the folder that trac backup wrote, instead of the peers") },
	{ "keys", 0, "DIR", false, N_("the copies of sign.key and link.key, and of a hub's cosign.key") },
	{ "network", 0, "NAME", false, N_("authority: the network that it founded") },
	{ "authority", 0, "VKEY", false, N_("hub, workshop: the authority's key, or a file with it") },
	{ "name", 0, "NAME", false, N_("the member's short name: envie-strasbourg") },
	{ "title", 0, "TEXT", false, N_("the name that people read") },
	{ "structure", 0, "ID", false, N_("SIRET or RNA") },
	{ "commune", 0, "INSEE", false, N_("INSEE code of the seat") },
	{ "listen", 0, "HOST:PORT", false, N_("accept links here; else the node only dials out") },
	{ "address", 0, "HOST:PORT", false, N_("where others reach it, when not as --listen says") },
	{ "http", 0, "HOST:PORT", false, N_("health, metrics and the logs; 127.0.0.1:0 picks a port") },
	{ "peer", 0, "KEYHEX@HOST:PORT", true, N_("dial this node: its join address; repeatable") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_restore = {
	.name = "restore", .operands = "[authority|hub|workshop]",
	.summary = N_("make the home of a lost node anew from its keys"),
	.manual = N_("Its log comes back from its peers, or with --from out of a backup, whose settings\n"
		     "it then takes. Until the peers have answered it records and looks up, and\n"
		     "publishes nothing. Events that neither had received are lost."),
	.json = "{\"home\", \"network\", \"member\", \"authority_vkey\", \"sign_vkey\",\n"
		" \"join_address\": string}",
	.option = option, .least = 0, .most = 1, .run = run,
};
