/*
 * Gossip between nodes: protobuf to struct and back. What a peer leaves out is
 * zero or empty, but for log ids, digests and hashes, which have one size.
 */
#include "proto/wire/gossip.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire/gossip.pb-c.h"
#include "proto/wire/unpack.h"

#define HASH_SIZE 32

/* --- unpacking --- */

static int take_fixed(void *to, size_t size, ProtobufCBinaryData from,
		      const char *name, struct fault *f)
{
	if (from.len != size)
		return fault_set(f, FAULT_PROTOCOL, "gossip: %s has %zu bytes, %zu are asked",
				 name, from.len, size);
	memcpy(to, from.data, size);
	return 0;
}

static int take_log(struct log_id *to, ProtobufCBinaryData from, struct fault *f)
{
	return take_fixed(to->b, LOG_ID_SIZE, from, "a log id", f);
}

static int take_text(char *to, size_t room, const char *from,
		     const char *name, struct fault *f)
{
	size_t size = from ? strlen(from) : 0;
	if (size >= room)
		return fault_set(f, FAULT_PROTOCOL, "gossip: %s has %zu bytes, limit %zu",
				 name, size, room - 1);
	if (size > 0)
		memcpy(to, from, size);
	to[size] = '\0';
	return 0;
}

static struct span span_of(ProtobufCBinaryData from)
{
	return (struct span){ from.data, from.len };
}

static int take_greeting(struct gossip *g, const Trac__Greeting *m, struct fault *f)
{
	g->greeting.version = m->version;
	g->greeting.scope = (uint32_t)m->scope;
	g->greeting.your_size = m->your_size;
	g->greeting.members_size = m->members_size;
	g->greeting.instance = m->instance;
	g->greeting.twin = m->twin;
	if (take_text(g->greeting.network, sizeof g->greeting.network, m->network,
		      "the network's name", f))
		return -1;
	if (take_text(g->greeting.member, sizeof g->greeting.member, m->member,
		      "the member's name", f))
		return -1;
	return take_fixed(g->greeting.digest, HASH_SIZE, m->digest, "the digest", f);
}

static int take_summary(struct gossip_box *box, const Trac__Summary *m, struct fault *f)
{
	size_t count = m->log.len / LOG_ID_SIZE;
	if (count > LOGS_MAX)
		return fault_set(f, FAULT_PROTOCOL, "gossip: summary: %zu logs, limit %u",
				 count, LOGS_MAX);
	if (m->log.len % LOG_ID_SIZE || m->n_seen != count || m->n_held != count)
		return fault_set(f, FAULT_PROTOCOL,
				 "gossip: summary: log ids, seen and held differ in number");
	if ((m->n_vouched && m->n_vouched != count) || (m->n_mark && m->n_mark != count) ||
	    (m->n_forked && m->n_forked != count))
		return fault_set(f, FAULT_PROTOCOL, "gossip: summary: log ids and what is said of each "
				 "differ in number");
	if (count == 0)
		return 0;
	struct log_size *item = calloc(count, sizeof *item);
	if (!item)
		return fault_set(f, FAULT_FULL, "gossip: summary: no memory for %zu logs", count);
	box->memory = item;
	for (size_t i = 0; i < count; i++) {
		memcpy(item[i].log.b, m->log.data + i * LOG_ID_SIZE, LOG_ID_SIZE);
		item[i].seen = m->seen[i];
		item[i].held = m->held[i];
		item[i].vouched = m->n_vouched ? m->vouched[i] : 0;
		item[i].mark = m->n_mark ? m->mark[i] : 0;
		item[i].forked = m->n_forked ? m->forked[i] : 0;
	}
	box->msg.summary.count = (uint32_t)count;
	box->msg.summary.item = item;
	return 0;
}

static int take_head(struct gossip *g, const Trac__Head *m, struct fault *f)
{
	g->head.held = m->held;
	g->head.checkpoint = span_of(m->checkpoint);
	return take_log(&g->head.log, m->log, f);
}

static int take_want(struct gossip *g, const Trac__Want *m, struct fault *f)
{
	g->want.start = m->start;
	g->want.end = m->end;
	g->want.tree_size = m->tree_size;
	g->want.mark = m->mark;
	return take_log(&g->want.log, m->log, f);
}

