/* trac verify FILE.pdf: the signature, the document, the bundle, each in a sentence. */
#include "cli/proof.h"

#include <limits.h>
#include <string.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/verify_say.h"
#include "proto/log/note.h"

struct checked {
	struct attest attest;
	const struct member *author;      /* borrowed from the bundle */
	struct looked looked;
	struct donor_year proof;
};

/* FILE.bundle beside FILE.pdf. */
static int beside(const char *path, char out[PATH_MAX], struct fault *f)
{
	size_t size = strlen(path);
	if (size > 4 && !strcmp(path + size - 4, ".pdf"))
		size -= 4;
	if (snprintf(out, PATH_MAX, "%.*s.bundle", (int)size, path) < PATH_MAX)
		return 0;
	return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", path);
}

static int check_document(const char *path, struct span document, const struct attest *a,
			  struct fault *f)
{
	struct hash h;
	hash_bytes(document.data, document.size, &h);
	if (hash_equal(&h, &a->document))
		return 0;
	return fault_set(f, FAULT_UNPROVED, "%s: the document was changed after it was signed: its "
			 "hash is not the one that the signature names", path);
}

static int check_bundle(const char *path, const char *pdf, struct span bundle,
			const struct attest *a, struct fault *f)
{
	struct hash h;
	hash_bytes(bundle.data, bundle.size, &h);
	if (hash_equal(&h, &a->bundle))
		return 0;
	return fault_set(f, FAULT_UNPROVED, "%s: is not the bundle that %s names, or was changed: its "
			 "hash is another", path, pdf);
}

/* By its present key, or by one that it had when it signed. */
static int open_attest(const struct registry *r, const struct member *author, struct span note,
		       struct attest *out, struct fault *f)
{
	const struct verifier *past;
	struct fault ignored;
	for (unsigned i = 0; (past = registry_past_key(r, &author->log, i)); i++) {
		if (attest_open(note, past, out, &ignored) == 0)
			return 0;
	}
	return attest_open(note, &author->key, out, f);
}

/* The member whose log the note is of, by the member log in the bundle. */
static int check_author(struct checked *k, struct span note, struct fault *f)
{
	const struct registry *r = k->looked.view.bundle.registry;
	struct attest again;
	for (unsigned i = 0; i < registry_count(r); i++) {
		if (!strcmp(registry_member(r, i)->origin, k->attest.origin))
			k->author = registry_member(r, i);
	}
	if (!k->author)
		return fault_set(f, FAULT_UNPROVED, "the signature says it is of \"%s\", whom the "
				 "authority of %s has not admitted", k->attest.origin,
				 registry_network(r));
	if (open_attest(r, k->author, note, &again, f) < 0)
		return -1;
	if (k->author->revoked_from != REVOKED_NEVER)
		return fault_set(f, FAULT_UNPROVED, "\"%s\" signed it and was revoked by the authority: "
				 "whether before or after, nobody can say; ask for a proof by another "
				 "member", k->author->name);
	return 0;
}

static int print_json(const struct context *c, const struct checked *k, struct fault *f)
{
	const struct view *v = &k->looked.view;
	return json_print(c->out, json_pack(
		"{s:s, s:s, s:i, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "signed_by",
		k->attest.origin, "donor", k->attest.donor, "year", (int)k->attest.year, "made",
		k->attest.made, "network", registry_network(v->bundle.registry), "proved",
		(int)v->proved, "pending", (int)v->pending, "revoked", (int)v->revoked, "devices",
		(int)k->proof.count, "distributed", (int)k->proof.distributed, "reused",
		(int)k->proof.reused), f);
}

static int print(const struct context *c, const struct checked *k, const char *path,
		 const char *bundle, struct fault *f)
{
	const struct view *v = &k->looked.view;
	char a[NUMBER_TEXT], b[NUMBER_TEXT];
	if (c->json)
		return print_json(c, k, f);
	fprintf(c->out, _("signed: %s (%s) signed the proof for donor %s, year %u, on %s\n"),
		safe(k->author->title), safe(k->attest.origin), safe(k->attest.donor),
		k->attest.year, safe(k->attest.made));
	fprintf(c->out, _("unchanged: every byte of %s is as it was signed\n"), safe(path));
	fprintf(c->out, _("unchanged: %s is the bundle that it names\n"), safe(bundle));
	fprintf(c->out, _("proved: the member log of %s, at size %s, is signed by its authority, and "
			  "lists the signer\n"), registry_network(v->bundle.registry),
		number_text(registry_size(v->bundle.registry), c->french, a));
	fprintf(c->out, dngettext("trac", "proved: %u event, in the signed log of its author\n",
				  "proved: %u events, each in the signed log of its author\n",
				  v->proved), v->proved);
	fprintf(c->out, _("computed here from these events: %s devices of the donor, %s of them "
			  "oriented to reuse that year: compare with the document\n"),
		number_text(k->proof.count, c->french, a),
		number_text(k->proof.reused, c->french, b));
	return 0;
}

static int check_all(struct checked *k, const char *path, struct span file, const char *bundle,
		     const struct verifier *authority, struct buffer *note, struct buffer *bytes,
		     struct fault *f)
{
	struct span document;
	if (proof_note_find(file, &document, note, f) < 0)
		return fault_prefix(f, "%s", path);
	struct span signed_note = { note->data, note->used };
	if (attest_claim(signed_note, &k->attest, f) < 0)
		return fault_prefix(f, "%s", path);
	if (check_document(path, document, &k->attest, f) < 0)
		return -1;
	if (file_read(bundle, bytes, f) < 0)
		return fault_prefix(f, "%s is as its signature names it, but who signed it is proved by "
				    "its bundle (give it with --bundle)", path);
	struct span read = { bytes->data, bytes->used };
	if (check_bundle(bundle, path, read, &k->attest, f) < 0)
		return -1;
	if (looked_read(&k->looked, read, authority->key, f) < 0)
		return fault_prefix(f, "%s", bundle);
	if (check_author(k, signed_note, f) < 0)
		return fault_prefix(f, "%s", path);
	return proof_collect(&k->looked, k->attest.donor, k->attest.year, &k->proof, f);
}

int proof_verify(struct context *c, const char *path, struct span file, const char *bundle,
		 const struct verifier *authority, struct fault *f)
{
	struct checked k = { .author = NULL };
	struct buffer note, bytes;
	char found[PATH_MAX];
	if (!bundle) {
		if (beside(path, found, f) < 0)
			return -1;
		bundle = found;
	}
	buffer_init(&note, NOTE_BYTES_MAX);
	buffer_init(&bytes, BUNDLE_WIDE_BYTES_MAX);
	int rc = check_all(&k, path, file, bundle, authority, &note, &bytes, f);
	if (rc == 0)
		rc = print(c, &k, path, bundle, f);
	if (rc == 0)
		rc = verify_doubts(&k.looked.view, bundle, f);
	donor_clear(&k.proof);
	looked_clear(&k.looked);
	buffer_clear(&note);
	buffer_clear(&bytes);
	return rc;
}
