/* The signature under a donor's proof. */
#include "daemon/proofs.h"

#include <stdio.h>
#include <string.h>

#include "daemon/answers.h"
#include "daemon/clock.h"
#include "daemon/membership.h"
#include "proto/life/event.h"
#include "proto/log/attest.h"
#include "proto/log/note.h"
#include "proto/wire/unpack.h"

static int take_hash(const char *name, bool is_there, const ProtobufCBinaryData *b,
		     struct hash *out, struct fault *f)
{
	if (!is_there || b->len != HASH_SIZE)
		return fault_set(f, FAULT_INPUT, "%s has %zu bytes: a SHA-256 has %d", name,
				 is_there ? b->len : 0, HASH_SIZE);
	memcpy(out->b, b->data, HASH_SIZE);
	return 0;
}

static int attest_make(const struct node *n, const Trac__ProofRequest *q, struct attest *a,
		       struct fault *f)
{
	const char *donor = q->donor ? q->donor : "";
	char now[30];
	*a = (struct attest){ .year = q->has_year ? q->year : 0 };
	if (!membership_admitted(n))
		return fault_set(f, FAULT_REFUSED, "this node is not admitted to its network, or was "
				 "revoked: nobody could verify what it signs");
	if (take_hash("document_sha256", q->has_document_sha256, &q->document_sha256,
		      &a->document, f) < 0 ||
	    take_hash("bundle_sha256", q->has_bundle_sha256, &q->bundle_sha256, &a->bundle, f) < 0)
		return -1;
	if (strlen(donor) > TEXT_MAX)
		return fault_set(f, FAULT_INPUT, "donor has %zu bytes: at most %d are accepted",
				 strlen(donor), TEXT_MAX);
	snprintf(a->origin, sizeof a->origin, "%s", n->origin);
	snprintf(a->donor, sizeof a->donor, "%s", donor);
	civil_format(clock_wall_ms(), 0, now);
	snprintf(a->made, sizeof a->made, "%.19sZ", now);   /* for +00:00 */
	return 0;
}

void answer_sign_proof(struct node *n, const Trac__ProofRequest *q, struct buffer *b)
{
	Trac__Reply reply = TRAC__REPLY__INIT;
	Trac__ProofReply body = TRAC__PROOF_REPLY__INIT;
	struct buffer text, note;
	struct attest a;
	struct fault f;

	buffer_init(&text, NOTE_BYTES_MAX);
	buffer_init(&note, NOTE_BYTES_MAX);
	if (attest_make(n, q, &a, &f) < 0 || attest_write(&a, &text, &f) < 0 ||
	    note_sign(&note, (struct span){ text.data, text.used }, n->signer, &f) < 0) {
		answer_refusal(&f, b);
	} else {
		body.has_note = true;
		body.note = (ProtobufCBinaryData){ note.used, note.data };
		reply.body_case = TRAC__REPLY__BODY_SIGN_PROOF;
		reply.sign_proof = &body;
		pack(&reply, b);
	}
	buffer_clear(&text);
	buffer_clear(&note);
}
