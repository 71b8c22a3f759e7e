/*
 * For tests: the third-party test material that may not be shipped. It is
 * looked for in TRAC_THIRD_PARTY, or in ../shared/data/third-party from where
 * the test runs, the top of the sources.
 */
#ifndef TRAC_TESTS_UNIT_VECTORS_H
#define TRAC_TESTS_UNIT_VECTORS_H

#include "proto/wire/bytes.h"

/* The path of a file or folder there. NULL, and a line on standard output
 * that says so, when it is missing. */
const char *vector_path(const char *name);
/* The whole file, with an end mark behind it, to be freed; size may be NULL. */
char *vector_read(const char *name, size_t *size);

#endif
