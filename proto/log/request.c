/* Requests for admission, and petitions of hubs for them. */
#include "proto/log/request.h"

#include <stdio.h>
#include <string.h>

#include "proto/log/member.h"
#include "proto/log/request_inside.h"

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

static void write_fields(struct buffer *out, const char *network, const struct member *m)
{
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

int request_role(const struct member *m, struct fault *f)
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

	if (member_complete(&full, network, signer_verifier(s)->key, f) || request_role(&full, f))
		return -1;
	if (strcmp(full.origin, signer_verifier(s)->name))
		return fault_set(f, FAULT_INPUT, "the request of \"%s\" would be signed under the name "
				 "\"%s\": use the key of that member", full.origin,
				 signer_verifier(s)->name);
	buffer_init(&text, NOTE_BYTES_MAX);
	write_format(&text, REQUEST_FIRST_LINE "\n");
	write_fields(&text, network, &full);
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

int request_begin(struct note *n, struct span note, const char *line, const char *what,
		  struct fault *f)
{
	const size_t size = strlen(line);
	struct span *text = &n->text;

	if (note_parse(n, note, f))
		return -1;
	if (text->size <= size || memcmp(text->data, line, size) || text->data[size] != '\n')
		return fault_set(f, FAULT_INPUT, "the first line is not \"%s\": this is no %s, or one "
				 "of a newer version", line, what);
	text->data += size + 1;
	text->size -= size + 1;
	return 0;
}

int request_signed(const struct note *n, const char *name, const uint8_t key[KEY_SIZE],
		   const char *which, struct fault *f)
{
	struct verifier v;
	int known;

	if (verifier_init(&v, name, KEY_ED25519, key, f))
		return -1;
	known = note_check(n, &v, f);
	if (known == 0)
		return fault_set(f, FAULT_UNPROVED, "the request of \"%s\" is not signed by its %s key: "
				 "have it written again", name, which);
	return known < 0 ? -1 : 0;
}

static int parse_fields(struct draft *d, struct span text, struct fault *f)
{
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
	if (request_begin(&n, note, REQUEST_FIRST_LINE, "request for admission", f))
		return -1;
	if (parse_fields(&d, n.text, f) || note_parse(&n, note, f))
		return -1;
	if (member_complete(m, d.network, d.sign_key, f) || request_role(m, f))
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

/* --- petitions --- */

static void petition_text(struct buffer *out, const char *network, const char *hub,
			  const struct member *m)
{
	write_format(out, PETITION_FIRST_LINE "\nhub %s\n", hub);
	write_fields(out, network, m);
}

int petition_write(struct buffer *out, const char *network, const struct member *hub,
		   const struct member *m, const struct signer *s, struct fault *f)
{
	struct buffer text;
	int rc;

	if (m->role != TRAC__ROLE__WORKSHOP || !member_may_admit(hub, m->commune))
		return fault_set(f, FAULT_REFUSED, "\"%s\" of commune %s is no workshop of a region "
				 "that was delegated to \"%s\": send the request to the authority",
				 m->name, m->commune[0] ? m->commune : "unknown", hub->name);
	buffer_init(&text, NOTE_BYTES_MAX);
	petition_text(&text, network, hub->name, m);
	rc = text.failed ? fault_set(f, FAULT_FULL, "no memory for the petition: free some") :
		note_sign(out, (struct span){ text.data, text.used }, s, f);
	buffer_clear(&text);
	return rc;
}

int petition_open(struct span note, char network[NETWORK_MAX + 1], struct petition *p,
		  struct fault *f)
{
	struct draft d = { .member = &p->member };
	char hub[REQUEST_VALUE_MAX + 1];
	uint8_t bytes[4 + SIGNATURE_SIZE];
	struct note n;

	memset(p, 0, sizeof *p);
	if (request_begin(&n, note, PETITION_FIRST_LINE, "petition", f) ||
	    request_line(&n.text, "hub", hub, f))
		return -1;
	if (!member_name_is_valid(hub))
		return request_bad("hub", f);
	memcpy(p->hub, hub, strlen(hub));
	if (parse_fields(&d, n.text, f) ||
	    member_complete(&p->member, d.network, d.sign_key, f))
		return -1;
	if (n.count != 1 || base64_read(bytes, sizeof bytes, (const char *)n.line[0].base64.data,
					n.line[0].base64.size) != (long)sizeof bytes)
		return fault_set(f, FAULT_UNPROVED, "the petition has not the one signature of its hub: "
				 "have it written again");
	memcpy(p->signature, bytes + 4, SIGNATURE_SIZE);
	memcpy(network, d.network, sizeof d.network);
	return 0;
}

int petition_check(const char *network, const struct member *hub, const struct member *m,
		   const uint8_t signature[SIGNATURE_SIZE], struct fault *f)
{
	struct buffer text;
	int rc;

	buffer_init(&text, NOTE_BYTES_MAX);
	petition_text(&text, network, hub->name, m);
	rc = text.failed ? fault_set(f, FAULT_FULL, "no memory for a petition: free some") :
		verifier_check(&hub->key, (struct span){ text.data, text.used }, signature);
	buffer_clear(&text);
	return rc;
}
