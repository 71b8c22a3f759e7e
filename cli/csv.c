/* Reading CSV: one character at a time, one state, one row in memory. */
#include "cli/csv.h"

#include <stdlib.h>
#include <string.h>

enum state {
	AT_START,       /* of a cell */
	PLAIN,
	QUOTED,
	AFTER_QUOTE,    /* a quote in a quoted cell: its end, or half of a doubled one */
};

static int refuse(const struct csv *c, struct fault *f, const char *why)
{
	return fault_set(f, FAULT_INPUT, "line %u, column %u: %s", c->line, c->cells + 1, why);
}

static int next_character(struct csv *c)
{
	int got = getc(c->in);
	if (got != EOF)
		c->bytes++;
	return got;
}

static int end_cell(struct csv *c, struct fault *f)
{
	if (c->cells == CSV_COLUMNS_MAX)
		return refuse(c, f, "more columns than the 128 accepted");
	write_u8(&c->text, 0);
	if (c->text.failed)
		return refuse(c, f, "the row is longer than the 65,535 bytes accepted: is a "
			      "closing quote missing?");
	c->cells++;
	return 0;
}

/* Sets cell[] once the text no longer moves, and checks each. */
static int point_cells(struct csv *c, struct fault *f)
{
	const char *at = (const char *)c->text.data;
	const char *end = at + c->text.used;
	unsigned cells = c->cells;
	for (c->cells = 0; c->cells < cells; c->cells++) {
		size_t size = strlen(at);
		c->cell[c->cells] = at;
		if (at + size >= end || !text_is_clean(at, size))
			return refuse(c, f, "not UTF-8, or a control character: save the file as "
				      "\"CSV UTF-8\", without line breaks in cells");
		at += size + 1;
	}
	return at == end ? 0 : refuse(c, f, "a NUL character");
}

static bool is_separator(const struct csv *c, int got)
{
	/* the header's first separator decides, until then both are */
	return c->separator ? got == c->separator : got == ',' || got == ';';
}

/* One character inside or after quotes. */
static int take_quoted(struct csv *c, enum state *state, int got, struct fault *f)
{
	if (*state == AFTER_QUOTE && got != '"')
		return refuse(c, f, "text after a closing quote: quotes inside a cell are "
			      "written twice");
	if (*state == QUOTED && got == '"') {
		*state = AFTER_QUOTE;
		return 0;
	}
	*state = QUOTED;
	write_u8(&c->text, (uint8_t)got);
	return 0;
}

/* A CR must be followed by LF. Returns LF, or -1. */
static int take_return(struct csv *c, struct fault *f)
{
	if (next_character(c) == '\n')
		return '\n';
	return refuse(c, f, "a carriage return without line feed: save the file with LF or CRLF");
}

/* Reads to the end of the row. 1: a row; 0: the file ended before it; -1: broken. */
static int read_row(struct csv *c, struct fault *f)
{
	enum state state = AT_START;
	bool any = false;
	c->row_line = ++c->line;
	c->cells = 0;
	buffer_reset(&c->text);
	for (;;) {
		int got = next_character(c);
		if (got == EOF && ferror(c->in))
			return fault_set(f, FAULT_IO, "line %u: cannot be read", c->line);
		if (got == EOF && !any)
			return 0;
		if (got == EOF && state == QUOTED)
			return refuse(c, f, "the file ends inside quotes");
		if (got == '\r' && state != QUOTED && (got = take_return(c, f)) < 0)
			return -1;
		if (got == EOF || (got == '\n' && state != QUOTED))
			return end_cell(c, f) < 0 ? -1 : 1;
		any = true;
		c->line += got == '\n';
		if (is_separator(c, got) && state != QUOTED) {
			c->separator = (char)got;
			state = AT_START;
			if (end_cell(c, f) < 0)
				return -1;
		} else if (got == '"' && state == AT_START) {
			state = QUOTED;
		} else if (state == QUOTED || state == AFTER_QUOTE) {
			if (take_quoted(c, &state, got, f) < 0)
				return -1;
		} else if (got == '"') {
			return refuse(c, f, "a quote inside a cell that does not begin with one");
		} else {
			state = PLAIN;
			write_u8(&c->text, (uint8_t)got);
		}
		if (c->text.failed)
			return end_cell(c, f);
	}
}

static bool row_is_empty(const struct csv *c)
{
	return c->cells == 1 && c->text.used == 1;
}

static int skip_mark(struct csv *c, struct fault *f)
{
	static const int mark[] = { 0xef, 0xbb, 0xbf };
	int got = next_character(c);
	if (got == 0xfe || got == 0xff)
		return fault_set(f, FAULT_INPUT, "line 1: UTF-16, not UTF-8: save the file as "
				 "\"CSV UTF-8\"");
	if (got != mark[0]) {
		if (got != EOF)
			ungetc(got, c->in);
		c->bytes = 0;
		return 0;
	}
	if (next_character(c) == mark[1] && next_character(c) == mark[2])
		return 0;
	return fault_set(f, FAULT_INPUT, "line 1: not UTF-8: save the file as \"CSV UTF-8\"");
}

/* Without the spaces around it; in place. */
static char *trim(char *text)
{
	text += strspn(text, " ");
	size_t size = strlen(text);
	while (size && text[size - 1] == ' ')
		text[--size] = '\0';
	return text;
}

static int take_header(struct csv *c, struct fault *f)
{
	c->header_text = malloc(c->text.used);
	if (!c->header_text)
		return fault_set(f, FAULT_IO, "no memory");
	memcpy(c->header_text, c->text.data, c->text.used);
	c->columns = c->cells;
	char *at = c->header_text;
	for (unsigned i = 0; i < c->columns; i++) {
		char *next = at + strlen(at) + 1;
		c->header[i] = trim(at);
		at = next;
		c->cells = i;
		if (!*c->header[i])
			return refuse(c, f, "the header row has a column without a name");
		for (unsigned k = 0; k < i; k++) {
			if (!strcmp(c->header[k], c->header[i]))
				return refuse(c, f, "the header row has two columns of one name");
		}
	}
	return 0;
}

int csv_open(struct csv *c, FILE *in, struct fault *f)
{
	*c = (struct csv){ .in = in };
	buffer_init(&c->text, CSV_ROW_MAX);
	if (skip_mark(c, f) < 0)
		return -1;
	int rc = read_row(c, f);
	if (rc < 0)
		return -1;
	if (rc == 0 || row_is_empty(c))
		return fault_set(f, FAULT_INPUT, "line 1: there is no header row with the names of "
				 "the fields");
	if (!c->separator)
		c->separator = ',';
	return point_cells(c, f) < 0 ? -1 : take_header(c, f);
}

void csv_close(struct csv *c)
{
	free(c->header_text);
	c->header_text = NULL;
	buffer_clear(&c->text);
}

int csv_next(struct csv *c, struct fault *f)
{
	int rc;
	do {
		rc = read_row(c, f);
		if (rc <= 0)
			return rc;
	} while (row_is_empty(c));
	if (c->cells != c->columns) {
		return fault_set(f, FAULT_INPUT, "line %u: has %u cells, the header has %u columns "
				 "(separator '%c')", c->row_line, c->cells, c->columns,
				 c->separator);
	}
	return point_cells(c, f) < 0 ? -1 : 1;
}
