/*
 * A swarm: many nodes that record, break, die, part and meet again for a few
 * thousand virtual seconds, with liars among them. In the end all that are
 * honest must hold the same. The same seed gives the same run, to the last step.
 *
 *	test_swarm [--nodes N] [--seed S] [--minutes M] [--faults F]
 *
 * F is faults a minute. Without --seed a few seeds are run, and the first twice.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define FAKE_ABOVE 100         /* nodes: real signatures would take minutes */
#define HEAL_MS 180000         /* by then all is equal again */

struct plan {
	unsigned nodes, minutes, faults;
	uint64_t seed;
};

static int64_t soon(struct world *w, int64_t mean_ms)
{
	return w->now + 1 + (int64_t)rng_below(&w->rng, (uint64_t)(2 * mean_ms));
}

static void at(struct world *w, int64_t when, void (*run)(struct world *, struct sim_event *),
	       uint32_t a)
{
	world_at(w, when, run, a, 0, 0, (struct span){ NULL, 0 });
}

/* --- work --- */

static int64_t end_ms;         /* of work and faults */

static void work(struct world *w, struct sim_event *e)
{
	const uint64_t kind = rng_below(&w->rng, 50);

	if (w->now > end_ms)
		return;
	/* now and then an import */
	node_record(w, e->a, kind == 0 ? 700 : 1 + (unsigned)kind % 3);
	at(w, soon(w, 60000), work, e->a);
}

static void start(struct world *w, struct sim_event *e)
{
	node_start(w, e->a);
}

static void admit(struct world *w, struct sim_event *e)
{
	node_admit(w, e->a);
}

/* --- faults --- */

static void fault_break(struct world *w)
{
	if (w->conn_count > 0)
		net_break(w, rng_below(&w->rng, w->conn_count));
}

static void fault_hang(struct world *w)
{
	const uint64_t last = w->conn_count < 100 ? w->conn_count : 100;

	if (last > 0)
		net_hang(w, w->conn_count - 1 - rng_below(&w->rng, last));
}

static void fault_kill(struct world *w)
{
	const unsigned id = (unsigned)rng_below(&w->rng, w->count);

	node_stop(w, id);
	at(w, soon(w, 20000), start, id);
}

/* Dies between two effects: the next one, or one of the next few hundred. */
static void fault_crash(struct world *w)
{
	const unsigned id = (unsigned)rng_below(&w->rng, w->count);

	if (!w->node[id].up)
		return;
	w->node[id].crash_in = 1 + (unsigned)rng_below(&w->rng, 300);
	at(w, soon(w, 60000), start, id);
}

static void heal(struct world *w, struct sim_event *e)
{
	(void)e;
	for (unsigned i = 0; i < w->count; i++)
		w->node[i].group = 0;
}

static void fault_part(struct world *w)
{
	for (unsigned i = 0; i < w->count; i++)
		w->node[i].group = (unsigned)rng_below(&w->rng, 2);
	net_partition(w);
	at(w, soon(w, 30000), heal, 0);
}

static void (*const faults[])(struct world *w) = {
	fault_break, fault_break, fault_break, fault_hang, fault_kill, fault_crash, fault_crash,
	fault_part,
};

static void trouble(struct world *w, struct sim_event *e)
{
	if (w->now > end_ms)
		return;
	faults[rng_below(&w->rng, sizeof faults / sizeof *faults)](w);
	at(w, soon(w, 60000 / e->a), trouble, e->a);
}

/* --- the world --- */

static unsigned hubs_of(unsigned nodes)
{
	return 2 + nodes / 20;
}

/* A liar is a hub that others also dial, or a workshop; not all hubs lie. */
static void add_liars(struct world *w, unsigned hubs)
{
	static const unsigned lies[] = { LIE_FRAMES, LIE_HEADS, LIE_SILENCE, LIE_JUNK,
					 LIE_CLAIM, LIE_FRAMES | LIE_HEADS | LIE_CLAIM };

	for (unsigned i = 0; i < 1 + w->count / 25; i++) {
		const unsigned id = i == 0 ? hubs : w->count - i;

		w->node[id].lies = i == 0 ? LIE_FRAMES | LIE_CLAIM :
			lies[rng_below(&w->rng, sizeof lies / sizeof *lies)];
	}
}