static int take_frame(struct gossip_box *box, const Trac__Frame *m, struct fault *f)
{
	struct gossip *g = &box->msg;
	if (m->n_entry > FRAME_ENTRIES_MAX || m->n_proof > PROOF_HASHES_MAX)
		return fault_set(f, FAULT_PROTOCOL,
				 "gossip: frame: %zu entries and %zu hashes, limits %u and %u",
				 m->n_entry, m->n_proof, FRAME_ENTRIES_MAX, PROOF_HASHES_MAX);
	/* one block: the spans, then the hashes that the struct wants in a row */
	size_t spans = (m->n_entry + 1) * sizeof(struct span);
	box->memory = calloc(1, spans + m->n_proof * HASH_SIZE);
	if (!box->memory)
		return fault_set(f, FAULT_FULL, "gossip: frame: no memory for %zu entries",
				 m->n_entry);
	struct span *entry = box->memory;
	uint8_t *proof = (uint8_t *)box->memory + spans;
	for (size_t i = 0; i < m->n_entry; i++)
		entry[i] = span_of(m->entry[i]);
	for (size_t i = 0; i < m->n_proof; i++) {
		if (take_fixed(proof + i * HASH_SIZE, HASH_SIZE, m->proof[i],
			       "a hash of a proof", f))
			return -1;
	}
	g->frame.start = m->start;
	g->frame.tree_size = m->tree_size;
	g->frame.count = (uint32_t)m->n_entry;
	g->frame.entry = entry;
	g->frame.proof_count = (uint32_t)m->n_proof;
	g->frame.proof = proof;
	return take_log(&g->frame.log, m->log, f);
}

static int take_letter(struct gossip *g, const Trac__Letter *m, struct fault *f)
{
	g->letter.kind = (uint32_t)m->kind;
	g->letter.nonce = m->nonce;
	g->letter.offset = m->offset;
	g->letter.total = m->total;
	g->letter.code = m->code;
	g->letter.body = span_of(m->body);
	if (take_text(g->letter.from, sizeof g->letter.from, m->from, "a member's name", f) ||
	    take_text(g->letter.to, sizeof g->letter.to, m->to, "a member's name", f) ||
	    take_fixed(g->letter.sha256, HASH_SIZE, m->sha256, "the hash of a file", f))
		return -1;
	if (!m->has_signature)   /* a hub's own refusal has none */
		return 0;
	return take_fixed(g->letter.signature, sizeof g->letter.signature, m->signature,
			  "a signature", f);
}

static int take_evidence(struct gossip *g, const Trac__Evidence *m, struct fault *f)
{
	g->evidence.bytes = span_of(m->evidence);
	return take_log(&g->evidence.log, m->log, f);
}

static int take_proof(struct gossip_box *box, const Trac__Proof *m, struct fault *f)
{
	struct gossip *g = &box->msg;
	if (m->n_proof > PROOF_HASHES_MAX)
		return fault_set(f, FAULT_PROTOCOL, "gossip: proof of %zu hashes, limit %u",
				 m->n_proof, PROOF_HASHES_MAX);
	uint8_t *proof = box->memory = calloc(m->n_proof + 1, HASH_SIZE);
	if (!proof)
		return fault_set(f, FAULT_FULL, "gossip: proof: no memory for %zu hashes", m->n_proof);
	for (size_t i = 0; i < m->n_proof; i++) {
		if (take_fixed(proof + i * HASH_SIZE, HASH_SIZE, m->proof[i], "a hash of a proof", f))
			return -1;
	}
	g->proof.from = m->from;
	g->proof.to = m->to;
	g->proof.checkpoint = span_of(m->checkpoint);
	g->proof.proof_count = (uint32_t)m->n_proof;
	g->proof.proof = proof;
	if (take_fixed(g->proof.root, HASH_SIZE, m->root, "the root of a proof", f))
		return -1;
	return take_log(&g->proof.log, m->log, f);
}

