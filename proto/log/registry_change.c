/*
 * What a statement of the member log does: it becomes a struct change, which only reads;
 * applying that (registry.c) cannot fail.
 */
#include "proto/log/registry_inside.h"

#include <inttypes.h>
#include <string.h>

#include "proto/log/member.h"
#include "proto/wire/unpack.h"

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
	if (registry_find(r, BY_NAME, m->name))
		return fault_set(f, FAULT_INPUT, "there is a member \"%s\" already: choose another "
				 "name", m->name);
	if (check_keys_free(r, m, f))
		return -1;
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
	if (check_new(r, &c->member, f))
		return -1;
	return s->admit->by || s->admit->has_signature ? check_petition(r, s->admit, c, f) : 0;
}

int change_target(const struct registry *r, const char *name, struct change *c,
		  struct fault *f)
{
	c->target = name ? registry_find(r, BY_NAME, name) : NULL;
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

	if (change_target(r, revoke->name, c, f))
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
	if (change_target(r, s->move->name, c, f))
		return -1;
	if (!member_may_link(c->target))
		return fault_set(f, FAULT_INPUT, "\"%s\" is revoked and has no address any more: "
				 "nothing to move", c->target->name);
	c->member.moved = true;
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

	if (change_target(r, epoch->name, c, f))
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
	int (*change)(const struct registry *r, const Trac__Statement *s,
		      struct change *c, struct fault *f);
} statement_types[] = {
	{ TRAC__STATEMENT__BODY_FOUND, "Found", from_found },
	{ TRAC__STATEMENT__BODY_ADMIT, "Admit", from_admit },
	{ TRAC__STATEMENT__BODY_REVOKE, "Revoke", from_revoke },
	{ TRAC__STATEMENT__BODY_MOVE, "Move", from_move },
	{ TRAC__STATEMENT__BODY_ROTATE, "Rotate", change_rotate },
	{ TRAC__STATEMENT__BODY_DELEGATE, "Delegate", change_delegate },
	{ TRAC__STATEMENT__BODY_EPOCH, "Epoch", from_epoch },
	{ TRAC__STATEMENT__BODY_GUARDIANS, "Guardians", change_guardians },
	{ TRAC__STATEMENT__BODY_SUCCEED, "Succeed", change_succeed },
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
	if (!s->has_time_ms || s->time_ms < 0)
		return fault_set(f, FAULT_INPUT, "the statement %s has no time: write it again",
				 type->name);
	if (r->size == 0 && s->body_case != TRAC__STATEMENT__BODY_FOUND)
		return fault_set(f, FAULT_INPUT, "the member log begins with %s, not with Found: "
				 "ask for it again", type->name);
	if (type->change(r, s, c, f))
		return -1;
	c->closed.closed_ms = s->time_ms;
	if (!c->target && !c->guards) {
		c->member.admitted_index = r->size;
		c->member.admitted_ms = s->time_ms;
	}
	return 0;
}

int registry_change(const struct registry *r, struct span statement, struct change *c,
		    struct fault *f)
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
