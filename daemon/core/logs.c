/* The table of logs. */
#include "daemon/core/logs.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/log/cosign.h"
#include "proto/log/evidence.h"

static int compare(const struct logs *l, uint32_t row, const struct log_id *id)
{
	return memcmp(l->row[row].id.b, id->b, LOG_ID_SIZE);
}

/* The first place whose log id is not below id. */
static unsigned place_of(const struct logs *l, const struct log_id *id)
{
	unsigned lo = 0, hi = l->count;

	while (lo < hi) {
		const unsigned mid = lo + (hi - lo) / 2;

		if (compare(l, l->sorted[mid], id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t logs_find(const struct logs *l, const struct log_id *id)
{
	const unsigned place = place_of(l, id);

	if (place == l->count || compare(l, l->sorted[place], id) != 0)
		return ROW_NONE;
	return l->sorted[place];
}

static int reserve(struct logs *l)
{
	const unsigned room = l->room ? 2 * l->room : 8;
	struct log_row *row;
	struct log_size *told;
	uint32_t *sorted;

	if (l->count < l->room)
		return 0;
	row = realloc(l->row, room * sizeof *row);
	if (row)
		l->row = row;
	sorted = realloc(l->sorted, room * sizeof *sorted);
	if (sorted)
		l->sorted = sorted;
	told = realloc(l->told, room * sizeof *told);
	if (told)
		l->told = told;
	if (!row || !sorted || !told)
		return -1;
	l->room = room;
	return 0;
}

/* A second row of one id is not made. */
static int add(struct logs *l, const struct log_id *id)
{
	const unsigned place = place_of(l, id);

	if (place < l->count && compare(l, l->sorted[place], id) == 0)
		return 0;
	if (reserve(l))
		return -1;
	memmove(&l->sorted[place + 1], &l->sorted[place],
		(l->count - place) * sizeof *l->sorted);
	l->sorted[place] = l->count;
	l->row[l->count++] = (struct log_row){ .id = *id, .span = FRAME_ENTRIES_MAX,
					       .partner = ROW_NONE };
	l->dirty = true;
	return 0;
}

int logs_init(struct logs *l, const struct registry *r, const char *member)
{
	char origin[ORIGIN_MAX + 1];
	struct log_id own;

	*l = (struct logs){ .dirty = true };
	snprintf(origin, sizeof origin, "%s/%s", registry_network(r), member);
	/* the epoch that it is in */
	if (registry_by_name(r, member))
		own = registry_by_name(r, member)->log;
	else
		log_id_of(origin, &own);
	if (add(l, registry_log(r)) || add(l, &own) || logs_grow(l, r))
		return -1;
	assert(logs_find(l, &own) == ROW_OWN);
	return 0;
}

void logs_clear(struct logs *l)
{
	free(l->row);
	free(l->sorted);
	free(l->told);
	*l = (struct logs){ .count = 0 };
}

int logs_grow(struct logs *l, const struct registry *r)
{
	const unsigned count = registry_count(r);

	assert(l->members <= count);
	l->marks = cosign_marks_all(r);
	l->dirty = true;
	for (; l->members < count; l->members++) {
		if (add(l, &registry_member(r, l->members)->log))
			return -1;
	}
	/* a log that was closed, and the one that goes on */
	for (; l->epochs < registry_closed_count(r); l->epochs++) {
		const struct closed_log *closed = registry_closed(r, l->epochs);

		if (add(l, &closed->log) || add(l, &registry_member(r, closed->member)->log))
			return -1;
	}
	return 0;
}

int logs_branch(struct logs *l, uint32_t row)
{
	struct log_id id;

	evidence_branch_id(&l->row[row].id, &id);
	/* a log that bears that id by chance stays a log */
	if (l->row[row].partner != ROW_NONE || logs_find(l, &id) != ROW_NONE)
		return 0;
	if (add(l, &id))
		return -1;
	l->row[row].partner = l->count - 1;
	l->row[l->count - 1].partner = row;
	l->row[l->count - 1].is_branch = true;
	return 0;
}

void logs_end_branch(struct logs *l, uint32_t row)
{
	struct log_row *g = &l->row[row];

	g->held = g->proved = g->target = g->seen = g->next = 0;
	g->mark = g->target_mark = g->vouched = 0;
	l->dirty = true;
}

struct log_size logs_told(const struct logs *l, uint32_t row)
{
	const struct log_row *g = &l->row[row];
	struct log_size s = { .log = g->id, .seen = g->seen, .held = g->held };

	s.vouched = g->vouched & l->marks;
	s.mark = g->mark;
	s.forked = g->is_branch ? l->row[g->partner].forked : g->forked;
	/* behind what is signed stands a tail that nobody may know yet */
	if (row == ROW_OWN)
		s.held = g->proved;
	if (row == ROW_OWN && l->own_hidden)
		s = (struct log_size){ .log = g->id };
	if (s.held > s.seen)
		s.held = s.seen;
	return s;
}

/* Of a forked log every node holds first the branch that it saw first: what all of them
 * have in common is the evidence, and that both branches are whole. */
static void digest_log(struct buffer *b, const struct log_size *s)
{
	const bool whole = s->seen > 0 && s->held == s->seen;

	write_u64(b, s->forked ? UINT64_MAX : s->seen);
	write_u64(b, s->forked ? whole : s->held);
	write_u64(b, s->forked ? s->forked : s->vouched);
	write_u64(b, s->forked ? 0 : s->mark);
}

void logs_refresh(struct logs *l)
{
	struct buffer b;
	unsigned n = 0;

	if (!l->dirty)
		return;
	buffer_init(&b, (LOGS_MAX + 1) * (LOG_ID_SIZE + 32));
	for (unsigned i = 0; i < l->count; i++) {
		const struct log_size s = logs_told(l, l->sorted[i]);

		if ((s.seen == 0 && !s.forked) || n == LOGS_MAX ||
		    (l->row[l->sorted[i]].is_branch && l->count > LOGS_MAX))
			continue;   /* a summary has no room for branches then */
		l->told[n++] = s;
		write_bytes(&b, s.log.b, LOG_ID_SIZE);
		digest_log(&b, &s);
	}
	l->told_count = n;
	hash_bytes(b.data ? b.data : (const uint8_t *)"", b.used, &l->digest);
	l->dirty = b.failed;   /* no memory: a digest that fits nobody costs a summary */
	buffer_clear(&b);
}

uint64_t logs_missing(const struct logs *l)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < l->count; i++) {
		if (i != ROW_OWN && l->row[i].seen > l->row[i].held)
			sum += l->row[i].seen - l->row[i].held;
	}
	return sum;
}

void log_rewind(struct log_row *row)
{
	row->next = row->held;
	row->sourced = false;
}

/* first_ms, doubled so many times, at most most_ms. */
static int64_t doubled(int64_t first_ms, unsigned times, int64_t most_ms)
{
	int64_t wait_ms = first_ms;

	for (unsigned i = 0; i < times && wait_ms < most_ms; i++)
		wait_ms *= 2;
	return wait_ms < most_ms ? wait_ms : most_ms;
}

void log_stale(struct log_row *row, int64_t now_ms)
{
	/* once is chance: a frame of an earlier link came first */
	if (++row->stale == 1)
		return;
	row->retry_ms = now_ms + doubled(STALE_MIN_MS, row->stale - 2, STALE_MAX_MS);
}

void log_shun(struct log_row *row, int64_t now_ms)
{
	row->shun_ms = now_ms + doubled(SHUN_MIN_MS, row->shuns++, SHUN_MAX_MS);
}

void log_claim(struct log_row *row, int64_t now_ms)
{
	if (++row->claims < CLAIMS_FREE)
		return;
	row->claim_ms = now_ms + doubled(CLAIM_MIN_MS, row->claims - CLAIMS_FREE, CLAIM_MAX_MS);
}
