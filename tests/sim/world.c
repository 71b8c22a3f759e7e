/* Time, the heap of events, and how a world is made. */
#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the heap --- */

static bool is_before(const struct sim_event *a, const struct sim_event *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void swap(struct sim_event *a, struct sim_event *b)
{
	const struct sim_event t = *a;

	*a = *b;
	*b = t;
}

void world_at(struct world *w, int64_t at, void (*run)(struct world *, struct sim_event *),
	      uint32_t a, uint32_t b, uint64_t c, struct span bytes)
{
	uint64_t i = w->heap_count++;

	w->heap = ram_grow(w->heap, i, &w->heap_room, sizeof *w->heap);
	w->heap[i] = (struct sim_event){ at < w->now ? w->now : at, w->seq++, run, a, b, c, bytes };
	for (; i > 0 && is_before(&w->heap[i], &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&w->heap[i], &w->heap[(i - 1) / 2]);
}

static struct sim_event take(struct world *w)
{
	const struct sim_event first = w->heap[0];
	uint64_t i = 0;

	w->heap[0] = w->heap[--w->heap_count];
	for (;;) {
		uint64_t least = i;

		for (uint64_t k = 2 * i + 1; k <= 2 * i + 2 && k < w->heap_count; k++) {
			if (is_before(&w->heap[k], &w->heap[least]))
				least = k;
		}
		if (least == i)
			return first;
		swap(&w->heap[i], &w->heap[least]);
		i = least;
	}
}

void world_run(struct world *w, int64_t until)
{
	while (w->heap_count > 0 && w->heap[0].at <= until && !w->failure[0]) {
		struct sim_event e = take(w);

		w->now = e.at;
		e.run(w, &e);
		free((void *)e.bytes.data);
	}
	if (!w->failure[0])
		w->now = until;
}

/* --- the trace --- */

void world_mix(struct world *w, uint64_t x)
{
	w->hash = rng_mix(w->hash ^ x);
}

void world_say(struct world *w, const struct node *n, const char *fmt, ...)
{
	char text[700], line[800];
	va_list ap;

	if (!w->line)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(line, sizeof line, "[%5" PRId64 "] %s: %s", w->now, n->name, text);
	w->line(w, line);
}

void world_fail(struct world *w, const struct node *n, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (w->failure[0])
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(w->failure, sizeof w->failure, "at %" PRId64 " ms: %.40s: %s", w->now,
		 n ? n->name : "world", text);
}

/* --- names of logs --- */

static unsigned place_of(const struct world *w, const struct log_id *id)
{
	unsigned lo = 0, hi = w->count + 1;

	while (lo < hi) {
		const unsigned mid = (lo + hi) / 2;

		if (memcmp(w->log_id[w->log_sorted[mid]].b, id->b, LOG_ID_SIZE) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

unsigned world_log(const struct world *w, const struct log_id *id)
{
	const unsigned place = place_of(w, id);
	struct log_id main;

	if (place <= w->count && !memcmp(w->log_id[w->log_sorted[place]].b, id->b, LOG_ID_SIZE))
		return w->log_sorted[place];
	evidence_branch_id(id, &main);
	for (unsigned log = 0; log <= w->count; log++) {
		if (!memcmp(w->log_id[log].b, main.b, LOG_ID_SIZE))
			return world_branch(w, log);
	}
	return UINT32_MAX;
}

unsigned world_branch(const struct world *w, unsigned log)
{
	return log + w->count + 1;
}

unsigned world_main(const struct world *w, unsigned log)
{
	return log > w->count ? log - w->count - 1 : log;
}

const char *world_log_name(const struct world *w, unsigned log)
{
	log = world_main(w, log);
	return log == MEMBERS_LOG ? "members" : w->node[log - 1].name;
}

unsigned world_logs(const struct world *w)
{
	return 2 * (w->count + 1);
}

static void sort_logs(struct world *w)
{
	for (unsigned i = 0; i <= w->count; i++) {
		unsigned k = i;

		for (; k > 0 && memcmp(w->log_id[w->log_sorted[k - 1]].b, w->log_id[i].b,
				       LOG_ID_SIZE) > 0; k--)
			w->log_sorted[k] = w->log_sorted[k - 1];
		w->log_sorted[k] = i;
	}
}

/* --- making --- */

static struct signer *make_signer(const char *origin, unsigned id)
{
	uint8_t seed[KEY_SEED_SIZE] = { 1 };
	struct signer *s;
	struct fault f;

	put_u32(seed + 4, id);
	s = signer_create(origin, KEY_ED25519, seed, &f);
	if (!s) {
		fprintf(stderr, "%s\n", f.text);
		exit(70);
	}
	return s;
}

static void make_node(struct world *w, unsigned id, unsigned hubs, const char *name)
{
	struct node *n = &w->node[id];
	char origin[ORIGIN_MAX + 1];

	n->world = w;
	n->id = id;
	n->own = id + 1;
	n->store = id + 1;
	n->role = id == AUTHORITY ? TRAC__ROLE__AUTHORITY :
		id <= hubs ? TRAC__ROLE__HUB : TRAC__ROLE__WORKSHOP;
	if (name)
		snprintf(n->name, sizeof n->name, "%s", name);
	else
		snprintf(n->name, sizeof n->name, "n%u", id);
	snprintf(origin, sizeof origin, "%s/%s", NETWORK, n->name);
	n->signer = make_signer(origin, id);
	log_id_of(origin, &w->log_id[id + 1]);
	put_u32(n->link_key, id + 1);
	n->link_key[31] = 7;
	n->log = calloc(world_logs(w), sizeof *n->log);
	n->checked = calloc(world_logs(w), sizeof *n->checked);
	if (id != AUTHORITY)
		return;
	/* the member log is signed by the authority's key under its own name */
	n->members_signer = make_signer(NETWORK "/members", id);
	log_id_of(NETWORK "/members", &w->log_id[MEMBERS_LOG]);
}

struct world *world_create(uint64_t seed, unsigned count, unsigned hubs,
			   const char *const *names, bool fake)
{
	struct world *w = calloc(1, sizeof *w);

	w->seed = seed;
	w->count = count;
	w->fake = fake;
	w->delay_min = w->delay_max = 10;
	rng_seed(&w->rng, seed);
	w->node = calloc(count, sizeof *w->node);
	w->log_id = calloc(world_logs(w), sizeof *w->log_id);
	w->log_sorted = calloc(count + 1, sizeof *w->log_sorted);
	w->truth = calloc(count + 1, sizeof *w->truth);
	w->shown = calloc(count + 1, sizeof *w->shown);
	w->said = calloc(count, sizeof *w->said);
	w->dialling = calloc(count, count);
	for (unsigned i = 0; i < count; i++)
		make_node(w, i, hubs, names ? names[i] : NULL);
	for (unsigned i = 0; i <= count; i++)
		evidence_branch_id(&w->log_id[i], &w->log_id[world_branch(w, i)]);
	sort_logs(w);
	node_admit(w, AUTHORITY);
	return w;
}

static void destroy_node(struct world *w, struct node *n)
{
	core_destroy(n->core);
	registry_destroy(n->registry);
	signer_destroy(n->signer);
	signer_destroy(n->members_signer);
	cosign_clear(n);
	core_effects_clear(&n->effects);
	for (unsigned i = 0; i < world_logs(w); i++)
		ram_clear(&n->log[i]);
	ram_clear(&n->aside);
	free(n->log);
	free(n->checked);
	free(n->pending);
}

void world_destroy(struct world *w)
{
	for (uint64_t i = 0; i < w->heap_count; i++)
		free((void *)w->heap[i].bytes.data);
	for (unsigned i = 0; i < w->count; i++)
		destroy_node(w, &w->node[i]);
	for (unsigned i = 0; i <= w->count; i++)
		ram_clear(&w->truth[i]);
	free(w->heap);
	free(w->node);
	free(w->log_id);
	free(w->log_sorted);
	for (unsigned i = 0; i < w->count; i++)
		ram_clear(&w->said[i]);
	free(w->said);
	free(w->shown);
	free(w->truth);
	free(w->dialling);
	free(w->conn);
	free(w);
}
