/*
 * Format, id and salt of a store. History of formats:
 *	1	entries by log and index; never released
 *	2	entries by arrival, runs, salted keys
 *	3	names, watch; keys of donors and lots
 */
#include "store/identity.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "store/check.h"
#include "store/guard.h"

static struct span meta_key(const char *name)
{
	return (struct span){ (const uint8_t *)name, strlen(name) };
}

/* The newest format whose truth is as today's. */
#define STORE_FORMAT_DERIVED 2

static bool has_rows(struct txn *t)
{
	struct span key, value;
	bool found = false;

	for (int i = 0; i < TABLE_COUNT && !found; i++) {
		struct walk w;
		walk_begin(&w, t, (enum table)i, (struct span){ NULL, 0 });
		found = walk_next(&w, &key, &value);
		walk_end(&w);
	}
	return found;
}

static void guarded_write(struct txn *t, const char *name, const uint8_t *from, size_t size)
{
	uint8_t value[64 + GUARD_SIZE];

	memcpy(value, from, size);
	txn_put(t, TABLE_META, meta_key(name), guard_put(meta_key(name), value, size));
}

void identity_write(struct txn *t, const struct identity *of)
{
	guarded_write(t, "uuid", of->uuid, STORE_UUID_SIZE);
	guarded_write(t, "salt", of->salt, STORE_SALT_SIZE);
}

static void format_write(struct txn *t)
{
	uint8_t format[4];

	put_u32(format, STORE_FORMAT);
	txn_put(t, TABLE_META, meta_key("format"), (struct span){ format, sizeof format });
}

static int identity_create(struct txn *t, const char *path, struct identity *out,
			   struct fault *f)
{
	if (has_rows(t))
		return fault_set(f, FAULT_INPUT, "store %s has rows but no format number: it "
			"is damaged or not ours", path);
	if (getrandom(out, sizeof *out, 0) != sizeof *out)
		return fault_set(f, FAULT_IO, "no random bytes for a new store: %s",
				 strerror(errno));
	identity_write(t, out);
	format_write(t);
	return 0;
}

/* From 2 to 3 only what is derived changed: it is dropped, and caught up like any tail. */
static int format_take(struct txn *t, uint32_t format, bool write, const char *path,
		       struct fault *f)
{
	if (format == STORE_FORMAT_DERIVED && write) {
		store_drop_derived(t);
		format_write(t);
		return 0;
	}
	if (format == STORE_FORMAT_DERIVED)
		return fault_set(f, FAULT_INPUT, "store %s has format %u: start tracd, which "
			"brings it to format %d and keeps every entry", path, (unsigned)format,
			STORE_FORMAT);
	if (format > STORE_FORMAT)
		return fault_set(f, FAULT_INPUT, "store %s has format %u and this program "
			"knows format %d: install a newer version", path, (unsigned)format,
			STORE_FORMAT);
	if (format < STORE_FORMAT)
		return fault_set(f, FAULT_INPUT, "store %s has format %u, older than the "
			"first release, and this program knows format %d: set it aside, "
			"then restore from peers", path, (unsigned)format, STORE_FORMAT);
	return 0;
}

static int bytes_read(struct txn *t, const char *name, uint8_t *to, size_t size,
		      const char *path, struct fault *f)
{
	struct span v;

	/* without a guard: written before rows were guarded */
	if (!txn_get(t, TABLE_META, meta_key(name), &v) ||
	    (v.size != size && v.size != size + GUARD_SIZE))
		return fault_set(f, FAULT_INPUT, "store %s has no %s: it is damaged: set it "
			"aside, then restore from peers", path, name);
	memcpy(to, v.data, size);
	return 0;
}

int identity_open(struct txn *t, bool write, const char *path, struct identity *out,
		  struct fault *f)
{
	struct span v;

	bool found = txn_get(t, TABLE_META, meta_key("format"), &v);
	if (!found && write)
		return identity_create(t, path, out, f);
	if (!found || v.size != 4)
		return fault_set(f, FAULT_INPUT, "store %s has no format number: it is "
			"damaged or not ours", path);
	if (format_take(t, get_u32(v.data), write, path, f) ||
	    bytes_read(t, "uuid", out->uuid, STORE_UUID_SIZE, path, f))
		return -1;
	return bytes_read(t, "salt", out->salt, STORE_SALT_SIZE, path, f);
}
