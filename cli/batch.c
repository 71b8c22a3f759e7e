/* Appending events in batches. */
#include "cli/batch.h"

#include <stdio.h>
#include <string.h>

#include "proto/wire/unpack.h"

static int who_are_you(struct batch *b, struct fault *f)
{
	Trac__Empty empty = TRAC__EMPTY__INIT;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_STATUS;
	request.status = &empty;
	Trac__Reply *r = client_ask(&b->client, &request, f);
	if (!r)
		return -1;
	int rc = -1;
	if (!reply_refused(r, TRAC__REPLY__BODY_STATUS, f)) {
		const char *member = r->status->member ? r->status->member : "";
		b->size_before = b->next = r->status->own_size;
		b->epoch = r->status->recovery ? r->status->recovery->epoch : 1;
		rc = 0;
		if (!member_name_is_valid(member))
			rc = fault_set(f, FAULT_PROTOCOL, "tracd does not say which member it is");
		else
			snprintf(b->member, sizeof b->member, "%s", member);
	}
	unpack_free(r);
	return rc;
}

int batch_open(struct batch *b, const char *home, struct fault *f)
{
	memset(b, 0, sizeof *b);
	b->client.fd = -1;
	buffer_init(&b->bytes, BATCH_BYTES + ENTRY_SIZE_MAX + 1024);
	if (client_open(&b->client, home, f) < 0)
		return -1;
	return who_are_you(b, f);
}

void batch_close(struct batch *b)
{
	client_close(&b->client);
	buffer_clear(&b->bytes);
}

/*
 * Counts what tracd acknowledged. New entries have rising indexes: one that is
 * not above all before it was there already, from before this call or from it.
 * Returns how many, -1 when the answer makes no sense.
 */
static int acknowledge(struct batch *b, const Trac__AppendReply *r)
{
	uint64_t known = 0;
	if (r->n_index > b->count || r->repeated_count > r->n_index)
		return -1;
	for (size_t i = 0; i < r->n_index; i++) {
		bool is_new = r->index[i] >= b->next;
		if (is_new)
			b->next = r->index[i] + 1;
		known += r->index[i] < b->size_before;
		if (b->tell)
			b->tell(b->ctx, b->id[i], r->index[i], is_new);
	}
	if (known > r->repeated_count)
		known = r->repeated_count;
	b->recorded += r->n_index - r->repeated_count;
	b->known_before += known;
	b->repeated += r->repeated_count - known;
	return (int)r->n_index;
}

static int refuse_at(const struct batch *b, unsigned at, struct fault *f)
{
	unsigned line = at < b->count ? b->line[at] : 0;
	return line ? fault_prefix(f, "line %u", line) : -1;
}

/* The answer to the batch: -1 unless all of it was accepted. */
static int read_answer(struct batch *b, const Trac__Reply *r, struct fault *f)
{
	int accepted = 0;
	if (r->body_case == TRAC__REPLY__BODY_APPEND)
		accepted = acknowledge(b, r->append);
	if (accepted < 0)
		return fault_set(f, FAULT_PROTOCOL, "tracd acknowledged more than was sent");
	if (reply_refused(r, TRAC__REPLY__BODY_APPEND, f))
		return refuse_at(b, (unsigned)accepted, f);
	if ((unsigned)accepted == b->count)
		return 0;
	return fault_set(f, FAULT_PROTOCOL, "tracd acknowledged %d of %u events and gave no "
			 "reason", accepted, b->count);
}

int batch_send(struct batch *b, struct fault *f)
{
	ProtobufCBinaryData event[BATCH_EVENTS];
	size_t start = 0;
	if (!b->count)
		return 0;
	for (unsigned i = 0; i < b->count; i++) {
		event[i] = (ProtobufCBinaryData){ b->end[i] - start, b->bytes.data + start };
		start = b->end[i];
	}
	Trac__AppendRequest append = TRAC__APPEND_REQUEST__INIT;
	append.n_event = b->count;
	append.event = event;
	Trac__Request request = TRAC__REQUEST__INIT;
	request.body_case = TRAC__REQUEST__BODY_APPEND;
	request.append = &append;
	Trac__Reply *r = client_ask(&b->client, &request, f);
	int rc = r ? read_answer(b, r, f) : -1;
	unpack_free(r);
	b->count = 0;
	buffer_reset(&b->bytes);
	return rc;
}

int batch_add(struct batch *b, const struct fields *l, const struct defaults *d, unsigned line,
	      struct fault *f)
{
	size_t start = b->bytes.used;
	if (fields_event(l, d, &b->bytes, b->id[b->count], f) < 0) {
		b->bytes.used = start;
		if (line)
			fault_prefix(f, "line %u", line);
		return -1;
	}
	b->end[b->count] = b->bytes.used;
	b->line[b->count++] = line;
	if (b->count < BATCH_EVENTS && b->bytes.used < BATCH_BYTES)
		return 0;
	return batch_send(b, f);
}
