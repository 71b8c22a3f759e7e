/* trac verify --vkey: signed notes and checkpoints, and whose proof or log it is. */
#include "cli/verify_foreign.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/world.h"
#include "proto/log/tlog_proof.h"

/* Files that fit are tried as a note; the largest is a proof. */
#define FOREIGN_BYTES_MAX TLOG_PROOF_BYTES_MAX
#define PROOF_HEAD "c2sp.org/tlog-proof@"

/* --- keys --- */

/* As text, or the first line of a file. */
static int vkey_read(const char *given_key, struct verifier *v, struct fault *f)
{
	struct buffer b;
	struct span rest, line;
	char text[VKEY_TEXT_MAX];
	int rc;

	if (access(given_key, R_OK) < 0)
		return verifier_parse(v, given_key, f);
	buffer_init(&b, 4096);
	rc = file_read(given_key, &b, f);
	rest = (struct span){ b.data, b.used };
	if (rc == 0 && !span_take_line(&rest, &line))
		line = rest;
	if (rc == 0 && line.size < sizeof text) {
		snprintf(text, sizeof text, "%.*s", (int)line.size, (const char *)line.data);
		rc = verifier_parse(v, text, f);
	} else if (rc == 0) {
		rc = fault_set(f, FAULT_INPUT, "its first line is too long for a key");
	}
	buffer_clear(&b);
	return rc < 0 ? fault_prefix(f, "%s", given_key) : 0;
}

int verify_keys_read(const struct arguments *a, struct vkeys *keys, struct fault *f)
{
	const char *text;

	keys->count = 0;
	while ((text = given_at(a, "vkey", keys->count))) {
		if (keys->count == VKEYS_MAX)
			return fault_set(f, FAULT_USAGE, "at most %d keys: a note has no more "
					 "signatures", VKEYS_MAX);
		if (vkey_read(text, &keys->key[keys->count], f) < 0)
			return -1;
		keys->count++;
	}
	return 0;
}

static bool has_line(const struct note *n, const struct verifier *v)
{
	for (unsigned i = 0; i < n->count; i++) {
		if (note_line_is(&n->line[i], v))
			return true;
	}
	return false;
}

int verify_log_key(const struct vkeys *keys, const char *origin, const struct note *n,
		   const struct verifier **out, struct fault *f)
{
	*out = NULL;
	for (unsigned i = 0; i < keys->count; i++) {
		const struct verifier *v = &keys->key[i];
		if (v->type != KEY_ED25519 || strcmp(v->name, origin) != 0)
			continue;
		if (!*out || has_line(n, v))
			*out = v;
	}
	if (*out && has_line(n, *out))
		return 0;
	if (*out)
		return fault_set(f, FAULT_UNPROVED, "it is not signed by the key given of the log "
				 "\"%s\": it is another's, or that log has changed its key: then give "
				 "the other one too", safe(origin));
	return fault_set(f, FAULT_UNPROVED, "it is of the log \"%s\", and none of the keys given is "
			 "of that log: give its key with --vkey", safe(origin));
}

/* --- signatures --- */

static void say_signed(const struct context *c, const struct note *n, const struct verifier *v)
{
	char when[TIME_TEXT];
	struct fault ignored;
	int64_t ms = 0;

	if (c->json || c->quiet)
		return;
	if (v->type != KEY_COSIGNATURE) {
		fprintf(c->out, _("proved: signed by %s (%02x%02x%02x%02x)\n"), safe(v->name),
			v->id[0], v->id[1], v->id[2], v->id[3]);
		return;
	}
	/* a time that no calendar holds is not shown */
	if (note_cosigned(n, v, &ms, &ignored) <= 0 || ms >= INT64_C(253402300800))
		ms = 0;
	ms *= 1000;
	fprintf(c->out, _("proved: cosigned by %s (%02x%02x%02x%02x) at %s\n"), safe(v->name),
		v->id[0], v->id[1], v->id[2], v->id[3],
		time_text(ms, world_zone(ms), c->french, when));
}

static int check_key(struct context *c, const struct note *n, const struct verifier *v,
		     struct fault *f)
{
	struct verifier other;
	int rc = note_check(n, v, f);

	if (rc == 0 && v->type == KEY_ED25519 &&
	    verifier_init(&other, v->name, KEY_COSIGNATURE, v->key, f) == 0) {
		rc = note_check(n, &other, f);
		v = &other;
	}
	if (rc == 0)
		return fault_set(f, FAULT_UNPROVED, "there is no signature of \"%s\" on it: it is "
				 "another's, or was cut off", v->name);
	if (rc < 0)
		return -1;
	say_signed(c, n, v);
	return 0;
}

