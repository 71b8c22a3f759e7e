/*
 * The member log after guardians have replaced its key. The new key signs one history from
 * the change on, so whatever the key before signs accuses nobody any more: else who stole it
 * could freeze the member log, which has no epochs, for good.
 */
#include "daemon/forks.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/writer.h"

static const char went[] = "member log: guardians have replaced the key that signed two histories "
			   "of it; which of them goes on is settled, and it is followed again";

static bool is_later(const struct node *n, const struct verifier *v)
{
	return memcmp(v->key, registry_verifier(n->registry)->key, KEY_SIZE) != 0;
}

static bool kept(struct txn *t, uint32_t log, struct fork_evidence *e)
{
	struct fork_row row;
	struct fault f;

	return fork_get(t, log, &row) && evidence_parse(e, row.bytes, &f) == 0;
}

/* Is a head on its way by a key that the registry does not know yet? */
static bool knows_later(const struct node *n, struct txn *t)
{
	struct span note;

	return head_get(t, n->members, HEAD_SEEN, NULL, &note) &&
	       registry_is_succeeded(n->registry, note);
}

bool forks_accuses(struct node *n, struct txn *t, uint32_t log, const struct fork_evidence *e)
{
	if (log != n->members)
		return true;
	if (evidence_is_settled(e, n->registry))
		return false;
	return !registry_is_succeeded(n->registry, e->small.note) &&
	       !registry_is_succeeded(n->registry, e->large.note) && !knows_later(n, t);
}

bool forks_strands(struct node *n, struct txn *t, uint32_t log, struct span note)
{
	struct log_state s;

	if (log != n->members)
		return false;
	log_state(t, log, &s);
	if (!registry_is_succeeded(n->registry, note) &&
	    (s.held <= s.head[HEAD_PROVED] ||
	     !registry_past_key(n->registry, registry_log(n->registry), 0)))
		return false;
	node_alert(n, "member log: statements are held here that the authority's new key does not "
		   "sign for, whoever had the key before has written them; make this home anew from "
		   "its keys: see trac restore");
	return true;
}

/* --- heads that were only seen --- */

static const enum head_kind only_seen[] = { HEAD_TARGET, HEAD_SEEN };
#define ONLY_SEEN (sizeof only_seen / sizeof only_seen[0])

void forks_aim(struct node *n, struct txn *t, uint32_t log, const struct checkpoint *c,
	       struct span note)
{
	struct span there;
	bool is = false;

	if (log != n->members)
		return;
	for (unsigned i = 0; i < ONLY_SEEN && !is; i++)
		is = head_get(t, log, only_seen[i], NULL, &there) &&
		     registry_supersedes(n->registry, note, there);
	if (is)
		head_aim(t, log, c, note);
}

bool forks_passes(struct node *n, struct txn *t, uint32_t log, struct span note)
{
	struct span there;
	bool is = false;

	for (unsigned i = 0; log == n->members && i < ONLY_SEEN && !is; i++)
		is = head_get(t, log, only_seen[i], NULL, &there) &&
		     registry_supersedes(n->registry, there, note);
	return is;
}

static bool opens(const struct node *n, struct txn *t, enum head_kind kind)
{
	struct checkpoint c;
	struct span note;
	struct fault f;

	return !head_get(t, n->members, kind, NULL, &note) ||
	       registry_open(n->registry, registry_log(n->registry), note, &c, NULL, &f) == 0;
}

/* Those whose key was replaced give way to what opens. */
static void drop_heads(const struct node *n, struct txn *t, bool target, bool seen)
{
	if (!target)
		head_replace(t, n->members, HEAD_TARGET, seen ? HEAD_SEEN : HEAD_PROVED);
	if (!seen)
		head_replace(t, n->members, HEAD_SEEN, HEAD_TARGET);
}

/* --- ending --- */

bool forks_end(struct node *n, struct txn *t, uint32_t log, const struct checkpoint *c,
	       const struct verifier *v, struct span note)
{
	struct fork_evidence e;
	struct fault f;

	if (log != n->members || c->size <= log_size(t, log) || !is_later(n, v) ||
	    registry_key(n->registry, registry_log(n->registry), c->size) !=
	    registry_verifier(n->registry))
		return false;
	/* what contradicts the new key itself stays */
	if (!kept(t, log, &e) || evidence_check_in(&e, n->registry, &f) < 0)
		return false;
	fork_clear(t, log);
	head_aim(t, log, c, note);
	log_line(LOG_ALERT, "%s", went);
	return true;
}

void forks_settle(struct node *n)
{
	bool settled = false, target = true, seen = true;
	struct fork_evidence e;
	struct fault f;
	struct txn *t;

	if (!registry_past_key(n->registry, registry_log(n->registry), 0))
		return;
	t = txn_begin(n->store, false, &f);
	if (t) {
		settled = kept(t, n->members, &e) && evidence_is_settled(&e, n->registry);
		target = opens(n, t, HEAD_TARGET);
		seen = opens(n, t, HEAD_SEEN);
	}
	txn_abort(t);
	t = settled || !target || !seen ? writer_txn(n, &f) : NULL;
	if (!t)
		return;
	if (settled)
		fork_clear(t, n->members);
	drop_heads(n, t, target, seen);
	writer_changed(n, registry_log(n->registry), n->members, 0, 0, 0);
	if (settled)
		log_line(LOG_ALERT, "%s", went);
}

bool forks_provable(const struct node *n, struct txn *t, uint32_t log)
{
	char origin[ORIGIN_MAX + 1];
	struct fork_evidence e;
	struct fork_row row;
	struct log_id id;
	struct fault f;

	if (!log_origin(t, log, origin))
		return false;
	log_id_of(origin, &id);
	return !registry_past_key(n->registry, &id, 0) || !fork_get(t, log, &row) ||
	       (evidence_parse(&e, row.bytes, &f) == 0 &&
		evidence_check_in(&e, n->registry, &f) == 0);
}
