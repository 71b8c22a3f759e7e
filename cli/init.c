/* trac init: a new node's home: keys, settings, the authority's public key. */
#include "cli/init.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/home.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/statement.h"
#include "cli/verb.h"
#include "cli/world.h"
#include "store/keyfile.h"

#define CONF_MAX 16384
#define MADE_MAX 10

struct plan {
	struct home home;
	struct verifier authority;
	const char *http;
	char listen_text[ADDRESS_MAX + 1];
	char vkey[VKEY_TEXT_MAX];
	char sign_vkey[VKEY_TEXT_MAX];
	uint8_t seed[KEY_SEED_SIZE], link[LINK_KEY_SIZE], cosign[KEY_SEED_SIZE];
	/* what was made here, to be taken away again when something fails */
	char made[MADE_MAX][PATH_MAX];
	unsigned made_count;
	bool resumes;            /* a restore that was interrupted is begun again */
};

static int plan_role(struct plan *p, const char *word, struct fault *f)
{
	unsigned *role = &p->home.self.role;
	if (!strcmp(word, "authority"))
		*role = TRAC__ROLE__AUTHORITY;
	else if (!strcmp(word, "hub"))
		*role = TRAC__ROLE__HUB;
	else if (!strcmp(word, "workshop"))
		*role = TRAC__ROLE__WORKSHOP;
	else
		return fault_set(f, FAULT_USAGE, "\"%s\": a node is an authority, a hub or a "
				 "workshop", word);
	return 0;
}

static int plan_network(struct plan *p, const struct arguments *a, struct fault *f)
{
	const char *network = given(a, "network"), *key = given(a, "authority");
	bool founds = p->home.self.role == TRAC__ROLE__AUTHORITY;
	if (founds && (!network || key))
		return fault_set(f, FAULT_USAGE, "an authority founds a network: give it a name "
				 "with --network, for example fne.example");
	if (!founds && (!key || network))
		return fault_set(f, FAULT_USAGE, "a hub or workshop joins a network: give the "
				 "authority's public key with --authority");
	if (!founds) {
		bool file = access(key, R_OK) == 0;
		return (file ? authority_read : authority_parse)(key, &p->authority,
								 p->home.network, f);
	}
	if (!network_name_is_valid(network))
		return fault_set(f, FAULT_USAGE, "\"%s\" is no network name: lower-case labels "
				 "joined by dots, 1 to %d characters", network, NETWORK_MAX);
	snprintf(p->home.network, sizeof p->home.network, "%s", network);
	return 0;
}

static int plan_text(char *to, size_t most, const struct arguments *a, const char *option,
		     struct fault *f)
{
	const char *text = given(a, option);
	size_t size = text ? strlen(text) : 0;
	if (size > most || !text_is_clean(text ? text : "", size))
		return fault_set(f, FAULT_USAGE, "--%s is longer than %zu bytes or holds control "
				 "characters", option, most);
	memcpy(to, text ? text : "", size + 1);
	return 0;
}

/* tracd is the judge of what can be listened on: *:PORT and port 0 are accepted there. */
static int plan_listen(struct plan *p, const struct arguments *a, struct fault *f)
{
	const char *text = given(a, "listen");
	if (!text)
		return 0;
	bool scheme = !strncmp(text, "tcp://", 6);
	int size = snprintf(p->listen_text, sizeof p->listen_text, "%s%s", scheme ? "" : "tcp://",
			    text);
	const char *port = strrchr(text, ':');
	size_t digits = port ? strspn(port + 1, "0123456789") : 0;
	if (size <= ADDRESS_MAX && digits && digits <= 5 && !port[1 + digits]
	    && !strpbrk(text, " \"\\"))
		return 0;
	return fault_set(f, FAULT_USAGE, "--listen \"%s\" is not HOST:PORT", text);
}

static bool is_wildcard(const char *listen)
{
	static const char *const any[] = { "tcp://*:", "tcp://0.0.0.0:", "tcp://[::]:" };
	for (unsigned i = 0; i < sizeof any / sizeof *any; i++) {
		if (!strncmp(listen, any[i], strlen(any[i])))
			return true;
	}
	return false;
}

static int plan_address(char *to, const struct arguments *a, const char *option, struct fault *f)
{
	const char *text = given(a, option);
	if (text && address_complete(text, to) < 0)
		return fault_set(f, FAULT_USAGE, "--%s \"%s\" is not HOST:PORT with a port of 1 "
				 "to 65535", option, text);
	return 0;
}

