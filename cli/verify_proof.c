/* trac verify --vkey of a tlog-proof: one entry of a log. */
#include "cli/verify_foreign.h"

#include <limits.h>
#include <string.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "proto/log/tlog_proof.h"

#define SUFFIX ".tlog-proof"

/* FILE.entry beside FILE.tlog-proof. */
static int beside(const char *path, char out[PATH_MAX], struct fault *f)
{
	size_t size = strlen(path), end = strlen(SUFFIX);

	if (size <= end || strcmp(path + size - end, SUFFIX) != 0)
		return fault_set(f, FAULT_USAGE, "the entry that it proves is not in it: give it "
				 "with --entry FILE");
	if (snprintf(out, PATH_MAX, "%.*s.entry", (int)(size - end), path) >= PATH_MAX)
		return fault_set(f, FAULT_USAGE, "the path is too long");
	return 0;
}

static int check(struct context *c, struct span file, struct span entry,
		 const struct vkeys *keys, struct tlog_proof *p, struct checkpoint *head,
		 struct fault *f)
{
	const struct verifier *key = NULL;
	struct note n;

	if (tlog_proof_parse(p, file, f) < 0 || note_parse(&n, p->checkpoint, f) < 0 ||
	    checkpoint_parse(head, n.text, f) < 0 ||
	    verify_log_key(keys, head->origin, &n, &key, f) < 0 ||
	    tlog_proof_check(p, entry, key, head, f) < 0)
		return -1;
	return verify_signatures(c, &n, keys, f);
}

static int print(const struct context *c, const struct tlog_proof *p,
		 const struct checkpoint *head, const char *entry, struct fault *f)
{
	char size[NUMBER_TEXT];

	if (c->json)
		return json_print(c->out, json_pack(
			"{s:s, s:I, s:I}", "origin", head->origin, "index", (json_int_t)p->index,
			"size", (json_int_t)head->size), f);
	if (!c->quiet)
		fprintf(c->out, _("proved: %s is entry %llu of the log %s, signed at size %s\n"),
			safe(entry), (unsigned long long)p->index, safe(head->origin),
			number_text(head->size, c->french, size));
	return 0;
}

int verify_proof(struct context *c, const char *path, struct span file, const char *entry,
		 const struct vkeys *keys, struct fault *f)
{
	char found[PATH_MAX];
	struct tlog_proof p;
	struct checkpoint head;
	struct buffer b;
	int rc;

	if (!entry) {
		if (beside(path, found, f) < 0)
			return -1;
		entry = found;
	}
	buffer_init(&b, ENTRY_SIZE_MAX);
	rc = file_read(entry, &b, f);
	if (rc == 0)
		rc = check(c, file, (struct span){ b.data, b.used }, keys, &p, &head, f);
	if (rc == 0)
		rc = print(c, &p, &head, entry, f);
	buffer_clear(&b);
	return rc;
}
