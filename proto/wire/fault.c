/* Refusals: one table of codes, and sentences that are always fit to print. */
#include "proto/wire/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "proto/wire/bytes.h"

struct fault_row {
	const char *name;
	int exit;
	const char *meaning;
};

static const struct fault_row row[FAULT_COUNT] = {
#define X(name, exit, text) [FAULT_##name] = { #name, exit, text },
	FAULT_CODES(X)
#undef X
};

static const struct fault_row *row_of(enum fault_code code)
{
	return (unsigned)code < FAULT_COUNT ? &row[code] : &row[FAULT_BUG];
}

/* Where to cut text of size bytes so that no UTF-8 character is halved. */
static size_t cut_before(const char *text, size_t size)
{
	while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	return size;
}

/*
 * Sentences quote foreign bytes and travel as protobuf strings, which both
 * sides refuse when they are not clean: so they are made clean here.
 */
static void fault_store(struct fault *f, enum fault_code code, const char *text)
{
	size_t size = strlen(text);
	if (size > FAULT_TEXT_MAX - 1)
		size = cut_before(text, FAULT_TEXT_MAX - 1);
	bool clean = text_is_clean(text, size);
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		f->text[i] = clean || (c >= 0x20 && c < 0x7f) ? c : '?';
	}
	f->text[size] = '\0';
	f->code = code;
}

int fault_set(struct fault *f, enum fault_code code, const char *fmt, ...)
{
	assert(f && fmt);
	assert(code > FAULT_NONE && code < FAULT_COUNT);

	/* not straight into f->text: an argument may point there; and 4 bytes
	 * more than kept, so that the cut sees what it cuts */
	char text[FAULT_TEXT_MAX + 4];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	fault_store(f, code, text);
	return -1;
}

int fault_prefix(struct fault *f, const char *fmt, ...)
{
	assert(f && fmt);

	char text[2 * FAULT_TEXT_MAX];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, FAULT_TEXT_MAX, fmt, args);
	va_end(args);
	size_t used = strlen(text);
	snprintf(text + used, sizeof text - used, ": %s", f->text);
	fault_store(f, f->code, text);
	return -1;
}

int fault_copy(struct fault *f, unsigned code, const char *text)
{
	assert(f && text);

	bool known = code > FAULT_NONE && code < FAULT_COUNT;
	char copy[FAULT_TEXT_MAX + 4];
	snprintf(copy, sizeof copy, "%s", text);
	fault_store(f, known ? (enum fault_code)code : FAULT_BUG, copy);
	return -1;
}

const char *fault_name(enum fault_code code)
{
	return row_of(code)->name;
}

const char *fault_meaning(enum fault_code code)
{
	return row_of(code)->meaning;
}

int fault_exit(enum fault_code code)
{
	return row_of(code)->exit;
}
