/*
 * Taking new keys. The link key goes first, and is synced there: a crash between the two
 * leaves the next signing key, and the start finishes what was begun.
 */
#include "daemon/rekey.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/transport.h"
#include "daemon/writer.h"
#include "proto/log/secret.h"
#include "store/folder.h"
#include "store/keyfile.h"

/* how the alerts begin, by which they are taken back */
#define WAITS "new keys"
#define SIGN_KEY "keys/sign.key"
#define LINK_KEY "keys/link.key"

static void key_path(const struct node *n, const char *name, char *out, size_t room)
{
	snprintf(out, room, "%s/keys/%s", n->settings.home, name);
}

static bool is_there(const struct node *n, const char *name)
{
	char path[sizeof n->settings.home + 32];

	key_path(n, name, path, sizeof path);
	return access(path, F_OK) == 0;
}

static struct signer *read_signer(const struct node *n, const char *file, const char *name,
				  struct fault *f)
{
	char path[sizeof n->settings.home + 32];
	struct signer *s;
	uint8_t seed[32];

	key_path(n, file, path, sizeof path);
	if (keyfile_read(path, seed, f) < 0)
		return NULL;
	s = signer_create(name, KEY_ED25519, seed, f);
	secret_wipe(seed, sizeof seed);
	return s;
}

struct signer *rekey_next(const struct node *n, const char *name, struct fault *f)
{
	return read_signer(n, "sign.key.next", name, f);
}

/* Does the member log name another one than this node signs with? An old copy of keys/, or
 * the name is another's: nobody takes what it signs, and tells it so. */
static bool is_other_key(const struct node *n)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);

	return m && memcmp(m->key.key, signer_verifier(n->signer)->key, KEY_SIZE);
}

static bool was_replaced(const struct node *n)
{
	const struct verifier *v;

	for (unsigned i = 0; (v = registry_past_key(n->registry, &n->log, i)) != NULL; i++) {
		if (!memcmp(v->key, signer_verifier(n->signer)->key, KEY_SIZE))
			return true;
	}
	return false;
}

static bool is_other_link_key(const struct node *n)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);
	uint8_t key[LINK_KEY_SIZE];
	struct fault f;

	return m && transport_public_key(n, key, &f) == 0 &&
	       memcmp(m->link_key, key, sizeof key) && memcmp(m->last_link_key, key, sizeof key);
}

bool rekey_may_sign(const struct node *n)
{
	return !n->rotating && !is_other_key(n);
}

/* Recording and looking up go on: only the operator can bring the right ones. */
static void weigh_keys(struct node *n)
{
	if (!is_other_key(n))
		node_calm(n, SIGN_KEY);
	if (!is_other_link_key(n))
		node_calm(n, LINK_KEY);
	if (was_replaced(n))
		node_calm(n, SIGN_KEY " is not");
	if (is_other_key(n) && was_replaced(n))
		node_alert(n, SIGN_KEY " was replaced by a later key of this node: nothing is signed "
			   "with it, events are recorded and not published; put the newest copy of "
			   "keys/ back and start tracd again");
	else if (is_other_key(n))
		node_alert(n, SIGN_KEY " is not the key that the member log, as far as it is here, "
			   "names for this node: nothing is signed with it, events are recorded and "
			   "not published; unless its keys were just changed, put the right copy of "
			   "keys/ back and start tracd again");
	if (is_other_link_key(n))
		node_alert(n, LINK_KEY " is not the key that the member log, as far as it is here, "
			   "names for this node: others refuse its links; put the newest copy of "
			   "keys/ back and start tracd again");
}

static int sync_keys(const struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 32];

	key_path(n, "", path, sizeof path);
	return folder_sync_path(path, f);
}

static int take_file(const struct node *n, const char *from, const char *to, struct fault *f)
{
	char old[sizeof n->settings.home + 32], path[sizeof n->settings.home + 32];

	key_path(n, from, old, sizeof old);
	key_path(n, to, path, sizeof path);
	if (!is_there(n, from))
		return 0;
	if (rename(old, path) < 0)
		return fault_set(f, FAULT_IO, "%s: cannot take the place of %s", old, path);
	return sync_keys(n, f);
}

static int take_signers(struct node *n, struct fault *f)
{
	struct signer *own = read_signer(n, "sign.key", n->origin, f);
	struct signer *members = NULL;

	if (own && n->member_signer)
		members = read_signer(n, "sign.key", registry_verifier(n->registry)->name, f);
	if (!own || (n->member_signer && !members)) {
		signer_destroy(own);
		return -1;
	}
	signer_destroy(n->signer);
	n->signer = own;
	if (members) {
		signer_destroy(n->member_signer);
		n->member_signer = members;
	}
	return 0;
}

static int take(struct node *n, struct fault *f)
{
	char path[sizeof n->settings.home + 32];
	uint8_t secret[32];
	int rc;

	if (take_file(n, "link.key.next", "link.key", f) < 0 ||
	    take_file(n, "sign.key.next", "sign.key", f) < 0 || take_signers(n, f) < 0)
		return -1;
	key_path(n, "link.key", path, sizeof path);
	rc = keyfile_read(path, secret, f);
	if (rc == 0)
		rc = transport_rekey(n, secret, f);
	secret_wipe(secret, sizeof secret);
	if (rc < 0)
		return -1;
	n->rotating = false;
	node_calm(n, WAITS);
	log_line(LOG_NOTE, "new keys: the member log names them, and they are used from here on");
	return 0;
}

bool rekey_is_named(const struct node *n)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);
	struct fault f;
	struct signer *next = m && is_there(n, "sign.key.next") ?
		rekey_next(n, n->origin, &f) : NULL;
	bool is = next && !memcmp(signer_verifier(next)->key, m->key.key, KEY_SIZE);

	signer_destroy(next);
	return is;
}

void rekey_look(struct node *n)
{
	if (n->writer)
		writer_settle(n);
	n->rotating = is_there(n, "sign.key.next");
	node_calm(n, WAITS);
	if (n->rotating)
		node_alert(n, WAITS " wait in keys/ until the authority names them (trac member "
			   "rotate writes the request); until then events are recorded and not "
			   "published");
	weigh_keys(n);
}

int rekey_open(struct node *n, struct fault *f)
{
	if (rekey_is_named(n) && take(n, f) < 0)
		return -1;
	rekey_look(n);
	return 0;
}

static void on_rest(evutil_socket_t fd, short what, void *ctx)
{
	struct node *n = ctx;
	struct fault f = { 0 };

	(void)fd;
	(void)what;
	if (n->stopping)
		return;
	node_set_dials(n);
	transport_update(n);
	if (n->rotating && rekey_is_named(n) && take(n, &f) < 0) {
		node_die(n, &f);
		return;
	}
	weigh_keys(n);
	core_hold(n->core, !rekey_may_sign(n));
	engine_log_changed(n, &n->log);
}

void rekey_follow(struct node *n)
{
	static const struct timeval now = { 0, 0 };

	/* not from within a step of the core: it ends links, some before their last word */
	event_base_once(n->base, -1, EV_TIMEOUT, on_rest, n, &now);
}
