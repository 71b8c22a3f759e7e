/* Checkpoints. Source of the quotes: C2SP tlog-checkpoint v1.0.0. */
#include "proto/log/checkpoint.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* "the ASCII decimal representation of the number of leaves in the tree, with
 * no leading zeroes (unless the tree is empty, in which case the tree size is
 * `0`)" */
int checkpoint_size_read(struct span s, uint64_t *out)
{
	uint64_t n = 0;

	if (s.size == 0 || (s.size > 1 && s.data[0] == '0'))
		return -1;
	for (size_t i = 0; i < s.size; i++) {
		const unsigned digit = (unsigned)s.data[i] - '0';

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return -1;
		n = 10 * n + digit;
	}
	*out = n;
	return 0;
}

/* "Extension lines, if any, MUST be non-empty." */
static int skip_extensions(struct span *text)
{
	struct span line;

	while (text->size > 0) {
		if (!span_take_line(text, &line) || line.size == 0)
			return -1;
	}
	return 0;
}

int checkpoint_read(struct checkpoint *c, struct span text, struct fault *f)
{
	struct span origin, size, root;

	if (!span_take_line(&text, &origin) || !span_take_line(&text, &size) ||
	    !span_take_line(&text, &root))
		return fault_set(f, FAULT_INPUT, "the checkpoint has fewer than three lines: it "
				 "was cut or is something else");
	if (origin.size == 0 || origin.size > ORIGIN_MAX ||
	    !text_is_clean((const char *)origin.data, origin.size))
		return fault_set(f, FAULT_INPUT, "the origin of the checkpoint is not 1 to %d bytes "
				 "of clean text: it was damaged or is something else", ORIGIN_MAX);
	memset(c, 0, sizeof *c);
	memcpy(c->origin, origin.data, origin.size);
	if (checkpoint_size_read(size, &c->size))
		return fault_set(f, FAULT_INPUT, "the size in the checkpoint of \"%s\" is not a "
				 "decimal number without leading zeroes: it was damaged", c->origin);
	if (base64_read(c->root.b, HASH_SIZE, (const char *)root.data, root.size) != HASH_SIZE)
		return fault_set(f, FAULT_INPUT, "the root in the checkpoint of \"%s\" is not "
				 "base64 of 32 bytes: it was damaged", c->origin);
	if (skip_extensions(&text))
		return fault_set(f, FAULT_INPUT, "the checkpoint of \"%s\" has an empty extension "
				 "line: it was damaged", c->origin);
	return 0;
}

int checkpoint_parse(struct checkpoint *c, struct span text, struct fault *f)
{
	struct hash empty;

	if (checkpoint_read(c, text, f))
		return -1;
	hash_bytes("", 0, &empty);
	/* RFC 6962 2.1: "The hash of an empty list is the hash of an empty
	 * string" */
	if (c->size == 0 && !hash_equal(&c->root, &empty))
		return fault_set(f, FAULT_INPUT, "the checkpoint of \"%s\" has size 0 and not the "
				 "root of an empty log: its author is wrong", c->origin);
	return 0;
}

void checkpoint_write(const struct checkpoint *c, struct buffer *out)
{
	char root[4 * ((HASH_SIZE + 2) / 3) + 1];

	base64_write(root, c->root.b, HASH_SIZE);
	write_format(out, "%s\n%" PRIu64 "\n%s\n", c->origin, c->size, root);
}

int checkpoint_sign(const struct checkpoint *c, const struct signer *s,
		    struct buffer *out, struct fault *f)
{
	struct buffer text;
	int rc = -1;

	/* "The log's key name in its signature line SHOULD match the origin
	 * line.": with us it must */
	assert(strcmp(signer_verifier(s)->name, c->origin) == 0);
	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	checkpoint_write(c, &text);
	if (text.failed) {
		fault_set(f, FAULT_FULL, "no memory for a checkpoint of \"%s\": free some",
			  c->origin);
		goto out;
	}
	rc = note_sign(out, (struct span){ text.data, text.used }, s, f);
out:
	buffer_clear(&text);
	return rc;
}

static int open_note(struct checkpoint *c, struct span bytes,
		     const struct verifier *v, struct fault *f)
{
	struct note note;
	int known;

	if (note_parse(&note, bytes, f) || checkpoint_parse(c, note.text, f))
		return -1;
	if (strcmp(c->origin, v->name))
		return fault_set(f, FAULT_UNPROVED, "the checkpoint is of \"%s\" where one of \"%s\" "
				 "was expected: ask for the right log", c->origin, v->name);
	known = note_check(&note, v, f);
	if (known < 0)
		return -1;
	if (known == 0)
		return fault_set(f, FAULT_UNPROVED, "the checkpoint of \"%s\" is not signed by its "
				 "key: do not trust who handed it over", v->name);
	return 0;
}

int checkpoint_open(struct checkpoint *c, struct span note,
		    const struct verifier *v, struct fault *f)
{
	if (open_note(c, note, v, f)) {
		f->code = FAULT_UNPROVED;
		return -1;
	}
	return 0;
}

void log_id_of(const char *origin, struct log_id *out)
{
	struct hash h;

	hash_bytes(origin, strlen(origin), &h);
	memcpy(out->b, h.b, sizeof out->b);
}
