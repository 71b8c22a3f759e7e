/* Bytes as text: hexadecimal, base64, and what we accept as UTF-8. */
#include <assert.h>
#include <string.h>

#include "proto/wire/bytes.h"

/* --- hexadecimal --- */

void hex_write(char *to, const void *data, size_t size)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *from = data;
	for (size_t i = 0; i < size; i++) {
		*to++ = digit[from[i] >> 4];
		*to++ = digit[from[i] & 15];
	}
	*to = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_read(void *to, size_t size, const char *text)
{
	if (strlen(text) != 2 * size)
		return -1;
	uint8_t *out = to;
	for (size_t i = 0; i < size; i++) {
		int high = hex_value(text[2 * i]);
		int low = hex_value(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -1;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

/* --- base64 --- */

static const char base64_digit[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_write(char *to, const void *data, size_t size)
{
	const uint8_t *from = data;
	char *at = to;
	for (size_t i = 0; i < size; i += 3) {
		size_t n = size - i < 3 ? size - i : 3;
		uint32_t v = (uint32_t)from[i] << 16;
		if (n > 1)
			v |= (uint32_t)from[i + 1] << 8;
		if (n > 2)
			v |= from[i + 2];
		*at++ = base64_digit[v >> 18];
		*at++ = base64_digit[v >> 12 & 63];
		*at++ = n > 1 ? base64_digit[v >> 6 & 63] : '=';
		*at++ = n > 2 ? base64_digit[v & 63] : '=';
	}
	*at = '\0';
	return (size_t)(at - to);
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

long base64_read(void *to, size_t room, const char *text, size_t length)
{
	if (length % 4 != 0)
		return -1;
	size_t pad = 0;
	while (pad < 2 && pad < length && text[length - 1 - pad] == '=')
		pad++;
	size_t size = length / 4 * 3 - pad;
	if (size > room)
		return -1;

	uint8_t *out = to;
	uint32_t bits = 0;   /* read and not yet written */
	unsigned held = 0;   /* how many */
	for (size_t i = 0; i < length - pad; i++) {
		int v = base64_value(text[i]);
		if (v < 0)
			return -1;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*out++ = (uint8_t)(bits >> held);
			bits &= (1u << held) - 1;
		}
	}
	/* unused bits that are not zero would give one value two texts */
	if (bits != 0)
		return -1;
	assert((size_t)(out - (uint8_t *)to) == size);
	return (long)size;
}

/* --- UTF-8 --- */

/*
 * Size of the clean character at p, of left bytes; 0 when there is none.
 * Ranges of the second byte: RFC 3629 section 4, narrowed at C2 so that
 * U+0080 to U+009F do not pass.
 */
static size_t clean_size(const uint8_t *p, size_t left)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t size;

	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		size = 2;
		if (p[0] == 0xc2)
			low = 0xa0;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		size = 3;
		if (p[0] == 0xe0)
			low = 0xa0;      /* below: overlong */
		if (p[0] == 0xed)
			high = 0x9f;     /* above: surrogates */
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		size = 4;
		if (p[0] == 0xf0)
			low = 0x90;      /* below: overlong */
		if (p[0] == 0xf4)
			high = 0x8f;     /* above: past U+10FFFF */
	} else {
		return 0;
	}
	if (left < size || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return size;
}

/* Eight bytes, each of U+0020 to U+007E: of a text with others, the answer is false. */
static bool is_plain(uint64_t bytes)
{
	const uint64_t one = 0x0101010101010101, top = 0x8080808080808080;
	uint64_t is_delete = bytes + one;                 /* 0x7f becomes 0x80 */
	uint64_t is_control = ~((bytes | top) - one * 0x20);  /* below 0x20 the top is lost */
	return ((bytes | is_delete | is_control) & top) == 0;
}

/* All of 1 to 7 bytes, in any order, some of them twice, filled up with spaces. */
static uint64_t gather(const uint8_t *p, size_t size)
{
	uint32_t low, high = 0x20202020;
	if (size >= sizeof low) {
		memcpy(&low, p, sizeof low);
		memcpy(&high, p + size - sizeof high, sizeof high);
	} else {
		low = p[0] | (uint32_t)p[size / 2] << 8 | (uint32_t)p[size - 1] << 16 | 0x20000000;
	}
	return (uint64_t)high << 32 | low;
}

bool text_is_clean(const char *text, size_t size)
{
	const uint8_t *p = (const uint8_t *)text;
	for (;;) {
		uint64_t eight;
		for (; size >= sizeof eight; p += sizeof eight, size -= sizeof eight) {
			memcpy(&eight, p, sizeof eight);
			if (!is_plain(eight))
				break;
		}
		if (size == 0 || (size < sizeof eight && is_plain(gather(p, size))))
			return true;
		for (; size > 0 && *p >= 0x20 && *p < 0x7f; size--)
			p++;
		size_t n = size > 0 ? clean_size(p, size) : 0;
		if (n == 0)
			return false;
		p += n;
		size -= n;
	}
}
