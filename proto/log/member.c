/* Names, addresses and fields of members: one place for what is acceptable. */
#include "proto/log/member.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char host_set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";

/* A run of lower-case letters and digits with single inner hyphens, up to end. */
static bool is_label(const char *at, const char *end)
{
	while (at < end) {
		const size_t run = strspn(at, lower);

		if (run == 0)
			return false;
		at += run;
		if (at == end)
			return true;
		if (*at++ != '-')
			return false;
	}
	return false;
}

bool member_name_is_valid(const char *name)
{
	const size_t length = strnlen(name, MEMBER_NAME_MAX + 1);

	/* <network>/members is the origin of the member log itself */
	return length <= MEMBER_NAME_MAX && is_label(name, name + length) &&
	       strcmp(name, "members") != 0;
}

bool network_name_is_valid(const char *name)
{
	const size_t length = strnlen(name, NETWORK_MAX + 1);
	const char *dot;

	if (length > NETWORK_MAX)
		return false;
	for (; (dot = strchr(name, '.')); name = dot + 1) {
		if (!is_label(name, dot))
			return false;
	}
	return is_label(name, name + strlen(name));
}

static bool is_port(const char *text)
{
	const size_t digits = strspn(text, "0123456789");
	unsigned port = 0;

	if (digits == 0 || digits > 5 || text[digits] != '\0' || text[0] == '0')
		return false;
	for (; *text; text++)
		port = 10 * port + (unsigned)(*text - '0');
	return port <= 65535;
}

/* host, or [IPv6], then :port. Nothing is resolved: that it is a name suffices. */
static bool is_host_and_port(const char *text)
{
	const bool literal = *text == '[';
	const char *host = literal ? text + 1 : text;
	const size_t size = strspn(host, literal ? "0123456789abcdefABCDEF:." : host_set);
	const char *rest = host + size;

	if (size == 0)
		return false;
	if (literal && *rest++ != ']')
		return false;
	return *rest == ':' && is_port(rest + 1);
}

bool address_is_valid(const char *address)
{
	const size_t length = strnlen(address, ADDRESS_MAX + 1);

	if (length > ADDRESS_MAX || !text_is_clean(address, length) || strchr(address, ' '))
		return false;
	if (strncmp(address, "ipc://", 6) == 0)
		return length > 6;
	return strncmp(address, "tcp://", 6) == 0 && is_host_and_port(address + 6);
}

/* INSEE: five digits; Corsica has 2A and 2B in the first two. */
static bool is_commune(const char *text)
{
	static const char digits[] = "0123456789";

	if (text[0] == '2' && (text[1] == 'A' || text[1] == 'B'))
		return strlen(text) == COMMUNE_SIZE && strspn(text + 2, digits) == 3;
	return strlen(text) == COMMUNE_SIZE && strspn(text, digits) == COMMUNE_SIZE;
}

void epoch_origin(const char *network, const char *name, unsigned epoch,
		  char out[ORIGIN_MAX + 1])
{
	if (epoch > 1)
		snprintf(out, ORIGIN_MAX + 1, "%s/%s/%u", network, name, epoch);
	else
		snprintf(out, ORIGIN_MAX + 1, "%s/%s", network, name);
}

const char *member_reference(const char *name, unsigned epoch, uint64_t index,
			     char out[REFERENCE_MAX])
{
	if (epoch > 1)
		snprintf(out, REFERENCE_MAX, "%s/%u/%" PRIu64, name, epoch, index);
	else
		snprintf(out, REFERENCE_MAX, "%s/%" PRIu64, name, index);
	return out;
}

int member_text(char *to, size_t room, const char *text, const char *what, struct fault *f)
{
	const size_t length = text ? strnlen(text, room) : 0;

	if (length == room)
		return fault_set(f, FAULT_INPUT, "%s is longer than %zu bytes: shorten it", what,
				 room - 1);
	if (length > 0 && !text_is_clean(text, length))
		return fault_set(f, FAULT_INPUT, "%s is not UTF-8 or holds control characters: "
				 "correct it", what);
	memset(to, 0, room);
	if (length > 0)
		memcpy(to, text, length);
	return 0;
}

