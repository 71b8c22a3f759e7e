/*
 * A document in PDF, A4, by libharu: paragraphs, tables that continue on the next
 * page, a QR code, page numbers. Equal calls give equal bytes: nothing is dated but
 * by what is written.
 *
 * Text is UTF-8; the fonts have the characters of Western Europe (WinAnsi), others
 * become '?'. Sticky: after a failure calls do nothing, and pdf_finish() tells.
 */
#ifndef TRAC_CLI_PDF_H
#define TRAC_CLI_PDF_H

#include "cli/qr.h"
#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* 5,000 devices of twelve lines are 1,200 pages of some 3 kB. */
#define PDF_BYTES_MAX (32 * 1024 * 1024)
#define PDF_COLUMNS_MAX 8

struct pdf;

/* title: of the document's properties. NULL: no memory. */
struct pdf *pdf_create(const char *title);
void pdf_destroy(struct pdf *p);   /* NULL is harmless */

void pdf_title(struct pdf *p, const char *text);
/* Keeps at least a few lines of what follows on its page. */
void pdf_heading(struct pdf *p, const char *text);
void pdf_strong(struct pdf *p, const char *text);
/* A paragraph, wrapped. */
void pdf_text(struct pdf *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pdf_space(struct pdf *p);

/* title NULL ends the columns; width in millimetres, 170 in all. */
struct pdf_column {
	const char *title;
	unsigned width_mm;
};
/* The columns of the rows that follow; borrowed until pdf_table_end(). */
void pdf_table(struct pdf *p, const struct pdf_column *column);
/* A cell a column, wrapped. */
void pdf_row(struct pdf *p, const char *const *cell);
void pdf_table_end(struct pdf *p);

/* At the right margin, beside what is written next. */
void pdf_qr(struct pdf *p, const struct qr *q, unsigned side_mm);

/* Writes "foot PAGE / PAGES" under each page and appends the file to out. */
int pdf_finish(struct pdf *p, const char *foot, struct buffer *out, struct fault *f);

#endif
