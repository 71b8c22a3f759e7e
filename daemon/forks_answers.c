/* What this node tells of forked logs. */
#include "daemon/answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/wire/unpack.h"
#include "store/branch.h"

/* So many are told: 26 KiB each with their proof. Nobody has read of more. */
#define FORKS_TOLD_MAX 64

struct told_fork {
	Trac__Fork fork;
	char origin[ORIGIN_MAX + 1], from[MEMBER_NAME_MAX + 1];
};

struct told_forks {
	struct txn *txn;
	unsigned count;
	struct told_fork row[FORKS_TOLD_MAX];
	Trac__Fork *pointer[FORKS_TOLD_MAX];
};

#define SET(r, field, value) ((r)->has_##field = true, (r)->field = (value))

static void fill(struct told_forks *t, uint32_t log, bool proof)
{
	struct told_fork *to = &t->row[t->count];
	struct fork_evidence e;
	struct fork_row row;
	struct fault f;

	if (!fork_get(t->txn, log, &row) || evidence_parse(&e, row.bytes, &f) < 0 ||
	    !log_origin(t->txn, log, to->origin))
		return;
	trac__fork__init(&to->fork);
	to->fork.origin = to->origin;
	snprintf(to->from, sizeof to->from, "%s", row.from);
	to->fork.from = to->from;
	SET(&to->fork, found_ms, row.found_ms);
	SET(&to->fork, held, log_size(t->txn, log));
	SET(&to->fork, small, e.small.head.size);
	SET(&to->fork, large, e.large.head.size);
	SET(&to->fork, common, e.common);
	const uint32_t branch = branch_find(t->txn, log);
	struct log_state s = { 0 };

	if (branch)
		log_state(t->txn, branch, &s);
	SET(&to->fork, branch_held, s.held);
	SET(&to->fork, branch_size, s.head[HEAD_SEEN]);
	to->fork.has_evidence = proof;
	to->fork.evidence = (ProtobufCBinaryData){ proof ? row.bytes.size : 0,
						   proof ? (uint8_t *)row.bytes.data : NULL };
	t->pointer[t->count++] = &to->fork;
}

/* NULL: no memory, or none can be read. Borrows from its transaction. */
static struct told_forks *read_forks(struct node *n, bool proof)
{
	struct told_forks *t = calloc(1, sizeof *t);
	struct fault f;

	if (!t)
		return NULL;
	t->txn = txn_begin(n->store, false, &f);
	const uint32_t last = t->txn ? log_last(t->txn) : 0;

	for (uint32_t log = 1; log <= last && t->count < FORKS_TOLD_MAX; log++)
		fill(t, log, proof);
	return t;
}

static void forks_free(struct told_forks *t)
{
	if (t)
		txn_abort(t->txn);
	free(t);
}

void answer_evidence(struct node *n, struct buffer *b)
{
	struct told_forks *t = read_forks(n, true);
	Trac__EvidenceReply body = TRAC__EVIDENCE_REPLY__INIT;
	Trac__Reply r = TRAC__REPLY__INIT;

	if (t) {
		body.n_fork = t->count;
		body.fork = t->pointer;
	}
	r.body_case = TRAC__REPLY__BODY_EVIDENCE;
	r.evidence = &body;
	buffer_reset(b);
	pack(&r, b);
	forks_free(t);
}

void answer_status_forks(struct node *n, Trac__StatusReply *s, struct buffer *b,
			 void (*write)(Trac__StatusReply *s, struct buffer *b))
{
	struct told_forks *t = read_forks(n, false);

	if (t) {
		s->n_fork = t->count;
		s->fork = t->pointer;
	}
	write(s, b);
	s->n_fork = 0;
	forks_free(t);
}
