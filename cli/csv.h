/*
 * A strict reader of CSV (RFC 4180): UTF-8, with or without a byte order mark,
 * lines ended by LF or CRLF, quotes doubled inside quotes. The separator is the
 * ',' or ';' of the header row. Refusals name the line; rows before it were good.
 */
#ifndef TRAC_CLI_CSV_H
#define TRAC_CLI_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

#define CSV_COLUMNS_MAX 128
/* An event is at most 65,535 bytes, and so is the row it comes from. */
#define CSV_ROW_MAX 65535

struct csv {
	FILE *in;                            /* borrowed */
	char separator;
	unsigned line;                       /* of the character read last */
	unsigned row_line;                   /* where the row read last begins */
	uint64_t bytes;                      /* read so far */
	unsigned columns;                    /* of the header */
	char *header_text;                   /* owned */
	const char *header[CSV_COLUMNS_MAX];
	struct buffer text;                  /* cells of the row, each with its end mark */
	unsigned cells;
	const char *cell[CSV_COLUMNS_MAX];   /* valid until the next row */
};

/* Reads the header row: names without space around, none empty, none twice. */
int csv_open(struct csv *c, FILE *in, struct fault *f);
void csv_close(struct csv *c);
/* 1: the next row is in cell[], as many cells as the header has. 0: the end. Empty lines
 * are skipped. -1: broken; later calls are not allowed. */
int csv_next(struct csv *c, struct fault *f);

#endif
