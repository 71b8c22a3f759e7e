/* What trac asks of quarantine, and the operator's consent. */
#include "daemon/answers.h"

#include <string.h>

#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/recovery.h"
#include "daemon/rekey.h"
#include "proto/wire/unpack.h"

#define SET(r, field, value) ((r)->has_##field = true, (r)->field = (value))

static void fill_head(struct node *n, Trac__Recovery *out, struct checkpoint *head)
{
	struct fault f;
	struct txn *t = txn_begin(n->store, false, &f);

	memset(head, 0, sizeof *head);
	if (!t || !head_get(t, n->own, HEAD_PROVED, head, NULL)) {
		const struct frontier none = { .size = 0 };

		frontier_root(&none, &head->root);
	}
	txn_abort(t);
	SET(out, signed_size, head->size);
	out->has_signed_root = true;
	out->signed_root = (ProtobufCBinaryData){ HASH_SIZE, head->root.b };
}

void recovery_fill(struct node *n, Trac__Recovery *out, struct checkpoint *head)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);
	struct core_counts c;

	core_counts(n->core, &c);
	SET(out, quarantine, c.quarantine || n->doubt);
	SET(out, forked, c.forked);
	SET(out, waiting, recovery_waiting(n));
	SET(out, answers, c.answers);
	SET(out, answers_due, c.answers_due);
	SET(out, known, c.own_known);
	SET(out, epoch, m ? m->epoch : 1);
	SET(out, keys_wait, !rekey_may_sign(n));
	fill_head(n, out, head);
}

void answer_recover(struct node *n, const Trac__RecoverRequest *q, struct buffer *b)
{
	Trac__Reply r = TRAC__REPLY__INIT;
	Trac__Recovery out = TRAC__RECOVERY__INIT;
	struct checkpoint head;

	if (q->consent) {
		log_line(LOG_ALERT, "own log: the operator consents to go on with what has answered");
		engine_consent(n);
	}
	recovery_fill(n, &out, &head);
	r.body_case = TRAC__REPLY__BODY_RECOVER;
	r.recover = &out;
	buffer_reset(b);
	pack(&r, b);
}
