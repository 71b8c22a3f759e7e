/*
 * Backups: the store as one file, without keys and fence, copied beside a running daemon
 * and verified before it takes its place. The id of the store stays: the fence of the node,
 * or its absence, says that what was restored is an old copy, and the peers say the rest.
 */
#ifndef TRAC_STORE_BACKUP_H
#define TRAC_STORE_BACKUP_H

#include "proto/log/keys.h"
#include "store/db.h"

struct backup {
	const struct verifier *authority;
	const struct verifier *own;          /* named by the own log */
	void (*progress)(void *ctx, uint64_t entries);   /* of the check; may be NULL */
	void *ctx;
	bool has_next;                       /* of restore: the next key of the node is there too */

	/* out */
	uint64_t logs, entries, own_entries, bytes;
	bool key_is_new;                     /* of restore: the file does not know the own key */
};

/*
 * Copies the store of a folder to a file, which is replaced at once, and only by one that
 * lacks nothing of it (backup_judge.h): FAULT_REFUSED. A file that is there and cannot be
 * read, has no own log, or is in the folder of a store, is not replaced either. One at a
 * time writes "<file>.new", then renames it: FAULT_UNAVAILABLE for another.
 */
int store_backup(struct backup *b, const char *store, const char *file, struct fault *f);

/*
 * The reverse: copies the file into an existing folder, which must hold no store, checks
 * the copy, and gives it its name. The own key must be the one that signs the own log, or one
 * that nobody has in it: of a change after the backup. FAULT_REFUSED.
 */
int store_restore(struct backup *b, const char *file, const char *store, struct fault *f);

#endif
