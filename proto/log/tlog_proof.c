/* Proofs of single entries as text. Source of the form: C2SP tlog-proof. */
#include "proto/log/tlog_proof.h"

#include <inttypes.h>
#include <string.h>

static const char head[] = "c2sp.org/tlog-proof@v1";

void tlog_proof_write(const struct tlog_proof *p, struct buffer *out)
{
	char text[4 * ((HASH_SIZE + 2) / 3) + 1];

	write_format(out, "%s\nindex %" PRIu64 "\n", head, p->index);
	for (unsigned i = 0; i < p->path.count; i++) {
		base64_write(text, p->path.hash[i].b, HASH_SIZE);
		write_format(out, "%s\n", text);
	}
	write_format(out, "\n");
	write_bytes(out, p->checkpoint.data, p->checkpoint.size);
}

static bool begins(struct span line, const char *with)
{
	size_t size = strlen(with);

	return line.size >= size && memcmp(line.data, with, size) == 0;
}

static bool line_is(struct span line, const char *text)
{
	return line.size == strlen(text) && begins(line, text);
}

static int parse_index(struct span line, uint64_t *out)
{
	const uint8_t *at = line.data + 6;
	size_t size = begins(line, "index ") ? line.size - 6 : 0;
	uint64_t n = 0;

	if (size == 0 || (size > 1 && at[0] == '0'))
		return -1;
	for (size_t i = 0; i < size; i++) {
		unsigned digit = (unsigned)at[i] - '0';
		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return -1;
		n = 10 * n + digit;
	}
	*out = n;
	return 0;
}

static int parse_path(struct span *bytes, struct proof *path, struct fault *f)
{
	struct span line;

	path->count = 0;
	for (;;) {
		if (!span_take_line(bytes, &line))
			return fault_set(f, FAULT_INPUT, "the proof has no empty line behind its hashes: it "
					 "was cut");
		if (line.size == 0)
			return 0;
		/* 63 siblings prove a leaf in the largest tree */
		if (path->count == 63)
			return fault_set(f, FAULT_INPUT, "the proof has more than 63 hashes: no tree is so "
					 "deep, it was damaged");
		if (base64_read(path->hash[path->count].b, HASH_SIZE, (const char *)line.data,
				line.size) != HASH_SIZE)
			return fault_set(f, FAULT_INPUT, "hash %u of the proof is not base64 of 32 bytes: it "
					 "was damaged", path->count + 1);
		path->count++;
	}
}

int tlog_proof_parse(struct tlog_proof *p, struct span bytes, struct fault *f)
{
	struct span line;

	memset(p, 0, sizeof *p);
	if (bytes.size > TLOG_PROOF_BYTES_MAX)
		return fault_set(f, FAULT_INPUT, "the proof has %zu bytes, at most %d are taken",
				 bytes.size, TLOG_PROOF_BYTES_MAX);
	if (!span_take_line(&bytes, &line) || !line_is(line, head))
		return fault_set(f, FAULT_INPUT, "it does not begin with \"%s\": it is no proof", head);
	if (!span_take_line(&bytes, &line))
		return fault_set(f, FAULT_INPUT, "the proof ends behind its first line: it was cut");
	if (begins(line, "extra ") && !span_take_line(&bytes, &line))
		return fault_set(f, FAULT_INPUT, "the proof ends behind its extra line: it was cut");
	if (parse_index(line, &p->index))
		return fault_set(f, FAULT_INPUT, "the proof has no line \"index N\" where it must be: it "
				 "was damaged");
	if (parse_path(&bytes, &p->path, f))
		return -1;
	p->checkpoint = bytes;
	return 0;
}

int tlog_proof_check(const struct tlog_proof *p, struct span entry, const struct verifier *v,
		     struct checkpoint *out, struct fault *f)
{
	struct hash leaf;

	if (checkpoint_open(out, p->checkpoint, v, f))
		return -1;
	if (p->index >= out->size)
		return fault_set(f, FAULT_UNPROVED, "the proof is of entry %" PRIu64 ", the checkpoint of "
				 "\"%s\" has %" PRIu64 ": they do not belong together", p->index,
				 out->origin, out->size);
	hash_leaf(entry.data, entry.size, &leaf);
	if (inclusion_verify(p->index, out->size, &leaf, &p->path, &out->root))
		return fault_set(f, FAULT_UNPROVED, "these bytes are not entry %" PRIu64 " of the log "
				 "\"%s\" that its key signed: the file or the proof was changed",
				 p->index, out->origin);
	return 0;
}
