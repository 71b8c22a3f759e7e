/* QR codes. The only file that knows libqrencode. */
#include "cli/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

int qr_make(struct qr *q, const char *text, struct fault *f)
{
	*q = (struct qr){ 0 };
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!code && errno == ERANGE)
		return fault_set(f, FAULT_INPUT, "\"%.40s...\" is too long for a QR code", text);
	if (!code)
		return fault_set(f, FAULT_INPUT, "no QR code of \"%.40s\": %s", text, strerror(errno));
	size_t count = (size_t)code->width * (size_t)code->width;
	q->dark = malloc(count);
	if (q->dark) {
		q->size = (unsigned)code->width;
		for (size_t i = 0; i < count; i++)
			q->dark[i] = code->data[i] & 1;
	}
	QRcode_free(code);
	return q->dark ? 0 : fault_set(f, FAULT_IO, "no memory for a QR code");
}

void qr_clear(struct qr *q)
{
	free(q->dark);
	*q = (struct qr){ 0 };
}

bool qr_is_dark(const struct qr *q, int x, int y)
{
	const int size = (int)q->size;
	return x >= 0 && y >= 0 && x < size && y < size && q->dark[y * size + x];
}

static void print_ascii(const struct qr *q, FILE *out)
{
	const int end = (int)q->size + QR_MARGIN;
	for (int y = -QR_MARGIN; y < end; y++) {
		for (int x = -QR_MARGIN; x < end; x++)
			fputs(qr_is_dark(q, x, y) ? "##" : "  ", out);
		fputc('\n', out);
	}
}

/* Upper half, lower half: two rows of modules on one line of text. */
static void print_blocks(const struct qr *q, bool colour, FILE *out)
{
	static const char *const block[] = { " ", "\u2580", "\u2584", "\u2588" };
	const int end = (int)q->size + QR_MARGIN;
	for (int y = -QR_MARGIN; y < end; y += 2) {
		fputs(colour ? "\033[38;5;16;48;5;231m" : "", out);
		for (int x = -QR_MARGIN; x < end; x++)
			fputs(block[qr_is_dark(q, x, y) | qr_is_dark(q, x, y + 1) << 1], out);
		fputs(colour ? "\033[0m\n" : "\n", out);
	}
}

void qr_print(const struct qr *q, enum qr_style style, FILE *out)
{
	if (style == QR_ASCII)
		print_ascii(q, out);
	else
		print_blocks(q, style == QR_COLOUR, out);
}

static void write_escaped(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<': write_format(out, "&lt;"); break;
		case '>': write_format(out, "&gt;"); break;
		case '&': write_format(out, "&amp;"); break;
		default: write_u8(out, (uint8_t)*text);
		}
	}
}

/* One path of rectangles, a run of dark modules each. */
static void write_modules(const struct qr *q, struct buffer *out)
{
	const int size = (int)q->size;
	for (int y = 0; y < size; y++) {
		for (int x = 0; x < size; x++) {
			int from = x;
			while (qr_is_dark(q, x, y))
				x++;
			if (x > from)
				write_format(out, "M%d %dh%dv1h-%dz", from + QR_MARGIN,
					     y + QR_MARGIN, x - from, x - from);
		}
	}
}

void qr_svg(const struct qr *q, unsigned side_mm, const char *caption, struct buffer *out)
{
	const unsigned side = q->size + 2 * QR_MARGIN, tall = side + QR_MARGIN;
	write_format(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%umm\" height=\"%umm\" "
		     "viewBox=\"0 0 %u %u\">\n<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/>\n"
		     "<path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"", side_mm,
		     side_mm * tall / side, side, tall, side, tall);
	write_modules(q, out);
	write_format(out, "\"/>\n<text x=\"%u\" y=\"%u\" font-family=\"monospace\" "
		     "font-size=\"3.4\" text-anchor=\"middle\">", side / 2, side + QR_MARGIN / 4);
	write_escaped(out, caption);
	write_format(out, "</text>\n</svg>\n");
}
