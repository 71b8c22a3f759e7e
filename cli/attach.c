/* trac attach: files that events cite, into tracd, out of it, and to other members. */
#include "cli/attach.h"

#include <stdlib.h>
#include <string.h>

#include "cli/attach_fetch.h"
#include "cli/files.h"
#include "cli/json.h"
#include "cli/lang.h"
#include "cli/text.h"
#include "cli/verb.h"
#include "proto/log/tree.h"
#include "proto/wire/unpack.h"

/* --- storing --- */

static int attach_one(struct context *c, struct client *client, const char *path, json_t *list,
		      struct fault *f)
{
	char hex[2 * HASH_SIZE + 1];
	uint8_t sha256[HASH_SIZE];
	uint64_t size;
	const char *type = attach_media_type(path);
	if (attach_file(client, path, sha256, &size, f) < 0)
		return -1;
	hex_write(hex, sha256, HASH_SIZE);
	if (c->json)
		json_array_append_new(list, json_pack("{s:o, s:s, s:I, s:o}", "file",
						      json_path(path), "sha256", hex, "size",
						      (json_int_t)size, "type",
						      json_text(type)));
	else
		fprintf(c->out, "%s:%llu%s%s\n", hex, (unsigned long long)size, type ? ":" : "",
			type ? type : "");
	return 0;
}

static int attach_all(struct context *c, const struct arguments *a, struct fault *f)
{
	struct client client;
	if (a->count == 0)
		return fault_set(f, FAULT_USAGE, "which file? usage: trac attach FILE...");
	if (client_open(&client, c->home, f) < 0)
		return -1;
	json_t *list = json_array();
	int rc = 0;
	for (int i = 0; rc == 0 && i < a->count; i++)
		rc = attach_one(c, &client, a->operand[i], list, f);
	client_close(&client);
	if (!c->json || rc < 0) {
		json_decref(list);
		return rc;
	}
	return json_print(c->out, json_pack("{s:o}", "files", list), f);
}

/* --- getting --- */

static int read_piece(struct client *c, const struct hash *h, struct buffer *out, uint64_t *size,
		      struct fault *f)
{
	Trac__ReadRequest q = TRAC__READ_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	q.has_sha256 = q.has_offset = true;
	q.sha256 = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)h->b };
	q.offset = out->used;
	request.body_case = TRAC__REQUEST__BODY_READ;
	request.read = &q;
	Trac__Reply *r = client_ask(c, &request, f);
	if (!r)
		return -1;
	int rc = -1;
	if (!reply_refused(r, TRAC__REPLY__BODY_READ, f)) {
		*size = r->read->size_bytes;
		write_bytes(out, r->read->piece.data, r->read->piece.len);
		rc = 0;
		if (out->failed || (r->read->piece.len == 0 && out->used < *size))
			rc = fault_set(f, FAULT_PROTOCOL, "tracd gave more or less of the file than "
				       "it announced");
	}
	unpack_free(r);
	return rc;
}

int attach_read(struct client *c, const uint8_t sha256[ATTACH_HASH_SIZE], struct buffer *out,
		struct fault *f)
{
	struct hash h, got;
	uint64_t size = 1;
	memcpy(h.b, sha256, HASH_SIZE);
	while (out->used < size) {
		if (read_piece(c, &h, out, &size, f) < 0)
			return -1;
	}
	hash_bytes(out->data, out->used, &got);
	if (hash_equal(&got, &h))
		return 0;
	return fault_set(f, FAULT_UNPROVED, "the file in the folder of tracd has another "
			 "SHA-256: it was changed there");
}

static int get(struct context *c, const struct hash *h, const char *path, struct fault *f)
{
	struct client client;
	struct buffer bytes;
	if (client_open(&client, c->home, f) < 0)
		return -1;
	buffer_init(&bytes, ATTACHMENT_BYTES_MAX);
	int rc = attach_read(&client, h->b, &bytes, f);
	client_close(&client);
	if (rc == 0)
		rc = file_write(path, (struct span){ bytes.data, bytes.used }, 0600, FILE_KEEP, f);
	if (rc == 0 && c->json)
		rc = json_print(c->out, json_pack("{s:o, s:I}", "file", json_path(path), "size",
						  (json_int_t)bytes.used), f);
	buffer_clear(&bytes);
	return rc;
}

/* --- sharing and listing --- */

static Trac__Reply *ask_share(struct context *c, Trac__ShareRequest *q, struct fault *f)
{
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_SHARE;
	request.share = q;
	return client_ask_once(c->home, &request, TRAC__REPLY__BODY_FETCH, f);
}

static int share(struct context *c, const struct hash *h, const char *member, bool withdraw,
		 struct fault *f)
{
	Trac__ShareRequest q = TRAC__SHARE_REQUEST__INIT;
	q.has_sha256 = q.has_withdraw = true;
	q.sha256 = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)h->b };
	q.member = (char *)member;
	q.withdraw = withdraw;
	Trac__Reply *r = ask_share(c, &q, f);
	if (!r)
		return -1;
	json_t *list = json_array();
	for (size_t i = 0; i < r->fetch->n_reader; i++) {
		if (c->json)
			json_array_append_new(list, json_text(r->fetch->reader[i]));
		else if (!c->quiet)
			fprintf(c->out, _("may ask for it: %s\n"), safe(r->fetch->reader[i]));
	}
	if (!c->json && !c->quiet && r->fetch->n_reader == 0)
		fprintf(c->out, _("nobody may ask for it\n"));
	unpack_free(r);
	if (c->json)
		return json_print(c->out, json_pack("{s:o}", "readers", list), f);
	json_decref(list);
	return 0;
}

