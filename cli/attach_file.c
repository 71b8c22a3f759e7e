/* Storing a file in tracd, piece by piece. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/attach.h"
#include "cli/files.h"
#include "proto/log/tree.h"
#include "proto/wire/unpack.h"

static_assert(ATTACH_HASH_SIZE == HASH_SIZE, "SHA-256");

static int send_piece(struct client *c, const struct hash *h, struct span file, size_t offset,
		      struct fault *f)
{
	Trac__AttachRequest piece = TRAC__ATTACH_REQUEST__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	const size_t left = file.size - offset;

	piece.has_sha256 = piece.has_size_bytes = piece.has_offset = piece.has_piece = true;
	piece.sha256 = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)h->b };
	piece.size_bytes = file.size;
	piece.offset = offset;
	piece.piece.len = left < ATTACH_PIECE_MAX ? left : ATTACH_PIECE_MAX;
	piece.piece.data = (uint8_t *)file.data + offset;
	request.body_case = TRAC__REQUEST__BODY_ATTACH;
	request.attach = &piece;
	Trac__Reply *r = client_ask(c, &request, f);
	if (!r)
		return -1;
	int rc = reply_refused(r, TRAC__REPLY__BODY_DONE, f) ? -1 : 0;
	unpack_free(r);
	return rc;
}

int attach_bytes(struct client *c, const char *name, struct span bytes,
		 uint8_t sha256[ATTACH_HASH_SIZE], struct fault *f)
{
	struct hash h;

	if (!bytes.size)
		return fault_set(f, FAULT_INPUT, "%s: is empty: there is nothing to attach", name);
	hash_bytes(bytes.data, bytes.size, &h);
	for (size_t at = 0; at < bytes.size; at += ATTACH_PIECE_MAX) {
		if (send_piece(c, &h, bytes, at, f) < 0)
			return fault_prefix(f, "%s", name);
	}
	memcpy(sha256, h.b, HASH_SIZE);
	return 0;
}

int attach_file(struct client *c, const char *path, uint8_t sha256[ATTACH_HASH_SIZE],
		uint64_t *size, struct fault *f)
{
	struct buffer bytes;

	buffer_init(&bytes, ATTACHMENT_BYTES_MAX);
	int rc = file_read(path, &bytes, f);
	if (rc == 0)
		rc = attach_bytes(c, path, (struct span){ bytes.data, bytes.used }, sha256, f);
	*size = bytes.used;
	buffer_clear(&bytes);
	return rc;
}

const char *attach_media_type(const char *path)
{
	static const char *const type[][2] = {
		{ ".pdf", "application/pdf" }, { ".json", "application/json" },
		{ ".xml", "application/xml" }, { ".txt", "text/plain" }, { ".log", "text/plain" },
		{ ".csv", "text/csv" }, { ".png", "image/png" }, { ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" }, { ".zip", "application/zip" },
	};
	const char *ending = strrchr(path, '.');
	for (size_t i = 0; ending && i < sizeof type / sizeof *type; i++) {
		if (!strcasecmp(ending, type[i][0]))
			return type[i][1];
	}
	return NULL;
}

/* HEX, HEX:SIZE or HEX:SIZE:TYPE: the file need not be here. */
static bool is_hash(const char *value)
{
	const size_t digits = strspn(value, "0123456789abcdefABCDEF");
	return digits == 2 * HASH_SIZE && (value[digits] == '\0' || value[digits] == ':');
}

int attach_fields(struct client *c, struct fields *l, struct fault *f)
{
	for (unsigned i = 0; i < l->count; i++) {
		char text[2 * HASH_SIZE + 80], hex[2 * HASH_SIZE + 1];
		uint8_t sha256[HASH_SIZE];
		uint64_t size;
		char *path = l->at[i].value;
		if (strcmp(l->at[i].name, "attachment") || is_hash(path))
			continue;
		if (attach_file(c, path, sha256, &size, f) < 0)
			return fault_prefix(f, "attachment");
		const char *type = attach_media_type(path);
		hex_write(hex, sha256, HASH_SIZE);
		snprintf(text, sizeof text, "%s:%llu%s%s", hex, (unsigned long long)size,
			 type ? ":" : "", type ? type : "");
		char *copy = strdup(text);
		if (!copy)
			return fault_set(f, FAULT_IO, "no memory");
		free(path);
		l->at[i].value = copy;
	}
	return 0;
}
