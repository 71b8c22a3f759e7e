/* The log aside, and moving entries there and back. */
#include "store/aside.h"

#include <stdio.h>
#include <string.h>

#include "proto/life/event.h"
#include "proto/wire/unpack.h"
#include "store/guard.h"
#include "store/row.h"
#include "store/whole.h"

/* Entries appended in one transaction. */
#define MOVE_STEP CUT_STEP

/* "<network>/<member>", without the epoch that may follow. */
static void origin_of(const char *origin, char out[ORIGIN_MAX + 1])
{
	const size_t network = strcspn(origin, "/");
	const size_t member = origin[network] ? 1 + strcspn(origin + network + 1, "/") : 0;

	snprintf(out, ORIGIN_MAX + 1, "%.*s/aside", (int)(network + member), origin);
}

uint32_t aside_find(struct txn *t, const char *origin)
{
	char aside[ORIGIN_MAX + 1];

	origin_of(origin, aside);
	return log_find(t, aside);
}

uint32_t aside_open(struct txn *t, const char *origin)
{
	char aside[ORIGIN_MAX + 1];

	origin_of(origin, aside);
	return log_open(t, aside);
}

/* TABLE_META 'q' log: one byte, guarded, there while in doubt. */
bool aside_doubt(struct txn *t, uint32_t log)
{
	uint8_t key[4];
	struct span v;

	return log && txn_get(t, TABLE_META, log_key(key, 'q', log), &v);
}

void aside_set_doubt(struct txn *t, uint32_t log, bool doubt)
{
	uint8_t key[4], yes[1 + GUARD_SIZE] = { 1 };
	struct span k = log_key(key, 'q', log);

	if (doubt)
		txn_put(t, TABLE_META, k, guard_put(k, yes, 1));
	else
		txn_delete(t, TABLE_META, k);
}

static bool is_there(struct index *x, struct txn *t, uint32_t log, struct span entry)
{
	struct fault ignored;
	Trac__Event *e = event_open(entry, &ignored);
	uint64_t index;
	bool there = e && e->has_id && e->id.len == EVENT_ID_SIZE &&
		     index_event(x, t, log, e->id.data, &index);

	unpack_free(e);
	return there;
}

/* Appends entries [first, end) that are not there yet; copied: a write moves pages. */
static int copy_step(struct store *s, struct index *x, uint32_t from, uint64_t first, uint64_t end,
		     uint32_t to, struct fault *f)
{
	size_t size[MOVE_STEP], at = 0;
	struct txn *t = txn_begin(s, true, f);
	struct span entry;
	unsigned count = 0;
	struct buffer b;

	if (!t)
		return -1;
	buffer_init(&b, (size_t)MOVE_STEP * ENTRY_SIZE_MAX);
	for (uint64_t i = first; i < end; i++) {
		/* moved, a damaged one would get the hash of its damage */
		if (!whole_entry(t, from, i, &entry, f)) {
			txn_abort(t);
			buffer_clear(&b);
			return -1;
		}
		if (is_there(x, t, to, entry))
			continue;
		write_bytes(&b, entry.data, entry.size);
		size[count++] = entry.size;
	}
	for (unsigned i = 0; i < count && !b.failed; at += size[i++]) {
		entry = (struct span){ b.data + at, size[i] };
		log_append(t, to, &entry, 1, NULL);
	}
	if (b.failed) {
		txn_abort(t);
		fault_set(f, FAULT_FULL, "no memory to move %u entries", count);
	}
	int rc = b.failed ? -1 : txn_commit(t, f);
	buffer_clear(&b);
	return rc;
}

static int cut_step(struct store *s, uint32_t log, uint64_t size, struct fault *f)
{
	struct txn *t = txn_begin(s, true, f);

	if (!t)
		return -1;
	index_forget(s, t, log, size);
	log_cut(t, log, size);
	return txn_commit(t, f);
}

int aside_move(struct store *s, struct index *x, uint32_t from, uint64_t first, uint32_t to,
	       struct fault *f)
{
	struct txn *t = txn_begin(s, false, f);
	uint64_t end;

	if (!t)
		return -1;
	end = log_size(t, from);
	txn_abort(t);
	for (uint64_t i = first; i < end; i += MOVE_STEP) {
		if (copy_step(s, x, from, i, i + MOVE_STEP < end ? i + MOVE_STEP : end, to, f))
			return -1;
	}
	while (end > first) {
		end = end - first > CUT_STEP ? end - CUT_STEP : first;
		if (cut_step(s, from, end, f))
			return -1;
	}
	return 0;
}
