/* Tables: a thin layer over libsmartcols, which breaks lines inside words: we break before. */
#include "cli/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define CELL_ROOM 2048
/* A column is not made narrower: words of six letters would be one a line. */
#define COLUMN_LEAST 14

void table_start(struct table *t)
{
	*t = (struct table){ .made = scols_new_table() };
	t->failed = !t->made;
}

static size_t text_width(const char *text)
{
	wchar_t wide[CELL_ROOM];
	size_t size = mbstowcs(wide, text, CELL_ROOM);
	int width = size < CELL_ROOM ? wcswidth(wide, size) : -1;
	return width >= 0 ? (size_t)width : strlen(text);
}

static void column_widen(struct table *t, unsigned i, const char *text)
{
	size_t width = text_width(text);
	if (i < TABLE_COLUMNS_MAX && width > t->width[i])
		t->width[i] = width;
}

void table_column(struct table *t, const char *title, int flags)
{
	struct libscols_column *c = NULL;
	if (!t->failed && t->columns < TABLE_COLUMNS_MAX)
		c = scols_table_new_column(t->made, title, 0,
					   flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0);
	if (!c) {
		t->failed = 1;
		return;
	}
	t->wraps[t->columns] = (flags & COLUMN_WRAP) != 0;
	column_widen(t, t->columns++, title);
}

void table_line(struct table *t)
{
	if (t->failed)
		return;
	t->line = scols_table_new_line(t->made, NULL);
	t->filled = 0;
	t->failed = !t->line;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	char text[CELL_ROOM];
	va_list args;
	if (t->failed)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	column_widen(t, t->filled, text);
	if (scols_line_set_data(t->line, t->filled++, text))
		t->failed = 1;
}

/* Spaces of a cell become line ends where the next word would not fit. */
static void break_lines(char *text, size_t width)
{
	size_t used = 0;
	char *space = NULL;
	for (char *word = text; *word; word = space + 1) {
		char *end = word + strcspn(word, " ");
		char was = *end;
		*end = '\0';
		size_t size = text_width(word);
		*end = was;
		if (space && used + 1 + size > width) {
			*space = '\n';
			used = size;
		} else {
			used += size + (space != NULL);
		}
		if (!was)
			return;
		space = end;
	}
}

static void break_column(struct table *t, unsigned i, size_t width)
{
	struct libscols_column *c = scols_table_get_column(t->made, i);
	scols_column_set_flags(c, scols_column_get_flags(c) | SCOLS_FL_WRAP);
	scols_column_set_safechars(c, "\n");
	scols_column_set_wrapfunc(c, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	for (size_t n = 0; n < scols_table_get_nlines(t->made); n++) {
		struct libscols_line *line = scols_table_get_line(t->made, n);
		struct libscols_cell *cell = scols_line_get_cell(line, i);
		const char *data = scols_cell_get_data(cell);
		char *text = data ? strdup(data) : NULL;
		if (!text)
			continue;
		break_lines(text, width);
		scols_cell_refer_data(cell, text);   /* its owner now */
	}
}

static size_t terminal_width(FILE *out)
{
	struct winsize size;
	int fd = fileno(out);
	if (fd < 0 || !isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

/* The widest column that may be broken gives way, cell by cell, until all fits. */
static void fit(struct table *t, size_t terminal)
{
	size_t width[TABLE_COLUMNS_MAX], sum = 0;
	for (unsigned i = 0; i < t->columns; i++) {
		width[i] = t->width[i];
		sum += width[i] + 1;
	}
	while (sum > terminal) {
		int widest = -1;
		for (unsigned i = 0; i < t->columns; i++) {
			if (t->wraps[i] && width[i] > COLUMN_LEAST
			    && (widest < 0 || width[i] > width[widest]))
				widest = (int)i;
		}
		if (widest < 0)
			break;
		width[widest]--;
		sum--;
	}
	for (unsigned i = 0; i < t->columns; i++) {
		if (width[i] < t->width[i])
			break_column(t, i, width[i]);
	}
}

int table_print(struct table *t, FILE *out, struct fault *f)
{
	size_t terminal = terminal_width(out);
	if (!t->failed && terminal)
		fit(t, terminal);
	if (!t->failed) {
		scols_table_set_stream(t->made, out);
		t->failed = scols_print_table(t->made) != 0;
	}
	if (t->made)
		scols_unref_table(t->made);
	t->made = NULL;
	return t->failed ? fault_set(f, FAULT_IO, "the table could not be printed: no memory")
		: 0;
}
