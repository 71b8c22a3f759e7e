/* Tables: a thin layer over libsmartcols. */
#include "cli/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>

void table_start(struct table *t)
{
	*t = (struct table){ .made = scols_new_table() };
	t->failed = !t->made;
}

void table_column(struct table *t, const char *title, int flags)
{
	int scols = (flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0)
		| (flags & COLUMN_WRAP ? SCOLS_FL_WRAP : 0);
	if (!t->failed && !scols_table_new_column(t->made, title, 0, scols))
		t->failed = 1;
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
	char text[2048];
	va_list args;
	if (t->failed)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (scols_line_set_data(t->line, t->filled++, text))
		t->failed = 1;
}

int table_print(struct table *t, FILE *out, struct fault *f)
{
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