/* 64 hex digits, '@', HOST:PORT */
static int peer_check(const char *text, struct fault *f)
{
	uint8_t key[LINK_KEY_SIZE];
	char hex[2 * LINK_KEY_SIZE + 1], address[ADDRESS_MAX + 1];
	const char *at = strchr(text, '@');
	if (at && at - text == 2 * LINK_KEY_SIZE) {
		snprintf(hex, sizeof hex, "%s", text);
		if (hex_read(key, sizeof key, hex) == 0 && address_complete(at + 1, address) == 0)
			return 0;
	}
	return fault_set(f, FAULT_USAGE, "--peer \"%s\" is not KEYHEX@HOST:PORT: take the join "
			 "address that trac init printed on that node", text);
}

static int plan_peers(const struct arguments *a, struct fault *f)
{
	const char *peer;
	unsigned n = 0;
	for (; (peer = given_at(a, "peer", n)); n++) {
		if (peer_check(peer, f) < 0)
			return -1;
	}
	if (n > DIALS_MAX)
		return fault_set(f, FAULT_USAGE, "%u peers: at most %d are dialled", n, DIALS_MAX);
	return 0;
}

static int plan_read(struct plan *p, const struct arguments *a, struct fault *f)
{
	struct member *m = &p->home.self;
	const char *name = given(a, "name");
	if (plan_role(p, a->operand[0], f) < 0 || plan_network(p, a, f) < 0)
		return -1;
	if (!name || !member_name_is_valid(name))
		return fault_set(f, FAULT_USAGE, "--name %s: a member name is 1 to %d of a-z 0-9 "
				 "and single inner hyphens, and not \"members\"",
				 name ? name : "is missing", MEMBER_NAME_MAX);
	snprintf(m->name, sizeof m->name, "%s", name);
	if (plan_text(m->title, TITLE_MAX, a, "title", f) < 0
	    || plan_text(m->structure, TEXT_MAX, a, "structure", f) < 0
	    || plan_text(m->commune, COMMUNE_SIZE, a, "commune", f) < 0
	    || statement_names_check(m, f) < 0)
		return -1;
	size_t commune = strlen(m->commune);
	if (commune && (commune != COMMUNE_SIZE || strspn(m->commune, "0123456789AB") != commune))
		return fault_set(f, FAULT_USAGE, "--commune \"%s\" is no INSEE code of 5 "
				 "characters (not the postal code)", m->commune);
	p->http = given(a, "http");
	if (plan_listen(p, a, f) < 0 || plan_address(m->address[0], a, "address", f) < 0)
		return -1;
	/* where it listens is where others reach it, unless nobody could dial that */
	if (!given(a, "address") && (is_wildcard(p->listen_text)
				     || address_complete(p->listen_text, m->address[0]) < 0))
		m->address[0][0] = '\0';
	m->address_count = m->address[0][0] != '\0';
	return plan_peers(a, f);
}

static int read_keys(struct plan *p, const char *folder, struct fault *f)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%.4000s/sign.key", folder);
	if (keyfile_read(path, p->seed, f) < 0)
		return -1;
	snprintf(path, sizeof path, "%.4000s/link.key", folder);
	if (keyfile_read(path, p->link, f) < 0)
		return -1;
	snprintf(path, sizeof path, "%.4000s/cosign.key", folder);
	/* a hub of an earlier version had none */
	return p->home.self.role == TRAC__ROLE__HUB && access(path, F_OK) == 0 ?
		keyfile_read(path, p->cosign, f) : 0;
}

static int plan_keys(struct plan *p, const char *folder, struct fault *f)
{
	struct member *m = &p->home.self;
	char name[ORIGIN_MAX + 1];
	world_random(p->seed, sizeof p->seed);
	world_random(p->link, sizeof p->link);
	world_random(p->cosign, sizeof p->cosign);
	if (folder && read_keys(p, folder, f) < 0)
		return -1;
	link_key_public(p->link, m->link_key);
	snprintf(m->origin, sizeof m->origin, "%s/%s", p->home.network, m->name);
	snprintf(name, sizeof name, "%s/members", p->home.network);
	struct signer *own = signer_create(m->origin, KEY_ED25519, p->seed, f);
	struct signer *members = signer_create(name, KEY_ED25519, p->seed, f);
	int rc = own && members ? 0 : -1;
	if (rc == 0) {
		m->key = *signer_verifier(own);
		verifier_format(&m->key, p->sign_vkey);
		if (m->role == TRAC__ROLE__AUTHORITY)
			p->authority = *signer_verifier(members);
		verifier_format(&p->authority, p->vkey);
	}
	signer_destroy(own);
	signer_destroy(members);
	return rc;
}

/* A double-quoted string of libconfuse: it would take ${...} for a variable. */
static void write_quoted(struct buffer *out, const char *text)
{
	write_u8(out, '"');
	for (const char *t = text; *t; t++) {
		if (strchr("\"\\$", *t))
			write_u8(out, '\\');
		write_u8(out, (uint8_t)*t);
	}
	write_u8(out, '"');
}

static void write_setting(struct buffer *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	write_format(out, "%s = ", name);
	write_quoted(out, value);
	write_format(out, "\n");
}

