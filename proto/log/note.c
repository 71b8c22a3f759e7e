/* Signed notes. Source of the quotes: C2SP signed-note v1.0.0 and tlog-cosignature v1.0.1. */
#include "proto/log/note.h"

#include <assert.h>
#include <string.h>

/* em dash, space: each signature line begins with it */
static const char dash[] = "\xe2\x80\x94 ";
#define DASH_SIZE (sizeof dash - 1)

/* "cosignature/v1\ntime 18446744073709551615\n" */
#define COSIGNED_HEAD_MAX 64
/* id, time, signature */
#define LINE_BYTES_MAX (4 + 8 + SIGNATURE_SIZE)

static struct span span_of(const uint8_t *from, const uint8_t *to)
{
	return (struct span){ from, (size_t)(to - from) };
}

/* Every line clean, and the last one ended. Stricter than the source, which
 * forbids controls below 0x20 only: notes are shown on terminals. */
static bool is_clean_text(struct span s)
{
	const uint8_t *end = s.data + s.size, *newline;

	for (const uint8_t *at = s.data; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline || !text_is_clean((const char *)at, (size_t)(newline - at)))
			return false;
	}
	return true;
}

/* "the text is separated from the signatures by the last empty line in the
 * note": where that line's own newline stands; NULL when there is none. */
static const uint8_t *find_split(struct span s)
{
	for (size_t i = s.size; i-- > 1;) {
		if (s.data[i] == '\n' && s.data[i - 1] == '\n')
			return s.data + i;
	}
	return NULL;
}

/* All of it must be base64, also of lines that nobody here can check. */
static bool is_base64(struct span s)
{
	uint8_t piece[3];

	if (s.size % 4)
		return false;
	for (size_t i = 0; i < s.size; i += 4) {
		const long n = base64_read(piece, sizeof piece, (const char *)s.data + i, 4);

		if (n < 1 || (n < 3 && i + 4 < s.size))
			return false;
	}
	return true;
}

/* "— <key name> base64(32-bit key ID || signature)" */
static int parse_line(struct note_line *line, struct span s)
{
	uint8_t head[6];
	const uint8_t *end = s.data + s.size, *name, *space;

	if (s.size < DASH_SIZE || memcmp(s.data, dash, DASH_SIZE))
		return -1;
	name = s.data + DASH_SIZE;
	space = memchr(name, ' ', (size_t)(end - name));
	if (!space)
		return -1;
	line->name = span_of(name, space);
	line->base64 = span_of(space + 1, end);
	if (!key_name_is_valid((const char *)name, line->name.size))
		return -1;
	/* the id and one byte of signature at least */
	if (line->base64.size < 8 || !is_base64(line->base64) ||
	    base64_read(head, sizeof head, (const char *)line->base64.data, 8) < 5)
		return -1;
	memcpy(line->id, head, sizeof line->id);
	return 0;
}

static int parse_lines(struct note *n, const uint8_t *at, const uint8_t *end, struct fault *f)
{
	const uint8_t *newline;

	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (!newline)
			return fault_set(f, FAULT_INPUT, "the last signature line of the note has no "
					 "end: it was cut");
		if (n->count == NOTE_SIGNATURES_MAX)
			return fault_set(f, FAULT_INPUT, "the note has more than %d signatures: ask "
					 "for one with fewer", NOTE_SIGNATURES_MAX);
		if (parse_line(&n->line[n->count], span_of(at, newline)))
			return fault_set(f, FAULT_INPUT, "signature line %u of the note is not a dash, "
					 "a name and base64: it was damaged", n->count + 1);
		n->count++;
	}
	return 0;
}

int note_parse(struct note *n, struct span bytes, struct fault *f)
{
	const uint8_t *split, *end = bytes.data + bytes.size;

	n->count = 0;
	if (bytes.size > NOTE_BYTES_MAX)
		return fault_set(f, FAULT_INPUT, "the signed note has %zu bytes, at most %d are "
				 "taken: ask for one with fewer signatures", bytes.size,
				 NOTE_BYTES_MAX);
	split = bytes.size > 0 ? find_split(bytes) : NULL;
	if (!split)
		return fault_set(f, FAULT_INPUT, "the signed note has no empty line before its "
				 "signatures: it is cut or no note");
	n->text = span_of(bytes.data, split);
	/* "Signed notes MUST be valid UTF-8 and MUST NOT contain any ASCII
	 * control characters (those below U+0020) other than newline." */
	if (!is_clean_text(n->text))
		return fault_set(f, FAULT_INPUT, "the text of the signed note is not UTF-8 or holds "
				 "control characters: it was damaged or is no note");
	if (split + 1 == end)
		return fault_set(f, FAULT_INPUT, "the note carries no signature: ask for a signed one");
	return parse_lines(n, split + 1, end, f);
}

bool note_line_is(const struct note_line *line, const struct verifier *v)
{
	return line->name.size == strlen(v->name) &&
	       memcmp(line->name.data, v->name, line->name.size) == 0 &&
	       memcmp(line->id, v->id, sizeof v->id) == 0;
}

void note_line_write(const struct note_line *line, struct buffer *out)
{
	write_bytes(out, dash, DASH_SIZE);
	write_bytes(out, line->name.data, line->name.size);
	write_bytes(out, " ", 1);
	write_bytes(out, line->base64.data, line->base64.size);
	write_bytes(out, "\n", 1);
}

bool note_line_time(const struct note_line *line, uint64_t *time_s)
{
	uint8_t bytes[sizeof line->id + 8 + SIGNATURE_SIZE];
	const long n = base64_read(bytes, sizeof bytes, (const char *)line->base64.data,
				   line->base64.size);

	if (n != (long)sizeof bytes)
		return false;
	*time_s = get_u64(bytes + sizeof line->id);
	return true;
}

