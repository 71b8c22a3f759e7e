/*
 * Keys that change: which one signs a log at which size, and the statements Rotate,
 * Guardians and Succeed. What was signed before a change stays valid.
 */
#include "proto/log/registry_inside.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "proto/wire/unpack.h"

static bool log_equal(const struct log_id *a, const struct log_id *b)
{
	return memcmp(a->b, b->b, LOG_ID_SIZE) == 0;
}

const struct verifier *registry_key(const struct registry *r, const struct log_id *log,
				    uint64_t size)
{
	const struct closed_log *closed;
	const struct member *m;

	for (unsigned i = 0; i < r->past_count; i++) {
		if (log_equal(&r->past[i].log, log) && size <= r->past[i].up_to)
			return &r->past[i].key;
	}
	if (log_equal(&r->log, log))
		return &r->verifier;
	m = registry_author(r, log, &closed);
	return !m ? NULL : closed ? &closed->key : &m->key;
}

const struct verifier *registry_past_key(const struct registry *r, const struct log_id *log,
					 unsigned i)
{
	for (unsigned k = 0; k < r->past_count; k++) {
		if (log_equal(&r->past[k].log, log) && i-- == 0)
			return &r->past[k].key;
	}
	return NULL;
}

int registry_open(const struct registry *r, const struct log_id *log, struct span note,
		  struct checkpoint *c, struct verifier *v, struct fault *f)
{
	const struct verifier *key;
	struct verifier by;
	struct note n;

	if (note_parse(&n, note, f) || checkpoint_parse(c, n.text, f)) {
		f->code = FAULT_UNPROVED;
		return -1;
	}
	key = registry_key(r, log, c->size);
	if (!key)
		return fault_set(f, FAULT_UNPROVED, "the checkpoint is of \"%s\", which is no log of "
				 "\"%s\"", c->origin, r->network);
	by = *key;
	if (log_equal(&r->log, log) && key == &r->verifier)
		succession_follow(n.text, r->network, c->size, r->size, &r->guardians, &by);
	if (v)
		*v = by;
	return checkpoint_open(c, note, &by, f);
}

/* Under that name, and by none of that key. */
static bool is_of_other_key(const struct note *n, const struct verifier *v)
{
	bool other = false;

	for (unsigned i = 0; i < n->count; i++) {
		const struct span *name = &n->line[i].name;

		if (note_line_is(&n->line[i], v))
			return false;
		if (name->size == strlen(v->name) && !memcmp(name->data, v->name, name->size))
			other = true;
	}
	return other;
}

bool registry_lacks_key(const struct registry *r, const struct log_id *log, struct span note,
			const struct verifier *unlisted)
{
	const struct verifier *key;
	struct checkpoint c;
	struct fault f;
	struct note n;

	if (note_parse(&n, note, &f) || checkpoint_parse(&c, n.text, &f))
		return false;
	key = registry_key(r, log, c.size);
	if (!key)
		key = unlisted;
	return key && is_of_other_key(&n, key);
}

bool registry_is_succeeded(const struct registry *r, struct span note)
{
	struct verifier by = r->verifier;
	struct checkpoint c;
	struct fault f;
	struct note n;

	if (note_parse(&n, note, &f) || checkpoint_parse(&c, n.text, &f) ||
	    strcmp(c.origin, r->verifier.name) || c.size <= r->size)
		return false;
	succession_follow(n.text, r->network, c.size, r->size, &r->guardians, &by);
	return memcmp(by.key, r->verifier.key, KEY_SIZE) != 0;
}

static bool same_key(const struct verifier *a, const struct verifier *b)
{
	return memcmp(a->key, b->key, KEY_SIZE) == 0;
}

/* Does a change by the guardians who are known here, right behind what is known, lead to the
 * key that signs? A later one may be by guardians whom who stole the key has named himself. */
