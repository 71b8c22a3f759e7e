/*
 * The registry: members by order of admission, and four sorted indexes of
 * them. A statement becomes a struct change first, which only reads; applying
 * that change cannot fail, so an entry is applied whole or not at all.
 */
#include "proto/log/registry.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/log/registry_inside.h"

static_assert(MEMBERS_MAX <= UINT16_MAX, "positions of members fit the indexes");

/* --- the indexes --- */

static int compare(enum order order, const struct member *m, const void *key)
{
	switch (order) {
	case BY_NAME:
		return strcmp(m->name, key);
	case BY_LOG:
		return memcmp(m->log.b, key, LOG_ID_SIZE);
	case BY_LINK_KEY:
		return memcmp(m->link_key, key, LINK_KEY_SIZE);
	case BY_SIGN_KEY:
		return memcmp(m->key.key, key, KEY_SIZE);
	case ORDER_COUNT:
		break;
	}
	abort();
}

static const void *key_of(enum order order, const struct member *m)
{
	switch (order) {
	case BY_NAME:
		return m->name;
	case BY_LOG:
		return m->log.b;
	case BY_LINK_KEY:
		return m->link_key;
	case BY_SIGN_KEY:
		return m->key.key;
	case ORDER_COUNT:
		break;
	}
	abort();
}

