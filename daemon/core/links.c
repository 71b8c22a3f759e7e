/* The table of links. */
#include "daemon/core/links.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void destroy(struct link *l)
{
	if (!l)
		return;
	free(l->known);
	free(l->owed);
	free(l->fork);
	free(l);
}

void links_clear(struct links *l)
{
	for (unsigned i = 0; i < l->count; i++)
		destroy(l->item[i]);
	free(l->item);
	*l = (struct links){ .count = 0 };
}

/* The first place whose id is not below id. */
static unsigned place_of(const struct links *l, uint32_t id)
{
	unsigned lo = 0, hi = l->count;

	while (lo < hi) {
		const unsigned mid = lo + (hi - lo) / 2;

		if (l->item[mid]->id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_at(const struct links *l, unsigned place, uint32_t id)
{
	return place < l->count && l->item[place]->id == id;
}

struct link *links_find(const struct links *l, uint32_t id)
{
	const unsigned place = place_of(l, id);

	if (!is_at(l, place, id) || l->item[place]->gone)
		return NULL;
	return l->item[place];
}

static int reserve(struct links *l)
{
	const unsigned room = l->room ? 2 * l->room : 8;
	struct link **more;

	if (l->count < l->room)
		return 0;
	more = realloc(l->item, room * sizeof *more);
	if (!more)
		return -1;
	l->item = more;
	l->room = room;
	return 0;
}

struct link *links_add(struct links *l, uint32_t id, int64_t now_ms)
{
	const unsigned place = place_of(l, id);
	struct link *new;

	assert(l->count < LINKS_MAX && !is_at(l, place, id));
	if (reserve(l))
		return NULL;
	new = calloc(1, sizeof *new);
	if (!new)
		return NULL;
	new->id = id;
	new->since_ms = new->heard_ms = new->progress_ms = now_ms;
	new->heads_ms = new->serves_ms = new->summaries_ms = now_ms;
	new->summaries_left = SUMMARY_BURST;
	new->heads_left = HEADS_BURST;
	new->serves_left = SERVES_RATE;
	new->letters_left = LETTERS_RATE;
	memmove(&l->item[place + 1], &l->item[place], (l->count - place) * sizeof(struct link *));
	l->item[place] = new;
	l->count++;
	return new;
}

static void remove_at(struct links *l, unsigned place)
{
	destroy(l->item[place]);
	l->count--;
	memmove(&l->item[place], &l->item[place + 1], (l->count - place) * sizeof(struct link *));
}

void links_remove(struct links *l, uint32_t id)
{
	const unsigned place = place_of(l, id);

	if (is_at(l, place, id))
		remove_at(l, place);
}

void links_sweep(struct links *l)
{
	for (unsigned i = l->count; i-- > 0;) {
		if (l->item[i]->gone)
			remove_at(l, i);
	}
}

unsigned links_of_key(const struct links *l, const uint8_t key[LINK_KEY_SIZE],
		      struct link **oldest)
{
	unsigned n = 0;

	*oldest = NULL;
	for (unsigned i = 0; i < l->count; i++) {
		struct link *x = l->item[i];

		if (x->gone || memcmp(x->key, key, LINK_KEY_SIZE) != 0)
			continue;
		n++;
		if (!*oldest || x->since_ms < (*oldest)->since_ms)
			*oldest = x;
	}
	return n;
}

int link_reserve(struct link *l, unsigned rows)
{
	struct known *known;
	uint8_t *owed;

	if (rows <= l->rows)
		return 0;
	known = realloc(l->known, rows * sizeof *known);
	if (known)
		l->known = known;
	owed = realloc(l->owed, rows);
	if (owed)
		l->owed = owed;
	if (!known || !owed)
		return -1;
	memset(&known[l->rows], 0, (rows - l->rows) * sizeof *known);
	memset(&owed[l->rows], 0, rows - l->rows);
	l->rows = rows;
	return 0;
}

struct known link_known(const struct link *l, uint32_t row)
{
	return row < l->rows ? l->known[row] : (struct known){ .seen = 0 };
}

void link_learn(struct link *l, uint32_t row, struct known k)
{
	assert(row < l->rows);
	l->known[row] = k;
}

bool link_lacks_lines(const struct known *k, const struct log_size *ours)
{
	return k->seen == ours->seen && (ours->vouched & ~k->vouched) != 0;
}

void link_owe(struct link *l, uint32_t row, bool owed)
{
	assert(row < l->rows);
	if (owed == (l->owed[row] != 0))
		return;
	l->owed[row] = owed;
	l->owed_count += owed ? 1u : -1u;
}

bool link_take(int64_t *left, int64_t *filled_ms, int64_t now_ms, int64_t rate, int64_t most)
{
	const int64_t passed_ms = now_ms - *filled_ms;
	const int64_t gain = passed_ms < 3600000 ? passed_ms * rate / 1000 : most;

	if (gain > 0) {
		*left = *left + gain < most ? *left + gain : most;
		*filled_ms = now_ms;
	}
	if (*left <= 0)
		return false;
	(*left)--;
	return true;
}

struct want_slot *link_free_slot(struct link *l)
{
	for (unsigned i = 0; i < WANTS_MAX; i++) {
		if (!l->slot[i].used)
			return &l->slot[i];
	}
	return NULL;
}

unsigned link_slots_used(const struct link *l)
{
	unsigned n = 0;

	for (unsigned i = 0; i < WANTS_MAX; i++)
		n += l->slot[i].used;
	return n;
}

int64_t link_slot_due(const struct link *l, const struct want_slot *s)
{
	return (s->asked_ms > l->progress_ms ? s->asked_ms : l->progress_ms) + WANT_MS;
}
