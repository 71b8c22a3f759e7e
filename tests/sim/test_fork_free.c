/*
 * No restore forks a log. Small networks, thousands of them: nodes record, die between
 * any two things that they do, part, and are put back from old copies of their disk,
 * with their fence, without it, or with the fence of the copy; one has nothing left but
 * its keys, and liars claim to know more. After every step: nobody is ever shown two
 * histories of one log (check.c). In the end: what was acknowledged is there, as long
 * as a copy survived somewhere, and the logs are whole and equal again.
 *
 *	test_fork_free [--seed S] [--count N] [--minutes M]
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core/state.h"
#include "tests/sim/world.h"

#define NODES 9
#define HUBS 3
#define LIAR (NODES - 1)
#define SHOPS (1 + HUBS)        /* the first workshop */
#define HEAL_MS 400000          /* a liar that reconnects holds others up again and again */
#define COPIES 3

/* What may befall a workshop, by its number; others keep their fence. */
enum fate { FATE_KEPT, FATE_LOST, FATE_SNAPSHOT, FATE_KEYS };

struct plan {
	uint64_t seed;
	unsigned count, minutes;
};

static int64_t end_ms;
static bool hubs_too;           /* hubs are put back as well, and then no fence is lost */
static struct disk_copy copies[NODES][COPIES];
static unsigned restores, stuck;

static int64_t soon(struct world *w, int64_t mean_ms)
{
	return w->now + 1 + (int64_t)rng_below(&w->rng, (uint64_t)(2 * mean_ms));
}

static void at(struct world *w, int64_t when, void (*run)(struct world *, struct sim_event *),
	       uint32_t a)
{
	world_at(w, when, run, a, 0, 0, (struct span){ NULL, 0 });
}

static enum fate fate_of(unsigned id)
{
	return hubs_too || id < SHOPS ? FATE_KEPT : (enum fate)(id % 4);
}

static void start(struct world *w, struct sim_event *e)
{
	node_start(w, e->a);
}

static void work(struct world *w, struct sim_event *e)
{
	if (w->now > end_ms)
		return;
	node_record(w, e->a, 1 + (unsigned)rng_below(&w->rng, 4));
	at(w, soon(w, 8000), work, e->a);
}

/* --- faults --- */

static void crash(struct world *w)
{
	const unsigned id = (unsigned)rng_below(&w->rng, w->count);

	if (w->node[id].up)
		w->node[id].crash_in = 1 + (unsigned)rng_below(&w->rng, 60);
	at(w, soon(w, 10000), start, id);
}

static void heal(struct world *w, struct sim_event *e)
{
	(void)e;
	for (unsigned i = 0; i < w->count; i++)
		w->node[i].group = 0;
}

static void part(struct world *w)
{
	for (unsigned i = 0; i < w->count; i++)
		w->node[i].group = (unsigned)rng_below(&w->rng, 2);
	net_partition(w);
	at(w, soon(w, 20000), heal, 0);
}

static void break_link(struct world *w)
{
	const uint64_t last = w->conn_count < 20 ? w->conn_count : 20;
	const uint64_t conn = last ? w->conn_count - 1 - rng_below(&w->rng, last) : 0;

	if (last && rng_below(&w->rng, 3) == 0)
		net_hang(w, conn);
	else if (last)
		net_break(w, conn);
}

static void save(struct world *w)
{
	const unsigned id = 1 + (unsigned)rng_below(&w->rng, NODES - 2);

	disk_save(&copies[id][rng_below(&w->rng, COPIES)], &w->node[id]);
}

/* Copies that may be put back: those of a life that came before a loss are of no use to
 * who holds that the keys were all that was left. */
