/*
 * Files of a test: written, read, copied and dropped. What cannot fail in a
 * test ends it by assert.
 */
#ifndef TRAC_TESTS_UNIT_FILES_HELP_H
#define TRAC_TESTS_UNIT_FILES_HELP_H

#include "proto/wire/bytes.h"

/* Writes it anew, with the folders that it needs. */
void files_put(const char *path, struct span bytes);
/* All of it, in place of what was in b. */
void files_get(const char *path, struct buffer *b);
void files_copy(const char *from, const char *to);
/* The folder and all that is in it. */
void files_drop(const char *folder);

#endif
