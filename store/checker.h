/* The parts of store_check(). Used inside store/ only. */
#ifndef TRAC_STORE_CHECKER_H
#define TRAC_STORE_CHECKER_H

#include "store/check.h"
#include "store/index.h"

/* A sum over keys that is equal, whatever their order, when they are. */
struct key_sum {
	uint64_t count, a, b;
};

struct checker {
	struct store *store;          /* borrowed */
	struct check_report *report;  /* borrowed */
	uint32_t logs;
	uint64_t *indexed;            /* owned; by log: entries whose keys are written */
	struct key_sum expected;      /* of the keys of those entries */
	uint64_t arrivals;            /* rows of entries when the check began */
	uint8_t *claimed;             /* owned; a bit for each: an entry lies there */
	struct key_set *set;          /* owned; scratch */
	uint64_t names_missing;
};

/* Counts and tells one difference. */
void check_bad(struct checker *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Entries, tree, frontier and heads of a log. -1: could not go on. */
int check_log(struct checker *c, uint32_t log, struct fault *f);

/* Index. */
struct key_set *key_set_create(const struct store *s);   /* NULL: no memory */
void key_set_destroy(struct key_set *k);
/* Adds the keys of an entry to what is expected. */
void check_expect(struct checker *c, struct txn *t, struct position at, struct span entry);
/* Compares all rows of the index with what is expected. */
int check_index(struct checker *c, struct fault *f);

/* Names: each key that an indexed entry tells has its row; each row is of a key. */
void check_name(struct checker *c, struct txn *t, struct position at, enum event_key type,
		const void *key, size_t size);
int check_names(struct checker *c, struct fault *f);

/* What the store says of itself. */
int check_self(struct checker *c, struct fault *f);

/*
 * A row of truth that stands for itself: -1: it is not what was written, or not what it is
 * filed as; f says why in a sentence without an end. t may have failed then.
 */
typedef int check_row(const struct check_report *r, struct txn *t, struct span key,
		      struct span value, struct fault *f);
/* What was cosigned last: filed under its origin, and what its note says. */
check_row check_cosigned_row;
/* Evidence of a fork. */
check_row check_evidence_row;
/* Each row of the table. */
int check_each(struct checker *c, enum table table, check_row *row, struct fault *f);

/* The counters are the sums of what the devices count. */
int check_counters(struct checker *c, struct fault *f);

/* Watches of devices, their list and their number agree. */
int check_watches(struct checker *c, struct fault *f);

#endif
