/*
 * A member that signs two histories is found out. Small networks, thousands of them: a
 * workshop and its twin, of one key, publish different branches to two halves of a parted
 * network. When it heals, every honest node has evidence within one anti-entropy round,
 * also those that come later; soon each holds both branches, the other logs go on, and the
 * evidence says exactly what both branches share. Meanwhile others die and are put back
 * from old copies: nobody else is ever accused (check.c), and no peer is held to have
 * lied for the branch that it holds.
 *
 *	test_forks [--seed S] [--count N]
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define HUBS 3
#define SHOP 4                  /* who forks */
#define BRIDGE 6
#define LIAR 5
#define OTHER 7                 /* the first workshop of the other half */
#define LATE 9                  /* is admitted when all is over */
#define TWIN 10
#define NODES 11
#define LOG (SHOP + 1)
/* Links across are dialled again within a second, and greet. */
#define FOUND_MS 30000
/* Who comes when all is known waits for no round: all is told on its first link. */
#define LATE_MS 10000
/* From then on the other branch is handed on from link to link, a liar waited for. */
#define BOTH_MS 30000

static int64_t end_ms;
static uint64_t base;           /* entries that both branches share */
static uint64_t seen_forks, seen_equal, seen_liars;
static struct disk_copy copy[NODES];

static void at(struct world *w, int64_t when, void (*run)(struct world *, struct sim_event *),
	       uint32_t a)
{
	world_at(w, when, run, a, 0, 0, (struct span){ NULL, 0 });
}

static int64_t soon(struct world *w, int64_t mean_ms)
{
	return w->now + 1 + (int64_t)rng_below(&w->rng, (uint64_t)(2 * mean_ms));
}

static void start(struct world *w, struct sim_event *e)
{
	node_start(w, e->a);
}

/* Honest work, in both halves. */
static void work(struct world *w, struct sim_event *e)
{
	if (w->now > end_ms)
		return;
	node_record(w, e->a, 1 + (unsigned)rng_below(&w->rng, 3));
	at(w, soon(w, 8000), work, e->a);
}

/* An honest workshop dies, and half the time what starts again is an old copy of it. */
static void befall(struct world *w, struct sim_event *e)
{
	const unsigned id = e->a;

	if (copy[id].logs > 0) {
		node_stop(w, id);
		if (rng_below(&w->rng, 2))
			disk_restore(&w->node[id], &copy[id], FENCE_KEPT);
		for (unsigned i = 0; i < NODES; i++)
			disk_forget_lost(&w->node[i]);
		disk_clear(&copy[id]);
		at(w, soon(w, 3000), start, id);
		return;
	}
	disk_save(&copy[id], &w->node[id]);
	at(w, soon(w, 15000), befall, id);
}

static void dials(struct world *w)
{
	static const unsigned to[NODES] = { [2] = 1, [3] = 2, [4] = 1, [5] = 1, [6] = 1, [7] = 2,
					    [8] = 3, [LATE] = 3, [TWIN] = 2 };

	for (unsigned id = 1; id < NODES; id++)
		node_dials(w, id, to[id]);
}

static struct world *make(uint64_t seed)
{
	struct world *w = world_create(seed, NODES, HUBS, NULL, seed % 8 != 0);

	w->delay_min = 1;
	w->delay_max = 100;
	w->frame_entries = 7;
	dials(w);
	for (unsigned id = 0; id < NODES; id++) {
		if (id > 0 && id < LATE)
			node_admit(w, id);
		if (id < LATE)
			node_start(w, id);
	}
	return w;
}

/* --- the fork --- */

static bool is_other_half(unsigned id)
{
	return id == 2 || id == 3 || id >= OTHER;
}

/* A clone with all that there is of the first: nothing tells it that it is one. */
static void clone(struct world *w)
{
	node_twin(w, TWIN, SHOP);
	w->node[TWIN].fence = w->node[SHOP].fence;
	w->node[TWIN].store = w->node[SHOP].store;
	w->node[SHOP].lies = w->node[TWIN].lies = LIE_FORK;
}

/* Each half gets a branch: of as many entries, or of another number. */
static void write_branches(struct world *w)
{
	const unsigned a = 1 + (unsigned)rng_below(&w->rng, 20);
	const unsigned b = rng_below(&w->rng, 3) ? 1 + (unsigned)rng_below(&w->rng, 20) : a;

	node_record(w, SHOP, a);
	node_record(w, TWIN, b);
	seen_equal += a == b;
}

