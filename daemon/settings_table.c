/* The rows of the table of settings, and how one value is checked. */
#include "daemon/settings_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "proto/log/policy.h"
#include "proto/wire/bytes.h"

#define FIELD(name) offsetof(struct settings, name), sizeof ((struct settings *)0)->name

/* --- what a text must look like --- */

static bool is_port(const char *text, long least)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 5 || text[digits] != '\0')
		return false;
	long port = strtol(text, NULL, 10);
	return port >= least && port <= 65535;
}

/* host:port, [v6]:port or, where any is allowed, *:port */
static bool is_host_port(const char *text, long least_port, bool any)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.-_";
	size_t host;
	if (*text == '[') {
		host = strspn(text + 1, "0123456789abcdefABCDEF:.");
		if (host == 0 || text[1 + host] != ']')
			return false;
		host += 2;
	} else if (any && *text == '*') {
		host = 1;
	} else {
		host = strspn(text, name);
	}
	return host > 0 && text[host] == ':' && is_port(text + host + 1, least_port);
}

static bool is_listen(const char *text)
{
	return *text == '\0' ||
	       (strncmp(text, "tcp://", 6) == 0 && is_host_port(text + 6, 0, true));
}

static bool is_address(const char *text)
{
	return *text == '\0' ||
	       (strncmp(text, "tcp://", 6) == 0 && is_host_port(text + 6, 1, false));
}

static bool is_http(const char *text)
{
	if (*text == '\0')
		return true;
	return is_host_port(text, 0, false) &&
	       (strncmp(text, "127.", 4) == 0 || strncmp(text, "[::1]:", 6) == 0 ||
		strncmp(text, "localhost:", 10) == 0);
}

static bool is_commune(const char *text)
{
	size_t size = strlen(text);
	return size == 0 ||
	       (size == COMMUNE_SIZE && strspn(text, "0123456789AB") == COMMUNE_SIZE);
}

static bool is_folder(const char *text)
{
	return *text == '\0' || *text == '/';
}

/* key@host:port */
static bool read_peer(struct peer_address *to, const char *text)
{
	char key[2 * LINK_KEY_SIZE + 1];
	const char *at = strchr(text, '@');
	if (!at || at - text != 2 * LINK_KEY_SIZE || !is_host_port(at + 1, 1, false) ||
	    strlen(at + 1) + strlen("tcp://") > ADDRESS_MAX)
		return false;
	memcpy(key, text, sizeof key - 1);
	key[sizeof key - 1] = '\0';
	if (hex_read(to->key, LINK_KEY_SIZE, key) < 0)
		return false;
	memcpy(to->address, "tcp://", 6);
	memcpy(to->address + 6, at + 1, strlen(at + 1) + 1);
	return true;
}

/* --- the table --- */

static const char *const roles[] = { "authority", "hub", "workshop", NULL };
static const char *const levels[] = { "bug", "alert", "note", "trace", NULL };

