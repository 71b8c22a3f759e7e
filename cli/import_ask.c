/* Whose disk is it? What all workshops said of it, folded like any lookup. */
#include <string.h>

#include "cli/home.h"
#include "cli/import.h"
#include "cli/view.h"
#include "proto/life/ident.h"

/* One identifier as the fields that name it. */
static int ident_fields(const struct ident *i, struct fields *l, struct fault *f)
{
	bool label = i->kind == TRAC__IDENTIFIER_KIND__LABEL
		     || i->kind == TRAC__IDENTIFIER_KIND__ASSET_TAG;
	const char *name = word_of(&trac__identifier_kind__descriptor, (int)i->kind, false);
	if (!name || fields_add(l, name, i->value, f) < 0)
		return -1;
	if (!i->scope[0])
		return 0;
	return fields_add(l, label ? "scope" : "maker", i->scope, f);
}

/* The strongest that a device has; of equals, the first. */
static int identity_of(const struct life *life, struct fields *l, struct fault *f)
{
	const struct ident *best = NULL;
	for (unsigned i = 0; i < life->ident_count; i++) {
		const struct ident *one = &life->ident[i];
		if (ident_is_of_part(one->kind) || one->kind == TRAC__IDENTIFIER_KIND__MAC)
			continue;
		if (!best || one->strength > best->strength)
			best = one;
	}
	return best ? ident_fields(best, l, f) : 0;
}

static bool is_that_disk(const struct part_life *p, const struct found_medium *disk)
{
	struct ident ident;
	Trac__Identifier i = TRAC__IDENTIFIER__INIT;
	i.has_kind = 1;
	i.kind = disk->serial[0] ? TRAC__IDENTIFIER_KIND__MEDIUM_SERIAL
		: TRAC__IDENTIFIER_KIND__WWN;
	i.value = (char *)(disk->serial[0] ? disk->serial : disk->wwn);
	ident_normalise(&i, &ident);
	return !ident.junk && !strcmp(p->ident.value, ident.value);
}

/* Where it is: the device of its last stay, when nothing took it away since. */
static int find(const struct view *v, const struct found_medium *disk, struct asked *out,
		struct fault *f)
{
	for (unsigned i = 0; i < v->parts.count; i++) {
		const struct part_life *p = &v->parts.part[i];
		const struct stay *last = p->stay_count ? &p->stay[p->stay_count - 1] : NULL;
		if (!last || last->to || last->device < 0 || !is_that_disk(p, disk))
			continue;
		const struct life *life = &v->lives.life[last->device];
		struct fields identity = { 0 };
		int rc = identity_of(life, &identity, f);
		if (rc < 0 || !identity.count) {
			fields_clear(&identity);
			if (rc < 0)
				return -1;
			continue;
		}
		fields_clear(&out->identity);
		out->identity = identity;
		out->type = life->type;
		out->medium_type = p->medium_type;
		out->count++;
	}
	return 0;
}

int import_ask(struct client *c, const struct found_medium *disk, struct asked *out,
	       struct fault *f)
{
	struct verifier authority;
	char network[NETWORK_MAX + 1];
	struct buffer bundle;
	struct view v = { 0 };
	*out = (struct asked){ 0 };
	if (home_authority(c->home, &authority, network, f) < 0)
		return -1;
	buffer_init(&bundle, BUNDLE_BYTES_MAX);
	int rc = client_lookup(c, disk->serial[0] ? disk->serial : disk->wwn,
			       TRAC__LOOKUP_SCOPE__LOOKUP_DEVICE, &bundle, NULL, f);
	if (rc == 0)
		rc = view_open(&v, (struct span){ bundle.data, bundle.used }, authority.key, f);
	if (rc == 0)
		rc = find(&v, disk, out, f);
	view_clear(&v);
	buffer_clear(&bundle);
	return rc;
}
