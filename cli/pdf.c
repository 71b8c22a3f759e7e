/* PDF. The only file that knows libharu. */
#include "cli/pdf.h"

#include <hpdf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MM (72.0f / 25.4f)
#define PAGE_WIDTH (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define MARGIN (20 * MM)
#define BOTTOM (22 * MM)
#define SIZE_TITLE 18
#define SIZE_HEADING 12
#define SIZE_TEXT 9
#define SIZE_TABLE 7.5f
#define LEADING 1.3f
/* One paragraph or cell. */
#define TEXT_ROOM 2048
#define LINES_MAX 64

struct pdf {
	HPDF_Doc doc;
	HPDF_Font plain, bold;
	HPDF_Page page;
	float y;                          /* of the next line's top */
	float narrow_until, narrow_by;    /* beside a picture at the right */
	const struct pdf_column *column;  /* borrowed; NULL: no table */
	bool failed;
};

/* Returns: every later call of libharu then refuses by itself. */
static void on_error(HPDF_STATUS code, HPDF_STATUS detail, void *ctx)
{
	struct pdf *p = ctx;
	(void)code;
	(void)detail;
	p->failed = true;
}

/* --- text --- */

/* Unicode of the bytes 0x80 to 0x9f of WinAnsi. */
static const uint16_t winansi[32] = {
	0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039,
	0x152, 0, 0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc,
	0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178,
};

/* The next character; advances *text. */
static unsigned next_character(const unsigned char **text)
{
	unsigned c = *(*text)++;
	unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
	if (more)
		c &= 0x3fu >> more;
	for (; more && **text >> 6 == 2; more--)
		c = c << 6 | (*(*text)++ & 0x3f);
	return c;
}

static char byte_of(unsigned c)
{
	if (c == 0x202f)                     /* between thousands, before units */
		return (char)0xa0;
	if (c == 0x2011)                     /* a hyphen that does not break */
		return '-';
	if ((c >= ' ' && c < 0x7f) || (c >= 0xa0 && c <= 0xff))
		return (char)c;
	for (unsigned i = 0; i < 32; i++) {
		if (winansi[i] && winansi[i] == c)
			return (char)(0x80 + i);
	}
	return '?';
}

static void encode(const char *text, char out[TEXT_ROOM])
{
	const unsigned char *at = (const unsigned char *)text;
	size_t used = 0;
	while (*at && used < TEXT_ROOM - 1)
		out[used++] = byte_of(next_character(&at));
	out[used] = '\0';
}

static float width_of(HPDF_Font font, float size, const char *bytes, size_t count)
{
	HPDF_TextWidth w = HPDF_Font_TextWidth(font, (const HPDF_BYTE *)bytes, (HPDF_UINT)count);
	return (float)w.width * size / 1000;
}

struct wrapped {
	char text[TEXT_ROOM];
	unsigned count;
	struct { unsigned from, size; } line[LINES_MAX];
};

/* How many bytes fit into the width: up to a space, or within a long word. */
static size_t fitting(HPDF_Font font, float size, const char *at, float width)
{
	size_t end = 0, good = 0;
	while (at[end]) {
		end++;
		if (width_of(font, size, at, end) > width)
			return good ? good : end > 1 ? end - 1 : 1;
		if (at[end] == ' ' || !at[end])
			good = end;
	}
	return end;
}

static void wrap(struct wrapped *w, HPDF_Font font, float size, const char *text, float width)
{
	unsigned at = 0;
	encode(text, w->text);
	w->count = 0;
	do {
		size_t n = fitting(font, size, w->text + at, width);
		w->line[w->count].from = at;
		w->line[w->count++].size = (unsigned)n;
		at += (unsigned)n;
		while (w->text[at] == ' ')
			at++;
	} while (w->text[at] && w->count < LINES_MAX);
}

/* --- pages --- */

