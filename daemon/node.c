/* Opening and closing what a node holds, in one visible order. */
#include "daemon/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/attachments.h"
#include "daemon/clock.h"
#include "daemon/commitments.h"
#include "daemon/control.h"
#include "daemon/cosigner.h"
#include "daemon/derive.h"
#include "daemon/engine.h"
#include "daemon/epoch.h"
#include "daemon/fence.h"
#include "daemon/letters.h"
#include "daemon/log.h"
#include "daemon/membership.h"
#include "daemon/petitions.h"
#include "daemon/recorder.h"
#include "daemon/rekey.h"
#include "daemon/transport.h"
#include "daemon/web.h"
#include "daemon/writer.h"
#include "proto/log/secret.h"
#include "store/keyfile.h"

/* Sockets at 1, commits at 2, idle work at 3; 0 is for stopping. */
#define PRIORITIES 4

static int read_key(const struct node *n, const char *name, uint8_t key[32], struct fault *f)
{
	char path[sizeof n->settings.home + 32];

	snprintf(path, sizeof path, "%s/keys/%s", n->settings.home, name);
	return keyfile_read(path, key, f);
}

static int open_signers(struct node *n, struct fault *f)
{
	bool authority = n->settings.role == TRAC__ROLE__AUTHORITY;
	const struct verifier *v = &n->settings.authority;
	uint8_t seed[32];

	if (read_key(n, "sign.key", seed, f) < 0)
		return -1;
	n->signer = signer_create(n->origin, KEY_ED25519, seed, f);
	if (authority)
		n->member_signer = signer_create(v->name, KEY_ED25519, seed, f);
	secret_wipe(seed, sizeof seed);
	if (!n->signer || (authority && !n->member_signer))
		return -1;
	return 0;
}

int node_check(struct node *n, struct fault *f)
{
	uint8_t secret[32];
	int rc;

	snprintf(n->origin, sizeof n->origin, "%s/%s", n->settings.network, n->settings.member);
	rc = open_signers(n, f);
	if (rc == 0)
		rc = cosigner_open(n, f);
	if (rc == 0)
		rc = read_key(n, "link.key", secret, f);
	secret_wipe(secret, sizeof secret);
	signer_destroy(n->signer);
	signer_destroy(n->member_signer);
	signer_destroy(n->cosigner);
	return rc;
}

static int open_transport(struct node *n, struct fault *f)
{
	uint8_t secret[32];
	int rc;

	if (read_key(n, "link.key", secret, f) < 0)
		return -1;
	rc = transport_create(n, secret, f);
	secret_wipe(secret, sizeof secret);
	return rc;
}

static int open_store(struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 32];

	snprintf(path, sizeof path, "%s/store", n->settings.home);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return fault_set(f, FAULT_IO, "%s: cannot make the folder: %s", path, strerror(errno));
	n->store = store_open(path, STORE_WRITE, f);
	return n->store ? 0 : -1;
}

/* The link keys of the settings' peers, as they are now. */
static void dial_keys(const struct node *n, uint8_t key[DIALS_MAX][LINK_KEY_SIZE])
{
	for (unsigned i = 0; i < n->settings.peer_count; i++) {
		const uint8_t *named = n->settings.peer[i].key;
		const struct member *m = registry_by_link_key(n->registry, named);

		memcpy(key[i], m ? m->link_key : named, LINK_KEY_SIZE);
	}
}

void node_set_dials(struct node *n)
{
	uint8_t key[DIALS_MAX][LINK_KEY_SIZE];

	dial_keys(n, key);
	core_set_dials(n->core, key, n->settings.peer_count);
}

int node_make_core(struct node *n, struct fault *f)
{
	uint8_t key[DIALS_MAX][LINK_KEY_SIZE];
	const struct core_config c = {
		.member = n->settings.member, .network = n->settings.network,
		.scope = 3, .dial_count = n->settings.peer_count,
		.dial_key = key, .dial_members = n->settings.hubs_to_dial,
		.doubt = n->doubt, .fence_size = fence_own_size(n),
		.fence_members = fence_members_size(n), .authority = n->member_signer != NULL,
		.cosigns = n->cosigner != NULL,
		/* dice for whom to greet: the start differs, that is enough */
		.seed = (uint64_t)clock_wall_ms() ^ get_u64(signer_verifier(n->signer)->key),
	};

	dial_keys(n, key);
	n->core = core_create(&c, n->registry);
	if (!n->core)
		return fault_set(f, FAULT_FULL, "no memory for the core");
	core_hold(n->core, !rekey_may_sign(n));
	return 0;
}

