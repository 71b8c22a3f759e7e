/* trac verify of fork evidence: against a vkey, or the member log in a bundle. */
#include "cli/verify_evidence.h"

#include <string.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/view.h"
#include "proto/log/bundle.h"

bool verify_is_evidence(struct span file)
{
	struct fork_evidence e;
	struct fault ignored;
	/* what begins like it is judged as it, so that damage is named */
	return span_take_word(&file, "tracd fork evidence ") || !evidence_parse(&e, file, &ignored);
}

static int find_vkey(const struct arguments *a, const char *origin, struct verifier *v,
		     struct fault *f)
{
	for (unsigned i = 0; given_at(a, "vkey", i); i++) {
		struct buffer b;
		const char *text = given_at(a, "vkey", i);
		if (verifier_parse(v, text, f) < 0) {
			buffer_init(&b, VKEY_TEXT_MAX + 2);
			struct fault ignored;
			int rc = file_read(text, &b, &ignored);
			while (rc == 0 && b.used && b.data[b.used - 1] == '\n')
				b.used--;
			write_u8(&b, 0);
			if (rc == 0 && !b.failed)
				rc = verifier_parse(v, (const char *)b.data, f);
			buffer_clear(&b);
			if (rc < 0)
				return -1;
		}
		if (!strcmp(v->name, origin))
			return 0;
	}
	return fault_set(f, FAULT_UNPROVED, "the evidence is against \"%.*s\", and no key of that name "
			 "was given: give it with --vkey", ORIGIN_MAX, origin);
}

/* Checked with the keys of that log by the members' statements in a bundle, under the
 * authority's key. */
static int check_member(const char *file, const struct verifier *authority,
			const struct fork_evidence *e, struct verifier *v, struct fault *f)
{
	const char *origin = e->large.head.origin;
	struct opened_bundle b = { 0 };
	const struct verifier *key;
	struct buffer bytes;
	struct log_id id;
	buffer_init(&bytes, BUNDLE_WIDE_BYTES_MAX);
	int rc = file_read(file, &bytes, f);
	struct span read = { bytes.data, bytes.used };
	if (rc == 0 && bundle_open(&b, read, authority->key, f) < 0)
		rc = fault_prefix(f, "%s", file);
	if (rc == 0) {
		log_id_of(origin, &id);
		key = registry_key(b.registry, &id, e->large.head.size);
		if (key) {
			*v = *key;
			rc = evidence_check_in(e, b.registry, f);
		} else {
			rc = fault_set(f, FAULT_UNPROVED, "%s: the evidence is against \"%.*s\", who was "
				       "no member of %s when that bundle was made", file, ORIGIN_MAX,
				       origin, registry_network(b.registry));
		}
		bundle_clear(&b);
	}
	buffer_clear(&bytes);
	return rc;
}

static int print(struct context *c, const struct fork_evidence *e, const struct verifier *v,
		 struct fault *f)
{
	const struct checkpoint *a = &e->small.head, *b = &e->large.head;
	char one[NUMBER_TEXT], two[NUMBER_TEXT];
	if (c->json)
		return json_print(c->out, json_pack(
			"{s:b, s:s, s:I, s:I, s:I}", "forked", 1, "log", a->origin, "small",
			(json_int_t)a->size, "large", (json_int_t)b->size, "common",
			(json_int_t)e->common), f);
	fprintf(c->out, _("proved: the key of %s (%02x%02x%02x%02x) signed both checkpoints, of %s and "
			  "of %s entries\n"), safe(a->origin), v->id[0], v->id[1], v->id[2], v->id[3],
		number_text(a->size, c->french, one), number_text(b->size, c->french, two));
	fprintf(c->out, _("proved: they cannot both be true: the log is FORKED\n"));
	if (e->common)
		fprintf(c->out, _("proved: the first %s entries are the same in both\n"),
			number_text(e->common, c->french, one));
	else
		fputs(_("not proved: how many entries are the same in both\n"), c->out);
	fputs(_("not proved: why: a restored copy, a cloned machine and a lie look alike\n"), c->out);
	return 0;
}

int verify_evidence(struct context *c, const struct arguments *a, struct span file,
		    const struct verifier *authority, struct fault *f)
{
	const char *bundle = given(a, "bundle");
	struct fork_evidence e;
	struct verifier v;
	if (evidence_parse(&e, file, f) < 0)
		return fault_prefix(f, "%s", a->operand[0]);
	const char *origin = e.small.head.origin;
	if (given(a, "vkey")) {
		if (find_vkey(a, origin, &v, f) < 0)
			return -1;
		if (evidence_check(&e, &v, f) < 0)
			return fault_prefix(f, "%s", a->operand[0]);
	} else if (!bundle) {
		return fault_set(f, FAULT_USAGE, "%s accuses \"%.*s\": give its key with --vkey, or with "
				 "--bundle any bundle of that network, in which the key stands",
				 a->operand[0], ORIGIN_MAX, origin);
	} else if (check_member(bundle, authority, &e, &v, f) < 0) {
		return fault_prefix(f, "%s", a->operand[0]);
	}
	return print(c, &e, &v, f);
}
