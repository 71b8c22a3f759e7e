/* Answers about attachments to the local socket. */
#include <stdlib.h>
#include <string.h>

#include "daemon/answers.h"
#include "daemon/attachments.h"
#include "proto/wire/unpack.h"

/* One answer of the list: names and sizes, 5 kB. */
#define LIST_MAX 100

static int hash_of(bool given, const ProtobufCBinaryData *bytes, struct hash *out,
		   struct fault *f)
{
	if (!given || bytes->len != HASH_SIZE)
		return fault_set(f, FAULT_INPUT, "attachment: its SHA-256 must have 32 bytes");
	memcpy(out->b, bytes->data, HASH_SIZE);
	return 0;
}

void answer_attach(struct node *n, const Trac__AttachRequest *q, struct buffer *b)
{
	const struct span piece = { q->piece.data, q->piece.len };
	struct fault f = { 0 };
	struct hash name;

	if (hash_of(q->has_sha256, &q->sha256, &name, &f) < 0 ||
	    attachments_add(n, &name, q->size_bytes, q->offset, piece, &f) < 0)
		answer_refusal(&f, b);
	else
		answer_done(b);
}

void answer_read(struct node *n, const Trac__ReadRequest *q, struct buffer *b)
{
	Trac__Reply reply = TRAC__REPLY__INIT;
	Trac__ReadReply body = TRAC__READ_REPLY__INIT;
	uint8_t *piece = malloc(ATTACH_PIECE_MAX);
	struct fault f = { 0 };
	struct hash name;
	long got = -1;

	if (!piece)
		fault_set(&f, FAULT_FULL, "no memory for a piece of a file");
	else if (hash_of(q->has_sha256, &q->sha256, &name, &f) == 0)
		got = attachments_read(n, &name, q->offset, piece, ATTACH_PIECE_MAX, &f);
	if (got < 0) {
		answer_refusal(&f, b);
	} else {
		body.has_size_bytes = body.has_piece = true;
		body.size_bytes = (uint64_t)attachments_size(n, &name);
		body.piece = (ProtobufCBinaryData){ (size_t)got, piece };
		reply.body_case = TRAC__REPLY__BODY_READ;
		reply.read = &body;
		buffer_reset(b);
		pack(&reply, b);
	}
	free(piece);
}

static void write_fetch(Trac__FetchReply *body, struct buffer *b)
{
	Trac__Reply reply = TRAC__REPLY__INIT;

	reply.body_case = TRAC__REPLY__BODY_FETCH;
	reply.fetch = body;
	buffer_reset(b);
	pack(&reply, b);
}

/* Which files are here. */
static void list_files(struct node *n, const Trac__ShareRequest *q, struct buffer *b)
{
	Trac__FetchReply body = TRAC__FETCH_REPLY__INIT;
	Trac__HeldFile file[LIST_MAX], *row[LIST_MAX];
	struct hash name[LIST_MAX + 1], after = { { 0 } };
	struct fault f = { 0 };
	struct readers r;
	int count = -1;

	if (!q->has_after || hash_of(true, &q->after, &after, &f) == 0)
		count = attachments_list(n, &after, name, LIST_MAX + 1, &f);
	if (count < 0) {
		answer_refusal(&f, b);
		return;
	}
	body.has_more = true;
	body.more = count > LIST_MAX;
	body.n_file = body.more ? LIST_MAX : (size_t)count;
	body.file = row;
	for (size_t i = 0; i < body.n_file; i++) {
		const int64_t size = attachments_size(n, &name[i]);

		attachments_readers(n, &name[i], &r, &f);
		trac__held_file__init(&file[i]);
		file[i].has_sha256 = file[i].has_size_bytes = file[i].has_readers = true;
		file[i].sha256 = (ProtobufCBinaryData){ HASH_SIZE, name[i].b };
		file[i].size_bytes = size > 0 ? (uint64_t)size : 0;
		file[i].readers = r.count;
		row[i] = &file[i];
	}
	write_fetch(&body, b);
}

void answer_share(struct node *n, const Trac__ShareRequest *q, struct buffer *b)
{
	Trac__FetchReply body = TRAC__FETCH_REPLY__INIT;
	char *reader[ATTACHMENT_READERS_MAX];
	struct fault f = { 0 };
	struct readers r;
	struct hash name;

	if (!q->has_sha256) {
		list_files(n, q, b);
		return;
	}
	if (hash_of(true, &q->sha256, &name, &f) < 0 ||
	    (q->member && attachments_share(n, &name, q->member, q->withdraw, &f) < 0) ||
	    attachments_readers(n, &name, &r, &f) < 0) {
		answer_refusal(&f, b);
		return;
	}
	for (unsigned i = 0; i < r.count; i++)
		reader[i] = r.name[i];
	body.n_reader = r.count;
	body.reader = reader;
	body.has_size_bytes = body.has_held = true;
	body.size_bytes = body.held = attachments_held(n, &name);
	write_fetch(&body, b);
}
