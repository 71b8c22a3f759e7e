/* Answers about beneficiaries to the local socket. Tokens are not logged. */
#include <string.h>

#include "daemon/answers.h"
#include "daemon/commitments.h"
#include "proto/wire/unpack.h"


static int read_token(bool given, const ProtobufCBinaryData *bytes, uint8_t token[TOKEN_SIZE],
		      struct fault *f)
{
	if (!given || bytes->len != TOKEN_SIZE)
		return fault_set(f, FAULT_INPUT, "a beneficiary's token has 32 hexadecimal digits, as "
				 "trac printed it");
	memcpy(token, bytes->data, TOKEN_SIZE);
	return 0;
}

static int read_commit(const Trac__CommitRequest *q, struct tied *t, struct fault *f)
{
	memset(t, 0, sizeof *t);
	if (!q->has_event)
		return 0;
	if (q->event.len != EVENT_ID_SIZE)
		return fault_set(f, FAULT_INPUT, "commit: an event id has %d bytes", EVENT_ID_SIZE);
	memcpy(t->event, q->event.data, EVENT_ID_SIZE);
	return 0;
}

static void write_commit(Trac__CommitReply *body, struct buffer *b)
{
	Trac__Reply reply = TRAC__REPLY__INIT;

	reply.body_case = TRAC__REPLY__BODY_COMMIT;
	reply.commit = body;
	buffer_reset(b);
	pack(&reply, b);
}

static void answer_list(struct node *n, const uint8_t token[TOKEN_SIZE], struct buffer *b)
{
	Trac__CommitReply body = TRAC__COMMIT_REPLY__INIT;
	ProtobufCBinaryData event[TOKEN_KEYS_MAX], commitment[TOKEN_KEYS_MAX];
	char place[TOKEN_KEYS_MAX][REFERENCE_MAX], *reference[TOKEN_KEYS_MAX];
	const struct member *m = registry_by_name(n->registry, n->settings.member);
	const unsigned epoch = m ? m->epoch : 1;
	struct tied tied[TOKEN_KEYS_MAX];
	struct fault f = { 0 };
	int count = commitments_list(n, token, tied, TOKEN_KEYS_MAX, &f);
	struct txn *t = count < 0 ? NULL : txn_begin(n->store, false, &f);

	if (!t) {
		answer_refusal(&f, b);
		return;
	}
	for (int i = 0; i < count; i++) {
		uint64_t index;

		place[i][0] = '\0';
		if (index_event(n->index, t, n->own, tied[i].event, &index))
			member_reference(n->settings.member, epoch, index, place[i]);
		else if (n->aside && index_event(n->index, t, n->aside, tied[i].event, &index))
			member_reference(n->settings.member, epoch, n->own_held + index, place[i]);
		reference[i] = place[i];
		event[i] = (ProtobufCBinaryData){ EVENT_ID_SIZE, tied[i].event };
		commitment[i] = (ProtobufCBinaryData){ COMMITMENT_SIZE, tied[i].commitment };
	}
	txn_abort(t);
	body.n_reference = body.n_event = body.n_tied = (size_t)count;
	body.reference = reference;
	body.event = event;
	body.tied = commitment;
	write_commit(&body, b);
}

void answer_commit(struct node *n, const Trac__CommitRequest *q, struct buffer *b)
{
	Trac__CommitReply body = TRAC__COMMIT_REPLY__INIT;
	uint8_t token[TOKEN_SIZE];
	struct fault f = { 0 };
	struct tied t;
	int rc = 0;

	if (q->has_token || q->list)
		rc = read_token(q->has_token, &q->token, token, &f);
	if (rc == 0 && q->list) {
		answer_list(n, token, b);
		return;
	}
	if (rc == 0)
		rc = read_commit(q, &t, &f);
	if (rc == 0 && !q->has_token)
		rc = commitments_draw(n, token, &f);
	if (rc == 0)
		rc = commitments_make(n, token, &t, &f);
	if (rc < 0) {
		answer_refusal(&f, b);
		return;
	}
	body.has_token = body.has_commitment = true;
	body.token = (ProtobufCBinaryData){ TOKEN_SIZE, token };
	body.commitment = (ProtobufCBinaryData){ COMMITMENT_SIZE, t.commitment };
	write_commit(&body, b);
}

void answer_forget(struct node *n, const Trac__ForgetRequest *q, struct buffer *b)
{
	Trac__Reply reply = TRAC__REPLY__INIT;
	Trac__ForgetReply body = TRAC__FORGET_REPLY__INIT;
	uint8_t token[TOKEN_SIZE];
	struct fault f = { 0 };
	int destroyed = -1;

	if (read_token(q->has_token, &q->token, token, &f) == 0)
		destroyed = commitments_forget(n, token, &f);
	if (destroyed < 0) {
		answer_refusal(&f, b);
		return;
	}
	body.has_destroyed = true;
	body.destroyed = (uint32_t)destroyed;
	reply.body_case = TRAC__REPLY__BODY_FORGET;
	reply.forget = &body;
	buffer_reset(b);
	pack(&reply, b);
}
