/* Requests for admission, and the statements with which the authority answers. */
#include "proto/log/request.h"

#include <stdio.h>
#include <string.h>

#include "proto/log/member.h"
#include "proto/wire/unpack.h"

#define REQUEST_FIRST_LINE "tracd-request/v1"
#define KEY_BASE64_SIZE 44
/* longer than any value that is accepted */
#define VALUE_MAX 160

static const char *const request_roles[] = {
	[TRAC__ROLE__HUB] = "hub",
	[TRAC__ROLE__WORKSHOP] = "workshop",
};
#define ROLE_COUNT (sizeof request_roles / sizeof *request_roles)

/* --- writing --- */

static void write_line(struct buffer *out, const char *key, const char *value)
{
	if (value[0])
		write_format(out, "%s %s\n", key, value);
}

static void write_key(struct buffer *out, const char *key, const uint8_t bytes[KEY_SIZE])
{
	char base64[KEY_BASE64_SIZE + 1];

	base64_write(base64, bytes, KEY_SIZE);
	write_line(out, key, base64);
}

static void write_request(struct buffer *out, const char *network, const struct member *m)
{
	write_format(out, REQUEST_FIRST_LINE "\n");
	write_line(out, "network", network);
	write_line(out, "name", m->name);
	write_line(out, "role", request_roles[m->role]);
	write_key(out, "sign-key", m->key.key);
	write_key(out, "link-key", m->link_key);
	if (m->cosigns)
		write_key(out, "cosign-key", m->cosign_key);
	for (unsigned i = 0; i < m->address_count; i++)
		write_line(out, "address", m->address[i]);
	write_line(out, "structure", m->structure);
	write_line(out, "commune", m->commune);
	write_line(out, "title", m->title);
}

static int check_role(const struct member *m, struct fault *f)
{
	if (m->role >= ROLE_COUNT || !request_roles[m->role])
		return fault_set(f, FAULT_INPUT, "\"%s\" may ask to be a hub or a workshop only: "
				 "choose one of them", m->name);
	return 0;
}

int request_write(struct buffer *out, const char *network, const struct member *m,
		  const struct signer *s, struct fault *f)
{
	struct member full = *m;
	struct buffer text;
	int rc = -1;

	if (member_complete(&full, network, signer_verifier(s)->key, f) || check_role(&full, f))
		return -1;
	if (strcmp(full.origin, signer_verifier(s)->name))
		return fault_set(f, FAULT_INPUT, "the request of \"%s\" would be signed under the name "
				 "\"%s\": use the key of that member", full.origin,
				 signer_verifier(s)->name);
	buffer_init(&text, NOTE_BYTES_MAX);
	write_request(&text, network, &full);
	if (text.failed) {
		fault_set(f, FAULT_FULL, "no memory for the request of \"%s\": free some", full.name);
		goto out;
	}
	rc = note_sign(out, (struct span){ text.data, text.used }, s, f);
out:
	buffer_clear(&text);
	return rc;
}

/* --- reading --- */

struct draft {
	char network[NETWORK_MAX + 1];
	uint8_t sign_key[KEY_SIZE];
	struct member *member;
};

static int take_text(char *to, size_t room, const char *value)
{
	const size_t length = strlen(value);

	if (length >= room)
		return -1;
	memcpy(to, value, length + 1);
	return 0;
}

static int take_key(uint8_t key[KEY_SIZE], const char *value)
{
	return base64_read(key, KEY_SIZE, value, strlen(value)) == KEY_SIZE ? 0 : -1;
}

static int take_network(struct draft *d, const char *value)
{
	return take_text(d->network, sizeof d->network, value);
}

static int take_name(struct draft *d, const char *value)
{
	return take_text(d->member->name, sizeof d->member->name, value);
}

static int take_role(struct draft *d, const char *value)
{
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		if (request_roles[role] && strcmp(request_roles[role], value) == 0) {
			d->member->role = role;
			return 0;
		}
	}
	return -1;
}

