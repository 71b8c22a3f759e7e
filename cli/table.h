/*
 * A table for people, drawn by libsmartcols so that it fits the terminal.
 * Sticky: after a failure calls do nothing, and table_print() tells.
 */
#ifndef TRAC_CLI_TABLE_H
#define TRAC_CLI_TABLE_H

#include <stdio.h>

#include "proto/wire/fault.h"

enum column_flags { COLUMN_LEFT = 0, COLUMN_RIGHT = 1, COLUMN_WRAP = 2 };

#define TABLE_COLUMNS_MAX 12

struct table {
	struct libscols_table *made;
	unsigned columns;
	int wraps[TABLE_COLUMNS_MAX];
	size_t width[TABLE_COLUMNS_MAX];   /* of the widest cell */
	struct libscols_line *line;
	unsigned filled;             /* cells of the line */
	int failed;
};

void table_start(struct table *t);
void table_column(struct table *t, const char *title, int flags);
void table_line(struct table *t);
/* The next cell of the line. Foreign text has passed safe(). */
void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prints and frees it, also after a failure. */
int table_print(struct table *t, FILE *out, struct fault *f);

#endif