static void add_node(struct world *w, unsigned id, unsigned hubs)
{
	const int64_t admitted = id < w->count / 2 ? 0 : soon(w, 60000);

	if (id > 0 && id <= hubs)
		node_dials(w, id, id == 1 ? AUTHORITY : id - 1);
	else if (id > 0)
		node_dials(w, id, 1 + (unsigned)rng_below(&w->rng, hubs - 1));   /* honest */
	/* besides, a hub that the member log names: perhaps a liar */
	w->node[id].dial_members = id > hubs ? 1 : 2;
	if (id > 0)
		at(w, admitted, admit, id);
	at(w, soon(w, 5000), start, id);
	at(w, soon(w, 60000), work, id);
}

static struct world *make(const struct plan *p)
{
	const unsigned hubs = hubs_of(p->nodes);
	struct world *w = world_create(p->seed, p->nodes, hubs, NULL, p->nodes > FAKE_ABOVE);

	w->delay_min = 1;
	w->delay_max = 150;
	w->double_in = p->faults ? 200 : 0;
	w->frame_entries = (unsigned)rng_below(&w->rng, 2) * 40;
	end_ms = (int64_t)p->minutes * 60000;
	if (p->faults)
		add_liars(w, hubs);
	for (unsigned id = 0; id < w->count; id++)
		add_node(w, id, hubs);
	if (p->faults)
		at(w, 30000, trouble, p->faults);
	return w;
}

static void settle(struct world *w, char *why, size_t room)
{
	for (unsigned i = 0; i < w->count; i++)
		w->node[i].crash_in = 0;
	at(w, w->now, heal, 0);
	for (unsigned i = 0; i < w->count; i++)
		at(w, w->now + 1000, start, i);
	for (int64_t until = w->now + HEAL_MS; w->now < until && !w->failure[0];) {
		world_run(w, w->now + 5000);
		if (check_equal(w, why, room))
			return;
	}
}

/* Returns the hash of the run, 0 when it failed. */
static uint64_t run(const struct plan *p)
{
	struct world *w = make(p);
	char why[400] = "";
	uint64_t hash = 0, entries = 0;

	world_run(w, end_ms);
	settle(w, why, sizeof why);
	if (!w->failure[0] && check_equal(w, why, sizeof why))
		hash = w->hash;
	for (unsigned i = 0; i < w->count; i++)
		entries += w->truth[i + 1].count;
	if (!hash)
		printf("FAILED: test_swarm --nodes %u --seed %" PRIu64 " --minutes %u --faults %u\n  %s\n",
		       p->nodes, p->seed, p->minutes, p->faults, w->failure[0] ? w->failure : why);
	else
		printf("seed %" PRIu64 ": %u nodes, %" PRIu64 " entries, %" PRIu64 " messages, %"
		       PRIu64 " steps, equal after %" PRId64 " s, hash %016" PRIx64 "\n", p->seed,
		       p->nodes, entries, w->messages, w->steps, (w->now - end_ms) / 1000, hash);
	fflush(stdout);
	world_destroy(w);
	return hash;
}

static const struct option options[] = {
	{ "nodes", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 's' },
	{ "minutes", required_argument, NULL, 'm' },
	{ "faults", required_argument, NULL, 'f' },
	{ NULL, 0, NULL, 0 },
};

static int read_options(int argc, char **argv, struct plan *p)
{
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const uint64_t v = optarg ? strtoull(optarg, NULL, 10) : 0;

		if (o == 'n')
			p->nodes = (unsigned)v;
		else if (o == 's')
			p->seed = v;
		else if (o == 'm')
			p->minutes = (unsigned)v;
		else if (o == 'f')
			p->faults = (unsigned)v;
		else
			return -1;
	}
	return p->nodes >= 5 && p->nodes < 4000 && p->minutes > 0 && p->faults <= 60000 ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct plan p = { .nodes = 50, .minutes = 12, .faults = 6 };
	unsigned passed = 0, failed = 0;
	uint64_t first;

	if (read_options(argc, argv, &p)) {
		fprintf(stderr, "usage: test_swarm [--nodes 5..3999] [--seed S] [--minutes M] "
			"[--faults F]\n");
		return 64;
	}
	if (p.seed)
		return run(&p) ? 0 : 1;
	p.seed = 1;
	first = run(&p);
	if (first && run(&p) == first)
		passed++;
	else
		failed++;
	for (p.seed = 2; p.seed <= 3; p.seed++) {
		if (run(&p))
			passed++;
		else
			failed++;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
