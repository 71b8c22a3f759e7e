/* QR codes, by libqrencode: as modules, as a picture in SVG, on a terminal. */
#ifndef TRAC_CLI_QR_H
#define TRAC_CLI_QR_H

#include <stdbool.h>
#include <stdio.h>

#include "proto/wire/bytes.h"
#include "proto/wire/fault.h"

/* White modules around the code, without which scanners miss it (ISO 18004: 4). */
#define QR_MARGIN 4

struct qr {
	unsigned size;        /* modules a side */
	uint8_t *dark;        /* owned; size * size, 1: dark */
};

/* Error correction M. FAULT_INPUT when the text is too long for a code. */
int qr_make(struct qr *q, const char *text, struct fault *f);
void qr_clear(struct qr *q);
/* Also outside of the code, where all is light. */
bool qr_is_dark(const struct qr *q, int x, int y);

enum qr_style {
	QR_ASCII,             /* ## for a dark module: for terminals without UTF-8 */
	QR_BLOCKS,            /* half blocks, two rows a line: for dark on light */
	QR_COLOUR,            /* the same in black on white, whatever the terminal's colours */
};
void qr_print(const struct qr *q, enum qr_style style, FILE *out);

/* An SVG of so many millimetres a side, with the caption in clear below it, appended to
 * out. */
void qr_svg(const struct qr *q, unsigned side_mm, const char *caption, struct buffer *out);

#endif
