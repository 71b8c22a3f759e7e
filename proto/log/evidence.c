/* Fork evidence: written, taken apart, judged. */
#include "proto/log/evidence.h"

#include <inttypes.h>
#include <string.h>

static const char title[] = "tracd fork evidence v1";
#define HASH_TEXT (4 * ((HASH_SIZE + 2) / 3))

/* --- judging --- */

int evidence_judge(const struct fork_evidence *e, struct fault *f)
{
	const struct checkpoint *a = &e->small.head, *b = &e->large.head;

	if (strcmp(a->origin, b->origin))
		return fault_set(f, FAULT_UNPROVED, "the evidence holds checkpoints of \"%.80s\" and of "
				 "\"%.80s\": two logs are no fork of one", a->origin, b->origin);
	if (a->size > b->size || e->has_prefix != (a->size < b->size))
		return fault_set(f, FAULT_UNPROVED, "the evidence against \"%s\" does not have the form "
				 "that its sizes %" PRIu64 " and %" PRIu64 " ask for", a->origin,
				 a->size, b->size);
	const struct hash *other = e->has_prefix ? &e->prefix : &b->root;
	if (hash_equal(&a->root, other))
		return fault_set(f, FAULT_UNPROVED, "the two checkpoints of \"%s\" agree: there is no fork",
				 a->origin);
	if (e->has_prefix && consistency_verify(a->size, b->size, &e->prefix, &b->root, &e->proof))
		return fault_set(f, FAULT_UNPROVED, "the evidence against \"%s\" does not prove which "
				 "history stands behind size %" PRIu64 ": nobody is accused", a->origin,
				 b->size);
	return 0;
}

int evidence_check(const struct fork_evidence *e, const struct verifier *v, struct fault *f)
{
	const struct evidence_branch *branch[] = { &e->small, &e->large };

	for (int i = 0; i < 2; i++) {
		struct checkpoint c;
		if (checkpoint_open(&c, branch[i]->note, v, f))
			return fault_prefix(f, "checkpoint %d of the evidence", i + 1);
		if (c.size != branch[i]->head.size || !hash_equal(&c.root, &branch[i]->head.root))
			return fault_set(f, FAULT_UNPROVED, "checkpoint %d of the evidence is not what it is "
					 "said to be", i + 1);
	}
	return evidence_judge(e, f);
}

/* --- writing --- */

static void write_hash(const struct hash *h, struct buffer *out)
{
	char text[HASH_TEXT + 1];

	base64_write(text, h->b, HASH_SIZE);
	write_format(out, "%s\n", text);
}

int evidence_write(const struct fork_evidence *e, struct buffer *out, struct fault *f)
{
	const struct evidence_branch *branch[] = { &e->small, &e->large };

	if (evidence_judge(e, f))
		return -1;
	write_format(out, "%s\n", title);
	if (e->has_prefix) {
		write_format(out, "prefix ");
		write_hash(&e->prefix, out);
	}
	for (unsigned i = 0; e->has_prefix && i < e->proof.count; i++)
		write_hash(&e->proof.hash[i], out);
	write_format(out, "\n");
	for (int i = 0; i < 2; i++) {
		write_format(out, "note %zu\n", branch[i]->note.size);
		write_bytes(out, branch[i]->note.data, branch[i]->note.size);
	}
	return out->failed ? fault_set(f, FAULT_FULL, "no memory for fork evidence") : 0;
}

/* --- reading --- */

static int cut_short(struct fault *f)
{
	return fault_set(f, FAULT_INPUT, "the evidence of a fork is cut or damaged: ask for the file "
			 "again");
}

static int read_hash(struct span line, struct hash *out)
{
	return base64_read(out->b, HASH_SIZE, (const char *)line.data, line.size) == HASH_SIZE ? 0 : -1;
}

static int parse_proof(struct fork_evidence *e, struct span *bytes)
{
	struct span line;

	if (!span_take_line(bytes, &line))
		return -1;
	if (line.size == 0)
		return 0;
	if (!span_take_word(&line, "prefix ") || read_hash(line, &e->prefix))
		return -1;
	e->has_prefix = true;
	for (;;) {
		if (!span_take_line(bytes, &line) || e->proof.count == PROOF_HASHES_MAX)
			return -1;
		if (line.size == 0)
			return 0;
		if (read_hash(line, &e->proof.hash[e->proof.count++]))
			return -1;
	}
}

static int parse_branch(struct evidence_branch *b, struct span *bytes)
{
	struct span line;
	struct fault ignored;
	struct note n;
	size_t size = 0;

	if (!span_take_line(bytes, &line) || !span_take_word(&line, "note ") || line.size == 0 || line.size > 5
	    || line.data[0] == '0')
		return -1;
	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] < '0' || line.data[i] > '9')
			return -1;
		size = 10 * size + (size_t)(line.data[i] - '0');
	}
	if (size > CHECKPOINT_BYTES_MAX || size > bytes->size)
		return -1;
	b->note = (struct span){ bytes->data, size };
	bytes->data += size;
	bytes->size -= size;
	if (note_parse(&n, b->note, &ignored) || checkpoint_parse(&b->head, n.text, &ignored))
		return -1;
	return 0;
}

int evidence_parse(struct fork_evidence *e, struct span bytes, struct fault *f)
{
	struct span line;

	memset(e, 0, sizeof *e);
	if (bytes.size > EVIDENCE_BYTES_MAX || !span_take_line(&bytes, &line) || !span_take_word(&line, title)
	    || line.size > 0)
		return fault_set(f, FAULT_INPUT, "it does not begin with \"%s\", or is longer than %d "
				 "bytes: it is no evidence of a fork", title, EVIDENCE_BYTES_MAX);
	if (parse_proof(e, &bytes) || parse_branch(&e->small, &bytes)
	    || parse_branch(&e->large, &bytes) || bytes.size > 0)
		return cut_short(f);
	return 0;
}
