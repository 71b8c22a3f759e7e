/*
 * Checking names: the values of indexed entries are looked up as the entries
 * are read; then each row must be of a value that the index knows. Rows are
 * never taken away, so both hold beside a daemon that writes.
 */
#include "store/checker.h"

#include <string.h>

#include "store/key.h"
#include "store/scan.h"

#define TOLD_MAX 10

void check_name(struct checker *c, struct txn *t, struct position at, enum event_key type,
		const void *key, size_t size)
{
	uint8_t name[NAME_KEY_MAX];
	struct span v;

	if (type != KEY_VALUE && type != KEY_ANNOUNCED)
		return;
	size_t name_size = name_key(name, key, size);
	if (name_size == 0 || txn_get(t, TABLE_NAMES, (struct span){ name, name_size }, &v))
		return;
	if (c->names_missing++ < TOLD_MAX)
		check_bad(c, "the names lack a value of entry %llu of log %u: run 'trac store "
			"check --rebuild'", (unsigned long long)at.index, (unsigned)at.log);
	else
		c->report->bad++;
}

/* Has the index rows of that value? */
static bool is_indexed(struct checker *c, struct txn *t, enum event_key type, const char *value)
{
	struct tail_row row = {
		.prefix = key_prefix(c->store, type, value, strlen(value)),
		.type_log = tail_type_log(type, 0),
	};
	uint8_t key[INDEX_KEY_SIZE];
	struct span k, v;
	struct walk w;

	tail_key(&row, key);
	walk_begin(&w, t, TABLE_INDEX, (struct span){ key, INDEX_KEY_LOG - 3 });
	bool found = walk_next(&w, &k, &v);
	walk_end(&w);
	return found;
}

static bool is_name(struct checker *c, struct txn *t, struct span key)
{
	uint8_t again[NAME_KEY_MAX];
	char value[TEXT_MAX + 1];

	if (!name_value(key, value))
		return false;
	size_t size = name_key(again, value, strlen(value));
	if (size != key.size || memcmp(again, key.data, size) != 0)
		return false;
	return is_indexed(c, t, KEY_VALUE, value) || is_indexed(c, t, KEY_ANNOUNCED, value);
}

int check_names(struct checker *c, struct fault *f)
{
	struct span key, value;
	struct scan scan;
	unsigned told = 0;

	scan_begin(&scan, c->store, TABLE_NAMES, (struct span){ NULL, 0 },
		   (struct span){ NULL, 0 });
	while (scan_next(&scan, &key, &value)) {
		c->report->keys++;
		if (value.size == 0 && is_name(c, scan.txn, key))
			continue;
		if (told++ < TOLD_MAX)
			check_bad(c, "there is a name of no event: run 'trac store check "
				"--rebuild'");
		else
			c->report->bad++;
	}
	return scan_end(&scan, f);
}
