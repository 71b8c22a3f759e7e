/* What must hold after every step, and in the end. Nothing here trusts the nodes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/core/state.h"
#include "tests/sim/world.h"

/* --- truth: what each author has published --- */

bool log_forks(const struct world *w, unsigned log)
{
	for (unsigned i = 0; i < w->count; i++) {
		if (w->node[i].own == log && (w->node[i].lies & LIE_FORK))
			return true;
	}
	return false;
}

void check_accused(struct node *n, unsigned log)
{
	if (!log_forks(n->world, log))
		world_fail(n->world, n, "accuses %s, who did not fork",
			   world_log_name(n->world, log));
}

/* The first place where two logs differ, or the end of the shorter one. */
static uint64_t common(const struct ram_log *a, const struct ram_log *b)
{
	uint64_t i = 0;

	while (i < a->count && i < b->count &&
	       hash_equal(&a->level[0].hash[i], &b->level[0].hash[i]))
		i++;
	return i;
}

static bool continues(const struct ram_log *own, const struct ram_log *truth)
{
	const struct tree_reader reader = ram_reader(own);
	struct hash a, b;

	if (truth->count == 0)
		return true;
	frontier_root(&truth->frontier, &a);
	return own->count >= truth->count && !tree_root(&reader, truth->count, &b) &&
	       hash_equal(&a, &b);
}

void check_shown(struct node *n, unsigned log, const struct checkpoint *c)
{
	struct world *w = n->world;
	const struct tree_reader reader = ram_reader(&w->truth[log]);
	struct hash root;

	if (log_forks(w, log))
		return;
	if (c->size > w->truth[log].count || tree_root(&reader, c->size, &root) ||
	    !hash_equal(&root, &c->root))
		world_fail(w, n, "is shown a second history of %s, of %" PRIu64 " entries",
			   world_log_name(w, log), c->size);
	else if (w->shown[log] < c->size)
		w->shown[log] = c->size;
}

void check_signed(struct node *n, unsigned log, const struct checkpoint *c)
{
	struct ram_log *truth = &n->world->truth[log];
	const struct ram_log *own = &n->log[log];
	const struct tree_reader reader = ram_reader(truth);
	struct hash root;

	if (log_forks(n->world, log))
		return;
	/* what nobody else ever saw was never published */
	if (!continues(own, truth)) {
		const uint64_t same = common(truth, own);

		if (same < own->count && n->world->shown[log] <= same)
			ram_cut(truth, same);
	}
	for (uint64_t i = truth->count; i < c->size; i++)
		ram_append(truth, own->entry[i]);
	if (tree_root(&reader, c->size, &root) || !hash_equal(&root, &c->root))
		world_fail(n->world, n, "signs a second root for size %" PRIu64, c->size);
}

static void check_entries(struct node *n, unsigned log)
{
	const struct ram_log *l = &n->log[log], *truth = &n->world->truth[log];

	if (log == n->own || log_forks(n->world, log))
		return;
	if (l->count > truth->count) {
		world_fail(n->world, n, "holds %" PRIu64 " entries of %s, which published %" PRIu64,
			   l->count, world_log_name(n->world, log), truth->count);
		return;
	}
	for (uint64_t i = n->checked[log]; i < l->count; i++) {
		if (!hash_equal(&l->level[0].hash[i], &truth->level[0].hash[i])) {
			world_fail(n->world, n, "holds a forged entry %" PRIu64 " of %s", i,
				   world_log_name(n->world, log));
			return;
		}
	}
	n->checked[log] = l->count;
}

static void check_heads(struct node *n, unsigned log)
{
	const struct ram_log *l = &n->log[log];
	const struct ram_head *h = l->head;

	if (h[RAM_PROVED].size > h[RAM_TARGET].size || h[RAM_TARGET].size > h[RAM_SEEN].size)
		world_fail(n->world, n, "heads of %s are out of order", world_log_name(n->world, log));
	/* of the own log a copy may hold a signature that nobody else ever saw */
	if (log != n->own && h[RAM_SEEN].size > n->world->truth[log].count &&
	    !log_forks(n->world, log))
		world_fail(n->world, n, "keeps a head of %s that was never signed",
			   world_log_name(n->world, log));
	if (h[RAM_PROVED].size > l->count)
		world_fail(n->world, n, "has a proved head of %s without its entries",
			   world_log_name(n->world, log));
}

