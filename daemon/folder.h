/*
 * A folder of the home that only this daemon's user can read, and files in it:
 * attachments and private keys. Outside the store on purpose: what is deleted
 * here must not live on in pages of a database or in its backups.
 */
#ifndef TRAC_DAEMON_FOLDER_H
#define TRAC_DAEMON_FOLDER_H

#include <stddef.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* HOME/NAME, made with mode 0700 when it is not there, refused when others can read
 * it. Returns its descriptor, closed by the caller, or -1. */
int folder_open(const char *home, const char *name, struct fault *f);
/* What was made or removed in it is durable. */
int folder_sync(int folder, const char *name, struct fault *f);

/* A file of the folder: all of the bytes, or -1 with errno. */
int folder_write(int fd, struct span bytes, size_t offset);
/* Fills at most room bytes from offset; how many, or -1 with errno. */
long folder_read(int fd, void *to, size_t room, size_t offset);

/* Calls each with the name of every file, until it returns other than 0, which is
 * returned. -1 with errno when the folder cannot be read. */
int folder_each(int folder, int (*each)(void *ctx, const char *name), void *ctx);

/* fault_set() with what errno means: a full disk, or another failure. */
int folder_fault(struct fault *f, const char *folder, const char *what);

#endif
