/* For tests of store/: a scratch folder, random numbers that repeat, events. */
#ifndef TRAC_TESTS_STORE_HELP_H
#define TRAC_TESTS_STORE_HELP_H

#include "store/db.h"

/* A new empty folder; remembered until scratch_remove(). */
const char *scratch_create(void);
void scratch_remove(const char *dir);

/* The same numbers in every run; below n. */
void dice_seed(uint64_t seed);
uint64_t dice(uint64_t n);

/* Each fails the test with the sentence of the fault. */
struct store *must_open(const char *dir, enum store_open mode);
struct txn *must_begin(struct store *s, bool write);
void must_commit(struct txn *t);

static inline struct span text_span(const char *text)
{
	return (struct span){ (const uint8_t *)text, __builtin_strlen(text) };
}

#endif
