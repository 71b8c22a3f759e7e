/* Asking for devices, and naming them. */
#include "cli/looked.h"

#include <string.h>

#include "cli/body.h"
#include "cli/client.h"
#include "cli/home.h"
#include "proto/log/policy.h"

static int fold(struct looked *k, const uint8_t authority_key[KEY_SIZE], struct fault *f)
{
	return view_open(&k->view, (struct span){ k->bytes.data, k->bytes.used }, authority_key, f);
}

int looked_ask(struct looked *k, const char *home, const char *query,
	       Trac__LookupScope scope, struct fault *f)
{
	struct verifier authority;
	char network[NETWORK_MAX + 1];
	struct client c;
	unsigned need = POLICY_DEFAULT;
	*k = (struct looked){ .bytes = { .max = BUNDLE_WIDE_BYTES_MAX } };
	if (strlen(query) > TEXT_MAX || !text_is_clean(query, strlen(query)))
		return fault_set(f, FAULT_USAGE, "what is looked up is text of at most %d bytes",
				 TEXT_MAX);
	if (home_authority(home, &authority, network, f) < 0 || client_open(&c, home, f) < 0)
		return -1;
	int rc = client_lookup(&c, query, scope, &k->bytes, &need, f);
	client_close(&c);
	if (rc == 0)
		rc = fold(k, authority.key, f);
	k->view.need = need;
	return rc;
}

int looked_read(struct looked *k, struct span bundle, const uint8_t authority_key[KEY_SIZE],
		struct fault *f)
{
	*k = (struct looked){ .bytes = { .max = BUNDLE_WIDE_BYTES_MAX } };
	write_bytes(&k->bytes, bundle.data, bundle.size);
	if (k->bytes.failed)
		return fault_set(f, FAULT_INPUT, "the bundle has %zu bytes: at most %d are read",
				 bundle.size, BUNDLE_WIDE_BYTES_MAX);
	return fold(k, authority_key, f);
}

void looked_clear(struct looked *k)
{
	view_clear(&k->view);
	buffer_clear(&k->bytes);
}

/* What people read on the case first. */
static int rank(const struct ident *i)
{
	if (ident_is_of_part(i->kind))
		return -1;
	if (i->kind == TRAC__IDENTIFIER_KIND__SERIAL)
		return 8 + i->strength;
	if (i->kind == TRAC__IDENTIFIER_KIND__LABEL)
		return 5 + i->strength;
	return i->strength;
}

int life_ident(const struct life *l)
{
	int best = -1;
	for (unsigned i = 0; i < l->ident_count; i++) {
		if (rank(&l->ident[i]) >= 0
		    && (best < 0 || rank(&l->ident[i]) > rank(&l->ident[best])))
			best = (int)i;
	}
	return best;
}

static int add_ident(const struct ident *i, struct fields *out, struct fault *f)
{
	const char *word = word_of(&trac__identifier_kind__descriptor, i->kind, false);
	bool label = i->kind == TRAC__IDENTIFIER_KIND__LABEL
		     || i->kind == TRAC__IDENTIFIER_KIND__ASSET_TAG;
	if (!word)
		return 0;
	/* one maker= and one scope= are of all identifiers of an event */
	if (*i->scope && fields_add(out, label ? "scope" : "maker", i->scope, f) < 0)
		return -1;
	return fields_add(out, word, i->value, f);
}

int life_fields(const struct life *l, struct fields *out, struct fault *f)
{
	int best = life_ident(l);
	if (best < 0)
		return fault_set(f, FAULT_INPUT, "the device has no identifier of its own: record "
				 "identified with a label first");
	if (l->ident[best].strength == STRONG)
		return add_ident(&l->ident[best], out, f);
	/* two of medium strength are as good as a strong one */
	for (unsigned i = 0; i < l->ident_count && i < EVENT_IDENTIFIERS_MAX; i++) {
		const struct ident *id = &l->ident[i];
		if (!ident_is_of_part(id->kind) && !*id->scope && add_ident(id, out, f) < 0)
			return -1;
	}
	bool there = out->count && !*l->ident[best].scope;
	return there ? 0 : add_ident(&l->ident[best], out, f);
}

void life_name(const struct life *l, bool french, struct buffer *out)
{
	int at = life_ident(l);
	if (at < 0) {
		write_format(out, "?");
		return;
	}
	const struct ident *i = &l->ident[at];
	identifier_words(word_label(&trac__identifier_kind__descriptor, i->kind, french), i->value,
			 i->scope, out);
}

bool life_bears(const struct life *l, const char *value)
{
	for (unsigned i = 0; i < l->ident_count; i++) {
		if (!ident_is_of_part(l->ident[i].kind) && !strcmp(l->ident[i].value, value))
			return true;
	}
	return false;
}
