/* Summing cells. */
#include "proto/life/figure_sum.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire/limits.h"

/* What is told apart beyond the groups. */
enum point_kind {
	POINT_GROUP,          /* a group itself */
	POINT_STRUCTURE,      /* name; a: solidarity, b: all its distributions */
	POINT_DONOR,          /* name */
	POINT_PRESCRIBER,     /* name */
	POINT_DELAY,          /* days; a: how many */
};

struct point {
	uint32_t group;
	uint8_t kind;
	uint16_t days;
	char name[MEMBER_NAME_MAX + 1];
	uint64_t a, b;
};

struct figure_sum {
	Trac__GroupBy by;
	unsigned group_count, group_room;
	struct figure_group *group;      /* owned */
	unsigned point_count, slots;     /* slots: a power of two, more than twice as many */
	struct point *point;             /* owned; slots / 2 */
	uint32_t *slot;                  /* owned; number of a point + 1 */
	enum { SUM_WELL, SUM_NO_MEMORY, SUM_GROUPS, SUM_POINTS } failed;
};

struct figure_sum *figure_sum_create(Trac__GroupBy by)
{
	struct figure_sum *s = calloc(1, sizeof *s);

	if (s)
		s->by = by;
	return s;
}

void figure_sum_destroy(struct figure_sum *s)
{
	if (!s)
		return;
	free(s->group);
	free(s->point);
	free(s->slot);
	free(s);
}

/* --- points --- */

static bool point_equal(const struct point *a, const struct point *b)
{
	return a->group == b->group && a->kind == b->kind && a->days == b->days
	       && strcmp(a->name, b->name) == 0;
}

