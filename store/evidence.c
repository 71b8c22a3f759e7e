/*
 * A row of fork evidence. Key: number of the log. Value: level u64, time u64, length
 * of the peer's name u8 and the name, the evidence, the guard.
 */
#include "store/evidence.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/guard.h"
#include "store/row.h"

#define FIXED (8 + 8 + 1)

static struct span fork_key(uint8_t to[3], uint32_t log)
{
	put_u24(to, log);
	return (struct span){ to, 3 };
}

static int damaged(struct txn *t, uint32_t log, struct fault *f)
{
	char origin[ORIGIN_MAX + 1];

	if (!log_origin(t, log, origin))
		snprintf(origin, sizeof origin, "log %u", (unsigned)log);
	return fault_set(f, FAULT_UNPROVED, "the evidence that %s is forked is damaged in the "
			 "store: stop tracd, then run 'trac store repair'", origin);
}

/* 0: no row. 1: read. -1: damaged. */
static int row_read(struct txn *t, uint32_t log, uint64_t *level, struct fork_row *out)
{
	uint8_t bytes[3];
	const struct span key = fork_key(bytes, log);
	struct span v;

	if (!txn_get(t, TABLE_EVIDENCE, key, &v))
		return 0;
	if (!guard_is_good(key, v))
		return -1;
	v = guard_cut(v);
	if (v.size <= FIXED || v.data[16] > MEMBER_NAME_MAX ||
	    v.size <= FIXED + (size_t)v.data[16])
		return -1;
	const size_t name = v.data[16];
	*level = get_u64(v.data);
	out->found_ms = (int64_t)get_u64(v.data + 8);
	memcpy(out->from, v.data + FIXED, name);
	out->from[name] = '\0';
	out->bytes = (struct span){ v.data + FIXED + name, v.size - FIXED - name };
	return 1;
}

int fork_find(struct txn *t, uint32_t log, struct fork_row *out, struct fault *f)
{
	uint64_t level;
	const int rc = row_read(t, log, &level, out);

	return rc < 0 ? damaged(t, log, f) : rc;
}

bool fork_get(struct txn *t, uint32_t log, struct fork_row *out)
{
	uint64_t level;

	return row_read(t, log, &level, out) > 0;
}

uint64_t fork_level(struct txn *t, uint32_t log)
{
	struct fork_row row;
	uint64_t level;

	const int rc = row_read(t, log, &level, &row);

	return rc < 0 ? 1 : rc > 0 ? level : 0;
}

/* By who holds nothing beyond a proved head. */
static void look_for(struct txn *t, uint32_t log, const struct fork_evidence *e,
		     const struct hash *tried, bool again)
{
	const struct evidence_branch *next;
	struct checkpoint proved = { .size = 0 };
	struct tree_reader tree;
	struct log_tree lt;

	head_get(t, log, HEAD_PROVED, &proved, NULL);
	if (log_size(t, log) > proved.size)
		return;
	log_tree(&lt, &tree, t, log);
	next = evidence_next(e, proved.size, &tree, tried, again);
	if (next)
		head_aim(t, log, &next->head, next->note);
	else
		head_freeze(t, log);
}

void fork_put(struct txn *t, uint32_t log, const struct fork_row *row)
{
	uint8_t key[3], value[FIXED + MEMBER_NAME_MAX + EVIDENCE_BYTES_MAX + GUARD_SIZE];
	const size_t name = strlen(row->from);
	struct fork_evidence e;
	struct fault f;

	assert(name <= MEMBER_NAME_MAX && row->bytes.size <= EVIDENCE_BYTES_MAX);
	if (evidence_parse(&e, row->bytes, &f)) {
		txn_fail(t, &f);
		return;
	}
	put_u64(value, e.common + 1);
	put_u64(value + 8, (uint64_t)row->found_ms);
	value[16] = (uint8_t)name;
	memcpy(value + FIXED, row->from, name);
	/* the bytes may be borrowed from the row that is written over */
	memcpy(value + FIXED + name, row->bytes.data, row->bytes.size);
	txn_put(t, TABLE_EVIDENCE, fork_key(key, log),
		guard_put(fork_key(key, log), value, FIXED + name + row->bytes.size));
	head_freeze(t, log);
	look_for(t, log, &e, NULL, true);
}

void fork_clear(struct txn *t, uint32_t log)
{
	uint8_t key[3];

	txn_delete(t, TABLE_EVIDENCE, fork_key(key, log));
}

void fork_turn(struct txn *t, uint32_t log, bool again)
{
	uint8_t copy[EVIDENCE_BYTES_MAX];
	struct fork_evidence e;
	struct checkpoint tried;
	struct fork_row row;
	struct fault f;

	if (!fork_get(t, log, &row) || row.bytes.size > sizeof copy ||
	    !head_get(t, log, HEAD_TARGET, &tried, NULL))
		return;
	/* the heads of the evidence are written while it is read */
	memcpy(copy, row.bytes.data, row.bytes.size);
	if (!evidence_parse(&e, (struct span){ copy, row.bytes.size }, &f))
		look_for(t, log, &e, &tried.root, again);
}
