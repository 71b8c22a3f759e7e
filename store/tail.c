/* The tail of the index, in memory. */
#include "store/tail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/row.h"

#define BUCKETS 65536u

int tail_init(struct tail *q)
{
	*q = (struct tail){
		.row = malloc(TAIL_ROWS_MAX * sizeof *q->row),
		.bucket = calloc(BUCKETS, sizeof *q->bucket),
	};
	if (q->row && q->bucket)
		return 0;
	tail_clear(q);
	return -1;
}

void tail_clear(struct tail *q)
{
	free(q->row);
	free(q->bucket);
	*q = (struct tail){ 0 };
}

/* Prefixes are hashes, or ids that their authors choose: mixed, so that ids
 * that differ in their time alone spread too. */
static uint32_t *bucket_of(const struct tail *q, uint32_t type_log, uint64_t prefix)
{
	uint64_t h = (prefix ^ type_log >> 24) * UINT64_C(0x9e3779b97f4a7c15);

	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return &q->bucket[h >> 48 & (BUCKETS - 1)];
}

bool tail_put(struct tail *q, enum event_key type, uint64_t prefix, struct position at)
{
	assert(at.log > 0 && at.log <= LOG_NUMBER_MAX && at.index <= ENTRY_INDEX_MAX);
	if (q->used == TAIL_ROWS_MAX)
		return false;
	uint32_t type_log = tail_type_log(type, at.log);
	uint32_t *bucket = bucket_of(q, type_log, prefix);
	q->row[q->used++] = (struct tail_row){
		.prefix = prefix,
		.index = at.index,
		.type_log = type_log,
		.next = *bucket,
	};
	*bucket = q->used;
	return true;
}

/* Newest first, so that each bucket is left as it was before that row. */
void tail_cut(struct tail *q, unsigned used)
{
	assert(used <= q->used);
	if (used == 0 && q->used > 0)
		memset(q->bucket, 0, BUCKETS * sizeof *q->bucket);
	while (used > 0 && q->used > used) {
		const struct tail_row *r = &q->row[--q->used];
		*bucket_of(q, r->type_log, r->prefix) = r->next;
	}
	q->used = used;
}

static int row_compare(const void *left, const void *right)
{
	const struct tail_row *a = left, *b = right;
	uint32_t a_type = a->type_log >> 24, b_type = b->type_log >> 24;

	if (a_type != b_type)
		return a_type < b_type ? -1 : 1;
	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	if (a->type_log != b->type_log)
		return a->type_log < b->type_log ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

void tail_sort(struct tail *q)
{
	qsort(q->row, q->used, sizeof *q->row, row_compare);
}

void tail_link(struct tail *q)
{
	memset(q->bucket, 0, BUCKETS * sizeof *q->bucket);
	for (unsigned i = 0; i < q->used; i++) {
		uint32_t *bucket = bucket_of(q, q->row[i].type_log, q->row[i].prefix);
		q->row[i].next = *bucket;
		*bucket = i + 1;
	}
}

int position_compare(const void *left, const void *right)
{
	const struct position *a = left, *b = right;

	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* wanted: a type and a log, or log 0. */
static bool row_matches(const struct tail_row *r, uint32_t wanted, uint64_t prefix)
{
	if (r->prefix != prefix || r->type_log >> 24 != wanted >> 24)
		return false;
	return (wanted & LOG_NUMBER_MAX) == 0 || r->type_log == wanted;
}

long tail_find(const struct tail *q, enum event_key type, uint64_t prefix, uint32_t log,
	       struct position **out)
{
	uint32_t wanted = tail_type_log(type, log), first = *bucket_of(q, wanted, prefix);
	size_t count = 0, kept = 0;

	*out = NULL;
	for (uint32_t i = first; i; i = q->row[i - 1].next)
		count += row_matches(&q->row[i - 1], wanted, prefix);
	if (count == 0)
		return 0;
	struct position *at = malloc(count * sizeof *at);
	if (!at)
		return -1;
	for (uint32_t i = first; i; i = q->row[i - 1].next) {
		const struct tail_row *r = &q->row[i - 1];
		if (row_matches(r, wanted, prefix))
			at[kept++] = (struct position){ r->type_log & LOG_NUMBER_MAX, r->index };
	}
	qsort(at, count, sizeof *at, position_compare);
	kept = 1;
	for (size_t i = 1; i < count; i++) {
		if (position_compare(&at[i], &at[kept - 1]) != 0)
			at[kept++] = at[i];
	}
	*out = at;
	return (long)kept;
}

void tail_key(const struct tail_row *r, uint8_t to[INDEX_KEY_SIZE])
{
	to[0] = (uint8_t)(r->type_log >> 24);
	put_u64(to + 1, r->prefix);
	put_u24(to + 9, r->type_log & LOG_NUMBER_MAX);
	put_u40(to + 12, r->index);
}