static void part(struct world *w)
{
	for (unsigned id = 0; id < NODES; id++)
		w->node[id].group = is_other_half(id);
	net_partition(w);
	node_start(w, TWIN);
}

/* The hubs of both halves link again; or who slept meanwhile is all that joins them. */
static void heal(struct world *w, bool bridged)
{
	for (unsigned id = 0; id < NODES; id++)
		w->node[id].group = 0;
	if (!bridged)
		return;
	w->node[2].dial_count = 0;
	node_dials(w, BRIDGE, 2);
	node_start(w, BRIDGE);
}

/* --- what must be --- */

static bool is_honest(const struct node *n)
{
	return n->up && !n->lies;
}

static unsigned known_by(const struct world *w, uint64_t least)
{
	unsigned n = 0;

	for (unsigned id = 0; id < NODES; id++)
		n += is_honest(&w->node[id]) && fork_level(&w->node[id].log[LOG]) >= least;
	return n;
}

static unsigned honest(const struct world *w)
{
	unsigned n = 0;

	for (unsigned id = 0; id < NODES; id++)
		n += is_honest(&w->node[id]);
	return n;
}

/* Whatever branch it has, it has it whole, and under a signed head. */
static bool holds_a_branch(const struct node *n)
{
	const struct ram_log *l = &n->log[LOG];

	return l->head[RAM_PROVED].size > 0 && l->head[RAM_PROVED].size == l->head[RAM_SEEN].size &&
	       l->count == l->head[RAM_PROVED].size;
}

/* The other branch, too, and it is another one. */
static bool holds_both(const struct world *w, const struct node *n)
{
	const struct ram_log *a = &n->log[LOG], *b = &n->log[world_branch(w, LOG)];
	const struct ram_head *h = b->head;
	const uint64_t least = a->count < b->count ? a->count : b->count;

	return holds_a_branch(n) && h[RAM_PROVED].size > 0 && b->count == h[RAM_PROVED].size &&
	       h[RAM_SEEN].size == b->count && a->count > base && b->count > base &&
	       memcmp(&a->level[0].hash[base], &b->level[0].hash[base],
		      (least - base) * sizeof(struct hash)) != 0;
}

static bool all_hold_both(struct world *w)
{
	for (unsigned id = 0; id < NODES; id++) {
		if (is_honest(&w->node[id]) && !holds_both(w, &w->node[id]))
			return false;
	}
	return true;
}

/* All that is sent proves: who passes a branch on is not at fault. */
static bool blames(const struct world *w)
{
	struct core_counts counts;

	for (unsigned id = 0; id < NODES; id++) {
		if (!is_honest(&w->node[id]))
			continue;
		core_counts(w->node[id].core, &counts);
		if (counts.rejected > 0)
			return true;
	}
	return false;
}

static bool fails(struct world *w, const char *what)
{
	printf("FAILED: test_forks --seed %" PRIu64 " --count 1\n  %s%s%s\n", w->seed,
	       what, w->failure[0] ? ": " : "", w->failure);
	return false;
}

static bool run_until(struct world *w, int64_t ms, bool (*is)(struct world *w))
{
	for (int64_t until = w->now + ms; w->now < until && !w->failure[0];) {
		world_run(w, w->now + 500);
		if (is(w))
			return !w->failure[0];
	}
	return false;
}

static bool all_know(struct world *w)
{
	return known_by(w, 1) == honest(w);
}

static bool late_is_well(struct world *w)
{
	const struct node *n = &w->node[LATE];

	return fork_level(&n->log[LOG]) > 0 && holds_a_branch(n);
}

static bool others_go_on(struct world *w)
{
	char why[400];

	return check_equal(w, why, sizeof why);
}

static bool all_know_where(struct world *w)
{
	return known_by(w, base + 1) == honest(w);
}

static bool keeps_what_it_had(struct world *w)
{
	for (unsigned id = 0; id < LATE; id++) {
		if (is_honest(&w->node[id]) && !holds_both(w, &w->node[id]))
			return fails(w, "a branch that a node had is not readable any more");
		if (fork_level(&w->node[id].log[LOG]) > base + 1)
			return fails(w, "more is called common than the branches share");
	}
	return true;
}

