/* The member log and the registry computed from it, at one node. */
#include "daemon/membership.h"

#include <stdio.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/derive.h"
#include "daemon/fence.h"
#include "daemon/forks.h"
#include "daemon/log.h"
#include "daemon/rekey.h"
#include "daemon/transport.h"
#include "daemon/writer.h"
#include "proto/log/request.h"
#include "proto/wire/unpack.h"
#include "store/branch.h"
#include "store/whole.h"

/* What the registry says of this node before it is listed: its own settings. */
static int own_member(const struct node *n, struct member *m, struct fault *f)
{
	const struct settings *s = &n->settings;

	*m = (struct member){ .role = s->role, .revoked_from = REVOKED_NEVER };
	snprintf(m->name, sizeof m->name, "%s", s->member);
	snprintf(m->origin, sizeof m->origin, "%s", n->origin);
	snprintf(m->structure, sizeof m->structure, "%s", s->structure);
	snprintf(m->commune, sizeof m->commune, "%s", s->commune);
	snprintf(m->title, sizeof m->title, "%s", s->title);
	if (s->address[0])
		snprintf(m->address[m->address_count++], sizeof m->address[0], "%s", s->address);
	m->key = *signer_verifier(n->signer);
	return transport_public_key(n, m->link_key, f);
}

/* What the key before signed meanwhile, and nobody has shown, gives way to the next one. */
static int take_own(struct node *n, struct txn *t, const struct checkpoint *c, struct span note,
		    struct fault *f)
{
	forks_aim(n, t, n->members, c, note);
	if (head_take(t, n->members, c, note, f) == 0)
		return 0;
	if (f->code != FAULT_UNPROVED)
		return -1;
	return fault_set(f, FAULT_REFUSED, "the authority's key has signed another member log of "
			 "%llu entries elsewhere: nothing more is stated with it; when it was stolen, "
			 "have its guardians replace it: see trac member succession",
			 (unsigned long long)c->size);
}

static int sign_members(struct node *n, struct txn *t, const struct signer *s, struct fault *f)
{
	struct checkpoint c = { 0 };
	struct buffer text, note;
	struct frontier at;
	int rc = -1;

	buffer_init(&text, CHECKPOINT_BYTES_MAX);
	buffer_init(&note, CHECKPOINT_BYTES_MAX);
	snprintf(c.origin, sizeof c.origin, "%s", registry_verifier(n->registry)->name);
	if (!log_frontier(t, n->members, &at))
		goto out;
	c.size = at.size;
	frontier_root(&at, &c.root);
	checkpoint_write(&c, &text);
	registry_successions(n->registry, &text);
	if (text.failed)
		fault_set(f, FAULT_FULL, "no memory for a checkpoint of %s", c.origin);
	else if (note_sign(&note, (struct span){ text.data, text.used }, s, f) == 0)
		rc = take_own(n, t, &c, (struct span){ note.data, note.used }, f);
out:
	buffer_clear(&text);
	buffer_clear(&note);
	return rc;
}

/* Statement and signature become durable together. */
static int append_statement(struct node *n, struct span statement, const struct signer *s,
			    struct fault *f)
{
	struct txn *t = txn_begin(n->store, true, f);

	if (!t)
		return -1;
	/* statements are few and binding: all are hashed before one more is signed */
	if (whole_log(t, n->members, 0, f) < 0) {
		txn_abort(t);
		return -1;
	}
	log_append(t, n->members, &statement, 1, NULL);
	if (!txn_failed(t) && sign_members(n, t, s, f) < 0) {
		txn_abort(t);
		return -1;
	}
	return txn_commit(t, f);
}

static int found_network(struct node *n, struct fault *f)
{
	struct member m;
	struct buffer b;
	int rc = -1;

	buffer_init(&b, ENTRY_SIZE_MAX);
	if (own_member(n, &m, f) == 0 &&
	    found_write(&b, n->settings.network, &m, clock_wall_ms(), f) == 0)
		rc = append_statement(n, (struct span){ b.data, b.used }, n->member_signer, f);
	buffer_clear(&b);
	if (rc == 0)
		log_line(LOG_NOTE, "founded the network %s", n->settings.network);
	return rc;
}

/* An authority that signs with another key than the member log names would fork it. */
static int check_key(const struct node *n, struct fault *f)
{
	if (!n->member_signer || (registry_size(n->registry) == 0 && !n->founded) ||
	    !memcmp(signer_verifier(n->member_signer)->key, registry_verifier(n->registry)->key,
		    KEY_SIZE))
		return 0;
	/* the next key takes its place: rekey_open() */
	if (registry_size(n->registry) > 0 && rekey_is_named(n))
		return 0;
	return fault_set(f, FAULT_CONFIG, "%s/keys/sign.key is not the key of authority.vkey: "
			 "this home is not the authority of %s", n->settings.home,
			 n->settings.network);
}

