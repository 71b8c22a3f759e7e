/*
 * May one backup take the place of another? Only when it lacks nothing of it: each own log
 * of the old one is the beginning of the same log in the new one, and in all there are as
 * many own entries, and as many entries.
 */
#ifndef TRAC_STORE_BACKUP_JUDGE_H
#define TRAC_STORE_BACKUP_JUDGE_H

#include "proto/log/keys.h"
#include "store/db.h"

/* What a store holds. The own log, its epochs and what waits aside count together. */
struct backup_weight {
	bool known;                  /* the own log is there */
	uint32_t logs;
	uint64_t entries, own_entries;
};

/* own: its name is the origin of the own log. */
int backup_weigh(struct store *s, const struct verifier *own, struct backup_weight *out,
		 struct fault *f);

/* -1: FAULT_REFUSED, why; or a fault of reading. path: of the old one, for sentences. */
int backup_judge(struct store *old, struct store *new, const struct verifier *own,
		 const char *path, struct fault *f);

#endif