static void page_add(struct pdf *p)
{
	p->page = HPDF_AddPage(p->doc);
	HPDF_Page_SetSize(p->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	p->y = PAGE_HEIGHT - MARGIN;
	p->narrow_until = PAGE_HEIGHT;
	p->narrow_by = 0;
}

static void need(struct pdf *p, float height)
{
	if (p->y - height < BOTTOM)
		page_add(p);
}

static void draw(struct pdf *p, HPDF_Font font, float size, float x, float y, const char *text)
{
	HPDF_Page_BeginText(p->page);
	HPDF_Page_SetFontAndSize(p->page, font, size);
	HPDF_Page_TextOut(p->page, x, y, text);
	HPDF_Page_EndText(p->page);
}

static void draw_line(struct pdf *p, const struct wrapped *w, unsigned i, HPDF_Font font,
		      float size, float x, float top)
{
	char line[TEXT_ROOM];
	memcpy(line, w->text + w->line[i].from, w->line[i].size);
	line[w->line[i].size] = '\0';
	draw(p, font, size, x, top - size, line);
}

static void paragraph(struct pdf *p, HPDF_Font font, float size, const char *text)
{
	struct wrapped w;
	if (p->failed)
		return;
	float width = PAGE_WIDTH - 2 * MARGIN - (p->y > p->narrow_until ? p->narrow_by : 0);
	wrap(&w, font, size, text, width);
	for (unsigned i = 0; i < w.count; i++) {
		need(p, size * LEADING);
		draw_line(p, &w, i, font, size, MARGIN, p->y);
		p->y -= size * LEADING;
	}
}

struct pdf *pdf_create(const char *title)
{
	char encoded[TEXT_ROOM];
	struct pdf *p = calloc(1, sizeof *p);
	if (!p)
		return NULL;
	p->doc = HPDF_New(on_error, p);
	if (!p->doc) {
		free(p);
		return NULL;
	}
	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	p->plain = HPDF_GetFont(p->doc, "Helvetica", "WinAnsiEncoding");
	p->bold = HPDF_GetFont(p->doc, "Helvetica-Bold", "WinAnsiEncoding");
	encode(title, encoded);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_TITLE, encoded);
	HPDF_SetInfoAttr(p->doc, HPDF_INFO_CREATOR, "trac");
	page_add(p);
	return p;
}

void pdf_destroy(struct pdf *p)
{
	if (!p)
		return;
	HPDF_Free(p->doc);
	free(p);
}

void pdf_title(struct pdf *p, const char *text)
{
	paragraph(p, p->bold, SIZE_TITLE, text);
	pdf_space(p);
}

void pdf_heading(struct pdf *p, const char *text)
{
	if (p->failed)
		return;
	if (p->y > p->narrow_until)
		p->y = p->narrow_until;          /* below the picture */
	pdf_space(p);
	need(p, 6 * SIZE_HEADING * LEADING);
	paragraph(p, p->bold, SIZE_HEADING, text);
}

void pdf_strong(struct pdf *p, const char *text)
{
	if (p->failed)
		return;
	need(p, 5 * SIZE_TEXT * LEADING);
	paragraph(p, p->bold, SIZE_TEXT, text);
}

void pdf_text(struct pdf *p, const char *fmt, ...)
{
	char text[TEXT_ROOM];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	paragraph(p, p->plain, SIZE_TEXT, text);
}

void pdf_space(struct pdf *p)
{
	p->y -= SIZE_TEXT * LEADING / 2;
}

/* --- tables --- */

static void row(struct pdf *p, HPDF_Font font, const char *const *cell)
{
	struct wrapped w[PDF_COLUMNS_MAX];
	unsigned tallest = 1, n = 0;
	for (; p->column[n].title && n < PDF_COLUMNS_MAX; n++) {
		float width = (float)p->column[n].width_mm * MM - 2;
		wrap(&w[n], font, SIZE_TABLE, cell[n], width);
		if (w[n].count > tallest)
			tallest = w[n].count;
	}
	need(p, (float)tallest * SIZE_TABLE * LEADING + 2);
	float x = MARGIN;
	for (unsigned c = 0; c < n; c++) {
		for (unsigned i = 0; i < w[c].count; i++)
			draw_line(p, &w[c], i, font, SIZE_TABLE, x,
				  p->y - (float)i * SIZE_TABLE * LEADING);
		x += (float)p->column[c].width_mm * MM;
	}
	p->y -= (float)tallest * SIZE_TABLE * LEADING + 2;
	HPDF_Page_SetLineWidth(p->page, 0.3f);
	HPDF_Page_MoveTo(p->page, MARGIN, p->y + 1);
	HPDF_Page_LineTo(p->page, x, p->y + 1);
	HPDF_Page_Stroke(p->page);
}