static int take_sign_key(struct draft *d, const char *value)
{
	return take_key(d->sign_key, value);
}

static int take_link_key(struct draft *d, const char *value)
{
	return take_key(d->member->link_key, value);
}

static int take_cosign_key(struct draft *d, const char *value)
{
	d->member->cosigns = true;
	return take_key(d->member->cosign_key, value);
}

static int take_address(struct draft *d, const char *value)
{
	struct member *m = d->member;

	return take_text(m->address[m->address_count++], sizeof m->address[0], value);
}

static int take_structure(struct draft *d, const char *value)
{
	return take_text(d->member->structure, sizeof d->member->structure, value);
}

static int take_commune(struct draft *d, const char *value)
{
	return take_text(d->member->commune, sizeof d->member->commune, value);
}

static int take_title(struct draft *d, const char *value)
{
	return take_text(d->member->title, sizeof d->member->title, value);
}

/* The lines of a request, in this order. */
static const struct line_type {
	const char *key;
	unsigned least, most;
	int (*take)(struct draft *d, const char *value);
} line_types[] = {
	{ "network", 1, 1, take_network },
	{ "name", 1, 1, take_name },
	{ "role", 1, 1, take_role },
	{ "sign-key", 1, 1, take_sign_key },
	{ "link-key", 1, 1, take_link_key },
	{ "cosign-key", 0, 1, take_cosign_key },
	{ "address", 0, MEMBER_ADDRESSES_MAX, take_address },
	{ "structure", 0, 1, take_structure },
	{ "commune", 0, 1, take_commune },
	{ "title", 0, 1, take_title },
};
#define LINE_TYPES (sizeof line_types / sizeof *line_types)

/* Takes the line "KEY VALUE" off the text: 1 when it is there, 0 when the text
 * goes on otherwise, -1 when the value cannot be one. */
static int take_line(struct span *text, const char *key, char value[VALUE_MAX + 1])
{
	const size_t head = strlen(key) + 1;
	const uint8_t *newline;
	size_t size;

	if (text->size <= head || memcmp(text->data, key, head - 1) ||
	    text->data[head - 1] != ' ')
		return 0;
	newline = memchr(text->data, '\n', text->size);
	if (!newline || newline < text->data + head)
		return -1;
	size = (size_t)(newline - text->data) - head;
	if (size == 0 || size > VALUE_MAX)
		return -1;
	memcpy(value, text->data + head, size);
	value[size] = '\0';
	text->size -= head + size + 1;
	text->data = newline + 1;
	return 1;
}

static int parse_type(struct draft *d, struct span *text, const struct line_type *type,
		      struct fault *f)
{
	char value[VALUE_MAX + 1];
	unsigned seen = 0;
	int taken = 0;

	while (seen < type->most && (taken = take_line(text, type->key, value)) > 0) {
		if (type->take(d, value)) {
			taken = -1;
			break;
		}
		seen++;
	}
	if (taken < 0)
		return fault_set(f, FAULT_INPUT, "the line \"%s\" of the request is not as it must be: "
				 "have it written again", type->key);
	if (seen < type->least)
		return fault_set(f, FAULT_INPUT, "the request has no line \"%s\" where it belongs: "
				 "have it written again", type->key);
	return 0;
}

static int parse_request(struct draft *d, struct span text, struct fault *f)
{
	static const char first[] = REQUEST_FIRST_LINE "\n";
	const size_t size = sizeof first - 1;

	if (text.size < size || memcmp(text.data, first, size))
		return fault_set(f, FAULT_INPUT, "the first line is not \"" REQUEST_FIRST_LINE "\": "
				 "this is no request for admission, or one of a newer version");
	text.data += size;
	text.size -= size;
	for (size_t i = 0; i < LINE_TYPES; i++) {
		if (parse_type(d, &text, &line_types[i], f))
			return -1;
	}
	if (text.size > 0)
		return fault_set(f, FAULT_INPUT, "the request has a line that is unknown, repeated or "
				 "out of place: have it written again");
	return 0;
}

