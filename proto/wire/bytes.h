/*
 * Bytes, read and written with sticky failure: after the first failure later
 * calls do nothing, and the caller tests once, at the end.
 */
#ifndef TRAC_WIRE_BYTES_H
#define TRAC_WIRE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes. */
struct span {
	const uint8_t *data;
	size_t size;
};

struct reader {
	const uint8_t *data;   /* borrowed */
	size_t left;
	bool failed;
};

/* A growing buffer with a maximum. Zeroed is empty with no maximum set: use buffer_init(). */
struct buffer {
	uint8_t *data;         /* owned; NULL while empty */
	size_t used;
	size_t room;
	size_t max;
	bool failed;           /* over max, or no memory */
};

/* Takes one line, without its newline, off the front of s. false: there is none. */
bool span_take_line(struct span *s, struct span *line);
/* Takes that word off the front of s. false: s begins otherwise and is left as it is. */
bool span_take_word(struct span *s, const char *word);

void reader_init(struct reader *r, const void *data, size_t size);
uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);    /* all numbers big-endian */
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
/* size bytes, borrowed from the input; NULL on failure. */
const uint8_t *read_bytes(struct reader *r, size_t size);
/* A u32 length of at most max, then the bytes, borrowed; {NULL, 0} on failure. */
struct span read_span(struct reader *r, size_t max);
/* A span that must fit into room bytes with its end mark and hold no NUL. */
void read_text(struct reader *r, char *to, size_t room);
/* True when nothing failed and nothing is left over. */
bool reader_done(const struct reader *r);

void buffer_init(struct buffer *b, size_t max);
void buffer_clear(struct buffer *b);    /* frees, keeps max */
void buffer_reset(struct buffer *b);    /* keeps the memory, empties */
void write_u8(struct buffer *b, uint8_t v);
void write_u16(struct buffer *b, uint16_t v);
void write_u32(struct buffer *b, uint32_t v);
void write_u64(struct buffer *b, uint64_t v);
void write_bytes(struct buffer *b, const void *data, size_t size);
void write_span(struct buffer *b, struct span s);     /* u32 length, bytes */
void write_text(struct buffer *b, const char *text);  /* as a span */
void write_format(struct buffer *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));         /* no length, no end mark */

/* Big-endian numbers in place, for keys. */
void put_u32(uint8_t *to, uint32_t v);
void put_u64(uint8_t *to, uint64_t v);
uint32_t get_u32(const uint8_t *from);
uint64_t get_u64(const uint8_t *from);

/* Lower-case hexadecimal. to holds 2 * size + 1 bytes. */
void hex_write(char *to, const void *data, size_t size);
/* Exactly size bytes from 2 * size digits of either case. -1 when not. */
int hex_read(void *to, size_t size, const char *text);
/* Standard base64 with padding. to holds 4 * ((size + 2) / 3) + 1 bytes. Returns the length. */
size_t base64_write(char *to, const void *data, size_t size);
/* Strict: canonical padding and unused bits zero. Returns bytes written, -1 when
 * not base64 or over room. */
long base64_read(void *to, size_t room, const char *text, size_t length);

/* Valid UTF-8, and no control characters (below 0x20, 0x7f, U+0080 to U+009F). */
bool text_is_clean(const char *text, size_t size);

#endif
