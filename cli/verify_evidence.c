/* trac verify of fork evidence: against a vkey, or the member log in a bundle. */
#include "cli/verify_evidence.h"

#include <stdlib.h>
#include <string.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/verify_foreign.h"
#include "cli/view.h"
#include "proto/log/bundle.h"

bool verify_is_evidence(struct span file)
{
	struct fork_evidence e;
	struct fault ignored;
	/* what begins like it is judged as it, so that damage is named */
	return span_take_word(&file, "tracd fork evidence ") || !evidence_parse(&e, file, &ignored);
}

/* Whose signatures were checked: one key, or one for each when it was changed between. */
struct accusers {
	struct verifier small, large;
};

static int find_key(const struct vkeys *keys, const struct evidence_branch *b,
		    struct verifier *out, struct fault *f)
{
	const struct verifier *key;
	struct note n;
	if (note_parse(&n, b->note, f) < 0
	    || verify_log_key(keys, b->head.origin, &n, &key, f) < 0)
		return -1;
	*out = *key;
	return 0;
}

static int check_vkeys(const struct arguments *a, const struct fork_evidence *e,
		       struct accusers *by, struct fault *f)
{
	struct vkeys *keys = malloc(sizeof *keys);
	int rc = -1;
	if (!keys)
		return fault_set(f, FAULT_FULL, "no memory for the keys");
	if (verify_keys_read(a, keys, f) < 0)
		goto out;
	if (find_key(keys, &e->small, &by->small, f) < 0)
		fault_prefix(f, "checkpoint 1 of the evidence");
	else if (find_key(keys, &e->large, &by->large, f) < 0)
		fault_prefix(f, "checkpoint 2 of the evidence");
	else
		rc = evidence_check_by(e, &by->small, &by->large, f);
out:
	free(keys);
	return rc;
}

/* Checked with the keys of that log by the members' statements in a bundle, under the
 * authority's key. */
static int check_member(const char *file, const struct verifier *authority,
			const struct fork_evidence *e, struct accusers *by, struct fault *f)
{
	const char *origin = e->large.head.origin;
	struct opened_bundle b = { 0 };
	const struct verifier *small, *large;
	struct buffer bytes;
	struct log_id id;
	buffer_init(&bytes, BUNDLE_WIDE_BYTES_MAX);
	int rc = file_read(file, &bytes, f);
	struct span read = { bytes.data, bytes.used };
	if (rc == 0 && bundle_open(&b, read, authority->key, f) < 0)
		rc = fault_prefix(f, "%s", file);
	if (rc == 0) {
		log_id_of(origin, &id);
		small = registry_key(b.registry, &id, e->small.head.size);
		large = registry_key(b.registry, &id, e->large.head.size);
		if (small && large) {
			*by = (struct accusers){ *small, *large };
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

static json_t *key_json(const struct verifier *v)
{
	return json_hex((struct span){ v->id, sizeof v->id });
}

static void print_keys(const struct context *c, const struct fork_evidence *e,
		       const struct accusers *by)
{
	const struct checkpoint *a = &e->small.head, *b = &e->large.head;
	const uint8_t *x = by->small.id, *y = by->large.id;
	char one[NUMBER_TEXT], two[NUMBER_TEXT];
	number_text(a->size, c->french, one);
	number_text(b->size, c->french, two);
	if (!memcmp(x, y, sizeof by->small.id))
		fprintf(c->out, _("proved: the key of %s (%02x%02x%02x%02x) signed both checkpoints, of "
				  "%s and of %s entries\n"), safe(a->origin), x[0], x[1], x[2], x[3],
			one, two);
	else
		fprintf(c->out, _("proved: %s changed its key: one (%02x%02x%02x%02x) signed the "
				  "checkpoint of %s entries, the other (%02x%02x%02x%02x) that of %s\n"),
			safe(a->origin), x[0], x[1], x[2], x[3], one, y[0], y[1], y[2], y[3], two);
}

static int print(struct context *c, const struct fork_evidence *e, const struct accusers *by,
		 struct fault *f)
{
	const struct checkpoint *a = &e->small.head, *b = &e->large.head;
	char one[NUMBER_TEXT];
	if (c->json)
		return json_print(c->out, json_pack(
			"{s:b, s:s, s:I, s:I, s:I, s:[o, o]}", "forked", 1, "log", a->origin, "small",
			(json_int_t)a->size, "large", (json_int_t)b->size, "common",
			(json_int_t)e->common, "keys", key_json(&by->small),
			key_json(&by->large)), f);
	print_keys(c, e, by);
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
	struct accusers by;
	if (evidence_parse(&e, file, f) < 0)
		return fault_prefix(f, "%s", a->operand[0]);
	const char *origin = e.small.head.origin;
	if (given(a, "vkey")) {
		if (check_vkeys(a, &e, &by, f) < 0)
			return fault_prefix(f, "%s", a->operand[0]);
	} else if (!bundle) {
		return fault_set(f, FAULT_USAGE, "%s accuses \"%.*s\": give its key with --vkey, or with "
				 "--bundle any bundle of that network, in which the key stands",
				 a->operand[0], ORIGIN_MAX, origin);
	} else if (check_member(bundle, authority, &e, &by, f) < 0) {
		return fault_prefix(f, "%s", a->operand[0]);
	}
	return print(c, &e, &by, f);
}