/* --- the tables of the core --- */

static void check_links(struct node *n, uint32_t *live)
{
	const struct core *c = n->core;

	for (unsigned i = 0; i < c->links.count; i++) {
		const struct link *l = c->links.item[i];
		unsigned owed = 0;

		if (l->rows > c->logs.count)
			world_fail(n->world, n, "a link knows more logs than there are");
		for (uint32_t row = 0; row < l->rows; row++)
			owed += l->owed[row];
		if (owed != l->owed_count)
			world_fail(n->world, n, "heads owed are counted wrongly");
		for (unsigned k = 0; k < WANTS_MAX; k++) {
			if (l->slot[k].used && l->slot[k].live)
				live[l->slot[k].row]++;
		}
	}
}

static void check_core(struct node *n)
{
	const struct core *c = n->core;
	uint32_t live[4096] = { 0 };

	if (c->links.count > LINKS_MAX || c->logs.count > 2 * (registry_count(n->registry) + 2))
		world_fail(n->world, n, "a table is over its bound");
	if (c->logs.count > sizeof live / sizeof *live)
		return;
	check_links(n, live);
	for (uint32_t row = 0; row < c->logs.count; row++) {
		const struct log_row *g = &c->logs.row[row];

		if (g->live != live[row])
			world_fail(n->world, n, "frames in flight are counted wrongly");
		if (g->next > g->target && g->next > g->held)
			world_fail(n->world, n, "asks for entries behind its target");
		if (g->span < 1 || g->span > FRAME_ENTRIES_MAX)
			world_fail(n->world, n, "asks for frames of %" PRIu32 " entries", g->span);
	}
}

void check_node(struct node *n)
{
	check_core(n);
	/* all logs now and then, the ones that changed always: a step changes few */
	if (n->pending_count == 0 && n->world->steps % 64 != 0)
		return;
	for (unsigned log = 0; log <= n->world->count; log++) {
		check_entries(n, log);
		check_heads(n, log);
	}
}

/* --- the end --- */

static bool is_correct(const struct node *n)
{
	return n->up && !n->lies && n->own == n->id + 1 && registry_by_name(n->registry, n->name);
}

static bool check_log(struct world *w, const struct node *n, unsigned log, char *why, size_t room)
{
	const struct ram_log *l = &n->log[log];
	const struct node *author = &w->node[log == MEMBERS_LOG ? AUTHORITY : log - 1];
	const uint64_t all = author->log[log].count;

	/* who is in quarantine may have less than others: test_fork_free.c says when */
	if (!is_correct(author) || !registry_by_name(n->registry, author->name) ||
	    (log != MEMBERS_LOG && author->in_aside))
		return true;
	if (l->count == all && l->head[RAM_PROVED].size == all)
		return true;
	snprintf(why, room, "%s holds %" PRIu64 " entries of %s (proved %" PRIu64 ", target %" PRIu64
		 ", seen %" PRIu64 "), which recorded %" PRIu64 " (published %" PRIu64 ")", n->name,
		 l->count, world_log_name(w, log), l->head[RAM_PROVED].size,
		 l->head[RAM_TARGET].size, l->head[RAM_SEEN].size, all,
		 author->log[log].head[RAM_PROVED].size);
	return false;
}

bool check_equal(struct world *w, char *why, size_t room)
{
	for (unsigned i = 0; i < w->count; i++) {
		const struct node *n = &w->node[i];

		if (!n->up || n->lies)
			continue;
		if (!check_log(w, n, MEMBERS_LOG, why, room))
			return false;
		if (!is_correct(n))
			continue;
		for (unsigned log = 1; log <= w->count; log++) {
			if (!check_log(w, n, log, why, room))
				return false;
		}
	}
	return true;
}
