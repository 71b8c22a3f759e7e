/* Bounds of a gossip message: what both codecs promise and demand. */
#include "proto/wire/gossip.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire/gossip.pb-c.h"
#include "proto/wire/unpack.h"

static int refuse(struct fault *f, const char *sentence)
{
	return fault_set(f, FAULT_PROTOCOL, "gossip: %s", sentence);
}

/* An array of room characters that holds an ended, clean text. */
static bool text_is_good(const char *text, size_t room)
{
	const char *end = memchr(text, '\0', room);
	return end && text_is_clean(text, (size_t)(end - text));
}

static int check_greeting(const struct gossip *g, struct fault *f)
{
	if (!text_is_good(g->greeting.network, sizeof g->greeting.network))
		return refuse(f, "greeting: the network's name is not clean text");
	if (!text_is_good(g->greeting.member, sizeof g->greeting.member))
		return refuse(f, "greeting: the member's name is not clean text");
	if (g->greeting.scope > TRAC__SCOPE__ALL)
		return fault_set(f, FAULT_PROTOCOL, "gossip: greeting: scope %u is unknown, "
				 "the largest known is %u: update the older side",
				 g->greeting.scope, TRAC__SCOPE__ALL);
	if (g->greeting.twin > TWIN_AFTER)
		return refuse(f, "greeting: what it says of another instance is unknown");
	return 0;
}

static int check_summary(const struct gossip *g, struct fault *f)
{
	if (g->summary.count > LOGS_MAX)
		return fault_set(f, FAULT_PROTOCOL, "gossip: summary: %u logs, limit %u",
				 g->summary.count, LOGS_MAX);
	if (g->summary.count > 0 && !g->summary.item)
		return refuse(f, "summary: logs are counted but not there");
	for (uint32_t i = 0; i < g->summary.count; i++) {
		const struct log_size *s = &g->summary.item[i];
		if (s->held > s->seen)
			return refuse(f, "summary: holds more entries of a log than its head has");
		if (i > 0 && memcmp(s[-1].log.b, s->log.b, LOG_ID_SIZE) >= 0)
			return refuse(f, "summary: log ids do not rise strictly");
	}
	return 0;
}

static int check_head(const struct gossip *g, struct fault *f)
{
	size_t size = g->head.checkpoint.size;
	if (size == 0 || !g->head.checkpoint.data)
		return refuse(f, "head: there is no checkpoint");
	if (size > CHECKPOINT_BYTES_MAX)
		return fault_set(f, FAULT_PROTOCOL, "gossip: head: checkpoint of %zu bytes, limit %u",
				 size, CHECKPOINT_BYTES_MAX);
	return 0;
}

static int check_want(const struct gossip *g, struct fault *f)
{
	if (g->want.start >= g->want.end || g->want.end > g->want.tree_size)
		return refuse(f, "want: start, end and tree size do not rise");
	return 0;
}

static int check_evidence(const struct gossip *g, struct fault *f)
{
	size_t size = g->evidence.bytes.size;
	if (size == 0 || size > EVIDENCE_BYTES_MAX || !g->evidence.bytes.data)
		return fault_set(f, FAULT_PROTOCOL, "gossip: evidence of %zu bytes, 1 to %u are "
				 "allowed", size, EVIDENCE_BYTES_MAX);
	return 0;
}

static int check_prove(const struct gossip *g, struct fault *f)
{
	if (g->prove.from == 0 || g->prove.from > g->prove.to)
		return refuse(f, "prove: from and to do not rise");
	return 0;
}

static int check_proof(const struct gossip *g, struct fault *f)
{
	const struct span *note = &g->proof.checkpoint;
	if (g->proof.from == 0 || g->proof.from > g->proof.to)
		return refuse(f, "proof: from and to do not rise");
	if (note->size > CHECKPOINT_BYTES_MAX || (note->size > 0 && !note->data))
		return fault_set(f, FAULT_PROTOCOL, "gossip: proof: checkpoint of %zu bytes, limit %u",
				 note->size, CHECKPOINT_BYTES_MAX);
	if (g->proof.proof_count > PROOF_HASHES_MAX || (g->proof.proof_count && !g->proof.proof))
		return fault_set(f, FAULT_PROTOCOL, "gossip: proof of %u hashes, limit %u",
				 g->proof.proof_count, PROOF_HASHES_MAX);
	return 0;
}

