/*
 * Heads. A row is the size and root, then the signed note as it came: so that
 * sizes are read without parsing. Key: log, kind.
 */
#include "store/heads.h"

#include <assert.h>
#include <string.h>

#include "store/row.h"

#define HEAD_FIXED (8 + HASH_SIZE)

static const char *const kind_name[HEAD_KINDS] = { "proved", "target", "seen", "vouched" };

static struct span head_key(uint8_t to[4], uint32_t log, enum head_kind kind)
{
	put_u24(to, log);
	to[3] = (uint8_t)kind;
	return (struct span){ to, 4 };
}

/* Size and root; zeroed when there is none. */
static bool head_read(struct txn *t, uint32_t log, enum head_kind kind,
		      struct checkpoint *c, struct span *note)
{
	uint8_t key[4];
	struct span v;
	struct fault f;

	memset(c, 0, sizeof *c);
	if (!txn_get(t, TABLE_HEADS, head_key(key, log, kind), &v))
		return false;
	if (v.size <= HEAD_FIXED) {
		fault_set(&f, FAULT_IO, "the %s head of log %u in the store is damaged: "
			"run 'trac store check'", kind_name[kind], (unsigned)log);
		txn_fail(t, &f);
		return false;
	}
	c->size = get_u64(v.data);
	memcpy(c->root.b, v.data + 8, HASH_SIZE);
	if (note)
		*note = (struct span){ v.data + HEAD_FIXED, v.size - HEAD_FIXED };
	return true;
}

static void head_write(struct txn *t, uint32_t log, enum head_kind kind,
		       const struct checkpoint *c, struct span note)
{
	uint8_t key[4], row[HEAD_FIXED + CHECKPOINT_BYTES_MAX];

	assert(note.size > 0 && note.size <= CHECKPOINT_BYTES_MAX);
	put_u64(row, c->size);
	memcpy(row + 8, c->root.b, HASH_SIZE);
	/* note may be borrowed from the table that is written */
	memcpy(row + HEAD_FIXED, note.data, note.size);
	txn_put(t, TABLE_HEADS, head_key(key, log, kind),
		(struct span){ row, HEAD_FIXED + note.size });
}

bool head_get(struct txn *t, uint32_t log, enum head_kind kind, struct checkpoint *c,
	      struct span *note)
{
	struct checkpoint own;

	if (!c)
		c = &own;
	return head_read(t, log, kind, c, note) && log_origin(t, log, c->origin);
}

/* The root of our own entries at that size; -1 when it cannot be computed. */
static int root_at(struct txn *t, uint32_t log, uint64_t size, struct hash *out)
{
	struct frontier frontier;
	struct log_tree lt;
	struct tree_reader reader;

	if (!log_frontier(t, log, &frontier))
		return -1;
	if (frontier.size == size) {
		frontier_root(&frontier, out);
		return 0;
	}
	log_tree(&lt, &reader, t, log);
	return tree_root(&reader, size, out);
}

static int head_damaged(uint32_t log, uint64_t size, struct fault *f)
{
	return fault_set(f, FAULT_IO, "log %u: the tree of its first %llu entries cannot be "
		"read: run 'trac store check'", (unsigned)log, (unsigned long long)size);
}

static int fork_found(const struct checkpoint *c, const char *where, struct fault *f)
{
	return fault_set(f, FAULT_UNPROVED, "%s is forked: the head of size %llu differs "
		"from the %s here of the same size", c->origin,
		(unsigned long long)c->size, where);
}

/* Two heads of one size with two roots cannot both be true. */
static int fork_check(struct txn *t, uint32_t log, const struct checkpoint *c,
		      const struct checkpoint held_head[HEAD_KINDS], uint64_t held,
		      struct fault *f)
{
	struct hash root;

	for (unsigned k = 0; k < HEAD_KINDS; k++) {
		if (c->size > 0 && held_head[k].size == c->size &&
		    !hash_equal(&held_head[k].root, &c->root))
			return fork_found(c, "signed head", f);
	}
	if (c->size > held)
		return 0;
	if (root_at(t, log, c->size, &root))
		return head_damaged(log, c->size, f);
	return hash_equal(&root, &c->root) ? 0 : fork_found(c, "tree", f);
}

int head_take(struct txn *t, uint32_t log, const struct checkpoint *c, struct span note,
	      struct fault *f)
{
	struct checkpoint now[HEAD_KINDS];
	struct span borrowed;
	uint64_t held = log_size(t, log);

	if (note.size == 0 || note.size > CHECKPOINT_BYTES_MAX)
		return fault_set(f, FAULT_INPUT, "the head of %s has %zu bytes, and up to "
			"%d are taken", c->origin, note.size, CHECKPOINT_BYTES_MAX);
	for (unsigned k = 0; k < HEAD_KINDS; k++)
		head_read(t, log, (enum head_kind)k, &now[k], &borrowed);
	if (fork_check(t, log, c, now, held, f))
		return -1;
	if (c->size > now[HEAD_SEEN].size)
		head_write(t, log, HEAD_SEEN, c, note);
	if (c->size > now[HEAD_TARGET].size && now[HEAD_TARGET].size <= held)
		head_write(t, log, HEAD_TARGET, c, note);
	if (c->size > now[HEAD_PROVED].size && c->size <= held)
		head_write(t, log, HEAD_PROVED, c, note);
	return 0;
}

