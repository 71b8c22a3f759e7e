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

#include "proto/log/member.h"
#include "proto/wire/unpack.h"

enum order {
	BY_NAME,
	BY_LOG,
	BY_LINK_KEY,
	BY_SIGN_KEY,
	ORDER_COUNT,
};

struct registry {
	char network[NETWORK_MAX + 1];
	struct verifier verifier;       /* of the member log */
	struct log_id log;              /* of the member log */
	uint64_t size;
	unsigned count, room;
	struct member *member;          /* owned; room of them */
	unsigned closed_count, closed_room;
	struct closed_log *closed;      /* owned */
	unsigned cosigners;
	uint16_t cosigner[COSIGNERS_MAX];
	uint16_t sorted[ORDER_COUNT][MEMBERS_MAX];
};

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

static struct member *find(const struct registry *r, enum order order, const void *key)
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

/* --- statements --- */

/* What a statement does: a new member (target NULL) or new fields of one. */
struct change {
	struct member *target;          /* borrowed from the registry */
	struct member member;           /* as it will be */
	bool closes;                    /* its log; then: */
	struct closed_log closed;
};

/* One key of two hubs would count for two that vouch. */
static const struct member *find_cosign_key(const struct registry *r, const uint8_t *key)
{
	for (unsigned i = 0; i < r->count; i++) {
		const struct member *m = &r->member[i];

		if (m->cosigns && memcmp(m->cosign_key, key, KEY_SIZE) == 0)
			return m;
	}
	return NULL;
}

static int check_new(const struct registry *r, const struct member *m, struct fault *f)
{
	const struct member *other;

	if (r->count + r->closed_count >= MEMBERS_MAX)
		return fault_set(f, FAULT_LIMIT, "the network has %d members, the most it can hold: "
				 "\"%s\" cannot be admitted", MEMBERS_MAX, m->name);
	if (find(r, BY_NAME, m->name))
		return fault_set(f, FAULT_INPUT, "there is a member \"%s\" already: choose another "
				 "name", m->name);
	other = find(r, BY_SIGN_KEY, m->key.key);
	if (other)
		return fault_set(f, FAULT_INPUT, "the signing key of \"%s\" is that of \"%s\": make "
				 "a new key", m->name, other->name);
	other = find(r, BY_LINK_KEY, m->link_key);
	if (other)
		return fault_set(f, FAULT_INPUT, "the link key of \"%s\" is that of \"%s\": make a "
				 "new key", m->name, other->name);
	other = m->cosigns ? find_cosign_key(r, m->cosign_key) : NULL;
	if (other)
		return fault_set(f, FAULT_INPUT, "the cosigning key of \"%s\" is that of \"%s\": "
				 "make a new key", m->name, other->name);
	return 0;
}

static int from_found(const struct registry *r, const Trac__Statement *s,
		      struct change *c, struct fault *f)
{
	const Trac__Found *found = s->found;

	if (r->size > 0)
		return fault_set(f, FAULT_INPUT, "the network is founded a second time: only entry 0 "
				 "may do that");
	if (!found->network || strcmp(found->network, r->network))
		return fault_set(f, FAULT_INPUT, "the member log is of network \"%.*s\", not of "
				 "\"%s\": check the settings", NETWORK_MAX,
				 found->network ? found->network : "", r->network);
	if (member_from(&c->member, r->network, found->authority, f))
		return -1;
	if (c->member.role != TRAC__ROLE__AUTHORITY)
		return fault_set(f, FAULT_INPUT, "the founder \"%s\" has not the role of authority: "
				 "write the first statement again", c->member.name);
	if (memcmp(c->member.key.key, r->verifier.key, KEY_SIZE))
		return fault_set(f, FAULT_INPUT, "network \"%s\" was founded with another key than "
				 "the configured one of its authority: check the settings", r->network);
	return 0;
}

static int from_admit(const struct registry *r, const Trac__Statement *s,
		      struct change *c, struct fault *f)
{
	if (member_from(&c->member, r->network, s->admit->member, f))
		return -1;
	if (c->member.role == TRAC__ROLE__AUTHORITY)
		return fault_set(f, FAULT_INPUT, "\"%s\" asks for the role of authority, which only "
				 "the founder has: admit a hub or a workshop", c->member.name);
	return check_new(r, &c->member, f);
}

