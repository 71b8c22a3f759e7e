/* Readers and buffers: every length is tested here and nowhere else. */
#include "proto/wire/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_FIRST 256

void put_u32(uint8_t *to, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		to[i] = (uint8_t)v;
}

void put_u64(uint8_t *to, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		to[i] = (uint8_t)v;
}

uint32_t get_u32(const uint8_t *from)
{
	uint32_t v = 0;
	for (int i = 0; i < 4; i++)
		v = v << 8 | from[i];
	return v;
}

uint64_t get_u64(const uint8_t *from)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | from[i];
	return v;
}

/* --- reader --- */

bool span_take_line(struct span *s, struct span *line)
{
	const uint8_t *newline = s->size ? memchr(s->data, '\n', s->size) : NULL;

	if (!newline)
		return false;
	*line = (struct span){ s->data, (size_t)(newline - s->data) };
	s->data = newline + 1;
	s->size -= line->size + 1;
	return true;
}

bool span_take_word(struct span *s, const char *word)
{
	size_t size = strlen(word);

	if (s->size < size || memcmp(s->data, word, size) != 0)
		return false;
	s->data += size;
	s->size -= size;
	return true;
}

void reader_init(struct reader *r, const void *data, size_t size)
{
	static const uint8_t nothing;
	assert(data || size == 0);
	/* NULL means failure in what we return, so an empty input is not NULL */
	*r = (struct reader){ .data = data ? data : &nothing, .left = size };
}

const uint8_t *read_bytes(struct reader *r, size_t size)
{
	if (r->failed || size > r->left) {
		r->failed = true;
		return NULL;
	}
	const uint8_t *at = r->data;
	r->data += size;
	r->left -= size;
	return at;
}

uint8_t read_u8(struct reader *r)
{
	const uint8_t *at = read_bytes(r, 1);
	return at ? at[0] : 0;
}

uint16_t read_u16(struct reader *r)
{
	const uint8_t *at = read_bytes(r, 2);
	return at ? (uint16_t)((unsigned)at[0] << 8 | at[1]) : 0;
}

uint32_t read_u32(struct reader *r)
{
	const uint8_t *at = read_bytes(r, 4);
	return at ? get_u32(at) : 0;
}

uint64_t read_u64(struct reader *r)
{
	const uint8_t *at = read_bytes(r, 8);
	return at ? get_u64(at) : 0;
}

struct span read_span(struct reader *r, size_t max)
{
	uint32_t size = read_u32(r);
	if (size > max)
		r->failed = true;
	const uint8_t *at = read_bytes(r, size);
	return (struct span){ at, at ? size : 0 };
}

void read_text(struct reader *r, char *to, size_t room)
{
	assert(to && room > 0);
	struct span s = read_span(r, room - 1);
	if (s.data && memchr(s.data, '\0', s.size)) {
		r->failed = true;
		s.size = 0;
	}
	if (s.data)
		memcpy(to, s.data, s.size);
	to[s.size] = '\0';
}

bool reader_done(const struct reader *r)
{
	return !r->failed && r->left == 0;
}

/* --- buffer --- */

void buffer_init(struct buffer *b, size_t max)
{
	*b = (struct buffer){ .max = max };
}

void buffer_clear(struct buffer *b)
{
	free(b->data);
	buffer_init(b, b->max);
}

void buffer_reset(struct buffer *b)
{
	b->used = 0;
	b->failed = false;
}

/* Makes room for size more bytes. NULL when it cannot be had. */
static uint8_t *buffer_grow(struct buffer *b, size_t size)
{
	assert(b->used <= b->room && b->room <= b->max);
	if (b->failed || size > b->max - b->used) {
		b->failed = true;
		return NULL;
	}
	size_t need = b->used + size;
	if (need > b->room || !b->data) {
		size_t room = b->room > b->max / 2 ? b->max : 2 * b->room;
		if (room < BUFFER_FIRST)
			room = BUFFER_FIRST < b->max ? BUFFER_FIRST : b->max;
		if (room < need)
			room = need;
		uint8_t *data = realloc(b->data, room ? room : 1);
		if (!data) {
			b->failed = true;
			return NULL;
		}
		b->data = data;
		b->room = room;
	}
	uint8_t *at = b->data + b->used;
	b->used = need;
	return at;
}

void write_bytes(struct buffer *b, const void *data, size_t size)
{
	assert(data || size == 0);
	if (size == 0)
		return;
	uint8_t *at = buffer_grow(b, size);
	if (at)
		memcpy(at, data, size);
}

void write_u8(struct buffer *b, uint8_t v)
{
	write_bytes(b, &v, 1);
}

void write_u16(struct buffer *b, uint16_t v)
{
	uint8_t at[2] = { (uint8_t)(v >> 8), (uint8_t)v };
	write_bytes(b, at, sizeof at);
}

void write_u32(struct buffer *b, uint32_t v)
{
	uint8_t at[4];
	put_u32(at, v);
	write_bytes(b, at, sizeof at);
}

void write_u64(struct buffer *b, uint64_t v)
{
	uint8_t at[8];
	put_u64(at, v);
	write_bytes(b, at, sizeof at);
}

void write_span(struct buffer *b, struct span s)
{
	if (s.size > UINT32_MAX) {
		b->failed = true;
		return;
	}
	write_u32(b, (uint32_t)s.size);
	write_bytes(b, s.data, s.size);
}

void write_text(struct buffer *b, const char *text)
{
	write_span(b, (struct span){ (const uint8_t *)text, strlen(text) });
}

void write_format(struct buffer *b, const char *fmt, ...)
{
	char small[256];
	char *text = small;
	va_list args;

	va_start(args, fmt);
	int size = vsnprintf(small, sizeof small, fmt, args);
	va_end(args);
	if (size >= (int)sizeof small) {
		va_start(args, fmt);
		size = vasprintf(&text, fmt, args);
		va_end(args);
	}
	if (size < 0) {
		b->failed = true;
		return;
	}
	write_bytes(b, text, (size_t)size);
	if (text != small)
		free(text);
}
