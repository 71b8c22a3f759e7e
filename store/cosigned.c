/*
 * Cosigned heads. Key: SHA-256(origin). Row: size, root, time (s), length of the
 * origin (u8), origin, note, guard.
 */
#include "store/cosigned.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/guard.h"

#define ROW_FIXED (8 + HASH_SIZE + 8 + 1)

static bool row_read(struct span v, struct cosigned_row *out)
{
	struct reader r;
	const uint8_t *root, *origin;
	size_t size;

	reader_init(&r, v.data, v.size);
	out->last.known = true;
	out->last.size = read_u64(&r);
	root = read_bytes(&r, HASH_SIZE);
	out->last.time_s = (int64_t)read_u64(&r);
	size = read_u8(&r);
	origin = read_bytes(&r, size);
	if (r.failed || size == 0 || size > ORIGIN_MAX || r.left == 0)
		return false;
	memcpy(out->last.root.b, root, HASH_SIZE);
	memcpy(out->origin, origin, size);
	out->note = (struct span){ r.data, r.left };
	return true;
}

int cosigned_find(struct txn *t, const struct hash *origin, struct cosigned_row *out,
		  struct fault *f)
{
	const struct span key = { origin->b, HASH_SIZE };
	struct span v;

	memset(out, 0, sizeof *out);
	if (!txn_get(t, TABLE_COSIGNED, key, &v))
		return 0;
	/* a smaller size than was signed would let a smaller tree be signed */
	if (guard_is_good(key, v) && row_read(guard_cut(v), out))
		return 1;
	memset(out, 0, sizeof *out);
	return fault_set(f, FAULT_UNPROVED, "what was cosigned last of a log is damaged in the store: "
			 "nothing more of it is cosigned; run 'trac store check'");
}

int cosigned_get(struct txn *t, const char *origin, struct cosigned *out, struct fault *f)
{
	struct cosigned_row row;
	struct hash key;
	int rc;

	hash_bytes(origin, strlen(origin), &key);
	rc = cosigned_find(t, &key, &row, f);
	*out = row.last;
	return rc < 0 ? fault_prefix(f, "%s", origin) : 0;
}

void cosigned_put(struct txn *t, const struct checkpoint *c, int64_t time_s, struct span note)
{
	struct cosigned last;
	struct buffer row;
	struct hash key;
	struct fault f;

	if (cosigned_get(t, c->origin, &last, &f) < 0) {
		txn_fail(t, &f);
		return;
	}
	assert(!last.known || c->size > last.size ||
	       (c->size == last.size && hash_equal(&c->root, &last.root)));
	assert(note.size > 0 && c->origin[0]);
	buffer_init(&row, ROW_FIXED + ORIGIN_MAX + NOTE_BYTES_MAX + GUARD_SIZE);
	write_u64(&row, c->size);
	write_bytes(&row, c->root.b, HASH_SIZE);
	write_u64(&row, (uint64_t)time_s);
	write_u8(&row, (uint8_t)strlen(c->origin));
	write_bytes(&row, c->origin, strlen(c->origin));
	write_bytes(&row, note.data, note.size);
	write_bytes(&row, (uint8_t[GUARD_SIZE]){ 0 }, GUARD_SIZE);
	hash_bytes(c->origin, strlen(c->origin), &key);
	if (row.failed) {
		fault_set(&f, FAULT_FULL, "no memory to keep what was cosigned of %s", c->origin);
		txn_fail(t, &f);
	} else {
		struct span k = { key.b, HASH_SIZE };

		txn_put(t, TABLE_COSIGNED, k, guard_put(k, row.data, row.used - GUARD_SIZE));
	}
	buffer_clear(&row);
}