static bool tells_the_story(struct world *w, bool quiet)
{
	const bool bridged = rng_below(&w->rng, 3) == 0;
	const bool liar = !bridged && rng_below(&w->rng, 4) == 0;
	/* nothing but the fork tells the two halves apart */
	const bool still = rng_below(&w->rng, 3) == 0;

	/* before: one history, in both halves */
	node_record(w, SHOP, (unsigned)rng_below(&w->rng, 40));
	end_ms = w->now + 60000;
	for (unsigned id = 5; !still && id < LATE; id++)
		at(w, soon(w, 3000), work, id);
	world_run(w, w->now + 10000);
	if (liar)
		w->node[LIAR].lies = rng_below(&w->rng, 2) ? LIE_SILENCE : LIE_FRAMES | LIE_CLAIM;
	seen_liars += liar;
	base = w->node[SHOP].log[LOG].head[RAM_PROVED].size;
	clone(w);
	part(w);
	if (bridged)
		node_stop(w, BRIDGE);
	for (unsigned id = 5; !quiet && !bridged && id < LATE; id++)
		at(w, soon(w, 5000), befall, id);
	world_run(w, w->now + 5000);
	write_branches(w);
	world_run(w, w->now + 20000);
	if (known_by(w, 1))
		return fails(w, "a fork is known before anyone could see it");
	/* the liar may be gone by then */
	if (rng_below(&w->rng, 2)) {
		node_stop(w, SHOP);
		node_stop(w, TWIN);
	}
	heal(w, bridged);
	if (!run_until(w, FOUND_MS, all_know))
		return fails(w, "not all have evidence within one anti-entropy round");
	seen_forks++;
	/* who joins the halves may hold neither branch: it looks for one, and is asked */
	if (quiet && base > 0 && !run_until(w, (bridged ? 10 : 1) * FOUND_MS, all_know_where))
		return fails(w, "not all know how much both branches share");
	if (!liar && blames(w))
		return fails(w, "a peer is blamed for its branch");
	if (!run_until(w, (bridged ? 10 : 1) * BOTH_MS, all_hold_both))
		return fails(w, "not all hold both branches");
	node_admit(w, LATE);
	node_start(w, LATE);
	if (!run_until(w, LATE_MS, late_is_well))
		return fails(w, "who comes late has no evidence, or no branch");
	if (!run_until(w, BOTH_MS, all_hold_both))
		return fails(w, "who comes late does not get both branches");
	if (end_ms > w->now)
		world_run(w, end_ms);
	if (!liar && blames(w))
		return fails(w, "a peer is blamed for its branch");
	for (unsigned id = 0; id < LATE; id++)
		at(w, w->now, start, id);
	if (!run_until(w, 300000, others_go_on))
		return fails(w, "the other logs do not go on");
	return keeps_what_it_had(w);
}

static void tell(struct world *w, const char *line)
{
	(void)w;
	puts(line);
}

static bool run(uint64_t seed, bool loud)
{
	struct world *w = make(seed);
	bool well;

	if (loud)
		w->line = tell;
	world_run(w, 5000);
	well = tells_the_story(w, seed % 2 == 0);
	well = well && !w->failure[0];
	for (unsigned id = 0; id < NODES; id++)
		disk_clear(&copy[id]);
	world_destroy(w);
	return well;
}

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "count", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

int main(int argc, char **argv)
{
	uint64_t seed = 1, count = 300, failed = 0;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const uint64_t v = optarg ? strtoull(optarg, NULL, 10) : 0;

		if (o == 's')
			seed = v;
		else if (o == 'n')
			count = v;
		else
			return 64;
	}
	for (uint64_t i = 0; i < count; i++)
		failed += !run(seed + i, count == 1);
	printf("%" PRIu64 " forks, %" PRIu64 " of them at equal sizes, %" PRIu64 " beside a liar\n",
	       seen_forks, seen_equal, seen_liars);
	printf("%" PRIu64 " passed, %" PRIu64 " failed\n", count - failed, failed);
	if (count > 20 && (seen_forks < count || seen_equal == 0 || seen_liars == 0))
		return 1;
	return failed ? 1 : 0;
}