int node_open(struct node *n, struct fault *f)
{
	const struct figures_rules rules = { membership_author, n, membership_closed };

	n->started_ms = clock_wall_ms();
	snprintf(n->origin, sizeof n->origin, "%s/%s", n->settings.network, n->settings.member);
	log_id_of(n->origin, &n->log);
	n->restored = fence_is_restored(n);
	n->base = event_base_new();
	if (!n->base || event_base_priority_init(n->base, PRIORITIES) < 0)
		return fault_set(f, FAULT_FULL, "no memory for the event loop");
	if (open_signers(n, f) < 0 || cosigner_open(n, f) < 0 || open_store(n, f) < 0 ||
	    open_transport(n, f) < 0 ||
	    membership_open(n, f) < 0 || epoch_open(n, f) < 0 || rekey_open(n, f) < 0 ||
	    fence_open(n, f) < 0)
		return -1;
	n->index = index_create(n->store, f);
	if (!n->index)
		return -1;
	n->figures = figures_create(n->store, n->index, rules);
	if (!n->figures)
		return fault_set(f, FAULT_FULL, "no memory for the figures");
	if (node_make_core(n, f) < 0 || writer_create(n, f) < 0 || recorder_create(n, f) < 0 ||
	    derive_create(n, f) < 0 || engine_create(n, f) < 0 || web_create(n, f) < 0)
		return -1;
	if (attachments_create(n, f) < 0)
		return -1;
	if (commitments_create(n, f) < 0)
		return -1;
	if (letters_create(n, f) < 0 || petitions_create(n, f) < 0)
		return -1;
	epoch_follow(n);
	return 0;
}

void node_close(struct node *n)
{
	control_destroy(n);
	if (n->writer && n->recorder && !store_is_dead(n->store))
		writer_commit(n);
	petitions_destroy(n);
	letters_destroy(n);
	commitments_destroy(n);
	attachments_destroy(n);
	web_destroy(n);
	transport_destroy(n);
	engine_destroy(n);
	derive_destroy(n);
	recorder_destroy(n);
	writer_destroy(n);
	core_destroy(n->core);
	figures_destroy(n->figures);
	index_destroy(n->index);
	fence_close(n);
	epoch_close(n);
	registry_destroy(n->registry);
	store_close(n->store);
	signer_destroy(n->signer);
	signer_destroy(n->member_signer);
	signer_destroy(n->cosigner);
	if (n->base)
		event_base_free(n->base);
}

int node_reload(struct node *n, struct fault *f)
{
	struct settings fresh, *now = &n->settings;

	if (settings_load(&fresh, now->home, f) < 0)
		return -1;
	if (strcmp(fresh.member, now->member) || fresh.role != now->role ||
	    strcmp(fresh.network, now->network) || strcmp(fresh.listen, now->listen) ||
	    strcmp(fresh.http, now->http) || fresh.net_memory_mib != now->net_memory_mib ||
	    fresh.hubs_to_dial != now->hubs_to_dial)
		log_line(LOG_NOTE, "reload: member, role, network, listen, http, net_memory_mib and "
			 "hubs_to_dial take effect at the next start");
	now->peer_count = fresh.peer_count;
	memcpy(now->peer, fresh.peer, sizeof now->peer);
	now->log_level = fresh.log_level;
	now->witness_policy = fresh.witness_policy;
	n->few_due_ms = 0;    /* counted by another policy */
	now->witness_log_count = fresh.witness_log_count;
	memcpy(now->witness_log, fresh.witness_log, sizeof now->witness_log);
	log_init("tracd", now->log_level);
	n->alert_count = 0;   /* read and acted on; what still holds is said again */
	rekey_look(n);
	core_hold(n->core, !rekey_may_sign(n));
	node_set_dials(n);
	transport_update(n);
	log_line(LOG_NOTE, "settings read again: %u peers", now->peer_count);
	return 0;
}

void node_stop(struct node *n, int code)
{
	n->stopping = true;
	if (code > n->exit_code)
		n->exit_code = code;
	event_base_loopexit(n->base, NULL);
}

void node_die(struct node *n, const struct fault *f)
{
	log_line(LOG_ALERT, "%s; stopping: nothing is published after a failed write, "
		 "a start reads what is true", f->text);
	node_stop(n, fault_exit(FAULT_IO));
}

void node_alert(struct node *n, const char *sentence)
{
	for (unsigned i = 0; i < n->alert_count; i++) {
		if (!strcmp(n->alert[i], sentence))
			return;
	}
	log_line(LOG_ALERT, "%s", sentence);
	if (n->alert_count == ALERTS_MAX)
		memmove(n->alert[0], n->alert[1], sizeof n->alert - sizeof n->alert[0]);
	else
		n->alert_count++;
	snprintf(n->alert[n->alert_count - 1], sizeof n->alert[0], "%s", sentence);
}

void node_calm(struct node *n, const char *what)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n->alert_count; i++) {
		if (what[0] && !strncmp(n->alert[i], what, strlen(what)))
			continue;
		memmove(n->alert[kept++], n->alert[i], sizeof n->alert[0]);
	}
	n->alert_count = kept;
}
