/*
 * The pages of data.mdb, read with our own eyes. LMDB trusts what its pages say of each
 * other and has no checksums: one flipped bit makes it read outside of the file. Here each
 * page is looked at before it is believed, so that a check never crashes, and rows can be
 * saved that LMDB does not reach any more.
 *
 * Layout: LMDB 0.9 on a 64-bit little-endian machine, tables without duplicates.
 * Used inside store/ only.
 */
#ifndef TRAC_STORE_CHECK_PAGE_H
#define TRAC_STORE_CHECK_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"


struct pages;

/*
 * Maps the file for reading. txnid: the state to look at, as a transaction of LMDB names
 * it; PAGES_NEWEST: the newest. NULL when the first pages are no database, do not agree
 * with each other, or name another state; with PAGES_ANY a state is taken that can be read.
 */
#define PAGES_NEWEST UINT64_MAX
#define PAGES_ANY (UINT64_MAX - 1)
struct pages *pages_open(const char *file, uint64_t txnid, struct fault *f);
void pages_close(struct pages *p);           /* NULL is harmless */

struct pages_sum {
	uint64_t bad;
	uint64_t used, free, lost;           /* lost: neither; harmless, and of no use */
	uint64_t rows;
	char first[FAULT_TEXT_MAX];          /* the first difference, "" when none */
};
/* Every page, row and list of free pages. -1: no memory. */
int pages_check(struct pages *p, struct pages_sum *out, struct fault *f);

/* Told of a row; both spans are borrowed until pages_close(). false: stop. */
typedef bool page_row(void *ctx, struct span key, struct span value);
/* The rows of a table on the pages that can be reached; what is damaged is passed over,
 * so that they may be out of order. *whole: as many as there should be. -1: no memory, or
 * stopped. */
int pages_rows(struct pages *p, const char *table, page_row *row, void *ctx, bool *whole,
	       struct fault *f);
/* After pages_rows() of all tables of interest: rows on pages that none led to, of no
 * matter which table, and maybe out of date. */
int pages_orphans(struct pages *p, page_row *row, void *ctx, struct fault *f);

#endif
