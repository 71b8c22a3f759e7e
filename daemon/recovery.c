/*
 * Entries go aside and back with the index closed: it would have to unlearn them. It is
 * made anew from the store, which takes as long as reading its tail.
 */
#include "daemon/recovery.h"

#include <string.h>

#include "daemon/fence.h"
#include "daemon/log.h"
#include "daemon/membership.h"
#include "daemon/writer.h"
#include "store/aside.h"

uint64_t recovery_waiting(const struct node *n)
{
	return n->aside ? n->aside_held : 0;
}

bool recovery_place(const struct node *n, const char *reference, uint64_t *index)
{
	const char *name = strchr(n->origin, '/') + 1;
	const size_t size = strlen(name);
	uint64_t at = 0;

	if (!n->aside || strncmp(reference, name, size) || reference[size] != '/')
		return false;
	reference += size + 1;
	if (*reference == '\0' || strlen(reference) > 12)
		return false;
	for (; *reference; reference++) {
		if (*reference < '0' || *reference > '9')
			return false;
		at = at * 10 + (uint64_t)(*reference - '0');
	}
	*index = at - n->own_held;
	return at >= n->own_held && *index < n->aside_held;
}

static int open_derived(struct node *n, struct fault *f)
{
	const struct figures_rules rules = { membership_author, n, membership_closed };

	n->index = index_create(n->store, f);
	if (!n->index)
		return -1;
	n->figures = figures_create(n->store, n->index, rules);
	return n->figures ? 0 : fault_set(f, FAULT_FULL, "no memory for the figures");
}

static int move(struct node *n, uint32_t from, uint64_t first, uint32_t to, struct fault *f)
{
	struct fault ignored;
	int rc;

	writer_settle(n);
	if (n->stopping || index_flush(n->index, f) < 0)
		return -1;
	rc = aside_move(n->store, n->index, from, first, to, f);
	figures_destroy(n->figures);
	index_destroy(n->index);
	n->figures = NULL;
	if (open_derived(n, rc < 0 ? &ignored : f) < 0)
		return -1;
	return rc;
}

/* The sizes as they are now: n->own_held and n->aside_held. */
static int read_sizes(struct node *n, uint64_t *proved, struct fault *f)
{
	struct txn *t = txn_begin(n->store, false, f);
	struct log_state s;

	if (!t)
		return -1;
	log_state(t, n->own, &s);
	n->own_held = s.held;
	n->aside_held = n->aside ? log_size(t, n->aside) : 0;
	*proved = s.head[HEAD_PROVED];
	txn_abort(t);
	return 0;
}

static int begin(struct node *n, struct fault *f)
{
	struct txn *t = txn_begin(n->store, true, f);
	uint32_t aside;

	if (!t)
		return -1;
	aside = aside_open(t, n->origin);
	aside_set_doubt(t, aside, true);
	if (txn_commit(t, f) < 0)
		return -1;
	n->aside = aside;
	return 0;
}

/* A target that the tail had covered is one to fetch again. */
static int settle_heads(struct node *n, struct fault *f)
{
	struct txn *t = txn_begin(n->store, true, f);

	if (!t)
		return -1;
	head_advance(t, n->own);
	return txn_commit(t, f);
}

static int go_aside(struct node *n, struct fault *f)
{
	uint64_t proved = 0;

	if (begin(n, f) < 0 || read_sizes(n, &proved, f) < 0)
		return -1;
	if (n->own_held > proved && move(n, n->own, proved, n->aside, f) < 0)
		return -1;
	return settle_heads(n, f);
}

int recovery_aside(struct node *n, struct fault *f)
{
	const bool was_aside = n->doubt && n->aside;
	uint64_t held, aside, proved;
	struct fault ignored;
	int rc;

	writer_settle(n);
	if (n->stopping)
		return 0;
	n->doubt = true;
	held = n->own_held;
	aside = n->aside_held;
	rc = go_aside(n, f);
	/* also of what was done in part */
	if (read_sizes(n, &proved, rc < 0 ? &ignored : f) < 0 || rc < 0)
		return -1;
	/* a new epoch of a log that was in quarantine goes there again: that was said */
	if (!was_aside || held != n->own_held || aside != n->aside_held)
		log_line(LOG_NOTE, "own log: in quarantine at %llu entries, %llu wait aside",
			 (unsigned long long)n->own_held, (unsigned long long)n->aside_held);
	return 0;
}

static int end(struct node *n, struct fault *f)
{
	struct txn *t = txn_begin(n->store, true, f);

	if (!t)
		return -1;
	aside_set_doubt(t, n->aside, false);
	aside_set_doubt(t, n->own, false);
	return txn_commit(t, f);
}

static int go_back(struct node *n, struct fault *f)
{
	if (fence_renew(n, f) < 0)
		return -1;
	if (n->aside && n->aside_held > 0 && move(n, n->aside, 0, n->own, f) < 0)
		return -1;
	if (end(n, f) < 0)
		return -1;
	n->aside = 0;
	n->doubt = false;
	node_calm(n, "own log");
	return 0;
}

int recovery_resume(struct node *n, struct fault *f)
{
	struct fault ignored;
	uint64_t proved;
	int rc;

	writer_settle(n);
	if (n->stopping)
		return 0;
	rc = go_back(n, f);
	if (read_sizes(n, &proved, rc < 0 ? &ignored : f) < 0 || rc < 0)
		return -1;
	log_line(LOG_NOTE, "own log: quarantine is over, %llu entries, %llu of them signed",
		 (unsigned long long)n->own_held, (unsigned long long)proved);
	return 0;
}