/* The member that a statement changes, which must be there. */
static int target_of(const struct registry *r, const char *name, struct change *c,
		     struct fault *f)
{
	c->target = name ? find(r, BY_NAME, name) : NULL;
	if (!c->target)
		return fault_set(f, FAULT_INPUT, "there is no member \"%.*s\": see the list of "
				 "members", MEMBER_NAME_MAX, name ? name : "");
	c->member = *c->target;
	return 0;
}

static int from_revoke(const struct registry *r, const Trac__Statement *s,
		       struct change *c, struct fault *f)
{
	const Trac__Revoke *revoke = s->revoke;

	if (target_of(r, revoke->name, c, f))
		return -1;
	if (c->target->role == TRAC__ROLE__AUTHORITY)
		return fault_set(f, FAULT_INPUT, "\"%s\" is the authority, which cannot revoke "
				 "itself: found a new network", c->target->name);
	if (!revoke->has_from_index || revoke->from_index == REVOKED_NEVER)
		return fault_set(f, FAULT_INPUT, "the revocation of \"%s\" does not say from which "
				 "entry: write it again", c->target->name);
	/* nothing becomes valid again: an earlier index only */
	if (revoke->from_index >= c->target->revoked_from)
		return fault_set(f, FAULT_INPUT, "\"%s\" is revoked from entry %" PRIu64 " already: "
				 "only an earlier one can follow", c->target->name,
				 c->target->revoked_from);
	c->member.revoked_from = revoke->from_index;
	return 0;
}

static int from_move(const struct registry *r, const Trac__Statement *s,
		     struct change *c, struct fault *f)
{
	if (target_of(r, s->move->name, c, f))
		return -1;
	if (!member_may_link(c->target))
		return fault_set(f, FAULT_INPUT, "\"%s\" is revoked and has no address any more: "
				 "nothing to move", c->target->name);
	return member_addresses(&c->member, s->move->n_address, s->move->address, f);
}

/* The next log of a member, whose present one ends at a size and root that is trusted. */
static int close_log(const struct registry *r, const Trac__Epoch *epoch, struct change *c,
		     struct fault *f)
{
	const struct member *now = c->target;

	c->closes = true;
	c->closed = (struct closed_log){
		.member = (unsigned)(now - r->member), .epoch = now->epoch, .log = now->log,
		.key = now->key, .size = epoch->last_size,
	};
	memcpy(c->closed.origin, now->origin, sizeof c->closed.origin);
	memcpy(c->closed.root.b, epoch->last_root.data, HASH_SIZE);
	c->member.epoch = epoch->epoch;
	epoch_origin(r->network, now->name, epoch->epoch, c->member.origin);
	log_id_of(c->member.origin, &c->member.log);
	return verifier_init(&c->member.key, c->member.origin, KEY_ED25519, now->key.key, f);
}

static int from_epoch(const struct registry *r, const Trac__Statement *s, struct change *c,
		      struct fault *f)
{
	const Trac__Epoch *epoch = s->epoch;

	if (target_of(r, epoch->name, c, f))
		return -1;
	if (!member_may_link(c->target))
		return fault_set(f, FAULT_INPUT, "\"%s\" is revoked: its log is not begun anew",
				 c->target->name);
	if (!epoch->has_epoch || epoch->epoch != c->target->epoch + 1)
		return fault_set(f, FAULT_INPUT, "\"%s\" is in epoch %u of its log: only %u can "
				 "follow, not %u: have the request written again", c->target->name,
				 c->target->epoch, c->target->epoch + 1, epoch->epoch);
	if (epoch->epoch > EPOCHS_MAX || r->count + r->closed_count >= MEMBERS_MAX)
		return fault_set(f, FAULT_LIMIT, "the log of \"%s\" cannot be begun anew: %d epochs a "
				 "member and %d logs of all are the most there can be: admit it under "
				 "another name", c->target->name, EPOCHS_MAX, MEMBERS_MAX);
	if (!epoch->has_last_size || !epoch->has_last_root || epoch->last_root.len != HASH_SIZE ||
	    epoch->last_size > ENTRIES_MAX)
		return fault_set(f, FAULT_INPUT, "the epoch of \"%s\" does not say at which size and "
				 "root its log ended: have the request written again",
				 c->target->name);
	return close_log(r, epoch, c, f);
}