static int check_frame(const struct gossip *g, struct fault *f)
{
	uint32_t count = g->frame.count;
	if (count < 1 || count > FRAME_ENTRIES_MAX || !g->frame.entry)
		return fault_set(f, FAULT_PROTOCOL, "gossip: frame: %u entries, 1 to %u are allowed",
				 count, FRAME_ENTRIES_MAX);
	if (g->frame.start > g->frame.tree_size || count > g->frame.tree_size - g->frame.start)
		return refuse(f, "frame: entries reach past the end of the tree");

	size_t total = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct span *entry = &g->frame.entry[i];
		if (entry->size < 1 || entry->size > ENTRY_SIZE_MAX || !entry->data)
			return fault_set(f, FAULT_PROTOCOL,
					 "gossip: frame: entry of %zu bytes, 1 to %u are allowed",
					 entry->size, ENTRY_SIZE_MAX);
		total += entry->size;
	}
	if (total > FRAME_BYTES_MAX)
		return fault_set(f, FAULT_PROTOCOL, "gossip: frame: %zu bytes of entries, limit %u",
				 total, FRAME_BYTES_MAX);
	if (g->frame.proof_count > PROOF_HASHES_MAX || (g->frame.proof_count && !g->frame.proof))
		return fault_set(f, FAULT_PROTOCOL, "gossip: frame: proof of %u hashes, limit %u",
				 g->frame.proof_count, PROOF_HASHES_MAX);
	return 0;
}

static int check_bye(const struct gossip *g, struct fault *f)
{
	if (!text_is_good(g->bye.text, sizeof g->bye.text))
		return refuse(f, "bye: its sentence is not clean text");
	return 0;
}

static int check_body(const struct gossip *g, struct fault *f)
{
	static const size_t most[] = {
		[LETTER_PART] = LETTER_BYTES_MAX, [LETTER_PETITION] = PETITION_BYTES_MAX,
		[LETTER_ANSWER] = FAULT_TEXT_MAX - 1,
	};
	const struct span body = g->letter.body;
	const size_t limit = most[g->letter.kind];
	const bool is_due = g->letter.kind == LETTER_PART || g->letter.kind == LETTER_PETITION;
	if (body.size > limit || (is_due && body.size == 0) || (body.size > 0 && !body.data))
		return fault_set(f, FAULT_PROTOCOL, "gossip: letter: %zu bytes of body: only a part, a "
				 "petition and an answer have them, this kind at most %zu", body.size,
				 limit);
	if (g->letter.kind == LETTER_ANSWER && body.size > 0 &&
	    !text_is_clean((const char *)body.data, body.size))
		return refuse(f, "letter: the sentence of an answer is not clean text");
	return 0;
}

static int check_letter(const struct gossip *g, struct fault *f)
{
	const bool is_part = g->letter.kind == LETTER_PART;
	if (g->letter.kind < LETTER_REQUEST || g->letter.kind > LETTER_ANSWER)
		return refuse(f, "letter: of no known kind: update the older side");
	if (!text_is_good(g->letter.from, sizeof g->letter.from) || !g->letter.from[0] ||
	    !text_is_good(g->letter.to, sizeof g->letter.to) || !g->letter.to[0])
		return refuse(f, "letter: a member's name is missing or not clean text");
	if (check_body(g, f))
		return -1;
	if (g->letter.total > ATTACHMENT_BYTES_MAX ||
	    g->letter.offset > ATTACHMENT_BYTES_MAX ||
	    (is_part && g->letter.offset >= g->letter.total))
		return refuse(f, "letter: offset or total is past the largest attachment");
	return 0;
}

int gossip_check(const struct gossip *g, struct fault *f)
{
	switch (g->type) {
	case GOSSIP_GREETING:
		return check_greeting(g, f);
	case GOSSIP_SUMMARY:
		return check_summary(g, f);
	case GOSSIP_HEAD:
		return check_head(g, f);
	case GOSSIP_WANT:
		return check_want(g, f);
	case GOSSIP_FRAME:
		return check_frame(g, f);
	case GOSSIP_PING:
	case GOSSIP_PONG:
		return 0;
	case GOSSIP_BYE:
		return check_bye(g, f);
	case GOSSIP_LETTER:
		return check_letter(g, f);
	case GOSSIP_EVIDENCE:
		return check_evidence(g, f);
	case GOSSIP_PROVE:
		return check_prove(g, f);
	case GOSSIP_PROOF:
		return check_proof(g, f);
	}
	return refuse(f, "a message of no known kind: update the older side");
}

void gossip_box_clear(struct gossip_box *box)
{
	free(box->memory);
	unpack_free(box->memory2);
	*box = (struct gossip_box){ .memory = NULL };
}

uint64_t root_mark(const uint8_t root[32])
{
	uint64_t mark = get_u64(root);
	return mark ? mark : 1;
}

const char *gossip_name(enum gossip_type type)
{
	switch (type) {
	case GOSSIP_GREETING:
		return "greeting";
	case GOSSIP_SUMMARY:
		return "summary";
	case GOSSIP_HEAD:
		return "head";
	case GOSSIP_WANT:
		return "want";
	case GOSSIP_FRAME:
		return "frame";
	case GOSSIP_PING:
		return "ping";
	case GOSSIP_PONG:
		return "pong";
	case GOSSIP_BYE:
		return "bye";
	case GOSSIP_LETTER:
		return "letter";
	case GOSSIP_EVIDENCE:
		return "evidence";
	case GOSSIP_PROVE:
		return "prove";
	case GOSSIP_PROOF:
		return "proof";
	}
	return "unknown";
}
