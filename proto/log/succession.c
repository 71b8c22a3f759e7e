/* Guardians and successions: their texts, their checks, their line on a checkpoint. */
#include "proto/log/succession.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/wire/unpack.h"

#define KEY_TEXT 44
#define LINE_HEAD "tracd-succession "
/* of the packed message: GUARDIANS_MAX keys and signatures, and their tags */
#define PACKED_MAX (GUARDIANS_MAX * (KEY_SIZE + SIGNATURE_SIZE + 16) + 512)

static void write_key(struct buffer *out, const char *what, const uint8_t key[KEY_SIZE])
{
	char text[KEY_TEXT + 1];

	base64_write(text, key, KEY_SIZE);
	write_format(out, "%s %s\n", what, text);
}

void guardians_text(const char *network, const struct guardians *g, struct buffer *out)
{
	write_format(out, "tracd-guardians/v1\nnetwork %s\nneeds %u\n", network, g->needs);
	for (unsigned i = 0; i < g->count; i++)
		write_key(out, "guardian", g->key[i]);
}

void succession_text(const char *network, const struct succession *s, struct buffer *out)
{
	write_format(out, "tracd-succession/v1\nnetwork %s\nfrom %" PRIu64 "\nown %" PRIu64 "\n",
		     network, s->from, s->own);
	write_key(out, "sign-key", s->sign_key);
	write_key(out, "link-key", s->link_key);
}

/* --- from messages --- */

static int guardians_form(struct guardians *g, const Trac__Guardians *m, struct fault *f)
{
	memset(g, 0, sizeof *g);
	if (!m || m->n_key == 0 || m->n_key > GUARDIANS_MAX || m->needs == 0 ||
	    m->needs > m->n_key)
		return fault_set(f, FAULT_INPUT, "guardians are 1 to %d keys, of which 1 to all are "
				 "needed: name them again", GUARDIANS_MAX);
	g->needs = m->needs;
	for (; g->count < m->n_key; g->count++) {
		const ProtobufCBinaryData *key = &m->key[g->count];

		if (key->len != KEY_SIZE)
			return fault_set(f, FAULT_INPUT, "the key of guardian %u is not %d bytes: name "
					 "the guardians again", g->count + 1, KEY_SIZE);
		for (unsigned i = 0; i < g->count; i++) {
			if (!memcmp(g->key[i], key->data, KEY_SIZE))
				return fault_set(f, FAULT_INPUT, "guardians %u and %u have one key, "
						 "which would count twice: name another", i + 1,
						 g->count + 1);
		}
		memcpy(g->key[g->count], key->data, KEY_SIZE);
	}
	if (!m->has_signature || m->signature.len != SIGNATURE_SIZE)
		return fault_set(f, FAULT_INPUT, "the guardians are not signed by the authority: name "
				 "them again");
	memcpy(g->signature, m->signature.data, SIGNATURE_SIZE);
	return 0;
}

int guardians_from(struct guardians *g, const Trac__Guardians *message, const char *network,
		   const struct verifier *authority, struct fault *f)
{
	struct buffer text;
	int rc;

	if (guardians_form(g, message, f))
		return -1;
	buffer_init(&text, NOTE_BYTES_MAX);
	guardians_text(network, g, &text);
	rc = text.failed ? -1 : verifier_check(authority, (struct span){ text.data, text.used },
					       g->signature);
	buffer_clear(&text);
	return rc ? fault_set(f, FAULT_UNPROVED, "the guardians are not signed by the key of the "
			      "authority: have it name them again") : 0;
}

static int succession_form(struct succession *s, const Trac__Succeed *m, struct fault *f)
{
	memset(s, 0, sizeof *s);
	if (!m || !m->has_from_index || !m->has_own_index || m->from_index > ENTRIES_MAX ||
	    m->own_index > ENTRIES_MAX || m->sign_key.len != KEY_SIZE ||
	    m->link_key.len != KEY_SIZE)
		return fault_set(f, FAULT_INPUT, "the succession does not say from which sizes on, and "
				 "with which keys: have it written again");
	s->from = m->from_index;
	s->own = m->own_index;
	memcpy(s->sign_key, m->sign_key.data, KEY_SIZE);
	memcpy(s->link_key, m->link_key.data, KEY_SIZE);
	if (m->n_signature > GUARDIANS_MAX)
		return fault_set(f, FAULT_INPUT, "the succession has %zu signatures, at most %d are "
				 "taken: leave some out", m->n_signature, GUARDIANS_MAX);
	return 0;
}

static bool signature_counts(const struct succession *s, const Trac__GuardianSignature *g,
			     const char *network, struct span text)
{
	char name[ORIGIN_MAX + 1];
	struct verifier v;
	struct fault f;

	if (!g->has_guardian || g->guardian >= s->guardians.count ||
	    g->signature.len != SIGNATURE_SIZE)
		return false;
	for (unsigned i = 0; i < s->count; i++) {
		if (s->signature[i].guardian == g->guardian)
			return false;
	}
	snprintf(name, sizeof name, "%s/guardian", network);
	return verifier_init(&v, name, KEY_ED25519, s->guardians.key[g->guardian], &f) == 0 &&
	       verifier_check(&v, text, g->signature.data) == 0;
}