static bool is_known_change(const struct registry *r, struct span text, uint64_t size,
			    const struct verifier *by)
{
	struct verifier v = r->verifier;

	if (r->size == 0)
		return false;
	succession_follow(text, r->network, r->size + 1, r->size, &r->guardians, &v);
	if (same_key(&v, &r->verifier))
		return false;
	succession_follow(text, r->network, size, r->size, &r->guardians, &v);
	return same_key(&v, by);
}

bool registry_supersedes(const struct registry *r, struct span note, struct span other)
{
	struct verifier by, before;
	struct checkpoint c, d;
	struct note n, o;
	struct fault f;
	bool known;

	if (registry_open(r, &r->log, note, &c, &by, &f) || note_parse(&n, note, &f))
		return false;
	if (registry_open(r, &r->log, other, &d, &before, &f) || note_parse(&o, other, &f))
		return true;
	known = is_known_change(r, n.text, c.size, &by);
	if (known != is_known_change(r, o.text, d.size, &before))
		return known;
	if (same_key(&by, &before))
		return false;
	succession_follow(n.text, r->network, c.size, r->size, &r->guardians, &before);
	return same_key(&by, &before);
}

void registry_successions(const struct registry *r, struct buffer *out)
{
	for (unsigned i = 0; i < r->succession_count; i++)
		succession_line(&r->succession[i], out);
}

const struct guardians *registry_guardians(const struct registry *r)
{
	return &r->guardians;
}

bool member_had_link_key(const struct member *m)
{
	static const uint8_t none[LINK_KEY_SIZE];

	return memcmp(m->last_link_key, none, LINK_KEY_SIZE) != 0;
}

/* --- are they free? --- */

static const struct member *owner_of_sign_key(const struct registry *r, const uint8_t *key)
{
	const struct closed_log *closed;

	for (unsigned i = 0; i < r->past_count; i++) {
		if (!memcmp(r->past[i].key.key, key, KEY_SIZE) &&
		    !log_equal(&r->past[i].log, &r->log))
			return registry_author(r, &r->past[i].log, &closed);
	}
	return registry_find(r, BY_SIGN_KEY, key);
}

int check_keys_free(const struct registry *r, const struct member *m, struct fault *f)
{
	const struct member *other = owner_of_sign_key(r, m->key.key);

	if (other)
		return fault_set(f, FAULT_INPUT, "the signing key of \"%s\" is that of \"%s\": make "
				 "a new key", m->name, other->name);
	other = registry_by_link_key(r, m->link_key);
	/* who is dialled keeps it when its other key changes: that is how it is known */
	if (other && (strcmp(other->name, m->name) ||
		      memcmp(other->link_key, m->link_key, LINK_KEY_SIZE)))
		return fault_set(f, FAULT_INPUT, "the link key of \"%s\" is that of \"%s\": make a "
				 "new key", m->name, other->name);
	return 0;
}

static bool is_zero(const ProtobufCBinaryData *key)
{
	uint8_t any = 0;

	for (size_t i = 0; i < key->len; i++)
		any |= key->data[i];
	return any == 0;
}

/* --- changing --- */

/* The last size that a key before the present one signs. */
static uint64_t rotated_at(const struct registry *r, const struct log_id *log)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < r->past_count; i++) {
		if (log_equal(&r->past[i].log, log))
			size = r->past[i].up_to;
	}
	return size;
}

static void push_past(struct change *c, const struct log_id *log, uint64_t up_to,
		      const struct verifier *key)
{
	c->past[c->past_count++] = (struct past_key){ *log, up_to, *key };
}

/* New keys of c->target, whose log they sign from that size on. */
static int rekey(const struct registry *r, struct change *c, uint64_t from,
		 const uint8_t sign_key[KEY_SIZE], const uint8_t link_key[LINK_KEY_SIZE],
		 struct fault *f)
{
	const struct member *now = c->target;
	struct member *m = &c->member;