static void restore(struct world *w)
{
	static const enum disk_fence fences[] = {
		[FATE_KEPT] = FENCE_KEPT, [FATE_LOST] = FENCE_LOST,
		[FATE_SNAPSHOT] = FENCE_COPIED, [FATE_KEYS] = FENCE_LOST,
	};
	const unsigned id = 1 + (unsigned)rng_below(&w->rng, NODES - 2);
	const struct disk_copy *d = &copies[id][rng_below(&w->rng, COPIES)];
	const enum fate fate = fate_of(id);

	if ((id < SHOPS && !hubs_too) || (d->logs == 0 && fate != FATE_KEYS))
		return;
	node_stop(w, id);
	if (fate == FATE_KEYS && (d->logs == 0 || rng_below(&w->rng, 2)))
		disk_lose(&w->node[id]);
	else
		disk_restore(&w->node[id], d, fences[fate]);
	restores++;
	/* what the others held of it may be gone with their disk, too */
	for (unsigned i = 0; i < NODES; i++)
		disk_forget_lost(&w->node[i]);
	at(w, soon(w, 5000), start, id);
}

static void (*const faults[])(struct world *w) = {
	crash, crash, part, break_link, break_link, save, save, restore, restore,
};

static void trouble(struct world *w, struct sim_event *e)
{
	if (w->now > end_ms)
		return;
	faults[rng_below(&w->rng, sizeof faults / sizeof *faults)](w);
	at(w, soon(w, 4000), trouble, e->a);
}

/* --- the world --- */

static void dial(struct world *w, unsigned id)
{
	const unsigned hub = 1 + (unsigned)rng_below(&w->rng, HUBS);

	if (id == LIAR) {
		for (unsigned i = 1; i < SHOPS; i++)
			node_dials(w, id, i);
	} else if (id > 0 && id < SHOPS) {
		node_dials(w, id, id == 1 ? AUTHORITY : id - 1);
	} else if (id >= SHOPS) {
		node_dials(w, id, hub);
		/* a snapshot is found out by a greeting only: of the one that knows all */
		if (fate_of(id) != FATE_SNAPSHOT && rng_below(&w->rng, 2))
			node_dials(w, id, 1 + hub % HUBS);
		/* who loses its fence can ask those only whom its settings name */
		w->node[id].dial_members = fate_of(id) == FATE_KEPT;
	}
}

static struct world *make(uint64_t seed)
{
	struct world *w = world_create(seed, NODES, HUBS, NULL, true);

	hubs_too = seed % 2;
	w->delay_min = 1;
	w->delay_max = 200;
	w->double_in = 100;
	w->frame_entries = 7;
	w->node[LIAR].lies = LIE_CLAIM | (seed % 3 ? 0 : LIE_HEADS);
	for (unsigned id = 0; id < w->count; id++) {
		dial(w, id);
		if (id > 0)
			node_admit(w, id);
		at(w, soon(w, 2000), start, id);
		at(w, soon(w, 4000), work, id);
	}
	at(w, 15000, trouble, 0);
	return w;
}

/* --- the end --- */

/* It waits for entries that it signed, as its fence or a head says, and that nobody got
 * before its disk was lost: only a new epoch goes on. */
static bool is_stuck_rightly(const struct world *w, const struct node *n)
{
	const uint64_t seen = n->log[n->own].head[RAM_SEEN].size;
	const uint64_t need = seen > n->fence.size ? seen : n->fence.size;

	/* or its copy holds a signature that was never shown, on another history */
	if (n->core && n->core->forked)
		return true;
	for (unsigned i = 0; i < w->count; i++) {
		/* what only the liar holds does not come back while it lies */
		if (i != LIAR && w->node[i].log[n->own].count >= need)
			return false;
	}
	return true;
}

static bool is_elsewhere(const struct world *w, const struct node *n, struct span entry)
{
	for (unsigned i = 0; i < w->count; i++) {
		if (ram_has(&w->node[i].log[n->own], entry))
			return true;
	}
	return false;
}

