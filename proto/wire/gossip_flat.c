/*
 * Gossip between tracd-net and tracd: the fields in the order of gossip.h,
 * big-endian, lengths before spans. Both programs are of one version, so the
 * form has no number; tracd still trusts nothing in it, since the other process
 * is the one that strangers talk to.
 */
#include "proto/wire/gossip.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LOG_SIZE_SIZE (LOG_ID_SIZE + 5 * 8)

/* --- reading --- */

static void read_fixed(struct reader *r, void *to, size_t size)
{
	const uint8_t *at = read_bytes(r, size);
	if (at)
		memcpy(to, at, size);
}

static void read_greeting(struct reader *r, struct gossip *g)
{
	g->greeting.version = read_u32(r);
	read_text(r, g->greeting.network, sizeof g->greeting.network);
	read_text(r, g->greeting.member, sizeof g->greeting.member);
	g->greeting.scope = read_u32(r);
	read_fixed(r, g->greeting.digest, sizeof g->greeting.digest);
	g->greeting.your_size = read_u64(r);
	g->greeting.members_size = read_u64(r);
	g->greeting.instance = read_u64(r);
	g->greeting.twin = read_u32(r);
}

static void read_summary(struct reader *r, struct gossip_box *box)
{
	uint32_t count = read_u32(r);
	if (r->failed || count > LOGS_MAX || r->left != (size_t)count * LOG_SIZE_SIZE) {
		r->failed = true;
		return;
	}
	if (count == 0)
		return;
	struct log_size *item = calloc(count, sizeof *item);
	if (!item) {
		r->failed = true;
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		read_fixed(r, item[i].log.b, LOG_ID_SIZE);
		item[i].seen = read_u64(r);
		item[i].held = read_u64(r);
		item[i].vouched = read_u64(r);
		item[i].mark = read_u64(r);
		item[i].forked = read_u64(r);
	}
	box->memory = item;
	box->msg.summary.item = item;
	box->msg.summary.count = count;
}

static void read_frame(struct reader *r, struct gossip_box *box)
{
	struct gossip *g = &box->msg;
	read_fixed(r, g->frame.log.b, LOG_ID_SIZE);
	g->frame.start = read_u64(r);
	g->frame.tree_size = read_u64(r);

	uint32_t count = read_u32(r);
	if (count > FRAME_ENTRIES_MAX)
		r->failed = true;
	struct span *entry = r->failed ? NULL : calloc((size_t)count + 1, sizeof *entry);
	if (!entry) {
		r->failed = true;
		return;
	}
	box->memory = entry;
	for (uint32_t i = 0; i < count; i++)
		entry[i] = read_span(r, ENTRY_SIZE_MAX);
	g->frame.count = count;
	g->frame.entry = entry;

	uint32_t proof_count = read_u32(r);
	if (proof_count > PROOF_HASHES_MAX)
		r->failed = true;
	else
		g->frame.proof = read_bytes(r, (size_t)proof_count * 32);
	g->frame.proof_count = proof_count;
}

static void read_letter(struct reader *r, struct gossip *g)
{
	g->letter.kind = read_u32(r);
	read_text(r, g->letter.from, sizeof g->letter.from);
	read_text(r, g->letter.to, sizeof g->letter.to);
	read_fixed(r, g->letter.sha256, sizeof g->letter.sha256);
	g->letter.nonce = read_u64(r);
	g->letter.offset = read_u64(r);
	g->letter.total = read_u64(r);
	g->letter.code = read_u32(r);
	g->letter.body = read_span(r, LETTER_BYTES_MAX);
	read_fixed(r, g->letter.signature, sizeof g->letter.signature);
}

static void read_proof(struct reader *r, struct gossip *g)
{
	read_fixed(r, g->proof.log.b, LOG_ID_SIZE);
	g->proof.from = read_u64(r);
	g->proof.to = read_u64(r);
	read_fixed(r, g->proof.root, sizeof g->proof.root);
	g->proof.checkpoint = read_span(r, CHECKPOINT_BYTES_MAX);
	uint32_t count = read_u32(r);
	if (count > PROOF_HASHES_MAX)
		r->failed = true;
	else
		g->proof.proof = read_bytes(r, (size_t)count * 32);
	g->proof.proof_count = count;
}

static void read_body(struct reader *r, struct gossip_box *box)
{
	struct gossip *g = &box->msg;
	switch (g->type) {
	case GOSSIP_GREETING:
		read_greeting(r, g);
		break;
	case GOSSIP_SUMMARY:
		read_summary(r, box);
		break;
	case GOSSIP_HEAD:
		read_fixed(r, g->head.log.b, LOG_ID_SIZE);
		g->head.held = read_u64(r);
		g->head.checkpoint = read_span(r, CHECKPOINT_BYTES_MAX);
		break;
	case GOSSIP_WANT:
		read_fixed(r, g->want.log.b, LOG_ID_SIZE);
		g->want.start = read_u64(r);
		g->want.end = read_u64(r);
		g->want.tree_size = read_u64(r);
		g->want.mark = read_u64(r);
		break;
	case GOSSIP_FRAME:
		read_frame(r, box);
		break;
	case GOSSIP_PING:
	case GOSSIP_PONG:
		g->ping.nonce = read_u64(r);
		break;
	case GOSSIP_BYE:
		g->bye.code = read_u32(r);
		read_text(r, g->bye.text, sizeof g->bye.text);
		break;
	case GOSSIP_LETTER:
		read_letter(r, g);
		break;
	case GOSSIP_EVIDENCE:
		read_fixed(r, g->evidence.log.b, LOG_ID_SIZE);
		g->evidence.bytes = read_span(r, EVIDENCE_BYTES_MAX);
		break;
	case GOSSIP_PROVE:
		read_fixed(r, g->prove.log.b, LOG_ID_SIZE);
		g->prove.from = read_u64(r);
		g->prove.to = read_u64(r);
		break;
	case GOSSIP_PROOF:
		read_proof(r, g);
		break;
	default:
		r->failed = true;
	}
}