static void conf_write(const struct plan *p, const struct arguments *a, struct buffer *out)
{
	const struct member *m = &p->home.self;
	write_format(out, "# Settings of this node, made by trac init. All of them: "
		     "tracd.conf(5).\n");
	write_setting(out, "member", m->name);
	write_setting(out, "role", a->operand[0]);
	write_setting(out, "title", m->title);
	write_setting(out, "structure", m->structure);
	write_setting(out, "commune", m->commune);
	write_setting(out, "listen", p->listen_text);
	write_setting(out, "address", m->address_count ? m->address[0] : "");
	write_setting(out, "http", p->http);
	const char *peer = given_at(a, "peer", 0);
	if (!peer)
		return;
	write_format(out, "peers = {");
	for (unsigned i = 0; (peer = given_at(a, "peer", i)); i++) {
		write_format(out, "%s", i ? ", " : "");
		write_quoted(out, peer);
	}
	write_format(out, "}\n");
}

/* HOME/NAME, remembered to be taken away on failure. */
static const char *making(struct plan *p, const char *home, const char *name)
{
	char *path = p->made[p->made_count];
	if (snprintf(path, PATH_MAX, "%s%s%s", home, *name ? "/" : "", name) >= PATH_MAX)
		return NULL;
	return path;
}

static int make_folder(struct plan *p, const char *home, const char *name, struct fault *f)
{
	const char *path = making(p, home, name);
	if (!path)
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", home);
	if (mkdir(path, 0700) == 0)
		p->made_count++;
	else if (errno != EEXIST || !p->resumes)
		return fault_set(f, FAULT_IO, "%s: cannot be made: %s", path, strerror(errno));
	return 0;
}

/* Settings come last, and the store is tracd's: without both, nothing ever ran there. */
static bool is_unfinished(struct plan *p, const char *home)
{
	static const char *const full[] = { "tracd.conf", "store/data.mdb" };
	struct stat s;
	for (unsigned i = 0; i < sizeof full / sizeof *full; i++) {
		const char *path = making(p, home, full[i]);
		if (!path || lstat(path, &s) == 0)
			return false;
	}
	return true;
}

/*
 * A home that is there already (made by the package, owned by the service's
 * user) is used when it is empty; files then belong to its owner. What a restore
 * left that was interrupted is gone on with: the keys are at hand again.
 */
static int home_prepare(struct plan *p, const char *home, bool restores, struct fault *f)
{
	static const char *const must_not[] = { "tracd.conf", "authority.vkey", "keys", "store" };
	struct stat s;
	if (lstat(home, &s) < 0)
		return make_folder(p, home, "", f);
	if (!S_ISDIR(s.st_mode))
		return fault_set(f, FAULT_REFUSED, "%s: is no folder", home);
	if (s.st_mode & S_IWOTH)
		return fault_set(f, FAULT_REFUSED, "%s: everybody may write there: chmod 700 %s",
				 home, home);
	const bool unfinished = is_unfinished(p, home);
	p->resumes = unfinished && restores;
	for (unsigned i = 0; !p->resumes && i < sizeof must_not / sizeof *must_not; i++) {
		const char *path = making(p, home, must_not[i]);
		if (path && lstat(path, &s) == 0 && unfinished)
			return fault_set(f, FAULT_REFUSED, "%s: is there already, from making a home "
					 "that was interrupted: move %s away, then begin again",
					 path, home);
		if (path && lstat(path, &s) == 0)
			return fault_set(f, FAULT_REFUSED, "%s: is there already: %s is a node's "
					 "home, and is never overwritten", path, home);
	}
	if (stat(home, &s) == 0 && geteuid() == 0 && s.st_uid != 0
	    && (setegid(s.st_gid) < 0 || seteuid(s.st_uid) < 0))
		return fault_set(f, FAULT_IO, "cannot become the owner of %s: %s", home,
				 strerror(errno));
	return 0;
}

static int make_key(struct plan *p, const char *home, const char *name, const uint8_t key[32],
		    struct fault *f)
{
	const char *path = making(p, home, name);
	uint8_t there[32];
	if (p->resumes && access(path, F_OK) == 0) {
		if (keyfile_read(path, there, f) < 0)
			return -1;
		bool same = !sodium_memcmp(there, key, sizeof there);
		sodium_memzero(there, sizeof there);
		return same ? 0 : fault_set(f, FAULT_REFUSED, "%s: another key is there already: no key "
					    "is ever overwritten", path);
	}
	if (keyfile_create(path, key, f) < 0)
		return -1;
	p->made_count++;
	return 0;
}

static int make_file(struct plan *p, const char *home, const char *name,
		     const struct buffer *b, struct fault *f)
{
	const char *path = making(p, home, name);
	if (file_write(path, (struct span){ b->data, b->used }, 0640,
		       p->resumes ? FILE_REPLACE : FILE_KEEP, f) < 0)
		return -1;
	p->made_count++;
	return 0;
}

