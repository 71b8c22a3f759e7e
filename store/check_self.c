/* What a store says of itself: its id, its salt, how far it is indexed and folded. */
#include <string.h>

#include "store/checker.h"
#include "store/guard.h"
#include "store/reach.h"
#include "store/row.h"

#define REBUILD "run 'trac store check --rebuild'"
#define REPAIR "stop tracd, then run 'trac store repair'"

static bool is_named(struct span key, const char *name)
{
	return key.size == strlen(name) && !memcmp(key.data, name, key.size);
}

/* Guarded; or so long as it was before rows were guarded. */
static bool is_whole(struct span key, struct span value, size_t size)
{
	return value.size == size ||
	       (value.size == size + GUARD_SIZE && guard_is_good(key, value));
}

/* A letter and a log. */
static void check_reach(struct checker *c, struct txn *t, struct span key, struct span value)
{
	uint32_t log = get_u24(key.data + 1);
	char origin[ORIGIN_MAX + 1];

	if (log == 0 || log > log_last(t) || !log_origin(t, log, origin))
		check_bad(c, "there is a row of table 'meta' of a log that is not known: " REPAIR);
	else if (key.data[0] == 'q' && !is_whole(key, value, 1))
		check_bad(c, "%s: it is not sure whether it is in doubt: " REPAIR, origin);
	else if (key.data[0] != 'q' && !is_whole(key, value, 8))
		check_bad(c, "%s: how far it is %s is damaged: " REBUILD, origin,
			  key.data[0] == REACH_INDEXED ? "indexed" : "folded");
	else if (key.data[0] == REACH_FOLDED &&
		 reach_get(t, REACH_FOLDED, log) > log_size(t, log))
		check_bad(c, "%s is folded beyond its end: " REBUILD, origin);
}

static void check_said(struct checker *c, struct txn *t, struct span key, struct span value)
{
	if (is_named(key, "format"))
		return;      /* another number would not have been opened */
	if (is_named(key, "uuid") || is_named(key, "salt")) {
		if (!is_whole(key, value, STORE_UUID_SIZE))
			check_bad(c, "the %s of the store is not what was written: " REPAIR,
				  key.data[0] == 'u' ? "id" : "salt");
	} else if (key.size == 4 && key.data[0] == REACH_CONTEST && get_u24(key.data + 1) == 0) {
		if (!is_whole(key, value, 8))
			check_bad(c, "what the figures take of forked logs is damaged: " REBUILD);
	} else if (key.size == 4 && memchr("igq", key.data[0], 3)) {
		check_reach(c, t, key, value);
	} else {
		check_bad(c, "there is a row of table 'meta' that is none: " REPAIR);
	}
}

int check_self(struct checker *c, struct fault *f)
{
	struct txn *t = txn_begin(c->store, false, f);
	struct span key, value;
	struct walk w;

	if (!t)
		return -1;
	walk_begin(&w, t, TABLE_META, (struct span){ NULL, 0 });
	while (walk_next(&w, &key, &value))
		check_said(c, t, key, value);
	walk_end(&w);
	return txn_commit(t, f);
}
