/*
 * For tests: material that others wrote. What is ours to ship lies in
 * tests/vectors; the rest is looked for in TRAC_THIRD_PARTY, or in
 * ../shared/data/third-party from where the test runs, the top of the sources.
 */
#ifndef TRAC_TESTS_UNIT_VECTORS_H
#define TRAC_TESTS_UNIT_VECTORS_H

#include "proto/wire/bytes.h"

/* The path of a file or folder there. NULL, and a line that says so and that
 * tests/run.sh shows, when it is missing. */
const char *vector_path(const char *name);
/* The whole file, with an end mark behind it, to be freed; size may be NULL. */
char *vector_read(const char *name, size_t *size);

#endif
