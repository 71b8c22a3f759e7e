/* Lines of a text in memory, one after the other, without copying the text. */
#ifndef TRAC_BENCH_ROWS_H
#define TRAC_BENCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/wire/bytes.h"

/* A longer line is cut: no tool writes one, and what is behind is not read. */
#define ROW_MAX 1024

struct rows {
	const char *at;
	size_t left;
	unsigned number;          /* of the row read last */
	char row[ROW_MAX + 1];    /* without its end; bytes that are no text become '?' */
	size_t size;
};

void rows_init(struct rows *r, struct span text);
bool rows_next(struct rows *r);

/* What follows `start` when row begins with it; else NULL. */
const char *after(const char *row, const char *start);
/* The value of "KEY : value" or "KEY = value" with that key; else NULL. */
const char *value_of(const char *row, const char *key, char mark);
/* Does the word stand in text, not inside a longer one? */
bool has_word(const char *text, const char *word);

#endif
