/* Runs of logs. The one last met of a log is remembered in the transaction. */
#include "store/run.h"

#include <string.h>

#include "store/row.h"

static void damaged(struct txn *t, uint32_t log)
{
	struct fault f;

	fault_set(&f, FAULT_IO, "log %u: its runs in the store are damaged: run "
		"'trac store check'", (unsigned)log);
	txn_fail(t, &f);
}

static bool is_of(const struct row *r, uint32_t log)
{
	return r->key.size == ENTRY_KEY_SIZE && get_u24(r->key.data) == log;
}

/* The run that holds an index, were it large enough; end 0: not known. */
static bool run_find(struct txn *t, uint32_t log, uint64_t index, struct txn_memo *out)
{
	uint8_t key[ENTRY_KEY_SIZE];
	struct row at, next;

	entry_key(key, log, index);
	txn_around(t, TABLE_RUNS, (struct span){ key, sizeof key }, &at, &next);
	if (!is_of(&at, log))
		return false;
	if (at.value.size != 8) {
		damaged(t, log);
		return false;
	}
	*out = (struct txn_memo){
		.log = log,
		.first = get_u40(at.key.data + 3),
		.end = is_of(&next, log) ? get_u40(next.key.data + 3) : 0,
		.arrival = get_u64(at.value.data),
	};
	return true;
}

bool run_arrival(struct txn *t, uint32_t log, uint64_t index, uint64_t *arrival)
{
	struct txn_memo *m = txn_memo(t, log), found;

	if (log == 0 || log > LOG_NUMBER_MAX || index > ENTRY_INDEX_MAX)
		return false;
	if (m->log != log || index < m->first || index >= m->end) {
		if (!run_find(t, log, index, &found))
			return false;
		if (found.end == 0)
			found.end = log_size(t, log);
		if (index >= found.end)
			return false;
		*m = found;
	}
	*arrival = m->arrival + (index - m->first);
	return true;
}

/* One above the last; a key that is none of ours is told by what is appended. */
static uint64_t arrival_next(struct txn *t)
{
	struct row last;

	if (!txn_last(t, TABLE_ENTRIES, &last) || last.key.size != ARRIVAL_KEY_SIZE)
		return 0;
	return get_u64(last.key.data) + 1;
}

uint64_t run_append(struct txn *t, uint32_t log, uint64_t size)
{
	uint64_t arrival = arrival_next(t);
	uint8_t key[ENTRY_KEY_SIZE], value[8];
	struct txn_memo last;

	txn_memo(t, log)->log = 0;
	if (run_find(t, log, ENTRY_INDEX_MAX, &last) && last.first < size &&
	    last.arrival + (size - last.first) == arrival)
		return arrival;
	entry_key(key, log, size);
	put_u64(value, arrival);
	txn_append(t, TABLE_RUNS, (struct span){ key, sizeof key },
		   (struct span){ value, sizeof value });
	return arrival;
}

void run_cut(struct txn *t, uint32_t log, uint64_t size)
{
	uint8_t key[ENTRY_KEY_SIZE];
	struct row at, above;

	txn_memo(t, log)->log = 0;
	entry_key(key, log, ENTRY_INDEX_MAX);
	for (;;) {
		txn_around(t, TABLE_RUNS, (struct span){ key, sizeof key }, &at, &above);
		if (txn_failed(t) || !is_of(&at, log) || get_u40(at.key.data + 3) < size)
			return;
		memcpy(key, at.key.data, sizeof key);
		txn_delete(t, TABLE_RUNS, (struct span){ key, sizeof key });
	}
}
