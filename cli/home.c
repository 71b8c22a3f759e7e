/* Reading a node's home. tracd.conf is read leniently: tracd is its judge. */
#include "cli/home.h"

#include <confuse.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/text.h"
#include "proto/log/fence.h"
#include "proto/log/policy.h"
#include "store/keyfile.h"

bool home_path(const char *home, const char *name, char out[PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/%s", home, name) < PATH_MAX;
}

int authority_parse(const char *text, struct verifier *v, char network[NETWORK_MAX + 1],
		    struct fault *f)
{
	if (verifier_parse(v, text, f) < 0)
		return fault_prefix(f, "the authority's key");
	const char *slash = strchr(v->name, '/');
	size_t size = slash ? (size_t)(slash - v->name) : 0;
	if (!slash || strcmp(slash, "/members") || size > NETWORK_MAX || v->type != KEY_ED25519) {
		return fault_set(f, FAULT_CONFIG, "the authority's key is named \"%s\", not "
				 "NETWORK/members: take the line that trac init authority printed",
				 v->name);
	}
	memcpy(network, v->name, size);
	network[size] = '\0';
	if (!network_name_is_valid(network)) {
		return fault_set(f, FAULT_CONFIG, "the authority's key names the network \"%s\", "
				 "which is no network name", network);
	}
	return 0;
}

int authority_read(const char *path, struct verifier *v, char network[NETWORK_MAX + 1],
		   struct fault *f)
{
	struct buffer b;
	buffer_init(&b, VKEY_TEXT_MAX + 2);
	int rc = file_read(path, &b, f);
	write_u8(&b, 0);
	if (rc == 0 && b.failed)
		rc = fault_set(f, FAULT_CONFIG, "%s: is longer than a key", path);
	if (rc == 0) {
		char *text = (char *)b.data;
		text[strcspn(text, "\r\n")] = '\0';
		rc = authority_parse(text, v, network, f);
		if (rc < 0)
			fault_prefix(f, "%s", path);
	}
	buffer_clear(&b);
	return rc;
}

int home_authority(const char *home, struct verifier *v, char network[NETWORK_MAX + 1],
		   struct fault *f)
{
	char path[PATH_MAX];
	if (!home_path(home, "authority.vkey", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	if (access(path, R_OK) < 0) {
		return fault_set(f, FAULT_CONFIG, "%s: cannot be read: is %s a node's home? "
				 "choose one with --home or make one with trac init", path, home);
	}
	return authority_read(path, v, network, f);
}

static void quiet(cfg_t *cfg, const char *fmt, va_list args)
{
	(void)cfg;
	(void)fmt;
	(void)args;
}

int address_complete(const char *text, char out[ADDRESS_MAX + 1])
{
	bool scheme = strstr(text, "://") != NULL;
	int size = snprintf(out, ADDRESS_MAX + 1, "%s%s", scheme ? "" : "tcp://", text);
	return size <= ADDRESS_MAX && address_is_valid(out) ? 0 : -1;
}

static int copy_text(char *to, size_t room, cfg_t *cfg, const char *setting, struct fault *f)
{
	const char *from = cfg_getstr(cfg, setting);
	if (snprintf(to, room, "%s", from ? from : "") < (int)room)
		return 0;
	return fault_set(f, FAULT_CONFIG, "%s is longer than %zu bytes", setting, room - 1);
}

static int role_parse(const char *word, unsigned *role)
{
	static const char *const name[] = {
		[TRAC__ROLE__AUTHORITY] = "authority",
		[TRAC__ROLE__HUB] = "hub",
		[TRAC__ROLE__WORKSHOP] = "workshop",
	};
	for (unsigned i = TRAC__ROLE__AUTHORITY; i <= TRAC__ROLE__WORKSHOP; i++) {
		if (word && !strcmp(word, name[i])) {
			*role = i;
			return 0;
		}
	}
	return -1;
}

static int member_fill(struct member *m, cfg_t *cfg, struct fault *f)
{
	*m = (struct member){ .revoked_from = REVOKED_NEVER };
	const char *name = cfg_getstr(cfg, "member");
	if (!name || !member_name_is_valid(name))
		return fault_set(f, FAULT_CONFIG, "member is missing or no member name");
	snprintf(m->name, sizeof m->name, "%s", name);
	if (role_parse(cfg_getstr(cfg, "role"), &m->role) < 0)
		return fault_set(f, FAULT_CONFIG, "role is not authority, hub or workshop");
	if (copy_text(m->title, sizeof m->title, cfg, "title", f) < 0
	    || copy_text(m->structure, sizeof m->structure, cfg, "structure", f) < 0
	    || copy_text(m->commune, sizeof m->commune, cfg, "commune", f) < 0)
		return -1;
	const char *address = cfg_getstr(cfg, "address");
	if (!address || !*address)
		return 0;
	if (address_complete(address, m->address[0]) < 0)
		return fault_set(f, FAULT_CONFIG, "address \"%s\" is not HOST:PORT", address);
	m->address_count = 1;
	return 0;
}

static int conf_read(const char *path, struct member *m, struct fault *f)
{
	cfg_opt_t option[] = {
		CFG_STR("member", NULL, CFGF_NONE), CFG_STR("role", NULL, CFGF_NONE),
		CFG_STR("title", NULL, CFGF_NONE), CFG_STR("structure", NULL, CFGF_NONE),
		CFG_STR("commune", NULL, CFGF_NONE), CFG_STR("address", NULL, CFGF_NONE),
		CFG_STR("__unknown", NULL, CFGF_NONE),   /* takes what trac does not read */
		CFG_END(),
	};
	cfg_t *cfg = cfg_init(option, CFGF_IGNORE_UNKNOWN);
	if (!cfg)
		return fault_set(f, FAULT_IO, "no memory to read %s", path);
	cfg_set_error_function(cfg, quiet);
	int parsed = cfg_parse(cfg, path);
	int rc = parsed == CFG_SUCCESS ? member_fill(m, cfg, f)
		: fault_set(f, FAULT_CONFIG, "cannot be read: tracd -n says what is wrong in it");
	if (rc < 0)
		fault_prefix(f, "%s", path);
	cfg_free(cfg);
	return rc;
}

void home_commune(const char *home, char out[COMMUNE_SIZE + 1])
{
	char path[PATH_MAX];
	struct member m;
	struct fault f;
	bool read = home_path(home, "tracd.conf", path) && conf_read(path, &m, &f) == 0;
	snprintf(out, COMMUNE_SIZE + 1, "%s", read ? m.commune : "");
}

void home_member(const char *folder, char out[MEMBER_NAME_MAX + 1])
{
	char path[PATH_MAX];
	struct member m;
	struct fault f;
	bool read = home_path(folder, "tracd.conf", path) && conf_read(path, &m, &f) == 0;
	snprintf(out, MEMBER_NAME_MAX + 1, "%s", read ? m.name : "");
}

void home_fence(const char *home, char out[PATH_MAX])
{
	cfg_opt_t option[] = {
		CFG_STR("fence", NULL, CFGF_NONE),
		CFG_STR("__unknown", NULL, CFGF_NONE),
		CFG_END(),
	};
	cfg_t *cfg = cfg_init(option, CFGF_IGNORE_UNKNOWN);
	char path[PATH_MAX];
	fence_folder(out, PATH_MAX, home, "");
	if (!cfg)
		return;
	cfg_set_error_function(cfg, quiet);
	if (home_path(home, "tracd.conf", path) && cfg_parse(cfg, path) == CFG_SUCCESS &&
	    cfg_getstr(cfg, "fence"))
		fence_folder(out, PATH_MAX, home, cfg_getstr(cfg, "fence"));
	cfg_free(cfg);
}

void link_key_public(const uint8_t secret[LINK_KEY_SIZE], uint8_t out[LINK_KEY_SIZE])
{
	crypto_scalarmult_base(out, secret);
}

static int link_key_read(const char *home, uint8_t out[LINK_KEY_SIZE], struct fault *f)
{
	char path[PATH_MAX];
	uint8_t secret[LINK_KEY_SIZE];
	if (!home_path(home, "keys/link.key", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	if (keyfile_read(path, secret, f) < 0)
		return -1;
	link_key_public(secret, out);
	sodium_memzero(secret, sizeof secret);
	return 0;
}

/* Of a hub that has one: homes made before hubs cosigned have none. */
static int cosign_key_read(const char *home, struct member *m, struct fault *f)
{
	char path[PATH_MAX];
	uint8_t seed[KEY_SEED_SIZE];
	if (m->role != TRAC__ROLE__HUB || !home_path(home, "keys/cosign.key", path)
	    || access(path, F_OK) < 0)
		return 0;
	if (keyfile_read(path, seed, f) < 0)
		return -1;
	struct signer *s = signer_create(m->origin, KEY_COSIGNATURE, seed, f);
	sodium_memzero(seed, sizeof seed);
	if (!s)
		return -1;
	m->cosigns = true;
	memcpy(m->cosign_key, signer_verifier(s)->key, KEY_SIZE);
	signer_destroy(s);
	return 0;
}

int home_policy(const char *home, unsigned *need, struct fault *f)
{
	char path[PATH_MAX];
	cfg_opt_t option[] = {
		CFG_STR("witness_policy", NULL, CFGF_NONE), CFG_STR("__unknown", NULL, CFGF_NONE),
		CFG_END(),
	};
	*need = POLICY_DEFAULT;
	cfg_t *cfg = home_path(home, "tracd.conf", path) && access(path, R_OK) == 0
		? cfg_init(option, CFGF_IGNORE_UNKNOWN) : NULL;
	if (!cfg)
		return 0;
	cfg_set_error_function(cfg, quiet);
	int rc = cfg_parse(cfg, path) == CFG_SUCCESS ? 0
		: fault_set(f, FAULT_CONFIG, "%s: it cannot be read as settings: tracd -n says why",
			    path);
	const char *text = rc == 0 ? cfg_getstr(cfg, "witness_policy") : NULL;
	if (text && !policy_read(text, need))
		rc = fault_set(f, FAULT_CONFIG, "%s: witness_policy is \"%.40s\": accepted is a number "
			       "from 0 to %d", path, safe(text), POLICY_MAX);
	cfg_free(cfg);
	return rc;
}

int home_read(const char *home, struct home *h, struct fault *f)
{
	char path[PATH_MAX];
	*h = (struct home){ 0 };
	if (home_authority(home, &h->authority, h->network, f) < 0)
		return -1;
	if (!home_path(home, "tracd.conf", path))
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	if (conf_read(path, &h->self, f) < 0 || link_key_read(home, h->self.link_key, f) < 0)
		return -1;
	snprintf(h->self.origin, sizeof h->self.origin, "%s/%s", h->network, h->self.name);
	log_id_of(h->self.origin, &h->self.log);
	struct signer *s = home_signer(home, h, f);
	if (!s)
		return -1;
	h->self.key = *signer_verifier(s);
	signer_destroy(s);
	return cosign_key_read(home, &h->self, f);
}

struct signer *home_signer(const char *home, const struct home *h, struct fault *f)
{
	char path[PATH_MAX];
	uint8_t seed[KEY_SEED_SIZE];
	if (!home_path(home, "keys/sign.key", path)) {
		fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
		return NULL;
	}
	if (keyfile_read(path, seed, f) < 0)
		return NULL;
	struct signer *s = signer_create(h->self.origin, KEY_ED25519, seed, f);
	sodium_memzero(seed, sizeof seed);
	return s;
}