static const struct statement_type {
	Trac__Statement__BodyCase body;
	const char *name;
	/* NULL: known, and for a later version */
	int (*change)(const struct registry *r, const Trac__Statement *s,
		      struct change *c, struct fault *f);
} statement_types[] = {
	{ TRAC__STATEMENT__BODY_FOUND, "Found", from_found },
	{ TRAC__STATEMENT__BODY_ADMIT, "Admit", from_admit },
	{ TRAC__STATEMENT__BODY_REVOKE, "Revoke", from_revoke },
	{ TRAC__STATEMENT__BODY_MOVE, "Move", from_move },
	{ TRAC__STATEMENT__BODY_ROTATE, "Rotate", NULL },
	{ TRAC__STATEMENT__BODY_DELEGATE, "Delegate", NULL },
	{ TRAC__STATEMENT__BODY_EPOCH, "Epoch", from_epoch },
};

static const struct statement_type *type_of(const Trac__Statement *s)
{
	for (size_t i = 0; i < sizeof statement_types / sizeof *statement_types; i++) {
		if (statement_types[i].body == s->body_case)
			return &statement_types[i];
	}
	return NULL;
}

static int change_of(const struct registry *r, const Trac__Statement *s,
		     struct change *c, struct fault *f)
{
	const struct statement_type *type = type_of(s);

	memset(c, 0, sizeof *c);
	if (!type)
		return fault_set(f, FAULT_INPUT, "the statement says nothing that this version "
				 "knows: update this program");
	if (!type->change)
		return fault_set(f, FAULT_INPUT, "the statement %s is not supported by this version: "
				 "update this program", type->name);
	if (!s->has_time_ms || s->time_ms < 0)
		return fault_set(f, FAULT_INPUT, "the statement %s has no time: write it again",
				 type->name);
	if (r->size == 0 && s->body_case != TRAC__STATEMENT__BODY_FOUND)
		return fault_set(f, FAULT_INPUT, "the member log begins with %s, not with Found: "
				 "ask for it again", type->name);
	if (type->change(r, s, c, f))
		return -1;
	c->closed.closed_ms = s->time_ms;
	if (!c->target) {
		c->member.admitted_index = r->size;
		c->member.admitted_ms = s->time_ms;
	}
	return 0;
}

static int read_change(const struct registry *r, struct span statement,
		       struct change *c, struct fault *f)
{
	Trac__Statement *s;
	int rc;

	if (statement.size > ENTRY_SIZE_MAX)
		return fault_set(f, FAULT_INPUT, "the statement has %zu bytes, at most %d are taken: "
				 "write it again", statement.size, ENTRY_SIZE_MAX);
	s = unpack(&trac__statement__descriptor, statement, UNPACK_STRICT, f);
	if (!s)
		return -1;
	rc = change_of(r, s, c, f);
	unpack_free(s);
	return rc;
}

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

/* Its log has another id: it moves in that order. */
static void reorder(struct registry *r, const struct member *m)
{
	uint16_t *sorted = r->sorted[BY_LOG], number = (uint16_t)(m - r->member);
	unsigned place = 0;

	while (sorted[place] != number)
		place++;
	memmove(&sorted[place], &sorted[place + 1], (r->count - 1 - place) * sizeof *sorted);
	r->count--;
	place = place_of(r, BY_LOG, m->log.b);
	memmove(&sorted[place + 1], &sorted[place], (r->count - place) * sizeof *sorted);
	sorted[place] = number;
	r->count++;
}

int registry_check(const struct registry *r, struct span statement, struct fault *f)
{
	struct change c;

	return read_change(r, statement, &c, f);
}

int registry_apply(struct registry *r, uint64_t index, struct span statement, struct fault *f)
{
	struct change c;

	if (index != r->size)
		return fault_set(f, FAULT_INPUT, "entry %" PRIu64 " of the member log cannot follow "
				 "%" PRIu64 " entries: ask for those between", index, r->size);
	/* before the change, which borrows a member */
	if (reserve(r, f) || reserve_closed(r, f) || read_change(r, statement, &c, f))
		return -1;
	if (c.target)
		*c.target = c.member;
	else
		insert(r, &c.member);
	if (c.closes) {
		r->closed[r->closed_count++] = c.closed;
		reorder(r, c.target);
	}
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
	return find(r, BY_NAME, name);
}

const struct member *registry_by_log(const struct registry *r, const struct log_id *log)
{
	return find(r, BY_LOG, log->b);
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
	return find(r, BY_LOG, log->b);
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
	return find(r, BY_LINK_KEY, key);
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
