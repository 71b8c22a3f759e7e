/* Cosignatures. Source of the quotes: C2SP tlog-cosignature v1.0.1. */
#include "proto/log/cosign.h"

#include <assert.h>
#include <string.h>

static_assert(COSIGNERS_MAX <= 64, "a bit for each cosigner");

enum cosign_word cosign_judge(const struct cosigned *last, const struct checkpoint *head,
			      const struct tree_reader *tree)
{
	struct hash root;

	/* "the consistent tree head with the largest size the cosigner has observed" */
	if (last->known && head->size < last->size)
		return COSIGN_SMALLER;
	if (tree_root(tree, head->size, &root) || !hash_equal(&root, &head->root))
		return COSIGN_FORKED;
	if (!last->known)
		return COSIGN_NEW;
	if (tree_root(tree, last->size, &root) || !hash_equal(&root, &last->root))
		return COSIGN_FORKED;
	return head->size == last->size ? COSIGN_SAME : COSIGN_NEW;
}

bool cosign_latest(struct cosigned *last, const struct checkpoint *proved,
		   const struct tree_reader *tree)
{
	switch (cosign_judge(last, proved, tree)) {
	case COSIGN_FORKED:
		return false;
	case COSIGN_NEW:
		*last = (struct cosigned){
			.known = true, .size = proved->size, .root = proved->root,
		};
		break;
	case COSIGN_SAME:
	case COSIGN_SMALLER:
		break;
	}
	return true;
}

enum cosign_word cosign_recall(const struct cosigned *last, const struct checkpoint *head)
{
	if (!last->known || head->size > last->size)
		return COSIGN_NEW;
	if (head->size < last->size)
		return COSIGN_SMALLER;
	return hash_equal(&head->root, &last->root) ? COSIGN_SAME : COSIGN_FORKED;
}

bool cosign_is_author(const struct member *m, struct span origin)
{
	char name[ORIGIN_MAX + 1];
	size_t size;

	member_lasting_name(m, name);
	size = strlen(name);
	/* behind its name may stand the number of an epoch */
	return origin.size >= size && memcmp(origin.data, name, size) == 0 &&
	       (origin.size == size || origin.data[size] == '/');
}

/* The first line of a note is its origin: a log's author does not vouch for himself. */
static bool is_author(const struct note *n, const struct member *m)
{
	struct span text = n->text, line;

	return span_take_line(&text, &line) && cosign_is_author(m, line);
}

static bool counts(const struct note *n, const struct member *m, struct verifier *v)
{
	return member_may_link(m) && !is_author(n, m) && member_cosigner(m, v);
}

static void vouches_add(struct vouches *out, const struct member *m, int64_t time_s)
{
	unsigned at = out->count++;

	for (; at > 0 && out->vouch[at - 1].time_s > time_s; at--)
		out->vouch[at] = out->vouch[at - 1];
	out->vouch[at] = (struct vouch){ m, time_s };
}

int cosign_read(struct vouches *out, const struct note *n, const struct registry *r,
		struct fault *f)
{
	out->count = 0;
	for (unsigned i = 0; i < registry_cosigners(r); i++) {
		const struct member *m = registry_cosigner(r, i);
		struct verifier v;
		int64_t time_s;
		int good;

		if (!counts(n, m, &v))
			continue;
		good = note_cosigned(n, &v, &time_s, f);
		if (good < 0)
			return fault_prefix(f, "cosignature");
		if (good > 0 && time_s <= COSIGN_TIME_MAX_S)
			vouches_add(out, m, time_s);
	}
	return 0;
}

static bool is_earlier(const struct note_line *line, const struct note_line *best)
{
	uint64_t time_s, best_s;

	return note_line_time(line, &time_s) &&
	       (!best || !note_line_time(best, &best_s) || time_s < best_s);
}

/* The earliest line of v: of note or best, which may be NULL. */
static const struct note_line *earliest(const struct note *n, const struct verifier *v,
					const struct note_line *best)
{
	for (unsigned i = 0; n && i < n->count; i++) {
		const struct note_line *line = &n->line[i];

		if (note_line_is(line, v) && is_earlier(line, best))
			best = line;
	}
	return best;
}

uint64_t cosign_marks(const struct note *n, const struct registry *r)
{
	uint64_t marks = 0;

	for (unsigned i = 0; i < registry_cosigners(r); i++) {
		struct verifier v;

		if (counts(n, registry_cosigner(r, i), &v) && earliest(n, &v, NULL))
			marks |= UINT64_C(1) << i;
	}
	return marks;
}

uint64_t cosign_marks_all(const struct registry *r)
{
	uint64_t marks = 0;

	for (unsigned i = 0; i < registry_cosigners(r); i++) {
		if (member_may_link(registry_cosigner(r, i)))
			marks |= UINT64_C(1) << i;
	}
	return marks;
}

/* em dash and space, two separators: what a line has beside name and base64 */
#define LINE_EXTRA 6

static bool fits(const struct buffer *out, const struct note_line *line, unsigned lines)
{
	return lines < NOTE_SIGNATURES_MAX && out->used + line->name.size + line->base64.size +
	       LINE_EXTRA <= CHECKPOINT_BYTES_MAX;
}

/* The author's: the first of them, as it came. */
static void write_author(struct buffer *out, const struct note *n, const struct verifier *v)
{
	for (unsigned i = 0; i < n->count; i++) {
		if (note_line_is(&n->line[i], v)) {
			note_line_write(&n->line[i], out);
			return;
		}
	}
}

uint64_t cosign_merge(struct buffer *out, const struct note *a, const struct note *b,
		      const struct verifier *v, const struct registry *r)
{
	uint64_t marks = 0;
	unsigned lines = 1;

	assert(!a || (a->text.size == b->text.size &&
		      memcmp(a->text.data, b->text.data, b->text.size) == 0));
	write_bytes(out, b->text.data, b->text.size);
	write_bytes(out, "\n", 1);
	write_author(out, a ? a : b, v);
	for (unsigned i = 0; i < registry_cosigners(r); i++) {
		const struct note_line *line;
		struct verifier hub;

		if (!counts(b, registry_cosigner(r, i), &hub))
			continue;
		line = earliest(b, &hub, earliest(a, &hub, NULL));
		if (!line || !fits(out, line, lines))
			continue;
		note_line_write(line, out);
		lines++;
		marks |= UINT64_C(1) << i;
	}
	return marks;
}

int cosign_sign(struct buffer *out, const struct note *n, const struct verifier *v,
		const struct signer *s, int64_t time_s, struct fault *f)
{
	write_bytes(out, n->text.data, n->text.size);
	write_bytes(out, "\n", 1);
	write_author(out, n, v);
	return note_cosign(out, n->text, s, time_s, f);
}
