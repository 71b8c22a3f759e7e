/*
 * Folders and files in them, by descriptor. A folder of the home that only the daemon's
 * user can read holds attachments, petitions and private keys: outside the store on
 * purpose, since what is deleted here must not live on in pages of a database or in its
 * backups.
 */
#ifndef TRAC_STORE_FOLDER_H
#define TRAC_STORE_FOLDER_H

#include <stddef.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* HOME/NAME, made with mode 0700 when it is not there, refused when others can read
 * it. Returns its descriptor, closed by the caller, or -1. */
int folder_open(const char *home, const char *name, struct fault *f);
/* What was made or removed in it is durable; the second: in the one of that path. */
int folder_sync(int folder, const char *name, struct fault *f);
int folder_sync_path(const char *path, struct fault *f);

/* A file of the folder: all of the bytes, or -1 with errno. */
int folder_write(int fd, struct span bytes, size_t offset);
/* Fills at most room bytes from offset; how many, or -1 with errno. */
long folder_read(int fd, void *to, size_t room, size_t offset);

/* A whole file of the folder, mode 0600: after a crash the one before or this one is there,
 * after return this one. -1 with errno. Written as .new first: by one at a time. */
int folder_put(int folder, const char *name, struct span bytes);

/* Calls each with the name of every file, until it returns other than 0, which is
 * returned. -1 with errno when the folder cannot be read. */
int folder_each(int folder, int (*each)(void *ctx, const char *name), void *ctx);

/* fault_set() with what errno means: a full disk, or another failure. */
int folder_fault(struct fault *f, const char *folder, const char *what);

#endif
