/* The fence as text, and what a store beside it means. */
#include "proto/log/fence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char title[] = "tracd fence v1";

void fence_folder(char *out, size_t room, const char *home, const char *setting)
{
	size_t size = strlen(home);

	while (size > 1 && home[size - 1] == '/')
		size--;
	if (*setting)
		snprintf(out, room, "%s", setting);
	else
		snprintf(out, room, "%.*s.fence", (int)size, home);
}

void fence_write(const struct fence *e, struct buffer *out)
{
	char root[4 * ((HASH_SIZE + 2) / 3) + 1], store[2 * FENCE_STORE_SIZE + 1];

	base64_write(root, e->root.b, HASH_SIZE);
	hex_write(store, e->store, FENCE_STORE_SIZE);
	write_format(out, "%s\n%s\n%" PRIu64 "\n%s\nstore %s\n", title, e->origin, e->size, root, store);
}

static int parse(struct fence *e, struct span bytes)
{
	struct span line, text = bytes;
	struct checkpoint c;
	struct fault ignored;
	char store[2 * FENCE_STORE_SIZE + 1];

	if (!span_take_line(&text, &line) || !span_take_word(&line, title) || line.size > 0)
		return -1;
	/* origin, size and root stand as in a checkpoint; the store is its extension line */
	if (checkpoint_parse(&c, text, &ignored))
		return -1;
	for (int i = 0; i < 4; i++) {
		if (!span_take_line(&text, &line))
			return -1;
	}
	if (text.size > 0 || !span_take_word(&line, "store ") || line.size != sizeof store - 1)
		return -1;
	memcpy(store, line.data, line.size);
	store[line.size] = '\0';
	if (hex_read(e->store, FENCE_STORE_SIZE, store))
		return -1;
	memcpy(e->origin, c.origin, sizeof e->origin);
	e->size = c.size;
	e->root = c.root;
	return 0;
}

int fence_parse(struct fence *e, struct span bytes, struct fault *f)
{
	memset(e, 0, sizeof *e);
	if (bytes.size <= FENCE_BYTES_MAX && parse(e, bytes) == 0)
		return 0;
	return fault_set(f, FAULT_INPUT, "it is no fence of five lines that begin with \"%s\": it was "
			 "damaged", title);
}

enum fence_word fence_judge(const struct fence *e, const struct fence_store *s)
{
	struct hash root;

	if (!e)
		return s->signed_size ? FENCE_MISSING : FENCE_FRESH;
	if (strcmp(e->origin, s->origin) || memcmp(e->store, s->store, FENCE_STORE_SIZE))
		return FENCE_FOREIGN;
	/* fenced, then signed and committed: the fence may be one signature ahead, of entries
	 * that are there, or that quarantine has put aside since */
	if (s->root(s->ctx, e->size, &root) == 0 && hash_equal(&root, &e->root))
		return FENCE_GOOD;
	return s->held < e->size ? FENCE_BEHIND : FENCE_CONTRADICTS;
}

const char *fence_sentence(enum fence_word w)
{
	switch (w) {
	case FENCE_MISSING:
		return "own log: this store has signed heads, but their fence file is gone: the folder "
		       "was moved or restored; nothing is published until the peers have said what "
		       "they hold of it";
	case FENCE_BEHIND:
		return "own log: this store is older than what was signed: a restored copy; nothing is "
		       "published until what is missing has come back from the peers";
	case FENCE_FOREIGN:
		return "own log: the fence file is of another store: a copied folder; nothing is "
		       "published until the peers have said what they hold of it";
	case FENCE_CONTRADICTS:
		return "own log: this store holds another history than the one that was signed; nothing "
		       "is published: see trac recover";
	case FENCE_FRESH:
	case FENCE_GOOD:
		break;
	}
	return "";
}
