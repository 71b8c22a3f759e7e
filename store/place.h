/*
 * The folder of a store and our claim on it: a local file system, one writer on
 * this machine, and no second opening by this process. Used by db.c only.
 */
#ifndef TRAC_STORE_PLACE_H
#define TRAC_STORE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "proto/wire/fault.h"

struct place {
	char path[PATH_MAX];
	int folder_fd;
	int lock_fd;             /* of writer.lock; -1 when only reading */
	bool write;
	bool file;               /* path is that of a file, on which there is no claim */
	dev_t device;
	ino_t inode;
	struct place *next;      /* all that this process has claimed */
};

/* p must not move until place_release(). */
int place_claim(struct place *p, const char *path, bool write, struct fault *f);
/* A file that nobody writes, on whatever file system. */
int place_file(struct place *p, const char *path, struct fault *f);
void place_release(struct place *p);
/* Makes files that were created in the folder durable. */
int place_sync(const struct place *p, struct fault *f);
/* Was this error of a write a full disk? */
bool place_is_full(const struct place *p, int error);

#endif