/* Settings last: a home without them is no home. */
static int home_make(struct plan *p, const char *home, const struct arguments *a,
		     struct fault *f)
{
	struct buffer vkey, conf;
	buffer_init(&vkey, CONF_MAX);
	buffer_init(&conf, CONF_MAX);
	write_format(&vkey, "%s\n", p->vkey);
	conf_write(p, a, &conf);
	int rc = -1;
	if (strlen(home) > PATH_MAX - 64 || vkey.failed || conf.failed)
		fault_set(f, FAULT_USAGE, "the settings or the path of the home are too long");
	else if (home_prepare(p, home, given(a, "keys"), f) == 0
		 && make_folder(p, home, "keys", f) == 0
		 && make_folder(p, home, "store", f) == 0
		 && make_key(p, home, "keys/sign.key", p->seed, f) == 0
		 && make_key(p, home, "keys/link.key", p->link, f) == 0
		 && (p->home.self.role != TRAC__ROLE__HUB
		     || make_key(p, home, "keys/cosign.key", p->cosign, f) == 0)
		 && make_file(p, home, "authority.vkey", &vkey, f) == 0
		 && (!given(a, "keys") || make_file(p, home, "restored", &vkey, f) == 0)
		 && make_file(p, home, "tracd.conf", &conf, f) == 0)
		rc = 0;
	while (rc < 0 && p->made_count)
		remove(p->made[--p->made_count]);
	buffer_clear(&vkey);
	buffer_clear(&conf);
	return rc;
}

/* KEYHEX@host:port under which others dial this node; "" when it has no address. */
static void join_address(const struct plan *p, char out[ADDRESS_MAX + 80])
{
	const struct member *m = &p->home.self;
	char key[2 * LINK_KEY_SIZE + 1];
	hex_write(key, m->link_key, LINK_KEY_SIZE);
	const char *host = m->address[0];
	if (!strncmp(host, "tcp://", 6))
		host += 6;
	out[0] = '\0';
	if (m->address_count)
		snprintf(out, ADDRESS_MAX + 80, "%s@%s", key, host);
}

static int print_made(struct context *c, const struct plan *p, bool restored, struct fault *f)
{
	const struct member *m = &p->home.self;
	char join[ADDRESS_MAX + 80];
	join_address(p, join);
	if (c->json) {
		return json_print(c->out, json_pack(
			"{s:s, s:s, s:s, s:s, s:s, s:o}", "home", c->home, "network",
			p->home.network, "member", m->name, "authority_vkey", p->vkey,
			"sign_vkey", p->sign_vkey, "join_address", json_text(join)), f);
	}
	fprintf(c->out, _("network    %s\nmember     %s\nhome       %s\n"), p->home.network,
		m->name, c->home);
	fprintf(c->out, _("authority  %s\n"), p->vkey);
	fprintf(c->out, _("join       %s\n"), *join ? join : _("none: this node only dials out"));
	if (c->quiet)
		return 0;
	fprintf(c->out, _("next: start it with: tracd --home %s\n"), c->home);
	if (restored)
		return 0;
	if (m->role == TRAC__ROLE__AUTHORITY) {
		fprintf(c->out, _("then give hubs and workshops the authority and join lines\n"));
	} else {
		fprintf(c->out, _("then send the output of: trac --home %s member request\n"
				  "to the authority, which runs: trac member admit FILE\n"), c->home);
	}
	return 0;
}

int init_home(struct context *c, const struct arguments *a, struct fault *f)
{
	struct plan *p = calloc(1, sizeof *p);
	if (!p)
		return fault_set(f, FAULT_IO, "no memory");
	int rc = -1;
	if (plan_read(p, a, f) == 0 && plan_keys(p, given(a, "keys"), f) == 0 &&
	    home_make(p, c->home, a, f) == 0)
		rc = print_made(c, p, given(a, "keys") != NULL, f);
	sodium_memzero(p, sizeof *p);
	free(p);
	return rc;
}

static const struct option_row option[] = {
	{ "network", 0, "NAME", false, N_("authority: the network it founds, fne.example") },
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

const struct verb verb_init = {
	.name = "init", .operands = "authority|hub|workshop",
	.summary = N_("make a node: its folder, keys and settings"),
	.manual = N_("Makes the folder named by --home with mode 0700: tracd.conf, authority.vkey,\n"
		     "keys/ and store/. Never overwrites. Secret keys stay in keys/, mode 0600."),
	.json = "{\"home\", \"network\", \"member\", \"authority_vkey\", \"sign_vkey\",\n"
		" \"join_address\": string or null}",
	.option = option, .least = 1, .most = 1, .run = init_home,
};
