/*
 * Recomputes everything from the entries: leaf hashes, tree rows, sizes,
 * frontiers, roots of the heads, index, names, counters and watches; names the first bad entry of
 * each log. Works beside a running daemon (read-only).
 */
#ifndef TRAC_STORE_CHECK_H
#define TRAC_STORE_CHECK_H

#include "store/db.h"

struct check_report {
	uint64_t logs, entries, hashes, heads, keys;   /* examined */
	uint64_t bad;                                  /* differences found */
	void (*tell)(void *ctx, const char *sentence); /* one difference, for people */
	void (*progress)(void *ctx, uint64_t entries); /* may be NULL */
	/* Is the note of a head of that origin signed? 0 also when there is no telling.
	 * NULL: signatures are not looked at; check_keys.h has one. */
	int (*is_signed)(void *ctx, const char *origin, struct span note, struct fault *f);
	void *ctx;
};

/* 0: examined to the end (bad says how many differences); -1: could not go on. */
int store_check(struct store *s, struct check_report *r, struct fault *f);
/* Drop what is derived, in that transaction; who opens index and figures catches up. */
void store_drop_derived(struct txn *t);
void store_drop_figures(struct txn *t);   /* devices, counters and watches only */
/* Drops and rebuilds what is derived. The daemon must not run. */
int store_rebuild(struct store *s, struct fault *f);

#endif