static void list_file(struct context *c, const Trac__HeldFile *file, json_t *list)
{
	char hex[2 * HASH_SIZE + 1], size[NUMBER_TEXT];
	if (file->sha256.len != HASH_SIZE)
		return;
	hex_write(hex, file->sha256.data, HASH_SIZE);
	if (c->json)
		json_array_append_new(list, json_pack("{s:s, s:I, s:i}", "sha256", hex, "size",
						      (json_int_t)file->size_bytes, "readers",
						      (int)file->readers));
	else
		fprintf(c->out, _("%s  %10s bytes  shared with %u\n"), hex,
			number_text(file->size_bytes, c->french, size), file->readers);
}

static int list_all(struct context *c, struct fault *f)
{
	Trac__ShareRequest q = TRAC__SHARE_REQUEST__INIT;
	uint8_t after[HASH_SIZE];
	json_t *list = json_array();
	bool more = true;
	while (more) {
		Trac__Reply *r = ask_share(c, &q, f);
		if (!r) {
			json_decref(list);
			return -1;
		}
		const Trac__FetchReply *a = r->fetch;
		for (size_t i = 0; i < a->n_file; i++)
			list_file(c, a->file[i], list);
		more = a->more && a->n_file > 0 && a->file[a->n_file - 1]->sha256.len == HASH_SIZE;
		if (more)
			memcpy(after, a->file[a->n_file - 1]->sha256.data, HASH_SIZE);
		q.has_after = true;
		q.after = (ProtobufCBinaryData){ HASH_SIZE, after };
		unpack_free(r);
	}
	if (c->json)
		return json_print(c->out, json_pack("{s:o}", "files", list), f);
	json_decref(list);
	return 0;
}

/* --- the verb --- */

/* HEX, or HEX:SIZE:TYPE as attach prints it. */
static int hash_read(const char *text, struct hash *h, struct fault *f)
{
	char hex[2 * HASH_SIZE + 1];
	size_t digits = strcspn(text, ":");
	if (digits == 2 * HASH_SIZE) {
		memcpy(hex, text, digits);
		hex[digits] = '\0';
		if (hex_read(h->b, HASH_SIZE, hex) == 0)
			return 0;
	}
	return fault_set(f, FAULT_USAGE, "a file is named by its SHA-256, 64 hexadecimal digits, as "
			 "trac attach printed it");
}

static int run_named(struct context *c, const struct arguments *a, const char *what,
		     struct fault *f)
{
	const char *operand = a->count > 0 ? a->operand[0] : NULL, *wait = given(a, "wait");
	bool is_share = !strcmp(what, "share");
	struct hash h;
	if (hash_read(given(a, what), &h, f) < 0)
		return -1;
	if (a->count > 1 || (!operand && !is_share))
		return fault_set(f, FAULT_USAGE, "--%s HASH takes one word more: %s", what,
				 strcmp(what, "get") ? "the member's name" : "the file to write");
	if (!strcmp(what, "get"))
		return get(c, &h, operand, f);
	if (!strcmp(what, "fetch"))
		return attach_fetch(c, &h, operand, wait, f);
	return share(c, &h, operand, !is_share, f);
}

static int run(struct context *c, const struct arguments *a, struct fault *f)
{
	static const char *const named[] = { "get", "fetch", "share", "withdraw" };
	const char *what = given(a, "list") ? "list" : NULL;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		if (!given(a, named[i]))
			continue;
		if (what)
			return fault_set(f, FAULT_USAGE, "--%s and --%s are two different things: give "
					 "one", what, named[i]);
		what = named[i];
	}
	if (!what)
		return attach_all(c, a, f);
	if (!strcmp(what, "list"))
		return list_all(c, f);
	return run_named(c, a, what, f);
}

static const struct option_row option[] = {
	{ "get", 'g', "HASH", false, N_("write a file that is here: trac attach --get HASH FILE") },
	{ "list", 'l', NULL, false, N_("list the files that are here") },
	{ "share", 's', "HASH", false,
	  N_("let a member ask for a file; without a member: who may") },
	{ "withdraw", 0, "HASH", false, N_("let a member ask for it no longer") },
	{ "fetch", 0, "HASH", false, N_("ask the member that holds a file for it, and wait") },
	{ "wait", 0, "SECONDS", false, N_("with --fetch: how long (60)") },
	{ NULL, 0, NULL, false, NULL },
};

const struct verb verb_attach = {
	.name = "attach", .operands = "FILE... | --OPTION HASH [MEMBER | FILE]",
	.summary = N_("keep files that events cite, and share them"),
	.manual = N_("Files stay on this node; events only name their SHA-256. What is printed is\n"
		     "what an event takes: trac record data_erased ... attachment=HASH:SIZE:TYPE, and\n"
		     "attachment=FILE does both. Only members that you name with --share get a file,\n"
		     "sealed for them: the hubs that pass it on cannot read it."),
	.json = "{\"files\": [{\"file\", \"sha256\", \"size\": N, \"type\"}]}\n"
		"--list: {\"files\": [{\"sha256\", \"size\": N, \"readers\": N}]}\n"
		"--share, --withdraw: {\"readers\": [string]}; --get: {\"file\", \"size\": N};\n"
		"--fetch: {\"from\", \"size\": N}",
	.option = option, .most = OPERANDS_ANY, .run = run,
};