static uint32_t *slot_of(const struct figure_sum *s, const struct point *p)
{
	uint32_t h = 2166136261u ^ (p->group * 31 + p->kind) * 65537u ^ p->days;
	for (const char *c = p->name; *c; c++)
		h = (h ^ (uint8_t)*c) * 16777619u;
	h ^= h >> 15;
	h *= 0x85ebca6bu;
	unsigned i = (h ^ h >> 13) & (s->slots - 1);
	while (s->slot[i] && !point_equal(&s->point[s->slot[i] - 1], p))
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

static bool points_grow(struct figure_sum *s)
{
	unsigned slots = s->slots ? 2 * s->slots : 256;
	struct point *point = realloc(s->point, slots / 2 * sizeof *point);
	if (point)
		s->point = point;
	uint32_t *slot = calloc(slots, sizeof *slot);
	if (!point || !slot) {
		free(slot);
		s->failed = SUM_NO_MEMORY;
		return false;
	}
	free(s->slot);
	s->slot = slot;
	s->slots = slots;
	for (unsigned i = 0; i < s->point_count; i++)
		*slot_of(s, &s->point[i]) = i + 1;
	return true;
}

/* The point like p, or p itself when there is none yet. NULL: failed. */
static struct point *point_find(struct figure_sum *s, const struct point *p)
{
	uint32_t *slot = s->slots ? slot_of(s, p) : NULL;
	if (slot && *slot)
		return &s->point[*slot - 1];
	if (s->point_count == FIGURE_POINTS_MAX) {
		s->failed = SUM_POINTS;
		return NULL;
	}
	if (s->point_count == s->slots / 2) {
		if (!points_grow(s))
			return NULL;
		slot = slot_of(s, p);
	}
	s->point[s->point_count] = *p;
	*slot = ++s->point_count;
	return &s->point[s->point_count - 1];
}

static void point_add(struct figure_sum *s, uint32_t group, enum point_kind kind,
		      const char *name, unsigned days, uint64_t a, uint64_t b)
{
	struct point p = { .group = group, .kind = (uint8_t)kind, .days = (uint16_t)days };
	snprintf(p.name, sizeof p.name, "%s", name);
	struct point *at = point_find(s, &p);
	if (!at)
		return;
	at->a += a;
	at->b += b;
}

/* --- groups --- */

/* Borrowed; NULL: none that we can name. */
static const char *group_text(Trac__GroupBy by, const struct contribution *c)
{
	if (by == TRAC__GROUP_BY__BY_DEPARTMENT)
		return c->department;
	if (by == TRAC__GROUP_BY__BY_STRUCTURE)
		return c->structure;
	if (by == TRAC__GROUP_BY__BY_TYPE)
		return word_of(&trac__device_type__descriptor, c->device_type, false);
	if (by == TRAC__GROUP_BY__BY_PARTY)
		return c->party;
	if (by == TRAC__GROUP_BY__BY_REGION)
		return department_region(c->department);
	return NULL;
}

static void group_name(Trac__GroupBy by, const struct contribution *c, char *out, size_t room)
{
	const char *text = group_text(by, c);
	if (by == TRAC__GROUP_BY__BY_MONTH)
		snprintf(out, room, "%04u-%02u", c->month / 12u, c->month % 12u + 1);
	else
		snprintf(out, room, "%s", text ? text : "");
}

static struct figure_group *group_new(struct figure_sum *s, const char *name)
{
	if (s->group_count == FIGURE_GROUPS_MAX) {
		s->failed = SUM_GROUPS;
		return NULL;
	}
	if (s->group_count == s->group_room) {
		unsigned room = s->group_room ? 2 * s->group_room : 16;
		struct figure_group *grown = realloc(s->group, room * sizeof *grown);
		if (!grown) {
			s->failed = SUM_NO_MEMORY;
			return NULL;
		}
		s->group = grown;
		s->group_room = room;
	}
	struct figure_group *g = &s->group[s->group_count++];
	*g = (struct figure_group){ .name = "" };
	snprintf(g->name, sizeof g->name, "%s", name);
	return g;
}

static struct figure_group *group_of(struct figure_sum *s, const struct contribution *c)
{
	struct point p = { .kind = POINT_GROUP };
	if (s->by)
		group_name(s->by, c, p.name, sizeof p.name);
	struct point *at = point_find(s, &p);
	if (!at)
		return NULL;
	if (at->a)
		return &s->group[at->a - 1];
	struct figure_group *g = group_new(s, p.name);
	at->a = g ? s->group_count : 0;
	return g;
}

void figure_sum_add(struct figure_sum *s, const struct contribution *c)
{
	struct figure_group *g = s->failed ? NULL : group_of(s, c);
	if (!g)
		return;
	uint32_t group = (uint32_t)(g - s->group);
	measure_cell(c, g->measure);
	if (c->counter == COUNT_COLLECTED && *c->party)
		point_add(s, group, POINT_DONOR, c->party, 0, 0, 0);
	if (c->counter == COUNT_DISTRIBUTED && *c->party)
		point_add(s, group, POINT_PRESCRIBER, c->party, 0, 0, 0);
	if (c->counter == COUNT_DISTRIBUTED)
		point_add(s, group, POINT_STRUCTURE, c->structure, 0,
			  c->detail & DIST_SOLIDARITY ? c->number : 0, c->number);
	if (c->counter == COUNT_DELAY)
		point_add(s, group, POINT_DELAY, "", c->detail, c->number, 0);
}

/* --- what is no sum --- */

#define PART_OF_TEN_THOUSAND(a, b) (((a) * 20000 / (b) + 1) / 2)

/* Structures by their rate, delays by days, so that a middle can be told. */
static int point_compare(const void *left, const void *right)
{
	const struct point *a = left, *b = right;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->days != b->days)
		return a->days < b->days ? -1 : 1;
	if (a->kind == POINT_STRUCTURE && a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Points of delay in order of days: the day of the rank-th device, from 1. */
static uint64_t day_of_rank(const struct point *p, unsigned count, uint64_t rank)
{
	uint64_t before = 0;
	for (unsigned i = 0; i < count; i++) {
		before += p[i].a;
		if (before >= rank)
			return p[i].days;
	}
	return 0;
}

static void finish_delays(const struct point *p, unsigned count, uint64_t *measure)
{
	uint64_t all = 0;
	for (unsigned i = 0; i < count; i++)
		all += p[i].a;
	if (all == 0)
		return;
	measure[MEASURE_DELAY_MEDIAN] = day_of_rank(p, count, (all + 1) / 2)
		+ day_of_rank(p, count, all / 2 + 1);
	measure[MEASURE_DELAY_MEDIAN_BASE] = 2;
	measure[MEASURE_DELAY_P90] = day_of_rank(p, count, all - all / 10);
	measure[MEASURE_DELAY_LONGEST] = p[count - 1].days;
	measure[MEASURE_DELAY_BASE] = 1;
}

static void finish_structures(const struct point *p, unsigned count, uint64_t *measure)
{
	if (count == 0)
		return;
	measure[MEASURE_SOLIDARITY_MEDIAN] = (p[(count - 1) / 2].a + p[count / 2].a + 1) / 2;
	measure[MEASURE_SOLIDARITY_BASE] = 10000;
}

static void finish_run(struct figure_sum *s, const struct point *p, unsigned count)
{
	uint64_t *measure = s->group[p->group].measure;
	switch ((enum point_kind)p->kind) {
	case POINT_GROUP:
		return;
	case POINT_STRUCTURE:
		finish_structures(p, count, measure);
		return;
	case POINT_DONOR:
		measure[MEASURE_DONORS] = count;
		return;
	case POINT_PRESCRIBER:
		measure[MEASURE_PRESCRIBERS] = count;
		return;
	case POINT_DELAY:
		finish_delays(p, count, measure);
		return;
	}
}

static void finish_points(struct figure_sum *s)
{
	for (unsigned i = 0; i < s->point_count; i++) {
		struct point *p = &s->point[i];
		if (p->kind == POINT_STRUCTURE)
			p->a = PART_OF_TEN_THOUSAND(p->a, p->b);
	}
	if (s->point_count > 1)
		qsort(s->point, s->point_count, sizeof *s->point, point_compare);
	for (unsigned i = 0, end; i < s->point_count; i = end) {
		const struct point *p = &s->point[i];
		for (end = i + 1; end < s->point_count; end++) {
			if (s->point[end].group != p->group || s->point[end].kind != p->kind)
				break;
		}
		finish_run(s, p, end - i);
	}
}

static int group_compare(const void *left, const void *right)
{
	const struct figure_group *a = left, *b = right;
	return strcmp(a->name, b->name);
}

static void failed_say(const struct figure_sum *s, struct fault *f)
{
	static const char less[] = "ask for less with --from, --to, --department or --member";
	if (s->failed == SUM_GROUPS)
		fault_set(f, FAULT_LIMIT, "figures: more than %d groups: %s", FIGURE_GROUPS_MAX,
			  less);
	else if (s->failed == SUM_POINTS)
		fault_set(f, FAULT_LIMIT, "figures: more than %d donors, prescribers and delays: "
			  "%s", FIGURE_POINTS_MAX, less);
	else
		fault_set(f, FAULT_LIMIT, "figures: no memory to sum them: %s", less);
}

const struct figure_group *figure_sum_finish(struct figure_sum *s, unsigned *count,
					     struct fault *f)
{
	assert(s && count);
	if (!s->failed && s->group_count == 0)
		group_new(s, "");
	if (s->failed) {
		failed_say(s, f);
		return NULL;
	}
	finish_points(s);
	qsort(s->group, s->group_count, sizeof *s->group, group_compare);
	*count = s->group_count;
	return s->group;
}