int request_open(struct span note, char network[NETWORK_MAX + 1],
		 struct member *m, struct fault *f)
{
	struct draft d = { .member = m };
	struct note n;
	int known;

	memset(m, 0, sizeof *m);
	if (note_parse(&n, note, f) || parse_request(&d, n.text, f))
		return -1;
	if (member_complete(m, d.network, d.sign_key, f) || check_role(m, f))
		return -1;
	known = note_check(&n, &m->key, f);
	if (known < 0)
		return -1;
	if (known == 0)
		return fault_set(f, FAULT_UNPROVED, "the request of \"%s\" is not signed by its own "
				 "key: have it written again", m->origin);
	memcpy(network, d.network, sizeof d.network);
	return 0;
}

/* --- statements --- */

static int write_statement(struct buffer *out, Trac__Statement *s, int64_t time_ms,
			   struct fault *f)
{
	s->has_time_ms = 1;
	s->time_ms = time_ms;
	pack(s, out);
	if (out->failed)
		return fault_set(f, FAULT_FULL, "no room for the statement: free some memory");
	return 0;
}

int admit_write(struct buffer *out, const struct member *m, int64_t time_ms, struct fault *f)
{
	struct member_message member;
	Trac__Admit admit = TRAC__ADMIT__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	if (check_role(m, f))
		return -1;
	member_to(&member, m);
	admit.member = &member.message;
	s.body_case = TRAC__STATEMENT__BODY_ADMIT;
	s.admit = &admit;
	return write_statement(out, &s, time_ms, f);
}

int found_write(struct buffer *out, const char *network, const struct member *m,
		int64_t time_ms, struct fault *f)
{
	struct member full = *m;
	struct member_message member;
	Trac__Found found = TRAC__FOUND__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	full.role = TRAC__ROLE__AUTHORITY;
	if (member_complete(&full, network, m->key.key, f))
		return -1;
	member_to(&member, &full);
	found.network = (char *)network;
	found.authority = &member.message;
	s.body_case = TRAC__STATEMENT__BODY_FOUND;
	s.found = &found;
	return write_statement(out, &s, time_ms, f);
}

int epoch_write(struct buffer *out, const struct epoch_request *q, int64_t time_ms,
		struct fault *f)
{
	Trac__Epoch epoch = TRAC__EPOCH__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	epoch.name = (char *)q->name;
	epoch.has_epoch = epoch.has_last_size = epoch.has_last_root = 1;
	epoch.epoch = q->epoch;
	epoch.last_size = q->size;
	epoch.last_root = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)q->root.b };
	s.body_case = TRAC__STATEMENT__BODY_EPOCH;
	s.epoch = &epoch;
	return write_statement(out, &s, time_ms, f);
}

int revoke_write(struct buffer *out, const char *name, uint64_t from_index,
		 unsigned reason, int64_t time_ms, struct fault *f)
{
	Trac__Revoke revoke = TRAC__REVOKE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	if (!member_name_is_valid(name))
		return fault_set(f, FAULT_INPUT, "the name to revoke is not that of a member: see the "
				 "list of members");
	if (reason > TRAC__REVOKE_REASON__MISBEHAVED)
		return fault_set(f, FAULT_INPUT, "the reason %u to revoke \"%s\" is unknown: choose "
				 "one of those listed", reason, name);
	revoke.name = (char *)name;
	revoke.has_from_index = 1;
	revoke.from_index = from_index;
	revoke.has_reason = 1;
	revoke.reason = (Trac__RevokeReason)reason;
	s.body_case = TRAC__STATEMENT__BODY_REVOKE;
	s.revoke = &revoke;
	return write_statement(out, &s, time_ms, f);
}