static const char awaited[] = "member log: it was founded before, and this store has lost it";

/* Of a home that has founded its network the member log can only come back: founded again, it
 * would be a second history under the same key. What it knows its own log by says so too. */
static bool may_found(const struct node *n, struct txn *t)
{
	const uint32_t own = log_find(t, n->origin);

	return !n->restored && (!own || log_size(t, own) == 0) && !fence_may_know_members(n);
}

static void await(struct node *n)
{
	struct fault f;

	n->doubt = true;
	fault_set(&f, FAULT_UNPROVED, "%s: it comes back from a peer that holds it, which needs the "
		  "setting peers; nothing is stated until then; when this home is a new one, an older "
		  "one has left its fence: take that away", awaited);
	node_alert(n, f.text);
}

int membership_open(struct node *n, struct fault *f)
{
	struct txn *t;
	uint64_t size;

	n->registry = registry_create(n->settings.network, n->settings.authority.key);
	if (!n->registry)
		return fault_set(f, FAULT_FULL, "no memory for the registry");
	t = txn_begin(n->store, true, f);
	if (!t)
		return -1;
	n->members = log_open(t, registry_verifier(n->registry)->name);
	size = log_size(t, n->members);
	n->founded = n->member_signer && size == 0 && may_found(n, t);
	if (txn_commit(t, f) < 0)
		return -1;
	if (n->member_signer && size == 0 && !n->founded)
		await(n);
	if (size == 0 && check_key(n, f) < 0)
		return -1;
	if (n->founded && found_network(n, f) < 0)
		return -1;
	membership_follow(n);
	return check_key(n, f);
}

static bool is_of(struct span statement, Trac__Statement__BodyCase body)
{
	struct fault f;
	Trac__Statement *s = unpack(&trac__statement__descriptor, statement,
				    UNPACK_KEEP_UNKNOWN, &f);
	bool is = s && s->body_case == body;

	unpack_free(s);
	return is;
}

bool membership_follow(struct node *n)
{
	uint64_t before = registry_size(n->registry);
	struct fault f = { 0 };
	struct txn *t = txn_begin(n->store, false, &f);
	bool revoked = false;
	struct span bytes;

	if (!t)
		return false;
	while (registry_size(n->registry) < log_size(t, n->members)) {
		/* who is a member is not read off a disk that rots */
		if (!whole_entry(t, n->members, registry_size(n->registry), &bytes, &f)) {
			node_alert(n, f.text);
			break;
		}
		if (registry_apply(n->registry, registry_size(n->registry), bytes, &f) < 0) {
			fault_prefix(&f, "member log, entry %llu",
				     (unsigned long long)registry_size(n->registry));
			node_alert(n, f.text);
			break;
		}
		revoked |= is_of(bytes, TRAC__STATEMENT__BODY_REVOKE);
	}
	txn_abort(t);
	if (before == 0 && registry_size(n->registry) > 0)
		node_calm(n, awaited);
	if (revoked && before > 0 && n->derive)
		derive_drop_figures(n);
	/* a log that was closed may count otherwise */
	if (registry_size(n->registry) > before)
		derive_figures(n);
	return registry_size(n->registry) > before;
}

/* The statement that names the authority's next key is the first that this key signs; its
 * checkpoint carries what proves it, which the registry knows once it is applied. */
static int append_succession(struct node *n, struct span statement, struct fault *f)
{
	struct signer *next = rekey_next(n, registry_verifier(n->registry)->name, f);
	struct registry *r = n->registry;
	int rc;

	if (!next)
		return -1;
	rc = registry_apply(r, registry_size(r), statement, f);
	if (rc == 0 && memcmp(registry_verifier(r)->key, signer_verifier(next)->key, KEY_SIZE))
		rc = fault_set(f, FAULT_IO, "the succession names another key than keys/sign.key.next");
	if (rc == 0 && append_statement(n, statement, next, f) < 0)
		rc = fault_copy(f, FAULT_IO, f->text);
	signer_destroy(next);
	return rc;
}

static int append(struct node *n, struct span statement, struct fault *f)
{
	if (is_of(statement, TRAC__STATEMENT__BODY_SUCCEED))
		return append_succession(n, statement, f);
	return append_statement(n, statement, n->member_signer, f);
}

