/*
 * Sums of cells into measures, whole or by group: a month, a département, ...
 * Also those that are no sums: how many donors and prescribers, the median and
 * the 9 of 10 of delays, the median of the structures' rates; all exact. The
 * result does not depend on the order of the cells.
 */
#ifndef TRAC_LIFE_FIGURE_SUM_H
#define TRAC_LIFE_FIGURE_SUM_H

#include "proto/life/figure.h"
#include "proto/wire/control.pb-c.h"

struct figure_group {
	char name[MEMBER_NAME_MAX + 1];    /* "2026-03", "31", "laptop", ...; "": the only one */
	uint64_t measure[MEASURE_COUNT];
};

struct figure_sum;

/* NULL: no memory. by 0: one group of everything. */
struct figure_sum *figure_sum_create(Trac__GroupBy by);
void figure_sum_destroy(struct figure_sum *s);
/* After the first failure it does nothing; figure_sum_finish() tells. */
void figure_sum_add(struct figure_sum *s, const struct contribution *cell);
/*
 * Computes what is no sum. Returns the groups, sorted by name, which s owns;
 * there is always one. NULL: FIGURE_GROUPS_MAX, FIGURE_POINTS_MAX or
 * the memory is exceeded, and f says how to ask for less. No more may be added.
 */
const struct figure_group *figure_sum_finish(struct figure_sum *s, unsigned *count,
					     struct fault *f);

#endif
