/*
 * Format and id of a store. History of formats:
 *	1	the first
 * An older format will be migrated here, in one transaction.
 */
#include "store/identity.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static struct span name_key(const char *name)
{
	return (struct span){ (const uint8_t *)name, strlen(name) };
}

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

static int identity_create(struct txn *t, const char *path, uint8_t *uuid, struct fault *f)
{
	uint8_t format[4];

	if (has_rows(t))
		return fault_set(f, FAULT_INPUT, "store %s has rows but no format number: it "
			"is damaged or not ours", path);
	if (getrandom(uuid, STORE_UUID_SIZE, 0) != STORE_UUID_SIZE)
		return fault_set(f, FAULT_IO, "no random bytes for a new store: %s",
				 strerror(errno));
	put_u32(format, STORE_FORMAT);
	txn_put(t, TABLE_META, name_key("uuid"), (struct span){ uuid, STORE_UUID_SIZE });
	txn_put(t, TABLE_META, name_key("format"), (struct span){ format, sizeof format });
	return 0;
}

int identity_open(struct txn *t, bool write, const char *path,
		  uint8_t uuid[STORE_UUID_SIZE], struct fault *f)
{
	struct span v;

	bool found = txn_get(t, TABLE_META, name_key("format"), &v);
	if (!found && write)
		return identity_create(t, path, uuid, f);
	if (!found || v.size != 4)
		return fault_set(f, FAULT_INPUT, "store %s has no format number: it is "
			"damaged or not ours", path);
	if (get_u32(v.data) != STORE_FORMAT)
		return fault_set(f, FAULT_INPUT, "store %s has format %u and this program "
			"knows format %d: install a newer version", path,
			(unsigned)get_u32(v.data), STORE_FORMAT);
	if (!txn_get(t, TABLE_META, name_key("uuid"), &v) || v.size != STORE_UUID_SIZE)
		return fault_set(f, FAULT_INPUT, "store %s has no id: it is damaged: run "
			"'trac store check'", path);
	memcpy(uuid, v.data, STORE_UUID_SIZE);
	return 0;
}