static int take_body(struct gossip_box *box, const Trac__Gossip *m, struct fault *f)
{
	struct gossip *g = &box->msg;
	/* the numbers of gossip.proto are those of enum gossip_type */
	g->type = (enum gossip_type)m->body_case;
	switch (m->body_case) {
	case TRAC__GOSSIP__BODY_GREETING:
		return take_greeting(g, m->greeting, f);
	case TRAC__GOSSIP__BODY_SUMMARY:
		return take_summary(box, m->summary, f);
	case TRAC__GOSSIP__BODY_HEAD:
		return take_head(g, m->head, f);
	case TRAC__GOSSIP__BODY_WANT:
		return take_want(g, m->want, f);
	case TRAC__GOSSIP__BODY_FRAME:
		return take_frame(box, m->frame, f);
	case TRAC__GOSSIP__BODY_PING:
		g->ping.nonce = m->ping->nonce;
		return 0;
	case TRAC__GOSSIP__BODY_PONG:
		g->ping.nonce = m->pong->nonce;
		return 0;
	case TRAC__GOSSIP__BODY_BYE:
		g->bye.code = m->bye->code;
		return take_text(g->bye.text, sizeof g->bye.text, m->bye->text,
				 "the sentence of a bye", f);
	case TRAC__GOSSIP__BODY_LETTER:
		return take_letter(g, m->letter, f);
	case TRAC__GOSSIP__BODY_EVIDENCE:
		return take_evidence(g, m->evidence, f);
	case TRAC__GOSSIP__BODY_PROVE:
		g->prove.from = m->prove->from;
		g->prove.to = m->prove->to;
		return take_log(&g->prove.log, m->prove->log, f);
	case TRAC__GOSSIP__BODY_PROOF:
		return take_proof(box, m->proof, f);
	case TRAC__GOSSIP__BODY__NOT_SET:
	case _TRAC__GOSSIP__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return fault_set(f, FAULT_PROTOCOL, "gossip: an empty message");
}

int gossip_unpack(struct gossip_box *box, struct span bytes, struct fault *f)
{
	*box = (struct gossip_box){ .memory = NULL };
	if (bytes.size > GOSSIP_BYTES_MAX)
		return fault_set(f, FAULT_PROTOCOL, "gossip: a message of %zu bytes, limit %u",
				 bytes.size, GOSSIP_BYTES_MAX);
	Trac__Gossip *m = unpack(&trac__gossip__descriptor, bytes, UNPACK_STRICT, f);
	if (!m) {
		f->code = FAULT_PROTOCOL;
		return -1;
	}
	box->memory2 = m;
	if (take_body(box, m, f) || gossip_check(&box->msg, f)) {
		gossip_box_clear(box);
		return -1;
	}
	return 0;
}

/* --- packing --- */

static ProtobufCBinaryData borrow(const void *data, size_t size)
{
	return (ProtobufCBinaryData){ size, (uint8_t *)(uintptr_t)data };
}

static char *borrow_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void pack_body(const struct gossip *g, void *body, struct buffer *b)
{
	Trac__Gossip m = TRAC__GOSSIP__INIT;
	m.body_case = (Trac__Gossip__BodyCase)g->type;
	m.greeting = body;   /* the members of the union are all pointers */
	pack(&m, b);
}

static void pack_greeting(const struct gossip *g, struct buffer *b)
{
	Trac__Greeting m = TRAC__GREETING__INIT;
	m.has_version = m.has_scope = m.has_digest = true;
	m.has_your_size = m.has_members_size = true;
	m.has_instance = g->greeting.instance != 0;
	m.has_twin = g->greeting.twin != TWIN_NONE;
	m.instance = g->greeting.instance;
	m.twin = g->greeting.twin;
	m.version = g->greeting.version;
	m.network = borrow_text(g->greeting.network);
	m.member = borrow_text(g->greeting.member);
	m.scope = (Trac__Scope)g->greeting.scope;
	m.digest = borrow(g->greeting.digest, HASH_SIZE);
	m.your_size = g->greeting.your_size;
	m.members_size = g->greeting.members_size;
	pack_body(g, &m, b);
}

/* Items apart, as the schema wants them: ids, then seen, then held. */
static int pack_summary(const struct gossip *g, struct buffer *b, struct fault *f)
{
	Trac__Summary m = TRAC__SUMMARY__INIT;
	size_t count = g->summary.count;
	uint64_t any = 0, marks = 0, forks = 0;
	uint64_t *seen = calloc(count + 1, 5 * sizeof *seen + LOG_ID_SIZE);
	if (!seen)
		return fault_set(f, FAULT_FULL, "gossip: summary: no memory for %zu logs", count);
	uint64_t *held = seen + count, *vouched = held + count;
	uint64_t *mark = vouched + count, *forked = mark + count;
	uint8_t *log = (uint8_t *)(forked + count);
	for (size_t i = 0; i < count; i++) {
		seen[i] = g->summary.item[i].seen;
		held[i] = g->summary.item[i].held;
		any |= vouched[i] = g->summary.item[i].vouched;
		marks |= mark[i] = g->summary.item[i].mark;
		forks |= forked[i] = g->summary.item[i].forked;
		memcpy(log + i * LOG_ID_SIZE, g->summary.item[i].log.b, LOG_ID_SIZE);
	}
	m.has_log = true;
	m.log = borrow(log, count * LOG_ID_SIZE);
	m.n_seen = m.n_held = count;
	m.seen = seen;
	m.held = held;
	m.n_vouched = any ? count : 0;
	m.vouched = vouched;
	m.n_mark = marks ? count : 0;
	m.mark = mark;
	m.n_forked = forks ? count : 0;
	m.forked = forked;
	pack_body(g, &m, b);
	free(seen);
	return 0;
}

static void pack_head(const struct gossip *g, struct buffer *b)
{
	Trac__Head m = TRAC__HEAD__INIT;
	m.has_log = m.has_held = m.has_checkpoint = true;
	m.log = borrow(g->head.log.b, LOG_ID_SIZE);
	m.held = g->head.held;
	m.checkpoint = borrow(g->head.checkpoint.data, g->head.checkpoint.size);
	pack_body(g, &m, b);
}

static void pack_want(const struct gossip *g, struct buffer *b)
{
	Trac__Want m = TRAC__WANT__INIT;
	m.has_log = m.has_start = m.has_end = m.has_tree_size = true;
	m.log = borrow(g->want.log.b, LOG_ID_SIZE);
	m.start = g->want.start;
	m.end = g->want.end;
	m.tree_size = g->want.tree_size;
	m.has_mark = g->want.mark != 0;
	m.mark = g->want.mark;
	pack_body(g, &m, b);
}

static void pack_frame(const struct gossip *g, struct buffer *b)
{
	Trac__Frame m = TRAC__FRAME__INIT;
	ProtobufCBinaryData entry[FRAME_ENTRIES_MAX], proof[PROOF_HASHES_MAX];
	for (uint32_t i = 0; i < g->frame.count; i++)
		entry[i] = borrow(g->frame.entry[i].data, g->frame.entry[i].size);
	for (uint32_t i = 0; i < g->frame.proof_count; i++)
		proof[i] = borrow(g->frame.proof + (size_t)i * HASH_SIZE, HASH_SIZE);
	m.has_log = m.has_start = m.has_tree_size = true;
	m.log = borrow(g->frame.log.b, LOG_ID_SIZE);
	m.start = g->frame.start;
	m.tree_size = g->frame.tree_size;
	m.n_entry = g->frame.count;
	m.entry = entry;
	m.n_proof = g->frame.proof_count;
	m.proof = proof;
	pack_body(g, &m, b);
}

static void pack_ping(const struct gossip *g, struct buffer *b)
{
	Trac__Ping m = TRAC__PING__INIT;
	m.has_nonce = true;
	m.nonce = g->ping.nonce;
	pack_body(g, &m, b);
}

static void pack_bye(const struct gossip *g, struct buffer *b)
{
	Trac__Bye m = TRAC__BYE__INIT;
	m.has_code = true;
	m.code = g->bye.code;
	m.text = borrow_text(g->bye.text);
	pack_body(g, &m, b);
}

static void pack_letter(const struct gossip *g, struct buffer *b)
{
	Trac__Letter m = TRAC__LETTER__INIT;
	m.has_kind = m.has_sha256 = m.has_nonce = m.has_offset = m.has_signature = true;
	m.kind = (Trac__LetterKind)g->letter.kind;
	m.from = borrow_text(g->letter.from);
	m.to = borrow_text(g->letter.to);
	m.sha256 = borrow(g->letter.sha256, HASH_SIZE);
	m.nonce = g->letter.nonce;
	m.offset = g->letter.offset;
	m.has_total = g->letter.total > 0;
	m.total = g->letter.total;
	m.has_code = g->letter.code > 0;
	m.code = g->letter.code;
	m.has_body = g->letter.body.size > 0;
	m.body = borrow(g->letter.body.data, g->letter.body.size);
	m.signature = borrow(g->letter.signature, sizeof g->letter.signature);
	pack_body(g, &m, b);
}

static void pack_evidence(const struct gossip *g, struct buffer *b)
{
	Trac__Evidence m = TRAC__EVIDENCE__INIT;
	m.has_log = m.has_evidence = true;
	m.log = borrow(g->evidence.log.b, LOG_ID_SIZE);
	m.evidence = borrow(g->evidence.bytes.data, g->evidence.bytes.size);
	pack_body(g, &m, b);
}

static void pack_prove(const struct gossip *g, struct buffer *b)
{
	Trac__Prove m = TRAC__PROVE__INIT;
	m.has_log = m.has_from = m.has_to = true;
	m.log = borrow(g->prove.log.b, LOG_ID_SIZE);
	m.from = g->prove.from;
	m.to = g->prove.to;
	pack_body(g, &m, b);
}

static void pack_proof(const struct gossip *g, struct buffer *b)
{
	Trac__Proof m = TRAC__PROOF__INIT;
	ProtobufCBinaryData proof[PROOF_HASHES_MAX];
	for (uint32_t i = 0; i < g->proof.proof_count; i++)
		proof[i] = borrow(g->proof.proof + (size_t)i * HASH_SIZE, HASH_SIZE);
	m.has_log = m.has_from = m.has_to = m.has_root = true;
	m.log = borrow(g->proof.log.b, LOG_ID_SIZE);
	m.from = g->proof.from;
	m.to = g->proof.to;
	m.root = borrow(g->proof.root, HASH_SIZE);
	m.has_checkpoint = g->proof.checkpoint.size > 0;
	m.checkpoint = borrow(g->proof.checkpoint.data, g->proof.checkpoint.size);
	m.n_proof = g->proof.proof_count;
	m.proof = proof;
	pack_body(g, &m, b);
}

static int pack_any(const struct gossip *g, struct buffer *b, struct fault *f)
{
	switch (g->type) {
	case GOSSIP_GREETING:
		pack_greeting(g, b);
		break;
	case GOSSIP_SUMMARY:
		return pack_summary(g, b, f);
	case GOSSIP_HEAD:
		pack_head(g, b);
		break;
	case GOSSIP_WANT:
		pack_want(g, b);
		break;
	case GOSSIP_FRAME:
		pack_frame(g, b);
		break;
	case GOSSIP_PING:
	case GOSSIP_PONG:
		pack_ping(g, b);
		break;
	case GOSSIP_BYE:
		pack_bye(g, b);
		break;
	case GOSSIP_LETTER:
		pack_letter(g, b);
		break;
	case GOSSIP_EVIDENCE:
		pack_evidence(g, b);
		break;
	case GOSSIP_PROVE:
		pack_prove(g, b);
		break;
	case GOSSIP_PROOF:
		pack_proof(g, b);
		break;
	}
	return 0;
}

int gossip_pack(const struct gossip *g, struct buffer *b, struct fault *f)
{
	size_t before = b->used;
	if (gossip_check(g, f) || pack_any(g, b, f))
		return -1;
	if (b->failed)
		return fault_set(f, FAULT_FULL, "gossip: %s does not fit into a buffer of %zu bytes",
				 gossip_name(g->type), b->max);
	assert(b->used - before <= GOSSIP_BYTES_MAX);
	return 0;
}