int member_addresses(struct member *m, size_t count, char *const *address, struct fault *f)
{
	if (count > MEMBER_ADDRESSES_MAX)
		return fault_set(f, FAULT_INPUT, "%zu addresses are given, at most %d are kept: "
				 "drop some", count, MEMBER_ADDRESSES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!address_is_valid(address[i]))
			return fault_set(f, FAULT_INPUT, "address %zu is not tcp://host:port or "
					 "ipc://path of at most %d bytes: correct it", i + 1,
					 ADDRESS_MAX);
	}
	memset(m->address, 0, sizeof m->address);
	for (size_t i = 0; i < count; i++)
		memcpy(m->address[i], address[i], strlen(address[i]));
	m->address_count = (unsigned)count;
	return 0;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i < size; i++)
		any |= bytes[i];
	return any == 0;
}

static int check_fields(const struct member *m, struct fault *f)
{
	if (m->role < TRAC__ROLE__AUTHORITY || m->role > TRAC__ROLE__WORKSHOP)
		return fault_set(f, FAULT_INPUT, "the role of \"%s\" is %u, which is none of "
				 "authority, hub and workshop: correct it", m->name, m->role);
	if (is_zero(m->link_key, LINK_KEY_SIZE))
		return fault_set(f, FAULT_INPUT, "the link key of \"%s\" is all zero: give the real "
				 "one", m->name);
	if (m->cosigns && m->role != TRAC__ROLE__HUB)
		return fault_set(f, FAULT_INPUT, "\"%s\" is no hub and has a cosigning key: only "
				 "hubs vouch for others; ask without it", m->name);
	if (m->cosigns && is_zero(m->cosign_key, KEY_SIZE))
		return fault_set(f, FAULT_INPUT, "the cosigning key of \"%s\" is all zero: give the "
				 "real one", m->name);
	if (m->commune[0] && !is_commune(m->commune))
		return fault_set(f, FAULT_INPUT, "the commune of \"%s\" is \"%s\", not an INSEE code "
				 "of five characters: correct it", m->name, m->commune);
	if (!text_is_clean(m->structure, strlen(m->structure)) ||
	    !text_is_clean(m->title, strlen(m->title)))
		return fault_set(f, FAULT_INPUT, "the structure or title of \"%s\" is not UTF-8 or "
				 "holds control characters: correct it", m->name);
	if (m->address_count > MEMBER_ADDRESSES_MAX)
		return fault_set(f, FAULT_INPUT, "\"%s\" has %u addresses, at most %d are kept: drop "
				 "some", m->name, m->address_count, MEMBER_ADDRESSES_MAX);
	for (unsigned i = 0; i < m->address_count; i++) {
		if (!address_is_valid(m->address[i]))
			return fault_set(f, FAULT_INPUT, "address %u of \"%s\" is not tcp://host:port "
					 "or ipc://path: correct it", i + 1, m->name);
	}
	return 0;
}

int member_complete(struct member *m, const char *network,
		    const uint8_t key[KEY_SIZE], struct fault *f)
{
	int length;

	if (!network_name_is_valid(network))
		return fault_set(f, FAULT_INPUT, "the name of the network is not lower-case labels "
				 "joined by dots, at most %d characters: correct it", NETWORK_MAX);
	if (!member_name_is_valid(m->name))
		return fault_set(f, FAULT_INPUT, "the name of the member is not 1 to %d of a-z, 0-9 "
				 "and single inner hyphens, or is \"members\": choose another",
				 MEMBER_NAME_MAX);
	if (check_fields(m, f))
		return -1;
	length = snprintf(m->origin, sizeof m->origin, "%s/%s", network, m->name);
	assert(length > 0 && (size_t)length < sizeof m->origin);
	(void)length;
	if (verifier_init(&m->key, m->origin, KEY_ED25519, key, f))
		return -1;
	/* C2SP tlog-cosignature wants a distinct key per cosigner */
	if (m->cosigns && memcmp(m->cosign_key, key, KEY_SIZE) == 0)
		return fault_set(f, FAULT_INPUT, "\"%s\" cosigns with the key of its own log: make a "
				 "key for that alone", m->name);
	log_id_of(m->origin, &m->log);
	m->epoch = 1;
	m->revoked_from = REVOKED_NEVER;
	return 0;
}