int gossip_read(struct gossip_box *box, struct span bytes, struct fault *f)
{
	struct reader r;
	reader_init(&r, bytes.data, bytes.size);
	*box = (struct gossip_box){ .memory = NULL };
	box->msg.type = (enum gossip_type)read_u8(&r);
	read_body(&r, box);
	if (!reader_done(&r))
		fault_set(f, FAULT_PROTOCOL, "gossip: %s of %zu bytes is damaged or over a limit",
			  gossip_name(box->msg.type), bytes.size);
	else if (gossip_check(&box->msg, f) == 0)
		return 0;
	gossip_box_clear(box);
	return -1;
}

/* --- writing --- */

static void write_greeting(const struct gossip *g, struct buffer *b)
{
	write_u32(b, g->greeting.version);
	write_text(b, g->greeting.network);
	write_text(b, g->greeting.member);
	write_u32(b, g->greeting.scope);
	write_bytes(b, g->greeting.digest, sizeof g->greeting.digest);
	write_u64(b, g->greeting.your_size);
	write_u64(b, g->greeting.members_size);
	write_u64(b, g->greeting.instance);
	write_u32(b, g->greeting.twin);
}

static void write_summary(const struct gossip *g, struct buffer *b)
{
	write_u32(b, g->summary.count);
	for (uint32_t i = 0; i < g->summary.count; i++) {
		const struct log_size *s = &g->summary.item[i];
		write_bytes(b, s->log.b, LOG_ID_SIZE);
		write_u64(b, s->seen);
		write_u64(b, s->held);
		write_u64(b, s->vouched);
		write_u64(b, s->mark);
		write_u64(b, s->forked);
	}
}

static void write_frame(const struct gossip *g, struct buffer *b)
{
	write_bytes(b, g->frame.log.b, LOG_ID_SIZE);
	write_u64(b, g->frame.start);
	write_u64(b, g->frame.tree_size);
	write_u32(b, g->frame.count);
	for (uint32_t i = 0; i < g->frame.count; i++)
		write_span(b, g->frame.entry[i]);
	write_u32(b, g->frame.proof_count);
	write_bytes(b, g->frame.proof, (size_t)g->frame.proof_count * 32);
}

static void write_letter(const struct gossip *g, struct buffer *b)
{
	write_u32(b, g->letter.kind);
	write_text(b, g->letter.from);
	write_text(b, g->letter.to);
	write_bytes(b, g->letter.sha256, sizeof g->letter.sha256);
	write_u64(b, g->letter.nonce);
	write_u64(b, g->letter.offset);
	write_u64(b, g->letter.total);
	write_u32(b, g->letter.code);
	write_span(b, g->letter.body);
	write_bytes(b, g->letter.signature, sizeof g->letter.signature);
}

static void write_proof(const struct gossip *g, struct buffer *b)
{
	write_bytes(b, g->proof.log.b, LOG_ID_SIZE);
	write_u64(b, g->proof.from);
	write_u64(b, g->proof.to);
	write_bytes(b, g->proof.root, sizeof g->proof.root);
	write_span(b, g->proof.checkpoint);
	write_u32(b, g->proof.proof_count);
	write_bytes(b, g->proof.proof, (size_t)g->proof.proof_count * 32);
}

static void write_body(const struct gossip *g, struct buffer *b)
{
	switch (g->type) {
	case GOSSIP_GREETING:
		write_greeting(g, b);
		break;
	case GOSSIP_SUMMARY:
		write_summary(g, b);
		break;
	case GOSSIP_HEAD:
		write_bytes(b, g->head.log.b, LOG_ID_SIZE);
		write_u64(b, g->head.held);
		write_span(b, g->head.checkpoint);
		break;
	case GOSSIP_WANT:
		write_bytes(b, g->want.log.b, LOG_ID_SIZE);
		write_u64(b, g->want.start);
		write_u64(b, g->want.end);
		write_u64(b, g->want.tree_size);
		write_u64(b, g->want.mark);
		break;
	case GOSSIP_FRAME:
		write_frame(g, b);
		break;
	case GOSSIP_PING:
	case GOSSIP_PONG:
		write_u64(b, g->ping.nonce);
		break;
	case GOSSIP_BYE:
		write_u32(b, g->bye.code);
		write_text(b, g->bye.text);
		break;
	case GOSSIP_LETTER:
		write_letter(g, b);
		break;
	case GOSSIP_EVIDENCE:
		write_bytes(b, g->evidence.log.b, LOG_ID_SIZE);
		write_span(b, g->evidence.bytes);
		break;
	case GOSSIP_PROVE:
		write_bytes(b, g->prove.log.b, LOG_ID_SIZE);
		write_u64(b, g->prove.from);
		write_u64(b, g->prove.to);
		break;
	case GOSSIP_PROOF:
		write_proof(g, b);
		break;
	}
}

int gossip_write(const struct gossip *g, struct buffer *b, struct fault *f)
{
	if (gossip_check(g, f))
		return -1;
	write_u8(b, (uint8_t)g->type);
	write_body(g, b);
	if (b->failed)
		return fault_set(f, FAULT_FULL, "gossip: %s does not fit into a buffer of %zu bytes",
				 gossip_name(g->type), b->max);
	return 0;
}
