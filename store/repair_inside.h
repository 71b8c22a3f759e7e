/* The parts of store_repair(). Used by them only. */
#ifndef TRAC_STORE_REPAIR_INSIDE_H
#define TRAC_STORE_REPAIR_INSIDE_H

#include "store/check_keys.h"
#include "store/repair.h"

struct repairing {
	struct repair *r;             /* borrowed */
	struct store *from, *to;
	struct check_keys *keys;      /* of the members as far as they can be read; may be NULL */
	struct txn *t;                /* reads from; begun anew when a row makes it fail */
	int aside_fd;                 /* the folder aside/; -1: nothing is kept there */
	struct fault *f;
};

void repair_tell(struct repairing *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Tables that are copied row by row; others are built anew. */
bool repair_copies(enum table table);
/* Rows of TABLE_META that stay: not what is derived. */
bool repair_keeps_meta(struct span key);

/* Makes a log under its number, which is the next one of the new store. */
int repair_log_make(struct repairing *p, uint32_t log);
/* Copies what is good of it, once all logs are made. */
int repair_log(struct repairing *p, uint32_t log);

/* Rows of truth of a file that LMDB cannot be trusted with, into a new store in that folder. */
int repair_salvage(const char *file, const char *folder, struct fault *f);

#endif