/* Of a note: all before its last empty line. */
static size_t text_size(struct span note)
{
	size_t size = note.size;

	while (size > 1 && (note.data[size - 1] != '\n' || note.data[size - 2] != '\n'))
		size--;
	return size;
}

static bool same_text(struct span a, struct span b)
{
	const size_t size = text_size(a);

	return size == text_size(b) && memcmp(a.data, b.data, size) == 0;
}

bool head_lines(struct txn *t, uint32_t log, const struct checkpoint *c, struct span note)
{
	bool any = false;

	assert(note.size <= CHECKPOINT_BYTES_MAX);
	for (unsigned k = 0; k < HEAD_KINDS; k++) {
		struct checkpoint there;
		struct span old;

		if (!head_read(t, log, (enum head_kind)k, &there, &old) || there.size != c->size ||
		    !hash_equal(&there.root, &c->root) || !same_text(old, note))
			continue;
		head_write(t, log, (enum head_kind)k, c, note);
		any = true;
	}
	return any;
}

/* Entries came in proved against this head, so that another root is our defect. */
static bool root_is_ours(struct txn *t, uint32_t log, const struct checkpoint *c)
{
	struct hash root;
	struct fault f;

	if (!root_at(t, log, c->size, &root) && hash_equal(&root, &c->root))
		return true;
	fault_set(&f, FAULT_BUG, "log %u: the entries held do not make up the head of size "
		"%llu: run 'trac store check'", (unsigned)log, (unsigned long long)c->size);
	txn_fail(t, &f);
	return false;
}

void head_advance(struct txn *t, uint32_t log)
{
	struct checkpoint proved, target, seen;
	struct span note;
	uint64_t held = log_size(t, log);

	head_read(t, log, HEAD_PROVED, &proved, &note);
	while (head_read(t, log, HEAD_TARGET, &target, &note) && target.size <= held) {
		if (target.size > proved.size) {
			if (!root_is_ours(t, log, &target))
				return;
			head_write(t, log, HEAD_PROVED, &target, note);
			proved = target;
		}
		if (!head_read(t, log, HEAD_SEEN, &seen, &note) || seen.size <= target.size)
			return;
		head_write(t, log, HEAD_TARGET, &seen, note);
	}
}

void head_vouch(struct txn *t, uint32_t log)
{
	struct checkpoint proved;
	struct span note;

	if (head_read(t, log, HEAD_PROVED, &proved, &note))
		head_write(t, log, HEAD_VOUCHED, &proved, note);
}

void head_cut(struct txn *t, uint32_t log)
{
	static const enum head_kind held[] = { HEAD_PROVED, HEAD_VOUCHED };
	struct checkpoint c;
	struct span note;
	uint8_t key[4];

	for (unsigned i = 0; i < sizeof held / sizeof held[0]; i++) {
		if (head_read(t, log, held[i], &c, &note) && c.size > log_size(t, log))
			txn_delete(t, TABLE_HEADS, head_key(key, log, held[i]));
	}
}

void head_replace(struct txn *t, uint32_t log, enum head_kind kind, enum head_kind by)
{
	struct checkpoint c;
	struct span note;
	uint8_t key[4];

	if (head_read(t, log, by, &c, &note))
		head_write(t, log, kind, &c, note);
	else
		txn_delete(t, TABLE_HEADS, head_key(key, log, kind));
}

void head_freeze(struct txn *t, uint32_t log)
{
	struct checkpoint proved, target;
	struct span note;

	head_read(t, log, HEAD_PROVED, &proved, &note);
	if (head_read(t, log, HEAD_TARGET, &target, &note) && target.size > proved.size &&
	    log_size(t, log) > proved.size) {
		head_write(t, log, HEAD_SEEN, &target, note);
		return;
	}
	head_replace(t, log, HEAD_TARGET, HEAD_PROVED);
	head_replace(t, log, HEAD_SEEN, HEAD_PROVED);
}

void head_aim(struct txn *t, uint32_t log, const struct checkpoint *c, struct span note)
{
	head_write(t, log, HEAD_TARGET, c, note);
	head_write(t, log, HEAD_SEEN, c, note);
}

void log_state(struct txn *t, uint32_t log, struct log_state *out)
{
	struct checkpoint c;
	struct span note;

	out->held = log_size(t, log);
	for (unsigned k = 0; k < HEAD_KINDS; k++) {
		head_read(t, log, (enum head_kind)k, &c, &note);
		out->head[k] = c.size;
	}
}
