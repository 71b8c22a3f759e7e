/* The witness protocol. Source of the quotes: C2SP tlog-witness. */
#include "proto/log/witness.h"

#include <inttypes.h>
#include <string.h>

static int parse_old(struct span *body, uint64_t *old, struct fault *f)
{
	struct span line;

	if (!span_take_line(body, &line) || !span_take_word(&line, "old ") ||
	    checkpoint_size_read(line, old))
		return fault_set(f, FAULT_INPUT, "the first line of the request is not \"old\" and a "
				 "decimal size without leading zeroes: correct it");
	return 0;
}

static int parse_proof(struct span *body, struct proof *p, struct fault *f)
{
	struct span line;

	p->count = 0;
	while (span_take_line(body, &line)) {
		if (line.size == 0)
			return 0;
		/* "The client MUST NOT send more than 63 consistency proof lines." */
		if (p->count == WITNESS_HASHES_MAX)
			return fault_set(f, FAULT_INPUT, "the request has more than %d hashes: a "
					 "consistency proof never has", WITNESS_HASHES_MAX);
		if (base64_read(p->hash[p->count].b, HASH_SIZE, (const char *)line.data,
				line.size) != HASH_SIZE)
			return fault_set(f, FAULT_INPUT, "line %u of the request is not base64 of %d "
					 "bytes: correct it", p->count + 2, HASH_SIZE);
		p->count++;
	}
	return fault_set(f, FAULT_INPUT, "the request has no empty line before its checkpoint: it "
			 "was cut");
}

int witness_parse(struct witness_request *q, struct span body, struct fault *f)
{
	if (body.size > WITNESS_BYTES_MAX)
		return fault_set(f, FAULT_INPUT, "the request has %zu bytes, at most %d are taken: "
				 "send a checkpoint with fewer signatures", body.size,
				 WITNESS_BYTES_MAX);
	if (parse_old(&body, &q->old, f) || parse_proof(&body, &q->proof, f) ||
	    note_parse(&q->note, body, f) || checkpoint_read(&q->head, q->note.text, f))
		return -1;
	return 0;
}

/* The proof is of the request's head against what was cosigned last. */
static bool is_consistent(const struct witness_request *q, const struct cosigned *last)
{
	struct hash from;

	hash_bytes("", 0, &from);
	/* "A checkpoint of size zero MUST have the root hash of the empty tree" */
	if (q->head.size == 0 && !hash_equal(&q->head.root, &from))
		return false;
	if (last->known)
		from = last->root;
	return consistency_verify(q->old, q->head.size, &from, &q->head.root, &q->proof) == 0;
}

unsigned witness_judge(const struct witness_request *q, const struct verifier *log,
		       const struct cosigned *last, struct fault *f)
{
	const uint64_t size = last->known ? last->size : 0;

	/* "If the checkpoint origin is unknown, the witness MUST respond with a
	 * "404 Not Found" HTTP status code." */
	if (!log) {
		fault_set(f, FAULT_ABSENT, "the log \"%s\" is not one that this hub witnesses",
			  q->head.origin);
		return 404;
	}
	/* "either no signature from a trusted key for the origin is present, or a
	 * signature line's key name and ID match a trusted key but the signature
	 * itself fails to verify" */
	if (strcmp(log->name, q->head.origin) != 0 || note_check(&q->note, log, f) <= 0) {
		fault_set(f, FAULT_UNPROVED, "the checkpoint of \"%s\" carries no good signature of "
			  "the key that is trusted for it", q->head.origin);
		return 403;
	}
	/* "The old size MUST be equal to or lower than the checkpoint size" */
	if (q->old > q->head.size) {
		fault_set(f, FAULT_INPUT, "the old size %" PRIu64 " is above that of the checkpoint, %"
			  PRIu64, q->old, q->head.size);
		return 400;
	}
	/* "MUST check that the old size matches the size of the latest checkpoint
	 * it cosigned for the checkpoint's origin" */
	if (q->old != size) {
		fault_set(f, FAULT_INPUT, "the old size is %" PRIu64 ", this hub cosigned %" PRIu64
			  " last", q->old, size);
		return 409;
	}
	if (!is_consistent(q, last)) {
		fault_set(f, FAULT_UNPROVED, "the checkpoint of \"%s\" is not shown to continue the "
			  "tree of size %" PRIu64 " that was cosigned", q->head.origin, size);
		return 422;
	}
	return 200;
}
