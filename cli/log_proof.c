/* trac log proof: one entry with its proof, for the tools of third parties. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/log_held.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/log/tlog_proof.h"

#define SUFFIX ".tlog-proof"

/* "alpha/1042" or, of a later epoch, "alpha/2/1042". */
static int reference_read(const char *text, char name[ORIGIN_MAX + 1], uint64_t *index,
			  struct fault *f)
{
	const char *slash = strrchr(text, '/');
	size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;

	if (!slash || slash == text || digits == 0 || digits > 18 || slash[1 + digits] != '\0' ||
	    slash - text > ORIGIN_MAX)
		return fault_set(f, FAULT_USAGE, "\"%.80s\" is no reference of an event: write "
				 "MEMBER/INDEX, as trac show prints it", text);
	memcpy(name, text, (size_t)(slash - text));
	name[slash - text] = '\0';
	*index = strtoull(slash + 1, NULL, 10);
	return 0;
}

/* Proof and entry, appended. */
static int prove(struct held *h, const struct held_log *l, uint64_t index, struct buffer *proof,
		 struct buffer *entry, struct fault *f)
{
	struct tlog_proof p = { .index = index, .checkpoint = { l->note, l->note_size } };
	struct tree_reader reader;
	struct log_tree tree;
	struct span bytes;
	struct txn *t;
	int rc;

	if (index >= l->head.size)
		return fault_set(f, FAULT_ABSENT, "%s has %llu signed entries here, and %llu is not "
				 "among them: it may be pending, or come later", l->head.origin,
				 (unsigned long long)l->head.size, (unsigned long long)index);
	t = txn_begin(h->store, false, f);
	if (!t)
		return -1;
	log_tree(&tree, &reader, t, l->log);
	rc = tree_inclusion(&reader, index, l->head.size, &p.path);
	if (rc == 0 && log_entry(t, l->log, index, &bytes))
		write_bytes(entry, bytes.data, bytes.size);
	txn_abort(t);
	tlog_proof_write(&p, proof);
	if (rc < 0 || entry->used == 0 || entry->failed || proof->failed)
		return fault_set(f, FAULT_IO, "entry %llu of %s cannot be proved: run trac store "
				 "check", (unsigned long long)index, l->head.origin);
	return 0;
}

/* FILE.tlog-proof gives FILE.entry; so does FILE. */
static int names(const char *output, char proof[PATH_MAX], char entry[PATH_MAX], struct fault *f)
{
	size_t size = strlen(output);
	bool has = size > strlen(SUFFIX) && !strcmp(output + size - strlen(SUFFIX), SUFFIX);

	if (has)
		size -= strlen(SUFFIX);
	if (snprintf(proof, PATH_MAX, "%.*s" SUFFIX, (int)size, output) >= PATH_MAX ||
	    snprintf(entry, PATH_MAX, "%.*s.entry", (int)size, output) >= PATH_MAX)
		return fault_set(f, FAULT_USAGE, "%.100s...: the path is too long", output);
	return 0;
}

static int print(const struct context *c, const struct held *h, const struct held_log *l,
		 uint64_t index, const char *proof, const char *entry, struct fault *f)
{
	char vkey[VKEY_TEXT_MAX] = "", n[NUMBER_TEXT];
	bool is_void = held_is_void(h, l, index);

	if (l->has_key)
		verifier_format(&l->key, vkey);
	if (c->json)
		return json_print(c->out, json_pack(
			"{s:s, s:I, s:I, s:s, s:s, s:o, s:b}", "origin", l->head.origin, "index",
			(json_int_t)index, "size", (json_int_t)l->head.size, "proof", proof,
			"entry", entry, "vkey", json_text(vkey), "void", (int)is_void), f);
	if (c->quiet)
		return 0;
	fprintf(c->out, _("%s: entry %llu of %s, under its signed size %s\n"), safe(proof),
		(unsigned long long)index, safe(l->head.origin),
		number_text(l->head.size, c->french, n));
	fprintf(c->out, _("%s: the bytes of the entry\n"), safe(entry));
	if (is_void)
		fputs(_("it is in the log, and counts no more: its author was revoked, or the log closed, "
			"below it\n"), c->out);
	if (l->has_key)
		fprintf(c->out, _("anyone verifies it with: trac verify --vkey %s --entry %s %s\n"),
			vkey, safe(entry), safe(proof));
	return 0;
}

static int write_new(const char *path, const struct buffer *b, struct fault *f)
{
	return file_write(path, (struct span){ b->data, b->used }, 0644, FILE_KEEP, f);
}

/* Both or none. */
static int write_both(const char *proof_path, const struct buffer *proof, const char *entry_path,
		      const struct buffer *entry, struct fault *f)
{
	if (write_new(entry_path, entry, f) < 0)
		return -1;
	if (write_new(proof_path, proof, f) == 0)
		return 0;
	unlink(entry_path);
	return -1;
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	char name[ORIGIN_MAX + 1], proof_path[PATH_MAX], entry_path[PATH_MAX];
	struct held h = { .store = NULL };
	struct held_log l;
	struct buffer proof, entry;
	const char *output = given(a, "output");
	uint64_t index = 0;

	if (!output)
		return fault_set(f, FAULT_USAGE, "say where to write: trac log proof %.80s -o FILE",
				 a->operand[0]);
	if (reference_read(a->operand[0], name, &index, f) < 0 ||
	    names(output, proof_path, entry_path, f) < 0)
		return -1;
	buffer_init(&proof, TLOG_PROOF_BYTES_MAX);
	buffer_init(&entry, ENTRY_SIZE_MAX);
	int rc = held_open(&h, c->home, f);
	if (rc == 0)
		rc = held_find(&h, name, &l, f);
	if (rc == 0)
		rc = prove(&h, &l, index, &proof, &entry, f);
	if (rc == 0)
		rc = write_both(proof_path, &proof, entry_path, &entry, f);
	if (rc == 0)
		rc = print(c, &h, &l, index, proof_path, entry_path, f);
	held_close(&h);
	buffer_clear(&proof);
	buffer_clear(&entry);
	return rc;
}

static const struct option_row option[] = {
	{ "output", 'o', "FILE", false, N_("write FILE.tlog-proof and FILE.entry (required)") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_log_proof = {
	.name = "log proof", .operands = "MEMBER/INDEX",
	.summary = N_("write the proof of one event for the tools of others"),
	.manual = N_("The proof is a C2SP tlog-proof: which entry, the path to the root, and the signed\n"
		     "head; beside it the bytes of the entry. Works beside a running tracd. For all\n"
		     "that is known of a device there is trac show --proof."),
	.json = "{\"origin\", \"index\": N, \"size\": N, \"proof\": path, \"entry\": path,\n"
		" \"vkey\": string or null, \"void\": bool}",
	.option = option, .least = 1, .most = 1, .run = run,
};