int succession_from(struct succession *s, const Trac__Succeed *message, const char *network,
		    const struct guardians *g, struct fault *f)
{
	struct buffer text;

	if (succession_form(s, message, f))
		return -1;
	s->guardians = *g;
	buffer_init(&text, NOTE_BYTES_MAX);
	succession_text(network, s, &text);
	for (size_t i = 0; !text.failed && i < message->n_signature; i++) {
		const Trac__GuardianSignature *from = message->signature[i];

		if (!signature_counts(s, from, network, (struct span){ text.data, text.used }))
			continue;
		s->signature[s->count].guardian = from->guardian;
		memcpy(s->signature[s->count++].bytes, from->signature.data, SIGNATURE_SIZE);
	}
	buffer_clear(&text);
	if (g->needs == 0)
		return fault_set(f, FAULT_UNPROVED, "the authority has named no guardians: nobody can "
				 "name its next key");
	if (s->count < g->needs)
		return fault_set(f, FAULT_UNPROVED, "%u of the %u guardians that are needed have signed "
				 "the succession: have more of them sign it", s->count, g->needs);
	return 0;
}

void succession_verifier(const char *network, const struct succession *s, struct verifier *v)
{
	char name[ORIGIN_MAX + 1];
	struct fault f;

	/* a name that r or v had before: it cannot be refused */
	snprintf(name, sizeof name, "%s/members", network);
	(void)verifier_init(v, name, KEY_ED25519, s->sign_key, &f);
}

/* --- the line --- */

static ProtobufCBinaryData bytes_of(const uint8_t *bytes, size_t size)
{
	return (ProtobufCBinaryData){ size, (uint8_t *)bytes };
}

void succession_to(struct succession_message *p, const struct succession *s)
{
	const struct guardians *g = &s->guardians;

	trac__succession__init(&p->message);
	trac__guardians__init(&p->guardians);
	trac__succeed__init(&p->succeed);
	p->message.guardians = &p->guardians;
	p->message.succeed = &p->succeed;
	p->guardians.has_needs = p->guardians.has_signature = 1;
	p->guardians.needs = g->needs;
	p->guardians.signature = bytes_of(g->signature, SIGNATURE_SIZE);
	for (unsigned i = 0; i < g->count; i++)
		p->key[i] = bytes_of(g->key[i], KEY_SIZE);
	p->guardians.n_key = g->count;
	p->guardians.key = p->key;
	p->succeed.has_from_index = p->succeed.has_own_index = 1;
	p->succeed.has_sign_key = p->succeed.has_link_key = 1;
	p->succeed.from_index = s->from;
	p->succeed.own_index = s->own;
	p->succeed.sign_key = bytes_of(s->sign_key, KEY_SIZE);
	p->succeed.link_key = bytes_of(s->link_key, KEY_SIZE);
	for (unsigned i = 0; i < s->count; i++) {
		trac__guardian_signature__init(&p->signature[i]);
		p->signature[i].has_guardian = p->signature[i].has_signature = 1;
		p->signature[i].guardian = s->signature[i].guardian;
		p->signature[i].signature = bytes_of(s->signature[i].bytes, SIGNATURE_SIZE);
		p->list[i] = &p->signature[i];
	}
	p->succeed.n_signature = s->count;
	p->succeed.signature = p->list;
}

void succession_line(const struct succession *s, struct buffer *out)
{
	struct succession least = *s;
	char text[4 * ((PACKED_MAX + 2) / 3) + 1];
	struct succession_message p;
	struct buffer b;

	/* as few as are needed: every checkpoint carries it */
	least.count = least.count > least.guardians.needs ? least.guardians.needs : least.count;
	succession_to(&p, &least);
	buffer_init(&b, PACKED_MAX);
	pack(&p.message, &b);
	if (!b.failed) {
		base64_write(text, b.data, b.used);
		write_format(out, LINE_HEAD "%s\n", text);
	}
	buffer_clear(&b);
}

/* The next line of text that may be one, decoded: its size; 0: no more. */
static size_t next_line(struct span *text, uint8_t packed[PACKED_MAX])
{
	const size_t head = sizeof LINE_HEAD - 1;

	while (text->size > 0) {
		const uint8_t *line = text->data, *end = memchr(line, '\n', text->size);
		size_t size;
		long got;

		if (!end)
			return 0;
		size = (size_t)(end - line);
		text->data = end + 1;
		text->size -= size + 1;
		if (size <= head || memcmp(line, LINE_HEAD, head))
			continue;
		got = base64_read(packed, PACKED_MAX, (const char *)line + head, size - head);
		if (got > 0)
			return (size_t)got;
	}
	return 0;
}

/* Without a statement between, nobody can have named others. */
static bool may_name(const struct succession *s, uint64_t known_size,
		     const struct guardians *known)
{
	if (s->from == known_size && known_size > 0)
		return memcmp(known, &s->guardians, sizeof *known) == 0;
	return s->from >= known_size;
}

static void follow_one(struct span packed, const char *network, uint64_t size,
		       uint64_t known_size, const struct guardians *known, struct verifier *v)
{
	struct fault f;
	Trac__Succession *m = unpack(&trac__succession__descriptor, packed, UNPACK_STRICT, &f);
	struct guardians g;
	struct succession s;
	bool is = m && guardians_from(&g, m->guardians, network, v, &f) == 0 &&
		  succession_from(&s, m->succeed, network, &g, &f) == 0 && s.from < size &&
		  may_name(&s, known_size, known);

	if (is)
		succession_verifier(network, &s, v);
	unpack_free(m);
}

void succession_follow(struct span text, const char *network, uint64_t size, uint64_t known_size,
		       const struct guardians *known, struct verifier *v)
{
	uint8_t packed[PACKED_MAX];
	size_t got;

	for (unsigned i = 0; i < SUCCESSIONS_MAX && (got = next_line(&text, packed)) > 0; i++)
		follow_one((struct span){ packed, got }, network, size, known_size, known, v);
}
