/*
 * Derived: the counters of the indicators, kept by folding again each device
 * that an event touches and applying the difference of its contributions.
 * Exact, and the same for any order of arrival.
 */
#ifndef TRAC_STORE_FIGURES_H
#define TRAC_STORE_FIGURES_H

#include "proto/life/figure_sum.h"
#include "store/index.h"

struct figures;

/* Where the member log closed a log. */
struct log_end {
	uint64_t size;
	struct hash root;
};

/*
 * What the registry answers. author: is entry index of the log of that origin to be counted,
 * and of which member is it (name: MEMBER_NAME_MAX + 1 bytes)? closed: was that log closed,
 * and where? NULL: none ever was.
 */
struct figures_rules {
	bool (*author)(void *ctx, const char *origin, uint64_t index, char *name);
	void *ctx;
	bool (*closed)(void *ctx, const char *origin, struct log_end *end);
};

struct figures *figures_create(struct store *s, struct index *x, struct figures_rules rules);
void figures_destroy(struct figures *g);

/* Folds at most max more entries, fewer when they touch long lives. Returns how many
 * are left, -1 on a fault; FAULT_UNPROVED: what is to be counted is damaged in the store. */
int64_t figures_catch_up(struct figures *g, unsigned max, struct fault *f);
/* Forgets all counters: they are computed anew (after a revocation). */
int figures_drop(struct figures *g, struct fault *f);
/* There is other evidence, or the registry says more: what counts of forked logs (contest.h)
 * is read again by catching up, which begins anew when it is not what it was. */
void figures_contest_changed(struct figures *g);

/* Which cells; bounds are included, 0 and "" mean all. */
struct figures_query {
	uint16_t from_month, to_month;
	char department[4];
	char structure[MEMBER_NAME_MAX + 1];
};
/* Adds the cells that are asked for to sum. */
int figures_sum(struct txn *t, const struct figures_query *q, struct figure_sum *sum);

#endif
