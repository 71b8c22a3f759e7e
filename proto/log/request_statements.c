/* The statements with which the authority answers, packed. */
#include "proto/log/request_inside.h"

#include <string.h>

#include "proto/log/member.h"
#include "proto/wire/unpack.h"

/* protobuf-c has no const: packing only reads. */
static ProtobufCBinaryData bytes_of(const uint8_t *bytes, size_t size)
{
	return (ProtobufCBinaryData){ size, (uint8_t *)bytes };
}

int statement_write(struct buffer *out, Trac__Statement *s, int64_t time_ms, struct fault *f)
{
	s->has_time_ms = 1;
	s->time_ms = time_ms;
	pack(s, out);
	if (out->failed)
		return fault_set(f, FAULT_FULL, "no room for the statement: free some memory");
	return 0;
}

static int admit_for(struct buffer *out, const struct member *m, const struct petition *p,
		     int64_t time_ms, struct fault *f)
{
	struct member_message member;
	Trac__Admit admit = TRAC__ADMIT__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	if (request_role(m, f))
		return -1;
	member_to(&member, m);
	admit.member = &member.message;
	if (p) {
		admit.by = (char *)p->hub;
		admit.has_signature = 1;
		admit.signature = bytes_of(p->signature, SIGNATURE_SIZE);
	}
	s.body_case = TRAC__STATEMENT__BODY_ADMIT;
	s.admit = &admit;
	return statement_write(out, &s, time_ms, f);
}

int admit_write(struct buffer *out, const struct member *m, int64_t time_ms, struct fault *f)
{
	return admit_for(out, m, NULL, time_ms, f);
}

int petition_admit(struct buffer *out, const struct petition *p, int64_t time_ms, struct fault *f)
{
	return admit_for(out, &p->member, p, time_ms, f);
}

int found_write(struct buffer *out, const char *network, const struct member *m,
		int64_t time_ms, struct fault *f)
{
	struct member full = *m;
	struct member_message member;
	Trac__Found found = TRAC__FOUND__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	full.role = TRAC__ROLE__AUTHORITY;
	if (member_complete(&full, network, m->key.key, f))
		return -1;
	member_to(&member, &full);
	found.network = (char *)network;
	found.authority = &member.message;
	s.body_case = TRAC__STATEMENT__BODY_FOUND;
	s.found = &found;
	return statement_write(out, &s, time_ms, f);
}

int epoch_write(struct buffer *out, const struct epoch_request *q, int64_t time_ms,
		struct fault *f)
{
	Trac__Epoch epoch = TRAC__EPOCH__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	epoch.name = (char *)q->name;
	epoch.has_epoch = epoch.has_last_size = epoch.has_last_root = 1;
	epoch.epoch = q->epoch;
	epoch.last_size = q->size;
	epoch.last_root = (ProtobufCBinaryData){ HASH_SIZE, (uint8_t *)q->root.b };
	s.body_case = TRAC__STATEMENT__BODY_EPOCH;
	s.epoch = &epoch;
	return statement_write(out, &s, time_ms, f);
}

int revoke_write(struct buffer *out, const char *name, uint64_t from_index,
		 unsigned reason, int64_t time_ms, struct fault *f)
{
	Trac__Revoke revoke = TRAC__REVOKE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	if (!member_name_is_valid(name))
		return fault_set(f, FAULT_INPUT, "the name to revoke is not that of a member: see the "
				 "list of members");
	if (reason > TRAC__REVOKE_REASON__MISBEHAVED)
		return fault_set(f, FAULT_INPUT, "the reason %u to revoke \"%s\" is unknown: choose "
				 "one of those listed", reason, name);
	revoke.name = (char *)name;
	revoke.has_from_index = 1;
	revoke.from_index = from_index;
	revoke.has_reason = 1;
	revoke.reason = (Trac__RevokeReason)reason;
	s.body_case = TRAC__STATEMENT__BODY_REVOKE;
	s.revoke = &revoke;
	return statement_write(out, &s, time_ms, f);
}

static int check_name(const char *name, struct fault *f)
{
	return member_name_is_valid(name) ? 0 :
		fault_set(f, FAULT_INPUT, "the name is not that of a member: see the list of members");
}

int move_write(struct buffer *out, const char *name, size_t count, char *const *address,
	       int64_t time_ms, struct fault *f)
{
	Trac__Move move = TRAC__MOVE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	if (check_name(name, f))
		return -1;
	move.name = (char *)name;
	move.n_address = count;
	move.address = (char **)address;
	s.body_case = TRAC__STATEMENT__BODY_MOVE;
	s.move = &move;
	return statement_write(out, &s, time_ms, f);
}

int rotate_write(struct buffer *out, const struct rotation *q, int64_t time_ms, struct fault *f)
{
	Trac__Rotate rotate = TRAC__ROTATE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	rotate.name = (char *)q->name;
	rotate.has_from_index = rotate.has_sign_key = rotate.has_link_key = 1;
	rotate.from_index = q->from;
	rotate.sign_key = bytes_of(q->sign_key, KEY_SIZE);
	rotate.link_key = bytes_of(q->link_key, LINK_KEY_SIZE);
	s.body_case = TRAC__STATEMENT__BODY_ROTATE;
	s.rotate = &rotate;
	return statement_write(out, &s, time_ms, f);
}

int delegate_write(struct buffer *out, const char *hub, const char *region, size_t count,
		   char *const *department, int64_t time_ms, struct fault *f)
{
	Trac__Delegate delegate = TRAC__DELEGATE__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;

	if (check_name(hub, f))
		return -1;
	delegate.hub = (char *)hub;
	delegate.region = (char *)region;
	delegate.n_department = count;
	delegate.department = (char **)department;
	s.body_case = TRAC__STATEMENT__BODY_DELEGATE;
	s.delegate = &delegate;
	return statement_write(out, &s, time_ms, f);
}

int guardians_write(struct buffer *out, const struct guardians *g, int64_t time_ms,
		    struct fault *f)
{
	Trac__Guardians guardians = TRAC__GUARDIANS__INIT;
	Trac__Statement s = TRAC__STATEMENT__INIT;
	ProtobufCBinaryData key[GUARDIANS_MAX];

	for (unsigned i = 0; i < g->count; i++)
		key[i] = bytes_of(g->key[i], KEY_SIZE);
	guardians.has_needs = guardians.has_signature = 1;
	guardians.needs = g->needs;
	guardians.n_key = g->count;
	guardians.key = key;
	guardians.signature = bytes_of(g->signature, SIGNATURE_SIZE);
	s.body_case = TRAC__STATEMENT__BODY_GUARDIANS;
	s.guardians = &guardians;
	return statement_write(out, &s, time_ms, f);
}

int succeed_write(struct buffer *out, const struct succession *q, int64_t time_ms,
		  struct fault *f)
{
	Trac__Statement s = TRAC__STATEMENT__INIT;
	struct succession_message m;

	succession_to(&m, q);
	s.body_case = TRAC__STATEMENT__BODY_SUCCEED;
	s.succeed = &m.succeed;
	return statement_write(out, &s, time_ms, f);
}