/* "two newline (U+000A) terminated lines (one header line and one timestamp
 * line) followed by the whole note body of the cosigned checkpoint" */
static void write_cosigned(struct buffer *message, struct span text, uint64_t time_s)
{
	buffer_init(message, COSIGNED_HEAD_MAX + NOTE_BYTES_MAX);
	write_format(message, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
	write_bytes(message, text.data, text.size);
}

static int check_cosigned(struct span text, const struct verifier *v,
			  const uint8_t stamped[8 + SIGNATURE_SIZE])
{
	const uint64_t time_s = get_u64(stamped);
	struct buffer message;
	int rc = -1;

	/* "It MUST NOT exceed 2^63 - 1" */
	if (time_s > INT64_MAX)
		return -1;
	write_cosigned(&message, text, time_s);
	if (!message.failed)
		rc = verifier_check(v, (struct span){ message.data, message.used }, stamped + 8);
	buffer_clear(&message);
	return rc;
}

/* time_s: of a cosignature. */
static int check_line(struct span text, const struct note_line *line, const struct verifier *v,
		      int64_t *time_s)
{
	const bool cosigned = v->type == KEY_COSIGNATURE;
	const size_t head = sizeof line->id + (cosigned ? 8 : 0);
	uint8_t bytes[sizeof line->id + 8 + SIGNATURE_SIZE];
	const long n = base64_read(bytes, sizeof bytes, (const char *)line->base64.data,
				   line->base64.size);

	if (n < 0 || (size_t)n != head + SIGNATURE_SIZE)
		return -1;
	if (cosigned) {
		*time_s = (int64_t)get_u64(bytes + sizeof line->id);
		return check_cosigned(text, v, bytes + sizeof line->id);
	}
	return verifier_check(v, text, bytes + head);
}

/* Checks every line of this verifier; earliest: of its cosignatures. */
static int check_lines(const struct note *n, const struct verifier *v, int64_t *earliest_s,
		       struct fault *f)
{
	int good = 0;

	for (unsigned i = 0; i < n->count; i++) {
		int64_t time_s = 0;

		if (!note_line_is(&n->line[i], v))
			continue;
		/* "If the key name and key ID match a known key, verifiers
		 * MUST verify the signature.", every such line */
		if (check_line(n->text, &n->line[i], v, &time_s))
			return fault_set(f, FAULT_UNPROVED, "the signature of \"%s\" does not verify: "
					 "the note was changed or the key is another", v->name);
		if (!good || time_s < *earliest_s)
			*earliest_s = time_s;
		good = 1;
	}
	return good;
}

int note_check(const struct note *n, const struct verifier *v, struct fault *f)
{
	int64_t none;

	return check_lines(n, v, &none, f);
}

int note_cosigned(const struct note *n, const struct verifier *v, int64_t *time_s,
		  struct fault *f)
{
	assert(v->type == KEY_COSIGNATURE);
	return check_lines(n, v, time_s, f);
}

static int add_line(struct buffer *out, const struct verifier *v, const uint8_t *bytes,
		    size_t size, struct fault *f)
{
	char base64[4 * ((LINE_BYTES_MAX + 2) / 3) + 1];

	assert(size <= LINE_BYTES_MAX);
	base64_write(base64, bytes, size);
	write_format(out, "%s%s %s\n", dash, v->name, base64);
	if (out->failed)
		return fault_set(f, FAULT_LIMIT, "no room for the signature of \"%s\": the note "
				 "is too long or memory is short", v->name);
	return 0;
}

int note_add(struct buffer *out, struct span text, const struct signer *s, struct fault *f)
{
	const struct verifier *v = signer_verifier(s);
	uint8_t bytes[sizeof v->id + SIGNATURE_SIZE];

	/* a cosignature carries a time, which nobody gave us */
	assert(v->type == KEY_ED25519);
	assert(text.size > 0 && text.data[text.size - 1] == '\n');
	memcpy(bytes, v->id, sizeof v->id);
	signer_sign(s, text, bytes + sizeof v->id);
	return add_line(out, v, bytes, sizeof bytes, f);
}

int note_cosign(struct buffer *out, struct span text, const struct signer *s, int64_t time_s,
		struct fault *f)
{
	const struct verifier *v = signer_verifier(s);
	uint8_t bytes[LINE_BYTES_MAX];
	struct buffer message;

	assert(v->type == KEY_COSIGNATURE && time_s >= 0);
	assert(text.size > 0 && text.data[text.size - 1] == '\n');
	write_cosigned(&message, text, (uint64_t)time_s);
	if (message.failed) {
		buffer_clear(&message);
		return fault_set(f, FAULT_FULL, "no memory for the cosignature of \"%s\": free some",
				 v->name);
	}
	memcpy(bytes, v->id, sizeof v->id);
	put_u64(bytes + sizeof v->id, (uint64_t)time_s);
	signer_sign(s, (struct span){ message.data, message.used }, bytes + sizeof v->id + 8);
	buffer_clear(&message);
	return add_line(out, v, bytes, sizeof bytes, f);
}

int note_sign(struct buffer *out, struct span text, const struct signer *s, struct fault *f)
{
	/* never sign what would not be read back */
	if (text.size == 0 || !is_clean_text(text))
		return fault_set(f, FAULT_INPUT, "the text to sign is empty, not UTF-8 or holds "
				 "control characters: correct it");
	write_bytes(out, text.data, text.size);
	write_bytes(out, "\n", 1);
	return note_add(out, text, s, f);
}
