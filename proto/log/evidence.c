/* Fork evidence: written, taken apart, judged. */
#include "proto/log/evidence.h"

#include <inttypes.h>
#include <string.h>

static const char title[] = "tracd fork evidence v1";
#define HASH_TEXT (4 * ((HASH_SIZE + 2) / 3))

/* --- judging --- */

static int judge_common(const struct fork_evidence *e, struct fault *f)
{
	const struct checkpoint *a = &e->small.head, *b = &e->large.head;

	if (e->common == 0)
		return 0;
	if (e->common >= a->size ||
	    consistency_verify(e->common, a->size, &e->common_root, &a->root, &e->common_small) ||
	    consistency_verify(e->common, b->size, &e->common_root, &b->root, &e->common_large))
		return fault_set(f, FAULT_UNPROVED, "the evidence against \"%s\" does not prove that "
				 "both histories begin with the same %" PRIu64 " entries", a->origin,
				 e->common);
	return 0;
}

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
	return judge_common(e, f);
}

static int check_branch(const struct evidence_branch *branch, const struct verifier *v,
			struct fault *f)
{
	struct checkpoint c;

	if (checkpoint_open(&c, branch->note, v, f))
		return -1;
	if (c.size != branch->head.size || !hash_equal(&c.root, &branch->head.root))
		return fault_set(f, FAULT_UNPROVED, "it is not what it is said to be");
	return 0;
}

int evidence_check_by(const struct fork_evidence *e, const struct verifier *small,
		      const struct verifier *large, struct fault *f)
{
	if (check_branch(&e->small, small, f))
		return fault_prefix(f, "checkpoint 1 of the evidence");
	if (check_branch(&e->large, large, f))
		return fault_prefix(f, "checkpoint 2 of the evidence");
	return evidence_judge(e, f);
}

int evidence_check(const struct fork_evidence *e, const struct verifier *v, struct fault *f)
{
	return evidence_check_by(e, v, v, f);
}

bool evidence_is_settled(const struct fork_evidence *e, const struct registry *r)
{
	const struct log_id *log = registry_log(r);
	const struct verifier *now = registry_verifier(r);

	return !strcmp(e->small.head.origin, now->name) &&
	       (registry_key(r, log, e->small.head.size) != now ||
		registry_key(r, log, e->large.head.size) != now);
}

int evidence_check_in(const struct fork_evidence *e, const struct registry *r, struct fault *f)
{
	const struct verifier *small, *large;
	struct log_id id;

	log_id_of(e->small.head.origin, &id);
	small = registry_key(r, &id, e->small.head.size);
	large = registry_key(r, &id, e->large.head.size);
	if (!small || !large)
		return fault_set(f, FAULT_UNPROVED, "the evidence is against \"%.80s\", which is no log "
				 "of \"%s\"", e->small.head.origin, registry_network(r));
	if (evidence_is_settled(e, r))
		return fault_set(f, FAULT_UNPROVED, "the evidence against \"%.80s\" has a checkpoint "
				 "by a key that guardians have replaced since, which settled the "
				 "history that goes on: nobody is accused", e->small.head.origin);
	return evidence_check_by(e, small, large, f);
}

/* --- writing --- */

static void write_hash(const struct hash *h, struct buffer *out)
{
	char text[HASH_TEXT + 1];

	base64_write(text, h->b, HASH_SIZE);
	write_format(out, "%s\n", text);
}

static void write_proof(const struct proof *p, struct buffer *out)
{
	for (unsigned i = 0; i < p->count; i++)
		write_hash(&p->hash[i], out);
	write_format(out, "\n");
}

static void write_common(const struct fork_evidence *e, struct buffer *out)
{
	if (e->common == 0)
		return;
	write_format(out, "common %" PRIu64 " ", e->common);
	write_hash(&e->common_root, out);
	write_proof(&e->common_small, out);
	write_proof(&e->common_large, out);
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
		write_proof(&e->proof, out);
	} else {
		write_format(out, "\n");
	}
	for (int i = 0; i < 2; i++) {
		write_format(out, "note %zu\n", branch[i]->note.size);
		write_bytes(out, branch[i]->note.data, branch[i]->note.size);
	}
	write_common(e, out);
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
	const long got = base64_read(out->b, HASH_SIZE, (const char *)line.data, line.size);

	return got == HASH_SIZE ? 0 : -1;
}

/* Hashes up to an empty line. */
static int read_proof(struct proof *p, struct span *bytes)
{
	struct span line;

	for (;;) {
		if (!span_take_line(bytes, &line))
			return -1;
		if (line.size == 0)
			return 0;
		if (p->count == PROOF_HASHES_MAX || read_hash(line, &p->hash[p->count++]))
			return -1;
	}
}

static int parse_prefix(struct fork_evidence *e, struct span *bytes)
{
	struct span line;

	if (!span_take_line(bytes, &line))
		return -1;
	if (line.size == 0)
		return 0;
	if (!span_take_word(&line, "prefix ") || read_hash(line, &e->prefix))
		return -1;
	e->has_prefix = true;
	return read_proof(&e->proof, bytes);
}

static int parse_common(struct fork_evidence *e, struct span *bytes)
{
	const uint8_t *space;
	struct span line, size;

	if (bytes->size == 0)
		return 0;
	if (!span_take_line(bytes, &line) || !span_take_word(&line, "common "))
		return -1;
	space = memchr(line.data, ' ', line.size);
	if (!space)
		return -1;
	size = (struct span){ line.data, (size_t)(space - line.data) };
	line = (struct span){ space + 1, line.size - size.size - 1 };
	if (checkpoint_size_read(size, &e->common) || e->common == 0 ||
	    read_hash(line, &e->common_root))
		return -1;
	return read_proof(&e->common_small, bytes) || read_proof(&e->common_large, bytes) ? -1 : 0;
}

static int parse_branch(struct evidence_branch *b, struct span *bytes)
{
	struct span line;
	struct fault ignored;
	struct note n;
	size_t size = 0;

	if (!span_take_line(bytes, &line) || !span_take_word(&line, "note ") || line.size == 0
	    || line.size > 5 || line.data[0] == '0')
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
	if (bytes.size > EVIDENCE_BYTES_MAX || !span_take_line(&bytes, &line)
	    || !span_take_word(&line, title) || line.size > 0)
		return fault_set(f, FAULT_INPUT, "it does not begin with \"%s\", or is longer than %d "
				 "bytes: it is no evidence of a fork", title, EVIDENCE_BYTES_MAX);
	if (parse_prefix(e, &bytes) || parse_branch(&e->small, &bytes)
	    || parse_branch(&e->large, &bytes) || parse_common(e, &bytes) || bytes.size > 0)
		return cut_short(f);
	return 0;
}