const struct setting settings_table[] = {
	{ "member", SETTING_TEXT, "bytes", 1, MEMBER_NAME_MAX, NULL, "envie-strasbourg",
	  "Name of this member in the network; its log is NETWORK/MEMBER",
	  "1 to 63 of a-z, 0-9 and single inner hyphens",
	  NULL, 0, member_name_is_valid, FIELD(member) },
	{ "role", SETTING_CHOICE, "", 1, 1, NULL, "workshop",
	  "What this node is: the authority that admits members, a hub that holds all logs "
	  "and keeps figures, or a workshop",
	  "authority, hub or workshop", roles, 1, NULL, FIELD(role) },
	{ "title", SETTING_TEXT, "bytes", 0, TITLE_MAX, "", NULL,
	  "The name that people read",
	  "up to 127 bytes of UTF-8 without control characters",
	  NULL, 0, NULL, FIELD(title) },
	{ "structure", SETTING_TEXT, "bytes", 0, TEXT_MAX, "", NULL,
	  "SIRET or RNA number of the legal body",
	  "up to 128 bytes of UTF-8 without control characters",
	  NULL, 0, NULL, FIELD(structure) },
	{ "commune", SETTING_TEXT, "bytes", 0, COMMUNE_SIZE, "", NULL,
	  "INSEE code of the commune of the seat",
	  "5 digits, A or B in Corsica, or nothing",
	  NULL, 0, is_commune, FIELD(commune) },
	{ "listen", SETTING_TEXT, "bytes", 0, ADDRESS_MAX, "", NULL,
	  "Where other nodes may connect; nothing: this node only dials out, as behind NAT",
	  "tcp://host:port, tcp://*:port for every interface, port 0 for any, or nothing",
	  NULL, 0, is_listen, FIELD(listen) },
	{ "address", SETTING_TEXT, "bytes", 0, ADDRESS_MAX, "", NULL,
	  "The address under which others reach this node; told to the network at admission",
	  "tcp://host:port, or nothing",
	  NULL, 0, is_address, FIELD(address) },
	{ "http", SETTING_TEXT, "bytes", 0, ADDRESS_MAX, "", NULL,
	  "Where health, metrics and the logs are served, on this machine only; nothing: not at all",
	  "127.0.0.1:port, [::1]:port or localhost:port, port 0 for any, or nothing",
	  NULL, 0, is_http, FIELD(http) },
	{ "peers", SETTING_PEERS, "peers", 0, DIALS_MAX, "", NULL,
	  "Nodes to connect to; the first contact with a network needs one, "
	  "the member log names the others",
	  "a list of \"KEY@host:port\", at most 16, KEY being the 64 hex digits of the peer's "
	  "link key",
	  NULL, 0, NULL, FIELD(peer) },
	{ "fence", SETTING_TEXT, "bytes", 0, 255, "", NULL,
	  "Folder of the fence, the note of what was last signed, which no backup of the home "
	  "may hold; nothing: the folder HOME.fence beside the home",
	  "an absolute path outside of the home, or nothing",
	  NULL, 0, is_folder, FIELD(fence) },
	{ "hubs_to_dial", SETTING_NUMBER, "hubs", 0, DIALS_MAX, "2", NULL,
	  "How many hubs of the member log to connect to beside the peers named",
	  "a number from 0 to 16", NULL, 0, NULL, FIELD(hubs_to_dial) },
	{ "net_memory_mib", SETTING_NUMBER, "MiB", 32, 65536, "256", NULL,
	  "Memory that tracd-net may take; what it asks for beyond ends it, "
	  "and it is started again",
	  "a number from 32 to 65536", NULL, 0, NULL, FIELD(net_memory_mib) },
	{ "log_level", SETTING_CHOICE, "", 1, 1, "note", NULL,
	  "The least urgent lines that are logged",
	  "bug, alert, note or trace", levels, LOG_BUG, NULL, FIELD(log_level) },
	{ "witness_policy", SETTING_NUMBER, "hubs", 0, POLICY_MAX, "1", NULL,
	  "How many hubs must vouch for a log before trac says so without a warning; "
	  "0 asks for none",
	  "a number from 0 to 16", NULL, 0, NULL, FIELD(witness_policy) },
	{ "witness_log", SETTING_VKEYS, "logs", 0, WITNESS_LOGS_MAX, "", NULL,
	  "Logs outside of the network that this hub cosigns when it is asked over HTTP at "
	  "/witness/add-checkpoint; those of the network need no mention",
	  "a list of C2SP public keys \"NAME+ID+BASE64\" of Ed25519, at most 16, each NAME being "
	  "the origin of its log",
	  NULL, 0, NULL, FIELD(witness_log) },
};
const unsigned settings_count = sizeof settings_table / sizeof settings_table[0];

/* --- taking a value --- */

static bool take_text(const struct setting *t, char *to, const char *value)
{
	size_t size = strlen(value);
	if (size < (size_t)t->least || size > (size_t)t->most || size >= t->room ||
	    !text_is_clean(value, size) || (t->is_valid && !t->is_valid(value)))
		return false;
	memcpy(to, value, size + 1);
	return true;
}

static bool take_number(const struct setting *t, unsigned *to, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	if (digits == 0 || digits > 9 || value[digits] != '\0')
		return false;
	long number = strtol(value, NULL, 10);
	if (number < t->least || number > t->most)
		return false;
	*to = (unsigned)number;
	return true;
}

static bool take_choice(const struct setting *t, unsigned *to, const char *value)
{
	for (unsigned i = 0; t->choice[i]; i++) {
		if (strcmp(t->choice[i], value) == 0) {
			*to = t->first + i;
			return true;
		}
	}
	return false;
}

static bool take_peer(const struct setting *t, struct settings *s, const char *value)
{
	if (s->peer_count >= (unsigned)t->most || !read_peer(&s->peer[s->peer_count], value))
		return false;
	s->peer_count++;
	return true;
}

/* An origin twice would have two keys, and the second never be looked at. */
static bool take_vkey(const struct setting *t, struct settings *s, const char *value)
{
	struct verifier *v = &s->witness_log[s->witness_log_count];
	struct fault f;

	if (s->witness_log_count >= (unsigned)t->most || verifier_parse(v, value, &f) < 0 ||
	    v->type != KEY_ED25519)
		return false;
	for (unsigned i = 0; i < s->witness_log_count; i++) {
		if (!strcmp(s->witness_log[i].name, v->name))
			return false;
	}
	s->witness_log_count++;
	return true;
}

bool setting_is_list(const struct setting *t)
{
	return t->type == SETTING_PEERS || t->type == SETTING_VKEYS;
}

bool setting_take(const struct setting *t, struct settings *s, const char *value)
{
	void *field = (char *)s + t->offset;
	switch (t->type) {
	case SETTING_TEXT:
		return take_text(t, field, value);
	case SETTING_NUMBER:
		return take_number(t, field, value);
	case SETTING_CHOICE:
		return take_choice(t, field, value);
	case SETTING_PEERS:
		return take_peer(t, s, value);
	case SETTING_VKEYS:
		return take_vkey(t, s, value);
	}
	return false;
}