/* The first place in that order whose member is not below key. */
static unsigned place_of(const struct registry *r, enum order order, const void *key)
{
	unsigned lo = 0, hi = r->count;

	while (lo < hi) {
		const unsigned mid = lo + (hi - lo) / 2;

		if (compare(order, &r->member[r->sorted[order][mid]], key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct member *registry_find(const struct registry *r, enum order order, const void *key)
{
	const unsigned place = place_of(r, order, key);
	struct member *m;

	if (place == r->count)
		return NULL;
	m = &r->member[r->sorted[order][place]];
	return compare(order, m, key) == 0 ? m : NULL;
}

static void insert(struct registry *r, const struct member *m)
{
	assert(r->count < r->room);
	for (enum order order = 0; order < ORDER_COUNT; order++) {
		const unsigned place = place_of(r, order, key_of(order, m));
		uint16_t *at = &r->sorted[order][place];

		memmove(at + 1, at, (r->count - place) * sizeof *at);
		*at = (uint16_t)r->count;
	}
	if (m->cosigns && r->cosigners < COSIGNERS_MAX)
		r->cosigner[r->cosigners++] = (uint16_t)r->count;
	r->member[r->count++] = *m;
}

/* --- changing --- */

static int reserve(struct registry *r, struct fault *f)
{
	const unsigned room = r->room ? 2 * r->room : 16;
	struct member *more;

	if (r->count < r->room || r->count == MEMBERS_MAX)
		return 0;
	more = realloc(r->member, room * sizeof *more);
	if (!more)
		return fault_set(f, FAULT_FULL, "no memory for %u members: free some", room);
	r->member = more;
	r->room = room;
	return 0;
}

static int reserve_closed(struct registry *r, struct fault *f)
{
	const unsigned room = r->closed_room ? 2 * r->closed_room : 4;
	struct closed_log *more;

	if (r->closed_count < r->closed_room)
		return 0;
	more = realloc(r->closed, room * sizeof *more);
	if (!more)
		return fault_set(f, FAULT_FULL, "no memory for %u closed logs: free some", room);
	r->closed = more;
	r->closed_room = room;
	return 0;
}

static int reserve_past(struct registry *r, struct fault *f)
{
	const unsigned room = r->past_room ? 2 * r->past_room : 4;
	struct past_key *more;

	if (r->past_count + 2 <= r->past_room)
		return 0;
	more = realloc(r->past, room * sizeof *more);
	if (!more)
		return fault_set(f, FAULT_FULL, "no memory for %u earlier keys: free some", room);
	r->past = more;
	r->past_room = room;
	return 0;
}

/* What it is sorted by there has changed: it moves. */
static void reorder(struct registry *r, enum order order, const struct member *m)
{
	uint16_t *sorted = r->sorted[order], number = (uint16_t)(m - r->member);
	unsigned place = 0;

	while (sorted[place] != number)
		place++;
	memmove(&sorted[place], &sorted[place + 1], (r->count - 1 - place) * sizeof *sorted);
	r->count--;
	place = place_of(r, order, key_of(order, m));
	memmove(&sorted[place + 1], &sorted[place], (r->count - place) * sizeof *sorted);
	sorted[place] = number;
	r->count++;
}

static void apply_keys(struct registry *r, const struct change *c)
{
	for (unsigned i = 0; i < c->past_count; i++)
		r->past[r->past_count++] = c->past[i];
	if (c->past_count > 0) {
		reorder(r, BY_SIGN_KEY, c->target);
		reorder(r, BY_LINK_KEY, c->target);
	}
	if (c->guards)
		r->guardians = c->guardians;
	if (c->succeeds) {
		r->succession[r->succession_count++] = c->succession;
		succession_verifier(r->network, &c->succession, &r->verifier);
		memset(&r->guardians, 0, sizeof r->guardians);
	}
}

int registry_check(const struct registry *r, struct span statement, struct fault *f)
{
	struct change c;

	return registry_change(r, statement, &c, f);
}

int registry_apply(struct registry *r, uint64_t index, struct span statement, struct fault *f)
{
	struct change c;

	if (index != r->size)
		return fault_set(f, FAULT_INPUT, "entry %" PRIu64 " of the member log cannot follow "
				 "%" PRIu64 " entries: ask for those between", index, r->size);
	/* before the change, which borrows a member */
	if (reserve(r, f) || reserve_closed(r, f) || reserve_past(r, f) ||
	    registry_change(r, statement, &c, f))
		return -1;
	if (c.target)
		*c.target = c.member;
	else if (!c.guards)
		insert(r, &c.member);
	if (c.closes) {
		r->closed[r->closed_count++] = c.closed;
		reorder(r, BY_LOG, c.target);
	}
	apply_keys(r, &c);
	r->size++;
	return 0;
}

/* --- the value --- */

struct registry *registry_create(const char *network, const uint8_t authority_key[KEY_SIZE])
{
	struct registry *r;
	char origin[ORIGIN_MAX + 1];
	struct fault f;

	if (!network_name_is_valid(network))
		return NULL;
	r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	snprintf(r->network, sizeof r->network, "%s", network);
	snprintf(origin, sizeof origin, "%s/members", network);
	if (verifier_init(&r->verifier, origin, KEY_ED25519, authority_key, &f)) {
		free(r);
		return NULL;
	}
	log_id_of(origin, &r->log);
	return r;
}

void registry_destroy(struct registry *r)
{
	if (r) {
		free(r->member);
		free(r->closed);
		free(r->past);
	}
	free(r);
}

uint64_t registry_size(const struct registry *r)
{
	return r->size;
}

const char *registry_network(const struct registry *r)
{
	return r->network;
}

const struct verifier *registry_verifier(const struct registry *r)
{
	return &r->verifier;
}

const struct log_id *registry_log(const struct registry *r)
{
	return &r->log;
}

unsigned registry_count(const struct registry *r)
{
	return r->count;
}

const struct member *registry_member(const struct registry *r, unsigned i)
{
	assert(i < r->count);
	return &r->member[i];
}

const struct member *registry_by_name(const struct registry *r, const char *name)
{
	return registry_find(r, BY_NAME, name);
}

const struct member *registry_by_log(const struct registry *r, const struct log_id *log)
{
	return registry_find(r, BY_LOG, log->b);
}

const struct member *registry_author(const struct registry *r, const struct log_id *log,
				     const struct closed_log **closed)
{
	*closed = NULL;
	for (unsigned i = 0; i < r->closed_count; i++) {
		if (memcmp(r->closed[i].log.b, log->b, LOG_ID_SIZE) == 0) {
			*closed = &r->closed[i];
			return &r->member[r->closed[i].member];
		}
	}
	return registry_find(r, BY_LOG, log->b);
}

unsigned registry_closed_count(const struct registry *r)
{
	return r->closed_count;
}

const struct closed_log *registry_closed(const struct registry *r, unsigned i)
{
	assert(i < r->closed_count);
	return &r->closed[i];
}

const struct member *registry_by_link_key(const struct registry *r,
					  const uint8_t key[LINK_KEY_SIZE])
{
	const struct member *m = registry_find(r, BY_LINK_KEY, key);

	/* who has not heard yet that its new keys are listed comes with the old one */
	for (unsigned i = 0; !m && r->past_count > 0 && i < r->count; i++) {
		const struct member *other = &r->member[i];

		if (member_had_link_key(other) && !memcmp(other->last_link_key, key, LINK_KEY_SIZE))
			m = other;
	}
	return m;
}

unsigned registry_cosigners(const struct registry *r)
{
	return r->cosigners;
}

const struct member *registry_cosigner(const struct registry *r, unsigned i)
{
	assert(i < r->cosigners);
	return &r->member[r->cosigner[i]];
}

bool member_may_link(const struct member *m)
{
	return m->revoked_from == REVOKED_NEVER;
}

bool member_entry_valid(const struct member *m, uint64_t index)
{
	return index < m->revoked_from;
}