static void header(struct pdf *p)
{
	const char *cell[PDF_COLUMNS_MAX];
	for (unsigned i = 0; p->column[i].title && i < PDF_COLUMNS_MAX; i++)
		cell[i] = p->column[i].title;
	row(p, p->bold, cell);
}

void pdf_table(struct pdf *p, const struct pdf_column *column)
{
	p->column = column;
	if (p->failed)
		return;
	need(p, 4 * SIZE_TABLE * LEADING);
	header(p);
}

void pdf_row(struct pdf *p, const char *const *cell)
{
	if (p->failed)
		return;
	if (p->y - 3 * SIZE_TABLE * LEADING < BOTTOM) {
		page_add(p);
		header(p);
	}
	row(p, p->plain, cell);
}

void pdf_table_end(struct pdf *p)
{
	p->column = NULL;
	pdf_space(p);
}

void pdf_qr(struct pdf *p, const struct qr *q, unsigned side_mm)
{
	if (p->failed)
		return;
	const float side = (float)side_mm * MM, module = side / (float)(q->size + 2 * QR_MARGIN);
	need(p, side);
	const float top = p->y, left = PAGE_WIDTH - MARGIN - side + QR_MARGIN * module;
	for (int y = 0; y < (int)q->size; y++) {
		for (int x = 0; x < (int)q->size; x++) {
			int from = x;
			while (qr_is_dark(q, x, y))
				x++;
			if (x > from)
				HPDF_Page_Rectangle(p->page, left + (float)from * module,
						    top - (float)(y + QR_MARGIN + 1) * module,
						    (float)(x - from) * module, module);
		}
	}
	HPDF_Page_Fill(p->page);
	p->narrow_by = side;
	p->narrow_until = top - side;
}

/* --- the end --- */

static void number_pages(struct pdf *p, const char *foot)
{
	char text[TEXT_ROOM], encoded[TEXT_ROOM];
	HPDF_Page page;
	unsigned count = 0;
	HPDF_Page last = p->page;
	while ((page = HPDF_GetPageByIndex(p->doc, count)) != NULL) {
		count++;
		if (page == last)
			break;
	}
	for (unsigned i = 0; i < count && !p->failed; i++) {
		p->page = HPDF_GetPageByIndex(p->doc, i);
		snprintf(text, sizeof text, "%s %u / %u", foot, i + 1, count);
		encode(text, encoded);
		draw(p, p->plain, SIZE_TABLE, MARGIN, BOTTOM - 2 * SIZE_TEXT, encoded);
	}
}

int pdf_finish(struct pdf *p, const char *foot, struct buffer *out, struct fault *f)
{
	number_pages(p, foot);
	if (!p->failed)
		HPDF_SaveToStream(p->doc);
	uint32_t size = p->failed ? 0 : HPDF_GetStreamSize(p->doc);
	uint8_t *bytes = malloc(size + 1);
	HPDF_UINT32 got = size;
	if (bytes && !p->failed)
		HPDF_ReadFromStream(p->doc, bytes, &got);
	if (!bytes || p->failed || got != size || size == 0) {
		free(bytes);
		return fault_set(f, FAULT_IO, "the PDF could not be made: is memory short?");
	}
	write_bytes(out, bytes, size);
	free(bytes);
	return out->failed ? fault_set(f, FAULT_LIMIT, "the PDF is larger than %zu bytes: make one "
				       "for a part of the devices", out->max) : 0;
}