static bool keeps_its_word(const struct world *w, const struct node *n, char *why, size_t room)
{
	const struct ram_log *said = &w->said[n->id];

	for (uint64_t i = 0; i < said->count; i++) {
		if (ram_has(&n->log[n->own], said->entry[i]) || ram_has(&n->aside, said->entry[i]))
			continue;
		if (is_stuck_rightly(w, n) && is_elsewhere(w, n, said->entry[i]))
			continue;
		snprintf(why, room, "%s lost \"%.*s\", which it acknowledged", n->name,
			 (int)said->entry[i].size, said->entry[i].data);
		return false;
	}
	if (!n->in_aside && n->aside.count == 0)
		return true;
	if (is_stuck_rightly(w, n))
		return true;
	snprintf(why, room, "%s is in quarantine for ever: holds %" PRIu64 ", signed %" PRIu64
		 ", seen %" PRIu64 ", fence %" PRIu64 ", shown %" PRIu64, n->name,
		 n->log[n->own].count, n->log[n->own].head[RAM_PROVED].size,
		 n->log[n->own].head[RAM_SEEN].size, n->fence.size, w->shown[n->own]);
	return false;
}

static bool is_well(struct world *w, char *why, size_t room)
{
	for (unsigned i = 0; i < LIAR; i++) {
		if (!keeps_its_word(w, &w->node[i], why, room))
			return false;
	}
	return check_equal(w, why, room);
}

static bool settle(struct world *w, char *why, size_t room)
{
	for (unsigned i = 0; i < w->count; i++)
		w->node[i].crash_in = 0;
	at(w, w->now, heal, 0);
	for (unsigned i = 0; i < w->count; i++)
		at(w, w->now + 1000, start, i);
	for (int64_t until = w->now + HEAL_MS; w->now < until && !w->failure[0];) {
		world_run(w, w->now + 2000);
		if (!w->failure[0] && is_well(w, why, room))
			return true;
	}
	return false;
}

static void tell(struct world *w, const char *line)
{
	(void)w;
	puts(line);
}

static bool run(const struct plan *p, uint64_t seed)
{
	struct world *w = make(seed);
	char why[400] = "";
	bool well;

	if (p->count == 1)
		w->line = tell;
	end_ms = (int64_t)p->minutes * 60000;
	world_run(w, end_ms);
	well = settle(w, why, sizeof why) && !w->failure[0];
	if (!well)
		printf("FAILED: test_fork_free --seed %" PRIu64 " --minutes %u\n  %s\n", seed, p->minutes,
		       w->failure[0] ? w->failure : why);
	for (unsigned i = 0; i < NODES; i++) {
		stuck += w->node[i].in_aside;
		for (unsigned k = 0; k < COPIES; k++)
			disk_clear(&copies[i][k]);
	}
	world_destroy(w);
	return well;
}

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' },
	{ "count", required_argument, NULL, 'n' },
	{ "minutes", required_argument, NULL, 'm' },
	{ NULL, 0, NULL, 0 },
};

/* The plain build runs more of them, make sim-long thousands. */
#ifdef __SANITIZE_ADDRESS__
#define SEEDS 60
#else
#define SEEDS 300
#endif

int main(int argc, char **argv)
{
	struct plan p = { .seed = 1, .count = SEEDS, .minutes = 5 };
	unsigned passed = 0, failed = 0;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const uint64_t v = optarg ? strtoull(optarg, NULL, 10) : 0;

		if (o == 's')
			p.seed = v;
		else if (o == 'n')
			p.count = (unsigned)v;
		else if (o == 'm')
			p.minutes = (unsigned)v;
		else
			return 64;
	}
	for (unsigned i = 0; i < p.count; i++) {
		if (run(&p, p.seed + i))
			passed++;
		else
			failed++;
	}
	printf("%u restores, %u in quarantine at the end, as they must\n", restores, stuck);
	printf("%u passed, %u failed\n", passed, failed);
	return failed || (p.count > 20 && restores < p.count) ? 1 : 0;
}