	if (now->rotations >= ROTATIONS_MAX || r->past_count + 2 > MEMBERS_MAX)
		return fault_set(f, FAULT_LIMIT, "the keys of \"%s\" cannot be changed again: %d times "
				 "a member and %d of all are the most there can be: begin a new epoch "
				 "under another name", now->name, ROTATIONS_MAX, MEMBERS_MAX);
	if (from < rotated_at(r, &now->log))
		return fault_set(f, FAULT_INPUT, "the keys of \"%s\" were changed at %" PRIu64
				 " entries already: a change at %" PRIu64 " cannot follow", now->name,
				 rotated_at(r, &now->log), from);
	if (verifier_init(&m->key, now->origin, KEY_ED25519, sign_key, f))
		return -1;
	memcpy(m->link_key, link_key, LINK_KEY_SIZE);
	if (now->cosigns && !memcmp(now->cosign_key, sign_key, KEY_SIZE))
		return fault_set(f, FAULT_INPUT, "the new key of \"%s\" is the one that it cosigns "
				 "with: make a key for each", now->name);
	if (check_keys_free(r, m, f))
		return -1;
	if (memcmp(link_key, now->link_key, LINK_KEY_SIZE))
		memcpy(m->last_link_key, now->link_key, LINK_KEY_SIZE);
	m->rotations++;
	push_past(c, &now->log, from, &now->key);
	return 0;
}

int change_rotate(const struct registry *r, const Trac__Statement *s, struct change *c,
		  struct fault *f)
{
	const Trac__Rotate *rotate = s->rotate;

	if (change_target(r, rotate->name, c, f))
		return -1;
	if (!member_may_link(c->target))
		return fault_set(f, FAULT_INPUT, "\"%s\" is revoked: its keys are not changed any more",
				 c->target->name);
	if (c->target->role == TRAC__ROLE__AUTHORITY)
		return fault_set(f, FAULT_INPUT, "\"%s\" is the authority: only its guardians name its "
				 "next key", c->target->name);
	if (!rotate->has_from_index || rotate->from_index > ENTRIES_MAX ||
	    rotate->sign_key.len != KEY_SIZE || rotate->link_key.len != LINK_KEY_SIZE ||
	    is_zero(&rotate->link_key))
		return fault_set(f, FAULT_INPUT, "the new keys of \"%s\" are not of %d bytes each, or "
				 "it is not said from which size on: have the request written again",
				 c->target->name, KEY_SIZE);
	return rekey(r, c, rotate->from_index, rotate->sign_key.data, rotate->link_key.data, f);
}

int change_guardians(const struct registry *r, const Trac__Statement *s, struct change *c,
		     struct fault *f)
{
	if (r->succession_count >= SUCCESSIONS_MAX)
		return fault_set(f, FAULT_LIMIT, "the authority's key was changed %d times, which is "
				 "the most: guardians could do nothing", SUCCESSIONS_MAX);
	c->guards = true;
	return guardians_from(&c->guardians, s->guardians, r->network, &r->verifier, f);
}

/* The founder: the only one of that role. */
static struct member *authority_of(const struct registry *r)
{
	assert(r->count > 0 && r->member[0].role == TRAC__ROLE__AUTHORITY);
	return &r->member[0];
}

int change_succeed(const struct registry *r, const Trac__Statement *s, struct change *c,
		   struct fault *f)
{
	const Trac__Succeed *succeed = s->succeed;

	if (succession_from(&c->succession, succeed, r->network, &r->guardians, f))
		return -1;
	if (c->succession.from != r->size)
		return fault_set(f, FAULT_INPUT, "the succession was signed for entry %" PRIu64 " of the "
				 "member log, which has %" PRIu64 ": have it written and signed again",
				 c->succession.from, r->size);
	if (is_zero(&succeed->link_key))
		return fault_set(f, FAULT_INPUT, "the authority's new link key is all zero: have the "
				 "succession written again");
	c->target = authority_of(r);
	c->member = *c->target;
	if (rekey(r, c, c->succession.own, c->succession.sign_key, c->succession.link_key, f))
		return -1;
	push_past(c, &r->log, r->size, &r->verifier);
	c->succeeds = true;
	return 0;
}