void member_lasting_name(const struct member *m, char out[ORIGIN_MAX + 1])
{
	const char *network_end = strchr(m->origin, '/');
	int length;

	assert(network_end);
	length = snprintf(out, ORIGIN_MAX + 1, "%.*s/%s", (int)(network_end - m->origin), m->origin,
			  m->name);
	assert(length > 0 && length <= ORIGIN_MAX);
	(void)length;
}

bool member_cosigner(const struct member *m, struct verifier *out)
{
	char name[ORIGIN_MAX + 1];
	struct fault f;

	member_lasting_name(m, name);
	return m->cosigns && verifier_init(out, name, KEY_COSIGNATURE, m->cosign_key, &f) == 0;
}

int member_from(struct member *m, const char *network, const Trac__Member *message,
		struct fault *f)
{
	memset(m, 0, sizeof *m);
	if (!message)
		return fault_set(f, FAULT_INPUT, "the statement names no member: write it again");
	if (member_text(m->name, sizeof m->name, message->name, "the name of the member", f) ||
	    member_text(m->structure, sizeof m->structure, message->structure,
			"the structure of the member", f) ||
	    member_text(m->commune, sizeof m->commune, message->commune,
			"the commune of the member", f) ||
	    member_text(m->title, sizeof m->title, message->title, "the title of the member", f) ||
	    member_addresses(m, message->n_address, message->address, f))
		return -1;
	if (!message->has_sign_key || message->sign_key.len != KEY_SIZE)
		return fault_set(f, FAULT_INPUT, "the signing key of \"%s\" is not %d bytes: ask for "
				 "a new request", m->name, KEY_SIZE);
	if (!message->has_link_key || message->link_key.len != LINK_KEY_SIZE)
		return fault_set(f, FAULT_INPUT, "the link key of \"%s\" is not %d bytes: ask for a "
				 "new request", m->name, LINK_KEY_SIZE);
	memcpy(m->link_key, message->link_key.data, LINK_KEY_SIZE);
	m->cosigns = message->has_cosign_key;
	if (m->cosigns && message->cosign_key.len != KEY_SIZE)
		return fault_set(f, FAULT_INPUT, "the cosigning key of \"%s\" is not %d bytes: ask "
				 "for a new request", m->name, KEY_SIZE);
	if (m->cosigns)
		memcpy(m->cosign_key, message->cosign_key.data, KEY_SIZE);
	m->role = message->has_role ? (unsigned)message->role : TRAC__ROLE__ROLE_UNSPECIFIED;
	return member_complete(m, network, message->sign_key.data, f);
}

/* protobuf-c has no const: packing only reads. */
static char *text_or_null(const char *text)
{
	return text[0] ? (char *)text : NULL;
}

void member_to(struct member_message *to, const struct member *m)
{
	Trac__Member *message = &to->message;

	assert(m->address_count <= MEMBER_ADDRESSES_MAX);
	trac__member__init(message);
	message->name = (char *)m->name;
	message->has_role = 1;
	message->role = (Trac__Role)m->role;
	message->has_sign_key = message->has_link_key = 1;
	message->sign_key = (ProtobufCBinaryData){ KEY_SIZE, (uint8_t *)m->key.key };
	message->link_key = (ProtobufCBinaryData){ LINK_KEY_SIZE, (uint8_t *)m->link_key };
	message->has_cosign_key = m->cosigns;
	message->cosign_key = (ProtobufCBinaryData){ KEY_SIZE, (uint8_t *)m->cosign_key };
	for (unsigned i = 0; i < m->address_count; i++)
		to->address[i] = (char *)m->address[i];
	message->n_address = m->address_count;
	message->address = to->address;
	message->structure = text_or_null(m->structure);
	message->commune = text_or_null(m->commune);
	message->title = text_or_null(m->title);
}