/* The largest head of that log that is known here: of a forked one the evidence has it. */
static uint64_t signed_known(struct txn *t, uint32_t log)
{
	struct fork_evidence e;
	struct log_state s;
	struct fork_row row;
	struct fault f;

	log_state(t, log, &s);
	if (fork_get(t, log, &row) && evidence_parse(&e, row.bytes, &f) == 0 &&
	    e.large.head.size > s.head[HEAD_SEEN])
		return e.large.head.size;
	return s.head[HEAD_SEEN];
}

/* New keys sign from a size on. What the present key signed beyond it would be left without
 * proof, and the member could so deny what it has published: the log must not know of it. */
static int check_rotation(struct node *n, const Trac__Rotate *rotate, struct fault *f)
{
	const struct member *m = registry_by_name(n->registry, rotate->name ? rotate->name : "");
	struct txn *t = m ? txn_begin(n->store, false, f) : NULL;
	uint64_t known = 0;
	uint32_t number;

	if (!m)
		return 0;   /* registry_check() says so */
	if (!t)
		return -1;
	number = log_find(t, m->origin);
	if (number)
		known = signed_known(t, number);
	txn_abort(t);
	if (known <= rotate->from_index)
		return 0;
	return fault_set(f, FAULT_REFUSED, "\"%s\" asks for new keys from %llu entries on, and its "
			 "present key has signed %llu: those between would no longer be proved. Have "
			 "the request written again; if they are not its own, it needs a new epoch "
			 "first (trac recover)", m->name, (unsigned long long)rotate->from_index,
			 (unsigned long long)known);
}

static int check_heads(struct node *n, struct span statement, struct fault *f)
{
	Trac__Statement *s = unpack(&trac__statement__descriptor, statement, UNPACK_STRICT, f);
	int rc = s ? 0 : -1;

	if (s && s->body_case == TRAC__STATEMENT__BODY_ROTATE)
		rc = check_rotation(n, s->rotate, f);
	unpack_free(s);
	return rc;
}

int membership_state(struct node *n, struct span statement, struct fault *f)
{
	struct fault late = { 0 };

	if (!n->member_signer)
		return fault_set(f, FAULT_REFUSED, "only the authority's node changes the members of %s: "
				 "run this with the home of that node", n->settings.network);
	/* alone, there is nobody who could know more, unless it has stated more itself */
	if (n->doubt && (registry_count(n->registry) != 1 || fence_members_size(n) > 0))
		return fault_set(f, FAULT_REFUSED, "this node is in quarantine: the member log may have grown "
				 "beyond what it holds, and would fork: see trac recover");
	writer_settle(n);
	if (registry_check(n->registry, statement, f) < 0 || check_heads(n, statement, f) < 0)
		return -1;
	if (fence_try(n, f) < 0 || append(n, statement, f) < 0) {
		if (f->code == FAULT_IO)
			node_die(n, f);
		return -1;
	}
	/* durable, it is in force whatever comes: said to have failed, it is stated twice */
	if (fence_keep(n, &late) < 0) {
		if (late.code == FAULT_IO)
			node_die(n, &late);
		else
			node_alert(n, late.text);
	}
	membership_follow(n);
	return 0;
}

bool membership_admitted(const struct node *n)
{
	const struct member *m = registry_by_name(n->registry, n->settings.member);

	return m && member_may_link(m) &&
	       !memcmp(m->key.key, signer_verifier(n->signer)->key, KEY_SIZE);
}

bool membership_author(void *ctx, const char *origin, uint64_t index, char *name)
{
	const struct node *n = ctx;
	const char *slash = strchr(origin, '/');
	char main[ORIGIN_MAX + 1];
	const struct member *m;

	if (!slash)
		return false;
	/* an earlier or later epoch, or what waits aside, is of the same member */
	snprintf(name, MEMBER_NAME_MAX + 1, "%.*s", (int)strcspn(slash + 1, "/"), slash + 1);
	m = registry_by_name(n->registry, name);
	/* before it is listed, a node counts its own entries */
	if (!m)
		return !strcmp(name, n->settings.member);
	/* what an epoch holds beyond its end is counted too: once, by the id of its event; what
	 * does not count of a forked one is left out before (store/contest.h) */
	branch_main(origin, main);
	return strcmp(main, m->origin) || member_entry_valid(m, index);
}

bool membership_closed(void *ctx, const char *origin, struct log_end *end)
{
	const struct node *n = ctx;
	const struct closed_log *closed;
	struct log_id id;

	log_id_of(origin, &id);
	if (!registry_author(n->registry, &id, &closed) || !closed ||
	    strcmp(closed->origin, origin))
		return false;
	*end = (struct log_end){ closed->size, closed->root };
	return true;
}