/* Another key of the same signer, who changed it, is the one that signed. */
static bool has_changed(const struct note *n, const struct vkeys *keys, const struct verifier *v)
{
	for (unsigned i = 0; i < keys->count && !has_line(n, v); i++) {
		const struct verifier *k = &keys->key[i];
		if (k->type == v->type && !strcmp(k->name, v->name) && has_line(n, k))
			return true;
	}
	return false;
}

int verify_signatures(struct context *c, const struct note *n, const struct vkeys *keys,
		      struct fault *f)
{
	for (unsigned i = 0; i < keys->count; i++) {
		if (!has_changed(n, keys, &keys->key[i]) && check_key(c, n, &keys->key[i], f) < 0)
			return -1;
	}
	return 0;
}

/* --- a note --- */

static void print_text(const struct context *c, struct span text)
{
	struct span line;
	char piece[256];

	while (span_take_line(&text, &line)) {
		snprintf(piece, sizeof piece, "%.*s", (int)line.size, (const char *)line.data);
		fprintf(c->out, "    %s\n", safe(piece));
	}
}

static int print_note(struct context *c, const struct note *n, const struct checkpoint *head,
		      unsigned keys, struct fault *f)
{
	char root[4 * ((HASH_SIZE + 2) / 3) + 1], size[NUMBER_TEXT];

	if (c->json)
		return json_print(c->out, json_pack(
			"{s:s%, s:o, s:o, s:i, s:i}", "text", (const char *)n->text.data,
			n->text.size, "origin", json_text(head ? head->origin : NULL), "size",
			head ? json_integer((json_int_t)head->size) : json_null(), "proved",
			(int)keys, "signatures", (int)n->count), f);
	if (c->quiet)
		return 0;
	if (n->count > keys)
		fprintf(c->out, dngettext("trac",
			"not looked at: %u signature by a key that was not given\n",
			"not looked at: %u signatures by keys that were not given\n",
			n->count - keys), n->count - keys);
	if (!head) {
		fprintf(c->out, "%s\n", _("a signed note:"));
		print_text(c, n->text);
		return 0;
	}
	base64_write(root, head->root.b, HASH_SIZE);
	fprintf(c->out, _("a checkpoint: log %s, size %s, root %s\n"), safe(head->origin),
		number_text(head->size, c->french, size), root);
	return 0;
}

static int verify_note(struct context *c, struct span file, const struct vkeys *keys,
		       struct fault *f)
{
	struct note n;
	struct checkpoint head;
	struct fault none;
	bool is_head;

	if (note_parse(&n, file, f) < 0 || verify_signatures(c, &n, keys, f) < 0)
		return -1;
	is_head = checkpoint_parse(&head, n.text, &none) == 0;
	return print_note(c, &n, is_head ? &head : NULL, keys->count, f);
}

/* --- which of them it is --- */

static int verify_file(struct context *c, const struct arguments *a, const struct vkeys *keys,
		       struct fault *f)
{
	const char *path = a->operand[0], *entry = given(a, "entry");
	struct buffer b;
	struct span file, rest;
	int rc;

	buffer_init(&b, FOREIGN_BYTES_MAX);
	rc = file_read(path, &b, f);
	file = rest = (struct span){ b.data, b.used };
	if (rc == 0 && (entry || span_take_word(&rest, PROOF_HEAD)))
		rc = verify_proof(c, path, file, entry, keys, f);
	else if (rc == 0)
		rc = verify_note(c, file, keys, f);
	buffer_clear(&b);
	return rc < 0 ? fault_prefix(f, "%s", path) : 0;
}

int verify_foreign(struct context *c, const struct arguments *a, struct fault *f)
{
	const char *path = a->operand[0];
	struct vkeys *keys = malloc(sizeof *keys);
	struct stat s;
	int rc;

	if (!keys)
		return fault_set(f, FAULT_FULL, "no memory for the keys");
	rc = verify_keys_read(a, keys, f);
	if (rc == 0 && stat(path, &s) == 0 && S_ISDIR(s.st_mode))
		rc = verify_tiles(c, path, keys, f);
	else if (rc == 0)
		rc = verify_file(c, a, keys, f);
	free(keys);
	return rc;
}
